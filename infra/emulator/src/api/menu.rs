//! Rich menus: made, looked at, deleted, and their images.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#rich-menu>

use bytes::Bytes;
use serde_json::{Value, json};

use super::findings::Findings;
use super::picture::Picture;
use super::{Answer, Context, Refusal};
use crate::ids;
use crate::schema::{self, RICH_MENU};
use crate::world::menu::Menu;

/// The most rich menus of an account.
const MOST: usize = 1000;
/// The most bytes of an image.
const IMAGE_LIMIT: usize = 1024 * 1024;

/// `POST /v2/bot/richmenu`
pub(super) fn create(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = checked(cx)?;
    let menus = &mut cx.world.of(&bot).menus;
    if menus.all.len() >= MOST {
        return Err(Refusal::message(400, "There are too many rich menus"));
    }
    let id = ids::menu();
    let answer = json!({"richMenuId": id});
    menus.all.push(Menu {
        id,
        body,
        image: None,
    });
    Ok(Answer::ok(answer))
}

/// `POST /v2/bot/richmenu/validate`
pub(super) fn validate(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    checked(cx)?;
    Ok(Answer::ok(json!({})))
}

/// `GET /v2/bot/richmenu/{richMenuId}`
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let menu = known(cx, &cx.param("richMenuId"))?;
    Ok(Answer::ok(shown(&menu)))
}

/// `GET /v2/bot/richmenu/list`
pub(super) fn list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let all: Vec<Value> = cx.world.of(&bot).menus.all.iter().map(shown).collect();
    Ok(Answer::ok(json!({ "richmenus": all })))
}

/// `DELETE /v2/bot/richmenu/{richMenuId}`
pub(super) fn delete(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, menu) = (cx.bot(), known(cx, &cx.param("richMenuId"))?);
    cx.world.of(&bot).menus.remove(&menu.id);
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/richmenu/{richMenuId}/content`: a JPEG or PNG, once.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#upload-rich-menu-image>; the
/// texts are not documented.
pub(super) fn upload(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, menu) = (cx.bot(), known(cx, &cx.param("richMenuId"))?);
    cx.fits(IMAGE_LIMIT)?;
    let kind = cx.header("content-type").unwrap_or_default();
    let bytes = &cx.incoming.body;
    if !matches!(kind, "image/png" | "image/jpeg") {
        let text = format!("The content type, {kind}, is not supported");
        return Err(Refusal::message(415, &text));
    }
    let picture = Picture::read(bytes)
        .filter(|picture| picture.kind == kind)
        .ok_or_else(|| Refusal::message(400, "The image is not what its content type says"))?;
    if !fits(&picture) {
        let text = "The image must be 800 to 2500 pixels wide, at least 250 high, and at least 1.45 \
                    times as wide as high";
        return Err(Refusal::message(400, text));
    }
    if menu.image.is_some() {
        let text = "An image has already been uploaded to the richmenu";
        return Err(Refusal::message(400, text));
    }
    if let Some(menu) = cx.world.of(&bot).menus.get_mut(&menu.id) {
        menu.image = Some((kind.to_owned(), bytes.to_vec()));
    }
    Ok(Answer::ok(json!({})))
}

/// `GET /v2/bot/richmenu/{richMenuId}/content`
pub(super) fn download(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let menu = known(cx, &cx.param("richMenuId"))?;
    let (kind, bytes) = menu
        .image
        .ok_or_else(|| Refusal::message(404, "Not found"))?;
    Ok(Answer::bytes(kind, Bytes::from(bytes)))
}

/// The menu with an id. The text is not documented.
pub(super) fn known(cx: &mut Context<'_>, id: &str) -> Result<Menu, Refusal> {
    let bot = cx.bot();
    let menu = cx.world.of(&bot).menus.get(id).cloned();
    menu.ok_or_else(|| Refusal::message(404, "richmenu not found"))
}

fn shown(menu: &Menu) -> Value {
    let mut body = menu.body.clone();
    body["richMenuId"] = menu.id.as_str().into();
    body
}

/// Whether an image has a size that LINE takes. It need not be that of its menu.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#upload-rich-menu-image-requirements>
fn fits(picture: &Picture) -> bool {
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    (800..=2500).contains(&width) && height >= 250 && width * 100 >= height * 145
}

/// Source: <https://developers.line.biz/en/reference/messaging-api/#rich-menu-object>
fn checked(cx: &Context<'_>) -> Result<Value, Refusal> {
    let body = cx.json()?;
    let mut findings = Findings::of(cx.settings);
    schema::check(&mut findings, &RICH_MENU, &body, "");
    findings.done()?;
    Ok(body)
}
