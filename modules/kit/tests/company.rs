//! The company's own systems, as a module's author has them in a test.

use line_module::{
    Account, Active, Context, Handled, QuickReply, Router, Routes, Standby, Text, TextMessage,
};
use line_module_kit::{Harness, Verdict};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Paid {
    teas: u32,
}

/// The chat's state: what is to be said when the chat is ours again.
type Unsaid = Vec<String>;

async fn paid(cx: &mut Context<'_, Active>, paid: &Paid) -> Handled {
    cx.push(&[Text::new(format!("Paid: {}.", paid.teas))])
}

async fn paid_meanwhile(cx: &mut Context<'_, Standby>, paid: &Paid) -> Handled {
    let mut unsaid: Unsaid = cx.state()?;
    unsaid.push(format!("Paid meanwhile: {}.", paid.teas));
    cx.set_state(&unsaid)
}

async fn answer(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let unsaid: Unsaid = cx.state()?;
    cx.set_state(&Unsaid::new())?;
    let text = unsaid.first().cloned().unwrap_or_else(|| "Tea?".into());
    let more = [QuickReply::message("Tea", "tea")];
    cx.reply(&[Text::new(text).quick_replies(more)])
}

async fn closed(cx: &mut Context<'_, Account>, reason: &String) -> Handled {
    cx.create("closed", reason)
}

fn module() -> Router {
    Router::new()
        .active(Routes::new().any_text(answer).command("paid", paid))
        .standby(Routes::new().command("paid", paid_meanwhile))
        .account(Routes::new().command("closed", closed))
}

#[tokio::test]
async fn the_till_speaks_to_a_chat_once() {
    let shop = Harness::new(module()).await;
    let mut mari = shop.user("Mari");
    let till = shop.company();
    for _ in 0..2 {
        till.sends_to(&mari, "paid", "receipt-1", &json!({"teas": 2}))
            .await;
    }
    mari.sees(["Paid: 2."]);
    till.sends_to(&mari, "paid", "receipt-2", &json!({"teas": 1}))
        .await
        .is(Verdict::Handled);
    mari.sees(["Paid: 1."]);
    let spoken =
        "The company's systems, to Mari: paid {\"teas\":2}\n  push to Mari\n    Paid: 2.\n";
    assert!(shop.transcript().contains(spoken), "{}", shop.transcript());
}

#[tokio::test]
async fn what_comes_while_staff_hold_the_chat_is_said_later() {
    let shop = Harness::new(module()).await;
    let mut mari = shop.user("Mari");
    shop.staff(&mari).takes_control().await;
    shop.company()
        .sends_to(&mari, "paid", "1", &json!({"teas": 2}))
        .await
        .is(Verdict::Standby);
    mari.sees_nothing();
    shop.staff(&mari).gives_control().await;
    mari.says("hello").await;
    mari.sees(["Paid meanwhile: 2."]);
}

#[tokio::test]
async fn the_account_is_spoken_to_where_there_is_no_chat() {
    let shop = Harness::new(module()).await;
    let came = shop.company().sends("closed", "1", &"typhoon").await;
    came.is(Verdict::Handled);
}

#[tokio::test]
async fn what_nobody_takes_or_cannot_be_read_says_so() {
    let shop = Harness::new(module()).await;
    let mari = shop.user("Mari");
    shop.company()
        .sends_to(&mari, "refunded", "1", &())
        .await
        .is(Verdict::Recorded);
    shop.company()
        .sends_to(&mari, "paid", "2", &"two")
        .await
        .is(Verdict::Failed);
    let told = shop.transcript();
    let no_route = r#"= recorded: no route takes the command "refunded" where the chat is active"#;
    assert!(told.contains(no_route), "{told}");
    let no_type = r#"= failed: the payload of the command "paid": invalid type"#;
    assert!(told.contains(no_type), "{told}");
}

line_module_kit::conformance!(
    module(),
    script = [
        says("tea"),
        commands("paid", &json!({"teas": 2})),
        says("tea")
    ]
);
