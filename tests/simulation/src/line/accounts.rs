//! Which accounts the channel is attached to: the list, the detach that we ask for, and
//! the exchange that links one.

use serde_json::{Value, json};

use super::api::{Answer, NOT_AVAILABLE, ok, refused};
use super::{Line, bot_id};
use crate::schedule::{Absence, What};
use crate::time::BEGINNING;

/// The number of the first account of which nothing but its place in the list is given.
pub(crate) const FIRST_OTHER: u8 = 100;

impl Line {
    /// A page of the accounts. LINE may leave suspended ones out.
    pub(super) fn list(&self, start: &str) -> Value {
        let attached = self
            .bots
            .iter()
            .filter(|(_, bot)| !bot.detached && !bot.suspended);
        let listed = attached.filter(|(id, _)| self.absence(id).is_none() && id.as_str() >= start);
        let mut ids: Vec<_> = listed.map(|(id, _)| id.clone()).collect();
        let page = match self.listing.page {
            0 => 100,
            page => page,
        };
        let rest = ids.split_off(page.min(ids.len()));
        let bots: Vec<_> = ids
            .iter()
            .map(|id| json!({ "userId": id, "displayName": "A name" }))
            .collect();
        match rest.first() {
            Some(next) => json!({ "bots": bots, "next": next }),
            None => json!({ "bots": bots }),
        }
    }

    /// If the list is without the account for now.
    fn absence(&self, id: &str) -> Option<&Absence> {
        let now = u64::try_from(self.now())
            .unwrap_or_default()
            .saturating_sub(BEGINNING * 1000);
        self.listing.absences.iter().find(|absence| {
            let mut bots = absence.bots.iter();
            (absence.from_ms..absence.to_ms).contains(&now) && bots.any(|bot| bot_id(*bot) == id)
        })
    }

    pub(super) fn info(&mut self, bot: &str) -> Answer {
        let absence = self.absence(bot);
        let is_hidden = absence.is_some_and(|it| it.info_refused);
        let fails = absence.is_some_and(|it| it.info_fails);
        match self.bot(bot).detached || is_hidden {
            true => refused(403, NOT_AVAILABLE),
            false if fails => refused(500, "Internal Server Error"),
            false => ok(json!({ "userId": bot })),
        }
    }

    /// We detach an account; the second time there is nothing to detach.
    pub(super) fn detach(&mut self, id: &str) -> Answer {
        self.count("detaches confirmed");
        let bot = self.bot(id);
        bot.confirmed = true;
        match std::mem::replace(&mut bot.detached, true) {
            true => refused(400, "Specified channel is not detachable"),
            false => ok(json!({})),
        }
    }

    /// An admin links an account; a code is good once.
    pub(super) fn exchange(&mut self, code: &str) -> Answer {
        let link = link_of(code).and_then(|number| self.links.get(number).cloned());
        let id = event_of(code);
        let Some(link) = link.filter(|_| !self.events.contains_key(&id)) else {
            let mut answer = refused(400, "");
            answer.body = json!({ "error": "invalid_grant" });
            return answer;
        };
        self.count("attach callbacks");
        let bot = bot_id(link.bot);
        self.attach(&bot, Some(link.scopes.clone()));
        let named = link.event_names_scopes.then(|| link.scopes.clone());
        self.record(&bot, None, &id, What::Attached(named), None);
        let mut answer = json!({ "bot_id": bot });
        if link.answer_names_scopes {
            answer["scopes"] = link.scopes.split(' ').collect();
        }
        ok(answer)
    }

    /// The channel is attached, whoever has done it.
    pub(super) fn attach(&mut self, id: &str, scopes: Option<String>) {
        let bot = self.bot(id);
        let was_detached = std::mem::take(&mut bot.detached);
        bot.suspended = false;
        bot.confirmed = false;
        bot.scopes = scopes;
        if was_detached {
            self.count("attached again");
        }
    }

    /// The event that LINE sends of our own detach.
    pub(crate) fn detach_event(&mut self, bot: &str, id: &str) -> Value {
        let event = self.record(bot, None, id, What::Detached, None);
        self.json(&event)
    }

    /// The event that LINE sends of an attach by a code, and after how long its copies come.
    pub(crate) fn attach_event(&self, code: &str) -> Option<(String, Value, Vec<u64>)> {
        let event = self.events.get(&event_of(code))?;
        let link = self.links.get(link_of(code)?)?;
        Some((event.id.clone(), self.json(event), link.copies_ms.clone()))
    }

    /// Nobody has heard that LINE has detached an account: its mark says that nothing may be
    /// sent, or an attach that is newer for all that anybody knows.
    pub(crate) fn forget_confirmation(&mut self, bot: &str) {
        self.bot(bot).confirmed = false;
    }

    /// Whether LINE has confirmed a detach of ours, and the account was not attached since.
    pub(crate) fn is_detached_by_us(&self, bot: &str) -> bool {
        self.bots.get(bot).is_some_and(|bot| bot.confirmed)
    }

    fn count(&mut self, change: &'static str) {
        *self.changes.entry(change).or_default() += 1;
    }
}

/// The code that LINE's link screen gives for a link of the schedule.
pub(crate) fn code_of(link: usize) -> String {
    format!("code{link}")
}

fn link_of(code: &str) -> Option<usize> {
    code.strip_prefix("code")?.parse().ok()
}

fn event_of(code: &str) -> String {
    format!("link-{code}")
}
