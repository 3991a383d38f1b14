//! A world with an account that has linked the module, and calls in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::chapter::{Case, Content, Step, folder};
use crate::notation::{Names, Scope};
use crate::stage::{BOOKS, Receiver, Stage, with_body};

const SCOPES: &str = "message%3Asend%20message%3Areceive%20message%3Amark_as_read%20\
                      message%3Atemplated_pnp%20profile%3Aread%20account%3Amanage%20\
                      coupon%3Amanage";

type Headers = BTreeMap<String, String>;

pub(crate) struct World {
    stage: Stage,
    token: String,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    headers: reqwest::header::HeaderMap,
}

impl World {
    /// A world, and who and what there is in it.
    pub(crate) async fn new() -> (Self, Names) {
        let settings = emulator::Settings {
            monthly_limit: None,
            limit_scale: 1000.0,
            ..Default::default()
        };
        let stage = Stage::with(settings, Receiver::Answers(200)).await;
        let stage = stage.attach_to(BOOKS, SCOPES).await;
        let token = stage.token().await;
        let names = names(&stage).await;
        (Self { stage, token }, names)
    }

    pub(crate) async fn call(&self, case: &Case, scope: &Scope<'_>) -> Answer {
        let request = self.request(&case.call, &case.headers, scope);
        send(request, case.body.as_ref(), case.content.as_ref(), scope).await
    }

    /// A request; LINE's endpoints get the token and the bot, unless they are among the headers.
    fn request(&self, call: &str, headers: &Headers, scope: &Scope<'_>) -> RequestBuilder {
        let call = scope.text(call);
        let (method, path) = call.split_once(' ').unwrap();
        let url = format!("{}{path}", self.stage.address);
        let mut request = self.stage.client.request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(name, scope.text(value));
        }
        if !path.starts_with("/v2/bot/") || headers.contains_key("authorization") {
            return request;
        }
        let bot = scope.names["bot"].as_str().unwrap();
        let request = request.bearer_auth(&self.token);
        request.header("X-Emulated-Bot-Id", bot)
    }

    /// Does a step, as often as it says. The token has to outlive a movement of the clock.
    pub(crate) async fn step(&mut self, step: &Step, scope: &mut Scope<'_>) {
        for n in 0..step.times.unwrap_or(1) {
            scope.names.insert("n".into(), n.into());
            self.once(step, scope).await;
        }
        if step.call.as_deref() == Some("POST /_emulator/clock") {
            self.token = self.stage.token().await;
        }
    }

    /// Does a step and keeps what it names.
    async fn once(&mut self, step: &Step, scope: &mut Scope<'_>) {
        let answer = match (&step.call, &step.sends) {
            (Some(call), None) => {
                let request = self.request(call, &step.headers, scope);
                send(request, step.body.as_ref(), step.content.as_ref(), scope).await
            }
            (None, Some(message)) => self.hook_of(scope.value(message), scope).await,
            _ => panic!("a step is a call or a message that the user sends"),
        };
        assert!(answer.status < 300, "{}: {}", answer.status, answer.body);
        for (name, place) in &step.keep {
            scope.names.insert(name.clone(), answer.kept(place));
        }
    }

    /// The webhook of a message that the user sends.
    async fn hook_of(&mut self, message: Value, scope: &Scope<'_>) -> Answer {
        let user = scope.names["user"].as_str().unwrap();
        let sent = self.stage.emulator.user_sends(BOOKS, user, message);
        sent.await.unwrap();
        Answer::new(200, self.stage.hook().await.json())
    }
}

impl Answer {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            headers: Default::default(),
        }
    }

    fn kept(&self, place: &str) -> Value {
        match place.strip_prefix("header ") {
            Some(name) => self.headers[name].to_str().unwrap().into(),
            None => self.body.pointer(place).unwrap().clone(),
        }
    }
}

async fn send(
    request: RequestBuilder,
    body: Option<&Value>,
    content: Option<&Content>,
    scope: &Scope<'_>,
) -> Answer {
    let request = match content {
        Some(content) => filled(request, content, scope),
        None => with_body(
            request,
            &body.map(|body| scope.value(body)).unwrap_or_default(),
        ),
    };
    answer(request).await
}

/// With a body that is no JSON.
fn filled(request: RequestBuilder, content: &Content, scope: &Scope<'_>) -> RequestBuilder {
    let request = match &content.kind {
        Some(kind) => request.header("content-type", kind),
        None => request,
    };
    match (&content.file, &content.text) {
        (Some(file), None) => request.body(std::fs::read(fixture(file)).unwrap()),
        (None, Some(text)) => request.body(scope.text(text)),
        _ => panic!("a content is a file or a text"),
    }
}

fn fixture(file: &str) -> PathBuf {
    folder().join("../fixtures").join(file)
}

async fn answer(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let bytes = answer.bytes().await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Answer {
        status,
        body,
        headers,
    }
}

/// Who and what there is.
async fn names(stage: &Stage) -> Names {
    let state = stage.emulator.state().await;
    let user = |name: &str| {
        let mut users = state.users.iter();
        let user = users.find(|user| user.bot == BOOKS && user.name == name);
        user.unwrap().user_id.clone()
    };
    let chat = |letter: char| {
        let mut chats = state.chats.iter();
        let chat = chats.find(|chat| chat.bot == BOOKS && chat.chat.starts_with(letter));
        chat.unwrap().chat.clone()
    };
    let names = json!({
        "bot": BOOKS,
        "user": user("青木さくら"),
        "other": user("林小明"),
        "no-friend": user("Aki"),
        "nobody": format!("LU{}-U{}", "0".repeat(32), "1".repeat(32)),
        "group": chat('C'),
        "room": chat('R'),
        "no-group": format!("C{}", "0".repeat(32)),
        "no-room": format!("R{}", "0".repeat(32)),
        "today": stage.date().await,
    });
    serde_json::from_value(names).unwrap()
}
