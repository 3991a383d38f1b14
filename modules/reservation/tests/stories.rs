//! A shop takes reservations in its chat.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use line_module::{Context, Event, EventKind, Handled, Next};
use line_module_kit::{Harness, User, Verdict};
use reservation::{Change, Crm, Entry};
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
    guest.taps("reserve/1/2026-11-23T11:00").await;
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
    guest.taps("reserve/1/2026-11-21T10:00").await;
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
        guest.taps(&format!("reserve/1/{odd}")).await;
        guest.sees(["その時間は選べません。別の時間をお選びください。"]);
    }
    guest.taps("reserve/1/a table").await.is(Verdict::Handled);
    guest.sees_nothing();
}

#[tokio::test]
async fn the_shop_sets_its_hours_its_name_and_its_language() {
    let shop = shop().await;
    let settings = json!({"name": "Sakura", "language": "en", "opens": "12:00", "minutes": 90});
    shop.account().sets(settings).await;
    let mut guest = shop.user("Ann");
    guest.taps("reserve/1/2026-11-21T13:30").await;
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
    guest.taps("cancel/1/2026-11-23T11:00").await;
    guest.taps("reserve/1/2026-11-23T11:00").await;
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

#[tokio::test]
async fn a_guest_who_sends_their_place_is_told_the_nearest_branch() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    let (shinjuku, shibuya) = ((35.6938, 139.7034), (35.6467, 139.7101));
    guest.sends_location("花園神社", "新宿区", shinjuku).await;
    guest.sees(["最寄りの店舗は新宿店です（約0.5 km）。"]);
    assert!(guest.choices().contains(&"近くの店舗を探す".to_owned()));
    shop.account()
        .sets(json!({"branch_1": "Ebisu 35.6467,139.7101", "language": "en"}))
        .await;
    guest.sends_location("", "", shibuya).await;
    guest.sees(["The branch nearest to you is Ebisu, about 0.0 km away."]);

    let mut friends = guest.in_group("Friends");
    friends.sends_location("ここ", "渋谷区", shibuya).await;
    friends.sees_nothing();
    shop.account()
        .sets(json!({"branch_1": "", "branch_2": "somewhere"}))
        .await;
    guest.sends_location("ここ", "渋谷区", shibuya).await;
    guest.sees_nothing();
}

/// A shop with one time, tomorrow at ten, which Ken has, and for which Mari and Ann wait.
async fn full_shop() -> (Harness, User, User, User) {
    let shop = shop().await;
    let settings = json!({"days": 1, "opens": "10:00", "closes": "11:00"});
    shop.account().sets(settings).await;
    let (mut ken, mut mari, mut ann) = (shop.user("Ken"), shop.user("Mari"), shop.user("Ann"));
    ken.taps("reserve/1/2026-11-21T10:00").await;
    for guest in [&mut mari, &mut ann] {
        guest.says("予約する").await;
        guest.taps_label("空きを待つ").await;
        guest.sees([
            "申し訳ありません。ただいまご予約いただける時間がありません。",
            "承知しました。空きが出ましたら、こちらでお知らせします。",
        ]);
    }
    (shop, ken, mari, ann)
}

const FREED: &str = "11月21日(土) 10:00に空きが出ました。先着順でご予約いただけます。";
const CONFIRMED: &str = "11月21日(土) 10:00のご予約を承りました。";

#[tokio::test]
async fn a_cancelled_time_is_offered_to_the_first_who_waits_and_then_to_the_next() {
    let (_shop, mut ken, mut mari, mut ann) = full_shop().await;
    mari.taps("wait/1").await; // asked twice, listed once
    mari.news();
    ken.says("キャンセル").await;
    mari.sees([FREED]);
    ann.sees_nothing();
    mari.taps_label("予約する").await;
    mari.sees([CONFIRMED]);

    mari.says("キャンセル").await;
    ann.sees([FREED]);
    ken.taps("reserve/1/2026-11-21T10:00").await;
    ann.taps_label("予約する").await;
    ann.sees(["申し訳ありません。ただいまご予約いただける時間がありません。"]);
}

#[tokio::test]
async fn who_has_a_time_waits_no_longer() {
    let (shop, mut ken, mut mari, mut ann) = full_shop().await;
    shop.account().sets(json!({"days": 2})).await;
    mari.taps("reserve/1/2026-11-22T10:00").await;
    mari.news();
    ken.says("キャンセル").await;
    mari.sees_nothing();
    ann.sees([FREED]);
}

#[tokio::test]
async fn an_offer_that_comes_while_staff_have_the_chat_is_made_later_if_it_still_holds() {
    let (shop, mut ken, mut mari, mut ann) = full_shop().await;
    for guest in [&mari, &ann] {
        shop.staff(guest).takes_control().await;
    }
    ken.says("キャンセル").await;
    ken.taps("reserve/1/2026-11-21T10:00").await;
    ken.taps("cancel/1/2026-11-21T10:00").await;
    mari.sees_nothing();
    shop.staff(&mari).gives_control().await;
    mari.sees([FREED]);
    mari.taps_label("予約する").await;
    mari.sees([CONFIRMED]);
    shop.staff(&ann).gives_control().await;
    ann.sees_nothing();
}

#[tokio::test]
async fn what_was_booked_on_the_website_is_confirmed_in_the_chat() {
    let shop = shop().await;
    let (mut mari, mut ken) = (shop.user("Mari"), shop.user("Ken"));
    let web = shop.company();
    let time = json!({"time": "2026-11-21T10:00"});
    for _ in 0..2 {
        web.sends_to(&mari, "booked", "order-1", &time).await;
    }
    mari.sees([CONFIRMED]);
    web.sends_to(&ken, "booked", "order-2", &time).await;
    ken.sees(["申し訳ありません。ウェブサイトでお選びの11月21日(土) 10:00は、ご予約をお取りできませんでした。お手数ですが、別の時間をお選びください。"]);
    let odd = json!({"time": "tomorrow"});
    web.sends_to(&ken, "booked", "order-3", &odd)
        .await
        .is(Verdict::Failed);
    ken.sees_nothing();
}

#[tokio::test]
async fn what_is_booked_while_staff_have_the_chat_is_reserved_at_once_and_confirmed_later() {
    let shop = shop().await;
    let (mut mari, mut ken) = (shop.user("Mari"), shop.user("Ken"));
    shop.staff(&mari).takes_control().await;
    let time = json!({"time": "2026-11-21T10:00"});
    shop.company()
        .sends_to(&mari, "booked", "order-1", &time)
        .await;
    mari.sees_nothing();
    ken.taps("reserve/1/2026-11-21T10:00").await;
    assert!(
        ken.news()[0]
            .text()
            .unwrap()
            .contains("ほかの方の予約が入りました")
    );
    mari.says("予約に戻る").await;
    mari.sees([
        "自動のご案内に戻りました。ご予約はこちらからどうぞ。",
        CONFIRMED,
    ]);
}

#[tokio::test]
async fn the_times_of_a_guest_who_is_forgotten_are_offered_to_those_who_wait() {
    let (shop, mut ken, mut mari, mut ann) = full_shop().await;
    ken.news();
    shop.company().erases(&ken).await;
    mari.sees([FREED]);
    mari.taps_label("予約する").await;
    mari.sees([CONFIRMED]);
    // Nothing is left of the guest's time: no reminder, and none to cancel.
    shop.clock().advance(2 * DAY).await;
    ken.sees_nothing();
    ann.news();
}

#[tokio::test]
async fn staff_are_told_of_tomorrow_each_evening_in_their_group() {
    let shop = shop().await;
    let mut guest = guest_of_monday(&shop).await;
    let mut staff = guest.in_group("Staff");
    staff.says("明日は誰？").await;
    staff.sees_nothing();
    staff.says("スタッフ通知").await;
    staff.sees(["毎日20:00に、翌日のご予約をこのグループにお知らせします。"]);
    shop.clock().advance(11 * HOUR).await;
    staff.sees(["明日のご予約はありません。"]);
    // Eight in the evening where the shop is now: it is two hours behind.
    shop.account()
        .sets(json!({"time_zone": "Asia/Bangkok"}))
        .await;
    shop.clock().advance(2 * DAY).await;
    staff.sees(["明日のご予約はありません。"; 2]);
    shop.clock().advance(2 * HOUR).await;
    staff.sees(["明日のご予約：\n・11月23日(月) 11:00"]);
    guest.news();
}

/// A register that keeps what it is told, with the keys.
#[derive(Clone, Default)]
struct Register(Arc<Mutex<Vec<(String, Entry)>>>);

impl Crm for Register {
    async fn note(&self, key: &str, entry: &Entry) -> Result<(), String> {
        self.0.lock().unwrap().push((key.to_owned(), entry.clone()));
        Ok(())
    }
}

impl Register {
    fn entries(&self) -> Vec<(String, Change)> {
        let told = self.0.lock().unwrap();
        let entries = told
            .iter()
            .map(|(_, entry)| (entry.time.clone(), entry.change));
        entries.collect()
    }
}

static HAS_CRASHED: AtomicBool = AtomicBool::new(false);

/// The first handler of a signal ends before its commit.
async fn crash_once(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled {
    let handled = next.run(cx, event).await;
    let is_signal = matches!(event.kind, EventKind::Signal { .. });
    assert!(
        !is_signal || HAS_CRASHED.swap(true, Ordering::SeqCst),
        "crash"
    );
    handled
}

#[tokio::test]
async fn the_customer_register_is_told_of_each_change_once_through_a_crash() {
    let register = Register::default();
    let module = reservation::module_with(register.clone()).wrap(crash_once);
    let shop = Harness::new(module).await;
    let mut guest = shop.user("Mari");
    guest.taps("reserve/1/2026-11-23T11:00").await.fails();
    guest.sees(["11月23日(月) 11:00のご予約を承りました。"]);
    shop.clock().advance(HOUR).await;
    assert!(HAS_CRASHED.load(Ordering::SeqCst));
    let time = || "2026-11-23T11:00".to_owned();
    assert_eq!(register.entries(), [(time(), Change::Reserved)]);
    shop.staff(&guest).takes_control().await;
    shop.staff(&guest).gives_control().await;
    guest.says("キャンセル").await;
    let both = [(time(), Change::Reserved), (time(), Change::Cancelled)];
    assert_eq!(register.entries(), both);
}
