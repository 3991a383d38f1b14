//! What each shop sets: where it is, when it is open, how far ahead it takes reservations, when it
//! reminds guests and tells its staff.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use line_module::settings::{Field, Kind, Schema, Words};
use line_module::{TimeOfDay, Timestamp};
use serde::Deserialize;
use serde_json::json;

use crate::branch::Branch;
use crate::slot::{Day, Slot};
use crate::texts::Language;

/// One shop's settings.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Shop {
    /// Shown on a reservation's card.
    pub(crate) name: String,
    /// Of those whose language is not known.
    pub(crate) language: Language,
    /// The first time of a day.
    pub(crate) opens: Time,
    /// No time ends after this.
    pub(crate) closes: Time,
    /// How long one reservation takes.
    pub(crate) minutes: i64,
    /// How far ahead, from tomorrow on.
    pub(crate) days: i64,
    /// Whether guests are reminded,
    pub(crate) remind: bool,
    /// and when, on the day before.
    pub(crate) remind_at: Time,
    /// Hours until a chat that staff were asked into is ours again.
    pub(crate) staff_hours: u64,
    /// Where its clocks are, by the name in the IANA database.
    time_zone: String,
    /// Its branches, as [`Branch::read`] reads them.
    branch_1: String,
    branch_2: String,
    /// What staff write in their group, so that it is told of tomorrow.
    pub(crate) staff_word: String,
    /// When it is told.
    pub(crate) digest_at: TimeOfDay,
}

impl Shop {
    /// The shop's branches.
    pub(crate) fn branches(&self) -> impl Iterator<Item = Branch> {
        let all = [&self.branch_1, &self.branch_2].into_iter();
        all.filter_map(|text| Branch::read(text))
    }

    /// The date and time of day where the shop is.
    pub(crate) fn local(&self, now: Timestamp) -> DateTime {
        let now = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
        now.to_zoned(self.zone()).datetime()
    }

    /// The settings take no other.
    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The days from tomorrow on.
    pub(crate) fn next_days(&self, now: Timestamp) -> impl Iterator<Item = Day> + use<> {
        let today = self.local(now).date();
        (1..=self.days).filter_map(move |days| Some(Day(today.checked_add(days.days()).ok()?)))
    }

    /// The times of a day: each ends before the shop closes.
    pub(crate) fn slots(&self, day: Day) -> impl Iterator<Item = Slot> + use<> {
        let long = SignedDuration::from_mins(self.minutes.max(1));
        let (first, end) = (
            day.0.to_datetime(self.opens),
            day.0.to_datetime(self.closes),
        );
        let next = move |start: &DateTime| start.checked_add(long).ok();
        std::iter::successors(Some(first), next)
            .take_while(move |start| next(start).is_some_and(|ends| ends <= end))
            .map(Slot)
    }

    /// Whether it is a time that can be reserved now.
    pub(crate) fn offers(&self, slot: Slot, now: Timestamp) -> bool {
        let day = Day(slot.0.date());
        let soon = self.next_days(now).any(|next| next.0 == day.0);
        soon && self.slots(day).any(|offered| offered == slot)
    }

    /// When the guest is reminded of it; none if that is over already.
    pub(crate) fn reminder(&self, slot: Slot, now: Timestamp) -> Option<Timestamp> {
        let day_before = slot.0.date().yesterday().ok()?;
        let at = day_before
            .to_datetime(self.remind_at)
            .to_zoned(self.zone())
            .ok()?
            .timestamp()
            .as_millisecond();
        (self.remind && at > now.0).then_some(Timestamp(at))
    }
}

/// What can be set.
pub(crate) fn schema() -> Schema {
    let number = |least, most| Kind::Number { least, most };
    let text = || Kind::Text { most: 60 };
    let languages = vec![("ja", JAPANESE), ("zh", CHINESE), ("en", ENGLISH)];
    Schema::new([
        of(SHOP, "name", NAME, Kind::Text { most: 40 }, json!("")).help(NAME_HELP),
        of(
            SHOP,
            "language",
            LANGUAGE,
            Kind::Choice(languages),
            json!("ja"),
        )
        .help(LANGUAGE_HELP),
        of(SHOP, "time_zone", ZONE, Kind::TimeZone, json!("Asia/Tokyo")),
        of(TIMES, "opens", OPENS, Kind::Time, json!("10:00")),
        of(TIMES, "closes", CLOSES, Kind::Time, json!("18:00")).help(CLOSES_HELP),
        of(TIMES, "minutes", MINUTES, number(15, 480), json!(60)),
        of(TIMES, "days", DAYS, number(1, 60), json!(7)),
        of(REMINDERS, "remind", REMIND, Kind::Truth, json!(true)).help(REMIND_HELP),
        of(
            REMINDERS,
            "remind_at",
            REMIND_AT,
            Kind::Time,
            json!("18:00"),
        ),
        of(STAFF, "staff_hours", STAFF_HOURS, number(1, 72), json!(12)).help(STAFF_HOURS_HELP),
        of(
            STAFF,
            "staff_word",
            STAFF_WORD,
            text(),
            json!("スタッフ通知"),
        )
        .help(STAFF_WORD_HELP),
        of(STAFF, "digest_at", DIGEST_AT, Kind::Time, json!("20:00")),
        of(
            BRANCHES,
            "branch_1",
            BRANCH,
            text(),
            json!("渋谷店 35.6580,139.7016"),
        )
        .help(BRANCH_HELP),
        of(
            BRANCHES,
            "branch_2",
            BRANCH,
            text(),
            json!("新宿店 35.6896,139.7006"),
        ),
    ])
}

/// A setting under a heading.
fn of(
    group: Words,
    key: &'static str,
    name: Words,
    kind: Kind,
    default: serde_json::Value,
) -> Field {
    Field::new(key, name, kind, default).group(group)
}

/// What a guest would read by these settings.
pub(crate) fn preview(shop: &Shop, language: line_module::Language) -> Vec<String> {
    let texts = Language::known(language.tag())
        .unwrap_or(Language::En)
        .texts();
    let day = Day(jiff::civil::date(2026, 12, 1));
    let Some(slot) = shop.slots(day).next() else {
        return vec![texts.nothing_free()];
    };
    let mut messages = vec![texts.greeting(), texts.confirmed(texts.slot(slot))];
    messages.extend(shop.remind.then(|| texts.reminder(texts.slot(slot))));
    messages
}

const fn words(ja: &'static str, zh: &'static str, en: &'static str, th: &'static str) -> Words {
    Words { ja, zh, en, th }
}

const NAME: Words = words("店名", "店名", "Shop's name", "ชื่อร้าน");
const LANGUAGE: Words = words("既定の言語", "預設語言", "Default language", "ภาษาเริ่มต้น");
const JAPANESE: Words = words("日本語", "日文", "Japanese", "ญี่ปุ่น");
const CHINESE: Words = words("中国語（繁体字）", "繁體中文", "Chinese", "จีน");
const ENGLISH: Words = words("英語", "英文", "English", "อังกฤษ");
const OPENS: Words = words(
    "最初の予約時間",
    "最早預約時間",
    "First time of a day",
    "เวลาแรกของวัน",
);
const CLOSES: Words = words("閉店時間", "打烊時間", "Closing time", "เวลาปิดร้าน");
const MINUTES: Words = words(
    "1件の所要時間（分）",
    "每次預約時間（分鐘）",
    "Minutes of one reservation",
    "ระยะเวลาต่อการจอง (นาที)",
);
const DAYS: Words = words(
    "何日先まで受け付けるか",
    "可預約幾天內",
    "Days that can be reserved ahead",
    "จองล่วงหน้าได้กี่วัน",
);
const REMIND: Words = words(
    "前日にお知らせする",
    "前一天提醒",
    "Remind the day before",
    "เตือนหนึ่งวันก่อน",
);
const REMIND_AT: Words = words(
    "お知らせの時刻",
    "提醒時間",
    "Time of the reminder",
    "เวลาที่เตือน",
);
const STAFF_HOURS: Words = words(
    "スタッフ対応を終えるまでの時間",
    "店員服務時數",
    "Hours that staff have a chat",
    "จำนวนชั่วโมงที่พนักงานดูแลแชท",
);
const ZONE: Words = words("タイムゾーン", "時區", "Time zone", "เขตเวลา");
const BRANCH: Words = words(
    "店舗（店名 緯度,経度）",
    "分店（店名 緯度,經度）",
    "Branch (name latitude,longitude)",
    "สาขา (ชื่อ ละติจูด,ลองจิจูด)",
);
const STAFF_WORD: Words = words(
    "スタッフのグループを登録する合言葉",
    "設定店員群組的通關密語",
    "Password that makes a group the staff's",
    "รหัสสำหรับตั้งกลุ่มพนักงาน",
);
const DIGEST_AT: Words = words(
    "翌日の予約をスタッフに知らせる時刻",
    "通知店員隔天預約的時間",
    "Time at which staff are told of tomorrow",
    "เวลาที่แจ้งพนักงานเรื่องการจองของวันพรุ่งนี้",
);

const SHOP: Words = words("お店の情報", "店家資訊", "Your shop", "ข้อมูลร้าน");
const TIMES: Words = words(
    "予約を受け付ける時間",
    "可預約的時間",
    "When guests can reserve",
    "เวลาที่เปิดให้จอง",
);
const REMINDERS: Words = words(
    "お客さまへのお知らせ",
    "給顧客的提醒",
    "Reminders to guests",
    "การแจ้งเตือนลูกค้า",
);
const STAFF: Words = words("スタッフ", "店員", "Your staff", "พนักงาน");
const BRANCHES: Words = words("店舗の場所", "分店位置", "Branches", "สาขา");
const NAME_HELP: Words = words(
    "予約の確認カードに表示されます。空欄のままでもかまいません。",
    "會顯示在預約確認卡上，可留空。",
    "It is shown on the card that confirms a reservation. It may stay empty.",
    "แสดงบนการ์ดยืนยันการจอง เว้นว่างไว้ก็ได้",
);
const LANGUAGE_HELP: Words = words(
    "言語がわからないお客さまには、この言語でご案内します。",
    "不確定顧客語言時使用此語言。",
    "Used for guests whose language is not known.",
    "ใช้เมื่อไม่ทราบภาษาของลูกค้า",
);
const CLOSES_HELP: Words = words(
    "この時刻までに終わる予約だけをご案内します。",
    "只提供在此時間前結束的預約。",
    "Only times that end by then are offered.",
    "เสนอเฉพาะเวลาที่สิ้นสุดก่อนเวลานี้",
);
const REMIND_HELP: Words = words(
    "お知らせは1通ごとに、アカウントのメッセージ通数に数えられます。",
    "每則提醒都會計入帳號的訊息則數。",
    "Each reminder counts as a message of your account's plan.",
    "การแจ้งเตือนแต่ละครั้งนับเป็นข้อความในแพ็กเกจของบัญชี",
);
const STAFF_HOURS_HELP: Words = words(
    "スタッフがお客さまに対応したあと、この時間がたつと自動応答に戻ります。",
    "店員接手聊天後，經過此時數會恢復自動回覆。",
    "After staff were asked into a chat, the extension answers again when these hours are over.",
    "หลังพนักงานรับช่วงแชท ระบบจะกลับมาตอบอัตโนมัติเมื่อครบเวลานี้",
);
const STAFF_WORD_HELP: Words = words(
    "この言葉を送ったグループに、翌日の予約をお知らせします。お客さまに知られない言葉にしてください。",
    "傳送此密語的群組會收到隔天的預約。請使用顧客不知道的字詞。",
    "The group in which it is written is told of tomorrow's reservations. Choose one that guests do not know.",
    "กลุ่มที่ส่งรหัสนี้จะได้รับแจ้งการจองของวันพรุ่งนี้ ใช้คำที่ลูกค้าไม่รู้",
);
const BRANCH_HELP: Words = words(
    "例：渋谷店 35.6580,139.7016。位置情報を送ったお客さまに、近い店舗をご案内します。",
    "例：台南店 22.9971,120.2126。會告知傳送位置的顧客最近的分店。",
    "For example: Shibuya 35.6580,139.7016. Guests who send their location are told the nearest.",
    "ตัวอย่าง: Siam 13.7460,100.5340 ลูกค้าที่ส่งตำแหน่งจะได้รับแจ้งสาขาที่ใกล้ที่สุด",
);

#[cfg(test)]
mod tests {
    use line_module::settings::Values;

    use super::*;

    #[test]
    fn the_defaults_are_a_shop() {
        let shop: Shop = serde_json::from_value(schema().filled(&Values::new())).unwrap();
        assert_eq!((shop.opens, shop.days), (Time::constant(10, 0, 0, 0), 7));
        for field in schema().fields {
            let value = Values::from([(field.key.to_owned(), field.default)]);
            assert_eq!(schema().check(&value), Ok(()), "{}", field.key);
        }
    }
}
