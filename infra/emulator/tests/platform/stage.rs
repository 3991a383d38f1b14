//! An emulator on a free port, with a receiver of webhooks beside it.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use emulator::{Emulator, Settings};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub(crate) const SALON: &str = "U7c1f0a52d9b84e63a1c5f28e904b6d31";
pub(crate) const BOOKS: &str = "U2e9d4b7f81a6435c9f03d1b86ca57e40";
pub(crate) const NOODLES: &str = "Ub85c3e1690f7427da4e2916f7d08c3ba";
pub(crate) const REDIRECT: &str = "https://example.com/attach/callback";
pub(crate) const ALL_SCOPES: &str = "message%3Asend%20message%3Areceive%20profile%3Aread";

/// A webhook as it arrived.
pub(crate) struct Hook {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Hook {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What the receiver does with a webhook.
#[derive(Clone, Copy)]
pub(crate) enum Receiver {
    Answers(u16),
    Hangs,
}

pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) address: String,
    pub(crate) client: Client,
    hooks: Hooks,
}

/// The webhooks that arrive at a receiver.
pub(crate) struct Hooks(mpsc::UnboundedReceiver<Hook>);

impl Hooks {
    /// The next one.
    pub(crate) async fn next(&mut self) -> Hook {
        let hook = tokio::time::timeout(Duration::from_secs(10), self.0.recv()).await;
        hook.expect("a webhook within ten seconds").unwrap()
    }

    /// Whether none waits to be looked at.
    pub(crate) fn none(&mut self) -> bool {
        self.0.try_recv().is_err()
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default(), Receiver::Answers(200)).await
    }

    pub(crate) async fn with(settings: Settings, receiver: Receiver) -> Self {
        let (webhook, hooks) = receiver_that(receiver).await;
        let emulator = Emulator::new(Settings {
            webhook_url: Some(webhook),
            redirect_urls: vec![REDIRECT.into()],
            attached_event_delay_ms: 0,
            control_event_delay_ms: 0,
            ..settings
        })
        .unwrap();
        let address = serve(emulator.router()).await;
        let client = Client::builder().no_proxy().redirect(Policy::none());
        Self {
            emulator,
            address,
            client: client.build().unwrap(),
            hooks,
        }
    }

    /// A stage whose salon has linked the module with the usual scopes.
    pub(crate) async fn attached() -> Self {
        Self::new().await.attach(ALL_SCOPES).await
    }

    pub(crate) async fn attach(self, scopes: &str) -> Self {
        self.attach_to(SALON, scopes).await
    }

    pub(crate) async fn attach_to(mut self, bot: &str, scopes: &str) -> Self {
        let code = self.code(bot, scopes).await;
        let answer = self.exchange(&code, scopes).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        if scopes.contains("receive") {
            let hook = self.hook().await;
            assert_eq!(hook.json()["events"][0]["type"], "module");
        }
        self
    }

    pub(crate) fn authorize(&self, scopes: &str, more: &str) -> String {
        let redirect = "https%3A%2F%2Fexample.com%2Fattach%2Fcallback";
        format!(
            "{}/module/auth/v1/authorize?response_type=code&client_id=2000000001\
             &redirect_uri={redirect}&scope={scopes}&state=abc123{more}",
            self.address
        )
    }

    pub(crate) async fn code(&self, bot: &str, scopes: &str) -> String {
        let url = self.authorize(scopes, "");
        let redirect = self.emulator.link(&url, bot).await.unwrap();
        parameter(&redirect, "code").unwrap()
    }

    pub(crate) async fn exchange(&self, code: &str, scopes: &str) -> Response {
        let redirect = "https%3A%2F%2Fexample.com%2Fattach%2Fcallback";
        let body = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={redirect}&scope={scopes}\
             &client_id=2000000001&client_secret=00112233445566778899aabbccddeeff"
        );
        self.form("/module/auth/v1/token", body)
            .send()
            .await
            .unwrap()
    }

    pub(crate) fn form(&self, path: &str, body: String) -> RequestBuilder {
        self.client
            .post(format!("{}{path}", self.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    pub(crate) async fn token(&self) -> String {
        let body = "grant_type=client_credentials&client_id=2000000001\
                    &client_secret=00112233445566778899aabbccddeeff";
        let answer: Value = self
            .form("/oauth2/v3/token", body.into())
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// A call of the API for the salon, with a fresh token.
    pub(crate) async fn call(&self, method: &str, path: &str) -> RequestBuilder {
        self.call_for(SALON, method, path).await
    }

    /// A call of the API for a bot, with a fresh token.
    pub(crate) async fn call_for(&self, bot: &str, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        self.client
            .request(method, format!("{}{path}", self.address))
            .bearer_auth(self.token().await)
            .header("X-Emulated-Bot-Id", bot)
    }

    pub(crate) async fn push(&self, to: &str, text: &str) -> Response {
        let body = json!({"to": to, "messages": [{"type": "text", "text": text}]});
        let call = self.call("POST", "/v2/bot/message/push").await;
        call.json(&body).send().await.unwrap()
    }

    pub(crate) async fn reply(&self, token: &str, text: &str) -> Response {
        let body = json!({"replyToken": token, "messages": [{"type": "text", "text": text}]});
        let call = self.call("POST", "/v2/bot/message/reply").await;
        call.json(&body).send().await.unwrap()
    }

    /// A request to the control interface: its status and answer.
    pub(crate) async fn control(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/_emulator/{path}", self.address);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.address);
        self.client.get(url).send().await.unwrap()
    }

    /// The next webhook that arrives.
    pub(crate) async fn hook(&mut self) -> Hook {
        self.hooks.next().await
    }

    /// Whether no webhook waits to be looked at.
    pub(crate) fn no_hook(&mut self) -> bool {
        self.hooks.none()
    }

    /// Today in Japan, by the emulator's clock, as LINE's parameters have it.
    pub(crate) async fn date(&self) -> String {
        let millis = self.emulator.state().await.clock.now;
        let now = jiff::Timestamp::from_millisecond(millis).unwrap();
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
        now.to_zoned(zone).strftime("%Y%m%d").to_string()
    }

    /// The group that a bot is in.
    pub(crate) async fn group(&self, bot: &str) -> String {
        let chats = self.emulator.state().await.chats;
        let group = chats
            .into_iter()
            .find(|chat| chat.bot == bot && chat.chat.starts_with('C'));
        group.unwrap().chat
    }

    /// The id of a user of the salon.
    pub(crate) async fn user(&self, name: &str) -> String {
        let users = self.emulator.state().await.users;
        let user = users
            .into_iter()
            .find(|user| user.bot == SALON && user.name == name);
        user.unwrap().user_id
    }
}

type Receives = State<(mpsc::UnboundedSender<Hook>, Receiver)>;

async fn receive(State((sender, does)): Receives, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    sender.send(Hook { headers, body }).unwrap();
    match does {
        Receiver::Answers(status) => StatusCode::from_u16(status).unwrap(),
        Receiver::Hangs => std::future::pending().await,
    }
}

/// With a JSON body, or with a length that says that there is none.
pub(crate) fn with_body(request: RequestBuilder, body: &Value) -> RequestBuilder {
    match body {
        Value::Null => request.header("content-length", 0),
        body => request.json(body),
    }
}

/// A receiver of webhooks: its address, and what arrives.
pub(crate) async fn receiver_that(does: Receiver) -> (String, Hooks) {
    let (sender, hooks) = mpsc::unbounded_channel();
    let router = Router::new().fallback(receive).with_state((sender, does));
    let address = serve(router).await;
    (format!("{address}/webhook"), Hooks(hooks))
}

pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A parameter of a URL, decoded.
pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}
