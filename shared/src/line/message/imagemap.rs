//! Imagemaps: a picture with places to tap, and a video on it if wanted
//! (<https://developers.line.biz/en/reference/messaging-api/#imagemap-message>).

use serde::Serialize;

use crate::line::endpoints::rich_menu::Bounds;
use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, at_most, each, https, units, uri, within};
use crate::line::message::message;

/// LINE measures every imagemap as one of this width, in pixels.
const WIDTH: u32 = 1_040;
/// Maximum number of places to tap.
const MOST_AREAS: usize = 50;

/// A picture with places to tap. LINE fetches it in five widths, from the base URL with
/// `/240`, `/300`, `/460`, `/700` and `/1040` behind it: JPEG or PNG of up to 10 MB each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "imagemap",
    rename_all = "camelCase"
)]
pub struct Imagemap {
    base_url: String,
    alt_text: String,
    base_size: BaseSize,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<ImagemapVideo>,
    actions: Vec<Tap>,
    #[serde(flatten)]
    around: Around,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct BaseSize {
    width: u32,
    height: u32,
}

/// A place and what a tap there does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Tap {
    area: Bounds,
    #[serde(flatten)]
    action: ImagemapAction,
}

impl Imagemap {
    /// `alt_text` is what notifications show, up to 1,500 characters; `height` is that of the
    /// picture where it is 1,040 pixels wide.
    pub fn new(base_url: impl Into<String>, alt_text: impl Into<String>, height: u32) -> Self {
        Self {
            base_url: base_url.into(),
            alt_text: alt_text.into(),
            base_size: BaseSize {
                width: WIDTH,
                height,
            },
            video: None,
            actions: Vec::new(),
            around: Around::default(),
        }
    }

    /// With a place to tap, in pixels of a picture that is 1,040 wide; up to 50.
    #[must_use]
    pub fn tap(mut self, area: Bounds, action: ImagemapAction) -> Self {
        self.actions.push(Tap { area, action });
        self
    }

    /// With a video that plays on it.
    #[must_use]
    pub fn video(mut self, video: ImagemapVideo) -> Self {
        self.video = Some(video);
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        https("baseUrl", &self.base_url)?;
        within("altText", units(&self.alt_text), 1, 1_500)?;
        if self.base_size.height == 0 {
            let problem = "it is the picture's height at a width of 1040, not 0";
            return Err(OverLimit::new("baseSize.height", problem));
        }
        if let Some(video) = &self.video {
            video.limits().map_err(|error| error.inside("video"))?;
        }
        at_most("actions", self.actions.len(), MOST_AREAS)?;
        each("actions", &self.actions, |tap| tap.action.limits())
    }
}

/// What a tap on an imagemap does
/// (<https://developers.line.biz/en/reference/messaging-api/#imagemap-action-objects>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImagemapAction {
    #[serde(flatten)]
    does: Does,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Does {
    Message { text: String },
    Uri { link_uri: String },
    Clipboard { clipboard_text: String },
}

impl ImagemapAction {
    /// A message of the user's: up to 400 characters.
    pub fn message(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::of(Does::Message { text })
    }

    /// An address: https, http, line or tel.
    pub fn uri(uri: impl Into<String>) -> Self {
        let link_uri = uri.into();
        Self::of(Does::Uri { link_uri })
    }

    /// Copies a text of up to 1,000 characters.
    pub fn clipboard(text: impl Into<String>) -> Self {
        let clipboard_text = text.into();
        Self::of(Does::Clipboard { clipboard_text })
    }

    /// What is read to those who cannot see it: up to 100 characters.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    fn of(does: Does) -> Self {
        Self { does, label: None }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        if let Some(label) = &self.label {
            within("label", units(label), 1, 100)?;
        }
        match &self.does {
            Does::Message { text } => within("text", units(text), 1, 400),
            Does::Uri { link_uri } => uri("linkUri", link_uri),
            Does::Clipboard { clipboard_text } => {
                within("clipboardText", units(clipboard_text), 1, 1_000)
            }
        }
    }
}

/// A video on an imagemap: MP4 of up to 200 MB, its preview of up to 1 MB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImagemapVideo {
    original_content_url: String,
    preview_image_url: String,
    area: Bounds,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_link: Option<ExternalLink>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalLink {
    link_uri: String,
    label: String,
}

impl ImagemapVideo {
    /// By its URL and its preview's, in this place.
    pub fn new(url: impl Into<String>, preview: impl Into<String>, area: Bounds) -> Self {
        Self {
            original_content_url: url.into(),
            preview_image_url: preview.into(),
            area,
            external_link: None,
        }
    }

    /// With a label of up to 30 characters that is shown when it ends, and leads to `uri`.
    #[must_use]
    pub fn link(mut self, uri: impl Into<String>, label: impl Into<String>) -> Self {
        self.external_link = Some(ExternalLink {
            link_uri: uri.into(),
            label: label.into(),
        });
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        https("originalContentUrl", &self.original_content_url)?;
        https("previewImageUrl", &self.preview_image_url)?;
        let link = self.external_link.as_ref();
        let link = link.map_or(Ok(()), |link| {
            uri("linkUri", &link.link_uri)?;
            within("label", units(&link.label), 1, 30)
        });
        link.map_err(|error| error.inside("externalLink"))
    }
}

message!(Imagemap);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LEFT: Bounds = Bounds {
        x: 0,
        y: 0,
        width: 520,
        height: 700,
    };
    const URL: &str = "https://a.jp/map";

    fn map() -> Imagemap {
        Imagemap::new(URL, "Our floors", 700)
    }

    #[test]
    fn an_imagemap_has_lines_json() {
        let map = map()
            .tap(LEFT, ImagemapAction::message("first floor").label("First"))
            .tap(LEFT, ImagemapAction::uri("tel:090"))
            .tap(LEFT, ImagemapAction::clipboard("A-1"))
            .video(ImagemapVideo::new(URL, URL, LEFT).link("https://a.jp", "More"));
        let area = json!({"x": 0, "y": 0, "width": 520, "height": 700});
        assert_eq!(
            serde_json::to_value(map).unwrap(),
            json!({"type": "imagemap", "baseUrl": URL, "altText": "Our floors",
                "baseSize": {"width": 1040, "height": 700},
                "video": {"originalContentUrl": URL, "previewImageUrl": URL, "area": area,
                    "externalLink": {"linkUri": "https://a.jp", "label": "More"}},
                "actions": [
                    {"type": "message", "text": "first floor", "label": "First", "area": area},
                    {"type": "uri", "linkUri": "tel:090", "area": area},
                    {"type": "clipboard", "clipboardText": "A-1", "area": area}]})
        );
    }

    #[test]
    fn what_is_over_a_limit_is_named() {
        let fault = |map: Imagemap| map.check().unwrap_err().to_string();
        let long = ImagemapAction::message("a".repeat(401));
        let at_most = ImagemapAction::message("a".repeat(400));
        assert_eq!(map().tap(LEFT, at_most.clone()).check(), Ok(()));
        assert_eq!(
            fault(map().tap(LEFT, at_most.clone()).tap(LEFT, long)),
            "actions[1].text: LINE takes up to 400, not 401"
        );
        let many = |many| (0..many).fold(map(), |map, _| map.tap(LEFT, at_most.clone()));
        assert_eq!(many(50).check(), Ok(()));
        assert_eq!(fault(many(51)), "actions: LINE takes up to 50, not 51");
        let video = ImagemapVideo::new(URL, URL, LEFT).link("https://a.jp", "a".repeat(31));
        assert_eq!(
            fault(map().video(video)),
            "video.externalLink.label: LINE takes up to 30, not 31"
        );
        assert_eq!(
            fault(Imagemap::new(URL, "a", 0)),
            "baseSize.height: it is the picture's height at a width of 1040, not 0"
        );
    }
}
