//! What LINE takes on at once and does later: narrowcasts, and rich menus of many users.

use super::World;
use crate::clock::{Millis, month};

impl World {
    /// Notes that something of a bot is to be done at a time.
    pub(crate) fn later(&mut self, bot: &str, due: Millis) {
        self.jobs.push((due, bot.to_owned()));
    }

    /// Whether something of a bot is still to be done.
    pub(crate) fn is_busy(&self, bot: &str) -> bool {
        self.jobs.iter().any(|(_, busy)| busy == bot)
    }

    /// Does what is due. It is called before anybody looks.
    pub(crate) fn settle(&mut self, now: Millis) {
        let (due, later) = std::mem::take(&mut self.jobs)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.jobs = later;
        let due: Vec<(Millis, String)> = due;
        for (_, bot) in due {
            self.of(&bot).menus.settle(now);
            while let Some(place) = self.due_narrowcast(&bot, now) {
                self.send_narrowcast(&bot, place);
            }
        }
    }

    fn due_narrowcast(&self, bot: &str, now: Millis) -> Option<usize> {
        let sent = &self.belongings.get(bot)?.sent;
        sent.iter().position(|sent| {
            let cast = sent.narrowcast.as_ref();
            cast.is_some_and(|cast| !cast.done && cast.due <= now)
        })
    }

    fn send_narrowcast(&mut self, bot: &str, place: usize) {
        let sent = &mut self.of(bot).sent[place];
        let messages = sent.messages.clone();
        let Some(cast) = &mut sent.narrowcast else {
            return;
        };
        cast.done = true;
        let (targets, due) = (cast.targets.clone(), cast.due);
        if cast.failed.is_some() {
            return;
        }
        let reached: Vec<String> = targets
            .into_iter()
            .filter(|user| self.deliver(bot, user, &messages, due))
            .collect();
        let people = reached.len() as u64;
        if let Some(account) = self.account_mut(bot) {
            account.count(&month(due), people);
        }
        let sent = &mut self.of(bot).sent[place];
        sent.reached = reached;
        sent.people = people;
    }
}
