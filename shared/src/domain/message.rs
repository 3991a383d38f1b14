//! A message that a user sent, in our own words
//! (<https://developers.line.biz/en/reference/messaging-api/#message-event>).

use std::time::Duration;

use crate::domain::UserId;

/// A message of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What it holds.
    pub content: MessageContent,
    /// What a message that quotes it needs: of texts, stickers, images and videos.
    pub quote_token: Option<String>,
    /// The id of the message that it quotes: of texts and stickers.
    pub quoted_message_id: Option<String>,
    /// What marking it as read needs.
    pub read_token: Option<String>,
}

/// What a message holds.
#[derive(Debug, Clone, PartialEq)]
pub enum MessageContent {
    /// Text.
    Text(TextContent),
    /// One image; several that are sent together are a message each.
    Image(ImageContent),
    /// A video.
    Video(VideoContent),
    /// A sound.
    Audio(AudioContent),
    /// A file of any other kind.
    File(FileContent),
    /// A place.
    Location(LocationContent),
    /// A sticker.
    Sticker(StickerContent),
    /// Anything else, by LINE's own word; also a kind that is known, without what it must
    /// have. [`Event::raw`](crate::domain::Event::raw) has all of it.
    Unknown(String),
}

/// A text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextContent {
    /// The text. LINE emojis are in it as words in brackets: `(hello)`.
    pub text: String,
    /// Where LINE emojis are in it.
    pub emojis: Vec<Emoji>,
    /// Who is mentioned in it: in groups and rooms.
    pub mentions: Vec<Mention>,
}

/// A LINE emoji in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    /// Where it begins in the text, in UTF-16 units.
    pub index: u32,
    /// How long it is in the text, in UTF-16 units.
    pub length: u32,
    /// The set that it is of.
    pub product_id: String,
    /// Which of the set it is.
    pub emoji_id: String,
}

/// A mention in a text, such as `@Mari`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it begins in the text, in UTF-16 units.
    pub index: u32,
    /// How long it is in the text, in UTF-16 units.
    pub length: u32,
    /// Who is mentioned.
    pub who: Mentioned,
}

/// Who is mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mentioned {
    /// Somebody.
    User {
        /// Who, if they let the account have their profile.
        id: Option<UserId>,
        /// Whether it is the account's own bot.
        is_self: bool,
    },
    /// Everybody in the chat.
    All,
    /// Anybody else, by LINE's own word.
    Unknown(String),
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageContent {
    /// Where its file is.
    pub provider: Provider,
    /// The images that it was sent with, if it was sent with others.
    pub set: Option<ImageSet>,
}

/// Images that were sent together. Their events come in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSet {
    /// The set's id, the same for each of them.
    pub id: String,
    /// Which of them it is, from 1. LINE for Android up to 11.15 does not tell.
    pub index: Option<u32>,
    /// How many there are. LINE for Android up to 11.15 does not tell.
    pub total: Option<u32>,
}

/// A video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoContent {
    /// Where its file is.
    pub provider: Provider,
    /// How long it is, if LINE tells.
    pub duration: Option<Duration>,
}

/// A sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioContent {
    /// Where its file is.
    pub provider: Provider,
    /// How long it is, if LINE tells.
    pub duration: Option<Duration>,
}

/// Who has the file of an image, video or audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provider {
    /// LINE: it can be asked for the file.
    Line,
    /// A server that is not LINE's. LINE cannot be asked for the file.
    External(ExternalContent),
    /// Anybody else, by LINE's own word. LINE is not asked for the file.
    Unknown(String),
}

/// Where a file is that LINE does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExternalContent {
    /// The file's URL, if LINE tells it.
    pub original_content_url: Option<String>,
    /// The preview image's URL, if there is one.
    pub preview_image_url: Option<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileContent {
    /// Its name, as the user's device has it.
    pub name: String,
    /// Its size, in bytes.
    pub size: u64,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationContent {
    /// What it is called, if it is called anything.
    pub title: Option<String>,
    /// Its address, if it has one.
    pub address: Option<String>,
    /// Degrees to the north; negative to the south.
    pub latitude: f64,
    /// Degrees to the east; negative to the west.
    pub longitude: f64,
}

/// A sticker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StickerContent {
    /// The package that it is of.
    pub package_id: String,
    /// Its id.
    pub sticker_id: String,
    /// LINE's word for what it does: `STATIC`, `ANIMATION`, `MESSAGE`, … New ones come
    /// without notice.
    pub resource_type: Option<String>,
    /// Up to 15 words for what it shows, a random choice if there are more; LINE's
    /// experiment.
    pub keywords: Vec<String>,
    /// What the user has written on it, of a message sticker: up to 100 characters.
    pub text: Option<String>,
}

impl Message {
    /// Its text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            MessageContent::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// Where its file is, if it is an image, a video or an audio.
    pub fn provider(&self) -> Option<&Provider> {
        match &self.content {
            MessageContent::Image(image) => Some(&image.provider),
            MessageContent::Video(video) => Some(&video.provider),
            MessageContent::Audio(audio) => Some(&audio.provider),
            _ => None,
        }
    }
}

impl Mention {
    /// Whether it is the account's own bot that is mentioned.
    pub fn is_self(&self) -> bool {
        matches!(self.who, Mentioned::User { is_self: true, .. })
    }
}

impl From<&str> for MessageContent {
    fn from(text: &str) -> Self {
        Self::Text(TextContent {
            text: text.to_owned(),
            ..TextContent::default()
        })
    }
}
