//! LINE's own list of its endpoints against ours: each is in the table, on the same
//! host, or left out for a reason.

use std::collections::BTreeSet;

use shared::line::endpoint::{Host, Made, Per, Twice};
use shared::line::endpoints::table::ALL;

/// What LINE's OpenAPI files of July 2026 have on `api.line.me`: verb and path.
const API: &str = "
POST /bot/pnp/push
GET /liff/v1/apps
POST /liff/v1/apps
DELETE /liff/v1/apps/{liffId}
PUT /liff/v1/apps/{liffId}
POST /oauth2/v2.1/revoke
POST /oauth2/v2.1/token
GET /oauth2/v2.1/tokens/kid
GET /oauth2/v2.1/verify
POST /oauth2/v3/token
POST /shop/v3/mission
POST /v2/bot/audienceGroup/click
POST /v2/bot/audienceGroup/imp
GET /v2/bot/audienceGroup/list
GET /v2/bot/audienceGroup/shared/list
GET /v2/bot/audienceGroup/shared/{audienceGroupId}
POST /v2/bot/audienceGroup/upload
PUT /v2/bot/audienceGroup/upload
DELETE /v2/bot/audienceGroup/{audienceGroupId}
GET /v2/bot/audienceGroup/{audienceGroupId}
PUT /v2/bot/audienceGroup/{audienceGroupId}/updateDescription
POST /v2/bot/channel/detach
GET /v2/bot/channel/webhook/endpoint
PUT /v2/bot/channel/webhook/endpoint
POST /v2/bot/channel/webhook/test
POST /v2/bot/chat/loading/start
POST /v2/bot/chat/markAsRead
POST /v2/bot/chat/{chatId}/control/acquire
POST /v2/bot/chat/{chatId}/control/release
GET /v2/bot/coupon
POST /v2/bot/coupon
GET /v2/bot/coupon/{couponId}
PUT /v2/bot/coupon/{couponId}/close
GET /v2/bot/followers/ids
POST /v2/bot/group/{groupId}/leave
GET /v2/bot/group/{groupId}/member/{userId}
GET /v2/bot/group/{groupId}/members/count
GET /v2/bot/group/{groupId}/members/ids
GET /v2/bot/group/{groupId}/summary
GET /v2/bot/info
GET /v2/bot/insight/demographic
GET /v2/bot/insight/followers
GET /v2/bot/insight/message/delivery
GET /v2/bot/insight/message/event
GET /v2/bot/insight/message/event/aggregation
GET /v2/bot/insight/richmenu/{richMenuId}/daily
GET /v2/bot/insight/richmenu/{richMenuId}/summary
GET /v2/bot/list
GET /v2/bot/membership/list
GET /v2/bot/membership/subscription/{userId}
GET /v2/bot/membership/{membershipId}/users/ids
GET /v2/bot/message/aggregation/info
GET /v2/bot/message/aggregation/list
POST /v2/bot/message/broadcast
GET /v2/bot/message/delivery/broadcast
GET /v2/bot/message/delivery/multicast
GET /v2/bot/message/delivery/pnp
GET /v2/bot/message/delivery/push
GET /v2/bot/message/delivery/reply
POST /v2/bot/message/markAsRead
POST /v2/bot/message/multicast
POST /v2/bot/message/narrowcast
GET /v2/bot/message/progress/narrowcast
POST /v2/bot/message/push
GET /v2/bot/message/quota
GET /v2/bot/message/quota/consumption
POST /v2/bot/message/reply
POST /v2/bot/message/validate/broadcast
POST /v2/bot/message/validate/multicast
POST /v2/bot/message/validate/narrowcast
POST /v2/bot/message/validate/push
POST /v2/bot/message/validate/reply
GET /v2/bot/profile/{userId}
POST /v2/bot/richmenu
POST /v2/bot/richmenu/alias
GET /v2/bot/richmenu/alias/list
DELETE /v2/bot/richmenu/alias/{richMenuAliasId}
GET /v2/bot/richmenu/alias/{richMenuAliasId}
POST /v2/bot/richmenu/alias/{richMenuAliasId}
POST /v2/bot/richmenu/batch
POST /v2/bot/richmenu/bulk/link
POST /v2/bot/richmenu/bulk/unlink
GET /v2/bot/richmenu/list
GET /v2/bot/richmenu/progress/batch
POST /v2/bot/richmenu/validate
POST /v2/bot/richmenu/validate/batch
DELETE /v2/bot/richmenu/{richMenuId}
GET /v2/bot/richmenu/{richMenuId}
POST /v2/bot/room/{roomId}/leave
GET /v2/bot/room/{roomId}/member/{userId}
GET /v2/bot/room/{roomId}/members/count
GET /v2/bot/room/{roomId}/members/ids
DELETE /v2/bot/user/all/richmenu
GET /v2/bot/user/all/richmenu
POST /v2/bot/user/all/richmenu/{richMenuId}
POST /v2/bot/user/{userId}/linkToken
DELETE /v2/bot/user/{userId}/richmenu
GET /v2/bot/user/{userId}/richmenu
POST /v2/bot/user/{userId}/richmenu/{richMenuId}
POST /v2/oauth/accessToken
POST /v2/oauth/revoke
POST /v2/oauth/verify
";

/// On `api-data.line.me`.
const DATA: &str = "
POST /v2/bot/audienceGroup/upload/byFile
PUT /v2/bot/audienceGroup/upload/byFile
GET /v2/bot/message/{messageId}/content
GET /v2/bot/message/{messageId}/content/preview
GET /v2/bot/message/{messageId}/content/transcoding
GET /v2/bot/richmenu/{richMenuId}/content
POST /v2/bot/richmenu/{richMenuId}/content
";

/// On `manager.line.biz`.
const MANAGER: &str = "
POST /module/auth/v1/token
";

/// What a module channel has no use for, and why.
const LEFT_OUT: [(&str, &str); 7] = [
    ("POST /liff/v1/apps", LOGIN),
    ("GET /liff/v1/apps", LOGIN),
    ("PUT /liff/v1/apps/{liffId}", LOGIN),
    ("DELETE /liff/v1/apps/{liffId}", LOGIN),
    (
        "POST /shop/v3/mission",
        "mission stickers are for corporate partners; no scope has them",
    ),
    ("POST /bot/pnp/push", PNP),
    ("GET /v2/bot/message/delivery/pnp", PNP),
];
const LOGIN: &str = "LIFF apps are of LINE Login channels";
const PNP: &str = "of notification messages, scopes have the templated ones only";

/// What LINE documents elsewhere, for participants.
const NOT_IN_THE_FILES: [&str; 2] = [
    "POST /v2/bot/message/pnp/templated/push",
    "GET /v2/bot/message/delivery/pnp/templated",
];

/// `POST /callback` of the files is the webhook: ours to receive, not to call.
fn lines_own() -> BTreeSet<(String, &'static str)> {
    let of = |list: &'static str, host| {
        let lines = list.lines().filter(|line| !line.is_empty());
        lines.map(move |line| (line.to_owned(), host))
    };
    of(API, "Api")
        .chain(of(DATA, "Data"))
        .chain(of(MANAGER, "Manager"))
        .collect()
}

fn ours() -> BTreeSet<(String, &'static str)> {
    let host = |host| match host {
        Host::Api => "Api",
        Host::Data => "Data",
        Host::Manager => "Manager",
    };
    let rows = ALL.iter();
    rows.map(|facts| (format!("{} {}", facts.method, facts.path), host(facts.host)))
        .collect()
}

#[test]
fn every_endpoint_of_lines_is_in_the_table_or_left_out_for_a_reason() {
    let left_out = |line: &str| LEFT_OUT.iter().any(|(left, _)| *left == line);
    let theirs = lines_own();
    assert_eq!(theirs.len(), 110);
    let (theirs, ours) = (theirs.into_iter(), ours());
    let missing: Vec<_> = theirs
        .filter(|row| !ours.contains(row) && !left_out(&row.0))
        .collect();
    assert!(
        missing.is_empty(),
        "neither in the table nor left out: {missing:?}"
    );
}

#[test]
fn the_table_has_no_endpoint_that_line_does_not_have() {
    let theirs = lines_own();
    let unknown: Vec<_> = ours()
        .into_iter()
        .filter(|row| !theirs.contains(row) && !NOT_IN_THE_FILES.contains(&row.0.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for (line, _) in LEFT_OUT {
        assert!(
            theirs.iter().any(|row| row.0 == line),
            "{line} is not LINE's"
        );
        assert!(
            ours().iter().all(|row| row.0 != line),
            "{line} is in the table"
        );
    }
}

#[test]
fn an_endpoint_stands_in_the_table_once_under_a_name_of_its_own() {
    let rows: BTreeSet<_> = ours();
    let names: BTreeSet<_> = ALL.iter().map(|facts| facts.name).collect();
    assert_eq!((rows.len(), names.len()), (ALL.len(), ALL.len()));
}

#[test]
fn exactly_the_four_take_a_retry_key() {
    let keyed: BTreeSet<_> = ALL
        .iter()
        .filter(|facts| facts.twice == Twice::Keyed)
        .map(|facts| facts.path)
        .collect();
    let four = ["push", "multicast", "narrowcast", "broadcast"];
    let paths = four.map(|send| format!("/v2/bot/message/{send}"));
    assert_eq!(keyed, paths.iter().map(String::as_str).collect());
}

#[test]
fn what_is_limited_by_the_minute_or_hour_is_an_accounts() {
    for facts in ALL.iter().filter(|facts| facts.limit.per != Per::Second) {
        assert_eq!(
            facts.made,
            Made::ForBot,
            "{} is counted for an account",
            facts.name
        );
    }
}
