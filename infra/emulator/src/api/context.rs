//! What an endpoint is given, and what it gives back.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::message;
use crate::clock::Millis;
use crate::form::Form;
use crate::platform::Platform;
use crate::settings::Settings;
use crate::world::World;
use crate::world::account::Account;
use crate::world::fault::FaultKind;

/// A request, read completely.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// The HTTP method.
    pub(crate) method: String,
    /// The path.
    pub(crate) path: String,
    /// The query.
    pub(crate) query: Option<String>,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
    /// Whether the body was within LINE's limit. If not, it is empty here.
    pub(crate) fits: bool,
}

/// What an endpoint works with.
pub(crate) struct Context<'a> {
    /// How the emulator is set up.
    pub(crate) settings: &'a Settings,
    /// The world.
    pub(crate) world: &'a mut World,
    /// The request.
    pub(crate) incoming: &'a Incoming,
    /// The value of `X-Line-Request-Id` of the answer.
    pub(crate) request_id: &'a str,
    /// The time.
    pub(crate) now: Millis,
    /// The bot the call turned out to be for.
    pub(crate) bot: Option<String>,
    /// The chat the call turned out to be for.
    pub(crate) chat: Option<String>,
    /// Whether there is no such endpoint here.
    pub(crate) unknown: bool,
    /// The fault that hits the call.
    pub(crate) fault: Option<FaultKind>,
    /// What the module is told of it by a webhook.
    pub(crate) told: Option<Told>,
}

/// An event that a call brings about.
#[derive(Debug)]
pub(crate) struct Told {
    /// The bot.
    pub(crate) bot: String,
    /// The chat, for an event with a source.
    pub(crate) chat: Option<String>,
    /// The event.
    pub(crate) event: Value,
}

/// The answer to a call.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Value,
    /// The request id that was accepted before, for a used retry key.
    pub(crate) accepted_request_id: Option<String>,
    /// The bot the call was for.
    pub(crate) bot: Option<String>,
    /// The chat the call was for.
    pub(crate) chat: Option<String>,
    /// Whether there is no such endpoint here.
    pub(crate) unknown: bool,
    /// The bot that has just been attached.
    pub(crate) attached: Option<String>,
}

/// Why a call is not done.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    body: Value,
    accepted_request_id: Option<String>,
}

impl<'a> Context<'a> {
    /// The context of a request.
    pub(crate) fn new(
        platform: &'a mut Platform,
        incoming: &'a Incoming,
        request_id: &'a str,
        now: Millis,
    ) -> Self {
        Self {
            settings: &platform.settings,
            world: &mut platform.world,
            incoming,
            request_id,
            now,
            bot: None,
            chat: None,
            unknown: false,
            fault: None,
            told: None,
        }
    }

    /// Tells the module by a webhook, if it is sent what happens in this account.
    pub(crate) fn tell(&mut self, bot: &str, chat: Option<&str>, event: Value) {
        if self.world.account(bot).is_some_and(Account::sends_webhooks) {
            self.told = Some(Told {
                bot: bot.to_owned(),
                chat: chat.map(str::to_owned),
                event,
            });
        }
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.incoming.headers.get(name)?.to_str().ok()
    }

    /// The body as a form.
    pub(crate) fn form(&self) -> Result<Form, Refusal> {
        self.content_type("application/x-www-form-urlencoded")?;
        let text = str::from_utf8(&self.incoming.body).unwrap_or_default();
        Ok(Form::parse(text, self.settings.plus_is_space))
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        if !self.incoming.fits {
            return Err(Refusal::new(413, message("Payload Too Large")));
        }
        self.content_type("application/json")?;
        let value = serde_json::from_slice::<Value>(&self.incoming.body);
        value.map_err(|error| {
            Refusal::new(
                400,
                message(&format!(
                    "The request body could not be parsed as JSON (line: {}, column: {})",
                    error.line(),
                    error.column()
                )),
            )
        })
    }

    /// A member of a JSON body that may not be valid at all.
    pub(crate) fn peek(&self, member: &str) -> Option<String> {
        let value: Value = serde_json::from_slice(&self.incoming.body).ok()?;
        value.get(member)?.as_str().map(str::to_owned)
    }

    /// Notes which bot and chat the call seems to be for, without judging it.
    pub(crate) fn look(&mut self) {
        self.bot = self.header(&self.settings.bot_header).map(str::to_owned);
        let token = self.peek("replyToken");
        let of_token = token.and_then(|token| self.world.reply_tokens.get(&token));
        let chat = of_token.map(|token| token.chat.clone());
        self.chat = chat.or_else(|| self.peek("to"));
    }

    /// The text is the one of LINE's error table; its status is not documented.
    fn content_type(&self, expected: &str) -> Result<(), Refusal> {
        let given = self.header("content-type").unwrap_or_default();
        let kind = given.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        let sentence = format!("The content type, {given}, is not supported");
        Err(Refusal::new(415, message(&sentence)))
    }
}

impl Answer {
    /// Done.
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body,
            ..Self::default()
        }
    }

    /// Marks that a bot has just been attached.
    pub(crate) fn attached(self, bot: String) -> Self {
        Self {
            attached: Some(bot),
            ..self
        }
    }
}

impl Refusal {
    /// A refusal with a body.
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            accepted_request_id: None,
        }
    }

    /// A refusal with LINE's usual body.
    pub(crate) fn message(status: u16, text: &str) -> Self {
        Self::new(status, message(text))
    }

    /// The retry key was accepted before.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#retry-api-request>
    pub(crate) fn accepted_before(request_id: String, sent: &Value) -> Self {
        Self {
            status: 409,
            body: json!({
                "message": "The retry key is already accepted",
                "sentMessages": sent,
            }),
            accepted_request_id: Some(request_id),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status,
            body: refusal.body,
            accepted_request_id: refusal.accepted_request_id,
            ..Self::default()
        }
    }
}
