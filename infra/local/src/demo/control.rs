//! Who may speak in a chat: staff, the module, nobody.

use std::io::Write;
use std::time::Duration;

use shared::store::Verdict;

use super::{Demo, Done};
use crate::talk::Chat;

const HOUR: Duration = Duration::from_secs(3600);

/// What we do ourselves counts from the start or to the end of a second of LINE's:
/// people take longer than that between two deeds.
const BREATH: Duration = Duration::from_secs(2);

impl<W: Write> Demo<'_, W> {
    pub(super) async fn who_may_speak(&mut self, name: &str, guest: &mut Chat<'_>) -> Done {
        self.standby(name, guest).await?;
        self.taken_back(name, guest).await?;
        self.lapsed(name, guest).await?;
        self.blocked(name, guest).await
    }

    async fn standby(&mut self, name: &str, guest: &mut Chat<'_>) -> Done {
        self.step("They ask for staff: the chat is given back, and the module is silent in it")?;
        let answers = guest.says("スタッフに相談").await?;
        self.hear(name, "スタッフに相談", &answers)?;
        self.expect_one(&answers, "スタッフがお答えします")?;
        let answers = guest.says("予約する").await?;
        self.hear(name, "予約する", &answers)?;
        self.expect_none(&answers)?;
        self.trace(guest, Verdict::Standby).await
    }

    async fn taken_back(&mut self, name: &str, guest: &mut Chat<'_>) -> Done {
        self.step("They want the module back: it takes the chat, for an hour")?;
        self.stack.line.advance_clock(BREATH).await;
        let before = self.stack.last_delivery().await;
        guest.says("予約に戻る").await?;
        let bot = &self.account.bot_id;
        self.stack.event_after(before, bot, "activated").await?;
        let answers = guest.heard().await?;
        self.hear(name, "予約に戻る", &answers)?;
        self.expect_one(&answers, "自動のご案内に戻りました")?;
        let answers = guest.says("予約を確認").await?;
        self.hear(name, "予約を確認", &answers)?;
        self.expect_one(&answers, "現在のご予約はありません")?;
        self.trace(guest, Verdict::Handled).await
    }

    async fn lapsed(&mut self, name: &str, guest: &mut Chat<'_>) -> Done {
        self.step("An hour later, by the clock, that has lapsed: LINE sends no event of it")?;
        let before = self.stack.last_delivery().await;
        self.stack.line.advance_clock(HOUR).await;
        let silent = self.stack.last_delivery().await == before;
        self.expect(silent, "LINE has sent an event")?;
        let answers = guest.says("予約する").await?;
        self.hear(name, "予約する", &answers)?;
        self.expect_none(&answers)?;
        self.trace(guest, Verdict::Standby).await
    }

    async fn blocked(&mut self, name: &str, guest: &mut Chat<'_>) -> Done {
        self.step("They block the account, and add it again: who may speak begins anew")?;
        let answers = guest.blocks().await?;
        self.hear(name, "(blocks)", &answers)?;
        self.expect_none(&answers)?;
        self.trace(guest, Verdict::Gone).await?;
        let answers = guest.follows().await?;
        self.hear(name, "(follows)", &answers)?;
        self.expect_one(&answers, name)?;
        self.trace(guest, Verdict::Handled).await
    }
}
