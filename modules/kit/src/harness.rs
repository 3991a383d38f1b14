//! A shop to talk to: one account with a module, and all the bundle behind it, in memory.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use emulator::{Deliver, DeliverOptions, EventsRequest};
use futures::FutureExt as _;
use line_module::Module;
use serde_json::Value;

use crate::world::{Hire, World};
use crate::{Account, Came, Clock, Company, Staff, User};

/// A Friday: 2026-11-20, ten o'clock in Japan.
const BEGINS: Duration = Duration::from_secs(1_795_136_400);
/// What the accounts of this kit grant.
const SCOPES: [&str; 4] = [
    "message:send",
    "message:receive",
    "profile:read",
    "account:manage",
];

/// How a harness begins. Change what matters: `Setup { default_active: false, ..Setup::default() }`.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The account's name.
    pub account: String,
    /// What its admin grants.
    pub scopes: Vec<String>,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    /// What the clock shows at first. It moves on a second with whatever anyone does, and else by [`Clock`].
    pub begins: SystemTime,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            account: "Sakura Salon".into(),
            scopes: SCOPES.map(str::to_owned).into(),
            default_active: true,
            begins: UNIX_EPOCH + BEGINS,
        }
    }
}

/// One attached account whose chats the module answers. A test in which a handler has failed fails when this goes,
/// unless it has said that it expects it: [`Came::fails`].
pub struct Harness {
    world: Arc<World>,
}

impl Harness {
    /// An account that was attached a moment ago, which was reported to the module.
    pub async fn new<M: Module>(module: M) -> Self {
        Self::with(module, Setup::default()).await
    }

    /// The same, set up otherwise.
    pub async fn with<M: Module>(module: M, setup: Setup) -> Self {
        let module = Arc::new(module);
        Self::hiring(&setup, Box::new(move |parts| parts.worker(module.clone()))).await
    }

    /// The same, with a new module for each process of the worker.
    pub(crate) async fn hiring(setup: &Setup, hire: Hire) -> Self {
        let world = World::new(setup, hire).boxed().await;
        Self {
            world: Arc::new(world),
        }
    }

    pub(crate) fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The user of this name. One who is new is a friend of the account.
    pub fn user(&self, name: &str) -> User {
        User::new(self.world.clone(), self.world.user(name))
    }

    /// The account's staff, at the chat with this user, or at the group of [`User::in_group`].
    pub fn staff(&self, user: &User) -> Staff {
        Staff::new(self.world.clone(), user.chat().to_owned())
    }

    /// The account, as its owner handles it.
    pub fn account(&self) -> Account {
        Account::new(self.world.clone())
    }

    /// The company's own systems.
    pub fn company(&self) -> Company {
        Company::new(self.world.clone())
    }

    /// The time.
    pub fn clock(&self) -> Clock {
        Clock::new(self.world.clone())
    }

    /// The account's bot id.
    pub fn bot(&self) -> &str {
        &self.world.bot
    }

    /// LINE, for what there is no word for here: its faults, what it was asked, its world.
    pub fn line(&self) -> &emulator::Emulator {
        &self.world.line
    }

    /// LINE sends a webhook with any event, or with several if it is an array. What is left out (id, time, reply
    /// token, mode) is filled in as LINE would; a `source` is not.
    pub async fn line_sends(&self, events: Value) -> Came {
        self.sends(None, events).await
    }

    /// LINE sends its last webhook again, as it does where it did not hear that it was taken.
    pub async fn line_redelivers(&self) -> Came {
        let last = self.world.line.state().await.last_delivery;
        let again = self.world.line.redeliver(last);
        let came = self.world.deed("LINE sends the webhook again", again);
        Came::new(&self.world, came.await)
    }

    pub(crate) async fn sends(&self, chat: Option<&str>, events: Value) -> Came {
        let words = format!("LINE sends {}", types(&events));
        let request = request(&self.world.bot, chat, events);
        let sent = self.world.line.send_events(request);
        Came::new(&self.world, self.world.deed(words, sent).await)
    }

    /// Handlers may fail from now on, and have failed before: that alone lets no test fail.
    pub fn expects_failures(&self) {
        self.world.failures.expect_all();
    }

    /// Everything so far, as a text that is the same in every run: hold it with a snapshot.
    pub fn transcript(&self) -> String {
        self.world.transcript.text()
    }
}

/// A handler that failed is a test that failed, unless it has said so.
impl Drop for Harness {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if let Some(failure) = self.world.failures.unexpected() {
            panic!(
                "a handler has failed, {failure}
(where a test wants it so, it says `.fails()` or `.is(Verdict::Failed)` of what was done, or `shop.expects_failures()`)

{}",
                self.transcript()
            );
        }
    }
}

pub(crate) fn request(bot: &str, chat: Option<&str>, events: Value) -> EventsRequest {
    EventsRequest {
        bot: bot.to_owned(),
        chat: chat.map(str::to_owned),
        events: match events {
            Value::Array(events) => events,
            event => vec![event],
        },
        deliver: Deliver::Send(DeliverOptions::default()),
    }
}

/// The types of events, for the transcript.
pub(crate) fn types(events: &Value) -> String {
    let all = events
        .as_array()
        .map_or_else(|| vec![events], |all| all.iter().collect());
    let types = all
        .iter()
        .map(|event| event["type"].as_str().unwrap_or("an event"));
    types.collect::<Vec<_>>().join(", ")
}
