//! Who may see an account's management screen: the accounts that were proven in one browser.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{BotId, BotState, Timestamp};

/// A session that was not used for so long has ended.
pub const IDLE: Duration = Duration::from_secs(24 * 3600);
/// How long the proof of an account counts, however much it is used.
pub const ABSOLUTE: Duration = Duration::from_secs(14 * 24 * 3600);
/// How many accounts one session holds: the newest.
const MOST_ACCOUNTS: usize = 30;

/// The accounts that were proven in one browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// When each was proven, by our clock.
    pub accounts: BTreeMap<BotId, Timestamp>,
    /// When it was used last, to some minutes.
    pub seen_at: Timestamp,
}

impl Session {
    /// Whether it has not ended by the time.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) < IDLE && self.proven(now).next().is_some()
    }

    /// The accounts whose proof still counts, by the time alone.
    pub fn proven(&self, now: Timestamp) -> impl Iterator<Item = (&BotId, Timestamp)> {
        let accounts = self.accounts.iter().map(|(bot, at)| (bot, *at));
        accounts.filter(move |(_, at)| now.since(*at) < ABSOLUTE)
    }

    /// The session in which this account is proven too.
    #[must_use]
    pub fn with(&self, bot: &BotId, now: Timestamp) -> Self {
        let proven = self.proven(now).map(|(bot, at)| (bot.clone(), at));
        let mut accounts: BTreeMap<_, _> = proven.collect();
        accounts.insert(bot.clone(), now);
        while accounts.len() > MOST_ACCOUNTS {
            let oldest = accounts.iter().min_by_key(|(_, at)| **at);
            let Some(oldest) = oldest.map(|(bot, _)| bot.clone()) else {
                break;
            };
            accounts.remove(&oldest);
        }
        Self {
            accounts,
            seen_at: now,
        }
    }

    /// When it ends by itself if nobody uses it.
    pub fn ends_at(&self) -> Timestamp {
        self.seen_at.plus(IDLE)
    }

    /// Whether this account may be seen: it was proven in this session, it is attached, and it
    /// was neither detached nor signed out everywhere since.
    pub fn may_see(
        &self,
        bot: &BotId,
        state: &BotState,
        signed_out_at: Option<Timestamp>,
        now: Timestamp,
    ) -> bool {
        let proven = self.proven(now).find(|(proven, _)| *proven == bot);
        let ends = [state.detached_at, state.detaching_at, signed_out_at];
        proven.is_some_and(|(_, at)| {
            state.is_attached() && Some(at) > ends.into_iter().max().flatten()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Scopes;

    fn bot(id: &str) -> BotId {
        BotId::new(id).unwrap()
    }

    fn attached() -> BotState {
        let mut state = BotState::default();
        state.attach(Timestamp(1), &Scopes::Unknown);
        state
    }

    const NOW: Timestamp = Timestamp(10_000);

    #[test]
    fn an_account_is_seen_by_whoever_has_proven_it_and_by_nobody_else() {
        let session = Session::default().with(&bot("U1"), NOW);
        let may = |id: &str| session.may_see(&bot(id), &attached(), None, NOW);
        assert!(may("U1"));
        assert!(!may("U2"));
    }

    #[test]
    fn a_detach_and_signing_out_end_what_was_proven_before_and_not_what_is_proven_after() {
        let session = Session::default().with(&bot("U1"), NOW);
        let may = |state: &BotState, out: Option<i64>| {
            session.may_see(&bot("U1"), state, out.map(Timestamp), NOW)
        };
        assert!(!may(&attached(), Some(10_000)));
        assert!(may(&attached(), Some(9_999)));
        let mut again = attached();
        again.detach(Timestamp(10_001));
        assert!(!may(&again, None));
        again.attach(Timestamp(10_002), &Scopes::Unknown);
        assert!(!may(&again, None), "another admin may have attached it");
        let mut marked = attached();
        marked.begin_detach(NOW);
        assert!(!may(&marked, None));
    }

    #[test]
    fn time_ends_a_session_that_is_not_used_and_a_proof_that_is() {
        let session = Session::default().with(&bot("U1"), NOW);
        assert!(session.is_alive(Timestamp(session.ends_at().0 - 1)));
        assert!(!session.is_alive(session.ends_at()));
        let late = NOW.plus(ABSOLUTE);
        let used = Session {
            seen_at: late,
            ..session
        };
        assert!(!used.is_alive(late));
        assert!(!used.may_see(&bot("U1"), &attached(), None, late));
        let more = used.with(&bot("U2"), late);
        assert_eq!(more.accounts.len(), 1, "what has ended is not taken along");
    }

    #[test]
    fn a_session_holds_the_newest_accounts() {
        let mut session = Session::default();
        for number in 0..40 {
            let at = Timestamp(NOW.0 + number);
            session = session.with(&bot(&format!("U{number:02}")), at);
        }
        assert_eq!(session.accounts.len(), MOST_ACCOUNTS);
        assert!(session.accounts.contains_key(&bot("U39")));
        assert!(!session.accounts.contains_key(&bot("U09")));
    }
}
