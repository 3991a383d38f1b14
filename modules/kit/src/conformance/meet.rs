//! Two runs at the same moment: only there can they be compared.

use std::time::{Duration, SystemTime};

use shared::domain::ledger::State;
use shared::queue::TIMER;

use super::stage::Stage;
use super::undisturbed::Rings;
use crate::world::ReceivedEvent;

/// What is set for later rings within this time, mostly.
const DAYS: Duration = Duration::from_secs(3 * 24 * 3600);
/// A timer that sets itself again has shown by then what it does.
const ENOUGH_RINGS: usize = 200;
/// Maximum number of times that one of two runs is brought forward to its next timer.
const MOST_STEPS: usize = 64;

impl Stage {
    /// The other run and this one come to the same moment. Where one handled an event later, its timers ring later
    /// too: it goes on until it has rung as often as the other.
    pub(super) async fn meets(&self, other: &Self) {
        let last = self.now().max(other.now());
        self.goes_on_until(last).await;
        other.goes_on_until(last).await;
        for _ in 0..MOST_STEPS {
            let (own, others) = (self.rings(), other.rings());
            let behind = match (lacks(&own, &others), lacks(&others, &own)) {
                (true, _) => self,
                (false, true) => other,
                (false, false) => return,
            };
            let next = behind.shop.world().next_ring();
            match next.filter(|due| *due <= last + DAYS) {
                Some(due) => behind.goes_on_until(due).await,
                None => return,
            }
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.shop.clock().now()
    }

    pub(super) async fn goes_on_until(&self, moment: SystemTime) {
        let left = moment.duration_since(self.now()).unwrap_or_default();
        let _ = self.shop.world().advance(left).await;
    }

    /// As much time as timers mostly need; less if one rings and rings.
    pub(super) async fn days_go_by(&self) {
        let end = self.now() + DAYS;
        for _ in 0..ENOUGH_RINGS {
            let next = self.shop.world().next_ring();
            match next.filter(|due| *due <= end) {
                Some(due) => self.goes_on_until(due).await,
                None => return self.goes_on_until(end).await,
            }
        }
    }

    /// How often each timer has rung.
    pub(super) fn rings(&self) -> Rings {
        let mut rings = Rings::new();
        for (kind, event) in self.shop.world().not_of_line() {
            if kind == TIMER {
                *rings.entry(named(&event)).or_default() += 1;
            }
        }
        rings
    }

    /// The longest time from an event's coming to its being decided.
    pub(super) async fn longest_wait(&self) -> Duration {
        let mut longest = Duration::ZERO;
        for key in self.shop.world().all_received() {
            let Some(row) = self.shop.world().row(&key).await else {
                continue;
            };
            let sends = match &row.state {
                State::Planned(sends) => Some(sends),
                State::Done { sends, .. } => sends.as_ref(),
                State::Parked(parked) => parked.sends.as_ref(),
                State::Failed { .. } => None,
            };
            let decided = sends.map(|sends| sends.planned_at).or(row.ended_at);
            let wait = decided.map_or(Duration::ZERO, |at| at.since(row.received_at));
            longest = longest.max(wait);
        }
        longest
    }
}

/// A timer's chat and name.
fn named(event: &ReceivedEvent) -> (String, String) {
    let read: serde_json::Value = serde_json::from_str(&event.raw).unwrap_or_default();
    let chat = event.key.chat.as_ref();
    let chat = chat.map_or_else(String::new, ToString::to_string);
    (chat, read["name"].as_str().unwrap_or_default().to_owned())
}

/// Whether some timer has rung less often than in the other run.
fn lacks(rings: &Rings, other: &Rings) -> bool {
    let rung = |name| rings.get(name).copied().unwrap_or_default();
    other.iter().any(|(name, number)| rung(name) < *number)
}
