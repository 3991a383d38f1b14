//! Pictures and videos of flex messages.

use crate::line::message::flex::component::{Placed, component, one_of, placed};
use crate::line::message::flex::value::Ratio;
use crate::line::message::flex::{Align, Baseline, Column, Gravity, ImageSize, Row, Size};
use crate::line::message::limit::{OverLimit, https};
use crate::line::message::{Action, Color};

component! {
    /// An image: JPEG or PNG of up to 1,024 by 1,024 pixels and 10 MB
    /// (<https://developers.line.biz/en/reference/messaging-api/#f-image>).
    Image("image") {
        url: String,
    } else {
        #[serde(skip_serializing_if = "Option::is_none")]
        aspect_ratio: Option<Ratio>,
        #[serde(skip_serializing_if = "Option::is_none")]
        aspect_mode: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        animated: Option<bool>,
        #[serde(flatten)]
        placed: Placed,
    }

    /// Its maximum width.
    size: ImageSize,
    /// How much of the free room of its box it takes, beside the others; 0 is what it needs.
    flex: u32,
    /// Where it stands from side to side.
    align: Align,
    /// Where it stands from top to bottom.
    gravity: Gravity,
    /// The colour behind it.
    background_color: Color,
    /// What a tap does.
    action: Action,
}

component! {
    /// A picture in a line of text: JPEG or PNG of up to 1,024 by 1,024 pixels and 1 MB
    /// (<https://developers.line.biz/en/reference/messaging-api/#icon>).
    Icon("icon") {
        url: String,
    } else {
        #[serde(skip_serializing_if = "Option::is_none")]
        aspect_ratio: Option<Ratio>,
        #[serde(skip_serializing_if = "Option::is_none")]
        scaling: Option<bool>,
        #[serde(flatten)]
        placed: Placed,
    }

    /// Its size.
    size: Size,
}

component! {
    /// A video as the hero of a bubble that is not in a carousel: MP4 of up to 200 MB, its
    /// preview of up to 1 MB
    /// (<https://developers.line.biz/en/reference/messaging-api/#f-video>).
    Video("video") {
        url: String,
        preview_url: String,
        alt_content: AltContent,
    } else {
        #[serde(skip_serializing_if = "Option::is_none")]
        aspect_ratio: Option<Ratio>,
    }

    /// What a tap on the button below it does: an address, and nothing else.
    action: Action,
}

one_of! {
    /// What is shown in place of a video, by versions of LINE that show none.
    AltContent: Image Row Column Baseline;
}

placed!(Image Icon);

macro_rules! ratio {
    ($($name:ident)*) => {$(
        impl $name {
            /// Its width to its height, 1 to 1 if nothing is said: 1 to 100,000 each, and a
            /// height of up to three times the width.
            #[must_use]
            pub fn aspect_ratio(mut self, width: u32, height: u32) -> Self {
                self.aspect_ratio = Some(Ratio::new(width, height));
                self
            }

            fn ratio_limits(&self) -> Result<(), OverLimit> {
                self.aspect_ratio.map_or(Ok(()), Ratio::limits)
            }
        }
    )*};
}

ratio!(Image Icon Video);

impl Image {
    /// The image at this https URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self::of(url.into())
    }

    /// Fills its room, and what is outside is not shown.
    #[must_use]
    pub fn cover(mut self) -> Self {
        self.aspect_mode = Some("cover");
        self
    }

    /// Plays, if it is an APNG of up to 300 KB; up to ten in a message.
    #[must_use]
    pub fn animated(mut self) -> Self {
        self.animated = Some(true);
        self
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        https("url", &self.url)?;
        self.ratio_limits()
    }
}

impl Icon {
    /// The picture at this https URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self::of(url.into())
    }

    /// Grows with the size of letters that the user has set in LINE.
    #[must_use]
    pub fn scaling(mut self) -> Self {
        self.scaling = Some(true);
        self
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        https("url", &self.url)?;
        self.ratio_limits()
    }
}

impl Video {
    /// By its https URL and its preview's, and what is shown where a video cannot be.
    pub fn new(
        url: impl Into<String>,
        preview: impl Into<String>,
        otherwise: impl Into<AltContent>,
    ) -> Self {
        Self::of(url.into(), preview.into(), otherwise.into())
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        https("url", &self.url)?;
        https("previewUrl", &self.preview_url)?;
        let other = self.alt_content.limits();
        other.map_err(|error| error.inside("altContent"))?;
        self.ratio_limits()?;
        match &self.action {
            None | Some(Action::Uri { .. }) => Ok(()),
            Some(_) => Err(OverLimit::new(
                "action.type",
                "LINE takes nothing but an address here",
            )),
        }
    }
}
