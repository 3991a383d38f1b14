//! An admin's browser at the management screen of a bundle: a console function of the test's own,
//! with a connection to the table that can be made to fail.

use console::{App, Config, Method, Page};
use line_module::Module;
use serde_json::{Map, Value, json};
use shared::domain::{BotId, ChatId, Timestamp};
use shared::gateway::Response;
use shared::random::Random;
use shared::session::{SessionId, sign_in};

use crate::Bundle;
use crate::faulty::Faulty;
use crate::worker::TIMEOUTS;

/// A console function.
pub struct Screen<M> {
    /// The function.
    pub app: App<M>,
    /// Its connection to DynamoDB.
    pub table: Faulty,
    public_url: String,
}

/// A browser that may be signed in. A clone is another browser with the same cookie.
#[derive(Debug, Clone, Default)]
pub struct Admin {
    /// The session's id, if it is signed in.
    pub id: Option<SessionId>,
    /// More headers than a browser sends by itself, or others.
    pub headers: Map<String, Value>,
    /// Another token for its forms than the session's.
    pub token: Option<String>,
}

impl<M: Module> Screen<M> {
    /// One over a bundle's table, queue and LINE.
    pub fn new(bundle: &Bundle, module: M) -> Self {
        let table = Faulty::default();
        let ground = bundle
            .stack
            .ground
            .clone()
            .with_timeouts(TIMEOUTS)
            .with_dynamodb_over(table.client());
        let config = Config::read(&bundle.env()).expect("its variables");
        Self {
            app: App::new(config, module, &ground),
            table,
            public_url: bundle.stack.addresses.public_url.clone(),
        }
    }

    /// The time by the function's clock.
    pub fn now(&self) -> Timestamp {
        self.app.clock.now().into()
    }

    /// A browser in which these accounts were proven.
    pub async fn admin_of(&self, bots: &[&BotId]) -> Admin {
        let mut admin = Admin::default();
        for bot in bots {
            let (store, random) = (&self.app.store, Random::system());
            let id = sign_in(store, &random, admin.id.as_ref(), bot, self.now()).await;
            admin.id = Some(id.expect("the browser is signed in"));
        }
        admin
    }

    /// Opens a page, or sends a form without fields.
    pub async fn asks(&self, admin: &Admin, bot: &BotId, page: &Page) -> Response {
        match page.method() {
            Method::Get => self.get(admin, &page.path(bot)).await,
            Method::Post => self.post(admin, &page.path(bot), &[]).await,
        }
    }

    /// Opens a page by its address.
    pub async fn get(&self, admin: &Admin, address: &str) -> Response {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        self.request(admin, ("GET", path, query), None).await
    }

    /// Sends a form, with the session's token.
    pub async fn post(&self, admin: &Admin, path: &str, fields: &[(&str, &str)]) -> Response {
        let of_session = || admin.id.as_ref().map(SessionId::form_token);
        let token = admin.token.clone().or_else(of_session).unwrap_or_default();
        let mut form = url_form(fields);
        form.push_str(&format!("&token={token}"));
        self.request(admin, ("POST", path, ""), Some(form)).await
    }

    async fn request(
        &self,
        admin: &Admin,
        (method, path, query): (&str, &str, &str),
        body: Option<String>,
    ) -> Response {
        let mut headers = json!({
            "accept-language": "en",
            "sec-fetch-site": "same-origin",
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document",
        });
        if let Some(headers) = headers.as_object_mut() {
            headers.extend(admin.headers.clone());
        }
        let cookies = admin.id.as_ref().map(|id| id.cookie(false));
        let cookies = cookies.and_then(|cookie| Some(cookie.split(';').next()?.to_owned()));
        let request = json!({
            "routeKey": "ANY /console/{proxy+}",
            "rawQueryString": query,
            "cookies": cookies.into_iter().collect::<Vec<_>>(),
            "headers": headers,
            "requestContext": {"http": {"method": method, "path": path}},
            "body": body,
        });
        let request = serde_json::from_value(request).expect("a request");
        console::handle(&self.app, request).await
    }

    /// The bundle's own address.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }
}

impl Admin {
    /// The same browser, which says this in a header.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut admin = self.clone();
        admin.headers.insert(name.to_owned(), value.into());
        admin
    }
}

/// Every page of an account, those of a chat for this one.
pub fn pages(chat: &str) -> Vec<Page> {
    Page::all(&ChatId::new(chat).expect("an id"))
}

/// What stands in a field of a page: the value of the input of this name.
pub fn value_of(page: &Response, name: &str) -> String {
    let tag = page
        .body
        .split('<')
        .find(|tag| tag.starts_with("input") && tag.contains(&format!("name=\"{name}\"")))
        .unwrap_or_else(|| panic!("no input {name} in {}", page.body));
    let value = tag.split("value=\"").nth(1).unwrap_or_default();
    let value = value.split('"').next().unwrap_or_default();
    value
        .replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'")
}

fn url_form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let bytes = text.bytes();
        bytes
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    let pairs = fields.iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
