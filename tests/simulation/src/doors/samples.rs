//! What LINE sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The channel secret now, and the one before.
pub(crate) const SECRETS: [&str; 2] = ["a channel secret", "the one before"];

/// The account.
pub(crate) const BOT: &str = "U0123456789abcdef0123456789abcdef";

/// An event that is as it should be.
pub(crate) const NEIGHBOUR: &str = r#"{"type":"message","webhookEventId":"01NEIGHBOUR","timestamp":1800000000000,"mode":"active","source":{"type":"user","userId":"Lneighbour"},"deliveryContext":{"isRedelivery":false},"replyToken":"r","message":{"type":"text","id":"1","text":"hi"}}"#;

/// Events as LINE documents them.
pub(crate) const EVENTS: [&str; 9] = [
    r#"{"type":"message","message":{"type":"text","id":"14353798921116","text":"Hello, 世界"},"timestamp":1799999999000,"source":{"type":"user","userId":"U80696558e1aa831"},"replyToken":"757913772c4646b784d4b7ce46d12671","mode":"active","webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR","deliveryContext":{"isRedelivery":false}}"#,
    r#"{"type":"message","message":{"type":"image","id":"2","contentProvider":{"type":"line"}},"timestamp":1799999999001,"source":{"type":"group","groupId":"Ca56f94637c","userId":"U80696558e1aa831"},"mode":"standby","webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZS","deliveryContext":{"isRedelivery":true}}"#,
    r#"{"type":"follow","timestamp":1799999999002,"source":{"type":"user","userId":"U80696558e1aa831"},"replyToken":"85cbe770","mode":"active","webhookEventId":"01FZ74ASS536FW97EX38NKCZQK","deliveryContext":{"isRedelivery":false},"follow":{"isUnblocked":false}}"#,
    r#"{"type":"postback","postback":{"data":"storeId=12345","params":{"datetime":"2017-12-25T01:00"}},"timestamp":1799999999003,"source":{"type":"room","roomId":"Ra8dbf4673c"},"replyToken":"b60d","mode":"active","webhookEventId":"01FZ74ASS536FW97EX38NKCZQL","deliveryContext":{"isRedelivery":false}}"#,
    r#"{"type":"module","module":{"type":"attached","botId":"U0123456789abcdef0123456789abcdef","scopes":["message:send","message:receive"]},"timestamp":1799999999004,"mode":"active","webhookEventId":"01FZ74ASS536FW97EX38NKCZQM","deliveryContext":{"isRedelivery":false}}"#,
    r#"{"type":"module","module":{"type":"detached","botId":"U0123456789abcdef0123456789abcdef","reason":"bot_deleted"},"timestamp":1799999999005,"mode":"active","deliveryContext":{"isRedelivery":false}}"#,
    r#"{"type":"activated","chatControl":{"expireAt":1800003600000},"timestamp":1799999999006,"source":{"type":"user","userId":"L80696558e1aa831"},"mode":"active","webhookEventId":"01FZ74ASS536FW97EX38NKCZQN","deliveryContext":{"isRedelivery":false}}"#,
    r#"{"type":"botSuspended","timestamp":1799999999007,"mode":"active","webhookEventId":"01FZ74ASS536FW97EX38NKCZQO","deliveryContext":{"isRedelivery":false}}"#,
    r#"{"type":"somethingNew","n":1.10,"timestamp":1799999999008,"source":{"type":"user","userId":"L80696558e1aa831"},"webhookEventId":"01FZ74ASS536FW97EX38NKCZQP"}"#,
];

/// A body around some events.
pub(crate) fn body(events: &[Vec<u8>]) -> Vec<u8> {
    let mut body = format!(r#"{{"destination":"{BOT}","events":["#).into_bytes();
    body.extend_from_slice(&events.join(&b','));
    body.extend_from_slice(b"]}");
    body
}

/// Signs as LINE does.
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}
