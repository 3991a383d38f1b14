//! A shop takes reservations in its chat.

use kit::{Harness, Verdict};

#[tokio::test]
async fn a_guest_reserves_looks_and_cancels() {
    let shop = Harness::new(reservation::module()).await;
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
async fn a_time_that_someone_has_is_refused_and_others_are_offered() {
    let shop = Harness::new(reservation::module()).await;
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
