//! What the emulator's pages and the lines of `cargo dev` show of what happens behind the webhooks:
//! the module's own events, attempts that fail, events that are parked or wait.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use line_module::{Active, Context, Handled, ModuleError, Router, Routes, Text, TextMessage};
use local::stack::{Options, Stack, TIMEOUT};
use serde_json::{Value, json};

const SALON: &str = "U7c1f0a52d9b84e63a1c5f28e904b6d31";

/// `later` sets a timer whose handler fails; the command `booked` is set aside at once.
fn module() -> Router {
    let routes = Routes::new()
        .text("later", later)
        .any_text(answer)
        .timer("remind", fails)
        .command("booked", sets_aside);
    Router::new().active(routes)
}

async fn later(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.after("remind", Duration::ZERO, &"温泉")
}

async fn answer(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    cx.reply(&[Text::new(said.text.as_str())])
}

async fn fails(_: &mut Context<'_, Active>, _: &String) -> Handled {
    Err(ModuleError::bug("在庫 system is away"))
}

async fn sets_aside(_: &mut Context<'_, Active>, _: &Value) -> Handled {
    Err(ModuleError::Park("no table has this number".into()))
}

/// A user of an account that is linked.
struct Guest {
    stack: Stack,
    chat: String,
}

impl Guest {
    async fn new() -> Self {
        let stack = Stack::start(&Options::default(), module()).await.unwrap();
        stack.attach(SALON, "ja").await.unwrap();
        let users = stack.line.state().await.users;
        let user = users
            .iter()
            .find(|it| it.bot == SALON && it.name == "青木さくら");
        let chat = user.unwrap().user_id.clone();
        Self { stack, chat }
    }

    /// The page of the chat, as soon as it has this text.
    async fn sees(&self, text: &str) -> String {
        let url = format!("{}/chats/{SALON}/{}", self.line(), self.chat);
        self.has(&url, text).await
    }

    async fn has(&self, url: &str, text: &str) -> String {
        let shown = async {
            loop {
                let page = reqwest::get(url).await.unwrap().text().await.unwrap();
                if page.contains(text) {
                    return page;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let shown = tokio::time::timeout(TIMEOUT, shown).await;
        shown.unwrap_or_else(|_| panic!("{url} does not show {text}"))
    }

    fn line(&self) -> &str {
        self.stack.addresses.line_url.trim_end_matches('/')
    }

    async fn says(&self, text: &str) -> String {
        self.stack
            .line
            .user_says(SALON, &self.chat, text)
            .await
            .unwrap();
        let sent = self.stack.line.deliveries(0).await;
        sent.last().unwrap().event_ids[0].clone()
    }
}

#[tokio::test]
async fn a_timer_that_fails_is_in_the_timeline_with_its_reason_and_when_it_is_tried_again() {
    let guest = Guest::new().await;
    let mut lines = guest.stack.journal.lines();
    guest.says("later").await;
    guest.sees("<span class=\"tag own\">remind</span>").await;
    guest.stack.run_schedule("TimerFunction").await.unwrap();
    let page = guest.sees("在庫 system is away (attempt 1 of 5)").await;
    assert!(
        page.contains("<span class=\"tag own\">Timer</span>"),
        "{page}"
    );
    assert!(
        page.contains("<span class=\"next\">Tried again at "),
        "{page}"
    );
    let line = lines.recv().await.unwrap();
    for part in [
        "FAILED さくら美容室 · chat L",
        "timer “remind” · 在庫 system is away",
    ] {
        assert!(line.contains(part), "{line}");
    }
}

#[tokio::test]
async fn an_event_that_comes_after_one_that_failed_says_that_it_waits_behind_it() {
    let guest = Guest::new().await;
    guest.says("later").await;
    guest.sees("<span class=\"tag own\">remind</span>").await;
    guest.stack.run_schedule("TimerFunction").await.unwrap();
    guest.sees("attempt 1 of 5").await;
    let event = guest.says("hello").await;
    let url = format!(
        "{}/chats/{SALON}/{}/events/{event}",
        guest.line(),
        guest.chat
    );
    let page = guest.has(&url, "Waits behind timer “remind” (timer-").await;
    assert!(page.contains("data-word=\"waiting\" data-open"), "{page}");
}

#[tokio::test]
async fn a_command_that_is_parked_is_in_the_timeline_with_its_reason() {
    let guest = Guest::new().await;
    let mut lines = guest.stack.journal.lines();
    let place = (SALON, Some(guest.chat.as_str()));
    let payload = json!({ "table": 7 });
    let said = guest
        .stack
        .company
        .says(place, "booked", "web-1", &payload)
        .await;
    assert_eq!(said.unwrap().status, 202);
    let page = guest.sees("<span class=\"tag bad\">Parked</span>").await;
    for part in [
        "<span class=\"tag own\">Command</span>",
        "no table has this number",
    ] {
        assert!(page.contains(part), "{page}");
    }
    let line = lines.recv().await.unwrap();
    assert!(line.contains("PARKED さくら美容室 · chat L"), "{line}");
    assert!(line.contains("command “booked” · no table"), "{line}");
}
