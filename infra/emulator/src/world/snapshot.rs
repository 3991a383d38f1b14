//! The world as `GET /_emulator/state` shows it.

use serde::{Deserialize, Serialize};

use super::World;
use super::account::{AccountStatus, BrandType, Region};
use super::chat::Holder;
use super::user;
use crate::clock::{self, Millis};
use crate::settings::Settings;

/// Everything the emulator knows, but for what was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    pub channel: ChannelState,
    /// The accounts.
    pub bots: Vec<BotState>,
    /// The users of all accounts.
    pub users: Vec<UserState>,
    /// The chats of all accounts: one per user, and the groups and rooms something happened in.
    pub chats: Vec<ChatState>,
    /// Messages sent this month.
    pub quotas: Vec<QuotaState>,
    pub clock: ClockState,
    /// Number of the newest API call.
    pub last_call: u64,
    /// Number of the newest delivery.
    pub last_delivery: u64,
}

/// The module channel.
#[derive(Clone, Serialize, Deserialize)]
pub struct ChannelState {
    /// Its ID.
    pub channel_id: String,
    /// Its secret.
    pub channel_secret: String,
    /// Name of the header that selects the bot.
    pub bot_header: String,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// The redirect URLs registered.
    pub redirect_urls: Vec<String>,
    /// Whether it is Default Active.
    pub default_active: bool,
}

/// Shows no secret.
impl std::fmt::Debug for ChannelState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelState")
            .field("channel_id", &self.channel_id)
            .field("bot_header", &self.bot_header)
            .field("webhook_url", &self.webhook_url)
            .field("redirect_urls", &self.redirect_urls)
            .field("default_active", &self.default_active)
            .finish_non_exhaustive()
    }
}

/// An account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BotState {
    /// The bot's user id.
    pub bot_id: String,
    pub basic_id: String,
    /// The name.
    pub display_name: String,
    /// Where it is at home.
    pub region: Region,
    /// What LINE has checked of it.
    pub brand_type: BrandType,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Whether the module channel is attached.
    pub attached: bool,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// Whether it has a Messaging API channel of its own.
    #[serde(default)]
    pub primary_channel: bool,
    /// Whether another module channel with Default Active is attached.
    #[serde(default)]
    pub other_module: bool,
}

/// A user of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserState {
    /// The account's bot.
    pub bot: String,
    /// The user's id for this account.
    pub user_id: String,
    pub name: String,
    pub language: String,
    /// Whether they have added the account as a friend.
    pub friend: bool,
    /// Whether they block the account.
    pub blocked: bool,
}

/// A chat of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChatState {
    /// The account's bot.
    pub bot: String,
    /// The chat's id.
    pub chat: String,
    /// Who may speak now.
    pub holder: Holder,
    /// When that ends, in milliseconds since 1970.
    pub expire_at: Option<i64>,
    /// When the account last marked it as read, in milliseconds since 1970.
    #[serde(default)]
    pub read_at: Option<i64>,
    /// Until when the loading animation is shown, in milliseconds since 1970.
    #[serde(default)]
    pub loading_until: Option<i64>,
}

/// Messages sent by an account this month.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuotaState {
    /// The account's bot.
    pub bot: String,
    /// The month in Japan, `2026-11`.
    pub month: String,
    /// How many can be sent; none is no limit.
    pub limit: Option<u64>,
    /// How many were sent.
    pub used: u64,
    /// How many are kept for narrowcasts under way.
    #[serde(default)]
    pub reserved: u64,
}

/// The emulator's clock.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ClockState {
    /// Now, in milliseconds since 1970.
    pub now: i64,
    /// How far it is ahead of the system's clock, in milliseconds.
    pub ahead: i64,
}

/// Takes the picture.
pub(crate) fn take(world: &World, settings: &Settings, now: Millis) -> State {
    State {
        channel: channel(settings),
        bots: bots(world),
        users: users(world),
        chats: chats(world, settings, now),
        quotas: quotas(world, settings, now),
        clock: ClockState {
            now,
            ahead: world.clock_ahead,
        },
        last_call: world.calls.last(),
        last_delivery: world.deliveries.last(),
    }
}

fn channel(settings: &Settings) -> ChannelState {
    ChannelState {
        channel_id: settings.channel_id.clone(),
        channel_secret: settings.channel_secret.clone(),
        bot_header: settings.bot_header.clone(),
        webhook_url: settings.webhook_url.clone(),
        redirect_urls: settings.redirect_urls.clone(),
        default_active: settings.default_active,
    }
}

fn bots(world: &World) -> Vec<BotState> {
    let bots = world.accounts.iter().map(|account| BotState {
        bot_id: account.bot_id.clone(),
        basic_id: account.basic_id.clone(),
        display_name: account.display_name.clone(),
        region: account.region,
        brand_type: account.brand_type,
        status: account.status,
        attached: account.attached,
        scopes: account.scopes.clone(),
        primary_channel: account.primary_channel,
        other_module: account.other_module,
    });
    bots.collect()
}

fn users(world: &World) -> Vec<UserState> {
    let all = world.users.iter().flat_map(|(bot, users)| {
        users.values().map(|user| UserState {
            bot: bot.clone(),
            user_id: user.user_id.clone(),
            name: user.name.clone(),
            language: user.language.clone(),
            friend: user.friend,
            blocked: user.blocked,
        })
    });
    all.collect()
}

fn chats(world: &World, settings: &Settings, now: Millis) -> Vec<ChatState> {
    let of_users = world
        .users
        .iter()
        .flat_map(|(bot, users)| users.keys().map(move |user| (bot, user)));
    let others = world.chats.iter().flat_map(|(bot, chats)| {
        let groups = chats.keys().filter(|chat| !user::is_user(chat));
        groups.map(move |chat| (bot, chat))
    });
    let all = of_users.chain(others).map(|(bot, chat)| ChatState {
        bot: bot.clone(),
        chat: chat.clone(),
        holder: world.holder(bot, chat, settings.default_active, now),
        expire_at: world.held_until(bot, chat, settings.default_active, now),
        read_at: world.chat(bot, chat).and_then(|chat| chat.read_at),
        loading_until: loading(world, bot, chat, now),
    });
    all.collect()
}

fn loading(world: &World, bot: &str, chat: &str, now: Millis) -> Option<Millis> {
    let end = world.chat(bot, chat)?.loading_until;
    end.filter(|end| now < *end)
}

fn quotas(world: &World, settings: &Settings, now: Millis) -> Vec<QuotaState> {
    let month = clock::month(now);
    let all = world.accounts.iter().map(|account| QuotaState {
        bot: account.bot_id.clone(),
        month: month.clone(),
        limit: account.monthly_limit.or(settings.monthly_limit),
        used: account.pushed_in(&month),
        reserved: world.reserved(&account.bot_id),
    });
    all.collect()
}
