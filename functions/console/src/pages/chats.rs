//! The account's chats: who holds each, why, and until when.

use askama::Template;
use line_module::Module;
use shared::domain::chat::{Control, Holding, Word};
use shared::domain::{Chat, ChatId, ChatKind, Mode, Timestamp};
use shared::gateway::Response;
use shared::pages::Texts;
use shared::store::ChatRow;

use crate::App;
use crate::form::Form;
use crate::guard::{Admin, Refusal};
use crate::route::Page;
use crate::screen::{Clock, show as show_page};

/// Chats of one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "chats.html")]
struct Chats<'a> {
    texts: &'a Texts,
    chats: Vec<Line>,
    /// Where the next ones are.
    next: Option<String>,
}

struct Line {
    name: String,
    href: String,
    holder: Holder,
    heard: Option<String>,
}

/// Who holds a chat, in words.
pub(super) struct Holder {
    pub(super) tone: &'static str,
    pub(super) badge: String,
    /// Why, and until when.
    pub(super) why: String,
    pub(super) is_ours: bool,
    pub(super) is_gone: bool,
}

/// Lists the chats, those behind `after`.
pub(crate) async fn show<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    query: &Form,
) -> Result<Response, Refusal> {
    let texts = admin.texts;
    let after = query.get("after").and_then(|id| ChatId::new(id).ok());
    let page = app.store.chats(&admin.bot, after.as_ref(), PAGE).await?;
    let clock = Clock::of(app, admin);
    let detached_at = admin.row.state.detached_at;
    let mut rows: Vec<(ChatId, ChatRow)> = page.rows;
    rows.retain(|(_, row)| Some(row.epoch) > detached_at);
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.registers.last_heard()));
    let line = |(id, row): &(ChatId, ChatRow)| Line {
        name: name(id, row, admin, texts),
        href: Page::Chat(id.clone()).path(&admin.bot),
        holder: Holder::of(app, admin, row, &clock),
        heard: row.registers.last_heard().map(|at| clock.time(at, texts)),
    };
    let content = Chats {
        texts,
        chats: rows.iter().map(line).collect(),
        next: page.next.map(|last| {
            let path = Page::Chats.path(&admin.bot);
            format!("{path}?after={last}")
        }),
    };
    let title = texts.get("chats-title");
    Ok(show_page(app, admin, (&Page::Chats, title, 200), &content))
}

/// What the chat is called: its user's name, if the module has read it.
pub(super) fn name(id: &ChatId, row: &ChatRow, admin: &Admin<'_>, texts: &Texts) -> String {
    let row = row.clone().of_present(admin.row.state.detached_at);
    let name = row.profile.and_then(|profile| profile.display_name());
    let kind = match Chat::of_id(id.clone()).kind {
        ChatKind::User => "chat-user",
        ChatKind::Group | ChatKind::Room => "chat-group",
    };
    // The end of an id tells two without a name apart.
    let end: String = id.as_str().chars().rev().take(4).collect();
    let end: String = end.chars().rev().collect();
    name.unwrap_or_else(|| texts.with(kind, "end", end))
}

impl Holder {
    pub(super) fn of<M: Module>(
        app: &App<M>,
        admin: &Admin<'_>,
        row: &ChatRow,
        clock: &Clock,
    ) -> Self {
        let texts = admin.texts;
        let detached_at = admin.row.state.detached_at;
        let registers = &row.registers;
        let held = registers.holding(admin.now, detached_at, app.default_active);
        let is_gone = registers.is_gone(detached_at);
        let (tone, badge) = match (is_gone, held.is_ours) {
            (true, _) => ("off", "holder-gone"),
            (false, true) => ("good", "holder-ours"),
            (false, false) => ("warn", "holder-theirs"),
        };
        Self {
            tone,
            badge: texts.get(badge),
            why: match is_gone {
                true => texts.get("why-gone"),
                false => why(&held, registers.lapses_at(detached_at), clock, texts),
            },
            is_ours: held.is_ours,
            is_gone,
        }
    }
}

/// Why it is held as it is, and until when.
fn why(held: &Holding, until: Option<Timestamp>, clock: &Clock, texts: &Texts) -> String {
    match &held.word {
        Word::Nothing if held.is_ours => texts.get("why-default"),
        Word::Nothing => texts.get("why-not-default"),
        Word::Lapsed(_, at) => texts.with("why-lapsed", "at", clock.time(*at, texts)),
        Word::Mode(entry) => {
            let key = match entry.value {
                Mode::Active => "why-active",
                Mode::Standby => "why-standby",
            };
            texts.with(key, "at", clock.time(entry.at, texts))
        }
        Word::Control(entry) => {
            let at = clock.time(entry.at, texts);
            match (entry.value, until) {
                (Control::Ours(_), Some(until)) => {
                    let until = clock.time(until, texts);
                    texts.of(
                        "why-taken-until",
                        [("at", at.into()), ("until", until.into())],
                    )
                }
                (Control::Ours(_), None) => texts.with("why-taken", "at", at),
                (Control::Theirs, _) => texts.with("why-theirs", "at", at),
                (Control::Default, _) if held.is_ours => texts.get("why-default"),
                (Control::Default, _) => texts.get("why-not-default"),
            }
        }
    }
}
