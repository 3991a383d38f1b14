//! The main job as a script: an account is attached, people write, the bundle
//! answers. Each step says what it expects and stops the demo if it is not so.

use std::io::Write;

use emulator::{BotState, Bubble, Deliver, DeliverOptions, EventsRequest, UserState};
use serde_json::{Value, json};

use crate::stack::{Options, Stack};
use crate::talk::{Chat, Unexpected};

type Done = Result<(), Unexpected>;

/// Runs the demo on a stack of its own, started as `options` say; tells how many steps there were.
///
/// # Errors
/// The first step that did not do what it should.
pub async fn run(options: &Options, out: &mut impl Write) -> Result<usize, Unexpected> {
    let stack = Stack::start(options)
        .await
        .map_err(|error| Unexpected(error.to_string()))?;
    let cast = Cast::of(&stack).await?;
    let mut demo = Demo {
        stack: &stack,
        account: &cast.account,
        out,
        steps: 0,
    };
    let mut guest = stack.chat(&cast.account.bot_id, &cast.guest.user_id);
    let mut rival = stack.chat(&cast.account.bot_id, &cast.rival.user_id);
    demo.attach().await?;
    demo.follow(&mut guest, &cast.guest.name).await?;
    let choice = demo.offer(&mut guest, &cast.guest.name).await?;
    demo.choose(&mut guest, &cast.guest.name, &choice).await?;
    demo.double_booking(&mut rival, &cast.rival.name, &choice)
        .await?;
    demo.twice(&mut guest, &cast.guest.name).await?;
    demo.cancel(&mut guest, &cast.guest.name).await?;
    demo.on_the_wire().await?;
    Ok(demo.steps)
}

/// Who takes part.
struct Cast {
    account: BotState,
    guest: UserState,
    rival: UserState,
}

impl Cast {
    /// The first account of the world, and two of its users.
    async fn of(stack: &Stack) -> Result<Self, Unexpected> {
        let world = stack.line.state().await;
        let missing = || Unexpected("the LINE world has no account with two users".into());
        let account = world.bots.first().cloned().ok_or_else(missing)?;
        let mut users = world
            .users
            .into_iter()
            .filter(|user| user.bot == account.bot_id);
        let (guest, rival) = (
            users.next().ok_or_else(missing)?,
            users.next().ok_or_else(missing)?,
        );
        Ok(Self {
            account,
            guest,
            rival,
        })
    }
}

/// A quick reply that was offered.
struct Choice {
    label: String,
    data: String,
}

struct Demo<'a, W> {
    stack: &'a Stack,
    account: &'a BotState,
    out: &'a mut W,
    steps: usize,
}

impl<W: Write> Demo<'_, W> {
    async fn attach(&mut self) -> Done {
        self.step("An admin links the account: start page, link screen, result page")?;
        let page = self.stack.attach(&self.account.bot_id, "ja").await?;
        self.expect(
            page.status == 200 && page.body.contains(&self.account.display_name),
            &page.body,
        )?;
        let world = self.stack.line.state().await;
        let bot = world
            .bots
            .iter()
            .find(|bot| bot.bot_id == self.account.bot_id && bot.attached);
        let scopes = bot
            .ok_or_else(|| Unexpected("the emulator does not show it attached".into()))?
            .scopes
            .join(" ");
        self.line(&format!("linked: {} ({scopes})", self.account.display_name))
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

    /// Every reply had the bot header, and none was refused.
    async fn on_the_wire(&mut self) -> Done {
        self.step("Every call for the account carried the bot header, and LINE took every reply")?;
        let header = self.stack.line.settings().bot_header.to_lowercase();
        let calls = self.stack.line.calls(0).await;
        let calls: Vec<_> = calls
            .iter()
            .filter(|call| call.path.starts_with("/v2/bot/"))
            .collect();
        let good = calls.iter().all(|call| {
            call.status == 200 && call.headers.get(&header) == Some(&self.account.bot_id)
        });
        let replies = calls
            .iter()
            .filter(|call| call.path.ends_with("/reply"))
            .count();
        self.line(&format!("{} calls, {replies} of them replies", calls.len()))?;
        self.expect(good, "a call was refused, or had no bot header")
    }

    fn step(&mut self, what: &str) -> Done {
        self.steps += 1;
        let number = self.steps;
        self.print(&format!("\n{number}. {what}"))
    }

    fn hear(&mut self, name: &str, said: &str, answers: &[Bubble]) -> Done {
        self.line(&format!("{name}: {said}"))?;
        for answer in answers {
            let text = answer.text().unwrap_or_default().replace('\n', "\n     ");
            self.line(&format!("{}: {text}", self.account.display_name))?;
        }
        Ok(())
    }

    fn line(&mut self, text: &str) -> Done {
        self.print(&format!("   {text}"))
    }

    fn print(&mut self, text: &str) -> Done {
        writeln!(self.out, "{text}").map_err(|error| Unexpected(error.to_string()))
    }

    fn expect(&self, good: bool, otherwise: &str) -> Done {
        if good {
            Ok(())
        } else {
            Err(Unexpected(format!("step {}: {otherwise}", self.steps)))
        }
    }

    fn expect_one(&self, answers: &[Bubble], part: &str) -> Done {
        let texts: Vec<_> = answers.iter().filter_map(Bubble::text).collect();
        let good = texts.len() == 1 && texts[0].contains(part);
        self.expect(
            good,
            &format!("one answer with {part:?} was expected, not {texts:?}"),
        )
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
