//! An event in our own words. What LINE may add later stays visible as
//! [`EventKind::Unknown`] or as another text in an open member.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::message::{Message, MessageContent};
use crate::domain::{BotId, Chat, Entitlement, EventId, ReplyToken, Scopes, Timestamp, UserId};

/// Something that happened in a chat, or to an Official Account.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id; the same on every delivery.
    pub id: EventId,
    /// The Official Account it happened to.
    pub bot: BotId,
    /// When it happened, by LINE's clock; the same on every delivery.
    pub at: Timestamp,
    /// Whether LINE thinks that we hold the chat. Absent in old payloads.
    pub mode: Option<Mode>,
    /// The chat, if it happened in one.
    pub chat: Option<Chat>,
    /// Who did it, if LINE tells.
    pub user: Option<UserId>,
    /// Whether LINE says that it sends this event again.
    pub redelivered: bool,
    /// What a reply needs. Absent on events of a standby channel and on kinds
    /// that cannot be replied to.
    pub reply_token: Option<ReplyToken>,
    /// What happened.
    pub kind: EventKind,
    /// The event as it came.
    pub raw: RawJson,
}

/// An event's own JSON. `Debug` shows its length alone: it holds what people say, and tokens.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawJson(Arc<str>);

/// Who holds the chat, as an event tells it
/// (<https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// We do.
    Active,
    /// Another channel does.
    Standby,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// A user sent a message.
    Message(Message),
    /// A user has changed a text that they had sent: so far in groups alone. The events of
    /// several changes may come in any order: the one with the latest `at` is what stands
    /// (<https://developers.line.biz/en/reference/messaging-api/#edit-event>).
    Edited(Message),
    /// A user took a message back.
    Unsend {
        /// The message's id.
        message_id: String,
    },
    /// A user added the account as a friend.
    Follow {
        /// Whether they had blocked it before, if LINE tells.
        unblocked: Option<bool>,
    },
    /// A user blocked the account.
    Unfollow,
    /// The account joined a group or room.
    Join,
    /// The account left, or was removed from, a group or room.
    Leave,
    /// People joined a group or room that the account is in.
    MemberJoined {
        /// Who.
        users: Vec<UserId>,
    },
    /// People left a group or room that the account is in.
    MemberLeft {
        /// Who.
        users: Vec<UserId>,
    },
    /// A user tapped something that carries data.
    Postback {
        /// The data, as the message's sender wrote it. It may be another
        /// channel's: postbacks of its messages arrive here too.
        data: String,
        /// What came with it: the date that was picked, the menu that was switched to.
        params: BTreeMap<String, String>,
    },
    /// A user watched a video with a tracking id to its end.
    VideoViewed {
        /// The tracking id, as the video's sender wrote it.
        tracking_id: String,
    },
    /// A user is near a LINE Beacon.
    Beacon {
        /// The beacon's hardware id.
        hwid: String,
        /// LINE's word: `enter`, `stay`, `banner`.
        kind: String,
        /// The beacon's own message, in hexadecimal, if it has sent one.
        device_message: Option<String>,
    },
    /// A user linked their LINE account with one elsewhere, or failed to.
    AccountLinked {
        /// Whether it worked.
        ok: bool,
        /// The nonce of the link, which tells the account elsewhere.
        nonce: String,
    },
    /// A user has joined or left one of the account's membership plans, or paid for longer.
    Membership {
        /// Which of these.
        change: MembershipChange,
        /// The plan's id.
        membership_id: u64,
    },
    /// A notification to a phone number has reached its user.
    Delivered {
        /// The tag it was sent with, else the hashed phone number.
        data: String,
    },
    /// The account's admin linked the module channel.
    Attached {
        /// The account.
        bot: BotId,
        /// What the admin allowed.
        scopes: Scopes,
    },
    /// The account's admin allowed the module channel, attached already, something else
    /// than before. Ours: LINE tells it by another attached event.
    ScopesChanged {
        /// What is allowed now.
        scopes: Scopes,
    },
    /// The module channel was unlinked.
    Detached {
        /// The account.
        bot: BotId,
        /// Why, if LINE tells; `bot_deleted` is the one documented.
        reason: Option<String>,
    },
    /// We hold the chat from now on.
    Activated {
        /// Until when; absent without a limit.
        expire_at: Option<Timestamp>,
    },
    /// We no longer hold the chat.
    Deactivated,
    /// The account was suspended.
    Suspended,
    /// The account is back.
    Resumed,
    /// A timer of the module's own is due. It is in the chat whose event planned it, or of the
    /// account, and its `at` is the moment it was due.
    Timer {
        /// Its name, which says whose it is.
        name: String,
        /// What the module gave.
        payload: Value,
        /// The newest attach known when it was planned.
        epoch: Timestamp,
        /// Whether its row stands under its name until it is handled: without it the timer was
        /// cancelled, or set again. Timers of the release before have no such row.
        is_named: bool,
    },
    /// Another chat of the account, or the account itself, has sent something to this chat,
    /// by a handler of the module's own. Its `at` is the moment it was planned.
    Signal {
        /// Its name, which says whose it is.
        name: String,
        /// What the module gave.
        payload: Value,
        /// The newest attach known when it was planned.
        epoch: Timestamp,
    },
    /// The company's own systems say something, by the inbox: to a chat, or where there is
    /// none to the account itself. Its `at` is the moment at which the inbox took it.
    Command {
        /// Its name, by which its route finds it.
        name: String,
        /// The caller's own id of it.
        id: String,
        /// What the caller gave.
        payload: Value,
    },
    /// All that is kept of the chat is about to be erased, because its user or the account has
    /// asked for it.
    Erased,
    /// The company's billing says whether the account may be served, by the inbox. Ours. Its
    /// `at` is the moment at which the inbox took it.
    Entitlement(Entitlement),
    /// A module event that names another account, this one, than it was sent to. It
    /// changes nothing of either.
    Misdirected(String),
    /// Any other kind, by LINE's own word; also one that is known, without what it must
    /// have. The event itself is kept whole.
    Unknown(String),
}

/// What has become of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MembershipChange {
    /// The user has joined.
    Joined,
    /// The user has left.
    Left,
    /// The user has paid for longer.
    Renewed,
}

impl Event {
    /// The event's JSON as LINE sent it. A timer's is ours.
    pub fn raw(&self) -> &str {
        self.raw.as_str()
    }

    /// The text that a user has sent, if the event is that.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            EventKind::Message(message) => message.text(),
            _ => None,
        }
    }
}

impl RawJson {
    /// Of this JSON.
    pub fn new(json: &str) -> Self {
        Self(json.into())
    }

    /// The JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads it as a type of your own.
    ///
    /// # Errors
    /// It is not of this type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.len())
    }
}

impl EventKind {
    /// Whether it, or what its message holds, is not known.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Message(message) | Self::Edited(message) => {
                matches!(message.content, MessageContent::Unknown(_))
            }
            _ => false,
        }
    }

    /// Whether it is about the account, not about a chat.
    pub fn is_of_bot(&self) -> bool {
        matches!(
            self,
            Self::Attached { .. }
                | Self::ScopesChanged { .. }
                | Self::Detached { .. }
                | Self::Suspended
                | Self::Resumed
                | Self::Entitlement(_)
        )
    }

    /// Whether it is one of the module channel's own events, whose `mode` is
    /// always `active` and says nothing of the chat.
    pub fn is_of_module(&self) -> bool {
        self.is_of_bot()
            || matches!(
                self,
                Self::Activated { .. } | Self::Deactivated | Self::Misdirected(_)
            )
    }
}
