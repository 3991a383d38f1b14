//! The end of data: what a user takes back, what is erased of a chat because its user asks for it, what ends with an
//! account, and what is parked for too long. After it nothing is left, in no row, no index and no line of the log, and
//! nothing of anybody else has changed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod account;
mod busy;
mod chat;
mod dump;
mod parked;
mod profile;
mod unsend;

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use busy::busy;
use flow::Bundle;
use flow::worker::Worker;
use line_module::Router;
use serde_json::{Value, json};
use shared::domain::{BotId, ChatId};
use shared::start;
use tracing::Level;

/// What the user writes, in every way.
const WISH: &str = "my secret wish";
/// A group that the account is in.
const GROUP: &str = "C0123456789abcdef0123456789abcdef";

/// A bundle whose module keeps and repeats all that it can, and a worker that is given its messages.
struct Scene {
    bundle: Bundle,
    worker: Worker<Router>,
    bot: BotId,
    guest: ChatId,
    /// The guest's name.
    name: String,
}

impl Scene {
    async fn begin() -> Self {
        log();
        let bundle = Bundle::with(busy()).await;
        for user in [&bundle.guest, &bundle.rival] {
            let mut chat = bundle.stack.chat(&bundle.bot, user);
            chat.follows().await.unwrap();
        }
        let users = bundle.stack.line.state().await.users;
        let guest = users.iter().find(|user| user.user_id == bundle.guest);
        let name = guest.unwrap().name.clone();
        Self {
            worker: Worker::new(&bundle, busy()),
            bot: BotId::new(&bundle.bot).unwrap(),
            guest: ChatId::new(&bundle.guest).unwrap(),
            name,
            bundle,
        }
    }

    /// A message in a chat; its event's id is given.
    async fn says(&self, chat: &str, id: &str, mut event: Value) {
        event["webhookEventId"] = id.into();
        let message = self.bundle.message(chat, vec![event]).await;
        self.worker.is_given([&message]).await;
        self.bundle.stack.settled().await.unwrap();
    }

    /// The same, and the module fails with it until it is parked.
    async fn fails(&self, chat: &str, id: &str, mut event: Value) {
        event["webhookEventId"] = id.into();
        let message = self.bundle.message(chat, vec![event]).await;
        for times in 1..=5 {
            self.worker
                .is_given([&message.clone().received(times)])
                .await;
        }
    }
}

fn text(id: &str, text: &str) -> Value {
    let message = json!({"type": "text", "id": id, "text": text});
    json!({"type": "message", "message": message})
}

/// All that is logged by any function of this process.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = log.clone();
        let lines = start::lines(Level::INFO, move || Lines(written.clone()));
        tracing::subscriber::set_global_default(lines).unwrap();
        log
    });
    log.clone()
}

struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged() -> String {
    String::from_utf8(log().lock().unwrap().clone()).unwrap()
}
