//! Images, videos, audio and files that users have sent. LINE keeps them for a
//! time that it does not tell; of an unsent message they are
//! [`Gone`](crate::line::error::LineErrorKind::Gone). What is large is read by
//! [`BotClient::download`](crate::line::BotClient::download).

use bytes::Bytes;
use serde::Deserialize;

use crate::line::endpoint::endpoint;

/// The content of a message
/// (<https://developers.line.biz/en/reference/messaging-api/#get-content>).
#[derive(Debug, Clone)]
pub struct GetContent<'a> {
    /// The message's id.
    pub message_id: &'a str,
}

endpoint!(GetContent<'_>: CONTENT, ForBot -> Bytes as |answer| answer.body.clone(), places(message_id));

/// A small picture of an image or video
/// (<https://developers.line.biz/en/reference/messaging-api/#get-image-or-video-preview>).
#[derive(Debug, Clone)]
pub struct GetPreview<'a> {
    /// The message's id.
    pub message_id: &'a str,
}

endpoint!(GetPreview<'_>: CONTENT_PREVIEW, ForBot -> Bytes as |answer| answer.body.clone(), places(message_id));

/// Whether a video or audio can be fetched yet
/// (<https://developers.line.biz/en/reference/messaging-api/#verify-video-or-audio-preparation-status>).
#[derive(Debug, Clone)]
pub struct GetTranscoding<'a> {
    /// The message's id.
    pub message_id: &'a str,
}

endpoint!(GetTranscoding<'_>: CONTENT_TRANSCODING, ForBot -> Transcoding, places(message_id));

/// How far LINE is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Transcoding {
    /// `processing`, `succeeded` or `failed`.
    pub status: String,
}
