//! What is left of a run, and in what two runs differ.

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt as _;
use line_module::daily::Daily;
use serde_json::Value;

use crate::transcript::shown;
use crate::world::World;

/// What is left of a run, to be compared with another's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Left {
    /// What LINE has taken: the chat and the messages.
    sent: Vec<Sent>,
    /// The module's states of chats, its own rows and its timers, by their keys.
    kept: BTreeMap<String, String>,
}

type Sent = (String, Value);

/// How alike two runs must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alike {
    /// The same is said and kept.
    Same,
    /// The same is kept, and nothing is said that was not said undisturbed; of what was said something may be
    /// missing.
    Kept,
    /// No chat is told more than undisturbed, and nothing more often. It may be told something else: that LINE could
    /// not answer a question.
    NoMore,
}

impl Left {
    pub(super) fn of(world: &World) -> Self {
        let calls = world.line.calls(0).now_or_never().unwrap_or_default();
        let sends = calls.iter().filter(|call| {
            call.path.starts_with("/v2/bot/message/") && (200..=299).contains(&call.status)
        });
        let sent = sends.map(|call| {
            let chat = call.chat.clone().unwrap_or_default();
            (chat, call.request["messages"].clone())
        });
        let rows = world.wire.rows();
        Self {
            sent: sent.collect(),
            kept: rows.iter().filter_map(kept).collect(),
        }
    }

    /// How much has been sent.
    pub(super) fn number_sent(&self) -> usize {
        self.sent.len()
    }

    /// In what it differs from an undisturbed run, at the same moment.
    pub(super) fn differs(&self, undisturbed: &Self, alike: Alike) -> Option<String> {
        let (sent, wanted) = (&self.sent, &undisturbed.sent);
        let said = match alike {
            Alike::Same => less(sent, wanted)
                .first()
                .or(less(wanted, sent).first())
                .copied(),
            Alike::Kept => less(sent, wanted).first().copied(),
            Alike::NoMore => self.says_more(undisturbed),
        };
        if let Some((_, messages)) = said {
            return Some(said_otherwise(messages));
        }
        let (kept, wanted) = (&self.kept, &undisturbed.kept);
        let is_kept = alike == Alike::NoMore || kept == wanted;
        (!is_kept)
            .then(|| format!("in the end its rows are\n{kept:#?}\nand undisturbed\n{wanted:#?}"))
    }

    fn says_more<'a>(&'a self, undisturbed: &Self) -> Option<&'a Sent> {
        let again = less(&self.sent, &undisturbed.sent);
        let mut known = again.iter().filter(|sent| undisturbed.sent.contains(sent));
        let number = |all: &[Sent], chat: &str| all.iter().filter(|(of, _)| of == chat).count();
        let mut more = again
            .iter()
            .filter(|(chat, _)| number(&self.sent, chat) > number(&undisturbed.sent, chat));
        known.next().or_else(|| more.next()).copied()
    }

    /// Whether a difference is one of the time alone: only that differs which is also another in a run where nothing
    /// goes wrong, but each event is handled as late as here.
    pub(super) fn is_only_later(&self, undisturbed: &Self, later: &Self, alike: Alike) -> bool {
        if self.differs(later, alike).is_none() {
            return true;
        }
        self.says_as(undisturbed, later, alike)
            && (alike == Alike::NoMore || self.keeps_as(undisturbed, later))
    }

    /// Whether, of what is said in neither run, each chat hears no more than depends on the time.
    fn says_as(&self, undisturbed: &Self, later: &Self, alike: Alike) -> bool {
        let rest: Vec<_> = less(&self.sent, &undisturbed.sent)
            .into_iter()
            .cloned()
            .collect();
        let rest = less(&rest, &later.sent);
        let timely = less(&undisturbed.sent, &later.sent);
        let chats: BTreeSet<_> = self.sent.iter().map(|(chat, _)| chat).collect();
        let number = |all: &[&Sent], chat: &String| all.iter().filter(|it| it.0 == *chat).count();
        let as_many = alike != Alike::Same || self.sent.len() == undisturbed.sent.len();
        let no_more = self.sent.len() <= undisturbed.sent.len().max(later.sent.len());
        let mut chats = chats.into_iter();
        as_many && no_more && chats.all(|chat| number(&rest, chat) <= number(&timely, chat))
    }

    /// Whether each row is as in one of the two, or is one whose value depends on the time.
    fn keeps_as(&self, undisturbed: &Self, later: &Self) -> bool {
        let keys = |left: &Self| left.kept.keys().cloned().collect::<BTreeSet<_>>();
        let (own, here, there) = (keys(self), keys(undisturbed), keys(later));
        let always: BTreeSet<_> = here.intersection(&there).cloned().collect();
        let strange = own
            .difference(&here)
            .filter(|key| !there.contains(*key))
            .count();
        let is_as = |key: &String| {
            let of = |left: &Self| left.kept.get(key).cloned();
            let (value, first, second) = (of(self), of(undisturbed), of(later));
            value == first || value == second || first != second
        };
        always.is_subset(&own)
            && strange <= here.difference(&there).count()
            && always.iter().all(is_as)
    }
}

/// What of `sent` `wanted` has not, or fewer times.
fn less<'a>(sent: &'a [Sent], wanted: &[Sent]) -> Vec<&'a Sent> {
    let mut left: Vec<_> = wanted.iter().collect();
    let mut more = Vec::new();
    for one in sent {
        match left.iter().position(|other| *other == one) {
            Some(place) => {
                left.swap_remove(place);
            }
            None => more.push(one),
        }
    }
    more
}

fn said_otherwise(messages: &Value) -> String {
    let messages = messages.as_array().into_iter().flatten();
    let texts: Vec<_> = messages.flat_map(shown).collect();
    format!("this is said otherwise, or more or less often, than undisturbed: {texts:?}")
}

/// A chat's state, a row of the module's own or a timer, without what the bundle counts, and
/// without its own timers, of daily handlers.
fn kept(row: &Value) -> Option<(String, String)> {
    let text = |name: &str| row[name]["S"].as_str();
    let key = text("chat_id")?;
    let value = match key.split('#').next() {
        Some("@m") => text("value"),
        Some("@timer") if text("name").is_some_and(Daily::is_timer) => None,
        Some("@timer") => text("payload"),
        _ => return of_chat(row).map(|kept| (key.to_owned(), kept)),
    };
    Some((key.to_owned(), value?.to_owned()))
}

/// A chat's state, and the state of the dialogue that it is in.
fn of_chat(row: &Value) -> Option<String> {
    let state = row["state"]["S"].as_str();
    let progress = row["dialogue"]["M"]["progress"]["S"].as_str();
    let progress: Option<Value> = progress.and_then(|json| serde_json::from_str(json).ok());
    let dialogue = progress.map(|it| format!("in {} at {}", it["name"], it["state"]));
    match (state, dialogue) {
        (None, None) => None,
        (Some(state), None) => Some(state.to_owned()),
        (state, Some(dialogue)) => Some(format!("{} {dialogue}", state.unwrap_or_default())),
    }
}
