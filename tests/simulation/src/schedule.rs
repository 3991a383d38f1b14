//! A schedule: all that happens to the bundle from outside, as a plain value that can
//! be drawn from a seed, kept, read and edited.

mod fault;
mod link;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use fault::{Fault, Harm, Outage, Server, Slow, Stop};
pub use link::{Absence, Link, Listing, Visit};

/// What happens. Times are milliseconds since the beginning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Decides what is not written down: delays, the order of tasks, clocks.
    pub seed: u64,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    /// Whether the module allows a push in place of a reply.
    pub push_instead: bool,
    /// How long a received message stays invisible, in seconds.
    pub visibility_s: u64,
    /// How many invocations of the worker stand side by side.
    pub workers: usize,
    /// How many messages an invocation is given at most.
    pub batch: usize,
    /// How far a clock is off at most, in milliseconds.
    pub skew_ms: u64,
    /// How slow the slowest call is, in milliseconds.
    pub slowest_ms: u64,
    /// What LINE sends.
    pub webhooks: Vec<Webhook>,
    /// What people do on the management screen.
    pub deeds: Vec<Deed>,
    /// What goes on behind the scenes.
    #[serde(default)]
    pub rounds: Vec<Round>,
    /// How many writes the indexes of the table lag behind.
    #[serde(default)]
    pub index_lag: usize,
    /// What the company's own systems say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Command>,
    /// Admins who link the channel by our own pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What LINE's list of accounts is like.
    #[serde(default)]
    pub listing: Listing,
    /// How long after our own detach LINE tells of it, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_detach_told_ms: Option<u64>,
    /// What goes wrong with single calls.
    pub faults: Vec<Fault>,
    /// Single calls that take their time, and come to their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slow: Vec<Slow>,
    /// What goes wrong for a while.
    pub outages: Vec<Outage>,
    /// What becomes of the first tries of a step that an event's handler makes; the others
    /// succeed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<String, Vec<StepTry>>,
    /// When the workers are given nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stop>,
}

impl Schedule {
    /// How far a clock is off at most, in milliseconds, to reckon times with.
    #[must_use]
    pub fn skew(&self) -> i64 {
        i64::try_from(self.skew_ms).unwrap_or(i64::MAX)
    }

    /// What the module does about an event; nothing is known of those that LINE makes of
    /// itself, and of timers.
    pub fn wish(&self, id: &str) -> Option<&Wish> {
        let mut events = self.webhooks.iter().flat_map(|webhook| &webhook.events);
        events.find(|event| event.id == id).map(|event| &event.wish)
    }
}

/// Something that a system of the company's own says in a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// When it is said.
    pub at_ms: u64,
    /// The account's number.
    pub bot: u8,
    /// The chat's number.
    pub chat: u8,
    /// The caller's id of it.
    pub id: String,
    /// How long after that each copy is said.
    pub copies_ms: Vec<u64>,
    /// How often a copy that was not taken is said again.
    pub again: u8,
}

/// Events that happen together, and the deliveries of their webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// When they happen.
    pub at_ms: u64,
    /// The account's number.
    pub bot: u8,
    /// The events, in order.
    pub events: Vec<Happening>,
    /// How long after that each copy is delivered.
    pub copies_ms: Vec<u64>,
    /// How often a copy that was not answered 200 is sent again.
    pub again: u8,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Happening {
    pub id: String,
    /// The chat's number; of no meaning for events of the account itself.
    pub chat: u8,
    /// What happens.
    pub what: What,
    /// What the module does about it.
    pub wish: Wish,
    /// How long after it a timer rings that the module sets in its chat, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_ms: Option<u64>,
    /// The number of that timer's name, which other events use as well; else it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_name: Option<u8>,
    /// The chats that the module sends signals to, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<u8>,
    /// The number of the timer that the module cancels in its chat, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancels: Option<u8>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A user writes.
    Message,
    /// A user taps.
    Postback,
    /// A user adds the account.
    Follow,
    /// A user blocks it.
    Unfollow,
    /// We are given the chat, for this many seconds or without limit.
    Activated(Option<u64>),
    /// It is taken from us.
    Deactivated,
    /// The account is suspended.
    Suspended,
    /// The account is back.
    Resumed,
    /// The admin links the channel, with these scopes; without a word of them if none.
    Attached(Option<String>),
    /// The admin unlinks it.
    Detached,
    /// An account's event, whose JSON names another account than the webhook.
    Misdirected,
    /// Something that nobody knows, in a chat.
    Unknown,
}

impl What {
    /// Whether it happens to the account and not in a chat.
    pub fn is_of_bot(&self) -> bool {
        matches!(
            self,
            Self::Suspended
                | Self::Resumed
                | Self::Attached(_)
                | Self::Detached
                | Self::Misdirected
        )
    }
}

/// What the module does about an event. What it sends needs the right to speak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Remembers it, and says nothing.
    Nothing,
    /// Answers.
    Reply,
    /// Sends.
    Push,
    /// Answers, then sends.
    ReplyAndPush,
    /// Sends twice.
    TwoPushes,
    /// Shows something, then answers.
    ShowAndReply(Show),
    /// Takes a place that others may want, and says whether it has it.
    Row(u8),
    /// Takes the chat, for this many seconds or without limit.
    Acquire(Option<u64>),
    /// Takes the chat, and sends.
    AcquireAndPush(Option<u64>),
    /// Gives the chat back.
    Release,
    /// Sends, gives the chat back, and sends once more.
    PushReleasePush,
    /// Asks to be called again, this many times; then answers.
    Retry(u32),
    /// Fails this many times; then answers.
    Fail(u32),
    /// Panics this many times; then answers.
    Panic(u32),
    /// Never ends, this many times; then answers.
    Hang(u32),
    /// Ends its process, this many times; then answers.
    Kill(u32),
}

/// What becomes of a try of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepTry {
    /// The service takes it, or not, and answers with an error.
    Fails,
    /// It never answers.
    Hangs,
    /// It answers after this many milliseconds; a second is too long.
    Takes(u64),
}

/// What the module shows beside messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// That an answer is on its way.
    Loading,
    /// That the message was read.
    Read,
    /// A rich menu: the chat's, or of an event of the account itself, that of all.
    Menu,
    /// None.
    NoMenu,
}

/// What someone does on the management screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    /// When.
    pub at_ms: u64,
    /// The account's number.
    pub bot: u8,
    /// The chat's number.
    pub chat: u8,
    /// To take the chat for this many seconds or without limit, or to give it back.
    pub what: Hold,
}

/// What goes on behind the scenes: by a schedule, or because an operator wishes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// When.
    pub at_ms: u64,
    /// What.
    pub what: Upkeep,
}

/// What keeps the bundle in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upkeep {
    /// The accounts are held against LINE's list.
    Reconcile,
    /// What is parked by then is run again.
    ReplayParked,
    /// Timers that are due are queued.
    RingTimers,
    /// A call is counted of which LINE takes a few an hour.
    CountCall,
    /// DynamoDB deletes the rows whose time has passed.
    DropExpired,
    /// An event is run again, whatever became of it so far.
    Replay {
        /// Which one, in the order of the ids of those that have happened.
        nth: u16,
        /// Whether also what is done is done again.
        force: bool,
    },
    /// The table is restored to what it was this many minutes ago.
    Restore {
        /// How many.
        minutes: u16,
    },
    /// We detach this account.
    Detach(u8),
    /// An operator stops this account from speaking, or all without one.
    Pause {
        bot: Option<u8>,
        /// Whether its events are recorded, and do not wait.
        record: bool,
    },
    /// An operator lets it speak again.
    Resume { bot: Option<u8> },
    /// The company's billing says whether this account may be served.
    Entitle { bot: u8, said: Said },
    /// The operator lets those accounts go for which the reconciler has stopped.
    Approve,
}

/// Whether an account may be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Yes,
    No,
    /// For so many milliseconds.
    For(u64),
}

/// Who shall hold a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// We.
    Acquire(Option<u64>),
    /// The account's staff.
    Release,
}
