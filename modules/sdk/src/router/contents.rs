//! Routes for what messages hold beside text, for what becomes of messages and memberships,
//! and for what is not known; and the events that their handlers get.

use shared::domain::message::{
    AudioContent, FileContent, ImageContent, LocationContent, Message, MessageContent,
    StickerContent, VideoContent,
};
use shared::domain::{Event, EventKind, MembershipChange, RawJson, Timestamp};

use crate::hold::{Account, Hold, InChat};
use crate::router::event::{RouteInput, route_inputs};
use crate::router::{Handler, Routes};
use crate::settings::Place;

macro_rules! content_messages {
    ($($(#[$doc:meta])* $name:ident { $member:ident: $content:ident($read:ident) })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq)]
            pub struct $name {
                /// The message's id.
                pub id: String,
                /// What it holds.
                pub $member: $read,
                /// What a message that quotes it needs: of images, videos and stickers.
                pub quote_token: Option<String>,
                /// The id of the message that it quotes: of stickers.
                pub quoted_message_id: Option<String>,
            }
        )*
        route_inputs! {$(
            $name: EventKind::Message(Message {
                content: MessageContent::$content($member),
                id,
                quote_token,
                quoted_message_id,
                ..
            }) => Self {
                id: id.clone(),
                $member: $member.clone(),
                quote_token: quote_token.clone(),
                quoted_message_id: quoted_message_id.clone(),
            };
        )*}
    };
}

content_messages! {
    /// An image that a user sent; one event for each of several.
    ImageMessage { image: Image(ImageContent) }
    /// A video that a user sent.
    VideoMessage { video: Video(VideoContent) }
    /// A sound that a user sent.
    AudioMessage { audio: Audio(AudioContent) }
    /// A file that a user sent.
    FileMessage { file: File(FileContent) }
    /// A place that a user sent.
    LocationMessage { location: Location(LocationContent) }
    /// A sticker that a user sent.
    StickerMessage { sticker: Sticker(StickerContent) }
}

impl LocationMessage {
    /// Where it is; none if LINE's degrees are of no place on earth.
    pub fn place(&self) -> Option<Place> {
        Place::new(self.location.latitude, self.location.longitude)
    }
}

/// A user has changed a text that they had sent.
#[derive(Debug, Clone, PartialEq)]
pub struct EditedMessage {
    /// When. Several changes of a message may come in any order: the latest one is what
    /// stands, so keep this with what you keep of the text, and leave out what is older.
    pub at: Timestamp,
    /// The message as it reads now, under the id that it had before.
    pub message: Message,
}

impl EditedMessage {
    /// The text as it reads now, if it is one.
    pub fn text(&self) -> Option<&str> {
        self.message.text()
    }
}

/// A user took a message back. What was kept of it should be forgotten too
/// (<https://developers.line.biz/en/docs/messaging-api/receiving-messages/#processing-on-receipt-of-unsend-event>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsend {
    /// The message's id.
    pub message_id: String,
}

/// A user has joined or left one of the account's membership plans, or paid for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// Which of these.
    pub change: MembershipChange,
    /// The plan's id.
    pub membership_id: u64,
}

/// A notification to a phone number has reached its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The tag it was sent with, else the hashed phone number.
    pub data: String,
}

/// An event whose type is not known, or a message whose content is not; or one of a type
/// that is known, without what that must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// LINE's word for the event's type.
    pub kind: String,
    /// LINE's word for the message's type, if it is the content that is not known.
    pub content: Option<String>,
    /// The event as LINE sent it.
    pub raw: RawJson,
}

route_inputs! {
    Unsend: EventKind::Unsend { message_id } => Self { message_id: message_id.clone() };
    Membership: EventKind::Membership { change, membership_id } => Self {
        change: *change,
        membership_id: *membership_id,
    };
    Delivered: EventKind::Delivered { data } => Self { data: data.clone() };
}

impl RouteInput for EditedMessage {
    fn from_event(event: &Event) -> Option<Self> {
        let EventKind::Edited(message) = &event.kind else {
            return None;
        };
        (!event.kind.is_unknown()).then(|| Self {
            at: event.at,
            message: message.clone(),
        })
    }
}

impl RouteInput for Unknown {
    fn from_event(event: &Event) -> Option<Self> {
        let (kind, content) = match &event.kind {
            EventKind::Unknown(kind) => (kind.as_str(), None),
            EventKind::Message(message) => ("message", Some(unknown_content(message)?)),
            EventKind::Edited(message) => ("messageEdited", Some(unknown_content(message)?)),
            _ => return None,
        };
        Some(Self {
            kind: kind.to_owned(),
            content,
            raw: event.raw.clone(),
        })
    }
}

fn unknown_content(message: &Message) -> Option<String> {
    match &message.content {
        MessageContent::Unknown(word) => Some(word.clone()),
        _ => None,
    }
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident $event:ident)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name<A: 'static>(self, handler: impl Handler<H, $event, A>) -> Self {
            self.on(RouteInput::from_event, handler)
        }
    )*};
}

impl<H: InChat> Routes<H> {
    routes! {
        /// An image. Its file: [`Context::content`](crate::Context::content).
        image ImageMessage
        /// A video. Its file: [`Context::content`](crate::Context::content).
        video VideoMessage
        /// A sound. Its file: [`Context::content`](crate::Context::content).
        audio AudioMessage
        /// A file. What is in it: [`Context::content`](crate::Context::content).
        file FileMessage
        /// A place.
        location LocationMessage
        /// A sticker.
        sticker StickerMessage
        /// A user has changed a text that they had sent.
        edited EditedMessage
        /// A user took a message back.
        unsend Unsend
        /// A user has joined or left a membership plan, or paid for longer.
        membership Membership
    }
}

impl Routes<Account> {
    /// A notification to a phone number has reached its user: LINE does not tell which chat
    /// that is.
    #[must_use]
    pub fn delivered<A: 'static>(self, handler: impl Handler<Account, Delivered, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }
}

impl<H: Hold> Routes<H> {
    /// What is not known, in this place: the other places are as they are without it. An event
    /// of a type that is not known, which neither this route nor one of [`on`](Self::on)
    /// takes, is recorded with its JSON. A message whose content is not known is one to
    /// [`message`](Self::message) too: the first route has it.
    #[must_use]
    pub fn unknown<A: 'static>(self, handler: impl Handler<H, Unknown, A>) -> Self {
        self.on(RouteInput::from_event, handler)
    }
}
