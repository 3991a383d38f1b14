#![doc = include_str!("../README.md")]
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

pub mod attach;
pub mod clock;
pub mod emulators;
pub mod faulty;
pub mod hostile;
pub mod hurry;
pub mod inbox;
pub mod inbox_faults;
pub mod measured;
pub mod reconciler;
pub mod screen;
pub mod timer;
pub mod worker;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use emulator::{Bubble, Call, Deliver, DeliverOptions, Delivery, EventsRequest, Held, Outcome};
use hmac::{Hmac, KeyInit as _, Mac as _};
use line_module::Module;
use local::stack::{Options, Stack};
use serde_json::Value;
use sha2::Sha256;
use shared::domain::{BotId, ChatId, EventId, LedgerEntry};
use shared::env::Env;
use shared::store::LedgerKey;

/// A stack, and one of its accounts with two users.
pub struct Bundle {
    pub stack: Stack,
    /// The account's bot id.
    pub bot: String,
    /// The first user's id.
    pub guest: String,
    /// The second user's id.
    pub rival: String,
}

impl Bundle {
    /// A new stack; nothing is attached yet.
    pub async fn start() -> Self {
        Self::running(reservation::module()).await
    }

    async fn running<M: Module + Clone>(module: M) -> Self {
        let stack = Stack::start(&Options::default(), module)
            .await
            .expect("the stack starts");
        let world = stack.line.state().await;
        let bot = world.bots[0].bot_id.clone();
        let mut users = world
            .users
            .into_iter()
            .filter(|user| user.bot == bot)
            .map(|user| user.user_id);
        let guest = users.next().expect("the account has a user");
        let rival = users.next().expect("the account has a second user");
        Self {
            stack,
            bot,
            guest,
            rival,
        }
    }

    /// A new stack whose first account is attached, which was reported to the module.
    pub async fn attached() -> Self {
        let bundle = Self::start().await;
        bundle.attach().await;
        bundle
    }

    /// The same, whose worker runs a module of the test's own.
    pub async fn with<M: Module + Clone>(module: M) -> Self {
        let bundle = Self::running(module).await;
        bundle.attach().await;
        bundle
    }

    /// The environment variables of its functions.
    pub fn env(&self) -> Env {
        Env::from_map(self.stack.variables.clone())
    }

    async fn attach(&self) {
        let page = self
            .stack
            .attach(&self.bot, "ja")
            .await
            .expect("the account is attached");
        assert_eq!(page.status, 200, "{}", page.body);
        let settled = self.stack.settled().await;
        settled.expect("the queue becomes empty");
    }

    /// The emulator sends events of a chat, signed; gives the delivery, when the queue is empty again.
    pub async fn line_sends(
        &self,
        chat: Option<&str>,
        events: Vec<Value>,
        how: DeliverOptions,
    ) -> Delivery {
        let request = self.request(chat, events, Deliver::Send(how));
        let outcome = self
            .stack
            .line
            .send_events(request)
            .await
            .expect("the emulator sends");
        self.stack.settled().await.expect("the queue becomes empty");
        match outcome {
            Outcome::Delivered(delivery) => *delivery,
            Outcome::Held(_) => unreachable!("it was to be sent"),
        }
    }

    /// The same, held back: body and signature for the test to send.
    pub async fn line_holds(&self, chat: Option<&str>, events: Vec<Value>) -> Held {
        let request = self.request(chat, events, Deliver::Hold);
        match self
            .stack
            .line
            .send_events(request)
            .await
            .expect("the emulator holds")
        {
            Outcome::Held(held) => held,
            Outcome::Delivered(_) => unreachable!("it was to be held"),
        }
    }

    fn request(&self, chat: Option<&str>, events: Vec<Value>, deliver: Deliver) -> EventsRequest {
        EventsRequest {
            bot: self.bot.clone(),
            chat: chat.map(str::to_owned),
            events,
            deliver,
        }
    }

    /// Posts a body to the webhook, with a signature or without; gives the status.
    pub async fn post(&self, body: impl Into<Vec<u8>>, signature: Option<&str>) -> u16 {
        let mut request = reqwest::Client::new()
            .post(&self.stack.addresses.webhook_url)
            .body(body.into());
        if let Some(signature) = signature {
            request = request.header("X-Line-Signature", signature);
        }
        request
            .send()
            .await
            .expect("the gateway answers")
            .status()
            .as_u16()
    }

    /// Signs as LINE does, with the channel's secret.
    pub fn sign(&self, body: &str) -> String {
        sign_with(&self.stack.line.settings().channel_secret, body)
    }

    /// Where the ledger has an event.
    pub fn key(&self, chat: Option<&str>, event: &str) -> LedgerKey {
        LedgerKey {
            bot: BotId::new(&self.bot).expect("an id"),
            chat: chat.map(|chat| ChatId::new(chat).expect("an id")),
            event: EventId::new(event).expect("an id"),
        }
    }

    /// What the ledger has of an event.
    pub async fn record(&self, chat: Option<&str>, event: &str) -> Option<LedgerEntry> {
        self.stack
            .store
            .ledger(&self.key(chat, event))
            .await
            .expect("the table answers")
    }

    /// The calls that LINE received for a path.
    pub async fn calls(&self, path: &str) -> Vec<Call> {
        self.stack
            .line
            .calls(0)
            .await
            .into_iter()
            .filter(|call| call.path == path)
            .collect()
    }

    /// Waits until the worker has met an outage and given messages back.
    pub async fn worker_gives_back(&self) {
        while self.stack.sqs.calls("ChangeMessageVisibilityBatch") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// How many requests the queue has had.
    pub fn queue_requests(&self) -> u64 {
        self.stack.sqs.calls("SendMessageBatch")
    }
}

/// Signs with any secret.
pub fn sign_with(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The texts of some bubbles.
pub fn texts(bubbles: &[Bubble]) -> Vec<&str> {
    bubbles.iter().filter_map(Bubble::text).collect()
}

/// The data and label of each quick reply offered.
pub fn choices(bubbles: &[Bubble]) -> Vec<(String, String)> {
    let text = |action: &Value, name: &str| action[name].as_str().unwrap_or_default().to_owned();
    bubbles
        .iter()
        .flat_map(Bubble::quick_replies)
        .map(|action| (text(action, "data"), text(action, "label")))
        .collect()
}
