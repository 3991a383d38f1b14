//! The running emulator and bundle, as a scenario reaches them: over HTTP alone.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::Stopped;

/// Where emulator and bundle are.
#[derive(Debug, Clone)]
pub struct Place {
    /// The emulator's address, such as `http://127.0.0.1:9001`.
    pub emulator: String,
    /// The bundle's public address, such as `http://127.0.0.1:9000`.
    pub bundle: String,
}

/// The other end of a scenario.
pub(super) struct World {
    client: Client,
    place: Place,
    cookies: Vec<(String, String)>,
}

/// Numbers of the newest call and webhook.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    pub(super) call: u64,
    pub(super) delivery: u64,
}

/// An event that can be traced.
pub(super) struct Traced {
    bot: String,
    chat: Option<String>,
    id: String,
}

impl Traced {
    /// The events of a webhook, of chats and of the account itself.
    pub(super) fn of(delivery: &Value) -> Vec<Self> {
        let json = delivery["body"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(json).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let events = body["events"].as_array().into_iter().flatten();
        let traced = events.filter_map(|event| {
            let source = &event["source"];
            let ids = [&source["groupId"], &source["roomId"], &source["userId"]];
            Some(Self {
                bot: text(&body["destination"])?,
                chat: ids.into_iter().find_map(text),
                id: text(&event["webhookEventId"])?,
            })
        });
        traced.collect()
    }
}

impl World {
    pub(super) fn new(place: &Place) -> Result<Self, Stopped> {
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30));
        Ok(Self {
            client: client.build().map_err(Stopped::because)?,
            place: place.clone(),
            cookies: Vec::new(),
        })
    }

    /// Reads something of the control interface.
    pub(super) async fn read(&self, path: &str) -> Result<Value, Stopped> {
        let url = format!("{}/_emulator/{path}", self.place.emulator);
        answer(self.client.get(url)).await
    }

    /// What became of an event behind its webhook; nothing where that is not known, or not yet.
    pub(super) async fn trace(&self, event: &Traced) -> Result<Option<Value>, Stopped> {
        let Traced { bot, chat, id } = event;
        let path = match chat {
            Some(chat) => format!("chats/{bot}/{chat}/events/{id}"),
            None => format!("bots/{bot}/events/{id}"),
        };
        let url = format!("{}/{path}", self.place.emulator);
        let request = self.client.get(url).header("accept", "application/json");
        let answer = request.send().await.map_err(Stopped::because)?;
        match answer.status().is_success() {
            true => answer.json().await.map(Some).map_err(Stopped::because),
            false => Ok(None),
        }
    }

    /// Asks something of the control interface.
    pub(super) async fn ask(&self, path: &str, body: &Value) -> Result<Value, Stopped> {
        let url = format!("{}/_emulator/{path}", self.place.emulator);
        answer(self.client.post(url).json(body)).await
    }

    pub(super) async fn mark(&self) -> Result<Mark, Stopped> {
        let state = self.read("state").await?;
        let number = |name: &str| state[name].as_u64().unwrap_or(0);
        Ok(Mark {
            call: number("last_call"),
            delivery: number("last_delivery"),
        })
    }

    /// Opens the bundle's start of an attach. Gives the authorize URL that it leads to.
    pub(super) async fn begin(&mut self) -> Result<String, Stopped> {
        let url = format!("{}/attach", self.place.bundle);
        let answer = self.open(&url).await?;
        leads_to(&answer)
    }

    /// The admin chooses an account on the link screen. Gives the status of the page at the end.
    pub(super) async fn link(&mut self, authorize: &str, bot: &str) -> Result<u16, Stopped> {
        let query = authorize.split_once('?').map_or("", |(_, query)| query);
        let form = json!({"query": query, "bot": bot, "decision": "link"});
        let url = format!("{}/module/auth/v1/decide", self.place.emulator);
        let request = self.client.post(url).form(&form);
        let answer = request.send().await.map_err(Stopped::because)?;
        let back = leads_to(&answer)?;
        Ok(self.open(&back).await?.status().as_u16())
    }

    /// Opens a page with the cookies of this browser.
    async fn open(&mut self, url: &str) -> Result<Response, Stopped> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self.client.get(url);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = request.send().await.map_err(Stopped::because)?;
        for cookie in answer.headers().get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap_or_default());
        }
        Ok(answer)
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value, Stopped> {
    let answer = request.send().await.map_err(Stopped::because)?;
    let status = answer.status();
    let text = answer.text().await.map_err(Stopped::because)?;
    if status.is_success() {
        return serde_json::from_str(&text).map_err(Stopped::because);
    }
    Err(Stopped(format!("the emulator answers {status}: {text}")))
}

fn leads_to(answer: &Response) -> Result<String, Stopped> {
    let location = answer
        .headers()
        .get("location")
        .and_then(|url| url.to_str().ok());
    location.map(str::to_owned).ok_or_else(|| {
        let (status, url) = (answer.status(), answer.url());
        Stopped(format!("{url} answers {status} and leads nowhere"))
    })
}
