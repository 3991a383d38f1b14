//! What happened, by an event's `type`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{message, text};
use crate::domain::{BotId, EventKind, MembershipChange, Scopes, Timestamp, UserId};

/// What happened; unknown if the type is, or if the event lacks what its type must have.
pub(super) fn read(bot: &BotId, event: &Value) -> EventKind {
    let word = event["type"].as_str().unwrap_or_default();
    known(bot, word, event).unwrap_or_else(|| EventKind::Unknown(word.to_owned()))
}

fn known(bot: &BotId, word: &str, event: &Value) -> Option<EventKind> {
    Some(match word {
        "message" => EventKind::Message(message::read(&event["message"])?),
        "messageEdited" => EventKind::Edited(message::read(&event["message"])?),
        "unsend" => EventKind::Unsend {
            message_id: text(&event["unsend"]["messageId"])?,
        },
        "postback" => EventKind::Postback {
            data: text(&event["postback"]["data"])?,
            params: params(&event["postback"]["params"]),
        },
        "videoPlayComplete" => EventKind::VideoViewed {
            tracking_id: text(&event["videoPlayComplete"]["trackingId"])?,
        },
        "beacon" => beacon(&event["beacon"])?,
        "accountLink" => account_link(&event["link"])?,
        "membership" => membership(&event["membership"])?,
        "delivery" => EventKind::Delivered {
            data: text(&event["delivery"]["data"])?,
        },
        "module" => module(bot, &event["module"]),
        _ => return presence(word, event).or_else(|| control(word, event)),
    })
}

/// Who is there.
fn presence(word: &str, event: &Value) -> Option<EventKind> {
    Some(match word {
        "follow" => EventKind::Follow {
            unblocked: event["follow"]["isUnblocked"].as_bool(),
        },
        "unfollow" => EventKind::Unfollow,
        "join" => EventKind::Join,
        "leave" => EventKind::Leave,
        "memberJoined" => EventKind::MemberJoined {
            users: users(&event["joined"]["members"])?,
        },
        "memberLeft" => EventKind::MemberLeft {
            users: users(&event["left"]["members"])?,
        },
        _ => return None,
    })
}

/// Who holds the chat, and whether the account is in use.
fn control(word: &str, event: &Value) -> Option<EventKind> {
    Some(match word {
        "activated" => EventKind::Activated {
            expire_at: event["chatControl"]["expireAt"].as_i64().map(Timestamp),
        },
        "deactivated" => EventKind::Deactivated,
        "botSuspended" => EventKind::Suspended,
        "botResumed" => EventKind::Resumed,
        _ => return None,
    })
}

fn beacon(beacon: &Value) -> Option<EventKind> {
    Some(EventKind::Beacon {
        hwid: text(&beacon["hwid"])?,
        kind: text(&beacon["type"])?,
        device_message: text(&beacon["dm"]),
    })
}

fn account_link(link: &Value) -> Option<EventKind> {
    let result = link["result"].as_str()?;
    Some(match result {
        "ok" | "failed" => EventKind::AccountLinked {
            ok: result == "ok",
            nonce: text(&link["nonce"])?,
        },
        other => EventKind::Unknown(format!("accountLink/{other}")),
    })
}

fn membership(membership: &Value) -> Option<EventKind> {
    let change = match membership["type"].as_str()? {
        "joined" => MembershipChange::Joined,
        "left" => MembershipChange::Left,
        "renewed" => MembershipChange::Renewed,
        other => return Some(EventKind::Unknown(format!("membership/{other}"))),
    };
    Some(EventKind::Membership {
        change,
        membership_id: membership["membershipId"].as_u64()?,
    })
}

/// The users of a list that LINE tells the ids of.
fn users(members: &Value) -> Option<Vec<UserId>> {
    let ids = members.as_array()?.iter();
    let ids = ids.filter_map(|member| member["userId"].as_str());
    Some(ids.filter_map(|id| UserId::new(id).ok()).collect())
}

fn params(value: &Value) -> BTreeMap<String, String> {
    let members = value.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
        .collect()
}

fn module(destination: &BotId, module: &Value) -> EventKind {
    let named = module["botId"].as_str();
    if let Some(named) = named.filter(|named| *named != destination.as_str()) {
        return EventKind::Misdirected(named.to_owned());
    }
    let bot = destination.clone();
    match module["type"].as_str().unwrap_or_default() {
        "attached" => EventKind::Attached {
            bot,
            scopes: scopes(&module["scopes"]),
        },
        "detached" => EventKind::Detached {
            bot,
            reason: text(&module["reason"]),
        },
        other => EventKind::Unknown(format!("module/{other}")),
    }
}

/// Scopes as LINE tells them: a list, or one text with spaces.
pub(crate) fn scopes(value: &Value) -> Scopes {
    match value {
        Value::Array(names) => Scopes::granted(names.iter().filter_map(Value::as_str)),
        Value::String(words) => Scopes::from_words(words),
        _ => Scopes::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(event: &Value) -> EventKind {
        read(&BotId::new("U1").unwrap(), event)
    }

    #[test]
    fn module_events_with_and_without_their_optional_members() {
        let bot = BotId::new("U1").unwrap();
        let module = json!({"type": "attached", "botId": "U1", "scopes": ["message:send"]});
        let attached = kind(&json!({"type": "module", "module": module}));
        let scopes = Scopes::from_words("message:send");
        let expected = EventKind::Attached {
            bot: bot.clone(),
            scopes,
        };
        assert_eq!(attached, expected);
        for module in [
            json!({"type": "detached", "botId": "U1"}),
            json!({"type": "detached"}),
        ] {
            let (bot, reason) = (bot.clone(), None);
            let detached = kind(&json!({"type": "module", "module": module}));
            assert_eq!(detached, EventKind::Detached { bot, reason });
        }
        let odd = kind(&json!({"type": "module", "module": {"type": "paused"}}));
        assert_eq!(odd, EventKind::Unknown("module/paused".into()));
    }

    #[test]
    fn a_module_event_that_names_another_account_is_neither_ones() {
        for word in ["attached", "detached"] {
            let module = json!({"type": word, "botId": "U2"});
            let kind = kind(&json!({"type": "module", "module": module}));
            assert_eq!(kind, EventKind::Misdirected("U2".into()));
            assert!(!kind.is_of_bot() && kind.is_of_module());
        }
    }

    #[test]
    fn who_joined_what_was_picked_and_which_beacon_is_read() {
        let members = json!([{"type": "user", "userId": "L1"}, {"type": "user"}]);
        let joined = kind(&json!({"type": "memberJoined", "joined": {"members": members}}));
        let users = vec![UserId::new("L1").unwrap()];
        assert_eq!(joined, EventKind::MemberJoined { users });
        let picked = json!({"data": "d", "params": {"date": "2026-11-24", "odd": 1}});
        let params = BTreeMap::from([("date".to_owned(), "2026-11-24".to_owned())]);
        let expected = EventKind::Postback {
            data: "d".into(),
            params,
        };
        assert_eq!(
            kind(&json!({"type": "postback", "postback": picked})),
            expected
        );
        let beacon = json!({"hwid": "d41d8cd98f", "type": "enter", "dm": "00ff"});
        let expected = EventKind::Beacon {
            hwid: "d41d8cd98f".into(),
            kind: "enter".into(),
            device_message: Some("00ff".into()),
        };
        assert_eq!(kind(&json!({"type": "beacon", "beacon": beacon})), expected);
    }

    #[test]
    fn memberships_are_joined_left_and_renewed() {
        let of = |word: &str| {
            let membership = json!({"type": word, "membershipId": 3189});
            kind(&json!({"type": "membership", "membership": membership}))
        };
        for (word, change) in [
            ("joined", MembershipChange::Joined),
            ("left", MembershipChange::Left),
            ("renewed", MembershipChange::Renewed),
        ] {
            let membership_id = 3189;
            let expected = EventKind::Membership {
                change,
                membership_id,
            };
            assert_eq!(of(word), expected);
        }
        assert_eq!(of("paused"), EventKind::Unknown("membership/paused".into()));
    }

    #[test]
    fn an_event_without_what_its_type_must_have_is_unknown_by_its_type() {
        for (word, member, odd) in [
            ("message", "message", json!(null)),
            ("messageEdited", "message", json!([])),
            ("unsend", "unsend", json!({"messageId": 5})),
            ("postback", "postback", json!({"data": null})),
            ("videoPlayComplete", "videoPlayComplete", json!({})),
            ("beacon", "beacon", json!({"hwid": "d41d8cd98f", "type": 1})),
            ("accountLink", "link", json!({"result": "ok"})),
            (
                "membership",
                "membership",
                json!({"type": "joined", "membershipId": "1"}),
            ),
            ("delivery", "delivery", json!("0123")),
            ("memberJoined", "joined", json!({"members": {}})),
            ("memberLeft", "left", json!(7)),
        ] {
            let event = json!({"type": word, member: odd});
            assert_eq!(kind(&event), EventKind::Unknown(word.into()));
        }
    }

    #[test]
    fn a_link_that_neither_worked_nor_failed_is_unknown() {
        let link = json!({"result": "pending", "nonce": "n"});
        let event = kind(&json!({"type": "accountLink", "link": link}));
        assert_eq!(event, EventKind::Unknown("accountLink/pending".into()));
    }
}
