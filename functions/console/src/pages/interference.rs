//! What gets in the way of the extension, as far as it can be seen from here: rich menus that are
//! not ours, taps on buttons of other systems, chats that somebody else holds though the channel
//! has chats by default. LINE warns of exactly these
//! (<https://developers.line.biz/en/docs/partner-docs/module/#restrict-messaging-api-request>).

use std::time::Duration;

use askama::Template;
use line_module::Module;
use shared::domain::chat::Word;
use shared::domain::{Chat, ChatId, ChatKind, LedgerEntry, Mode, Scope, UserId, Verdict};
use shared::gateway::Response;
use shared::line::endpoints::rich_menu_link::{GetDefaultRichMenu, GetRichMenuOfUser};
use shared::line::error::{LineError, LineErrorKind};
use shared::line::{BotClient, endpoints::rich_menu::RichMenuId};
use shared::pages::Texts;
use shared::store::{ChatRow, StoreError};

use crate::App;
use crate::guard::{Admin, Refusal};
use crate::pages::chats::name;
use crate::route::Page;
use crate::screen::show as show_page;

/// Chats that are looked at.
const CHATS: usize = 50;
/// Chats whose users' menus and events are looked at: the ones that were heard from last.
const LOOKED_INTO: usize = 5;
/// Events of each of these.
const EVENTS: usize = 30;
/// A chat that others hold for less than this is one that staff answer in.
const LONG: Duration = Duration::from_secs(24 * 3600);

#[derive(Template)]
#[template(path = "interference.html")]
struct Interference<'a> {
    texts: &'a Texts,
    found: Vec<Found>,
    /// What could not be looked at.
    unchecked: Vec<String>,
}

/// Something that gets in the way.
struct Found {
    title: String,
    text: String,
    remedy: String,
    /// Chats that it is seen in: their names, and where they are.
    chats: Vec<(String, String)>,
}

/// Looks for what gets in the way.
pub(crate) async fn show<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Result<Response, Refusal> {
    let chats = app.store.chats(&admin.bot, None, CHATS).await?.rows;
    let mut newest: Vec<_> = chats.iter().collect();
    newest.sort_by_key(|(_, row)| std::cmp::Reverse(row.registers.last_heard()));
    newest.truncate(LOOKED_INTO);
    let (menus, taps) = futures::join!(menus(app, admin, &newest), taps(app, admin, &newest));
    let (mut found, unchecked) = match menus {
        Ok(found) => (found, Vec::new()),
        Err(error) => {
            tracing::warn!(%error, "rich menus could not be looked at");
            (Vec::new(), vec![admin.texts.get("interference-unchecked")])
        }
    };
    found.extend(taps?);
    found.extend(held_by_others(app, admin, &chats));
    let content = Interference {
        texts: admin.texts,
        found,
        unchecked,
    };
    let title = admin.texts.get("interference-title");
    Ok(show_page(
        app,
        admin,
        (&Page::Interference, title, 200),
        &content,
    ))
}

/// Rich menus that are not ours: the account's default, and those of users.
async fn menus<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    newest: &[&(ChatId, ChatRow)],
) -> Result<Vec<Found>, LineError> {
    if app.module.menus().is_empty() {
        return Ok(Vec::new());
    }
    let line = app.line.bot(&admin.bot).granted(admin.row.state.scopes());
    let of_users = newest
        .iter()
        .map(|(id, row)| menu_of(&line, admin, id, row));
    let of_users = futures::future::try_join_all(of_users);
    let (default, of_users) = futures::try_join!(default_menu(&line, admin), of_users)?;
    let chats: Vec<_> = of_users.into_iter().flatten().collect();
    let texts = admin.texts;
    let of_users = (!chats.is_empty()).then(|| Found {
        title: texts.get("user-menu-title"),
        text: texts.get("user-menu"),
        remedy: texts.get("user-menu-remedy"),
        chats,
    });
    Ok(default.into_iter().chain(of_users).collect())
}

/// The account's default menu, if it is not ours.
async fn default_menu(line: &BotClient, admin: &Admin<'_>) -> Result<Option<Found>, LineError> {
    if !admin.row.state.may(Scope::ACCOUNT_MANAGE, admin.now) {
        return Ok(None);
    }
    let menu = if_any(line.call(&GetDefaultRichMenu).await)?;
    let texts = admin.texts;
    Ok(menu.filter(|menu| !is_ours(admin, menu)).map(|_| Found {
        title: texts.get("default-menu-title"),
        text: texts.get("default-menu"),
        remedy: texts.get("default-menu-remedy"),
        chats: Vec::new(),
    }))
}

/// The chat, if its user has a menu that is not ours.
async fn menu_of(
    line: &BotClient,
    admin: &Admin<'_>,
    id: &ChatId,
    row: &ChatRow,
) -> Result<Option<(String, String)>, LineError> {
    if Chat::of_id(id.clone()).kind != ChatKind::User {
        return Ok(None); // a group has no menu
    }
    let Ok(user) = UserId::new(id.as_str()) else {
        return Ok(None);
    };
    let menu = if_any(line.call(&GetRichMenuOfUser { user: &user }).await)?;
    let other = menu.filter(|menu| !is_ours(admin, menu));
    Ok(other.map(|_| link(admin, id, row)))
}

fn is_ours(admin: &Admin<'_>, menu: &RichMenuId) -> bool {
    admin
        .row
        .menus
        .values()
        .any(|ours| *ours == menu.rich_menu_id)
}

/// LINE answers 404 where there is none.
fn if_any<T>(answer: Result<T, LineError>) -> Result<Option<T>, LineError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == LineErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Taps on buttons to which the extension had nothing to say.
async fn taps<M>(
    app: &App<M>,
    admin: &Admin<'_>,
    newest: &[&(ChatId, ChatRow)],
) -> Result<Option<Found>, StoreError> {
    let mut chats = Vec::new();
    let events = newest.iter().map(|(id, _)| {
        app.store
            .newest_events(&admin.bot, Some(id), EVENTS, admin.now)
    });
    let events = futures::future::try_join_all(events).await?;
    for ((id, row), events) in newest.iter().zip(events) {
        let entries = events.into_iter().filter_map(|event| event.entry);
        if entries.filter(is_foreign_tap).count() > 0 {
            chats.push(link(admin, id, row));
        }
    }
    let texts = admin.texts;
    Ok((!chats.is_empty()).then(|| Found {
        title: texts.get("taps-title"),
        text: texts.get("taps"),
        remedy: texts.get("taps-remedy"),
        chats,
    }))
}

fn is_foreign_tap(entry: &LedgerEntry) -> bool {
    let is_quiet = entry.effects().is_empty() && entry.silence.is_none();
    entry.kind == "postback" && entry.verdict() == Verdict::Handled && is_quiet
}

/// Chats that others hold since long, by the mode in which LINE sends their events.
fn held_by_others<M>(
    app: &App<M>,
    admin: &Admin<'_>,
    chats: &[(ChatId, ChatRow)],
) -> Option<Found> {
    let detached_at = admin.row.state.detached_at;
    let is_held = |row: &ChatRow| {
        let registers = &row.registers;
        let held = registers.holding(admin.now, detached_at, app.default_active);
        let is_standby = matches!(&held.word, Word::Mode(entry)
            if entry.value == Mode::Standby && admin.now.since(entry.at) >= LONG);
        is_standby && !registers.is_gone(detached_at)
    };
    let held = chats.iter().filter(|(_, row)| is_held(row));
    let chats: Vec<_> = held.map(|(id, row)| link(admin, id, row)).collect();
    let texts = admin.texts;
    (app.default_active && !chats.is_empty()).then(|| Found {
        title: texts.get("standby-title"),
        text: texts.get("standby"),
        remedy: texts.get("standby-remedy"),
        chats,
    })
}

fn link(admin: &Admin<'_>, id: &ChatId, row: &ChatRow) -> (String, String) {
    let name = name(id, row, admin, admin.texts);
    (name, Page::Chat(id.clone()).path(&admin.bot))
}
