//! The mix: what happens in chats, each kind by itself, and what the functions use for one of it.

use std::time::Duration;

use emulator::{Deliver, DeliverOptions, EventsRequest};
use local::stack::Stack;
use local::talk::Unexpected;
use serde_json::{Value, json};

use crate::counts::Kind;
use crate::stack::{CARD, LATER, Meters, TEXT, Tallies, WAIT};

/// Events of one webhook that many users cause at once.
const MANY: u32 = 100;

/// An account with a guest, and the meters.
pub(crate) struct Mix<'a> {
    stack: &'a Stack,
    meters: &'a Meters,
    bot: String,
    guest: String,
}

type Done = Result<(), Unexpected>;

impl<'a> Mix<'a> {
    /// Links the first account of LINE's world.
    pub(crate) async fn of(stack: &'a Stack, meters: &'a Meters) -> Result<Self, Unexpected> {
        let world = stack.line.state().await;
        let missing = || Unexpected("LINE's world has no account with a user".to_owned());
        let bot = world.bots.first().ok_or_else(missing)?.bot_id.clone();
        let guest = world.users.iter().find(|user| user.bot == bot);
        let guest = guest.ok_or_else(missing)?.user_id.clone();
        stack.attach(&bot, "ja").await?;
        let mix = Self {
            stack,
            meters,
            bot,
            guest,
        };
        // The chat's row is there, and the channel's token is known.
        mix.says(TEXT).await?;
        Ok(mix)
    }

    /// Every kind.
    pub(crate) async fn all(&self) -> Result<Vec<Kind>, Unexpected> {
        Ok(vec![
            self.used("text", 1, 1, async || self.says(TEXT).await)
                .await?,
            self.used("card", 1, 1, async || self.says(CARD).await)
                .await?,
            self.burst().await?,
            self.used("timer", 1, 1, async || self.timer().await)
                .await?,
            self.redelivery().await?,
            self.standby().await?,
        ])
    }

    /// What the functions of the path of events use while `happen` happens.
    async fn used(
        &self,
        name: &str,
        events: u32,
        side_by_side: u32,
        happen: impl AsyncFnOnce() -> Done,
    ) -> Result<Kind, Unexpected> {
        self.stack.usage_is_counted().await.map_err(unexpected)?;
        self.meters.take();
        let before = self.kept()?;
        happen().await?;
        let mut functions = self.meters.take();
        // It is fed from the table's stream, off the path.
        functions.remove("UsageFunction");
        functions.retain(|_, tally| tally.invocations > 0);
        Ok(Kind {
            name: name.to_owned(),
            events,
            side_by_side,
            kept_bytes: self.kept()?.saturating_sub(before),
            functions,
        })
    }

    fn kept(&self) -> Result<u64, Unexpected> {
        self.stack.table_bytes().map_err(unexpected)
    }

    async fn says(&self, text: &str) -> Done {
        let answers = self.stack.chat(&self.bot, &self.guest).says(text).await?;
        match answers.is_empty() {
            true => Err(Unexpected(format!("nothing was answered to {text}"))),
            false => Ok(()),
        }
    }

    /// A broadcast's echo: many users write at once, and the queue fills whole batches.
    async fn burst(&self) -> Result<Kind, Unexpected> {
        let events = (0..MANY).map(|number| {
            let user = format!("U{number:032x}");
            json!({
                "type": "message",
                "source": { "type": "user", "userId": user },
                "message": { "type": "text", "text": TEXT },
            })
        });
        let events: Vec<Value> = events.collect();
        // The chats have their rows before they are counted.
        self.at_once(events.clone()).await?;
        self.used("burst", MANY, 10, async || self.at_once(events).await)
            .await
    }

    async fn at_once(&self, events: Vec<Value>) -> Done {
        self.stack.feed_from_queues(false);
        let request = EventsRequest {
            bot: self.bot.clone(),
            chat: None,
            events,
            deliver: Deliver::Send(DeliverOptions::default()),
        };
        let sent = self.stack.line.send_events(request).await;
        self.stack.feed_from_queues(true);
        sent.map_err(unexpected)?;
        self.stack.settled().await
    }

    async fn timer(&self) -> Done {
        self.says(LATER).await?;
        self.stack
            .line
            .advance_clock(WAIT + Duration::from_secs(60))
            .await;
        self.run("TimerFunction").await?;
        self.stack.settled().await
    }

    async fn redelivery(&self) -> Result<Kind, Unexpected> {
        self.says(TEXT).await?;
        let last = self.stack.last_delivery().await;
        self.used("redelivery", 1, 1, async || {
            self.stack.line.redeliver(last).await.map_err(unexpected)?;
            self.stack.settled().await
        })
        .await
    }

    /// The account's staff has the chat.
    async fn standby(&self) -> Result<Kind, Unexpected> {
        let taken = self.stack.line.take(&self.bot, &self.guest).await;
        taken.map_err(unexpected)?;
        self.stack.settled().await?;
        self.used("standby", 1, 1, async || {
            let sent = self
                .stack
                .line
                .user_says(&self.bot, &self.guest, TEXT)
                .await;
            sent.map_err(unexpected)?;
            self.stack.settled().await
        })
        .await
    }

    /// An account's minute in which something was answered, as the function that counts what accounts use sees it.
    pub(crate) async fn minute(&self) -> Result<Tallies, Unexpected> {
        let given = self.stack.line.give(&self.bot, &self.guest).await;
        given.map_err(unexpected)?;
        self.stack.settled().await?;
        self.stack.usage_is_counted().await.map_err(unexpected)?;
        self.stack.feed_from_streams(false);
        self.says(TEXT).await?;
        self.meters.take();
        self.stack.feed_from_streams(true);
        self.stack.usage_is_counted().await.map_err(unexpected)?;
        let mut tallies = self.meters.take();
        tallies.retain(|name, _| name == "UsageFunction");
        Ok(tallies)
    }

    /// A run of each function that a schedule calls, when there is nothing to do.
    pub(crate) async fn idle(&self, function: &str) -> Result<Tallies, Unexpected> {
        self.meters.take();
        self.run(function).await?;
        let mut tallies = self.meters.take();
        tallies.retain(|name, _| name == function);
        Ok(tallies)
    }

    async fn run(&self, function: &str) -> Done {
        let ran = self.stack.run_schedule(function).await;
        ran.map(drop).map_err(unexpected)
    }
}

fn unexpected(error: impl std::fmt::Display) -> Unexpected {
    Unexpected(error.to_string())
}
