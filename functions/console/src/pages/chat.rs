//! One chat: who holds it, and what happened in it, in plain words. What users have written is not
//! shown, unless the module says that it may be.

use std::time::Duration;

use askama::Template;
use line_module::Module;
use shared::control::{ByHand, Held, NotDone};
use shared::domain::{ChatEffect, ChatId, Delivery, Effect, LedgerEntry, Verdict};
use shared::gateway::Response;
use shared::line::{self, error::LineErrorKind};
use shared::pages::Texts;
use shared::store::{KeptEvent, LedgerKey};

use crate::App;
use crate::audited::{Change, audited};
use crate::form::{Form, TOKEN};
use crate::guard::{Admin, Refusal};
use crate::pages::chats::{Holder, name};
use crate::route::Page;
use crate::screen::{Clock, see_other, show as show_page};

/// Events that are shown.
const MOST: usize = 50;
/// How long a chat is taken, if it is not given back before.
const TAKEN_FOR: Duration = Duration::from_secs(12 * 3600);

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    texts: &'a Texts,
    name: String,
    holder: Holder,
    /// What was just done, or why it was not.
    notice: Option<(&'static str, String)>,
    take: String,
    give_back: String,
    token_name: &'static str,
    token: &'a str,
    chats: String,
    events: Vec<Happened>,
}

/// An event, in plain words.
struct Happened {
    at: String,
    what: String,
    /// What users have written, where it may be shown and is kept.
    said: Option<String>,
    tone: &'static str,
    badge: String,
    /// What was done, or why nothing was.
    came_of_it: String,
}

/// Shows the chat.
pub(crate) async fn show<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    id: &ChatId,
    query: &Form,
) -> Result<Response, Refusal> {
    let texts = admin.texts;
    let notice = match query.get("done") {
        Some("taken") => Some(("good", texts.get("chat-taken"))),
        Some("given-back") => Some(("good", texts.get("chat-given-back"))),
        _ => None,
    };
    page(app, admin, id, (notice, 200)).await
}

async fn page<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    id: &ChatId,
    (notice, status): (Option<(&'static str, String)>, u16),
) -> Result<Response, Refusal> {
    let texts = admin.texts;
    let (row, events) = futures::join!(
        app.store.chat(&admin.bot, id),
        app.store
            .newest_events(&admin.bot, Some(id), MOST, admin.now)
    );
    let (row, events) = (row?.unwrap_or_default(), events?);
    let clock = Clock::of(app, admin);
    let detached_at = admin.row.state.detached_at;
    let is_of_present = |entry: &LedgerEntry| Some(entry.epoch) > detached_at;
    let happened = events.iter().filter_map(|event: &KeptEvent| {
        let entry = event.entry.as_ref().filter(|it| is_of_present(it))?;
        let said = said(app, &event.key, entry);
        Some(happened(entry, said, &clock, texts))
    });
    let content = ChatPage {
        texts,
        name: name(id, &row, admin, texts),
        holder: Holder::of(app, admin, &row, &clock),
        notice,
        take: Page::Take(id.clone()).path(&admin.bot),
        give_back: Page::GiveBack(id.clone()).path(&admin.bot),
        token_name: TOKEN,
        token: &admin.token,
        chats: Page::Chats.path(&admin.bot),
        events: happened.collect(),
    };
    let title = content.name.clone();
    Ok(show_page(
        app,
        admin,
        (&Page::Chats, title, status),
        &content,
    ))
}

/// Takes the chat.
pub(crate) async fn take<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    id: &ChatId,
) -> Result<Response, Refusal> {
    let work = async {
        by_hand(app, admin, id)
            .await?
            .acquire(Some(TAKEN_FOR))
            .await
    };
    let held = audited(
        app,
        admin,
        Change::of("chat acquire", Some(id.to_string())),
        work,
    )
    .await?;
    ended(app, admin, id, held).await
}

/// Gives the chat back.
pub(crate) async fn give_back<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    id: &ChatId,
) -> Result<Response, Refusal> {
    let work = async { by_hand(app, admin, id).await?.release().await };
    let held = audited(
        app,
        admin,
        Change::of("chat release", Some(id.to_string())),
        work,
    )
    .await?;
    ended(app, admin, id, held).await
}

async fn by_hand<'a, M>(
    app: &'a App<M>,
    admin: &Admin<'_>,
    id: &ChatId,
) -> Result<ByHand<'a>, NotDone> {
    let place = (&admin.bot, id);
    ByHand::begin(&app.store, &app.line, &app.random, place, admin.now).await
}

async fn ended<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    id: &ChatId,
    held: Result<Held, NotDone>,
) -> Result<Response, Refusal> {
    let place = Page::Chat(id.clone()).path(&admin.bot);
    let key = match held {
        Ok(held) if held.is_ours => return Ok(see_other(&format!("{place}?done=taken"))),
        Ok(_) => return Ok(see_other(&format!("{place}?done=given-back"))),
        Err(NotDone::Store(error)) => return Err(error.into()),
        Err(NotDone::Forbidden(..)) => "chat-forbidden",
        Err(NotDone::Line(error)) if error.kind == LineErrorKind::NotFound => "chat-nobody",
        Err(NotDone::Line(_) | NotDone::Id(_)) => "chat-not-done",
        Err(NotDone::NotEntered(_)) => "chat-say-again",
    };
    let notice = Some(("bad", admin.texts.get(key)));
    page(app, admin, id, (notice, 409)).await
}

fn happened(entry: &LedgerEntry, said: Option<String>, clock: &Clock, texts: &Texts) -> Happened {
    let verdict = entry.verdict();
    let (tone, key) = of_verdict(verdict);
    let came_of_it = match (verdict, answers(entry)) {
        (Verdict::Handled, 0) if entry.effects().is_empty() => texts.get("came-nothing"),
        (Verdict::Handled, 0) => texts.get("came-silent"),
        (Verdict::Handled, count) => texts.with("came-sent", "count", count),
        _ => texts.get(&format!("came-{key}")),
    };
    Happened {
        at: clock.time(entry.at, texts),
        what: what(&entry.kind, texts),
        said,
        tone,
        badge: texts.get(&format!("verdict-{key}")),
        came_of_it,
    }
}

/// How many messages of the extension's LINE has taken for the event.
fn answers(entry: &LedgerEntry) -> usize {
    let planned = entry.plan().unwrap_or_default().effects.into_iter();
    let sent = planned
        .zip(entry.effects())
        .filter_map(|(effect, delivery)| {
            let messages = match effect {
                Effect::Chat(ChatEffect::Reply(reply)) => reply.messages.len(),
                Effect::Chat(ChatEffect::Push(push)) => push.messages.len(),
                _ => return None,
            };
            matches!(delivery, Delivery::Sent { .. }).then_some(messages)
        });
    sent.sum()
}

/// What happened, by the event's type.
fn what(kind: &str, texts: &Texts) -> String {
    let key = format!("kind-{}", kind.trim_start_matches('@'));
    match texts.has(&key) {
        true => texts.get(&key),
        false => texts.get("kind-other"),
    }
}

/// What its user has written, where the module lets admins read it and it is kept.
fn said<M>(app: &App<M>, key: &LedgerKey, entry: &LedgerEntry) -> Option<String> {
    let raw = entry.raw().filter(|_| app.site.about.shows_messages)?;
    let event = line::event::read(&key.bot, &key.event, raw, entry.received_at);
    let text = event.text().filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

/// The tone of a verdict, and the end of its messages' names.
fn of_verdict(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Handled => ("good", "handled"),
        Verdict::Recorded => ("off", "recorded"),
        Verdict::Standby => ("off", "standby"),
        Verdict::Gone => ("off", "gone"),
        Verdict::Suspended => ("warn", "suspended"),
        Verdict::Paused => ("warn", "paused"),
        Verdict::NotEntitled => ("warn", "not-entitled"),
        Verdict::Detached => ("off", "detached"),
        Verdict::ScopeMissing => ("warn", "scope-missing"),
        Verdict::ToManyNotAllowed => ("warn", "to-many-not-allowed"),
        Verdict::TokenExpired => ("bad", "token-expired"),
        Verdict::Unknown => ("warn", "unknown"),
        Verdict::Refused => ("bad", "refused"),
        Verdict::Failed => ("bad", "failed"),
        Verdict::Waiting => ("warn", "waiting"),
    }
}
