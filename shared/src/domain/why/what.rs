//! Events and effects in everyday words.

use serde_json::Value;

use crate::domain::why::reader::count;
use crate::domain::{AccountEffect, ChatEffect, ControlEffect, Effect, QueueEffect, ToManyEffect};

/// An event of this type of LINE's, as a sentence about what happened; a word that is not known
/// stays as it is.
pub fn kind_in_words(kind: &str) -> String {
    let words = match kind {
        "message" => "A user sent a message",
        "edit" => "A user changed a message",
        "unsend" => "A user took a message back",
        "follow" => "A user added the account as a friend, or unblocked it",
        "unfollow" => "A user blocked the account",
        "join" => "The account joined a group",
        "leave" => "The account left a group, or was removed from it",
        "memberJoined" => "Somebody joined a group that the account is in",
        "memberLeft" => "Somebody left a group that the account is in",
        "postback" => "A user tapped a button",
        "videoPlayComplete" => "A user watched a video to its end",
        "beacon" => "A user came near a beacon",
        "accountLink" => "A user linked their account with the company's",
        "membership" => "A user's membership changed",
        "delivery" => "A notification reached its user",
        "activated" => "LINE told us that we hold the chat",
        "deactivated" => "LINE told us that we no longer hold the chat",
        "botSuspended" => "LINE suspended the account",
        "botResumed" => "LINE lifted the account's suspension",
        "module" => "The account was linked with the module channel, or unlinked from it",
        "@timer" => "A timer of the module's was due",
        "@signal" => "The module sent a signal to this chat from another one",
        "@command" => "A system of the company's own sent a command",
        "@detach" => "We began to detach the account",
        other => return format!("LINE sent an event of the type {other:?}"),
    };
    words.to_owned()
}

/// An effect of a plan: `a reply with 2 messages (text, flex)`. Never what it says.
pub(super) fn effect_in_words(effect: &Effect) -> String {
    match effect {
        Effect::Chat(effect) => of_chat(effect),
        Effect::Control(ControlEffect::Acquire { seconds: None }) => "taking the chat".to_owned(),
        Effect::Control(ControlEffect::Acquire { seconds: Some(it) }) => {
            format!("taking the chat for {it} seconds")
        }
        Effect::Control(ControlEffect::Release) => "giving the chat back".to_owned(),
        Effect::Account(effect) => of_account(effect),
        Effect::ToMany(effect) => of_many(effect),
        Effect::Queue(QueueEffect::Signal(signal)) => {
            format!("a signal {:?} to another chat", signal.name)
        }
    }
}

fn of_chat(effect: &ChatEffect) -> String {
    match effect {
        ChatEffect::Reply(reply) => format!("a reply with {}", messages(&reply.messages)),
        ChatEffect::Push(push) => format!("a push with {}", messages(&push.messages)),
        ChatEffect::Loading { .. } => "the loading animation".to_owned(),
        ChatEffect::MarkAsRead { .. } => "marking the message as read".to_owned(),
        ChatEffect::LinkMenu { menu } => format!("giving the user the rich menu {menu:?}"),
        ChatEffect::UnlinkMenu => "taking the user's own rich menu away".to_owned(),
    }
}

fn of_account(effect: &AccountEffect) -> String {
    match effect {
        AccountEffect::EnsureMenu { menu } => format!("making the rich menu {menu:?}"),
        AccountEffect::SetDefaultMenu { menu } => {
            format!("making {menu:?} the account's default rich menu")
        }
        AccountEffect::EnsureAudience { audience } => format!("making the audience {audience:?}"),
        AccountEffect::AddToAudience { audience, users } => {
            format!(
                "adding {} to the audience {audience:?}",
                count(users.len(), "user")
            )
        }
        AccountEffect::DeleteAudience { audience } => format!("deleting the audience {audience:?}"),
        AccountEffect::EnsureCoupon { coupon, .. } => format!("making the coupon {coupon:?}"),
        AccountEffect::CloseCoupon { coupon } => format!("closing the coupon {coupon:?}"),
    }
}

fn of_many(effect: &ToManyEffect) -> String {
    match effect {
        ToManyEffect::Multicast(it) => {
            let to = count(it.users.len(), "user");
            format!("a multicast to {to} with {}", messages(&it.messages))
        }
        ToManyEffect::Narrowcast(it) => format!("a narrowcast with {}", messages(&it.messages)),
        ToManyEffect::Broadcast(it) => format!("a broadcast with {}", messages(&it.messages)),
    }
}

/// How many, and of which types.
fn messages(messages: &[Value]) -> String {
    let kinds = messages.iter().map(|it| it["type"].as_str().unwrap_or("?"));
    let kinds: Vec<_> = kinds.collect();
    format!(
        "{} ({})",
        count(messages.len(), "message"),
        kinds.join(", ")
    )
}
