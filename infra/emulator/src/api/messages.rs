//! The messages of a body.

use serde_json::Value;

use super::findings::Findings;
use crate::schema::{self, SENT};

/// Looks at the messages of a body, and at what stands beside them.
pub(super) fn check(findings: &mut Findings, body: &Value) {
    schema::check_members(findings, &SENT, body, "");
}

/// Whether a sent message gets a quote token.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/get-quote-tokens/>
pub(super) fn can_be_quoted(message: &Value) -> bool {
    let kind = message.get("type").and_then(Value::as_str);
    matches!(
        kind,
        Some("text" | "textV2" | "sticker" | "image" | "video" | "template")
    )
}
