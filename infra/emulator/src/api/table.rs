//! All endpoints, as data.
//!
//! Scopes: <https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/#scopes>.
//! Limits: <https://developers.line.biz/en/reference/messaging-api/#rate-limits>. Where the first
//! names no scope for an endpoint there is none here, and where the second names no limit it is that
//! of all others, 2,000 calls per second.

use super::endpoint::Caller::{Anyone, Channel};
use super::endpoint::Host::{Data, Manager};
use super::endpoint::{Endpoint, endpoint};
use super::{
    audience, audience_list, bot, content, control, counts, coupon, detach, insight, list, marks,
    membership, menu, menu_alias, menu_batch, menu_insight, menu_link, narrowcast, people, pnp,
    quota, send, units, webhook_settings,
};
use crate::{attach, oauth};

const SEND: &str = "message:send";
const RECEIVE: &str = "message:receive";
const MANAGE: &str = "account:manage";
const PROFILE: &str = "profile:read";
const COUPON: &str = "coupon:manage";
const READ: &str = "message:mark_as_read";
const TEMPLATED: &str = "message:templated_pnp";

/// All endpoints.
#[rustfmt::skip] // One line each: it is a table.
pub(super) static TABLE: &[Endpoint] = &[
    // The module channel itself.
    endpoint("POST", "/module/auth/v1/token", attach::exchange).on(Manager).by(Anyone),
    endpoint("POST", "/v2/bot/channel/detach", detach::detach).by(Channel),
    endpoint("GET", "/v2/bot/list", list::bots).by(Channel),
    endpoint("GET", "/v2/bot/info", bot::info),
    endpoint("POST", "/v2/bot/chat/{chatId}/control/acquire", control::acquire).scope(RECEIVE),
    endpoint("POST", "/v2/bot/chat/{chatId}/control/release", control::release).scope(RECEIVE),

    // Channel access tokens.
    endpoint("POST", "/v2/oauth/accessToken", oauth::issue_short).by(Anyone).per_second(370),
    endpoint("POST", "/v2/oauth/verify", oauth::verify_short).by(Anyone),
    endpoint("POST", "/v2/oauth/revoke", oauth::revoke_short).by(Anyone),
    endpoint("POST", "/oauth2/v2.1/token", oauth::issue_chosen).by(Anyone),
    endpoint("GET", "/oauth2/v2.1/verify", oauth::verify_chosen).by(Anyone),
    endpoint("GET", "/oauth2/v2.1/tokens/kid", oauth::kids).by(Anyone),
    endpoint("POST", "/oauth2/v2.1/revoke", oauth::revoke_chosen).by(Anyone),
    endpoint("POST", "/oauth2/v3/token", oauth::issue_stateless).by(Anyone),

    // Messages.
    endpoint("POST", "/v2/bot/message/reply", send::reply).scope(SEND).into_chats(send::chat_of_reply),
    endpoint("POST", "/v2/bot/message/push", send::push).scope(SEND).into_chats(send::chats_of_to).with_retry_key(),
    endpoint("POST", "/v2/bot/message/multicast", send::multicast).scope(SEND).into_chats(send::chats_of_to).per_second(200).with_retry_key(),
    endpoint("POST", "/v2/bot/message/narrowcast", narrowcast::send).scope(SEND).per_hour(60).with_retry_key(),
    endpoint("POST", "/v2/bot/message/broadcast", send::broadcast).scope(SEND).per_hour(60).with_retry_key(),
    endpoint("GET", "/v2/bot/message/progress/narrowcast", narrowcast::progress).scope(SEND),
    endpoint("GET", "/v2/bot/message/quota", quota::limit).scope(SEND),
    endpoint("GET", "/v2/bot/message/quota/consumption", quota::consumption).scope(SEND),
    endpoint("GET", "/v2/bot/message/delivery/reply", counts::reply),
    endpoint("GET", "/v2/bot/message/delivery/push", counts::push),
    endpoint("GET", "/v2/bot/message/delivery/multicast", counts::multicast),
    endpoint("GET", "/v2/bot/message/delivery/broadcast", counts::broadcast),
    endpoint("POST", "/v2/bot/message/validate/reply", counts::validate),
    endpoint("POST", "/v2/bot/message/validate/push", counts::validate),
    endpoint("POST", "/v2/bot/message/validate/multicast", counts::validate),
    endpoint("POST", "/v2/bot/message/validate/narrowcast", counts::validate),
    endpoint("POST", "/v2/bot/message/validate/broadcast", counts::validate),
    endpoint("GET", "/v2/bot/message/aggregation/info", units::info),
    endpoint("GET", "/v2/bot/message/aggregation/list", units::list),
    endpoint("GET", "/v2/bot/message/{messageId}/content", content::get).on(Data),
    endpoint("GET", "/v2/bot/message/{messageId}/content/preview", content::preview).on(Data),
    endpoint("GET", "/v2/bot/message/{messageId}/content/transcoding", content::transcoding).on(Data),
    endpoint("POST", "/v2/bot/chat/loading/start", marks::loading).scope(SEND).per_second(100),
    endpoint("POST", "/v2/bot/message/markAsRead", marks::read_by_user).scope(READ),
    endpoint("POST", "/v2/bot/chat/markAsRead", marks::read_by_token),
    endpoint("POST", "/bot/pnp/push", pnp::push),
    endpoint("GET", "/v2/bot/message/delivery/pnp", counts::pnp),
    endpoint("POST", "/v2/bot/message/pnp/templated/push", pnp::templated).scope(TEMPLATED),
    endpoint("GET", "/v2/bot/message/delivery/pnp/templated", counts::templated_pnp).scope(TEMPLATED),

    // Users, groups and rooms.
    endpoint("GET", "/v2/bot/profile/{userId}", people::profile).scope(PROFILE),
    endpoint("GET", "/v2/bot/followers/ids", people::followers),
    endpoint("GET", "/v2/bot/group/{groupId}/summary", people::group_summary).scope(PROFILE),
    endpoint("GET", "/v2/bot/group/{groupId}/member/{userId}", people::group_member).scope(PROFILE),
    endpoint("GET", "/v2/bot/room/{roomId}/member/{userId}", people::room_member).scope(PROFILE),
    endpoint("GET", "/v2/bot/group/{groupId}/members/count", people::group_count).scope(PROFILE),
    endpoint("GET", "/v2/bot/room/{roomId}/members/count", people::room_count).scope(PROFILE),
    endpoint("GET", "/v2/bot/group/{groupId}/members/ids", people::group_ids),
    endpoint("GET", "/v2/bot/room/{roomId}/members/ids", people::room_ids),
    endpoint("POST", "/v2/bot/group/{groupId}/leave", people::leave_group),
    endpoint("POST", "/v2/bot/room/{roomId}/leave", people::leave_room),
    endpoint("POST", "/v2/bot/user/{userId}/linkToken", marks::link_token),

    // Rich menus.
    endpoint("POST", "/v2/bot/richmenu", menu::create).per_hour(100),
    endpoint("POST", "/v2/bot/richmenu/validate", menu::validate),
    endpoint("GET", "/v2/bot/richmenu/{richMenuId}/content", menu::download).on(Data),
    endpoint("POST", "/v2/bot/richmenu/{richMenuId}/content", menu::upload).on(Data),
    endpoint("GET", "/v2/bot/richmenu/list", menu::list).per_second(10),
    endpoint("GET", "/v2/bot/richmenu/{richMenuId}", menu::get),
    endpoint("DELETE", "/v2/bot/richmenu/{richMenuId}", menu::delete).per_hour(100),
    endpoint("POST", "/v2/bot/user/all/richmenu/{richMenuId}", menu_link::set_default).scope(MANAGE),
    endpoint("GET", "/v2/bot/user/all/richmenu", menu_link::get_default),
    endpoint("DELETE", "/v2/bot/user/all/richmenu", menu_link::clear_default),
    endpoint("POST", "/v2/bot/user/{userId}/richmenu/{richMenuId}", menu_link::link),
    endpoint("GET", "/v2/bot/user/{userId}/richmenu", menu_link::of_user),
    endpoint("DELETE", "/v2/bot/user/{userId}/richmenu", menu_link::unlink),
    endpoint("POST", "/v2/bot/richmenu/bulk/link", menu_link::bulk_link),
    endpoint("POST", "/v2/bot/richmenu/bulk/unlink", menu_link::bulk_unlink),
    endpoint("POST", "/v2/bot/richmenu/batch", menu_batch::start).per_hour(3),
    endpoint("POST", "/v2/bot/richmenu/validate/batch", menu_batch::validate),
    endpoint("GET", "/v2/bot/richmenu/progress/batch", menu_batch::progress).per_hour(100),
    endpoint("POST", "/v2/bot/richmenu/alias", menu_alias::create),
    endpoint("GET", "/v2/bot/richmenu/alias/list", menu_alias::list),
    endpoint("GET", "/v2/bot/richmenu/alias/{richMenuAliasId}", menu_alias::get),
    endpoint("POST", "/v2/bot/richmenu/alias/{richMenuAliasId}", menu_alias::update),
    endpoint("DELETE", "/v2/bot/richmenu/alias/{richMenuAliasId}", menu_alias::delete).per_hour(100),

    // Statistics.
    endpoint("GET", "/v2/bot/insight/message/delivery", insight::delivery).scope(MANAGE).per_hour(60),
    endpoint("GET", "/v2/bot/insight/followers", insight::followers).scope(MANAGE).per_hour(60),
    endpoint("GET", "/v2/bot/insight/demographic", insight::demographic).scope(MANAGE).per_hour(60),
    endpoint("GET", "/v2/bot/insight/message/event", insight::event).scope(MANAGE).per_hour(60),
    endpoint("GET", "/v2/bot/insight/message/event/aggregation", insight::aggregation).scope(MANAGE).per_hour(60),
    endpoint("GET", "/v2/bot/insight/richmenu/{richMenuId}/summary", menu_insight::summary).per_hour(60),
    endpoint("GET", "/v2/bot/insight/richmenu/{richMenuId}/daily", menu_insight::daily).per_hour(60),

    // Audiences.
    endpoint("POST", "/v2/bot/audienceGroup/upload", audience::create).scope(SEND).per_minute(60),
    endpoint("PUT", "/v2/bot/audienceGroup/upload", audience::add).scope(SEND).per_minute(60),
    endpoint("POST", "/v2/bot/audienceGroup/upload/byFile", audience::create_by_file).on(Data).scope(SEND).per_minute(60),
    endpoint("PUT", "/v2/bot/audienceGroup/upload/byFile", audience::add_by_file).on(Data).scope(SEND).per_minute(60),
    endpoint("POST", "/v2/bot/audienceGroup/click", audience::click).scope(SEND).per_minute(60),
    endpoint("POST", "/v2/bot/audienceGroup/imp", audience::imp).scope(SEND).per_minute(60),
    endpoint("PUT", "/v2/bot/audienceGroup/{audienceGroupId}/updateDescription", audience::describe).scope(SEND).per_minute(60),
    endpoint("DELETE", "/v2/bot/audienceGroup/{audienceGroupId}", audience::delete).scope(SEND).per_minute(60),
    endpoint("GET", "/v2/bot/audienceGroup/{audienceGroupId}", audience_list::get).scope(SEND).per_minute(60),
    endpoint("GET", "/v2/bot/audienceGroup/list", audience_list::list).scope(SEND).per_minute(60),
    endpoint("GET", "/v2/bot/audienceGroup/shared/{audienceGroupId}", audience_list::shared).scope(SEND).per_minute(60),
    endpoint("GET", "/v2/bot/audienceGroup/shared/list", audience_list::shared_list).scope(SEND).per_minute(60),

    // Coupons and memberships.
    endpoint("POST", "/v2/bot/coupon", coupon::create).scope(COUPON).per_second(200),
    endpoint("GET", "/v2/bot/coupon", coupon::list).scope(COUPON).per_second(200),
    endpoint("GET", "/v2/bot/coupon/{couponId}", coupon::get).scope(COUPON).per_second(200),
    endpoint("PUT", "/v2/bot/coupon/{couponId}/close", coupon::close).scope(COUPON).per_second(200),
    endpoint("GET", "/v2/bot/membership/list", membership::list).per_second(200),
    endpoint("GET", "/v2/bot/membership/subscription/{userId}", membership::of_user).per_second(200),
    endpoint("GET", "/v2/bot/membership/{membershipId}/users/ids", membership::users),

    // The webhook of the channel.
    endpoint("GET", "/v2/bot/channel/webhook/endpoint", webhook_settings::get).per_minute(1000),
    endpoint("PUT", "/v2/bot/channel/webhook/endpoint", webhook_settings::set).per_minute(1000),
    endpoint("POST", "/v2/bot/channel/webhook/test", webhook_settings::try_out).per_hour(60),
];
