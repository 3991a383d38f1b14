//! Every endpoint of LINE's OpenAPI files is emulated, or left out for a reason.

use crate::stage::Stage;

/// The endpoints of LINE's OpenAPI files of 2026-07-01, with their hosts.
const LINE: &str = "
POST api.line.me/oauth2/v3/token
GET api.line.me/oauth2/v2.1/tokens/kid
POST api.line.me/oauth2/v2.1/token
GET api.line.me/oauth2/v2.1/verify
POST api.line.me/oauth2/v2.1/revoke
POST api.line.me/v2/oauth/accessToken
POST api.line.me/v2/oauth/verify
POST api.line.me/v2/oauth/revoke
GET api.line.me/v2/bot/insight/demographic
GET api.line.me/v2/bot/insight/message/delivery
GET api.line.me/v2/bot/insight/followers
GET api.line.me/v2/bot/insight/message/event
GET api.line.me/v2/bot/insight/message/event/aggregation
GET api.line.me/v2/bot/insight/richmenu/{richMenuId}/summary
GET api.line.me/v2/bot/insight/richmenu/{richMenuId}/daily
POST api.line.me/liff/v1/apps
GET api.line.me/liff/v1/apps
PUT api.line.me/liff/v1/apps/{liffId}
DELETE api.line.me/liff/v1/apps/{liffId}
POST api.line.me/v2/bot/audienceGroup/upload
PUT api.line.me/v2/bot/audienceGroup/upload
POST api-data.line.me/v2/bot/audienceGroup/upload/byFile
PUT api-data.line.me/v2/bot/audienceGroup/upload/byFile
POST api.line.me/v2/bot/audienceGroup/click
POST api.line.me/v2/bot/audienceGroup/imp
PUT api.line.me/v2/bot/audienceGroup/{audienceGroupId}/updateDescription
DELETE api.line.me/v2/bot/audienceGroup/{audienceGroupId}
GET api.line.me/v2/bot/audienceGroup/{audienceGroupId}
GET api.line.me/v2/bot/audienceGroup/list
GET api.line.me/v2/bot/audienceGroup/shared/{audienceGroupId}
GET api.line.me/v2/bot/audienceGroup/shared/list
GET api.line.me/v2/bot/channel/webhook/endpoint
PUT api.line.me/v2/bot/channel/webhook/endpoint
POST api.line.me/v2/bot/channel/webhook/test
GET api-data.line.me/v2/bot/message/{messageId}/content
GET api-data.line.me/v2/bot/message/{messageId}/content/preview
GET api-data.line.me/v2/bot/message/{messageId}/content/transcoding
POST api.line.me/v2/bot/message/reply
POST api.line.me/v2/bot/message/push
POST api.line.me/v2/bot/message/multicast
POST api.line.me/v2/bot/message/narrowcast
GET api.line.me/v2/bot/message/progress/narrowcast
POST api.line.me/v2/bot/message/broadcast
GET api.line.me/v2/bot/message/quota
GET api.line.me/v2/bot/message/quota/consumption
GET api.line.me/v2/bot/message/delivery/reply
GET api.line.me/v2/bot/message/delivery/push
GET api.line.me/v2/bot/message/delivery/multicast
GET api.line.me/v2/bot/message/delivery/broadcast
POST api.line.me/v2/bot/message/validate/reply
POST api.line.me/v2/bot/message/validate/push
POST api.line.me/v2/bot/message/validate/multicast
POST api.line.me/v2/bot/message/validate/narrowcast
POST api.line.me/v2/bot/message/validate/broadcast
GET api.line.me/v2/bot/message/aggregation/info
GET api.line.me/v2/bot/message/aggregation/list
GET api.line.me/v2/bot/profile/{userId}
GET api.line.me/v2/bot/followers/ids
GET api.line.me/v2/bot/info
GET api.line.me/v2/bot/group/{groupId}/member/{userId}
GET api.line.me/v2/bot/room/{roomId}/member/{userId}
GET api.line.me/v2/bot/group/{groupId}/members/ids
GET api.line.me/v2/bot/room/{roomId}/members/ids
POST api.line.me/v2/bot/group/{groupId}/leave
POST api.line.me/v2/bot/room/{roomId}/leave
GET api.line.me/v2/bot/group/{groupId}/summary
GET api.line.me/v2/bot/group/{groupId}/members/count
GET api.line.me/v2/bot/room/{roomId}/members/count
POST api.line.me/v2/bot/richmenu
POST api.line.me/v2/bot/richmenu/validate
GET api-data.line.me/v2/bot/richmenu/{richMenuId}/content
POST api-data.line.me/v2/bot/richmenu/{richMenuId}/content
GET api.line.me/v2/bot/richmenu/{richMenuId}
DELETE api.line.me/v2/bot/richmenu/{richMenuId}
GET api.line.me/v2/bot/richmenu/list
POST api.line.me/v2/bot/user/all/richmenu/{richMenuId}
GET api.line.me/v2/bot/user/all/richmenu
DELETE api.line.me/v2/bot/user/all/richmenu
POST api.line.me/v2/bot/richmenu/alias
GET api.line.me/v2/bot/richmenu/alias/{richMenuAliasId}
POST api.line.me/v2/bot/richmenu/alias/{richMenuAliasId}
DELETE api.line.me/v2/bot/richmenu/alias/{richMenuAliasId}
GET api.line.me/v2/bot/richmenu/alias/list
GET api.line.me/v2/bot/user/{userId}/richmenu
DELETE api.line.me/v2/bot/user/{userId}/richmenu
POST api.line.me/v2/bot/user/{userId}/richmenu/{richMenuId}
POST api.line.me/v2/bot/richmenu/bulk/link
POST api.line.me/v2/bot/richmenu/bulk/unlink
POST api.line.me/v2/bot/richmenu/batch
POST api.line.me/v2/bot/richmenu/validate/batch
GET api.line.me/v2/bot/richmenu/progress/batch
POST api.line.me/v2/bot/user/{userId}/linkToken
POST api.line.me/v2/bot/message/markAsRead
POST api.line.me/bot/pnp/push
GET api.line.me/v2/bot/message/delivery/pnp
GET api.line.me/v2/bot/membership/subscription/{userId}
GET api.line.me/v2/bot/membership/list
GET api.line.me/v2/bot/membership/{membershipId}/users/ids
GET api.line.me/v2/bot/coupon
POST api.line.me/v2/bot/coupon
GET api.line.me/v2/bot/coupon/{couponId}
PUT api.line.me/v2/bot/coupon/{couponId}/close
POST api.line.me/v2/bot/chat/loading/start
POST api.line.me/v2/bot/chat/markAsRead
POST manager.line.biz/module/auth/v1/token
POST api.line.me/v2/bot/channel/detach
POST api.line.me/v2/bot/chat/{chatId}/control/acquire
POST api.line.me/v2/bot/chat/{chatId}/control/release
GET api.line.me/v2/bot/list
POST api.line.me/shop/v3/mission
POST example.com/callback
";

/// What is left out, by the beginning of the path, and why.
const LEFT_OUT: [(&str, &str); 3] = [
    (
        "api.line.me/liff/",
        "LIFF apps belong to LINE Login channels, not to module channels",
    ),
    (
        "api.line.me/shop/",
        "mission stickers need a contract of their own and no module scope covers them",
    ),
    (
        "example.com/callback",
        "this is what a receiver of webhooks has, not LINE",
    ),
];

/// What is emulated although those files do not have it.
const BESIDE: [&str; 2] = [
    "POST api.line.me/v2/bot/message/pnp/templated/push",
    "GET api.line.me/v2/bot/message/delivery/pnp/templated",
];

fn is_left_out(line: &str) -> bool {
    let (_, place) = line.split_once(' ').unwrap();
    LEFT_OUT.iter().any(|(start, _)| place.starts_with(start))
}

#[tokio::test]
async fn every_endpoint_of_lines_files_is_emulated_or_left_out_with_a_reason() {
    let stage = Stage::new().await;
    let endpoints = stage.emulator.endpoints().into_iter();
    let emulated: Vec<String> = endpoints
        .map(|facts| format!("{} {}{}", facts.method, facts.host.name(), facts.path))
        .collect();
    let lines: Vec<&str> = LINE.lines().filter(|line| !line.is_empty()).collect();
    let missing = lines
        .iter()
        .filter(|line| !is_left_out(line) && !emulated.iter().any(|own| own == *line));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&str>::new());
    let more = emulated
        .iter()
        .filter(|own| !lines.contains(&own.as_str()) && !BESIDE.contains(&own.as_str()));
    assert_eq!(more.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[tokio::test]
async fn four_endpoints_take_a_retry_key() {
    let stage = Stage::new().await;
    let facts = stage
        .emulator
        .endpoints()
        .into_iter()
        .filter(|facts| facts.retry_key);
    let names: Vec<&str> = facts
        .map(|facts| facts.path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["push", "multicast", "narrowcast", "broadcast"]);
}

#[tokio::test]
async fn a_base_address_with_a_host_of_lines_reaches_that_hosts_endpoints_alone() {
    let stage = Stage::attached().await;
    let status = async |path: &str| stage.call("GET", path).await.send().await.unwrap().status();
    assert_eq!(status("/api.line.me/v2/bot/info").await, 200);
    assert_eq!(status("/api-data.line.me/v2/bot/info").await, 404);
    assert_eq!(status("/api.line.me/v2/bot/message/1/content").await, 404);
    let calls = stage.emulator.calls(0).await;
    let last = &calls[calls.len() - 1];
    let screen = stage
        .authorize("message%3Asend", "")
        .replace("/module/", "/manager.line.biz/module/");
    assert_eq!(stage.client.get(screen).send().await.unwrap().status(), 200);
    assert_eq!(last.host.as_deref(), Some("api.line.me"));
    assert!(!last.emulated);
}

/// LINE's table of scopes, with what each of them is for.
const SCOPES: &str = "
message:send POST /v2/bot/message/reply
message:send POST /v2/bot/message/push
message:send POST /v2/bot/message/multicast
message:send POST /v2/bot/message/narrowcast
message:send POST /v2/bot/message/broadcast
message:send GET /v2/bot/message/progress/narrowcast
message:send GET /v2/bot/message/quota
message:send GET /v2/bot/message/quota/consumption
message:send POST /v2/bot/chat/loading/start
message:send POST /v2/bot/audienceGroup/upload
message:send PUT /v2/bot/audienceGroup/upload
message:send POST /v2/bot/audienceGroup/upload/byFile
message:send PUT /v2/bot/audienceGroup/upload/byFile
message:send POST /v2/bot/audienceGroup/click
message:send POST /v2/bot/audienceGroup/imp
message:send PUT /v2/bot/audienceGroup/{audienceGroupId}/updateDescription
message:send DELETE /v2/bot/audienceGroup/{audienceGroupId}
message:send GET /v2/bot/audienceGroup/{audienceGroupId}
message:send GET /v2/bot/audienceGroup/list
message:send GET /v2/bot/audienceGroup/shared/{audienceGroupId}
message:send GET /v2/bot/audienceGroup/shared/list
message:receive POST /v2/bot/chat/{chatId}/control/acquire
message:receive POST /v2/bot/chat/{chatId}/control/release
account:manage POST /v2/bot/user/all/richmenu/{richMenuId}
account:manage GET /v2/bot/insight/message/delivery
account:manage GET /v2/bot/insight/followers
account:manage GET /v2/bot/insight/demographic
account:manage GET /v2/bot/insight/message/event
account:manage GET /v2/bot/insight/message/event/aggregation
message:mark_as_read POST /v2/bot/message/markAsRead
message:templated_pnp POST /v2/bot/message/pnp/templated/push
message:templated_pnp GET /v2/bot/message/delivery/pnp/templated
profile:read GET /v2/bot/profile/{userId}
profile:read GET /v2/bot/group/{groupId}/summary
profile:read GET /v2/bot/group/{groupId}/member/{userId}
profile:read GET /v2/bot/room/{roomId}/member/{userId}
profile:read GET /v2/bot/group/{groupId}/members/count
profile:read GET /v2/bot/room/{roomId}/members/count
coupon:manage POST /v2/bot/coupon
coupon:manage GET /v2/bot/coupon
coupon:manage GET /v2/bot/coupon/{couponId}
coupon:manage PUT /v2/bot/coupon/{couponId}/close
";

#[tokio::test]
async fn lines_table_of_scopes_is_the_emulators() {
    let stage = Stage::new().await;
    let endpoints = stage.emulator.endpoints().into_iter();
    let mut emulated: Vec<String> = endpoints
        .filter_map(|facts| Some(format!("{} {} {}", facts.scope?, facts.method, facts.path)))
        .collect();
    let mut lines: Vec<&str> = SCOPES.lines().filter(|line| !line.is_empty()).collect();
    emulated.sort();
    lines.sort_unstable();
    assert_eq!(emulated, lines);
}
