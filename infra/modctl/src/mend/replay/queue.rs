//! Events go into the queue, the oldest first, at a rate: the queue keeps each chat's order.

use serde::Serialize;
use shared::replay::{Mode, ReplayError, Replayed, replay, replay_once};

use crate::failure::Failure;
use crate::mend::audited::{Change, audited};
use crate::mend::event::words;
use crate::output::{Report, Screen, Tone};
use crate::site::Site;

use super::journal::{Journal, Planned};
use super::progress::bar;
use super::select::Selected;
use super::{Replay, Which};

/// What a run has come to.
#[derive(Debug, Default, Serialize)]
struct Queued {
    /// Events that were put into the queue.
    queued: usize,
    /// Events that had been run again by an earlier part of this run.
    before: usize,
    /// Events that are not run again, and why.
    refused: Vec<Refused>,
    /// What is parked and cannot be run again: messages that nobody can read.
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct Refused {
    event: String,
    reason: String,
}

pub(super) async fn run(asked: &Replay, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
    let queued = match &asked.json_of_event {
        Some(file) => with_json(asked, site, file).await?,
        None => all(asked, site).await?,
    };
    screen.show(&queued)?;
    match queued.refused.len() {
        0 => Ok(()),
        many => Err(Failure::Refused(format!(
            "{many} of the events were not queued"
        ))),
    }
}

async fn all(asked: &Replay, site: &Site) -> Result<Queued, Failure> {
    let (mode, selection) = (asked.how.mode(), asked.which.words());
    let path = Journal::place(&site.event_queue_url()?, mode, &selection)?;
    if asked.anew {
        Journal::forget(&path)?;
    }
    let (journal, left_out, what) = match Journal::open(&path)? {
        Some(journal) => {
            let (done, all) = (journal.done, journal.planned.len());
            let seconds = site.now().since(journal.begun_at).as_secs();
            eprintln!(
                "The run of these words that began {seconds} seconds ago was interrupted: it goes on after {done} of {all}."
            );
            (journal, 0, "replay, resumed")
        }
        None => {
            let selection = asked.which.select(site).await?;
            if selection.events.is_empty() {
                let left_out = selection.left_out;
                return Ok(Queued {
                    left_out,
                    ..Queued::default()
                });
            }
            agreed(asked, &selection.events)?;
            let planned = selection.events.iter().map(Planned::of).collect();
            let journal = Journal::begin(&path, planned, site.now())?;
            (journal, selection.left_out, "replay")
        }
    };
    let bot = one_account(&asked.which, &journal);
    let change = Change {
        bot: bot.as_ref(),
        what: format!("{what} {}", asked.how.word()),
        about: Some(selection),
        why: &asked.why,
        count: journal.planned.len() - journal.done,
    };
    let work = send(asked, site, journal);
    let queued = audited(site, change, work, Queued::in_words).await?;
    Ok(Queued { left_out, ..queued })
}

/// The account, if the run is about one event or one account by its words.
fn one_account(which: &Which, journal: &Journal) -> Option<shared::domain::BotId> {
    let is_one = which.account.is_some() || which.bot.is_some();
    let first = journal.planned.first().filter(|_| is_one)?;
    Some(first.key().bot)
}

/// Many are shown, and there must be a reason for them.
fn agreed(asked: &Replay, events: &[Selected]) -> Result<(), Failure> {
    if events.len() > 1 {
        asked.why.required()?;
    }
    let all: Vec<_> = events
        .iter()
        .map(|it| match it.row.reason() {
            Some(reason) => format!("{}: {reason:.100}", words(&it.key)),
            None => words(&it.key),
        })
        .collect();
    let what = match asked.how.mode() {
        Mode::Respect => "Events to run again",
        Mode::Force => "Events to run again, with all that they sent",
    };
    asked.sure.of(what, &all)
}

async fn send(asked: &Replay, site: &Site, mut journal: Journal) -> Result<Queued, Failure> {
    let mut queued = Queued::default();
    let mut pace = asked.rate.begin();
    let bar = bar(journal.planned.len(), journal.done);
    while let Some(planned) = journal.planned.get(journal.done) {
        pace.wait().await;
        let key = planned.key();
        let (store, queue, mode) = (&site.store, &site.queue, asked.how.mode());
        match replay_once(store, queue, &key, mode, planned.number, site.now()).await {
            Ok(Replayed::Queued(_)) => queued.queued += 1,
            Ok(Replayed::Before) => queued.before += 1,
            Err(error @ (ReplayError::NotQueued(_) | ReplayError::Store(_))) => {
                return Err(Failure::Refused(format!(
                    "{} of {} are done: {error}; the same command goes on there",
                    journal.done,
                    journal.planned.len()
                )));
            }
            Err(error) => queued.refused.push(Refused {
                event: words(&key),
                reason: reason(&error),
            }),
        }
        journal.advance()?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    journal.end();
    Ok(queued)
}

/// What the person can do about it is theirs to know.
fn reason(error: &ReplayError) -> String {
    match error {
        ReplayError::NoEvent => "its JSON is not kept: give it with --json-of-event FILE".into(),
        error => error.to_string(),
    }
}

/// One event whose JSON the person has.
async fn with_json(asked: &Replay, site: &Site, file: &str) -> Result<Queued, Failure> {
    let given = read(file)?;
    let selection = asked.which.select(site).await?;
    let Some(it) = selection.events.first() else {
        return Ok(Queued::default());
    };
    let change = Change {
        bot: Some(&it.key.bot),
        what: format!("replay {} with given JSON", asked.how.word()),
        about: Some(words(&it.key)),
        why: &asked.why,
        count: 1,
    };
    let mode = asked.how.mode();
    let work = async {
        let (store, queue) = (&site.store, &site.queue);
        let queued = replay(store, queue, &it.key, Some(&given), mode, site.now()).await;
        queued.map_err(|error| Failure::Refused(error.to_string()))?;
        Ok(Queued {
            queued: 1,
            ..Queued::default()
        })
    };
    audited(site, change, work, Queued::in_words).await
}

pub(super) fn read(file: &str) -> Result<String, Failure> {
    let text = match file {
        "-" => std::io::read_to_string(std::io::stdin()),
        path => std::fs::read_to_string(path),
    };
    text.map_err(|error| Failure::Refused(format!("{file}: {error}")))
}

impl Queued {
    fn in_words(&self) -> String {
        let Self {
            queued,
            before,
            refused,
            ..
        } = self;
        let refused = refused.len();
        format!("{queued} queued, {before} were before, {refused} were refused")
    }
}

impl Report for Queued {
    fn print(&self, screen: &mut Screen) {
        screen.line(&format!("{} in the queue, to be run again.", self.queued));
        if self.before > 0 {
            screen.line(&format!("{} had been run again before.", self.before));
        }
        for refused in &self.refused {
            let text = format!("not queued: {}: {}", refused.event, refused.reason);
            let text = screen.toned(&text, Tone::Bad);
            screen.line(&text);
        }
        if self.left_out > 0 {
            let text = format!(
                "{} parked ones cannot be run again from here: see docs/runbook.md, \"parked\".",
                self.left_out
            );
            screen.line(&text);
        }
    }
}
