//! Users, groups and rooms: who they are, and who is in them.

use serde_json::{Value, json};

use super::{Answer, Context, Refusal, checks, paging};
use crate::world::user::User;

/// The most ids in a page of members.
const MEMBERS_PAGE: usize = 100;

/// `GET /v2/bot/profile/{userId}`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-profile>
pub(super) fn profile(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, id) = (cx.bot(), cx.param("userId"));
    cx.chat = Some(id.clone());
    let user = cx
        .world
        .user(&bot, &id)
        .filter(|user| user.shows_profile())
        .ok_or_else(not_found)?;
    let mut body = card(user);
    body["language"] = user.language.as_str().into();
    Ok(Answer::ok(body))
}

/// `GET /v2/bot/followers/ids`: only for accounts that LINE has checked.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-follower-ids>
pub(super) fn followers(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    checked(cx)?;
    let limit = paging::limit(cx, 300, 1000)?;
    let friends = cx.world.friends(&cx.bot());
    ids(cx, "userIds", friends, limit)
}

/// `GET /v2/bot/group/{groupId}/summary`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-group-summary>
pub(super) fn group_summary(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, id) = (cx.bot(), group(cx, "groupId")?);
    let name = cx
        .world
        .chat(&bot, &id)
        .and_then(|chat| chat.name.clone())
        .unwrap_or_else(|| "Group".to_owned());
    Ok(Answer::ok(json!({"groupId": id, "groupName": name})))
}

/// `GET /v2/bot/group/{groupId}/member/{userId}`
pub(super) fn group_member(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    member(cx, "groupId")
}

/// `GET /v2/bot/room/{roomId}/member/{userId}`
pub(super) fn room_member(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    member(cx, "roomId")
}

/// `GET /v2/bot/group/{groupId}/members/count`
pub(super) fn group_count(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    count(cx, "groupId")
}

/// `GET /v2/bot/room/{roomId}/members/count`
pub(super) fn room_count(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    count(cx, "roomId")
}

/// `GET /v2/bot/group/{groupId}/members/ids`: only for accounts that LINE has checked.
pub(super) fn group_ids(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    members(cx, "groupId")
}

/// `GET /v2/bot/room/{roomId}/members/ids`
pub(super) fn room_ids(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    members(cx, "roomId")
}

/// `POST /v2/bot/group/{groupId}/leave`. The module gets a `leave` event.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#leave-group>
pub(super) fn leave_group(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    leave(cx, "groupId")
}

/// `POST /v2/bot/room/{roomId}/leave`
pub(super) fn leave_room(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    leave(cx, "roomId")
}

/// The account must be one that LINE has checked.
fn checked(cx: &Context<'_>) -> Result<(), Refusal> {
    let account = cx.world.account(&cx.bot());
    if account.is_some_and(|account| account.is_checked()) {
        return Ok(());
    }
    Err(checks::unavailable(403))
}

/// The group or room of the path, which the bot must be in. A group is not a room.
fn group(cx: &mut Context<'_>, name: &str) -> Result<String, Refusal> {
    let (bot, id) = (cx.bot(), cx.param(name));
    cx.chat = Some(id.clone());
    let letter = if name == "groupId" { 'C' } else { 'R' };
    let is_in = cx.world.chat(&bot, &id).is_some_and(|chat| !chat.left);
    (id.starts_with(letter) && is_in)
        .then_some(id)
        .ok_or_else(not_found)
}

fn all_members(cx: &Context<'_>, id: &str) -> Vec<String> {
    let chat = cx.world.chat(&cx.bot(), id);
    chat.map_or_else(Vec::new, |chat| chat.members.iter().cloned().collect())
}

fn member(cx: &mut Context<'_>, name: &str) -> Result<Answer, Refusal> {
    let (bot, id) = (cx.bot(), group(cx, name)?);
    let user = cx.param("userId");
    let is_in = all_members(cx, &id).contains(&user);
    let user = cx.world.user(&bot, &user).filter(|_| is_in);
    Ok(Answer::ok(card(user.ok_or_else(not_found)?)))
}

fn count(cx: &mut Context<'_>, name: &str) -> Result<Answer, Refusal> {
    let id = group(cx, name)?;
    Ok(Answer::ok(json!({ "count": all_members(cx, &id).len() })))
}

fn members(cx: &mut Context<'_>, name: &str) -> Result<Answer, Refusal> {
    checked(cx)?;
    let id = group(cx, name)?;
    let all = all_members(cx, &id);
    ids(cx, "memberIds", all, MEMBERS_PAGE)
}

fn leave(cx: &mut Context<'_>, name: &str) -> Result<Answer, Refusal> {
    let (bot, id) = (cx.bot(), group(cx, name)?);
    cx.world.chat_mut(&bot, &id).left = true;
    cx.tell(&bot, Some(&id), json!({"type": "leave"}));
    Ok(Answer::ok(json!({})))
}

/// A page of ids.
pub(super) fn ids(
    cx: &mut Context<'_>,
    member: &str,
    all: Vec<String>,
    limit: usize,
) -> Result<Answer, Refusal> {
    let (page, next) = paging::page(cx, all, limit)?;
    let mut body = json!({ member: page });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    Ok(Answer::ok(body))
}

fn card(user: &User) -> Value {
    json!({"userId": user.user_id, "displayName": user.name})
}

/// Source of the text: <https://developers.line.biz/en/reference/messaging-api/#error-messages>
pub(super) fn not_found() -> Refusal {
    Refusal::message(404, "Not found")
}
