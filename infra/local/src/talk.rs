//! A running stack as people use it: an admin's browser, a user's chat. The
//! demo and the tests are written with it.

use std::time::Duration;

use emulator::{Bubble, Deliver, Delivery, EventsRequest, Held, Outcome, Speaker};
use serde_json::json;
use shared::detach::detach;
use shared::domain::{BotId, ChatId, EventId, Trace};
use shared::store::LedgerKey;

use crate::stack::{Stack, TIMEOUT};

/// Something that should have happened did not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unexpected(pub String);

/// A browser that keeps cookies and follows no redirect by itself. A clone is another tab,
/// with the cookies of this moment.
#[derive(Debug, Clone)]
pub struct Browser {
    client: reqwest::Client,
    public_url: String,
    cookies: Vec<(String, String)>,
    language: String,
}

/// What a browser was answered.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    /// Where it leads, if it is a redirect.
    pub location: Option<String>,
    /// The page.
    pub body: String,
}

impl Browser {
    /// A new browser on the stack's public side, whose owner reads `language`.
    pub fn new(stack: &Stack, language: &str) -> Result<Self, Unexpected> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        Ok(Self {
            client: client.map_err(unexpected)?,
            public_url: stack.addresses.public_url.clone(),
            cookies: Vec::new(),
            language: language.to_owned(),
        })
    }

    /// Opens a page: a path of the bundle, or a whole URL.
    pub async fn open(&mut self, place: &str) -> Result<Page, Unexpected> {
        let url = if place.starts_with('/') {
            format!("{}{place}", self.public_url)
        } else {
            place.to_owned()
        };
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self
            .client
            .get(url)
            .header("accept-language", &self.language);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = request.send().await.map_err(unexpected)?;
        for cookie in answer.headers().get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap_or_default());
        }
        let location = answer
            .headers()
            .get("location")
            .and_then(|url| url.to_str().ok())
            .map(str::to_owned);
        let status = answer.status().as_u16();
        Ok(Page {
            status,
            location,
            body: answer.text().await.map_err(unexpected)?,
        })
    }

    /// Its cookies, by name and value.
    pub fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        self.cookies.retain(|(kept, _)| kept != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

impl Page {
    /// Where it leads.
    pub fn leads_to(&self) -> Result<&str, Unexpected> {
        let nowhere = || {
            Unexpected(format!(
                "a redirect was expected, not {}: {}",
                self.status, self.body
            ))
        };
        self.location.as_deref().ok_or_else(nowhere)
    }
}

/// An account that an admin has linked: the page they ended on, in their browser.
#[derive(Debug)]
pub struct Link {
    /// The page as it was first shown.
    pub page: Page,
    browser: Browser,
    back: String,
}

impl Link {
    /// The same page, loaded again.
    pub async fn open_again(&mut self) -> Result<Page, Unexpected> {
        self.browser.open(&self.back).await
    }
}

impl Stack {
    /// An admin links the account `bot`: start page, link screen, callback. Gives
    /// the page they end on.
    pub async fn attach(&self, bot: &str, language: &str) -> Result<Page, Unexpected> {
        Ok(self.link(bot, language).await?.page)
    }

    /// The same; the page can be loaded again.
    pub async fn link(&self, bot: &str, language: &str) -> Result<Link, Unexpected> {
        let mut browser = Browser::new(self, language)?;
        browser.open("/").await?;
        let begun = browser.open("/attach").await?;
        let back = self
            .line
            .link(begun.leads_to()?, bot)
            .await
            .map_err(unexpected)?;
        let before = self.last_delivery().await;
        let page = browser.open(&back).await?;
        self.event_after(before, bot, "attached").await?;
        Ok(Link {
            page,
            browser,
            back,
        })
    }

    /// We detach the account: its row is marked, and the worker does the rest.
    pub async fn detach(&self, bot: &BotId) -> Result<(), Unexpected> {
        let begun = detach(&self.store, &self.queue, bot, &self.ground.clock).await;
        begun.map_err(unexpected)
    }

    /// The number of LINE's newest webhook.
    pub async fn last_delivery(&self) -> u64 {
        let deliveries = self.line.deliveries(0).await;
        deliveries.last().map_or(0, |delivery| delivery.number)
    }

    /// Waits until an event of LINE's own has come after webhook number `before`
    /// and all is settled: LINE sends it some time after its answer to a call.
    pub async fn event_after(&self, before: u64, bot: &str, kind: &str) -> Result<(), Unexpected> {
        self.event_tried(before, bot, kind).await?;
        self.settled().await
    }

    /// The same, whether our webhook has taken it or not.
    pub async fn event_tried(&self, before: u64, bot: &str, kind: &str) -> Result<(), Unexpected> {
        let word = format!("\"type\":\"{kind}\"");
        let came = async {
            let is_it = |delivery: &Delivery| {
                let ended = delivery.status.is_some() || delivery.failure.is_some();
                delivery.bot == bot && delivery.body.contains(&word) && ended
            };
            while !self.line.deliveries(before).await.iter().any(is_it) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let late = |_| Unexpected(format!("the {kind} event does not come"));
        tokio::time::timeout(TIMEOUT, came).await.map_err(late)
    }

    /// The chat of one of an account's users, from now on.
    pub fn chat(&self, bot: &str, user: &str) -> Chat<'_> {
        Chat {
            stack: self,
            bot: bot.to_owned(),
            user: user.to_owned(),
            seen: 0,
            event: None,
        }
    }

    /// Waits until nothing is in the queue and nothing is being handled.
    pub async fn settled(&self) -> Result<(), Unexpected> {
        let queue = self
            .addresses
            .event_queue_url
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let empty = async {
            while self.sqs.depth(queue) != (0, 0) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let late = |_| Unexpected("the queue does not become empty".into());
        tokio::time::timeout(TIMEOUT, empty).await.map_err(late)
    }
}

/// One user's chat with one account.
pub struct Chat<'a> {
    stack: &'a Stack,
    bot: String,
    user: String,
    seen: u64,
    event: Option<String>,
}

impl Chat<'_> {
    /// The user's id.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The user adds the account, or unblocks it.
    pub async fn follows(&mut self) -> Result<Vec<Bubble>, Unexpected> {
        let delivery = self.stack.line.follow(&self.bot, &self.user).await;
        self.answers(delivery).await
    }

    /// The user blocks the account.
    pub async fn blocks(&mut self) -> Result<Vec<Bubble>, Unexpected> {
        let delivery = self.stack.line.block(&self.bot, &self.user).await;
        self.answers(delivery).await
    }

    /// The user writes.
    pub async fn says(&mut self, text: &str) -> Result<Vec<Bubble>, Unexpected> {
        let delivery = self.stack.line.user_says(&self.bot, &self.user, text).await;
        self.answers(delivery).await
    }

    /// The user taps something that carries `data` and shows `label`.
    pub async fn taps(&mut self, data: &str, label: &str) -> Result<Vec<Bubble>, Unexpected> {
        let delivery = self
            .stack
            .line
            .user_taps(&self.bot, &self.user, data, Some(label))
            .await;
        self.answers(delivery).await
    }

    /// The user writes, and LINE is slow: see [`Chat::arrives`].
    pub async fn writes_on_its_way(&self, text: &str) -> Result<Held, Unexpected> {
        let message = json!({ "type": "message", "message": { "type": "text", "text": text } });
        let request = EventsRequest {
            bot: self.bot.clone(),
            chat: Some(self.user.clone()),
            events: vec![message],
            deliver: Deliver::Hold,
        };
        let held = self.stack.line.send_events(request).await;
        match held.map_err(unexpected)? {
            Outcome::Held(held) => Ok(held),
            Outcome::Delivered(_) => Err(Unexpected("the webhook was not held back".into())),
        }
    }

    /// What was on its way arrives.
    pub async fn arrives(&mut self, held: &Held) -> Result<Vec<Bubble>, Unexpected> {
        self.stack.post_webhook(held).await.map_err(Unexpected)?;
        self.event = held.event_ids.first().cloned();
        self.heard().await
    }

    /// What became of the user's last event.
    pub async fn trace(&self) -> Result<Trace, Unexpected> {
        self.trace_of(self.event.as_deref().unwrap_or_default())
            .await
    }

    /// What became of an event of this chat, by its id.
    pub async fn trace_of(&self, event: &str) -> Result<Trace, Unexpected> {
        let key = LedgerKey {
            bot: BotId::new(&self.bot).map_err(unexpected)?,
            chat: Some(ChatId::new(&self.user).map_err(unexpected)?),
            event: EventId::new(event).map_err(unexpected)?,
        };
        let row = self
            .stack
            .store
            .ledger(&key)
            .await
            .map_err(unexpected)?
            .ok_or_else(|| Unexpected(format!("nothing is recorded of {event}")))?;
        Ok(row.trace())
    }

    /// What the account has said since the last time, when all is settled.
    pub async fn heard(&mut self) -> Result<Vec<Bubble>, Unexpected> {
        self.stack.settled().await?;
        let all = self.stack.line.conversation(&self.bot, &self.user).await;
        let new: Vec<_> = all
            .into_iter()
            .filter(|bubble| bubble.number > self.seen)
            .collect();
        self.seen = new
            .iter()
            .map(|bubble| bubble.number)
            .max()
            .unwrap_or(self.seen);
        Ok(new
            .into_iter()
            .filter(|bubble| bubble.from == Speaker::Account)
            .collect())
    }

    async fn answers(
        &mut self,
        delivery: Result<Option<Delivery>, emulator::Error>,
    ) -> Result<Vec<Bubble>, Unexpected> {
        match delivery.map_err(unexpected)? {
            Some(delivery) if delivery.status == Some(200) => {
                self.event = delivery.event_ids.first().cloned();
                self.heard().await
            }
            Some(delivery) => Err(Unexpected(format!(
                "the webhook was answered {:?}",
                delivery.status
            ))),
            None => Err(Unexpected(
                "the account is not attached: nothing was sent".into(),
            )),
        }
    }
}

fn unexpected(error: impl std::fmt::Display) -> Unexpected {
    Unexpected(error.to_string())
}
