//! Aliases of rich menus, by which users switch between them.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#create-rich-menu-alias>. LINE's
//! OpenAPI file knows 400 as the only refusal; its reference has 404 for an alias that is not there.

use serde_json::{Value, json};

use super::findings::{Findings, text};
use super::people::not_found;
use super::{Answer, Context, Refusal};

/// The most aliases of an account.
const MOST: usize = 1000;

/// `POST /v2/bot/richmenu/alias`
pub(super) fn create(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let (alias, menu) = (text(&body, "richMenuAliasId"), text(&body, "richMenuId"));
    let mut findings = Findings::from(menu.as_ref().err().cloned());
    let alias = alias.unwrap_or_default();
    if !is_alias(alias) {
        let text = "Must be 1 to 32 lower-case letters, digits, hyphens or underscores";
        findings.add(text, "richMenuAliasId");
    }
    findings.done()?;
    let menu = menu.unwrap_or_default();
    shows(cx, menu)?;
    let aliases = &mut cx.world.of(&bot).menus.aliases;
    if aliases.contains_key(alias) {
        return Err(Refusal::message(400, "conflict richmenu alias id"));
    }
    if aliases.len() >= MOST {
        return Err(Refusal::message(
            400,
            "There are too many rich menu aliases",
        ));
    }
    aliases.insert(alias.to_owned(), menu.to_owned());
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/richmenu/alias/{richMenuAliasId}`
pub(super) fn update(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, alias) = (cx.bot(), cx.param("richMenuAliasId"));
    let body = cx.json()?;
    let menu = text(&body, "richMenuId").map_err(|detail| Refusal::from(vec![detail]))?;
    shows(cx, menu)?;
    let known = cx.world.of(&bot).menus.aliases.get_mut(&alias);
    *known.ok_or_else(no_alias)? = menu.to_owned();
    Ok(Answer::ok(json!({})))
}

/// `DELETE /v2/bot/richmenu/alias/{richMenuAliasId}`
pub(super) fn delete(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, alias) = (cx.bot(), cx.param("richMenuAliasId"));
    let removed = cx.world.of(&bot).menus.aliases.remove(&alias);
    removed.ok_or_else(no_alias)?;
    Ok(Answer::ok(json!({})))
}

/// `GET /v2/bot/richmenu/alias/{richMenuAliasId}`
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, alias) = (cx.bot(), cx.param("richMenuAliasId"));
    let menu = cx
        .world
        .of(&bot)
        .menus
        .aliases
        .get(&alias)
        .ok_or_else(not_found)?;
    Ok(Answer::ok(entry(&alias, menu)))
}

/// `GET /v2/bot/richmenu/alias/list`
pub(super) fn list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let aliases = cx.world.of(&bot).menus.aliases.iter();
    let all: Vec<Value> = aliases.map(|(alias, menu)| entry(alias, menu)).collect();
    Ok(Answer::ok(json!({ "aliases": all })))
}

fn entry(alias: &str, menu: &str) -> Value {
    json!({"richMenuAliasId": alias, "richMenuId": menu})
}

fn is_alias(alias: &str) -> bool {
    let good = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=32).contains(&alias.len()) && alias.bytes().all(good)
}

fn no_alias() -> Refusal {
    Refusal::message(404, "richmenu alias not found")
}

/// The menu must be there, with an image.
fn shows(cx: &mut Context<'_>, id: &str) -> Result<(), Refusal> {
    let bot = cx.bot();
    let menu = cx.world.of(&bot).menus.get(id);
    let usable = menu.is_some_and(|menu| menu.image.is_some());
    usable
        .then_some(())
        .ok_or_else(|| Refusal::message(400, "richmenu not found"))
}
