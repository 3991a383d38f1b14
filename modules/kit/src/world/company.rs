//! What the company's own systems say, handed to the inbox.

use serde_json::{Value, json};
use shared::domain::{BotId, ChatId};
use shared::erase::erase_chat;

use super::{A_MOMENT, Came, World};
use crate::parts::{INBOX_KEY, Parts};

impl World {
    /// The company's systems say something, and all that comes of it is done.
    pub(crate) async fn company_says(
        &self,
        chat: Option<&str>,
        name: &str,
        id: &str,
        payload: &Value,
    ) -> Came {
        let _deed = self.wire.begins().await;
        self.line.let_pass(A_MOMENT);
        let to = chat.map_or_else(|| "the account".to_owned(), |chat| self.name(chat));
        let words = format!("The company's systems, to {to}: {name} {payload}");
        self.transcript.note(words);
        let body = json!({ "name": name, "id": id, "payload": payload }).to_string();
        let answer = inbox::handle_request(&self.inbox, self.signed(chat, &body)).await;
        assert!(
            answer.status_code == 202,
            "the inbox answers {}: {}\n\n{}",
            answer.status_code,
            answer.body,
            self.transcript.text()
        );
        self.settle().await
    }

    /// The account sets something of the module.
    ///
    /// # Errors
    /// In words: the module's settings do not take it.
    pub(crate) async fn sets(&self, values: Value) -> Result<(), String> {
        self.transcript.note(format!("The account sets {values}"));
        let values = serde_json::from_value(values);
        let values = values.map_err(|_| "settings are an object".to_owned())?;
        let (bot, worker) = (self.bot_id(), self.worker());
        let saved = worker.save(&bot, &values).await;
        saved.map_err(|error| error.to_string())
    }

    /// An operator erases all that is kept of a chat, as `modctl erase` does.
    pub(crate) async fn erases(&self, chat: &str) -> Came {
        self.line.let_pass(A_MOMENT);
        let words = format!("All that is kept of {} is erased", self.name(chat));
        self.transcript.note(words);
        let (bot, chat) = (BotId::new(&self.bot), ChatId::new(chat));
        let (bot, chat) = (bot.expect("a bot id"), chat.expect("a chat id"));
        let (now, Parts { store, queue, .. }) = (self.now(), &self.parts);
        let id = format!("erasure-{}", now.0);
        let asked = erase_chat(store, queue, &bot, &chat, &id, now).await;
        asked.expect("the erasure is queued");
        self.settle().await
    }

    /// As API Gateway hands on what a system has signed.
    fn signed(&self, chat: Option<&str>, body: &str) -> shared::gateway::Request {
        let chat = chat.map_or_else(String::new, |chat| format!("/{chat}"));
        let path = format!("/inbox/{}{chat}", self.bot);
        let seconds = u64::try_from(self.now().0 / 1000).unwrap_or_default();
        let signature = inbox::sign(&INBOX_KEY.into(), seconds, &path, body.as_bytes());
        let request = json!({
            "headers": {
                inbox::TIMESTAMP_HEADER: seconds.to_string(),
                inbox::SIGNATURE_HEADER: signature,
            },
            "requestContext": { "http": { "method": "POST", "path": path } },
            "body": body,
        });
        serde_json::from_value(request).expect("a request")
    }
}
