//! What an endpoint is given, and what it gives back.

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::endpoint::{Endpoint, Host};
use super::{BODY_LIMIT, message};
use crate::clock::Millis;
use crate::form::Form;
use crate::platform::Platform;
use crate::settings::Settings;
use crate::world::World;
use crate::world::channel::Side;
use crate::world::chat::Holder;
use crate::world::fault::FaultKind;

/// A request, read completely.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// The host, if the path begins with the name of one of LINE's.
    pub(crate) host: Option<Host>,
    /// The path behind the host.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the body was within what is read here at all. If not, it is empty here.
    pub(crate) fits: bool,
}

/// What an endpoint works with.
pub(crate) struct Context<'a> {
    /// How the emulator is set up.
    pub(crate) settings: &'a Settings,
    pub(crate) world: &'a mut World,
    /// The request.
    pub(crate) incoming: &'a Incoming,
    /// The value of `X-Line-Request-Id` of the answer.
    pub(crate) request_id: &'a str,
    /// The time.
    pub(crate) now: Millis,
    /// The endpoint that was called.
    pub(crate) endpoint: Option<&'static Endpoint>,
    /// The module channel that calls, by its token.
    pub(crate) side: Side,
    /// The bot the call turned out to be for.
    pub(crate) bot: Option<String>,
    /// The chat the call turned out to be for.
    pub(crate) chat: Option<String>,
    /// Whether there is no such endpoint here.
    pub(crate) unknown: bool,
    /// The fault that hits the call.
    pub(crate) fault: Option<FaultKind>,
    /// The events that it brings about, which go out as webhooks.
    pub(crate) events: Vec<PlatformEvent>,
    /// Where webhooks are to go from now on.
    pub(crate) webhook_url: Option<String>,
}

/// An event that a call brings about.
#[derive(Debug)]
pub(crate) struct PlatformEvent {
    /// The channels that listened when it happened.
    pub(crate) to: Vec<Holder>,
    pub(crate) bot: String,
    /// The chat, for an event with a source.
    pub(crate) chat: Option<String>,
    pub(crate) event: Value,
}

/// The answer to a call.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// The body of an answer that is no JSON, with its content type.
    pub(crate) bytes: Option<(String, Bytes)>,
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
    /// An address that a test webhook is to be sent to; what comes of it becomes the body.
    pub(crate) tests: Option<String>,
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
            endpoint: None,
            side: Side::Ours,
            bot: None,
            chat: None,
            unknown: false,
            fault: None,
            events: Vec::new(),
            webhook_url: None,
        }
    }

    /// Tells all channels by a webhook that are sent what happens in this account.
    pub(crate) fn tell(&mut self, bot: &str, chat: Option<&str>, event: Value) {
        let to = self.world.listeners(bot);
        self.add_event(to, bot, chat, event);
    }

    /// Tells one channel of what is about it alone, if it is sent what happens in this account.
    pub(crate) fn tell_one(
        &mut self,
        channel: Holder,
        bot: &str,
        chat: Option<&str>,
        event: Value,
    ) {
        if self.world.listens(bot, channel) {
            self.add_event(vec![channel], bot, chat, event);
        }
    }

    fn add_event(&mut self, to: Vec<Holder>, bot: &str, chat: Option<&str>, event: Value) {
        self.events.push(PlatformEvent {
            to,
            bot: bot.to_owned(),
            chat: chat.map(str::to_owned),
            event,
        });
    }

    /// The bot that the call is for. Empty where the endpoint is not about a bot.
    pub(crate) fn bot(&self) -> String {
        self.bot.clone().unwrap_or_default()
    }

    /// The part of the path that stands where the endpoint has `{name}`, decoded.
    pub(crate) fn param(&self, name: &str) -> String {
        let found = self
            .endpoint
            .and_then(|endpoint| endpoint.segment(&self.incoming.path, name));
        percent_decode_str(found.unwrap_or_default())
            .decode_utf8_lossy()
            .into_owned()
    }

    pub(crate) fn query(&self) -> Form {
        Form::parse(self.incoming.query.as_deref().unwrap_or_default(), false)
    }

    /// When what is taken on now is done.
    pub(crate) fn later(&self) -> Millis {
        let length = Millis::try_from(self.settings.job_ms).unwrap_or(Millis::MAX);
        self.now.saturating_add(length)
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
        self.fits(BODY_LIMIT)?;
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

    /// Checks that the body holds no more than a maximum number of bytes.
    pub(crate) fn fits(&self, most: usize) -> Result<(), Refusal> {
        if self.incoming.fits && self.incoming.body.len() <= most {
            return Ok(());
        }
        Err(Refusal::new(413, message("Payload Too Large")))
    }

    /// A member of a JSON body that may not be valid at all.
    pub(crate) fn peek(&self, member: &str) -> Option<Value> {
        let value: Value = serde_json::from_slice(&self.incoming.body).ok()?;
        value.get(member).cloned()
    }

    /// The same, where it is a text.
    pub(crate) fn peek_text(&self, member: &str) -> Option<String> {
        self.peek(member)?.as_str().map(str::to_owned)
    }

    /// Notes which bot and chat the call seems to be for, without judging it.
    pub(crate) fn look(&mut self) {
        self.bot = self.header(&self.settings.bot_header).map(str::to_owned);
        let token = self.peek_text("replyToken");
        let of_token = token.and_then(|token| self.world.reply_tokens.get(&token));
        let chat = of_token.map(|token| token.chat.clone());
        self.chat = chat.or_else(|| self.peek_text("to"));
    }

    /// The text is the one of LINE's error table; its status is not documented.
    pub(crate) fn content_type(&self, expected: &str) -> Result<(), Refusal> {
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

    /// Taken on; it is done later.
    pub(crate) fn accepted(body: Value) -> Self {
        Self {
            status: 202,
            ..Self::ok(body)
        }
    }

    /// What is no JSON.
    pub(crate) fn bytes(kind: String, bytes: Bytes) -> Self {
        Self {
            bytes: Some((kind, bytes)),
            ..Self::ok(Value::Null)
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
        let mut body = json!({"message": "The retry key is already accepted"});
        if !sent.is_null() {
            body["sentMessages"] = sent.clone();
        }
        Self {
            status: 409,
            body,
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
