//! What LINE says of each endpoint that a module channel can use: scope, limit,
//! host, and whether it takes a retry key. Data, since LINE changes it.
//!
//! Sources: paths and hosts, LINE's OpenAPI files; limits,
//! <https://developers.line.biz/en/reference/messaging-api/#rate-limits>; scopes,
//! <https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/>.
//! Where LINE names no scope, none is checked and LINE decides.

use http::Method;

use crate::domain::Scope;
use crate::line::endpoint::{Facts, Host, Made, Per, Rate, Twice, is_get};

const SEND: Option<&str> = Some(Scope::MESSAGE_SEND);
const RECEIVE: Option<&str> = Some(Scope::MESSAGE_RECEIVE);
const PROFILE: Option<&str> = Some(Scope::PROFILE_READ);
const ACCOUNT: Option<&str> = Some(Scope::ACCOUNT_MANAGE);
const READ_MARK: Option<&str> = Some(Scope::MESSAGE_MARK_AS_READ);
const COUPONS: Option<&str> = Some(Scope::COUPON_MANAGE);
const NOTIFY: Option<&str> = Some(Scope::MESSAGE_TEMPLATED_PNP);
const NONE: Option<&str> = None;

macro_rules! table {
    ($($row:ident $name:literal $host:ident $verb:ident $path:literal $made:ident $scope:ident $calls:literal/$per:ident $twice:ident;)*) => {
        $(
            #[doc = concat!("To ", $name, ".")]
            pub static $row: Facts = Facts {
                name: $name,
                method: Method::$verb,
                reads: is_get(stringify!($verb)),
                path: $path,
                host: Host::$host,
                made: Made::$made,
                scope: $scope,
                limit: Rate { calls: $calls, per: Per::$per },
                twice: Twice::$twice,
            };
        )*

        /// Every endpoint.
        pub static ALL: &[&Facts] = &[$(&$row),*];
    };
}

table! {
    // Sending. Of these the four with a key are the only ones that take one.
    REPLY "reply" Api POST "/v2/bot/message/reply" ForBot SEND 2000/Second Counts;
    PUSH "push" Api POST "/v2/bot/message/push" ForBot SEND 2000/Second Keyed;
    MULTICAST "multicast" Api POST "/v2/bot/message/multicast" ForBot SEND 200/Second Keyed;
    NARROWCAST "narrowcast" Api POST "/v2/bot/message/narrowcast" ForBot SEND 60/Hour Keyed;
    BROADCAST "broadcast" Api POST "/v2/bot/message/broadcast" ForBot SEND 60/Hour Keyed;
    NARROWCAST_PROGRESS "get a narrowcast's progress" Api GET "/v2/bot/message/progress/narrowcast" ForBot SEND 2000/Second Harmless;
    NOTIFICATION "send a templated notification" Api POST "/v2/bot/message/pnp/templated/push" ForBot NOTIFY 2000/Second Counts;
    LOADING "show a loading animation" Api POST "/v2/bot/chat/loading/start" ForBot SEND 100/Second Harmless;
    MARK_AS_READ "mark a chat as read" Api POST "/v2/bot/message/markAsRead" ForBot READ_MARK 2000/Second Harmless;
    MARK_AS_READ_BY_TOKEN "mark messages as read by token" Api POST "/v2/bot/chat/markAsRead" ForBot NONE 2000/Second Harmless;

    // Checking messages without sending them.
    VALIDATE_REPLY "validate a reply" Api POST "/v2/bot/message/validate/reply" ForBot NONE 2000/Second Harmless;
    VALIDATE_PUSH "validate a push" Api POST "/v2/bot/message/validate/push" ForBot NONE 2000/Second Harmless;
    VALIDATE_MULTICAST "validate a multicast" Api POST "/v2/bot/message/validate/multicast" ForBot NONE 2000/Second Harmless;
    VALIDATE_NARROWCAST "validate a narrowcast" Api POST "/v2/bot/message/validate/narrowcast" ForBot NONE 2000/Second Harmless;
    VALIDATE_BROADCAST "validate a broadcast" Api POST "/v2/bot/message/validate/broadcast" ForBot NONE 2000/Second Harmless;

    // The month's quota, and how many were sent.
    QUOTA "get the quota" Api GET "/v2/bot/message/quota" ForBot SEND 2000/Second Harmless;
    QUOTA_CONSUMPTION "get the quota's consumption" Api GET "/v2/bot/message/quota/consumption" ForBot SEND 2000/Second Harmless;
    SENT_REPLIES "count sent replies" Api GET "/v2/bot/message/delivery/reply" ForBot NONE 2000/Second Harmless;
    SENT_PUSHES "count sent pushes" Api GET "/v2/bot/message/delivery/push" ForBot NONE 2000/Second Harmless;
    SENT_MULTICASTS "count sent multicasts" Api GET "/v2/bot/message/delivery/multicast" ForBot NONE 2000/Second Harmless;
    SENT_BROADCASTS "count sent broadcasts" Api GET "/v2/bot/message/delivery/broadcast" ForBot NONE 2000/Second Harmless;
    SENT_NOTIFICATIONS "count sent templated notifications" Api GET "/v2/bot/message/delivery/pnp/templated" ForBot NOTIFY 2000/Second Harmless;
    UNIT_USAGE "count the month's aggregation units" Api GET "/v2/bot/message/aggregation/info" ForBot NONE 2000/Second Harmless;
    UNIT_NAMES "list the month's aggregation units" Api GET "/v2/bot/message/aggregation/list" ForBot NONE 2000/Second Harmless;

    // What users sent.
    CONTENT "get a message's content" Data GET "/v2/bot/message/{messageId}/content" ForBot NONE 2000/Second Harmless;
    CONTENT_PREVIEW "get a message's preview" Data GET "/v2/bot/message/{messageId}/content/preview" ForBot NONE 2000/Second Harmless;
    CONTENT_TRANSCODING "ask whether content is ready" Data GET "/v2/bot/message/{messageId}/content/transcoding" ForBot NONE 2000/Second Harmless;

    // People, groups and rooms.
    GET_PROFILE "get a profile" Api GET "/v2/bot/profile/{userId}" ForBot PROFILE 2000/Second Harmless;
    FOLLOWERS "list followers" Api GET "/v2/bot/followers/ids" ForBot NONE 2000/Second Harmless;
    GROUP_SUMMARY "get a group's summary" Api GET "/v2/bot/group/{groupId}/summary" ForBot PROFILE 2000/Second Harmless;
    GROUP_MEMBER "get a group member's profile" Api GET "/v2/bot/group/{groupId}/member/{userId}" ForBot PROFILE 2000/Second Harmless;
    GROUP_MEMBER_COUNT "count a group's members" Api GET "/v2/bot/group/{groupId}/members/count" ForBot PROFILE 2000/Second Harmless;
    GROUP_MEMBERS "list a group's members" Api GET "/v2/bot/group/{groupId}/members/ids" ForBot NONE 2000/Second Harmless;
    LEAVE_GROUP "leave a group" Api POST "/v2/bot/group/{groupId}/leave" ForBot NONE 2000/Second Counts;
    ROOM_MEMBER "get a room member's profile" Api GET "/v2/bot/room/{roomId}/member/{userId}" ForBot PROFILE 2000/Second Harmless;
    ROOM_MEMBER_COUNT "count a room's members" Api GET "/v2/bot/room/{roomId}/members/count" ForBot PROFILE 2000/Second Harmless;
    ROOM_MEMBERS "list a room's members" Api GET "/v2/bot/room/{roomId}/members/ids" ForBot NONE 2000/Second Harmless;
    LEAVE_ROOM "leave a room" Api POST "/v2/bot/room/{roomId}/leave" ForBot NONE 2000/Second Counts;
    LINK_TOKEN "issue a link token" Api POST "/v2/bot/user/{userId}/linkToken" ForBot NONE 2000/Second Harmless;

    // Rich menus. Only setting the default one has a scope in LINE's list.
    RICH_MENU_CREATE "create a rich menu" Api POST "/v2/bot/richmenu" ForBot NONE 100/Hour Counts;
    RICH_MENU_VALIDATE "validate a rich menu" Api POST "/v2/bot/richmenu/validate" ForBot NONE 2000/Second Harmless;
    RICH_MENU_GET "get a rich menu" Api GET "/v2/bot/richmenu/{richMenuId}" ForBot NONE 2000/Second Harmless;
    RICH_MENU_DELETE "delete a rich menu" Api DELETE "/v2/bot/richmenu/{richMenuId}" ForBot NONE 100/Hour Counts;
    RICH_MENU_LIST "list rich menus" Api GET "/v2/bot/richmenu/list" ForBot NONE 10/Second Harmless;
    RICH_MENU_IMAGE_GET "get a rich menu's image" Data GET "/v2/bot/richmenu/{richMenuId}/content" ForBot NONE 2000/Second Harmless;
    RICH_MENU_IMAGE_SET "set a rich menu's image" Data POST "/v2/bot/richmenu/{richMenuId}/content" ForBot NONE 2000/Second Counts;
    RICH_MENU_DEFAULT_SET "set the default rich menu" Api POST "/v2/bot/user/all/richmenu/{richMenuId}" ForBot ACCOUNT 2000/Second Harmless;
    RICH_MENU_DEFAULT_GET "get the default rich menu" Api GET "/v2/bot/user/all/richmenu" ForBot NONE 2000/Second Harmless;
    RICH_MENU_DEFAULT_CLEAR "clear the default rich menu" Api DELETE "/v2/bot/user/all/richmenu" ForBot NONE 2000/Second Harmless;
    RICH_MENU_OF_USER "get a user's rich menu" Api GET "/v2/bot/user/{userId}/richmenu" ForBot NONE 2000/Second Harmless;
    RICH_MENU_LINK "link a rich menu to a user" Api POST "/v2/bot/user/{userId}/richmenu/{richMenuId}" ForBot NONE 2000/Second Harmless;
    RICH_MENU_UNLINK "unlink a user's rich menu" Api DELETE "/v2/bot/user/{userId}/richmenu" ForBot NONE 2000/Second Harmless;
    RICH_MENU_LINK_MANY "link a rich menu to users" Api POST "/v2/bot/richmenu/bulk/link" ForBot NONE 2000/Second Harmless;
    RICH_MENU_UNLINK_MANY "unlink users' rich menus" Api POST "/v2/bot/richmenu/bulk/unlink" ForBot NONE 2000/Second Harmless;
    RICH_MENU_BATCH "change rich menus in a batch" Api POST "/v2/bot/richmenu/batch" ForBot NONE 3/Hour Counts;
    RICH_MENU_BATCH_VALIDATE "validate a rich menu batch" Api POST "/v2/bot/richmenu/validate/batch" ForBot NONE 2000/Second Harmless;
    RICH_MENU_BATCH_PROGRESS "get a rich menu batch's progress" Api GET "/v2/bot/richmenu/progress/batch" ForBot NONE 100/Hour Harmless;
    RICH_MENU_ALIAS_CREATE "create a rich menu alias" Api POST "/v2/bot/richmenu/alias" ForBot NONE 2000/Second Counts;
    RICH_MENU_ALIAS_GET "get a rich menu alias" Api GET "/v2/bot/richmenu/alias/{richMenuAliasId}" ForBot NONE 2000/Second Harmless;
    RICH_MENU_ALIAS_UPDATE "update a rich menu alias" Api POST "/v2/bot/richmenu/alias/{richMenuAliasId}" ForBot NONE 2000/Second Harmless;
    RICH_MENU_ALIAS_DELETE "delete a rich menu alias" Api DELETE "/v2/bot/richmenu/alias/{richMenuAliasId}" ForBot NONE 100/Hour Counts;
    RICH_MENU_ALIAS_LIST "list rich menu aliases" Api GET "/v2/bot/richmenu/alias/list" ForBot NONE 2000/Second Harmless;

    // Statistics.
    INSIGHT_DELIVERY "get a day's deliveries" Api GET "/v2/bot/insight/message/delivery" ForBot ACCOUNT 60/Hour Harmless;
    INSIGHT_FOLLOWERS "get a day's number of friends" Api GET "/v2/bot/insight/followers" ForBot ACCOUNT 60/Hour Harmless;
    INSIGHT_DEMOGRAPHIC "get friends' demographics" Api GET "/v2/bot/insight/demographic" ForBot ACCOUNT 60/Hour Harmless;
    INSIGHT_EVENT "get a message's interactions" Api GET "/v2/bot/insight/message/event" ForBot ACCOUNT 60/Hour Harmless;
    INSIGHT_UNIT "get a unit's interactions" Api GET "/v2/bot/insight/message/event/aggregation" ForBot ACCOUNT 60/Hour Harmless;
    INSIGHT_RICH_MENU "get a rich menu's interactions" Api GET "/v2/bot/insight/richmenu/{richMenuId}/summary" ForBot NONE 60/Hour Harmless;
    INSIGHT_RICH_MENU_DAILY "get a rich menu's daily interactions" Api GET "/v2/bot/insight/richmenu/{richMenuId}/daily" ForBot NONE 60/Hour Harmless;

    // Audiences.
    AUDIENCE_CREATE "create an audience" Api POST "/v2/bot/audienceGroup/upload" ForBot SEND 60/Minute Counts;
    AUDIENCE_ADD "add to an audience" Api PUT "/v2/bot/audienceGroup/upload" ForBot SEND 60/Minute Counts;
    AUDIENCE_CREATE_BY_FILE "create an audience by file" Data POST "/v2/bot/audienceGroup/upload/byFile" ForBot SEND 60/Minute Counts;
    AUDIENCE_ADD_BY_FILE "add to an audience by file" Data PUT "/v2/bot/audienceGroup/upload/byFile" ForBot SEND 60/Minute Counts;
    AUDIENCE_OF_CLICKS "create an audience of clicks" Api POST "/v2/bot/audienceGroup/click" ForBot SEND 60/Minute Counts;
    AUDIENCE_OF_IMPRESSIONS "create an audience of impressions" Api POST "/v2/bot/audienceGroup/imp" ForBot SEND 60/Minute Counts;
    AUDIENCE_RENAME "rename an audience" Api PUT "/v2/bot/audienceGroup/{audienceGroupId}/updateDescription" ForBot SEND 60/Minute Harmless;
    AUDIENCE_GET "get an audience" Api GET "/v2/bot/audienceGroup/{audienceGroupId}" ForBot SEND 60/Minute Harmless;
    AUDIENCE_DELETE "delete an audience" Api DELETE "/v2/bot/audienceGroup/{audienceGroupId}" ForBot SEND 60/Minute Counts;
    AUDIENCE_LIST "list audiences" Api GET "/v2/bot/audienceGroup/list" ForBot SEND 60/Minute Harmless;
    AUDIENCE_SHARED_GET "get a shared audience" Api GET "/v2/bot/audienceGroup/shared/{audienceGroupId}" ForBot SEND 60/Minute Harmless;
    AUDIENCE_SHARED_LIST "list shared audiences" Api GET "/v2/bot/audienceGroup/shared/list" ForBot SEND 60/Minute Harmless;

    // Coupons.
    COUPON_CREATE "create a coupon" Api POST "/v2/bot/coupon" ForBot COUPONS 200/Second Counts;
    COUPON_LIST "list coupons" Api GET "/v2/bot/coupon" ForBot COUPONS 200/Second Harmless;
    COUPON_GET "get a coupon" Api GET "/v2/bot/coupon/{couponId}" ForBot COUPONS 200/Second Harmless;
    COUPON_CLOSE "close a coupon" Api PUT "/v2/bot/coupon/{couponId}/close" ForBot COUPONS 200/Second Counts;

    // Memberships.
    MEMBERSHIP_OF_USER "get a user's memberships" Api GET "/v2/bot/membership/subscription/{userId}" ForBot NONE 200/Second Harmless;
    MEMBERSHIP_LIST "list memberships" Api GET "/v2/bot/membership/list" ForBot NONE 200/Second Harmless;
    MEMBERSHIP_USERS "list a membership's users" Api GET "/v2/bot/membership/{membershipId}/users/ids" ForBot NONE 2000/Second Harmless;

    // The webhook's settings.
    WEBHOOK_GET "get the webhook endpoint" Api GET "/v2/bot/channel/webhook/endpoint" ForBot NONE 1000/Minute Harmless;
    WEBHOOK_SET "set the webhook endpoint" Api PUT "/v2/bot/channel/webhook/endpoint" ForBot NONE 1000/Minute Harmless;
    WEBHOOK_TEST "test the webhook endpoint" Api POST "/v2/bot/channel/webhook/test" ForBot NONE 60/Hour Counts;

    // Accounts and modules. Listing and detaching are the channel's own.
    BOT_INFO "get the bot's info" Api GET "/v2/bot/info" ForBot NONE 2000/Second Harmless;
    BOT_LIST "list the bots" Api GET "/v2/bot/list" AsChannel NONE 2000/Second Harmless;
    DETACH "detach a bot" Api POST "/v2/bot/channel/detach" AsChannel NONE 2000/Second Counts;
    ACQUIRE "acquire a chat" Api POST "/v2/bot/chat/{chatId}/control/acquire" ForBot RECEIVE 2000/Second Counts;
    RELEASE "release a chat" Api POST "/v2/bot/chat/{chatId}/control/release" ForBot RECEIVE 2000/Second Counts;
    ATTACH "attach" Manager POST "/module/auth/v1/token" Openly NONE 2000/Second Counts;

    // Tokens. Issuing a stateless one has no limit of its own in LINE's list.
    TOKEN_STATELESS "issue a token" Api POST "/oauth2/v3/token" Openly NONE 2000/Second Harmless;
    TOKEN_SHORT_LIVED "issue a short-lived token" Api POST "/v2/oauth/accessToken" Openly NONE 370/Second Counts;
    TOKEN_SHORT_LIVED_VERIFY "verify a short-lived token" Api POST "/v2/oauth/verify" Openly NONE 2000/Second Harmless;
    TOKEN_SHORT_LIVED_REVOKE "revoke a short-lived token" Api POST "/v2/oauth/revoke" Openly NONE 2000/Second Harmless;
    TOKEN_V2_1 "issue a token v2.1" Api POST "/oauth2/v2.1/token" Openly NONE 2000/Second Counts;
    TOKEN_V2_1_VERIFY "verify a token v2.1" Api GET "/oauth2/v2.1/verify" Openly NONE 2000/Second Harmless;
    TOKEN_V2_1_KEYS "list the key ids of valid tokens v2.1" Api GET "/oauth2/v2.1/tokens/kid" Openly NONE 2000/Second Harmless;
    TOKEN_V2_1_REVOKE "revoke a token v2.1" Api POST "/oauth2/v2.1/revoke" Openly NONE 2000/Second Harmless;
}
