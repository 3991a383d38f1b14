//! The world: everything the LINE Platform knows. A state machine without I/O; each method takes
//! the time.

pub(crate) mod account;
pub(crate) mod audience;
pub(crate) mod belongings;
pub(crate) mod channel;
pub(crate) mod chat;
pub(crate) mod content;
mod control;
pub(crate) mod coupon;
pub(crate) mod fault;
pub(crate) mod grant;
mod jobs;
mod log;
pub(crate) mod membership;
pub(crate) mod menu;
mod reach;
pub(crate) mod record;
pub(crate) mod redelivery;
mod seed;
pub(crate) mod sent;
pub(crate) mod snapshot;
pub(crate) mod user;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::account::Account;
use self::belongings::Belongings;
use self::chat::{Chat, Speaker};
use self::content::Content;
use self::fault::Fault;
use self::grant::{
    AcceptedKey, AccessToken, AssertionKey, Bucket, Code, LinkToken, ListToken, ReplyToken,
};
use self::log::Log;
use self::menu::Menu;
use self::record::{Call, Delivery};
use self::redelivery::{FailureCount, Redelivery};
pub use self::snapshot::State;
use self::user::User;
use crate::clock::Millis;

/// Everything the emulator knows, apart from its settings. Kept in the data file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct World {
    /// The Official Accounts, in the order in which they are shown. None is ever taken out.
    pub(crate) accounts: Vec<Account>,
    /// Where each account stands, by bot.
    #[serde(skip)]
    places: HashMap<String, usize>,
    /// Users by bot and user id.
    pub(crate) users: BTreeMap<String, BTreeMap<String, User>>,
    /// Chats by bot and chat id.
    pub(crate) chats: BTreeMap<String, BTreeMap<String, Chat>>,
    /// Authorization codes given out on the link screen.
    pub(crate) codes: HashMap<String, Code>,
    /// Channel access tokens, by the SHA-256 of the token.
    pub(crate) tokens: HashMap<String, AccessToken>,
    /// Channel access tokens issued so far.
    pub(crate) issued: u64,
    /// The public keys that assertions are signed with, as JWK, by their `kid`.
    pub(crate) assertion_keys: BTreeMap<String, AssertionKey>,
    /// What is left of the rate limits, by channel, bot and endpoint.
    pub(crate) buckets: HashMap<String, Bucket>,
    /// What belongs to the accounts: rich menus, audiences, what was sent and more.
    pub(crate) belongings: BTreeMap<String, Belongings>,
    /// Tokens that mark a chat as read: its bot and chat.
    pub(crate) read_tokens: HashMap<String, (String, String)>,
    /// Tokens that link an account, by token.
    pub(crate) link_tokens: HashMap<String, LinkToken>,
    /// What users sent that is no text, by message.
    pub(crate) contents: BTreeMap<String, Content>,
    /// Reply tokens given out in webhooks.
    pub(crate) reply_tokens: HashMap<String, ReplyToken>,
    /// Retry keys of accepted requests, by bot and key.
    pub(crate) retry_keys: HashMap<String, AcceptedKey>,
    /// Continuation tokens of lists.
    pub(crate) list_tokens: HashMap<String, ListToken>,
    /// Faults to come.
    pub(crate) faults: Vec<Fault>,
    /// The API calls received.
    pub(crate) calls: Log<Call>,
    /// The webhooks sent to the module channel under test.
    pub(crate) deliveries: Log<Delivery>,
    /// The webhooks sent to the other channels, which have numbers of their own.
    pub(crate) other_deliveries: Log<Delivery>,
    /// What was taken on and is to be done later: when, and for which bot.
    pub(crate) jobs: Vec<(Millis, String)>,
    /// Failed webhooks that are to be sent again.
    pub(crate) redeliveries: Vec<Redelivery>,
    /// How often webhooks failed.
    pub(crate) failures: Vec<FailureCount>,
    /// How far the clock is ahead of the system's.
    pub(crate) clock_ahead: Millis,
    /// Messages numbered so far; the next id comes from it.
    pub(crate) messages: u64,
    /// Audiences and the like numbered so far.
    pub(crate) numbers: u64,
    /// Bubbles numbered so far.
    pub(crate) bubbles: u64,
}

impl World {
    /// Takes in a message that may have content.
    pub(crate) fn keep_content(&mut self, bot: &str, message: &Value, at: Millis) {
        if let Some((id, content)) = Content::of(bot, message, at) {
            self.contents.entry(id).or_insert(content);
        }
    }

    /// The user takes a message back.
    pub(crate) fn unsend(&mut self, message: &str) {
        if let Some(content) = self.contents.get_mut(message) {
            content.unsend();
        }
    }

    /// The demo world: four accounts, three people, nothing attached.
    pub(crate) fn demo() -> Self {
        seed::demo()
    }

    /// Makes accounts, with the module channel attached if scopes are given. Gives their bots.
    pub(crate) fn make_accounts(&mut self, count: usize, scopes: Option<&[String]>) -> Vec<String> {
        let made = (0..count).map(|_| {
            let account = Account {
                attached: scopes.is_some(),
                scopes: scopes.unwrap_or_default().to_vec(),
                ..seed::numbered(self.accounts.len() + 1)
            };
            let bot = account.bot_id.clone();
            self.add_account(account);
            bot
        });
        made.collect()
    }

    /// Adds an account at the end.
    pub(crate) fn add_account(&mut self, account: Account) {
        let place = self.accounts.len();
        self.places.insert(account.bot_id.clone(), place);
        self.accounts.push(account);
    }

    /// Notes where each account stands, after they were read from a file.
    pub(crate) fn find_places(&mut self) {
        let accounts = self.accounts.iter().enumerate();
        self.places = accounts
            .map(|(place, account)| (account.bot_id.clone(), place))
            .collect();
    }

    /// The account of a bot.
    pub(crate) fn account(&self, bot: &str) -> Option<&Account> {
        self.accounts.get(*self.places.get(bot)?)
    }

    /// The account of a bot, to change it.
    pub(crate) fn account_mut(&mut self, bot: &str) -> Option<&mut Account> {
        self.accounts.get_mut(*self.places.get(bot)?)
    }

    /// A user of an account.
    pub(crate) fn user(&self, bot: &str, user: &str) -> Option<&User> {
        self.users.get(bot)?.get(user)
    }

    /// A chat of an account.
    pub(crate) fn chat(&self, bot: &str, chat: &str) -> Option<&Chat> {
        self.chats.get(bot)?.get(chat)
    }

    /// What belongs to an account, to look at or change.
    pub(crate) fn of(&mut self, bot: &str) -> &mut Belongings {
        self.belongings.entry(bot.to_owned()).or_default()
    }

    /// The rich menu that a user sees: only friends see one, and only in their own chat.
    pub(crate) fn menu_of(&self, bot: &str, user: &str) -> Option<&Menu> {
        let is_friend = user::is_user(user) && self.reaches(bot, user);
        let belongings = self.belongings.get(bot).filter(|_| is_friend);
        belongings.and_then(|own| own.menus.seen_by(user))
    }

    /// A chat to change; made if it is not there. A user chat gets its user as well, so that
    /// invented ids work like the seeded ones.
    pub(crate) fn chat_mut(&mut self, bot: &str, chat: &str) -> &mut Chat {
        if user::is_user(chat) {
            let users = self.users.entry(bot.to_owned()).or_default();
            users
                .entry(chat.to_owned())
                .or_insert_with(|| User::invented(chat));
        }
        let chats = self.chats.entry(bot.to_owned()).or_default();
        chats.entry(chat.to_owned()).or_default()
    }

    /// A user to change; made if not there.
    pub(crate) fn user_mut(&mut self, bot: &str, user: &str) -> &mut User {
        let users = self.users.entry(bot.to_owned()).or_default();
        users
            .entry(user.to_owned())
            .or_insert_with(|| User::invented(user))
    }

    /// A user whom the account has only met in a group; made if not there.
    pub(crate) fn stranger(&mut self, bot: &str, user: &str) {
        let users = self.users.entry(bot.to_owned()).or_default();
        users.entry(user.to_owned()).or_insert_with(|| User {
            friend: false,
            ..User::invented(user)
        });
    }

    /// The id of the next message: digits, as LINE's are.
    pub(crate) fn next_message_id(&mut self) -> String {
        self.messages += 1;
        (540_000_000_000_000_000 + self.messages).to_string()
    }

    /// A number for what is numbered, of 13 digits as LINE's are.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        1_200_000_000_000 + self.numbers
    }

    /// Adds a bubble to a conversation.
    pub(crate) fn say(
        &mut self,
        bot: &str,
        chat: &str,
        from: Speaker,
        message: Value,
        now: Millis,
    ) {
        self.bubbles += 1;
        let number = self.bubbles;
        self.chat_mut(bot, chat).add(number, from, message, now);
    }

    /// Forgets what has been over for long.
    pub(crate) fn prune(&mut self, now: Millis) {
        const DAY: Millis = 86_400_000;
        self.tokens.retain(|_, token| token.ends + DAY > now);
        self.link_tokens.retain(|_, token| token.ends > now);
        self.list_tokens.retain(|_, token| token.expires_at > now);
        self.codes.retain(|_, code| code.expires_at + DAY > now);
        self.reply_tokens
            .retain(|_, token| token.event_at.max(token.usable_until) + DAY > now);
        self.retry_keys.retain(|_, key| key.accepted_at + DAY > now);
    }
}
