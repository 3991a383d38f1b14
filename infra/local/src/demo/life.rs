//! The life of an account: suspended, resumed, attached without our knowing,
//! detached.

use std::io::Write;
use std::time::Duration;

use emulator::{Bubble, Fault, FaultKind};
use shared::domain::{Attachment, BotId, Verdict};

use super::{Cast, Demo, Done};
use crate::talk::{Browser, Chat, Link, Unexpected};

impl<W: Write> Demo<'_, W> {
    pub(super) async fn lives(
        &mut self,
        cast: &Cast,
        guest: &mut Chat<'_>,
        admin: &mut Link,
    ) -> Done {
        let name = &cast.guest.name;
        self.suspended(name, guest, admin).await?;
        self.resumed(name, guest, admin).await?;
        self.healed(cast).await?;
        self.detached(name, guest).await
    }

    async fn suspended(&mut self, name: &str, guest: &mut Chat<'_>, admin: &mut Link) -> Done {
        self.step("The account is suspended while a message is on its way: nothing is sent")?;
        let on_its_way = guest.writes_on_its_way("予約する").await?;
        let suspended = self.stack.line.suspend(&self.account.bot_id).await;
        suspended.map_err(|error| Unexpected(error.to_string()))?;
        self.stack.settled().await?;
        let answers = guest.arrives(&on_its_way).await?;
        self.hear(name, "予約する", &answers)?;
        self.expect_none(&answers)?;
        self.trace(guest, Verdict::Suspended).await?;
        let page = admin.open_again().await?;
        let notice = "利用できない状態のため、この画面はご利用いただけません";
        self.line(&format!("the admin's page: …{notice}。"))?;
        let only_that = page.body.contains(notice) && !page.body.contains("<a ");
        self.expect(only_that, &page.body)
    }

    async fn resumed(&mut self, name: &str, guest: &mut Chat<'_>, admin: &mut Link) -> Done {
        self.step("The account is back, with all that was kept")?;
        let resumed = self.stack.line.resume(&self.account.bot_id).await;
        resumed.map_err(|error| Unexpected(error.to_string()))?;
        self.stack.settled().await?;
        let answers = guest.says("予約を確認").await?;
        self.hear(name, "予約を確認", &answers)?;
        self.expect_one(&answers, "現在のご予約はありません")?;
        let page = admin.open_again().await?;
        self.expect(page.body.contains("連携が完了しました"), &page.body)
    }

    /// Neither the callback nor LINE's event tells us of the attach.
    async fn healed(&mut self, cast: &Cast) -> Done {
        self.step("An account is linked, and we learn nothing of it; the reconciler finds it")?;
        let bot = BotId::new(&cast.second.bot_id).map_err(|e| Unexpected(e.to_string()))?;
        self.link_unheard(&cast.second.bot_id).await?;
        let known = self
            .stack
            .store
            .bot(&bot)
            .await
            .map_err(|error| Unexpected(error.to_string()))?;
        self.expect(known.is_none(), "it is known already")?;
        self.line(&format!(
            "{}: linked at LINE, not known here",
            cast.second.display_name
        ))?;
        let found = self
            .stack
            .run_schedule("ReconcilerFunction")
            .await
            .map_err(|error| Unexpected(error.to_string()))?;
        self.line(&format!("the reconciler: {found}"))?;
        self.stack.settled().await?;
        let row = self
            .stack
            .store
            .bot(&bot)
            .await
            .map_err(|error| Unexpected(error.to_string()))?;
        let state = row.unwrap_or_default().state;
        let healed = state.attached_at.is_some() && state.unreported().is_none();
        self.expect(healed, "the module has not heard of it")?;
        let mut patron = self.stack.chat(&cast.second.bot_id, &cast.patron.user_id);
        let answers = patron.follows().await?;
        self.line(&format!("{}: (follows)", cast.patron.name))?;
        for text in answers.iter().filter_map(Bubble::text) {
            self.line(&format!("{}: {text}", cast.second.display_name))?;
        }
        self.expect(answers.len() == 1, "a greeting was expected")
    }

    /// The admin's callback fails on its way back from LINE, and our webhook is away
    /// when LINE tells of the attach.
    async fn link_unheard(&mut self, bot: &str) -> Done {
        let line = &self.stack.line;
        let lost = Fault::new(
            "POST /module/auth/v1/token",
            1,
            FaultKind::TimeoutAfterAccept,
        );
        let unexpected = |error: emulator::Error| Unexpected(error.to_string());
        line.add_faults(vec![lost]).await.map_err(unexpected)?;
        line.set_webhook_url("http://127.0.0.1:9/away"); // nobody listens there
        let mut browser = Browser::new(self.stack, "ja")?;
        let before = self.stack.last_delivery().await;
        let begun = browser.open("/attach").await?;
        let back = line
            .link(begun.leads_to()?, bot)
            .await
            .map_err(unexpected)?;
        let page = browser.open(&back).await?;
        self.stack.event_tried(before, bot, "attached").await?;
        self.stack
            .line
            .set_webhook_url(&self.stack.addresses.webhook_url);
        self.expect(page.status == 503, &page.body)
    }

    async fn detached(&mut self, name: &str, guest: &mut Chat<'_>) -> Done {
        self.step("We detach the account, and are silent from then on")?;
        let on_its_way = guest.writes_on_its_way("予約する").await?;
        let bot = BotId::new(&self.account.bot_id).map_err(|e| Unexpected(e.to_string()))?;
        self.stack.detach(&bot).await?;
        while !matches!(self.attachment(&bot).await?, Attachment::Detached(_)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let world = self.stack.line.state().await;
        let attached = world
            .bots
            .iter()
            .any(|bot| bot.bot_id == self.account.bot_id && bot.attached);
        self.expect(!attached, "it is still attached at LINE")?;
        self.line("detached at LINE, by a job that waited until no worker could be sending")?;
        let answers = guest.arrives(&on_its_way).await?;
        self.hear(name, "予約する", &answers)?;
        self.expect_none(&answers)?;
        self.trace(guest, Verdict::Detached).await
    }

    async fn attachment(&self, bot: &BotId) -> Result<Attachment, Unexpected> {
        let row = self
            .stack
            .store
            .bot(bot)
            .await
            .map_err(|error| Unexpected(error.to_string()))?;
        Ok(row.unwrap_or_default().state.attachment())
    }
}
