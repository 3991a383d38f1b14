//! The company's own systems on this machine: what they say to the inbox, signed with the local
//! key. The emulator's pages, the demo and the tests speak by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_async::time::SharedTimeSource;
use emulator::CompanyCommand;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use shared::domain::Timestamp;

use crate::stack::{Addresses, INBOX_KEY};

/// The way from the company's systems to the inbox. Clones are the same.
#[derive(Clone, Debug)]
pub struct Company {
    inbox_url: String,
    clock: SharedTimeSource,
    client: reqwest::Client,
    said: Arc<AtomicU64>,
}

/// What the inbox answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// 202 if the command is in the queue.
    pub status: u16,
    /// `event` then, else `error` and `message`.
    pub body: Value,
}

impl Company {
    /// The systems sign by the clock of the functions.
    pub(crate) fn new(addresses: &Addresses, clock: SharedTimeSource) -> Self {
        Self {
            inbox_url: addresses.inbox_url.clone(),
            clock,
            client: reqwest::Client::new(),
            said: Arc::default(),
        }
    }

    /// Says something to a chat, or without one to the account itself.
    ///
    /// # Errors
    /// The inbox cannot be reached.
    pub async fn says(
        &self,
        (bot, chat): (&str, Option<&str>),
        name: &str,
        id: &str,
        payload: &Value,
    ) -> Result<Answer, String> {
        let place = chat.map_or_else(|| bot.to_owned(), |chat| format!("{bot}/{chat}"));
        let body = json!({ "name": name, "id": id, "payload": payload }).to_string();
        let seconds = Timestamp::from(self.clock.now()).0 / 1000;
        let seconds = u64::try_from(seconds).unwrap_or_default();
        let path = format!("/inbox/{place}");
        let signature = inbox::sign(&INBOX_KEY.into(), seconds, &path, body.as_bytes());
        let request = self
            .client
            .post(format!("{}/{place}", self.inbox_url))
            .header(inbox::TIMESTAMP_HEADER, seconds)
            .header(inbox::SIGNATURE_HEADER, signature)
            .header("content-type", "application/json")
            .body(body);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        Ok(Answer {
            status: answer.status().as_u16(),
            body: answer.json().await.unwrap_or_default(),
        })
    }

    /// An id that no command had before.
    fn next_id(&self) -> String {
        let number = self.said.fetch_add(1, Ordering::Relaxed);
        format!("page-{}-{number}", Timestamp::from(self.clock.now()).0)
    }
}

/// What the emulator's pages say for the company's systems.
pub(crate) fn of_pages(
    company: Company,
) -> impl Fn(CompanyCommand) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static {
    move |said| {
        let company = company.clone();
        async move {
            let CompanyCommand {
                bot,
                chat,
                name,
                payload,
            } = said;
            let place = (bot.as_str(), Some(chat.as_str()));
            let id = company.next_id();
            let answer = company.says(place, &name, &id, &payload).await?;
            match answer.status {
                202 => Ok(()),
                status => Err(format!(
                    "the inbox answers {status}: {}",
                    answer.body["message"].as_str().unwrap_or_default()
                )),
            }
        }
        .boxed()
    }
}
