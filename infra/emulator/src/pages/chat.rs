//! A chat: the conversation on one side, what passed between LINE and the module on the other.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::bubble::{self, BubbleView, Button, Tap};
use super::menu::{self, MenuView};
use super::timeline::{self, Entry};
use super::{colour, initial, page, problem, segment};
use crate::behind::{Behind, ChatKey, SetTimer};
use crate::clock::{self, Millis};
use crate::emulator::Emulator;
use crate::platform::Platform;
use crate::world::account::{Account, AccountStatus};
use crate::world::channel::Side;
use crate::world::chat::Holder;
use crate::world::user;

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    account: &'a Account,
    initial: String,
    colour: u32,
    name: String,
    language: String,
    is_user: bool,
    friend: bool,
    blocked: bool,
    held: bool,
    until: Option<String>,
    base: String,
    banner: Option<Banner>,
    bundle_url: Option<&'a str>,
    bubbles: Vec<BubbleView>,
    chips: Vec<Button>,
    menu: Option<MenuView>,
    wall: i64,
    clock: String,
    ahead: String,
    entries: Vec<Entry>,
    traced: bool,
    company: bool,
    signs_in: bool,
    shows_behind: bool,
    timers: Vec<TimerView>,
}

/// A timer that waits for its time.
struct TimerView {
    name: String,
    due: String,
}

/// Why the module hears nothing of this chat.
enum Banner {
    NotAttached,
    CannotReceive,
    Suspended,
    NoWebhookUrl,
}

/// Shows a chat.
pub(super) async fn show(
    State(emulator): State<Emulator>,
    Path((bot, chat)): Path<(String, String)>,
) -> Response {
    let behind = match emulator.behind() {
        Some(find) => Some(find(key(&bot, &chat)).await),
        None => None,
    };
    let mut platform = emulator.platform();
    let now = platform.now();
    platform.world.settle(now);
    let Some(account) = platform.world.account(&bot) else {
        let sentence = format!("there is no account {bot:?}");
        return problem(StatusCode::NOT_FOUND, &sentence);
    };
    let given = Given {
        traced: emulator.traces().is_some(),
        company: emulator.company().is_some(),
        signs_in: emulator.sign_in().is_some(),
        behind,
    };
    page(StatusCode::OK, &view(&platform, account, &chat, given))
}

fn key(bot: &str, chat: &str) -> ChatKey {
    ChatKey {
        bot: bot.to_owned(),
        chat: chat.to_owned(),
    }
}

/// What whoever assembles the stack has handed in.
struct Given {
    traced: bool,
    company: bool,
    signs_in: bool,
    behind: Option<Behind>,
}

fn view<'a>(
    platform: &'a Platform,
    account: &'a Account,
    chat: &str,
    given: Given,
) -> ChatPage<'a> {
    let world = &platform.world;
    let (bot, now) = (account.bot_id.as_str(), platform.now());
    let hours = account.region.hours();
    let known = world.user(bot, chat);
    let said = world.chat(bot, chat).map(|chat| &chat.bubbles);
    let default_active = platform.settings.default_active;
    let shows_behind = given.behind.is_some();
    let behind = given.behind.unwrap_or_default();
    ChatPage {
        account,
        initial: initial(&account.display_name),
        colour: colour(&account.display_name),
        name: known.map_or_else(|| chat.to_owned(), |user| user.name.clone()),
        language: known.map_or_else(String::new, |user| user.language.clone()),
        is_user: user::is_user(chat),
        friend: known.is_none_or(|user| user.friend),
        blocked: known.is_some_and(|user| user.blocked),
        held: world.holder(bot, chat, default_active, now) == Holder::Module,
        until: world
            .held_until(bot, chat, default_active, now)
            .map(|end| clock::moment(end, now, hours)),
        base: format!("/chats/{}/{}", segment(bot), segment(chat)),
        banner: banner(platform, account),
        bundle_url: platform.settings.bundle_url.as_deref(),
        bubbles: bubble::bubbles(said.into_iter().flatten(), hours),
        chips: bubble::chips(said.and_then(|said| said.back())),
        menu: menu::view(world, bot, chat),
        wall: clock::wall(now, hours),
        clock: format!(
            "{} {}",
            clock::day(now, hours),
            clock::time_of_day(now, hours)
        ),
        ahead: moved(world.clock_ahead),
        entries: timeline::of_chat(world, (bot, chat), &behind, hours),
        traced: given.traced,
        company: given.company,
        signs_in: given.signs_in,
        shows_behind,
        timers: timers(behind.timers, now, hours),
    }
}

fn timers(timers: Vec<SetTimer>, now: Millis, hours: i8) -> Vec<TimerView> {
    let view = |timer: SetTimer| TimerView {
        due: clock::moment(timer.due_at, now, hours),
        name: timer.name,
    };
    timers.into_iter().map(view).collect()
}

/// How the clock stands to the system's; nothing where both are the same.
fn moved(ahead: Millis) -> String {
    let length = clock::length(ahead.saturating_abs());
    match ahead {
        _ if length.is_empty() => length,
        0.. => format!("moved by {length}"),
        _ => format!("{length} behind the system’s"),
    }
}

fn banner(platform: &Platform, account: &Account) -> Option<Banner> {
    if account.status != AccountStatus::Active {
        Some(Banner::Suspended)
    } else if !account.attached {
        Some(Banner::NotAttached)
    } else if !account.hears(Side::Ours) {
        Some(Banner::CannotReceive)
    } else if platform.settings.webhook_url.is_none() {
        Some(Banner::NoWebhookUrl)
    } else {
        None
    }
}
