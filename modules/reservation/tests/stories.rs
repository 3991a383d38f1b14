//! A shop takes reservations in its chat.

use std::time::Duration;

use line_module_kit::{Harness, User, Verdict};
use serde_json::json;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// It is Friday, 2026-11-20, ten o'clock in Japan.
async fn shop() -> Harness {
    Harness::new(reservation::module()).await
}

/// A guest who has reserved Monday, eleven o'clock.
async fn guest_of_monday(shop: &Harness) -> User {
    let mut guest = shop.user("Mari");
    guest.follows().await;
    guest.taps("reserve 2026-11-23T11:00").await;
    guest.news();
    guest
}

#[tokio::test]
async fn a_guest_reserves_looks_and_cancels() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.follows().await;
    guest.says("予約する").await;
    guest.taps_label("11月21日(土) 10:00").await;
    guest.says("予約を確認").await;
    guest.says("キャンセル").await;
    guest.says("予約を確認").await;
    guest.says("予約する").await;
    insta::assert_snapshot!(shop.transcript());
}

#[tokio::test]
async fn the_rich_menu_is_there_from_the_attach_on_and_speaks_the_guests_language() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    assert_eq!(
        guest.choices(),
        ["予約する", "予約を確認", "スタッフに相談"]
    );
    guest.taps_label("予約を確認").await;
    guest.sees(["現在のご予約はありません。"]);
    guest.says("我的預約").await;
    guest.sees(["目前沒有預約。"]);
    guest.taps_label("聯絡店員").await.is(Verdict::Handled);
}

#[tokio::test]
async fn a_time_that_someone_has_is_refused_and_others_are_offered() {
    let shop = shop().await;
    let (mut guest, mut rival) = (shop.user("Mari"), shop.user("Ken"));
    rival.says("予約する").await;
    rival.sees(["ご希望の時間をお選びください。"]);
    guest.taps("reserve 2026-11-21T10:00").await;
    guest.sees(["11月21日(土) 10:00のご予約を承りました。"]);

    rival
        .taps_label("11月21日(土) 10:00")
        .await
        .is(Verdict::Handled);
    assert_eq!(rival.news().len(), 1);
    assert_eq!(rival.choices()[0], "11月21日(土) 11:00");
}

#[tokio::test]
async fn times_that_the_shop_does_not_have_are_refused() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    for odd in ["2026-11-20T11:00", "2026-11-21T09:00", "2026-12-24T10:00"] {
        guest.taps(&format!("reserve {odd}")).await;
        guest.sees(["その時間は選べません。別の時間をお選びください。"]);
    }
    guest.taps("reserve a table").await.is(Verdict::Handled);
    guest.sees_nothing();
}

#[tokio::test]
async fn the_shop_sets_its_hours_its_name_and_its_language() {
    let shop = shop().await;
    let settings = json!({"name": "Sakura", "language": "en", "opens": "12:00", "minutes": 90});
    shop.account().sets(settings).await;
    let mut guest = shop.user("Ann");
    guest.taps("reserve 2026-11-21T13:30").await;
    guest.sees(["Your reservation for Sat 11/21 13:30 is confirmed."]);
    guest.says("reserve").await;
    let times = ["Sat 11/21 12:00", "Sat 11/21 15:00", "Sat 11/21 16:30"];
    assert_eq!(guest.choices()[..3], times);
}

#[tokio::test]
async fn a_guest_is_reminded_at_six_on_the_day_before_once() {
    let shop = shop().await;
    let mut guest = guest_of_monday(&shop).await;
    // Cancelled and made again, which makes a second timer.
    guest.taps("cancel 2026-11-23T11:00").await;
    guest.taps("reserve 2026-11-23T11:00").await;
    guest.news();
    shop.clock().advance(2 * DAY + 7 * HOUR).await;
    guest.sees_nothing();
    shop.clock().advance(HOUR).await;
    guest.sees(["明日、11月23日(月) 11:00のご予約をいただいています。お待ちしております。"]);
    shop.clock().advance(DAY).await;
    guest.sees_nothing();
}

#[tokio::test]
async fn what_was_cancelled_needs_no_reminder() {
    let shop = shop().await;
    let mut guest = guest_of_monday(&shop).await;
    guest.taps_label("取り消す").await;
    guest.sees(["11月23日(月) 11:00のご予約を取り消しました。"]);
    shop.clock().advance(3 * DAY).await;
    guest.sees_nothing();
}

#[tokio::test]
async fn while_staff_have_the_chat_nobody_is_reminded() {
    let shop = shop().await;
    let mut guest = guest_of_monday(&shop).await;
    shop.staff(&guest).takes_control().await;
    shop.clock().advance(3 * DAY).await;
    guest.sees_nothing();
}

#[tokio::test]
async fn staff_are_asked_and_the_guest_comes_back() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.taps_label("スタッフに相談").await;
    guest.says("駐車場はありますか").await.is(Verdict::Standby);
    shop.staff(&guest).says("はい、2台分あります。").await;
    guest.says("予約に戻る").await;
    guest.says("予約する").await;
    insta::assert_snapshot!(shop.transcript());
}

#[tokio::test]
async fn a_chat_that_staff_were_asked_into_is_ours_again_after_twelve_hours() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("スタッフに相談").await;
    guest.news();
    shop.clock().advance(11 * HOUR).await;
    guest.says("予約を確認").await.is(Verdict::Standby);
    shop.clock().advance(HOUR).await;
    guest.says("予約を確認").await;
    guest.sees(["現在のご予約はありません。"]);
}

#[tokio::test]
async fn with_the_attachment_goes_all_that_guests_see_of_us() {
    let shop = shop().await;
    let mut guest = guest_of_monday(&shop).await;
    assert!(guest.choices().contains(&"スタッフに相談".to_owned()));
    shop.account().detach().await;
    // The card of the reservation stays in the chat; the rich menu is gone.
    assert_eq!(guest.choices(), ["予約を確認", "取り消す"]);
    shop.clock().advance(3 * DAY).await;
    guest.sees_nothing();
}
