//! What can be done with the emulator from outside: each route of the control interface and each
//! button of the pages calls one of these.

pub(crate) mod account;
mod admin;
mod erase;
mod events;
mod menu;
mod messages;
mod owner;
mod primary;
pub(crate) mod redelivery;
mod stock;
mod time;
mod user;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::api::{self, Facts};
use crate::clock::{self, in_millis};
use crate::emulator::{Emulator, check};
use crate::error::Error;
use crate::world::State;
use crate::world::chat::{Bubble, Holder};
use crate::world::fault::Fault;
use crate::world::record::{Call, Delivery};
use crate::world::snapshot;

impl Emulator {
    /// The time on its clock: the system's, and what it was moved.
    pub fn now(&self) -> SystemTime {
        let now = self.platform().now();
        UNIX_EPOCH + Duration::from_millis(now.max(0).unsigned_abs())
    }

    /// An account's name, if there is one of this id.
    pub fn account_name(&self, bot: &str) -> Option<String> {
        let platform = self.platform();
        let account = platform.world.account(bot)?;
        Some(account.display_name.clone())
    }

    /// The time of day of a moment, in milliseconds since 1970, as the account's pages show it: by
    /// the clocks of its region.
    pub fn time_of_day(&self, bot: &str, at: i64) -> String {
        let platform = self.platform();
        let account = platform.world.account(bot);
        let hours = account.map_or(9, |account| account.region.hours());
        clock::time_of_day(at, hours)
    }

    /// Everything it knows.
    pub async fn state(&self) -> State {
        let mut platform = self.platform();
        let now = platform.now();
        platform.world.settle(now);
        snapshot::take(&platform.world, &platform.settings, platform.now())
    }

    /// What is known of all endpoints of LINE's API.
    pub fn endpoints(&self) -> Vec<Facts> {
        api::endpoints()
    }

    /// Changes some of the settings that [`Settings::listing`](crate::Settings::listing) lists.
    pub async fn change_settings(&self, changes: &Value) -> Result<(), Error> {
        {
            let mut platform = self.platform();
            let changed = platform.settings.changed(changes)?;
            check(&changed).map_err(|error| Error::request(error.to_string()))?;
            platform.settings = changed;
        }
        self.changed();
        Ok(())
    }

    /// The API calls received after number `since`.
    pub async fn calls(&self, since: u64) -> Vec<Call> {
        let platform = self.platform();
        let calls = platform.world.calls.iter();
        calls.filter(|call| call.number > since).cloned().collect()
    }

    /// The webhooks sent to the module after number `since`.
    pub async fn deliveries(&self, since: u64) -> Vec<Delivery> {
        let platform = self.platform();
        let all = platform.world.deliveries.iter();
        all.filter(|delivery| delivery.number > since)
            .cloned()
            .collect()
    }

    /// The webhooks sent to a channel after number `since`. Those of the channels beside the module
    /// have numbers of their own.
    pub async fn deliveries_to(&self, channel: Holder, since: u64) -> Vec<Delivery> {
        if channel == Holder::Module {
            return self.deliveries(since).await;
        }
        let platform = self.platform();
        let all = platform.world.other_deliveries.iter();
        all.filter(|delivery| delivery.to == channel && delivery.number > since)
            .cloned()
            .collect()
    }

    /// What was said in a chat, oldest first.
    pub async fn conversation(&self, bot: &str, chat: &str) -> Vec<Bubble> {
        let platform = self.platform();
        let chat = platform.world.chat(bot, chat);
        chat.map_or_else(Vec::new, |chat| chat.bubbles.iter().cloned().collect())
    }

    /// Lets the next calls that match fail.
    pub async fn add_faults(&self, faults: Vec<Fault>) -> Result<(), Error> {
        faults.iter().try_for_each(Fault::check)?;
        self.platform().world.faults.extend(faults);
        self.changed();
        Ok(())
    }

    /// Moves the clock forward. What becomes due by that happens before it returns: failed webhooks
    /// are sent again, accounts deleted three months ago are erased, and the module gets the
    /// events.
    pub async fn advance_clock(&self, by: Duration) {
        {
            let mut platform = self.platform();
            let ahead = &mut platform.world.clock_ahead;
            *ahead = ahead.saturating_add(in_millis(by));
            let now = platform.now();
            platform.world.settle(now);
            platform.world.prune(now);
        }
        self.changed();
        self.redeliver_due().await;
        self.erase_due().await;
    }
}
