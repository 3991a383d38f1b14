//! The rich menu that a user sees in a chat.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::bubble::{Tap, button};
use super::segment;
use crate::emulator::Emulator;
use crate::world::World;
use crate::world::menu::Menu;

/// A rich menu, ready for the template.
pub(super) struct MenuView {
    /// The text of the chat bar.
    pub(super) bar: String,
    /// Whether it is open at first.
    pub(super) open: bool,
    /// How wide it is, in its own measure.
    pub(super) width: i64,
    /// How high.
    pub(super) height: i64,
    /// Where its image is.
    pub(super) image: String,
    /// What can be tapped, the first first.
    pub(super) areas: Vec<AreaView>,
}

/// An area.
pub(super) struct AreaView {
    /// Its place in the list of areas.
    pub(super) number: usize,
    /// The distance from the left.
    pub(super) x: i64,
    /// From the top.
    pub(super) y: i64,
    /// How wide it is.
    pub(super) width: i64,
    /// How high.
    pub(super) height: i64,
    /// What is read out.
    pub(super) label: String,
    /// What a tap does.
    pub(super) does: Tap,
}

/// The menu that a user sees, if there is one.
pub(super) fn view(world: &World, bot: &str, user: &str) -> Option<MenuView> {
    let menu = world.menu_of(bot, user)?;
    let areas = menu.areas().iter().enumerate();
    let number = |pointer: &str| menu.body.pointer(pointer).and_then(Value::as_i64);
    Some(MenuView {
        bar: text(&menu.body, "chatBarText"),
        open: menu.body["selected"] == true,
        width: number("/size/width").unwrap_or(0),
        height: number("/size/height").unwrap_or(0),
        image: image_link(bot, menu),
        areas: areas.map(|(place, area)| area_view(place, area)).collect(),
    })
}

fn area_view(number: usize, area: &Value) -> AreaView {
    let bound = |member: &str| area["bounds"][member].as_i64().unwrap_or(0);
    AreaView {
        number,
        x: bound("x"),
        y: bound("y"),
        width: bound("width"),
        height: bound("height"),
        label: label(&area["action"]),
        does: button(&area["action"]).does,
    }
}

/// An action of a rich menu need not have a label.
fn label(action: &Value) -> String {
    let members = ["label", "displayText", "text", "uri", "data", "type"];
    let mut texts = members.iter().map(|member| text(action, member));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

fn text(object: &Value, member: &str) -> String {
    object[member].as_str().unwrap_or_default().to_owned()
}

fn image_link(bot: &str, menu: &Menu) -> String {
    format!("/bots/{}/menus/{}/image", segment(bot), segment(&menu.id))
}

/// Shows the image of a rich menu, which never changes.
pub(super) async fn image(
    State(emulator): State<Emulator>,
    Path((bot, menu)): Path<(String, String)>,
) -> Response {
    let platform = emulator.platform();
    let menus = platform.world.belongings.get(&bot).map(|own| &own.menus);
    let image = menus.and_then(|menus| menus.get(&menu)?.image.as_ref());
    let Some((kind, bytes)) = image else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, kind.clone()),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes.clone()).into_response()
}
