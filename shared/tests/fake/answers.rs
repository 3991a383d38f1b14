//! What LINE could answer to each call: the members that it documents as required.

use serde_json::{Value, json};

/// What LINE could answer to each call: the members that it documents as required.
pub(crate) fn an_answer(line: &str) -> Value {
    let (_, path) = line.split_once(' ').unwrap_or_default();
    let parts: Vec<_> = path.split('/').skip(1).collect();
    let of_chats = of_chats(path, &parts).or_else(|| of_menus_and_insight(&parts));
    of_chats.unwrap_or_else(|| of_audiences_and_channel(&parts))
}

fn a_menu() -> Value {
    json!({
        "richMenuId": "richmenu-1", "size": {"width": 2500, "height": 843}, "selected": false,
        "name": "Menu", "chatBarText": "メニュー", "areas": [{
            "bounds": {"x": 0, "y": 0, "width": 2500, "height": 843},
            "action": {"type": "postback", "label": "a", "data": "a"}}]
    })
}

/// Messages, their numbers, and who is in a chat.
fn of_chats(path: &str, parts: &[&str]) -> Option<Value> {
    Some(match *parts {
        [.., "message", "reply" | "push"] => {
            json!({"sentMessages": [{"id": "1", "quoteToken": "q"}]})
        }
        [.., "progress", _] => {
            json!({"phase": "succeeded", "acceptedTime": "2026-11-21T00:00:00Z"})
        }
        [.., "quota"] => json!({"type": "limited", "value": 1000}),
        [.., "consumption"] => json!({"totalUsage": 10}),
        [.., "insight", "message", "delivery"] | [.., "insight", "followers"] => {
            json!({"status": "ready", "broadcast": 1, "apiPush": null})
        }
        [.., "delivery", _] | [.., "delivery", "pnp", _] => {
            json!({"status": "ready", "success": 1})
        }
        [.., "aggregation", "info"] => json!({"numOfCustomAggregationUnits": 1}),
        [.., "aggregation", "list"] => json!({"customAggregationUnits": ["unit_1"]}),
        [.., "transcoding"] => json!({"status": "succeeded"}),
        [.., "summary"] if path.contains("group") => json!({"groupId": "C1", "groupName": "G"}),
        [.., "count"] => json!({"count": 3}),
        [.., "members", "ids"] => json!({"memberIds": ["L1"], "next": "n"}),
        [.., "users" | "followers", "ids"] => json!({"userIds": ["L1"]}),
        [.., "profile" | "member", _] => json!({"displayName": "A", "userId": "L1"}),
        [.., "linkToken"] => json!({"linkToken": "t"}),
        _ => return None,
    })
}

/// Rich menus, and what LINE counts.
fn of_menus_and_insight(parts: &[&str]) -> Option<Value> {
    Some(match *parts {
        [.., "alias", "list"] => json!({"aliases": [{"richMenuAliasId": "a", "richMenuId": "m"}]}),
        [.., "alias", _] => json!({"richMenuAliasId": "a", "richMenuId": "m"}),
        [.., "bot", "richmenu", "list"] => json!({"richmenus": [a_menu()]}),
        [.., "bot", "richmenu", "validate"] => json!({}),
        [.., "bot", "richmenu", _] => a_menu(),
        [.., "richmenu"] => json!({"richMenuId": "richmenu-1"}),
        [.., "insight", "richmenu", _, "summary"] => {
            let metrics = json!({"count": 5, "uniqueUsers": 4});
            let bounds = json!({"x": 0, "y": 0, "width": 1, "height": 1});
            json!({"richMenuId": "m", "impression": {"metrics": metrics}, "clicks": [{"bounds": bounds, "metrics": metrics}]})
        }
        [.., "daily"] => {
            let metrics = json!([{"date": "20261120", "count": 5, "uniqueUsers": 4}]);
            json!({"richMenuId": "m", "impression": {"metrics": metrics}, "clicks": []})
        }
        [.., "event"] | [.., "event", "aggregation"] => json!({
            "overview": {"requestId": "r", "timestamp": 1, "delivered": 2, "uniqueClick": null},
            "messages": [{"seq": 1, "impression": 3, "mediaPlayed": null}],
            "clicks": [{"seq": 1, "url": "https://example.com", "click": 4, "uniqueClick": null}]}),
        _ => return None,
    })
}

/// Audiences, coupons, memberships, and what is of the channel.
fn of_audiences_and_channel(parts: &[&str]) -> Value {
    match *parts {
        [.., "audienceGroup", "list"] | [.., "shared", "list"] => {
            json!({"audienceGroups": [{"audienceGroupId": 1}], "hasNextPage": false, "totalCount": 1})
        }
        [.., "audienceGroup", "shared", _] => {
            json!({"audienceGroup": {"audienceGroupId": 1}, "owner": {}})
        }
        [.., "audienceGroup", "upload" | "click" | "imp"] | [.., "byFile"] => {
            json!({"audienceGroupId": 1})
        }
        [.., "audienceGroup", _] => {
            json!({"audienceGroup": {"audienceGroupId": 1, "status": "READY"}, "jobs": []})
        }
        [.., "coupon"] => json!({"couponId": "c", "items": [{"couponId": "c", "title": "t"}]}),
        [.., "coupon", _] => json!({"couponId": "c", "status": "RUNNING"}),
        [.., "membership", "list"] => {
            json!({"memberships": [{"membershipId": 1, "title": "t", "memberCount": 2}]})
        }
        [.., "subscription", _] => json!({"subscriptions": [{
            "membership": {"membershipId": 1, "title": "t"}, "user": {"membershipNo": 1, "joinedTime": 2}}]}),
        [.., "webhook", "endpoint"] => json!({"endpoint": "https://example.com", "active": true}),
        [.., "webhook", "test"] => json!({"success": true, "timestamp": "2026-11-21T00:00:00Z",
            "statusCode": 200, "reason": "OK", "detail": "200"}),
        [.., "bot", "list"] => json!({"bots": [{"userId": "Ubot"}]}),
        [.., "verify"] => json!({"client_id": "123", "expires_in": 60}),
        [.., "kid"] => json!({"kids": ["k"]}),
        ["oauth2", _, "token"] | ["v2", "oauth", "accessToken"] => {
            json!({"access_token": "t", "expires_in": 900, "token_type": "Bearer", "key_id": "k"})
        }
        _ => json!({}),
    }
}
