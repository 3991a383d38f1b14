//! Guests wait for a table.

use std::time::Duration;

use line_module_kit::{Harness, User, Verdict};
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

/// It is Friday, 2026-11-20, ten o'clock in Japan.
async fn restaurant() -> (Harness, User) {
    let restaurant = Harness::new(waitlist::module()).await;
    let settings =
        json!({"staff_word": "合言葉", "place": {"latitude": 35.6580, "longitude": 139.7016}});
    restaurant.account().sets(settings).await;
    let mut staff = restaurant.user("Aoi").in_group("Staff");
    staff.says("合言葉").await;
    staff.sees(["このグループからお呼び出しができます。「次の方」とお送りください。"]);
    (restaurant, staff)
}

/// A guest with a ticket.
async fn waiting(restaurant: &Harness, name: &str, people: u32) -> User {
    let mut guest = restaurant.user(name);
    guest.says("順番を取る").await;
    guest.says(&people.to_string()).await;
    if people <= 2 {
        guest.taps_label("どちらでも").await;
    }
    guest.says(name).await;
    guest.news();
    guest
}

/// Staff say which place is free.
async fn frees(staff: &mut User, place: &str) {
    staff.says("次の方").await;
    staff.taps_label(place).await;
}

#[tokio::test]
async fn a_guest_takes_a_ticket_is_called_and_comes() {
    let (restaurant, mut staff) = restaurant().await;
    let mut guest = restaurant.user("真理");
    guest.follows().await;
    guest.taps_label("順番を取る").await;
    guest.taps_label("2名").await;
    guest.taps_label("どちらでも").await;
    guest.taps_label("真理").await;
    guest.says("受付票").await;
    frees(&mut staff, "テーブル 4名").await;
    guest.taps_label("向かいます").await;
    guest.says("受付票").await;
    insta::assert_snapshot!(restaurant.transcript());
}

#[tokio::test]
async fn the_first_party_that_fits_is_called() {
    let (restaurant, mut staff) = restaurant().await;
    let mut large = waiting(&restaurant, "Ken", 5).await;
    let mut small = waiting(&restaurant, "Mari", 2).await;
    small.news(); // that they are next but one
    frees(&mut staff, "テーブル 4名").await;
    staff.sees([
        "どのお席が空きましたか？",
        "2番 Mariさま（2名）をお呼びしました。",
    ]);
    small.sees(["2番のお客さま、お席のご用意ができました。10分以内にお越しください。"]);
    large.sees_nothing();
    frees(&mut staff, "カウンター").await;
    staff.sees([
        "どのお席が空きましたか？",
        "ご案内できるお客さまはいません。",
    ]);
}

#[tokio::test]
async fn who_does_not_come_in_ten_minutes_makes_room_for_the_next() {
    let (restaurant, mut staff) = restaurant().await;
    let mut first = waiting(&restaurant, "Ken", 2).await;
    let mut second = waiting(&restaurant, "Mari", 2).await;
    second.news();
    frees(&mut staff, "テーブル 2名").await;
    staff.news();
    first.news();
    restaurant.clock().advance(11 * MINUTE).await;
    first.sees(["1番は、お時間を過ぎたため取り消しとなりました。"]);
    second.sees(["2番のお客さま、お席のご用意ができました。10分以内にお越しください。"]);
    staff.sees([
        "1番 Kenさまはいらっしゃいませんでした。",
        "2番 Mariさま（2名）をお呼びしました。",
    ]);
    first.taps("called/1/1").await;
    first.sees(["この受付票はもうお使いになれません。"]);
    second.taps_label("向かいます").await;
    restaurant.clock().advance(11 * MINUTE).await;
    second.sees(["2番のお客さま、お待ちしております。"]);
}

#[tokio::test]
async fn who_gives_up_when_called_makes_room_for_the_next() {
    let (restaurant, mut staff) = restaurant().await;
    let mut first = waiting(&restaurant, "Ken", 2).await;
    let mut second = waiting(&restaurant, "Mari", 2).await;
    second.news();
    frees(&mut staff, "テーブル 2名").await;
    first.taps_label("受付を取り消す").await;
    second.sees(["2番のお客さま、お席のご用意ができました。10分以内にお越しください。"]);
}

#[tokio::test]
async fn who_is_next_but_one_is_told_once() {
    let (restaurant, mut staff) = restaurant().await;
    let _first = waiting(&restaurant, "Ken", 2).await;
    let mut second = restaurant.user("Mari");
    second.says("順番を取る").await;
    second.says("3").await;
    second.news();
    second.says("Mari").await;
    second.sees([
        "受付番号は2番です。ただいま1組お待ちです。",
        "2番のお客さま、あと1組でお呼びします。お店の近くでお待ちください。",
    ]);
    let mut third = waiting(&restaurant, "Ann", 3).await;
    third.sees_nothing();
    frees(&mut staff, "カウンター").await;
    third.sees(["3番のお客さま、あと1組でお呼びします。お店の近くでお待ちください。"]);
    second.sees_nothing();
}

#[tokio::test]
async fn a_place_that_is_far_is_answered_with_the_walk() {
    let (restaurant, _) = restaurant().await;
    let mut guest = restaurant.user("Mari");
    guest
        .sends_location("花園神社", "新宿区", (35.6938, 139.7034))
        .await;
    guest.sees(["お店まで歩いて約50分です。お早めにお戻りください。"]);
    guest
        .sends_location("ハチ公", "渋谷区", (35.6590, 139.7006))
        .await;
    guest.sees(["お店の近くにいらっしゃいます。そのままお待ちください。"]);
}

#[tokio::test]
async fn at_closing_time_all_tickets_end_and_the_numbers_start_again() {
    let (restaurant, mut staff) = restaurant().await;
    let mut called = waiting(&restaurant, "Ken", 2).await;
    frees(&mut staff, "テーブル 2名").await;
    restaurant.account().sets(json!({"closes": "10:05"})).await;
    let mut waiting_guest = waiting(&restaurant, "Mari", 2).await;
    called.news();
    restaurant.clock().advance(9 * MINUTE).await;
    let closed = |number| {
        format!("本日の受付は終了しました。{number}番は取り消しとなりました。申し訳ございません。")
    };
    called.sees([closed(1)]);
    waiting_guest.sees([closed(2)]);
    // Nobody is missed afterwards.
    restaurant.clock().advance(20 * MINUTE).await;
    called.sees_nothing();
    let mut next_day = restaurant.user("Ann");
    next_day.says("順番を取る").await;
    next_day.says("3").await;
    next_day.news();
    next_day.says("Ann").await;
    next_day.sees(["受付番号は1番です。まもなくお呼びします。"]);
}

#[tokio::test]
async fn staff_answer_and_what_happened_meanwhile_is_told_afterwards() {
    let (restaurant, mut staff) = restaurant().await;
    let mut guest = waiting(&restaurant, "Mari", 2).await;
    guest.says("スタッフに相談").await;
    guest.news();
    frees(&mut staff, "テーブル 2名").await;
    guest.sees_nothing();
    guest.says("受付に戻る").await;
    guest.sees([
        "受付に戻りました。",
        "1番のお客さま、お席のご用意ができました。10分以内にお越しください。",
    ]);
    guest.taps_label("向かいます").await;
    guest.sees(["1番のお客さま、お待ちしております。"]);
}

#[tokio::test]
async fn questions_go_on_after_staff_have_had_the_chat() {
    let (restaurant, _) = restaurant().await;
    let mut guest = restaurant.user("Mari");
    guest.says("take a ticket").await;
    guest.says("how?").await;
    guest.sees([
        "How many are you?",
        "Please answer with a number from 1 to 6, or “stop”.",
    ]);
    restaurant.staff(&guest).takes_control().await;
    guest.says("2").await.is(Verdict::Standby);
    restaurant.staff(&guest).gives_control().await;
    guest.sees(["How many are you?"]);
    guest.says("2").await;
    guest.says("back").await;
    guest.sees(["Where would you like to sit?", "How many are you?"]);
    guest.says("stop").await;
    guest.sees(["No ticket is taken."]);
}
