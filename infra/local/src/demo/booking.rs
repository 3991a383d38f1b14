//! Reservations: what the example module is for.

use std::io::Write;

use emulator::{Bubble, Deliver, DeliverOptions, EventsRequest};
use serde_json::{Value, json};

use super::{Cast, Demo, Done};
use crate::talk::{Chat, Unexpected};

/// A quick reply that was offered.
struct Choice {
    label: String,
    data: String,
}

impl<W: Write> Demo<'_, W> {
    pub(super) async fn bookings(
        &mut self,
        cast: &Cast,
        guest: &mut Chat<'_>,
        rival: &mut Chat<'_>,
    ) -> Done {
        let name = &cast.guest.name;
        self.follow(guest, name).await?;
        let choice = self.offer(guest, name).await?;
        self.choose(guest, name, &choice).await?;
        self.double_booking(rival, &cast.rival.name, &choice)
            .await?;
        self.twice(guest, name).await?;
        self.cancel(guest, name).await
    }

    async fn follow(&mut self, guest: &mut Chat<'_>, name: &str) -> Done {
        self.step("A user adds the account as a friend and is greeted by name")?;
        let answers = guest.follows().await?;
        self.hear(name, "(follows)", &answers)?;
        self.expect_one(&answers, name)
    }

    async fn offer(&mut self, guest: &mut Chat<'_>, name: &str) -> Result<Choice, Unexpected> {
        self.step("They ask for a reservation and are offered times")?;
        let answers = guest.says("予約する").await?;
        self.hear(name, "予約する", &answers)?;
        let choices: Vec<_> = answers
            .iter()
            .flat_map(Bubble::quick_replies)
            .filter_map(Choice::read)
            .collect();
        self.line(&format!(
            "offered: {}",
            choices
                .iter()
                .map(|c| c.label.as_str())
                .collect::<Vec<_>>()
                .join(" · ")
        ))?;
        choices
            .into_iter()
            .next()
            .ok_or_else(|| Unexpected("no time was offered".into()))
    }

    async fn choose(&mut self, guest: &mut Chat<'_>, name: &str, choice: &Choice) -> Done {
        self.step("They choose one, and it is confirmed")?;
        let answers = guest.taps(&choice.data, &choice.label).await?;
        self.hear(name, &choice.label, &answers)?;
        self.expect_one(&answers, &format!("{}のご予約を承りました", choice.label))
    }

    async fn double_booking(&mut self, rival: &mut Chat<'_>, name: &str, choice: &Choice) -> Done {
        self.step("Another user, who saw the same offer, is refused and offered other times")?;
        rival.follows().await?;
        rival.says("予約する").await?;
        let answers = rival.taps(&choice.data, &choice.label).await?;
        self.hear(name, &choice.label, &answers)?;
        self.expect_one(&answers, "ほかの方の予約が入りました")?;
        let again = answers
            .iter()
            .flat_map(Bubble::quick_replies)
            .filter_map(Choice::read);
        let still_offered = again
            .map(|other| other.data)
            .any(|data| data == choice.data);
        self.expect(!still_offered, "the taken time is offered again")
    }

    async fn twice(&mut self, guest: &mut Chat<'_>, name: &str) -> Done {
        self.step("LINE delivers one webhook twice; it is answered once")?;
        let message =
            json!({ "type": "message", "message": { "type": "text", "text": "予約を確認" } });
        let request = EventsRequest {
            bot: self.account.bot_id.clone(),
            chat: Some(guest.user().to_owned()),
            events: vec![message],
            deliver: Deliver::Send(DeliverOptions {
                copies: 2,
                ..DeliverOptions::default()
            }),
        };
        self.stack
            .line
            .send_events(request)
            .await
            .map_err(|error| Unexpected(error.to_string()))?;
        let answers = guest.heard().await?;
        self.hear(name, "予約を確認 (the same webhook, two times)", &answers)?;
        self.expect_one(&answers, "ご予約：")
    }

    async fn cancel(&mut self, guest: &mut Chat<'_>, name: &str) -> Done {
        self.step("They cancel, and have no reservation left")?;
        let answers = guest.says("キャンセル").await?;
        self.hear(name, "キャンセル", &answers)?;
        self.expect_one(&answers, "取り消しました")?;
        let answers = guest.says("予約を確認").await?;
        self.hear(name, "予約を確認", &answers)?;
        self.expect_one(&answers, "現在のご予約はありません")
    }
}

impl Choice {
    fn read(action: &Value) -> Option<Self> {
        Some(Self {
            label: action["label"].as_str()?.to_owned(),
            data: action["data"].as_str()?.to_owned(),
        })
    }
}
