//! What a plan can hold, by what it is of. Each kind is judged by a right of its own: to
//! speak in a chat, to take or give it back, to act for the account.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{Chat, CouponFields, ReplyToken, Timestamp, ToManyEffect, UserId};

/// One effect of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Effect {
    /// Something that a chat sees.
    Chat(ChatEffect),
    /// Who holds the chat.
    Control(ControlEffect),
    /// Something of the account itself.
    Account(AccountEffect),
    /// A send that is into no one chat.
    ToMany(ToManyEffect),
    /// An event for another chat's queue.
    Queue(QueueEffect),
}

/// What a chat sees: judged by whether we may speak in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChatEffect {
    /// An answer to the event, by its reply token.
    Reply(Reply),
    /// A message to the chat, which counts against the account's quota.
    Push(Push),
    /// To show in a chat with one user that an answer is on its way.
    Loading {
        /// How long; LINE's own default if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// To show what the user wrote as read.
    MarkAsRead {
        /// The message's own token.
        token: String,
    },
    /// To give the chat's user a rich menu of the module's.
    LinkMenu {
        /// Its name.
        menu: String,
    },
    /// To leave the chat's user without one of their own.
    UnlinkMenu,
}

/// An answer by a reply token. Messages are LINE's message objects, whatever made them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The event's token. Short-lived and good for one answer.
    pub token: ReplyToken,
    /// One to five messages.
    pub messages: Vec<Value>,
    /// Whether a push may stand in where the token certainly did not work.
    pub or_push: bool,
    /// When the token is no longer worth trying.
    pub deadline: Timestamp,
    /// Whether the user's phone does not notify of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
    /// Whether it is the notice that the account is not entitled: that does not stop it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_notice: bool,
}

/// A message without a reply token. Messages are LINE's message objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Push {
    /// One to five messages.
    pub messages: Vec<Value>,
    /// What it is counted under in the account's statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether the user's phone does not notify of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Who holds the chat: judged by whether we may take it or give it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ControlEffect {
    /// To take the chat from whoever holds it.
    Acquire {
        /// Seconds; without limit if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u64>,
    },
    /// To give the chat back to the account's primary channel.
    Release,
}

/// Of the account itself: judged by whether it is attached, and by its scopes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AccountEffect {
    /// To see to it that the account has a rich menu of the module's.
    EnsureMenu {
        /// Its name.
        menu: String,
    },
    /// To make it the one of all who have none of their own.
    SetDefaultMenu {
        /// Its name.
        menu: String,
    },
    /// To see to it that the account has an audience of the module's.
    EnsureAudience {
        /// Its name.
        audience: String,
    },
    /// To add users to it.
    AddToAudience {
        /// Its name.
        audience: String,
        /// Up to 10,000.
        users: Vec<UserId>,
    },
    /// To delete it.
    DeleteAudience {
        /// Its name.
        audience: String,
    },
    /// To see to it that the account has a coupon of the module's.
    EnsureCoupon {
        /// Its name.
        coupon: String,
        /// What it is.
        fields: Box<CouponFields>,
    },
    /// To close it.
    CloseCoupon {
        /// Its name.
        coupon: String,
    },
}

/// What goes into the queue, and not to LINE: judged by whether the account is attached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QueueEffect {
    /// An event for another chat of the account.
    Signal(Signal),
}

/// An event that a handler plans for another chat of the same account. That chat's own
/// handlers decide what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The chat.
    pub chat: Chat,
    /// Its name, by which its route finds it.
    pub name: String,
    /// What the module gave.
    pub payload: Value,
}

impl Effect {
    /// Whether it is a call to LINE.
    pub fn is_for_line(&self) -> bool {
        !matches!(self, Self::Queue(_))
    }

    /// What is sent; nothing where it is no message.
    pub fn messages(&self) -> &[Value] {
        match self {
            Self::Chat(effect) => effect.messages(),
            Self::ToMany(effect) => effect.messages(),
            Self::Control(_) | Self::Account(_) | Self::Queue(_) => &[],
        }
    }

    /// One word for logs and screens.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Chat(effect) => effect.name(),
            Self::Control(ControlEffect::Acquire { .. }) => "acquire",
            Self::Control(ControlEffect::Release) => "release",
            Self::Account(effect) => effect.name(),
            Self::ToMany(effect) => effect.name(),
            Self::Queue(QueueEffect::Signal(_)) => "signal",
        }
    }
}

impl AccountEffect {
    fn name(&self) -> &'static str {
        match self {
            Self::EnsureMenu { .. } => "rich menu",
            Self::SetDefaultMenu { .. } => "default rich menu",
            Self::EnsureAudience { .. } => "audience",
            Self::AddToAudience { .. } => "add to audience",
            Self::DeleteAudience { .. } => "delete audience",
            Self::EnsureCoupon { .. } => "coupon",
            Self::CloseCoupon { .. } => "close coupon",
        }
    }
}

impl ChatEffect {
    fn messages(&self) -> &[Value] {
        match self {
            Self::Reply(reply) => &reply.messages,
            Self::Push(push) => &push.messages,
            Self::Loading { .. }
            | Self::MarkAsRead { .. }
            | Self::LinkMenu { .. }
            | Self::UnlinkMenu => &[],
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Reply(_) => "reply",
            Self::Push(_) => "push",
            Self::Loading { .. } => "loading",
            Self::MarkAsRead { .. } => "mark as read",
            Self::LinkMenu { .. } => "link rich menu",
            Self::UnlinkMenu => "unlink rich menu",
        }
    }
}

impl From<ChatEffect> for Effect {
    fn from(effect: ChatEffect) -> Self {
        Self::Chat(effect)
    }
}

impl From<ControlEffect> for Effect {
    fn from(effect: ControlEffect) -> Self {
        Self::Control(effect)
    }
}

impl From<ToManyEffect> for Effect {
    fn from(effect: ToManyEffect) -> Self {
        Self::ToMany(effect)
    }
}

impl From<QueueEffect> for Effect {
    fn from(effect: QueueEffect) -> Self {
        Self::Queue(effect)
    }
}

impl From<AccountEffect> for Effect {
    fn from(effect: AccountEffect) -> Self {
        Self::Account(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Broadcast, ChatId, ChatKind, Multicast, Narrowcast, Recipient};

    /// A plan is kept as JSON, and read again by whoever goes on with it.
    #[test]
    fn every_effect_is_read_again_as_what_it_was() {
        let menu = || "main".to_owned();
        let signal = Signal {
            chat: Chat {
                kind: ChatKind::Group,
                id: ChatId::new("C1").unwrap(),
            },
            name: "freed".into(),
            payload: Value::Null,
        };
        let effects: [Effect; 19] = [
            ChatEffect::Reply(Reply {
                token: ReplyToken::new("token"),
                messages: vec![Value::Null],
                or_push: true,
                deadline: Timestamp(1),
                silent: true,
                is_notice: true,
            })
            .into(),
            ChatEffect::Push(Push {
                messages: vec![Value::Null],
                unit: Some("unit".into()),
                silent: true,
            })
            .into(),
            ChatEffect::Loading { seconds: None }.into(),
            ChatEffect::MarkAsRead { token: menu() }.into(),
            ChatEffect::LinkMenu { menu: menu() }.into(),
            ChatEffect::UnlinkMenu.into(),
            ControlEffect::Acquire { seconds: Some(60) }.into(),
            ControlEffect::Release.into(),
            AccountEffect::EnsureMenu { menu: menu() }.into(),
            AccountEffect::SetDefaultMenu { menu: menu() }.into(),
            AccountEffect::EnsureAudience { audience: menu() }.into(),
            AccountEffect::AddToAudience {
                audience: menu(),
                users: vec![UserId::new("U1").unwrap()],
            }
            .into(),
            AccountEffect::DeleteAudience { audience: menu() }.into(),
            AccountEffect::EnsureCoupon {
                coupon: menu(),
                fields: Box::new(CouponFields::new(
                    "Half",
                    Timestamp(0),
                    Timestamp(1_000),
                    "ASIA_TOKYO",
                )),
            }
            .into(),
            AccountEffect::CloseCoupon { coupon: menu() }.into(),
            ToManyEffect::Multicast(Multicast {
                users: vec![UserId::new("U1").unwrap()],
                messages: vec![Value::Null],
                unit: Some("unit".into()),
                silent: true,
            })
            .into(),
            ToManyEffect::Broadcast(Broadcast {
                messages: vec![Value::Null],
                silent: false,
            })
            .into(),
            ToManyEffect::Narrowcast(Narrowcast {
                messages: vec![Value::Null],
                recipient: Some(Recipient::Not(Box::new(Recipient::audience("regulars")))),
                demographic: Some(Value::Bool(true)),
                most: Some(5),
                silent: false,
            })
            .into(),
            QueueEffect::Signal(signal).into(),
        ];
        for effect in effects {
            let json = serde_json::to_string(&effect).unwrap();
            let again: Effect = serde_json::from_str(&json).unwrap();
            assert_eq!(again, effect, "{json}");
        }
    }

    /// A plan of an older version tells nothing of whether it is silent.
    #[test]
    fn a_send_is_loud_where_its_row_does_not_say_that_it_is_silent() {
        let reply = r#"{"type":"reply","token":"t","messages":[],"or_push":false,"deadline":1}"#;
        let push = r#"{"type":"push","messages":[]}"#;
        for json in [reply, push] {
            let silent = match serde_json::from_str(json).unwrap() {
                Effect::Chat(ChatEffect::Reply(reply)) => reply.silent,
                Effect::Chat(ChatEffect::Push(push)) => push.silent,
                other => panic!("{other:?}"),
            };
            assert!(!silent);
            let again: Effect = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&again).unwrap(), json);
        }
    }
}
