//! More than question and answer: where a guest is, the shop's website, its customer register, who
//! waits for a time, what staff are told each evening. The shop has one time a day for this.

use std::io::Write;
use std::time::Duration;

use emulator::UserState;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use line_module::{Module, settings};
use serde_json::{Value, json};
use shared::domain::BotId;

use super::{Cast, Demo, Done, Register, unexpected};
use crate::talk::{Chat, Unexpected};

/// A group that the account is in, with its staff.
const STAFF: &str = "Cd1f40c6be7a94d2f8f35ab06c12e9d47";

/// Someone in their chat with the shop.
struct Guest<'a> {
    name: &'a str,
    chat: Chat<'a>,
}

impl<W: Write> Demo<'_, W> {
    /// Where the worker is another process, it has its own register and goes by its own clock:
    /// then what needs `register` is left out.
    pub(super) async fn shop(
        &mut self,
        cast: &Cast,
        example: &impl Module,
        register: Option<&Register>,
    ) -> Done {
        let stack = self.stack;
        let bot = &self.account.bot_id;
        let in_chat = async |user: &UserState| {
            let mut chat = stack.chat(bot, &user.user_id);
            chat.heard().await.map(|_| chat)
        };
        let mut guest = Guest {
            name: &cast.guest.name,
            chat: in_chat(&cast.guest).await?,
        };
        let mut other = Guest {
            name: &cast.other.name,
            chat: in_chat(&cast.other).await?,
        };
        other.chat.follows().await?; // nothing can be pushed to who is no friend
        let slot = self.one_time_a_day(example, register.is_some()).await?;
        self.finds_the_nearer_branch(&mut guest).await?;
        self.books_on_the_website(&mut other, &slot, register)
            .await?;
        self.waits(&mut guest).await?;
        self.is_offered_what_is_cancelled(&mut other, &mut guest, &slot)
            .await?;
        if let Some(register) = register {
            self.staff_are_told(&mut guest).await?;
            self.register_was_told(register, &slot)?;
        }
        self.cancels(&mut guest).await
    }

    /// From the next morning on, where the clock can be moved; gives tomorrow's time.
    async fn one_time_a_day(
        &self,
        example: &impl Module,
        moves: bool,
    ) -> Result<String, Unexpected> {
        if moves {
            self.advance_to(10).await?;
        }
        let values = [
            ("days", json!(1)),
            ("opens", json!("10:00")),
            ("closes", json!("11:00")),
        ];
        let values = values.map(|(key, value)| (key.to_owned(), value)).into();
        let bot = BotId::new(&self.account.bot_id).map_err(unexpected)?;
        let now = self.stack.line.now().into();
        let saved = settings::save(&self.stack.store, &bot, example, &values, now);
        saved.await.map_err(unexpected)?;
        let tomorrow = self.now_in_japan()?.tomorrow().map_err(unexpected)?;
        Ok(format!("{}T10:00", tomorrow.date()))
    }

    fn now_in_japan(&self) -> Result<Zoned, Unexpected> {
        let now = Timestamp::try_from(self.stack.line.now()).map_err(unexpected)?;
        Ok(now.to_zoned(TimeZone::get("Asia/Tokyo").map_err(unexpected)?))
    }

    /// To the next time that it is this hour in Japan.
    async fn advance_to(&self, hour: i8) -> Done {
        let now = self.now_in_japan()?;
        let today = now
            .with()
            .hour(hour)
            .minute(0)
            .second(0)
            .subsec_nanosecond(0);
        let today = today.build().map_err(unexpected)?;
        let next = match today > now {
            true => today,
            false => today.checked_add(1.day()).map_err(unexpected)?,
        };
        let wait = Duration::try_from(now.duration_until(&next)).map_err(unexpected)?;
        self.stack
            .line
            .advance_clock(wait + Duration::from_secs(1))
            .await;
        Ok(())
    }

    async fn finds_the_nearer_branch(&mut self, guest: &mut Guest<'_>) -> Done {
        self.step("A guest sends where they are, and is told which branch is nearer")?;
        let place = json!({ "type": "location", "title": "花園神社", "address": "新宿区新宿5-17-3",
            "latitude": 35.6938, "longitude": 139.7034 });
        self.does(guest.chat.user(), guest.chat.user(), place)
            .await?;
        let answers = guest.chat.heard().await?;
        self.hear(guest.name, "(花園神社)", &answers)?;
        self.expect_one(&answers, "最寄りの店舗は新宿店です")
    }

    /// A user sends a message, in their own chat or in a group.
    async fn does(&self, chat: &str, user: &str, message: Value) -> Done {
        let event = json!({ "type": "message", "message": message });
        let line = &self.stack.line;
        let sent = line
            .user_does(&self.account.bot_id, chat, user, event)
            .await;
        sent.map(drop).map_err(unexpected)
    }

    async fn books_on_the_website(
        &mut self,
        guest: &mut Guest<'_>,
        slot: &str,
        register: Option<&Register>,
    ) -> Done {
        self.step("Another books on the shop's website, which tells the inbox twice: it is confirmed in the chat, once")?;
        if let Some(register) = register {
            register.take(); // what the scenario has brought about
            register.crash_next();
        }
        let payload = json!({ "time": slot });
        let user = guest.chat.user().to_owned();
        let place = (self.account.bot_id.as_str(), Some(user.as_str()));
        for _ in 0..2 {
            let company = &self.stack.company;
            let answer = company.says(place, "booked", "order-1", &payload).await;
            let answer = answer.map_err(unexpected)?;
            self.line(&format!(
                "the website: booked {payload}: {} {}",
                answer.status, answer.body
            ))?;
            self.expect(answer.status == 202, "the inbox should take it")?;
        }
        let answers = guest.chat.heard().await?;
        self.answered(&answers)?;
        self.show(&guest.chat.trace_of("command-order-1").await?)?;
        self.expect_one(&answers, "is confirmed")?;
        match register {
            Some(register) => self.told_through_a_crash(register, slot),
            None => Ok(()),
        }
    }

    fn told_through_a_crash(&mut self, register: &Register, slot: &str) -> Done {
        self.step(
            "The customer register is told once, though the first attempt ends before its commit",
        )?;
        self.expect(!register.is_to_crash(), "no attempt has ended")?;
        self.register_has(register, &[format!("{slot} reserved")])
    }

    fn register_was_told(&mut self, register: &Register, slot: &str) -> Done {
        self.step("The customer register has heard of each change since, once")?;
        let changes = ["cancelled", "reserved"].map(|change| format!("{slot} {change}"));
        self.register_has(register, &changes)
    }

    fn register_has(&mut self, register: &Register, wanted: &[String]) -> Done {
        let mut told = register.take();
        for entry in &told {
            self.line(&format!("the register: {entry}"))?;
        }
        // The two are of different chats, whose order is not said.
        told.sort();
        let otherwise = format!("it was told {told:?}, not {wanted:?}");
        self.expect(told == wanted, &otherwise)
    }

    async fn waits(&mut self, guest: &mut Guest<'_>) -> Done {
        self.step("The guest finds nothing free, and asks to wait")?;
        let answers = guest.chat.says("予約する").await?;
        self.hear(guest.name, "予約する", &answers)?;
        self.expect_one(&answers, "ご予約いただける時間がありません")?;
        let wait = answers[0]
            .quick_replies()
            .into_iter()
            .next()
            .unwrap_or_default();
        let label = wait["label"].as_str().unwrap_or_default();
        let data = wait["data"].as_str().unwrap_or_default();
        let answers = guest.chat.taps(data, label).await?;
        self.hear(guest.name, label, &answers)?;
        self.expect_one(&answers, "空きが出ましたら、こちらでお知らせします")
    }

    async fn is_offered_what_is_cancelled(
        &mut self,
        other: &mut Guest<'_>,
        guest: &mut Guest<'_>,
        slot: &str,
    ) -> Done {
        self.step("The other cancels: the guest is offered the time in their own chat, and one tap reserves it")?;
        let answers = other.chat.says("cancel").await?;
        self.hear(other.name, "cancel", &answers)?;
        self.expect_one(&answers, "is cancelled")?;
        let offer = guest.chat.heard().await?;
        self.answered(&offer)?;
        self.expect_one(&offer, "空きが出ました")?;
        let data = format!("reserve/1/{slot}");
        let card = offer[0].message.to_string();
        self.expect(card.contains(&data), "the card should have a button for it")?;
        let answers = guest.chat.taps(&data, "予約する").await?;
        self.hear(guest.name, "予約する", &answers)?;
        self.expect_one(&answers, "ご予約を承りました")
    }

    async fn staff_are_told(&mut self, guest: &mut Guest<'_>) -> Done {
        self.step("In the evening the staff's group is told of tomorrow")?;
        let mut staff = self.stack.chat(&self.account.bot_id, STAFF);
        let word = "スタッフ通知";
        self.does(
            STAFF,
            guest.chat.user(),
            json!({ "type": "text", "text": word }),
        )
        .await?;
        let answers = staff.heard().await?;
        self.hear("in the group", word, &answers)?;
        self.expect_one(&answers, "毎日20:00に")?;
        self.advance_to(20).await?;
        let rung = self.stack.run_schedule("TimerFunction").await;
        rung.map_err(unexpected)?;
        let digest = staff.heard().await?;
        self.answered(&digest)?;
        self.expect_one(&digest, "明日のご予約：")?;
        let reminder = guest.chat.heard().await?;
        self.expect_one(&reminder, "明日、")
    }

    async fn cancels(&mut self, guest: &mut Guest<'_>) -> Done {
        self.step("The guest cancels after all; nobody waits")?;
        let answers = guest.chat.says("キャンセル").await?;
        self.hear(guest.name, "キャンセル", &answers)?;
        self.expect_one(&answers, "取り消しました")
    }
}
