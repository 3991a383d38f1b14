//! What happens to accounts at LINE, between runs and during them.

use std::time::Duration;

use emulator::AccountStatus;
use shared::line::attach::{AttachTerms, Verifier};

use super::{REDIRECT, World};

impl World {
    pub(super) async fn something_happens(&mut self) {
        match self.dice.below(8) {
            0 => self.suspends_or_deletes().await,
            1 => self.resumes().await,
            2 => self.detached_a_minute_ago().await,
            _ => self.attach_or_detach().await,
        }
    }

    pub(super) async fn attach_or_detach(&mut self) {
        match self.dice.one_in(2) {
            true => self.an_admin_attaches().await,
            false => self.an_admin_detaches().await,
        }
    }

    /// The callback may be lost, and so is its event.
    async fn an_admin_attaches(&mut self) {
        let Some(bot) = self
            .one_of(|bot| !bot.attached && bot.status == AccountStatus::Active)
            .await
        else {
            return;
        };
        let terms = AttachTerms {
            redirect_uri: REDIRECT.into(),
            scope: "message:send".into(),
            region: None,
            basic_search_id: None,
            brand_type: None,
        };
        let verifier = Verifier::new([7; 32]);
        let url = self.attach.authorize_url(&terms, "state", &verifier);
        let back = self
            .emulators
            .line
            .link(&url, bot.as_str())
            .await
            .expect("the account is linked");
        let code = back
            .split("code=")
            .nth(1)
            .and_then(|rest| rest.split('&').next())
            .expect("a code comes back");
        let attached = self
            .attach
            .exchange(code, &terms, &verifier)
            .await
            .expect("the code is exchanged");
        if !self.dice.one_in(3) {
            self.change_row(&bot, |row| row.state.attach(attached.at, &attached.scopes))
                .await;
        }
        // An attach counts from the end of its second.
        self.emulators.advance(Duration::from_secs(1)).await;
    }

    /// The event of it may be lost.
    async fn an_admin_detaches(&mut self) {
        let Some(bot) = self.an_active_account().await else {
            return;
        };
        let detached = self.owners.app.line.detach(&bot).await;
        detached.expect("the account is detached");
        if self.dice.one_in(2) {
            let now = self.emulators.now();
            self.change_row(&bot, |row| row.state.detach(now)).await;
        }
    }

    /// LINE's list does not know it yet, if it ever will.
    async fn detached_a_minute_ago(&mut self) {
        let Some(bot) = self.an_active_account().await else {
            return;
        };
        let at = self.emulators.now().minus(Duration::from_secs(60));
        self.change_row(&bot, |row| row.state.detach(at)).await;
    }

    async fn suspends_or_deletes(&mut self) {
        let Some(bot) = self.an_active_account().await else {
            return;
        };
        let now = self.emulators.now();
        self.change_row(&bot, |row| row.state.suspended_at = Some(now))
            .await;
        let done = match self.dice.one_in(3) {
            true => self.emulators.line.delete(bot.as_str()).await,
            false => self.emulators.line.suspend(bot.as_str()).await,
        };
        done.expect("LINE does it");
    }

    pub(super) async fn resumes(&mut self) {
        let Some(bot) = self
            .one_of(|bot| bot.status == AccountStatus::Suspended)
            .await
        else {
            return;
        };
        let resumed = self.emulators.line.resume(bot.as_str()).await;
        resumed.expect("LINE does it");
        let now = self.emulators.now();
        self.change_row(&bot, |row| row.state.resumed_at = Some(now))
            .await;
    }
}
