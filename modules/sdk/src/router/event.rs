//! The events that handlers get, each as a type of its own. What all events have in common is
//! asked of the context: who, where, when.

use std::collections::BTreeMap;

use shared::domain::message::{Emoji, Mention, MessageContent};
use shared::domain::{Event, EventKind, Scopes, Timestamp, UserId};

/// A text that a user sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMessage {
    /// The message's id.
    pub id: String,
    /// The text.
    pub text: String,
    /// What the pattern has caught: the whole first, then each group, empty where it
    /// took no part.
    pub captures: Vec<String>,
    /// What a message that quotes it needs.
    pub quote_token: Option<String>,
    /// The id of the message that it quotes.
    pub quoted_message_id: Option<String>,
    /// Where LINE emojis are in it.
    pub emojis: Vec<Emoji>,
    /// Who is mentioned in it: in groups and rooms.
    pub mentions: Vec<Mention>,
}

/// A user tapped something that carries data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postback {
    /// The data.
    pub data: String,
    /// What of it follows the route's prefix.
    pub rest: String,
    /// What came with it: the date that was picked, the menu that was switched to.
    pub params: BTreeMap<String, String>,
}

/// A user added the account as a friend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Whether they had blocked it before, if LINE tells.
    pub unblocked: Option<bool>,
}

/// People joined a group or room that the account is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberJoined {
    /// Who.
    pub users: Vec<UserId>,
}

/// People left a group or room that the account is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLeft {
    /// Who.
    pub users: Vec<UserId>,
}

/// A user is near a LINE Beacon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beacon {
    /// The beacon's hardware id.
    pub hwid: String,
    /// LINE's word: `enter`, `stay`, `banner`.
    pub kind: String,
    /// The beacon's own message, in hexadecimal, if it has sent one.
    pub device_message: Option<String>,
}

/// A user watched a video with a tracking id to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoViewed {
    /// The tracking id.
    pub tracking_id: String,
}

/// A user linked their LINE account with one elsewhere, or failed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAccount {
    /// Whether it worked.
    pub ok: bool,
    /// The nonce of the link.
    pub nonce: String,
}

/// The chat is ours from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlGained {
    /// Until when; absent without a limit.
    pub until: Option<Timestamp>,
}

/// The channel was attached to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// What the admin allowed.
    pub scopes: Scopes,
}

/// The account's admin allowed something else than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopesChanged {
    /// What is allowed now.
    pub scopes: Scopes,
}

/// The channel was detached from the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    /// Why, if LINE tells; `bot_deleted` is the one documented.
    pub reason: Option<String>,
}

macro_rules! without_members {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;
    )*};
}

without_members! {
    /// A user blocked the account.
    Unfollow
    /// The account joined a group or room.
    Join
    /// The account left, or was removed from, a group or room.
    Leave
    /// The chat is ours no longer.
    ControlLost
    /// All that is kept of the chat is about to be erased, because its user or the account has asked
    /// for it. What the module keeps of it elsewhere should go too: the chat's state, its timers,
    /// and rows of the module's that have the chat's id go by themselves when the handler has
    /// ended.
    Erased
    /// The account was suspended.
    Suspended
    /// The account is back.
    Resumed
}

/// Reads an event as one of these; none if it is another.
pub(super) trait RouteInput: Sized + Send + Sync + 'static {
    fn from_event(event: &Event) -> Option<Self>;
}

macro_rules! route_inputs {
    ($($name:ident: $kind:pat => $made:expr;)*) => {$(
        impl RouteInput for $name {
            fn from_event(event: &Event) -> Option<Self> {
                match &event.kind {
                    $kind => Some($made),
                    _ => None,
                }
            }
        }
    )*};
}

pub(super) use route_inputs;

route_inputs! {
    Follow: EventKind::Follow { unblocked } => Self { unblocked: *unblocked };
    Unfollow: EventKind::Unfollow => Self;
    Join: EventKind::Join => Self;
    Leave: EventKind::Leave => Self;
    MemberJoined: EventKind::MemberJoined { users } => Self { users: users.clone() };
    MemberLeft: EventKind::MemberLeft { users } => Self { users: users.clone() };
    Beacon: EventKind::Beacon { hwid, kind, device_message } => Self {
        hwid: hwid.clone(),
        kind: kind.clone(),
        device_message: device_message.clone(),
    };
    VideoViewed: EventKind::VideoViewed { tracking_id } => Self { tracking_id: tracking_id.clone() };
    LinkedAccount: EventKind::AccountLinked { ok, nonce } => Self { ok: *ok, nonce: nonce.clone() };
    ControlGained: EventKind::Activated { expire_at } => Self { until: *expire_at };
    ControlLost: EventKind::Deactivated => Self;
    Attached: EventKind::Attached { scopes, .. } => Self { scopes: scopes.clone() };
    ScopesChanged: EventKind::ScopesChanged { scopes } => Self { scopes: scopes.clone() };
    Detached: EventKind::Detached { reason, .. } => Self { reason: reason.clone() };
    Erased: EventKind::Erased => Self;
    Suspended: EventKind::Suspended => Self;
    Resumed: EventKind::Resumed => Self;
}

impl TextMessage {
    /// An event's text, with what `find` catches of it.
    pub(crate) fn from_event(
        event: &Event,
        find: impl Fn(&str) -> Option<Vec<String>>,
    ) -> Option<Self> {
        let EventKind::Message(message) = &event.kind else {
            return None;
        };
        let MessageContent::Text(content) = &message.content else {
            return None;
        };
        Some(Self {
            captures: find(&content.text)?,
            id: message.id.clone(),
            text: content.text.clone(),
            quote_token: message.quote_token.clone(),
            quoted_message_id: message.quoted_message_id.clone(),
            emojis: content.emojis.clone(),
            mentions: content.mentions.clone(),
        })
    }

    /// Whether the account's own bot is mentioned in it.
    pub fn mentions_bot(&self) -> bool {
        self.mentions.iter().any(Mention::is_self)
    }
}

impl Postback {
    /// An event's postback, if its data begins with `prefix`.
    pub(super) fn from_event(event: &Event, prefix: &str) -> Option<Self> {
        let EventKind::Postback { data, params } = &event.kind else {
            return None;
        };
        Some(Self {
            rest: data.strip_prefix(prefix)?.to_owned(),
            data: data.clone(),
            params: params.clone(),
        })
    }
}
