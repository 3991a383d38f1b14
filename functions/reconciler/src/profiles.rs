//! Profiles are personal: one that no module has read again for so long ends. A run goes through a
//! piece of all chats; the next one goes on there.

use std::time::Duration;

use shared::domain::{BotId, Timestamp};
use shared::metrics::Metric;
use shared::store::{ProfilesRound, StoreError};

use crate::App;
use crate::again::again;

/// A round begins so long after the one before has begun, or when that one ends.
const EACH: Duration = Duration::from_secs(24 * 3600);
/// Before the run's end, so that where the round is can be kept.
const BEFORE_END: Duration = Duration::from_secs(20);
/// Chats read at once.
const PAGE: usize = 100;

/// Ends the profiles that are too old, as far as this run comes, which ends at `end`.
///
/// # Errors
/// The table is not available, or a row cannot be read: the rest of that account's chats are left
/// to the next round, so that a row which nobody can read does not hold up all others.
pub(crate) async fn end_profiles(app: &App, end: Timestamp) -> Result<(), StoreError> {
    let until = app.now().plus(app.profiles_budget);
    let until = until.min(end.minus(BEFORE_END));
    let kept = again(app, || app.store.profiles_round()).await?;
    let round = match kept {
        Some(round) if round.ended_at.is_none() => round,
        Some(round) if app.now().since(round.began_at) < EACH => return Ok(()),
        _ => ProfilesRound {
            began_at: app.now(),
            ..ProfilesRound::default()
        },
    };
    let mut walk = Walk {
        app,
        round,
        until,
        ended: 0,
    };
    let result = walk.run().await;
    app.metrics.add(Metric::ProfilesEnded, walk.ended);
    again(app, || app.store.keep_profiles_round(&walk.round)).await?;
    result
}

/// A run's part of a round.
struct Walk<'a> {
    app: &'a App,
    round: ProfilesRound,
    until: Timestamp,
    ended: usize,
}

impl Walk<'_> {
    async fn run(&mut self) -> Result<(), StoreError> {
        // One account's chats may be left of the run before.
        if let (Some(bot), Some(_)) = (self.round.bot.clone(), &self.round.chat)
            && (!self.chats(&bot).await? || self.is_over())
        {
            return Ok(());
        }
        let mut from = self.round.behind();
        loop {
            let page = again(self.app, || self.app.store.bots(from.as_ref())).await?;
            for (bot, _) in page.rows {
                self.round.bot = Some(bot.clone());
                if !self.chats(&bot).await? || self.is_over() {
                    return Ok(());
                }
            }
            from = page.next;
            if from.is_none() {
                self.round.ended_at = Some(self.app.now());
                return Ok(());
            }
        }
    }

    fn is_over(&self) -> bool {
        self.app.now() >= self.until
    }

    /// The chats of one account; false if the time is up before the last.
    async fn chats(&mut self, bot: &BotId) -> Result<bool, StoreError> {
        let app = self.app;
        let before = app.now().minus(app.profiles_for);
        let mut after = self.round.chat.take();
        loop {
            let page = again(app, || app.store.chats(bot, after.as_ref(), PAGE)).await?;
            for (chat, row) in page.rows {
                if row.profile.is_some_and(|it| it.at < before)
                    && again(app, || app.store.end_profile(bot, &chat, before)).await?
                {
                    self.ended += 1;
                }
            }
            let Some(next) = page.next else {
                return Ok(true);
            };
            if self.is_over() {
                self.round.stopped_at(&next);
                return Ok(false);
            }
            after = Some(next);
        }
    }
}
