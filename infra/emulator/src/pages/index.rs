//! The index: the channel, the accounts, their users.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::timeline::{self, Entry};
use super::{colour, initial, page, segment};
use crate::emulator::Emulator;
use crate::settings::Settings;
use crate::world::World;
use crate::world::account::{Account, AccountStatus};

/// How many accounts are shown.
const ACCOUNTS: usize = 60;

/// How many chats of an account are listed.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    settings: &'a Settings,
    any_attached: bool,
    accounts: Vec<AccountView<'a>>,
    more: usize,
    entries: Vec<Entry>,
    traced: bool,
}

struct AccountView<'a> {
    account: &'a Account,
    initial: String,
    colour: u32,
    badge: &'static str,
    badge_class: &'static str,
    chats: Vec<ChatView<'a>>,
    more: usize,
}

struct ChatView<'a> {
    name: &'a str,
    initial: String,
    colour: u32,
    note: &'static str,
    last: String,
    link: String,
}

/// Shows the index.
pub(super) async fn show(State(emulator): State<Emulator>) -> Response {
    let platform = emulator.platform();
    let world = &platform.world;
    let accounts: Vec<AccountView> = world
        .accounts
        .iter()
        .take(ACCOUNTS)
        .map(|account| account_view(world, account))
        .collect();
    let index = Index {
        settings: &platform.settings,
        any_attached: world.accounts.iter().any(|account| account.attached),
        accounts,
        more: world.accounts.len().saturating_sub(ACCOUNTS),
        entries: timeline::newest(world, 12, 9),
        traced: emulator.traces().is_some(),
    };
    page(StatusCode::OK, &index)
}

fn account_view<'a>(world: &'a World, account: &'a Account) -> AccountView<'a> {
    let (badge, badge_class) = badge(account);
    let chats = chats(world, &account.bot_id);
    AccountView {
        account,
        initial: initial(&account.display_name),
        colour: colour(&account.display_name),
        badge,
        badge_class,
        more: chats.len().saturating_sub(SHOWN),
        chats: chats.into_iter().take(SHOWN).collect(),
    }
}

fn badge(account: &Account) -> (&'static str, &'static str) {
    match (account.status, account.attached) {
        (AccountStatus::Suspended, _) => ("Suspended", "bad"),
        (AccountStatus::Deleted, _) => ("Deleted", "bad"),
        (AccountStatus::Active, true) => ("Linked", "good"),
        (AccountStatus::Active, false) => ("Not linked", "plain"),
    }
}

/// Users, those first with whom something was said last; then groups and rooms.
fn chats<'a>(world: &'a World, bot: &str) -> Vec<ChatView<'a>> {
    let last = |chat: &str| {
        let bubbles = world.chat(bot, chat).map(|chat| &chat.bubbles);
        bubbles
            .and_then(|bubbles| bubbles.back())
            .and_then(|bubble| bubble.text())
            .unwrap_or_default()
            .to_owned()
    };
    let view = |id: &str, name: &'a str, note: &'static str| ChatView {
        name,
        initial: initial(name),
        colour: colour(name),
        note,
        last: last(id),
        link: format!("/chats/{}/{}", segment(bot), segment(id)),
    };
    let mut users: Vec<_> = world.users.get(bot).into_iter().flatten().collect();
    let newest = |id: &str| {
        let bubbles = world.chat(bot, id).map(|chat| &chat.bubbles);
        bubbles
            .and_then(|bubbles| bubbles.back())
            .map(|bubble| bubble.number)
    };
    users.sort_by_key(|(id, user)| (std::cmp::Reverse((newest(id), user.friend)), &user.name));
    let users = users.into_iter().map(|(id, user)| {
        let note = match (user.blocked, user.friend) {
            (true, _) => "blocks the account",
            (false, true) => "friend",
            (false, false) => "not a friend yet",
        };
        view(id, &user.name, note)
    });
    let chats = world.chats.get(bot).into_iter().flatten();
    let groups = chats
        .filter(|(id, _)| !crate::world::user::is_user(id))
        .map(|(id, _)| view(id, id, "group"));
    users.chain(groups).collect()
}
