//! Sending messages.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::{ChatId, MayBroadcast, MaySpeak, ReplyToken, UserId};
use crate::line::endpoint::{Answered, Spends, Unsendable, endpoint, has};
use crate::line::http::Answer;

/// LINE takes this many messages in one send.
const MOST_MESSAGES: usize = 5;
/// A multicast goes to this many users at most.
const MOST_USERS: usize = 500;

/// The messages of one send: one to five of LINE's message objects, whatever made
/// them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Messages<'a>(Cow<'a, [Value]>);

impl Messages<'static> {
    /// From anything that serialises as message objects.
    ///
    /// # Errors
    /// One does not, or is over a limit of LINE's.
    pub fn of<M: Serialize>(messages: &[M]) -> Result<Self, serde_json::Error> {
        let messages = messages.iter().map(serde_json::to_value);
        Ok(Self(Cow::Owned(messages.collect::<Result<_, _>>()?)))
    }
}

impl<'a> From<&'a [Value]> for Messages<'a> {
    fn from(messages: &'a [Value]) -> Self {
        Self(Cow::Borrowed(messages))
    }
}

impl Messages<'_> {
    pub(super) fn check(&self) -> Result<(), Unsendable> {
        has("messages", self.0.len(), 1, MOST_MESSAGES)
    }
}

/// What LINE says of accepted messages: something of replies and pushes, nothing
/// of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The messages, as LINE knows them.
    #[serde(default)]
    pub sent_messages: Vec<SentMessage>,
}

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMessage {
    pub id: String,
    /// With which it can be quoted, if it can.
    #[serde(default)]
    pub quote_token: Option<String>,
}

impl Sent {
    /// It was accepted, whatever the body says.
    fn read(answer: &Answer) -> Option<Self> {
        Some(answer.json().unwrap_or_default())
    }
}

/// LINE has accepted a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// LINE's request id; with a retry key, that of the request it has accepted.
    pub request_id: Option<String>,
    /// The messages, where LINE tells of them.
    pub messages: Vec<SentMessage>,
}

impl From<Answered<Sent>> for Accepted {
    fn from(answered: Answered<Sent>) -> Self {
        Self {
            request_id: answered.request_id,
            messages: answered.value.sent_messages,
        }
    }
}

/// Answers an event. LINE takes a token once; it takes no retry key here
/// (<https://developers.line.biz/en/reference/messaging-api/#send-reply-message>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply<'a> {
    reply_token: &'a ReplyToken,
    messages: Messages<'a>,
    #[serde(skip_serializing_if = "is_false")]
    notification_disabled: bool,
}

endpoint!(Reply<'_>: REPLY, ForBot -> Sent as Sent::read, checked_body());

impl<'a> Reply<'a> {
    /// One to five messages.
    pub fn new(
        _: &MaySpeak,
        reply_token: &'a ReplyToken,
        messages: impl Into<Messages<'a>>,
    ) -> Self {
        Self {
            reply_token,
            messages: messages.into(),
            notification_disabled: false,
        }
    }

    /// Without a sound on the user's phone.
    #[must_use]
    pub fn silently(mut self) -> Self {
        self.notification_disabled = true;
        self
    }

    fn check(&self) -> Result<(), Unsendable> {
        self.messages.check()
    }
}

/// A send with a retry key: what all four have in common.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Keyed<'a> {
    messages: Messages<'a>,
    #[serde(skip_serializing_if = "is_false")]
    notification_disabled: bool,
}

impl<'a> Keyed<'a> {
    fn new(messages: impl Into<Messages<'a>>) -> Self {
        Self {
            messages: messages.into(),
            notification_disabled: false,
        }
    }
}

/// Sends to a chat
/// (<https://developers.line.biz/en/reference/messaging-api/#send-push-message>).
/// The same key makes LINE take the same message once, for 24 hours; 409 says
/// that it has it already
/// (<https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Push<'a> {
    to: &'a ChatId,
    #[serde(flatten)]
    keyed: Keyed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_aggregation_units: Option<[&'a str; 1]>,
    #[serde(skip)]
    retry_key: Uuid,
}

impl<'a> Push<'a> {
    /// One to five messages.
    pub fn new(
        _: &MaySpeak,
        to: &'a ChatId,
        messages: impl Into<Messages<'a>>,
        retry_key: Uuid,
    ) -> Self {
        Self {
            to,
            keyed: Keyed::new(messages),
            custom_aggregation_units: None,
            retry_key,
        }
    }

    fn check(&self) -> Result<(), Unsendable> {
        self.keyed.messages.check()?;
        check_unit(self.custom_aggregation_units)
    }
}

/// Sends to as many as 500 users
/// (<https://developers.line.biz/en/reference/messaging-api/#send-multicast-message>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Multicast<'a> {
    to: &'a [UserId],
    #[serde(flatten)]
    keyed: Keyed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_aggregation_units: Option<[&'a str; 1]>,
    #[serde(skip)]
    retry_key: Uuid,
}

impl<'a> Multicast<'a> {
    /// One to five messages.
    pub fn new(
        _: &MayBroadcast,
        to: &'a [UserId],
        messages: impl Into<Messages<'a>>,
        retry_key: Uuid,
    ) -> Self {
        Self {
            to,
            keyed: Keyed::new(messages),
            custom_aggregation_units: None,
            retry_key,
        }
    }

    fn check(&self) -> Result<(), Unsendable> {
        has("to", self.to.len(), 1, MOST_USERS)?;
        self.keyed.messages.check()?;
        check_unit(self.custom_aggregation_units)
    }
}

/// Sends to all friends
/// (<https://developers.line.biz/en/reference/messaging-api/#send-broadcast-message>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Broadcast<'a> {
    #[serde(flatten)]
    keyed: Keyed<'a>,
    #[serde(skip)]
    retry_key: Uuid,
}

impl<'a> Broadcast<'a> {
    /// One to five messages.
    pub fn new(_: &MayBroadcast, messages: impl Into<Messages<'a>>, retry_key: Uuid) -> Self {
        Self {
            keyed: Keyed::new(messages),
            retry_key,
        }
    }

    fn check(&self) -> Result<(), Unsendable> {
        self.keyed.messages.check()
    }
}

/// Sends to friends chosen by audience and demographics, after a while
/// (<https://developers.line.biz/en/reference/messaging-api/#send-narrowcast-message>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Narrowcast<'a> {
    #[serde(flatten)]
    keyed: Keyed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    #[serde(skip)]
    retry_key: Uuid,
}

#[derive(Debug, Clone, Serialize)]
struct Filter {
    demographic: Value,
}

/// How many a narrowcast may reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Maximum number of recipients, chosen at random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// As many as the month's quota still has.
    #[serde(skip_serializing_if = "is_false")]
    pub up_to_remaining_quota: bool,
    /// None at all, if the quota is not enough for all.
    #[serde(skip_serializing_if = "is_false")]
    pub forbid_partial_delivery: bool,
}

impl<'a> Narrowcast<'a> {
    /// One to five messages, to everybody as long as nothing narrows it.
    pub fn new(_: &MayBroadcast, messages: impl Into<Messages<'a>>, retry_key: Uuid) -> Self {
        Self {
            keyed: Keyed::new(messages),
            recipient: None,
            filter: None,
            limit: None,
            retry_key,
        }
    }

    /// To LINE's recipient object: an audience, an earlier send, or `and`, `or`,
    /// `not` of them.
    #[must_use]
    pub fn recipient(mut self, recipient: Value) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// To LINE's demographic filter object.
    #[must_use]
    pub fn demographic(mut self, demographic: Value) -> Self {
        self.filter = Some(Filter { demographic });
        self
    }

    /// Number of recipients.
    #[must_use]
    pub fn limit(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    fn check(&self) -> Result<(), Unsendable> {
        self.keyed.messages.check()
    }
}

macro_rules! keyed {
    ($($type:ident $row:ident $spends:expr;)*) => {$(
        endpoint!($type<'_>: $row, ForBot -> Sent as Sent::read, checked_body(), keyed(), spends($spends));

        impl $type<'_> {
            /// Without a sound on the users' phones.
            #[must_use]
            pub fn silently(mut self) -> Self {
                self.keyed.notification_disabled = true;
                self
            }
        }
    )*};
}

keyed! {
    Push PUSH |_: &Self| Spends::One;
    Multicast MULTICAST |send: &Self| Spends::Many(send.to.len() as u64);
    Broadcast BROADCAST |_: &Self| Spends::Many(1);
    Narrowcast NARROWCAST |_: &Self| Spends::Many(1);
}

macro_rules! with_unit {
    ($($type:ident)*) => {$(
        impl<'a> $type<'a> {
            /// Counted under `unit` in the account's statistics: up to 30 letters,
            /// digits and `_`. LINE takes 1,000 names a month, and forgets more.
            #[must_use]
            pub fn unit(mut self, unit: &'a str) -> Self {
                self.custom_aggregation_units = Some([unit]);
                self
            }
        }
    )*};
}

with_unit!(Push Multicast);

fn check_unit(units: Option<[&str; 1]>) -> Result<(), Unsendable> {
    let Some([unit]) = units else {
        return Ok(());
    };
    let is_sign = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'_';
    match (1..=30).contains(&unit.len()) && unit.bytes().all(is_sign) {
        true => Ok(()),
        false => Err(Unsendable(
            "customAggregationUnits[0] is 1 to 30 letters, digits and _".into(),
        )),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}
