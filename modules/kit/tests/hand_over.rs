//! A guest asks for a person and comes back; and signals that wait until a chat is ours.

use std::time::Duration;

use line_module::settings::{Field, Kind, Schema};
use line_module::{
    Active, Chat, Context, ControlGained, HandOver, Handled, Router, Routes, Signal, Standby, Text,
    TextMessage, Words,
};
use line_module_kit::{Harness, User, Verdict};
use serde::{Deserialize, Serialize};

const HOUR: Duration = Duration::from_secs(3600);
const STAFF: &str = "staff";

#[derive(Deserialize)]
struct Shop {
    hours: u64,
}

/// What one chat tells the one that listens.
#[derive(Serialize, Deserialize, Signal)]
#[signal("news")]
struct News {
    text: String,
}

async fn last_word(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.reply(&[Text::new("A person will answer.")])
}

async fn welcome(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let groups = said.captures.len();
    cx.push(&[Text::new(format!("Back, by {:?} ({groups}).", said.text))])
}

async fn echo(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    cx.reply(&[Text::new(format!("You said: {}", said.text))])
}

async fn gained(cx: &mut Context<'_, Active>, _: &ControlGained) -> Handled {
    cx.push(&[Text::new("Ours.")])
}

async fn listen(cx: &mut Context<'_, Active>, _: &TextMessage, chat: Chat) -> Handled {
    cx.put(STAFF, &chat).await?;
    cx.reply(&[Text::new("You will hear of it.")])
}

async fn deaf(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.remove(STAFF).await?;
    cx.reply(&[Text::new("You will not.")])
}

async fn send(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let text = said.text.clone();
    cx.signal_to(STAFF, &News { text }).await?;
    let rows = cx.rows::<serde_json::Value>("").await?;
    cx.reply(&[Text::new(format!("Sent, with {} rows.", rows.len()))])
}

async fn tell(cx: &mut Context<'_, Active>, news: &News) -> Handled {
    cx.push(&[Text::new(format!("News: {}", news.text))])
}

/// What must be done at once.
async fn count(cx: &mut Context<'_, Standby>, _: &News) -> Handled {
    cx.count("heard", 1).await.map(drop)
}

async fn heard(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let heard = cx.count("heard", 0).await?;
    cx.reply(&[Text::new(format!("Heard {heard}."))])
}

fn hand_over() -> HandOver {
    HandOver::on("staff", last_word).back_on(["back", "戻る"], welcome)
}

fn routes() -> Routes<Active> {
    Routes::new()
        .text("listen", listen)
        .text("deaf", deaf)
        .text("heard", heard)
        .text(["one", "two", "three"], send)
        .signal_when_ours(tell)
        .any_text(echo)
}

fn module(hand_over: HandOver) -> Router {
    let hours = Field::new("hours", Words::same("Hours"), Kind::number(1, 72), 12);
    Router::new()
        .settings(Schema::new([hours]))
        .active(Routes::new().hand_over(hand_over).merge(routes()))
        .standby(Routes::new().signal(count))
}

async fn shop() -> Harness {
    let hours = |shop: &Shop| Duration::from_hours(shop.hours);
    Harness::new(module(hand_over().for_at_most(hours))).await
}

/// A guest whom a person answers.
async fn handed_over(shop: &Harness) -> User {
    let mut guest = shop.user("Mari");
    guest.says("staff").await;
    guest.sees(["A person will answer."]);
    guest
}

#[tokio::test]
async fn a_guest_is_given_to_staff_and_comes_back_by_the_words() {
    let shop = shop().await;
    let mut guest = handed_over(&shop).await;
    guest.says("are you there?").await.is(Verdict::Standby);
    guest.sees_nothing();
    guest.says("戻る").await;
    guest.sees(["Back, by \"戻る\" (1)."]);
    guest.says("hello").await;
    guest.sees(["You said: hello"]);
    // It was taken for an hour.
    shop.clock().advance(HOUR).await;
    guest.says("hello").await.is(Verdict::Standby);
    guest.sees_nothing();
}

#[tokio::test]
async fn who_did_not_ask_for_us_is_told_nothing() {
    let shop = shop().await;
    let mut guest = handed_over(&shop).await;
    shop.staff(&guest).gives_control().await;
    guest.sees_nothing();
    guest.says("back").await;
    guest.sees(["You said: back"]);
}

#[tokio::test]
async fn after_the_time_of_the_settings_the_chat_is_ours_again() {
    let shop = shop().await;
    let mut guest = handed_over(&shop).await;
    shop.clock().advance(11 * HOUR).await;
    guest.says("hello").await.is(Verdict::Standby);
    shop.clock().advance(HOUR).await;
    guest.says("hello").await;
    guest.sees(["You said: hello"]);
}

#[tokio::test]
async fn the_time_ends_when_staff_give_the_chat_back() {
    let shop = shop().await;
    let mut guest = handed_over(&shop).await;
    shop.staff(&guest).gives_control().await;
    shop.clock().advance(11 * HOUR).await;
    shop.staff(&guest).takes_control().await;
    shop.clock().advance(2 * HOUR).await;
    guest.says("hello").await.is(Verdict::Standby);
}

#[tokio::test]
async fn signals_wait_until_the_chat_is_ours_and_come_in_their_order() {
    let shop = shop().await;
    let (mut guest, mut other) = (shop.user("Mari"), shop.user("Ken"));
    guest.says("listen").await;
    other.says("one").await;
    guest.sees(["You will hear of it.", "News: one"]);
    guest.says("staff").await;
    guest.news();
    other.says("two").await;
    other.says("three").await;
    // What is kept is no row of the module's.
    other.sees([
        "Sent, with 1 rows.",
        "Sent, with 1 rows.",
        "Sent, with 2 rows.",
    ]);
    guest.sees_nothing();
    guest.says("back").await;
    guest.sees(["Back, by \"back\" (1).", "News: two", "News: three"]);
    // The routes of standby have had them at once, and nothing comes twice.
    guest.says("heard").await;
    guest.sees(["Heard 2."]);
    shop.staff(&guest).takes_control().await;
    shop.staff(&guest).gives_control().await;
    guest.sees_nothing();
}

#[tokio::test]
async fn signals_wait_for_a_user_who_has_blocked_the_account() {
    let shop = shop().await;
    let (mut guest, mut other) = (shop.user("Mari"), shop.user("Ken"));
    guest.says("listen").await;
    guest.news();
    guest.blocks().await;
    other.says("one").await;
    guest.follows().await;
    guest.sees(["News: one"]);
}

#[tokio::test]
async fn what_waits_goes_with_the_chat_and_with_the_attachment() {
    let shop = shop().await;
    let (mut guest, mut other) = (shop.user("Mari"), shop.user("Ken"));
    guest.says("listen").await;
    guest.says("staff").await;
    guest.news();
    other.says("one").await;
    shop.company().erases(&guest).await;
    shop.staff(&guest).gives_control().await;
    guest.sees_nothing();
    // The row that named the chat is gone too: nobody hears.
    other.says("two").await;
    guest.sees_nothing();
}

#[tokio::test]
async fn a_row_is_put_and_removed_whether_there_is_one_or_not() {
    let shop = shop().await;
    let (mut guest, mut other) = (shop.user("Mari"), shop.user("Ken"));
    guest.says("deaf").await;
    guest.says("listen").await;
    guest.says("listen").await;
    other.says("one").await;
    guest.says("deaf").await;
    other.says("two").await;
    let told = ["You will hear of it."; 2];
    guest.sees([
        "You will not.",
        told[0],
        told[1],
        "News: one",
        "You will not.",
    ]);
}

#[tokio::test]
async fn what_the_chat_is_told_when_it_is_ours_comes_before_what_has_waited() {
    let router = Router::new().active(routes().gained(gained));
    let shop = Harness::new(router).await;
    let (mut guest, mut other) = (shop.user("Mari"), shop.user("Ken"));
    guest.says("listen").await;
    guest.news();
    shop.staff(&guest).takes_control().await;
    other.says("one").await;
    shop.staff(&guest).gives_control().await;
    guest.sees(["Ours.", "News: one"]);
}

#[test]
fn a_module_hands_chats_over_by_one_route() {
    use line_module::Module as _;
    let inner = Router::new().active(Routes::new().hand_over(hand_over()));
    assert_eq!(inner.faults(), [""; 0]);
    let both = module(hand_over()).nest(inner);
    let fault = "chats are handed over to staff by two routes: a module has one";
    assert_eq!(both.faults(), [fault]);
}
