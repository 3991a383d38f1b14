//! The words of the kit, said to the worked example and to modules that fail.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use line_module::{
    Action, Active, Area, Context, Event, Handled, LinkedAccount, Menu, Module, ModuleError,
    Postback, RichMenu, Router, Routes, Standby, Sticker, Text, TextMessage, messages,
};
use line_module_kit::{Harness, Outcome, Setup, Verdict};
use reservation::module;
use serde_json::json;
use shared::domain::Silence;

#[tokio::test]
async fn a_conversation_reads_as_what_was_said_and_done() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.says("reserve").await;
    guest.taps_label("Sat 11/21 10:00").await;
    let staff = shop.staff(&guest);
    staff.takes_control().await;
    guest.says("my reservations").await.is(Verdict::Standby);
    staff.says("Just a moment.").await;
    shop.clock().advance(Duration::from_secs(90 * 60)).await;
    guest.says("back to reservations").await;
    insta::assert_snapshot!(shop.transcript());
}

#[tokio::test]
async fn a_user_sees_what_is_new_and_taps_what_is_there() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.follows().await.is(Verdict::Handled);
    assert!(guest.news()[0].text().unwrap().contains("Mari"));
    guest.says("ask staff").await;
    assert_eq!(guest.choices()[0], "Back to reservations");
    guest.sees(["Our staff will answer you. To come back to the automatic service, write \"Back to reservations\"."]);
    guest.taps_label("Back to reservations").await;
    guest.sees(["You are back in the automatic service. You can make a reservation here."]);
    guest.blocks().await.is(Verdict::Gone);
    guest.sees_nothing();
}

#[tokio::test]
async fn two_users_of_one_shop_have_chats_of_their_own() {
    let shop = Harness::new(module()).await;
    let (mut guest, mut rival) = (shop.user("Mari"), shop.user("Ken"));
    guest.taps("reserve/1/2026-11-24T10:00").await;
    rival.taps("reserve/1/2026-11-24T10:00").await;
    guest.sees(["11月24日(火) 10:00のご予約を承りました。"]);
    let news = rival.news();
    assert!(
        news[0]
            .text()
            .unwrap()
            .contains("ほかの方の予約が入りました")
    );
    assert_eq!(shop.user("Ken").id(), rival.id());
}

#[tokio::test]
async fn the_accounts_owner_suspends_it_takes_scopes_back_and_leaves() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    shop.account().suspend().await.is(Verdict::Handled);
    guest.says("reserve").await.has_no_events();
    shop.account().resume().await.is(Verdict::Handled);
    shop.account().revokes("message:send").await.has_no_events();
    guest.says("reserve").await.is(Verdict::Refused);
    guest.says("reserve").await.is(Verdict::ScopeMissing);
    shop.account().detach().await;
    guest.says("reserve").await.has_no_events();
    guest.sees_nothing();
}

#[tokio::test]
async fn any_event_can_be_sent_and_sent_again() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    let text = |text: &str| json!({"type": "message", "message": {"type": "text", "text": text}});
    guest
        .does(json!([text("reserve"), {"type": "teleport"}]))
        .await;
    assert_eq!(guest.news().len(), 1);
    let came = shop.line_redelivers().await;
    assert_eq!(came.traces().count(), 2);
    guest.sees_nothing();
    let group = json!({"type": "group", "groupId": format!("C{}", "0".repeat(32))});
    let joined = shop
        .line_sends(json!({"type": "join", "source": group}))
        .await;
    joined.is(Verdict::Handled);
}

#[tokio::test]
async fn a_timer_rings_when_the_clock_comes_to_its_time() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.taps("reserve/1/2026-11-24T10:00").await;
    guest.news();
    shop.clock()
        .advance(Duration::from_secs(5 * 86_400 / 2))
        .await;
    guest.sees_nothing();
    let came = shop.clock().advance(Duration::from_secs(86_400)).await;
    came.is(Verdict::Handled);
    assert_eq!(guest.news().len(), 1);
    assert!(
        shop.transcript()
            .contains("A timer rings for Mari: reminder/")
    );
}

#[tokio::test]
async fn the_rich_menu_is_on_the_screen() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    assert_eq!(
        guest.choices(),
        ["予約する", "予約を確認", "スタッフに相談"]
    );
    guest.taps_label("予約を確認").await.is(Verdict::Handled);
    guest.sees(["現在のご予約はありません。"]);
}

#[tokio::test]
async fn a_channel_that_is_not_default_active_begins_on_standby() {
    let setup = Setup {
        default_active: false,
        ..Setup::default()
    };
    let shop = Harness::with(module(), setup).await;
    shop.user("Mari").says("reserve").await.is(Verdict::Standby);
}

/// Keeps why it may not speak, of events of the account itself.
#[derive(Clone, Default)]
struct Listens(Arc<Mutex<Vec<Option<Silence>>>>);

impl Module for Listens {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if event.chat.is_none() {
            let silences = self.0.lock();
            silences
                .unwrap_or_else(PoisonError::into_inner)
                .push(cx.silence());
        }
        Ok(())
    }
}

#[tokio::test]
async fn an_event_of_the_account_is_of_no_chat_and_not_on_standby() {
    let listens = Listens::default();
    let shop = Harness::new(listens.clone()).await;
    shop.account().suspend().await.is(Verdict::Handled);
    let silences = listens.0.lock().unwrap().clone();
    assert!(!silences.is_empty());
    assert!(silences.iter().all(|it| *it == Some(Silence::NoChat)));
}

/// Fails the first times.
struct Unready(AtomicU32);

impl Module for Unready {
    async fn handle(&self, _: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        if event.chat.is_some() && self.0.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Err(ModuleError::Bug("not ready".into()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_failed_is_tried_again_when_its_time_has_come() {
    let shop = Harness::new(Unready(AtomicU32::new(2))).await;
    let came = shop.user("Mari").says("hello").await;
    came.is(Verdict::Failed);
    assert_eq!(came.traces().next().unwrap().outcome, Outcome::Failed);
    shop.clock().advance(Duration::from_secs(60)).await;
    insta::assert_snapshot!(shop.transcript(), @r"
    The account is attached
    Mari: hello
      = failed, and comes again: not ready
    … 1 min …
    ");
}

async fn take(cx: &mut Context<'_, Standby>, _: &TextMessage) -> Handled {
    cx.acquire(Some(Duration::from_secs(3600)))
}

async fn tell(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let left = cx.held_until().map(|until| until.0 - cx.now().0);
    let minutes = left.map(|left| left / 60_000);
    cx.reply(&[Text::new(format!("{minutes:?}"))])
}

#[tokio::test]
async fn a_module_knows_until_when_it_holds_a_chat() {
    let shop = Harness::new(
        Router::new()
            .active(Routes::new().any_text(tell))
            .standby(Routes::new().any_text(take)),
    )
    .await;
    let mut guest = shop.user("Mari");
    guest.says("hello").await;
    guest.sees(["None"]);
    shop.staff(&guest).takes_control().await;
    shop.clock().advance(Duration::from_secs(60)).await;
    guest.says("hello").await;
    guest.sees_nothing();
    guest.says("hello").await;
    guest.sees(["Some(59)"]);
    shop.clock().advance(Duration::from_secs(30 * 60)).await;
    guest.says("hello").await;
    guest.sees(["Some(29)"]);
}

fn tab(name: &str, other: &str) -> Menu {
    let model = Module::menus(&module())[0].clone();
    let switch = Area {
        action: Action::switch(other),
        ..model.menu.areas[0].clone()
    };
    let menu = RichMenu {
        name: name.into(),
        areas: vec![switch],
        ..model.menu
    };
    Menu::png(menu, model.image)
}

#[tokio::test]
async fn a_user_switches_the_tabs_of_the_rich_menu() {
    async fn shows(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        cx.link_menu("book")
    }
    async fn switched(cx: &mut Context<'_, Active>, tab: &Postback) -> Handled {
        cx.reply(&[Text::new(&tab.rest)])
    }
    let routes = Routes::new().text("menu", shows).postback("tab ", switched);
    let menus = vec![tab("book", "orders").tab(tab("orders", "book"))];
    let shop = Harness::new(Router::new().active(routes).menus(menus)).await;
    let mut guest = shop.user("Mari");
    guest.says("menu").await.is(Verdict::Handled);
    guest.taps_label("tab orders").await;
    guest.taps_label("tab book").await;
    guest.sees(["orders", "book"]);
}

#[tokio::test]
async fn a_user_links_their_account_elsewhere() {
    async fn begins(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        let token = cx.link_token().await?;
        let url = token.in_url("https://shop.example/login");
        cx.reply(&[Text::new(url)])
    }
    async fn linked(cx: &mut Context<'_, Active>, link: &LinkedAccount) -> Handled {
        let words = format!("{} {}", link.ok, link.nonce);
        cx.reply(&[Text::new(words)])
    }
    let routes = Routes::new().text("link", begins).account_linked(linked);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    guest.says("link").await;
    let url = guest.news()[0].text().unwrap().to_owned();
    let came = guest.links_account(&url, "a-nonce-of-the-shop").await;
    came.is(Verdict::Handled);
    guest.sees(["true a-nonce-of-the-shop"]);
}

/// Answers what it can, by what there is.
fn answers(push_instead: bool) -> Router {
    async fn said(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
        cx.after("later", Duration::from_secs(60), &())?;
        let sticker = Sticker::new("446", "1988");
        cx.answer(&messages![Text::new(message.text.as_str()), sticker])
    }
    async fn later(cx: &mut Context<'_, Active>, _: &()) -> Handled {
        match cx.can_reply() {
            true => cx.reply(&[Text::new("never")]),
            false => cx.answer(&[Text::new("later")]),
        }
    }
    let router = Router::new().active(Routes::new().any_text(said).timer("later", later));
    match push_instead {
        true => router.push_instead_of_reply(),
        false => router,
    }
}

#[tokio::test]
async fn an_answer_is_a_reply_or_else_a_push() {
    let shop = Harness::new(answers(true)).await;
    let mut guest = shop.user("Mari");
    guest.says("hello").await.is(Verdict::Handled);
    shop.clock().advance(Duration::from_secs(61)).await;
    let texts: Vec<_> = guest
        .news()
        .iter()
        .filter_map(|it| it.text().map(str::to_owned))
        .collect();
    assert_eq!(texts, ["hello", "later"]);
    assert!(shop.transcript().contains("push"), "{}", shop.transcript());
}

#[tokio::test]
async fn an_answer_that_can_reach_nobody_is_the_authors_error() {
    let shop = Harness::new(answers(false)).await;
    let mut guest = shop.user("Mari");
    guest.says("hello").await.is(Verdict::Handled);
    shop.clock()
        .advance(Duration::from_secs(3600))
        .await
        .fails();
    let transcript = shop.transcript();
    assert!(transcript.contains("has no reply token"), "{transcript}");
}

/// A text that came without a token, as what comes while others hold the chat.
async fn told_without_a_token(module: Router) -> String {
    async fn answer(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        cx.reply(&[Text::new("Welcome.")])
    }
    let shop = Harness::new(module.active(Routes::new().any_text(answer))).await;
    shop.expects_failures();
    let mut guest = shop.user("Mari");
    let text =
        json!({"type": "message", "replyToken": null, "message": {"type": "text", "text": "hi"}});
    let came = guest.does(json!([text])).await;
    let ends: Vec<_> = came.traces().map(|trace| format!("{trace:?}")).collect();
    format!("{}{}", shop.transcript(), ends.join("\n"))
}

#[tokio::test]
async fn a_reply_without_a_token_is_a_push_or_parks_the_event() {
    let pushed = told_without_a_token(Router::new().push_instead_of_reply()).await;
    assert!(pushed.contains("push to Mari"), "{pushed}");
    let parked = told_without_a_token(Router::new()).await;
    assert!(
        parked.contains("LINE gave no reply token with this event"),
        "{parked}"
    );
}
