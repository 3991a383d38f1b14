//! What the module says, in three languages, and what it understands.

use line_module::{Event, TimeOfDay};
use serde::{Deserialize, Serialize};

use crate::slot::Slot;

/// A guest's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// Japanese.
    #[default]
    Ja,
    /// Traditional Chinese.
    Zh,
    /// English.
    En,
}

/// A command that was said, and the language it was said in.
pub(crate) struct Said {
    pub(crate) command: Command,
    pub(crate) language: Language,
}

/// The command of a text.
pub(crate) fn command(event: &Event) -> Option<Said> {
    let (command, language) = Command::read(event.text()?)?;
    Some(Said { command, language })
}

/// What a guest can ask for in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Reserve,
    List,
    Cancel,
    /// A person shall answer.
    AskStaff,
    /// The module shall answer again.
    BackToUs,
}

impl Command {
    /// The command, and the language it was said in. Anything else is not for us.
    pub(crate) fn read(text: &str) -> Option<(Self, Language)> {
        use Language::{En, Ja, Zh};
        let known = match text.trim().to_lowercase().as_str() {
            "reserve" => (Self::Reserve, En),
            "my reservations" => (Self::List, En),
            "cancel" => (Self::Cancel, En),
            "ask staff" => (Self::AskStaff, En),
            "back to reservations" => (Self::BackToUs, En),
            "予約" | "予約する" => (Self::Reserve, Ja),
            "予約確認" | "予約を確認" => (Self::List, Ja),
            "キャンセル" => (Self::Cancel, Ja),
            "スタッフに相談" => (Self::AskStaff, Ja),
            "予約に戻る" => (Self::BackToUs, Ja),
            "預約" => (Self::Reserve, Zh),
            "我的預約" => (Self::List, Zh),
            "取消" | "取消預約" => (Self::Cancel, Zh),
            "聯絡店員" => (Self::AskStaff, Zh),
            "回到預約" => (Self::BackToUs, Zh),
            _ => return None,
        };
        Some(known)
    }
}

impl Language {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Ja, Self::Zh, Self::En];

    /// From a language tag such as `zh-TW`.
    pub(crate) fn of(tag: &str) -> Self {
        match tag.split_once('-').map_or(tag, |(language, _)| language) {
            "ja" => Self::Ja,
            "zh" => Self::Zh,
            _ => Self::En,
        }
    }

    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::Ja => &JA,
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }
}

/// One language's texts. `{}` stands for a time, or a name.
pub(crate) struct Texts {
    language: Language,
    hello: &'static str,
    hello_name: &'static str,
    /// On the rich menu's bar: at most 14 characters.
    pub(crate) bar: &'static str,
    pub(crate) reserve_label: &'static str,
    pub(crate) list_label: &'static str,
    pub(crate) staff_label: &'static str,
    pub(crate) back_label: &'static str,
    pub(crate) cancel_label: &'static str,
    /// The heading of a reservation's card.
    pub(crate) reserved: &'static str,
    pub(crate) staff: &'static str,
    pub(crate) back: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) nothing_free: &'static str,
    pub(crate) wait_label: &'static str,
    pub(crate) waiting: &'static str,
    /// The heading of its card, and the card in words.
    pub(crate) free_again: &'static str,
    freed: &'static str,
    pub(crate) location_label: &'static str,
    /// `{km}` is the distance.
    nearest: &'static str,
    not_booked: &'static str,
    staff_chat: &'static str,
    no_digest: &'static str,
    digest: &'static str,
    pub(crate) too_late: &'static str,
    taken: &'static str,
    already_yours: &'static str,
    confirmed: &'static str,
    cancelled: &'static str,
    reminder: &'static str,
    pub(crate) nothing_to_cancel: &'static str,
    pub(crate) cancel_which: &'static str,
    no_reservations: &'static str,
    your_reservations: &'static str,
}

const JA: Texts = Texts {
    language: Language::Ja,
    hello: "友だち追加ありがとうございます。ご予約はこちらからどうぞ。",
    hello_name: "{}さん、友だち追加ありがとうございます。ご予約はこちらからどうぞ。",
    bar: "メニュー",
    cancel_label: "取り消す",
    reserved: "ご予約済み",
    reserve_label: "予約する",
    list_label: "予約を確認",
    staff_label: "スタッフに相談",
    back_label: "予約に戻る",
    staff: "スタッフがお答えします。しばらくお待ちください。自動のご案内に戻るときは「予約に戻る」とお送りください。",
    back: "自動のご案内に戻りました。ご予約はこちらからどうぞ。",
    choose: "ご希望の時間をお選びください。",
    nothing_free: "申し訳ありません。ただいまご予約いただける時間がありません。",
    wait_label: "空きを待つ",
    waiting: "承知しました。空きが出ましたら、こちらでお知らせします。",
    free_again: "空きが出ました",
    freed: "{}に空きが出ました。先着順でご予約いただけます。",
    location_label: "近くの店舗を探す",
    nearest: "最寄りの店舗は{}です（約{km} km）。",
    not_booked: "申し訳ありません。ウェブサイトでお選びの{}は、ご予約をお取りできませんでした。お手数ですが、別の時間をお選びください。",
    staff_chat: "毎日{}に、翌日のご予約をこのグループにお知らせします。",
    no_digest: "明日のご予約はありません。",
    digest: "明日のご予約：",
    too_late: "その時間は選べません。別の時間をお選びください。",
    taken: "申し訳ありません。{}はほかの方の予約が入りました。別の時間をお選びください。",
    already_yours: "{}はすでにご予約済みです。",
    confirmed: "{}のご予約を承りました。",
    cancelled: "{}のご予約を取り消しました。",
    reminder: "明日、{}のご予約をいただいています。お待ちしております。",
    nothing_to_cancel: "取り消せるご予約はありません。",
    cancel_which: "どのご予約を取り消しますか？",
    no_reservations: "現在のご予約はありません。",
    your_reservations: "ご予約：",
};

const ZH: Texts = Texts {
    language: Language::Zh,
    hello: "感謝您加入好友！歡迎從這裡預約。",
    hello_name: "{}，感謝您加入好友！歡迎從這裡預約。",
    bar: "選單",
    cancel_label: "取消預約",
    reserved: "已預約",
    reserve_label: "預約",
    list_label: "我的預約",
    staff_label: "聯絡店員",
    back_label: "回到預約",
    staff: "將由店員為您服務，請稍候。若要回到自動服務，請傳送「回到預約」。",
    back: "已回到自動服務，歡迎從這裡預約。",
    choose: "請選擇時間。",
    nothing_free: "很抱歉，目前沒有可預約的時間。",
    wait_label: "等候空位",
    waiting: "好的，一有空位就會在這裡通知您。",
    free_again: "有空位了",
    freed: "{}有空位了，先預約先得。",
    location_label: "尋找最近的分店",
    nearest: "離您最近的是{}（約{km}公里）。",
    not_booked: "很抱歉，您在網站上選擇的{}無法預約，請選擇其他時間。",
    staff_chat: "每天{}會在這個群組通知隔天的預約。",
    no_digest: "明天沒有預約。",
    digest: "明天的預約：",
    too_late: "無法選擇該時間，請選擇其他時間。",
    taken: "很抱歉，{}已有人預約，請選擇其他時間。",
    already_yours: "您已預約{}。",
    confirmed: "已為您預約{}。",
    cancelled: "已取消{}的預約。",
    reminder: "提醒您，明天{}有預約，期待您的光臨。",
    nothing_to_cancel: "沒有可取消的預約。",
    cancel_which: "要取消哪一個預約？",
    no_reservations: "目前沒有預約。",
    your_reservations: "您的預約：",
};

const EN: Texts = Texts {
    language: Language::En,
    hello: "Thank you for adding us. You can make a reservation here.",
    hello_name: "{}, thank you for adding us. You can make a reservation here.",
    bar: "Menu",
    cancel_label: "Cancel",
    reserved: "Reserved",
    reserve_label: "Reserve",
    list_label: "My reservations",
    staff_label: "Ask staff",
    back_label: "Back to reservations",
    staff: "Our staff will answer you. To come back to the automatic service, write \"Back to reservations\".",
    back: "You are back in the automatic service. You can make a reservation here.",
    choose: "Which time would you like?",
    nothing_free: "Sorry, there is no free time at the moment.",
    wait_label: "Wait for a free time",
    waiting: "We will tell you here as soon as a time is free.",
    free_again: "Free again",
    freed: "{} is free again. The first to reserve has it.",
    location_label: "Nearest branch",
    nearest: "The branch nearest to you is {}, about {km} km away.",
    not_booked: "Sorry, {}, which you chose on our website, could not be reserved. Please choose another time.",
    staff_chat: "This group is told of the next day's reservations, each day at {}.",
    no_digest: "There are no reservations for tomorrow.",
    digest: "Tomorrow's reservations:",
    too_late: "That time cannot be chosen. Please choose another one.",
    taken: "Sorry, {} has just been taken. Please choose another time.",
    already_yours: "You have already reserved {}.",
    confirmed: "Your reservation for {} is confirmed.",
    cancelled: "Your reservation for {} is cancelled.",
    reminder: "See you tomorrow: your reservation is for {}.",
    nothing_to_cancel: "You have no reservation to cancel.",
    cancel_which: "Which reservation shall we cancel?",
    no_reservations: "You have no reservations.",
    your_reservations: "Your reservations:",
};

impl Texts {
    pub(crate) fn greeting(&self, name: Option<&str>) -> String {
        name.map_or_else(
            || self.hello.to_owned(),
            |name| self.hello_name.replace("{}", name),
        )
    }

    pub(crate) fn taken(&self, slot: Slot) -> String {
        self.taken.replace("{}", &self.slot(slot))
    }

    pub(crate) fn already_yours(&self, slot: Slot) -> String {
        self.already_yours.replace("{}", &self.slot(slot))
    }

    pub(crate) fn confirmed(&self, slot: Slot) -> String {
        self.confirmed.replace("{}", &self.slot(slot))
    }

    pub(crate) fn cancelled(&self, slot: Slot) -> String {
        self.cancelled.replace("{}", &self.slot(slot))
    }

    pub(crate) fn reminder(&self, slot: Slot) -> String {
        self.reminder.replace("{}", &self.slot(slot))
    }

    pub(crate) fn freed(&self, slot: Slot) -> String {
        self.freed.replace("{}", &self.slot(slot))
    }

    pub(crate) fn not_booked(&self, slot: Slot) -> String {
        self.not_booked.replace("{}", &self.slot(slot))
    }

    pub(crate) fn nearest(&self, branch: &str, kilometres: f64) -> String {
        let distance = format!("{kilometres:.1}");
        self.nearest
            .replace("{km}", &distance)
            .replace("{}", branch)
    }

    pub(crate) fn staff_chat(&self, at: TimeOfDay) -> String {
        self.staff_chat.replace("{}", &at.to_string())
    }

    pub(crate) fn list(&self, slots: &[Slot]) -> String {
        self.lines(slots, self.your_reservations, self.no_reservations)
    }

    pub(crate) fn digest(&self, slots: &[Slot]) -> String {
        self.lines(slots, self.digest, self.no_digest)
    }

    fn lines(&self, slots: &[Slot], heading: &str, none: &str) -> String {
        if slots.is_empty() {
            return none.to_owned();
        }
        let lines = slots.iter().map(|slot| format!("\n・{}", self.slot(*slot)));
        format!("{heading}{}", lines.collect::<String>())
    }

    /// A time as it is said; at most 20 characters, the length of a label.
    pub(crate) fn slot(&self, slot: Slot) -> String {
        let (month, day) = slot.month_day();
        let time = slot.time();
        let weekday = |names: [&'static str; 7]| names[slot.weekday()];
        match self.language {
            Language::Ja => {
                let weekday = weekday(["日", "月", "火", "水", "木", "金", "土"]);
                format!("{month}月{day}日({weekday}) {time}")
            }
            Language::Zh => {
                let weekday = weekday(["日", "一", "二", "三", "四", "五", "六"]);
                format!("{month}月{day}日({weekday}) {time}")
            }
            Language::En => {
                let weekday = weekday(["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]);
                format!("{weekday} {month}/{day} {time}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_understood_in_three_languages_and_nothing_else_is() {
        assert_eq!(
            Command::read(" Reserve "),
            Some((Command::Reserve, Language::En))
        );
        assert_eq!(
            Command::read("予約を確認"),
            Some((Command::List, Language::Ja))
        );
        assert_eq!(Command::read("取消"), Some((Command::Cancel, Language::Zh)));
        assert_eq!(Command::read("I would like to reserve"), None);
    }

    #[test]
    fn every_menu_label_is_understood() {
        for texts in [&JA, &ZH, &EN] {
            assert_eq!(
                Command::read(texts.reserve_label),
                Some((Command::Reserve, texts.language))
            );
            assert_eq!(
                Command::read(texts.list_label),
                Some((Command::List, texts.language))
            );
        }
    }

    #[test]
    fn a_time_fits_into_a_label() {
        let slot = Slot::read("2026-12-23T17:00").unwrap();
        assert_eq!(JA.slot(slot), "12月23日(水) 17:00");
        assert!(
            [&JA, &ZH, &EN]
                .iter()
                .all(|texts| texts.slot(slot).chars().count() <= 20)
        );
    }
}
