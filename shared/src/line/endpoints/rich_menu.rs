//! Rich menus: the menu below a chat, and its image.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::line::body::{Body, Upload};
use crate::line::endpoint::{Endpoint, Facts, ForBot, Unsendable, endpoint};
use crate::line::endpoints::table;
use crate::line::http::Answer;
use crate::line::message::limit::{OverLimit, at_most, each, graphemes, within};
use crate::line::message::{Action, Place};

/// LINE takes an image of this size at most, in bytes.
const LARGEST_IMAGE: u64 = 1024 * 1024;

/// A rich menu
/// (<https://developers.line.biz/en/reference/messaging-api/#rich-menu-object>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenu<A = Action> {
    /// Its size in pixels: that of its image.
    pub size: Size,
    /// Whether it is shown at first.
    pub selected: bool,
    /// Its name, for the account's staff: up to 300 characters.
    pub name: String,
    /// The words on its bar: up to 14 characters.
    pub chat_bar_text: String,
    /// Up to 20 places to tap.
    pub areas: Vec<Area<A>>,
}

impl RichMenu {
    /// One of areas side by side, all of the same width, that is shown at first.
    pub fn columns(
        size: Size,
        name: impl Into<String>,
        chat_bar_text: impl Into<String>,
        actions: impl IntoIterator<Item = Action>,
    ) -> Self {
        let actions: Vec<_> = actions.into_iter().collect();
        let number = u32::try_from(actions.len()).unwrap_or(u32::MAX);
        let width = size.width / number.max(1);
        let area = |(x, action)| Area {
            bounds: Bounds {
                x,
                y: 0,
                width,
                height: size.height,
            },
            action,
        };
        let lefts = (0..number).map(|nth| nth * width);
        Self {
            size,
            selected: true,
            name: name.into(),
            chat_bar_text: chat_bar_text.into(),
            areas: lefts.zip(actions).map(area).collect(),
        }
    }
}

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// 800 to 2,500.
    pub width: u32,
    /// 250 or more, and not more than the width divided by 1.45.
    pub height: u32,
}

/// A place to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area<A = Action> {
    /// Where.
    pub bounds: Bounds,
    /// What a tap does.
    pub action: A,
}

/// A rectangle, in pixels from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// From the left.
    pub x: u32,
    /// From above.
    pub y: u32,
    /// To the right.
    pub width: u32,
    /// Down.
    pub height: u32,
}

impl RichMenu {
    /// Whether LINE would take it, as far as its published limits tell.
    ///
    /// # Errors
    /// The first member that is over its limit.
    pub fn check(&self) -> Result<(), OverLimit> {
        self.size.check().map_err(|error| error.inside("size"))?;
        within("name", graphemes(&self.name), 1, 300)?;
        within("chatBarText", graphemes(&self.chat_bar_text), 1, 14)?;
        at_most("areas", self.areas.len(), 20)?;
        each("areas", &self.areas, |area| {
            let action = area.action.limits(Place::RichMenu);
            action.map_err(|error| error.inside("action"))
        })
    }
}

impl Size {
    fn check(self) -> Result<(), OverLimit> {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        if !(800..=2_500).contains(&width) {
            let problem = format!("LINE takes 800 to 2500 pixels, not {width}");
            return Err(OverLimit::new("width", problem));
        }
        match height >= 250 && height * 145 <= width * 100 {
            true => Ok(()),
            false => Err(OverLimit::new(
                "height",
                format!("LINE takes 250 pixels or more, and up to the width by 1.45, not {height}"),
            )),
        }
    }
}

/// A rich menu's id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenuId {
    /// Its id.
    pub rich_menu_id: String,
}

/// A rich menu with its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownRichMenu {
    /// Its id.
    pub rich_menu_id: String,
    /// The menu. What its areas do may be nothing that we know.
    #[serde(flatten)]
    pub menu: RichMenu<Value>,
}

/// Rich menus.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RichMenus {
    /// Those made by the API.
    pub richmenus: Vec<KnownRichMenu>,
}

/// Makes a rich menu; it is not shown before it has an image. An account has up to
/// 1,000 (<https://developers.line.biz/en/reference/messaging-api/#create-rich-menu>).
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct CreateRichMenu<'a>(pub &'a RichMenu);

impl CreateRichMenu<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        let checked = self.0.check();
        checked.map_err(|error| Unsendable(error.to_string()))
    }
}

endpoint!(CreateRichMenu<'_>: RICH_MENU_CREATE, ForBot -> RichMenuId, checked_body());

/// Asks whether LINE would take a rich menu
/// (<https://developers.line.biz/en/reference/messaging-api/#validate-rich-menu-object>).
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct ValidateRichMenu<'a>(pub &'a RichMenu);

endpoint!(ValidateRichMenu<'_>: RICH_MENU_VALIDATE, ForBot -> (), body());

/// Asks for a rich menu
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu>).
#[derive(Debug, Clone)]
pub struct GetRichMenu<'a> {
    /// Its id.
    pub menu: &'a str,
}

endpoint!(GetRichMenu<'_>: RICH_MENU_GET, ForBot -> KnownRichMenu, places(menu));

/// Deletes a rich menu
/// (<https://developers.line.biz/en/reference/messaging-api/#delete-rich-menu>).
#[derive(Debug, Clone)]
pub struct DeleteRichMenu<'a> {
    /// Its id.
    pub menu: &'a str,
}

endpoint!(DeleteRichMenu<'_>: RICH_MENU_DELETE, ForBot -> (), places(menu));

/// Lists the rich menus made by the API
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu-list>).
#[derive(Debug, Clone, Copy)]
pub struct ListRichMenus;

endpoint!(ListRichMenus: RICH_MENU_LIST, ForBot -> RichMenus);

/// Fetches a rich menu's image
/// (<https://developers.line.biz/en/reference/messaging-api/#download-rich-menu-image>).
#[derive(Debug, Clone)]
pub struct GetRichMenuImage<'a> {
    /// The menu's id.
    pub menu: &'a str,
}

endpoint!(GetRichMenuImage<'_>: RICH_MENU_IMAGE_GET, ForBot -> Bytes as |answer| answer.body.clone(), places(menu));

/// An image's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

/// Gives a rich menu its image, once: for another, make another menu
/// (<https://developers.line.biz/en/reference/messaging-api/#upload-rich-menu-image>).
#[derive(Debug, Clone)]
pub struct SetRichMenuImage<'a> {
    /// The menu's id.
    pub menu: &'a str,
    /// Its format.
    pub kind: ImageKind,
    /// Up to 1 MB.
    pub image: Upload,
}

impl Endpoint for SetRichMenuImage<'_> {
    const FACTS: &'static Facts = &table::RICH_MENU_IMAGE_SET;
    type By = ForBot;
    type Answer = ();

    fn places(&self) -> Vec<String> {
        vec![self.menu.to_owned()]
    }

    fn body(&self) -> Result<Body, Unsendable> {
        let kind = match self.kind {
            ImageKind::Jpeg => "image/jpeg",
            ImageKind::Png => "image/png",
        };
        Ok(Body::File(kind.into(), self.image.at_most(LARGEST_IMAGE)?))
    }

    fn read(_: &Answer) -> Option<()> {
        Some(())
    }
}
