//! Conversations with the module.

use line_module_kit::{Harness, Verdict};
use serde_json::json;

#[tokio::test]
async fn a_visitor_is_greeted_and_counted_and_begins_again() {
    let shop = Harness::new(my_module::module()).await;
    let mut mari = shop.user("Mari");
    mari.follows().await;
    mari.sees(["Welcome! Say hello."]);
    mari.says("Hello").await;
    mari.says("こんにちは").await;
    mari.sees([
        "Hello! That was hello number 1.",
        "Hello! That was hello number 2.",
    ]);
    mari.taps_label("Begin again").await;
    mari.says("hello").await;
    mari.sees(["We begin again.", "Hello! That was hello number 1."]);
}

#[tokio::test]
async fn while_staff_hold_the_chat_the_module_is_silent() {
    let shop = Harness::new(my_module::module()).await;
    let mut mari = shop.user("Mari");
    shop.staff(&mari).takes_control().await;
    mari.says("hello").await.is(Verdict::Standby);
    mari.sees_nothing();
}

#[tokio::test]
async fn an_account_greets_in_its_own_words() {
    let shop = Harness::new(my_module::module()).await;
    shop.account().sets(json!({"greeting": "Come in!"})).await;
    let mut mari = shop.user("Mari");
    mari.follows().await;
    mari.sees(["Come in!"]);
}
