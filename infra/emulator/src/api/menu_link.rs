//! Who sees which rich menu: the default, and menus of single users.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#set-default-rich-menu>

use serde_json::{Value, json};

use super::findings::{Findings, text};
use super::menu::known;
use super::people::not_found;
use super::{Answer, Context, Refusal};
use crate::world::user;

/// The most users that can be linked or unlinked at once.
const MOST_USERS: usize = 500;

/// `POST /v2/bot/user/all/richmenu/{richMenuId}`
pub(super) fn set_default(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, id) = (cx.bot(), cx.param("richMenuId"));
    usable(cx, &id)?;
    cx.world.of(&bot).menus.default = Some(id);
    Ok(Answer::ok(json!({})))
}

/// `GET /v2/bot/user/all/richmenu`. The text where there is none is not documented.
pub(super) fn get_default(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let id = cx
        .world
        .of(&bot)
        .menus
        .default
        .clone()
        .ok_or_else(|| Refusal::message(404, "no default richmenu"))?;
    Ok(Answer::ok(json!({ "richMenuId": id })))
}

/// `DELETE /v2/bot/user/all/richmenu`
pub(super) fn clear_default(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    cx.world.of(&bot).menus.default = None;
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/user/{userId}/richmenu/{richMenuId}`
pub(super) fn link(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, user) = (cx.bot(), known_user(cx)?);
    let id = cx.param("richMenuId");
    usable(cx, &id)?;
    cx.world.of(&bot).menus.links.insert(user, id);
    Ok(Answer::ok(json!({})))
}

/// `GET /v2/bot/user/{userId}/richmenu`: the user's own, not the default one.
pub(super) fn of_user(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, user) = (cx.bot(), known_user(cx)?);
    let id = cx
        .world
        .of(&bot)
        .menus
        .links
        .get(&user)
        .cloned()
        .ok_or_else(|| Refusal::message(404, "the user has no richmenu"))?;
    Ok(Answer::ok(json!({ "richMenuId": id })))
}

/// `DELETE /v2/bot/user/{userId}/richmenu`
pub(super) fn unlink(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, user) = (cx.bot(), known_user(cx)?);
    cx.world.of(&bot).menus.links.remove(&user);
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/richmenu/bulk/link`. Users whom the account does not know are left out.
pub(super) fn bulk_link(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let id = text(&body, "richMenuId");
    let users = users(Findings::from(id.as_ref().err().cloned()), &body)?;
    let id = id.unwrap_or_default();
    usable(cx, id)?;
    for user in users {
        if cx.world.user(&bot, &user).is_some() {
            cx.world.of(&bot).menus.links.insert(user, id.to_owned());
        }
    }
    Ok(Answer::accepted(json!({})))
}

/// `POST /v2/bot/richmenu/bulk/unlink`
pub(super) fn bulk_unlink(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let users = users(Findings::default(), &cx.json()?)?;
    let links = &mut cx.world.of(&bot).menus.links;
    links.retain(|user, _| !users.contains(user));
    Ok(Answer::accepted(json!({})))
}

fn users(mut findings: Findings, body: &Value) -> Result<Vec<String>, Refusal> {
    let users = findings.texts(body, "userIds", (1, MOST_USERS));
    for (place, _) in users
        .iter()
        .enumerate()
        .filter(|(_, id)| !user::is_user(id))
    {
        findings.add("Must be a user ID", format!("userIds[{place}]"));
    }
    findings.done()?;
    Ok(users)
}

fn known_user(cx: &mut Context<'_>) -> Result<String, Refusal> {
    let (bot, id) = (cx.bot(), cx.param("userId"));
    cx.chat = Some(id.clone());
    let known = cx.world.user(&bot, &id).is_some();
    known.then_some(id).ok_or_else(not_found)
}

/// A menu can be shown once it has an image. The text is not documented.
pub(super) fn usable(cx: &mut Context<'_>, id: &str) -> Result<(), Refusal> {
    if known(cx, id)?.image.is_some() {
        return Ok(());
    }
    let text = "must upload richmenu image before applying it to user";
    Err(Refusal::message(400, text))
}
