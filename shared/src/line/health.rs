//! Whether LINE as a whole fails, as far as this process can tell: it refuses the channel's
//! credentials, gives no token, or fails for several accounts in a row. While that lasts, each
//! further call would only take its worker the time of a timeout.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::{BotId, Timestamp};

/// Number of failed calls in a row, without one that LINE answered, that make an outage.
const FAILURES: u32 = 3;
/// Of this many accounts at least: what fails for one alone may be its own trouble.
const ACCOUNTS: usize = 2;
/// How long the first pause is; each that follows without an answer is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a process has seen of LINE.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Failed calls since the last one that LINE answered,
    failures: u32,
    /// and the accounts that they were for.
    accounts: BTreeSet<BotId>,
    outage: Option<Outage>,
}

#[derive(Debug, Clone, Copy)]
struct Outage {
    until: Timestamp,
    pause: Duration,
}

impl Health {
    /// Until when nothing should be asked, if there is an outage.
    pub(crate) fn outage(&self, now: Timestamp) -> Option<Timestamp> {
        let outage = self.state().outage?;
        (now < outage.until).then_some(outage.until)
    }

    /// A call ended with this status, or without an answer. Tells whether a pause begins.
    pub(crate) fn record(&self, bot: Option<&BotId>, status: Option<u16>, now: Timestamp) -> bool {
        let mut state = self.state();
        match status {
            None | Some(500..) => return state.failed(bot, now),
            Some(401) => {} // the token may only be too old
            Some(_) => *state = State::default(),
        }
        false
    }

    /// There is no token to call LINE with, or it takes none of ours. Tells whether a pause
    /// begins.
    pub(crate) fn channel_fails(&self, now: Timestamp) -> bool {
        self.state().pause(now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn failed(&mut self, bot: Option<&BotId>, now: Timestamp) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.accounts.len() < ACCOUNTS {
            self.accounts.extend(bot.cloned());
        }
        self.failures >= FAILURES && self.accounts.len() >= ACCOUNTS && self.pause(now)
    }

    /// Pauses; calls that were under way when the pause began do not make it longer.
    fn pause(&mut self, now: Timestamp) -> bool {
        let pause = match self.outage {
            Some(outage) if now < outage.until => return false,
            Some(outage) => (outage.pause * 2).min(LONGEST_PAUSE),
            None => FIRST_PAUSE,
        };
        let until = now.plus(pause);
        tracing::error!(
            seconds = pause.as_secs(),
            "LINE as a whole fails: no chat is tried for some seconds"
        );
        self.outage = Some(Outage { until, pause });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot(name: &str) -> BotId {
        BotId::new(name).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000)
    }

    /// A process for which two accounts' calls have failed, three in all.
    fn down() -> Health {
        let health = Health::default();
        for name in ["Ua", "Ua", "Ub"] {
            health.record(Some(&bot(name)), Some(503), at(0));
        }
        health
    }

    #[test]
    fn several_accounts_in_a_row_are_an_outage() {
        let health = down();
        assert_eq!(health.outage(at(0)), Some(at(5)));
        assert_eq!(health.outage(at(5)), None, "then it is tried again");
    }

    #[test]
    fn one_account_alone_is_none_however_often_it_fails() {
        let health = Health::default();
        for _ in 0..10 {
            health.record(Some(&bot("Ua")), None, at(0));
        }
        assert_eq!(health.outage(at(0)), None);
    }

    #[test]
    fn an_answer_in_between_breaks_the_run() {
        let health = Health::default();
        for (name, status) in [("Ua", 500), ("Ub", 500), ("Uc", 400), ("Ua", 500)] {
            health.record(Some(&bot(name)), Some(status), at(0));
        }
        assert_eq!(health.outage(at(0)), None, "a 400 is an answer");
    }

    #[test]
    fn refused_credentials_and_a_missing_token_are_one_at_once() {
        let health = Health::default();
        health.record(Some(&bot("Ua")), Some(401), at(0));
        assert_eq!(health.outage(at(1)), None, "another token may be taken");
        health.channel_fails(at(0));
        assert_eq!(health.outage(at(1)), Some(at(5)));
    }

    #[test]
    fn pauses_grow_to_half_a_minute_until_line_answers() {
        let health = down();
        let mut pauses = Vec::new();
        let mut now = at(5);
        for _ in 0..4 {
            health.record(Some(&bot("Ua")), None, now);
            health.record(Some(&bot("Ub")), None, now);
            let until = health.outage(now).unwrap();
            pauses.push(until.since(now).as_secs());
            now = until;
        }
        assert_eq!(pauses, [10, 20, 30, 30]);
        health.record(Some(&bot("Ua")), Some(200), now);
        assert_eq!(health.outage(now), None);
        health.record(Some(&bot("Ua")), None, now);
        assert_eq!(health.outage(now), None, "a new run begins");
    }
}
