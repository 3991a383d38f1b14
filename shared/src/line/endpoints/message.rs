//! Sending messages.

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::{ChatId, MaySpeak, ReplyToken};
use crate::line::client::Call;
use crate::line::http::Answer;
use crate::line::{BotClient, LineError};

/// LINE has accepted a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// LINE's request id.
    pub request_id: Option<String>,
}

impl BotClient {
    /// Answers an event. LINE takes a token once; it takes no retry key here
    /// (<https://developers.line.biz/en/reference/messaging-api/#send-reply-message>).
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn reply(
        &self,
        _: &MaySpeak,
        token: &ReplyToken,
        messages: &[Value],
    ) -> Result<Accepted, LineError> {
        let body = json!({ "replyToken": token.expose(), "messages": messages });
        let call = Call {
            operation: "reply",
            method: Method::POST,
            path: "/v2/bot/message/reply",
            retry_key: None,
        };
        accepted(call.operation, &self.post(&call, &body).await?)
    }

    /// Sends to a chat. The same key makes LINE take the same message once,
    /// for 24 hours; 409 says that it has it already
    /// (<https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>).
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn push(
        &self,
        _: &MaySpeak,
        to: &ChatId,
        messages: &[Value],
        retry_key: Uuid,
    ) -> Result<Accepted, LineError> {
        let body = json!({ "to": to, "messages": messages });
        let call = Call {
            operation: "push",
            method: Method::POST,
            path: "/v2/bot/message/push",
            retry_key: Some(retry_key),
        };
        let answer = self.post(&call, &body).await?;
        match answer.status {
            409 => Ok(Accepted {
                request_id: answer.accepted_request_id,
            }),
            _ => accepted(call.operation, &answer),
        }
    }
}

fn accepted(operation: &'static str, answer: &Answer) -> Result<Accepted, LineError> {
    match answer.status {
        200..=299 => Ok(Accepted {
            request_id: answer.request_id.clone(),
        }),
        _ => Err(LineError::refused(operation, answer)),
    }
}
