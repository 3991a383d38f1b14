//! Templates: buttons, a question with two answers, and cards side by side
//! (<https://developers.line.biz/en/reference/messaging-api/#template-messages>).

use serde::Serialize;

use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, each, graphemes, https, units, within};
use crate::line::message::{Action, Color, Place, message};

/// Cards side by side.
const MOST_COLUMNS: usize = 10;

/// A message made from a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "template",
    rename_all = "camelCase"
)]
pub struct TemplateMessage {
    alt_text: String,
    template: Card,
    #[serde(flatten)]
    around: Around,
}

/// One of LINE's templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Card {
    /// A text and up to four buttons.
    Buttons(Buttons),
    /// A question and two answers.
    Confirm(Confirm),
    /// Cards side by side.
    Carousel(Carousel),
    /// Pictures side by side.
    ImageCarousel(ImageCarousel),
}

impl TemplateMessage {
    /// `alt_text` is what notifications show: up to 1,500 characters.
    pub fn new(alt_text: impl Into<String>, template: impl Into<Card>) -> Self {
        Self {
            alt_text: alt_text.into(),
            template: template.into(),
            around: Around::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("altText", units(&self.alt_text), 1, 1_500)?;
        let template = match &self.template {
            Card::Buttons(buttons) => buttons.limits(),
            Card::Confirm(confirm) => confirm.limits(),
            Card::Carousel(carousel) => carousel.limits(),
            Card::ImageCarousel(carousel) => carousel.limits(),
        };
        template.map_err(|error| error.inside("template"))
    }
}

message!(TemplateMessage);

/// The shape of the images of buttons and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageShape {
    /// 1.51 wide, 1 high: LINE's own default.
    Rectangle,
    /// As wide as high.
    Square,
}

/// How an image fits into its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFit {
    /// It fills it, and what is outside is not shown: LINE's own default.
    Cover,
    /// All of it is shown, beside a background.
    Contain,
}

/// What buttons and columns have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Face {
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_background_color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_action: Option<Action>,
    actions: Vec<Action>,
}

impl Face {
    fn new(text: impl Into<String>, actions: impl IntoIterator<Item = Action>) -> Self {
        Self {
            thumbnail_image_url: None,
            image_background_color: None,
            title: None,
            text: text.into(),
            default_action: None,
            actions: actions.into_iter().collect(),
        }
    }

    fn has_title(&self) -> bool {
        self.title.is_some()
    }

    fn has_image(&self) -> bool {
        self.thumbnail_image_url.is_some()
    }

    fn limits(&self, plain: usize, beside: usize, actions: usize) -> Result<(), OverLimit> {
        if let Some(url) = &self.thumbnail_image_url {
            https("thumbnailImageUrl", url)?;
        }
        if self.image_background_color.is_some_and(Color::has_alpha) {
            let problem = "LINE takes a colour without opacity";
            return Err(OverLimit::new("imageBackgroundColor", problem));
        }
        if let Some(title) = &self.title {
            within("title", graphemes(title), 1, 40)?;
        }
        let is_plain = !self.has_title() && !self.has_image();
        let most = if is_plain { plain } else { beside };
        within("text", graphemes(&self.text), 1, most)?;
        within("actions", self.actions.len(), 1, actions)?;
        each("actions", &self.actions, |action| {
            action.limits(Place::Template)
        })?;
        let action = self
            .default_action
            .as_ref()
            .map_or(Ok(()), |action| action.limits(Place::Template));
        action.map_err(|error| error.inside("defaultAction"))
    }

    /// Whether it has as many buttons as the carousel's first column, and a title and an image
    /// if that has them.
    fn consistent_with(&self, first: &Self) -> Result<(), OverLimit> {
        let (found, as_many) = (self.actions.len(), first.actions.len());
        if found != as_many {
            let problem = format!("LINE takes as many in each column: {as_many}, not {found}");
            return Err(OverLimit::new("actions", problem));
        }
        let everywhere = |member| {
            let problem = "LINE takes it in all columns or in none";
            Err(OverLimit::new(member, problem))
        };
        if self.has_title() != first.has_title() {
            return everywhere("title");
        }
        if self.has_image() != first.has_image() {
            return everywhere("thumbnailImageUrl");
        }
        Ok(())
    }
}

/// A text and up to four buttons
/// (<https://developers.line.biz/en/reference/messaging-api/#buttons>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Buttons {
    #[serde(flatten)]
    face: Face,
    #[serde(flatten)]
    images: Images,
}

/// A card of a carousel: a text and up to three buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    #[serde(flatten)]
    face: Face,
}

/// How images are shown: LINE's own defaults where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Images {
    #[serde(rename = "imageAspectRatio", skip_serializing_if = "Option::is_none")]
    shape: Option<ImageShape>,
    #[serde(rename = "imageSize", skip_serializing_if = "Option::is_none")]
    fit: Option<ImageFit>,
}

macro_rules! face {
    ($($type:ident $plain:literal $beside:literal $actions:literal $($images:ident)?;)*) => {$(
        impl $type {
            #[doc = concat!("A text of up to ", $plain, " characters, beside a title or image ", $beside, ".")]
            #[doc = concat!("Up to ", $actions, " buttons.")]
            pub fn new(text: impl Into<String>, actions: impl IntoIterator<Item = Action>) -> Self {
                Self {
                    face: Face::new(text, actions),
                    $($images: Images::default(),)?
                }
            }

            /// With a title of up to 40 characters.
            #[must_use]
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.face.title = Some(title.into());
                self
            }

            /// With an image: the https URL of a JPEG or PNG.
            #[must_use]
            pub fn image(mut self, url: impl Into<String>) -> Self {
                self.face.thumbnail_image_url = Some(url.into());
                self
            }

            /// With a colour, without opacity, behind the image; white if nothing is said.
            #[must_use]
            pub fn image_background(mut self, color: Color) -> Self {
                self.face.image_background_color = Some(color);
                self
            }

            /// With what a tap beside the buttons does.
            #[must_use]
            pub fn default_action(mut self, action: Action) -> Self {
                self.face.default_action = Some(action);
                self
            }

            fn limits(&self) -> Result<(), OverLimit> {
                self.face.limits($plain, $beside, $actions)
            }
        }
    )*};
}

face! {
    Buttons 160 60 4 images;
    Column 120 60 3;
}

/// A question of up to 240 characters and two answers
/// (<https://developers.line.biz/en/reference/messaging-api/#confirm>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confirm {
    text: String,
    actions: [Action; 2],
}

impl Confirm {
    /// The first answer stands on the left.
    pub fn new(text: impl Into<String>, left: Action, right: Action) -> Self {
        Self {
            text: text.into(),
            actions: [left, right],
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("text", graphemes(&self.text), 1, 240)?;
        each("actions", &self.actions, |action| {
            action.limits(Place::Template)
        })
    }
}

/// Up to ten cards, all with as many buttons, and all or none with a title or an image
/// (<https://developers.line.biz/en/reference/messaging-api/#carousel>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carousel {
    columns: Vec<Column>,
    #[serde(flatten)]
    images: Images,
}

impl Carousel {
    /// Of these.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            images: Images::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("columns", self.columns.len(), 1, MOST_COLUMNS)?;
        let first = &self.columns[0].face; // there is one, as just seen
        each("columns", &self.columns, |column| {
            column.limits()?;
            column.face.consistent_with(first)
        })
    }
}

macro_rules! images {
    ($($type:ident)*) => {$(
        impl $type {
            /// With images of this shape.
            #[must_use]
            pub fn image_shape(mut self, shape: ImageShape) -> Self {
                self.images.shape = Some(shape);
                self
            }

            /// With images that fit in this way.
            #[must_use]
            pub fn image_fit(mut self, fit: ImageFit) -> Self {
                self.images.fit = Some(fit);
                self
            }
        }
    )*};
}

images!(Buttons Carousel);

/// Up to ten pictures
/// (<https://developers.line.biz/en/reference/messaging-api/#image-carousel>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageCarousel {
    columns: Vec<ImageColumn>,
}

/// A picture that can be tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageColumn {
    image_url: String,
    action: Action,
}

impl ImageCarousel {
    /// Of these.
    pub fn new(columns: impl IntoIterator<Item = ImageColumn>) -> Self {
        let columns = columns.into_iter().collect();
        Self { columns }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("columns", self.columns.len(), 1, MOST_COLUMNS)?;
        each("columns", &self.columns, ImageColumn::limits)
    }
}

impl ImageColumn {
    /// The https URL of a square JPEG or PNG, and an action with a label of up to
    /// 12 characters.
    pub fn new(url: impl Into<String>, action: Action) -> Self {
        Self {
            image_url: url.into(),
            action,
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        https("imageUrl", &self.image_url)?;
        let action = self.action.limits(Place::ImageCarousel);
        action.map_err(|error| error.inside("action"))
    }
}

macro_rules! from {
    ($($type:ident)*) => {$(
        impl From<$type> for Card {
            fn from(template: $type) -> Self {
                Self::$type(template)
            }
        }
    )*};
}

from!(Buttons Confirm Carousel ImageCarousel);
