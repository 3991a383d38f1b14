//! What users sent that is no text.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#get-content>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;

use super::{Answer, Context, Refusal};
use crate::clock::Millis;
use crate::world::content::Content;

/// A PNG of one pixel, for images without bytes of their own and for previews.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// `GET /v2/bot/message/{messageId}/content`. While a video or audio is being prepared, the status
/// is 202 and there is nothing yet.
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let content = known(cx)?;
    if preparing(cx, &content) {
        return Ok(Answer::accepted(json!({})));
    }
    let (kind, bytes) = content.given.unwrap_or_else(|| sample(&content.kind));
    Ok(Answer::bytes(kind, Bytes::from(bytes)))
}

/// `GET /v2/bot/message/{messageId}/content/preview`: of images and videos.
pub(super) fn preview(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let content = known(cx)?;
    if !matches!(content.kind.as_str(), "image" | "video") {
        return Err(Refusal::message(400, "The content can not be previewed"));
    }
    if preparing(cx, &content) && !cx.settings.preview_while_preparing {
        return Ok(Answer::accepted(json!({})));
    }
    Ok(Answer::bytes("image/png".into(), Bytes::from(pixel())))
}

/// `GET /v2/bot/message/{messageId}/content/transcoding`: of videos and audios.
pub(super) fn transcoding(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let content = known(cx)?;
    if !matches!(content.kind.as_str(), "video" | "audio") {
        let text = "Transcoding status doesn't support this type of content";
        return Err(Refusal::message(400, text));
    }
    let status = if preparing(cx, &content) {
        "processing"
    } else {
        "succeeded"
    };
    Ok(Answer::ok(json!({ "status": status })))
}

/// Content that LINE has, of a message to this bot. 410 if the user took the message back.
fn known(cx: &Context<'_>) -> Result<Content, Refusal> {
    let content = cx
        .world
        .contents
        .get(&cx.param("messageId"))
        .filter(|content| content.bot == cx.bot() && content.at_line)
        .ok_or_else(|| Refusal::message(404, "not found"))?;
    if content.unsent {
        return Err(Refusal::message(410, "The content is gone"));
    }
    Ok(content.clone())
}

fn preparing(cx: &Context<'_>, content: &Content) -> bool {
    let length = Millis::try_from(cx.settings.transcoding_ms).unwrap_or(Millis::MAX);
    let end = content.at.saturating_add(length);
    matches!(content.kind.as_str(), "video" | "audio") && cx.now < end
}

fn pixel() -> Vec<u8> {
    STANDARD.decode(PIXEL).unwrap_or_default()
}

/// Something of the kind, small.
fn sample(kind: &str) -> (String, Vec<u8>) {
    match kind {
        "image" => ("image/png".into(), pixel()),
        "video" => (
            "video/mp4".into(),
            b"\0\0\0\x14ftypisom\0\0\0\0isom".to_vec(),
        ),
        "audio" => (
            "audio/x-m4a".into(),
            b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".to_vec(),
        ),
        _ => ("application/octet-stream".into(), b"a file\n".to_vec()),
    }
}
