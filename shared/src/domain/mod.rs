//! Ids, scopes, events and states in our own words. No I/O, no clock, no LINE JSON.

#![warn(missing_docs)]

pub mod about;
pub mod bot;
pub mod chat;
pub mod coupon;
pub mod delivery;
pub mod effect;
pub mod event;
pub mod id;
pub mod language;
pub mod ledger;
pub mod message;
pub mod plan;
pub mod scope;
pub mod service;
pub mod session;
pub mod speak;
pub mod time;
pub mod to_many;
pub mod trace;
pub mod usage;
pub mod why;
pub mod window;
pub mod words;

pub use about::{About, Accent, Icon, Support};
pub use bot::{Attachment, BotState, LifecycleChange};
pub use chat::ChatState;
pub use coupon::CouponFields;
pub use delivery::Delivery;
pub use effect::{
    AccountEffect, ChatEffect, ControlEffect, Effect, Push, QueueEffect, Reply, Signal,
};
pub use event::{Event, EventKind, MembershipChange, Mode, RawJson};
pub use id::{BotId, Chat, ChatId, ChatKind, EventId, IdError, ReplyToken, UserId};
pub use language::{Language, Words};
pub use ledger::{
    Attempts, LedgerEntry, Outcome, Parked, Replays, Sends, State, keepable, ledger_end,
};
pub use message::{Message, MessageContent};
pub use plan::Plan;
pub use scope::{Scope, Scopes};
pub use service::{Entitled, Entitlement, Pause, PauseMode};
pub use speak::{
    MayBroadcast, MayControl, MaySpeak, Silence, may_broadcast, may_control, may_notify,
    may_send_to_many, may_speak,
};
pub use time::Timestamp;
pub use to_many::{Broadcast, Multicast, Narrowcast, Recipient, ToManyEffect};
pub use trace::{Trace, TracedEffect, Verdict};
