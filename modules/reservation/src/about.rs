//! What the extension says of itself: on its start page, and on the management screen.

use line_module::{About, Icon, Scope, Words};

/// A page of a calendar with a tick, in the accent's colour.
const ICON: Icon = Icon::Svg(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="11" fill="#1f7a57"/><path d="M13 15h22v20H13zM13 21h22M18 11v7M30 11v7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/><path d="m19 28 4 4 7-7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/></svg>"##,
);

/// Whose extension it is.
pub(crate) fn about() -> About {
    About::new(NAME, SENTENCE)
        .does(RESERVES)
        .does(REMINDS)
        .does(TELLS_STAFF)
        .first(FIRST)
        .company(Words::same("Example Reservation, Inc."))
        .icon(ICON)
        .accent(0x1f, 0x7a, 0x57)
        .price(PRICE)
        .support(
            "support@example.com",
            "https://www.example.com/support",
            HOURS,
        )
        .legal(
            "https://www.example.com/terms",
            "https://www.example.com/privacy",
        )
        .needs(Scope::MESSAGE_SEND, TO_SEND)
        .needs(Scope::MESSAGE_RECEIVE, TO_RECEIVE)
        .needs(Scope::PROFILE_READ, TO_GREET)
        .needs(Scope::ACCOUNT_MANAGE, TO_SHOW_MENU)
}

const fn words(ja: &'static str, zh: &'static str, en: &'static str, th: &'static str) -> Words {
    Words { ja, zh, en, th }
}

const NAME: Words = words("かんたん予約", "輕鬆預約", "Easy Reservation", "จองง่าย");
const SENTENCE: Words = words(
    "お客さまがLINEのトークから、空いている時間をそのまま予約できます。",
    "讓顧客直接在LINE聊天中預約空檔。",
    "Guests reserve a free time right in their LINE chat with you.",
    "ลูกค้าจองเวลาว่างได้ทันทีในแชท LINE ของคุณ",
);
const RESERVES: Words = words(
    "予約の受付・確認・キャンセルに24時間おこたえします",
    "全天候受理預約、查詢與取消",
    "Takes, shows and cancels reservations at any hour",
    "รับจอง แสดง และยกเลิกการจองตลอด 24 ชั่วโมง",
);
const REMINDS: Words = words(
    "予約の前日に、お客さまへお知らせします",
    "在預約前一天提醒顧客",
    "Reminds guests the day before",
    "แจ้งเตือนลูกค้าล่วงหน้าหนึ่งวัน",
);
const TELLS_STAFF: Words = words(
    "翌日の予約を、スタッフのグループにお知らせします",
    "將隔天的預約通知店員群組",
    "Tells your staff's group about tomorrow's reservations",
    "แจ้งกลุ่มพนักงานเรื่องการจองของวันพรุ่งนี้",
);
const FIRST: Words = words(
    "お客さまが「予約」と送ると、空いている時間をご案内します。",
    "顧客傳送「預約」後，就會看到可預約的時間。",
    "When a guest writes “reserve”, they are offered the free times.",
    "เมื่อลูกค้าพิมพ์ว่า “reserve” ระบบจะแสดงเวลาที่ว่างให้เลือก",
);
const PRICE: Words = words(
    "月額3,300円（税込）",
    "每月新台幣700元（含稅）",
    "3,300 yen a month, tax included",
    "เดือนละ 750 บาท (รวมภาษี)",
);
const HOURS: Words = words(
    "平日10:00〜18:00",
    "平日10:00至18:00",
    "Weekdays, 10:00 to 18:00",
    "วันธรรมดา 10:00–18:00 น.",
);
const TO_SEND: Words = words(
    "予約のご案内やお知らせを、お客さまに送るため",
    "向顧客傳送預約相關的回覆與提醒",
    "To answer guests and to remind them",
    "เพื่อตอบลูกค้าและส่งการแจ้งเตือน",
);
const TO_RECEIVE: Words = words(
    "お客さまからの予約の操作を受け取るため",
    "接收顧客的預約操作",
    "To hear what guests ask for",
    "เพื่อรับคำขอจองจากลูกค้า",
);
const TO_GREET: Words = words(
    "お客さまのお名前でごあいさつし、言語に合わせてご案内するため",
    "以顧客的名字問候，並使用顧客的語言",
    "To greet guests by their name and in their language",
    "เพื่อทักทายลูกค้าด้วยชื่อและใช้ภาษาของลูกค้า",
);
const TO_SHOW_MENU: Words = words(
    "トーク画面に予約メニューを表示するため",
    "在聊天畫面顯示預約選單",
    "To show the reservation menu in chats",
    "เพื่อแสดงเมนูจองในหน้าแชท",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_missing_that_an_admin_looks_for() {
        assert_eq!(about().missing(), [""; 0]);
        assert_eq!(about().fault(), None);
    }
}
