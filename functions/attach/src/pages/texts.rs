//! What the start page and the pages of a linked account say, in three languages.

use crate::language::Language;
use crate::limit::BasicId;
use crate::pages::{Outcome, not_linked};

/// The start page's texts.
pub(crate) struct StartTexts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) steps_title: &'static str,
    pub(crate) steps: [&'static str; 3],
    pub(crate) scopes_title: &'static str,
    pub(crate) button: &'static str,
    pub(crate) note: &'static str,
}

/// A result page's texts.
pub(crate) struct ResultTexts {
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) list_title: Option<&'static str>,
    pub(crate) list: Vec<String>,
    /// The button's, if there is something to do.
    pub(crate) again: Option<&'static str>,
}

impl ResultTexts {
    /// With a title and a text, and nothing else.
    pub(crate) fn of(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lead: lead.into(),
            list_title: None,
            list: Vec::new(),
            again: None,
        }
    }
}

pub(crate) fn start(language: Language) -> &'static StartTexts {
    match language {
        Language::Ja => &START_JA,
        Language::ZhHant => &START_ZH,
        Language::En => &START_EN,
    }
}

const START_JA: StartTexts = StartTexts {
    title: "LINE公式アカウントと連携する",
    lead: "お使いのLINE公式アカウントにこの拡張機能を追加します。アカウントの管理者の方が操作してください。",
    steps_title: "連携の流れ",
    steps: [
        "ボタンを押すと、LINE Official Account Managerの画面が開きます。",
        "連携するアカウントを選び、許可します。",
        "この画面に戻り、連携が完了します。",
    ],
    scopes_title: "許可をお願いする内容",
    button: "連携をはじめる",
    note: "15分以内に、同じブラウザで最後まで進めてください。",
};

const START_ZH: StartTexts = StartTexts {
    title: "連結LINE官方帳號",
    lead: "將此擴充功能加入您的LINE官方帳號。請由帳號管理員操作。",
    steps_title: "連結流程",
    steps: [
        "按下按鈕後，會開啟LINE Official Account Manager的畫面。",
        "選擇要連結的帳號並允許。",
        "返回此頁面，連結即完成。",
    ],
    scopes_title: "需要您允許的權限",
    button: "開始連結",
    note: "請在15分鐘內，使用同一個瀏覽器完成。",
};

const START_EN: StartTexts = StartTexts {
    title: "Link your LINE Official Account",
    lead: "Add this extension to your LINE Official Account. An admin of the account must do this.",
    steps_title: "How it goes",
    steps: [
        "The button opens a screen of LINE Official Account Manager.",
        "Choose the account to link, and allow it.",
        "You come back here, and the account is linked.",
    ],
    scopes_title: "What you will be asked to allow",
    button: "Start linking",
    note: "Please finish within 15 minutes, in the same browser.",
};

/// Which account a link is for.
pub(crate) fn only_for(language: Language, id: &BasicId) -> String {
    let id = id.as_str();
    match language {
        Language::Ja => format!("このリンクで連携できるのは{id}だけです。"),
        Language::ZhHant => format!("此連結僅供{id}使用。"),
        Language::En => format!("This link is for {id} only."),
    }
}

/// What a scope allows, in words; a scope that we have no words for as it is.
pub(crate) fn scope(language: Language, scope: &str) -> String {
    let [ja, zh, en] = match scope {
        "message:send" => ["メッセージの送信", "傳送訊息", "Send messages"],
        "message:receive" => [
            "メッセージなどのイベントの受信",
            "接收訊息等事件",
            "Receive messages and other events",
        ],
        "account:manage" => [
            "リッチメニューの設定と統計の取得",
            "設定圖文選單與取得統計",
            "Set rich menus and read statistics",
        ],
        "message:mark_as_read" => [
            "メッセージを既読にする",
            "將訊息標示為已讀",
            "Mark messages as read",
        ],
        "profile:read" => [
            "ユーザーのプロフィールの取得",
            "取得使用者的個人資料",
            "Read users' profiles",
        ],
        "message:templated_pnp" => [
            "電話番号宛ての通知メッセージの送信",
            "以電話號碼傳送通知型訊息",
            "Send notification messages to phone numbers",
        ],
        "coupon:manage" => ["クーポンの管理", "管理優惠券", "Manage coupons"],
        other => [other, other, other],
    };
    match language {
        Language::Ja => ja,
        Language::ZhHant => zh,
        Language::En => en,
    }
    .to_owned()
}

pub(crate) fn result(language: Language, outcome: &Outcome) -> ResultTexts {
    match outcome {
        Outcome::Linked { name, missing } => linked(language, name.as_deref(), missing),
        Outcome::Suspended { name } => suspended(language, name.as_deref()),
        Outcome::AnotherLinked {
            asked,
            linked,
            stays,
        } => not_linked::another_linked(language, asked, linked.as_deref(), *stays),
        Outcome::UnderWay => not_linked::under_way(language),
        Outcome::WrongLimit(wrong) => not_linked::wrong_limit(language, wrong),
        Outcome::Uninvited(why) => not_linked::uninvited(language, *why),
        Outcome::Not(trouble) => not_linked::not_linked(language, *trouble),
    }
}

fn linked(language: Language, name: Option<&str>, missing: &[String]) -> ResultTexts {
    let list = missing.iter().map(|name| scope(language, name)).collect();
    let (title, unnamed, list_title, again) = match language {
        Language::Ja => (
            "連携が完了しました",
            "アカウント",
            "許可されていない内容",
            "もう一度許可する",
        ),
        Language::ZhHant => ("連結完成", "帳號", "尚未允許的權限", "再次允許"),
        Language::En => (
            "Your account is linked",
            "Your account",
            "What was not allowed",
            "Allow it again",
        ),
    };
    let name = name.unwrap_or(unnamed);
    let lead = match language {
        Language::Ja => {
            format!("「{name}」でこの拡張機能をお使いいただけます。この画面は閉じてかまいません。")
        }
        Language::ZhHant => format!("「{name}」現在可以使用此擴充功能。您可以關閉此頁面。"),
        Language::En => format!("{name} can now use this extension. You may close this page."),
    };
    let incomplete = !missing.is_empty();
    ResultTexts {
        list_title: incomplete.then_some(list_title),
        list,
        again: incomplete.then_some(again),
        ..ResultTexts::of(title, lead)
    }
}

fn suspended(language: Language, name: Option<&str>) -> ResultTexts {
    let (title, lead) = match (language, name) {
        (Language::Ja, Some(name)) => (
            "この画面はご利用いただけません",
            format!(
                "LINE公式アカウント「{name}」が利用できない状態のため、この画面はご利用いただけません。"
            ),
        ),
        (Language::Ja, None) => (
            "この画面はご利用いただけません",
            "LINE公式アカウントが利用できない状態のため、この画面はご利用いただけません。".into(),
        ),
        (Language::ZhHant, Some(name)) => (
            "無法使用此頁面",
            format!("由於LINE官方帳號「{name}」目前無法使用，因此無法使用此頁面。"),
        ),
        (Language::ZhHant, None) => (
            "無法使用此頁面",
            "由於LINE官方帳號目前無法使用，因此無法使用此頁面。".into(),
        ),
        (Language::En, name) => (
            "This page cannot be used",
            format!(
                "The LINE Official Account{}{} is unavailable, so this page cannot be used.",
                if name.is_some() { " " } else { "" },
                name.unwrap_or_default(),
            ),
        ),
    };
    ResultTexts::of(title, lead)
}

#[cfg(test)]
mod tests {
    use shared::domain::Scope;

    use super::*;

    #[test]
    fn every_scope_that_line_documents_has_words() {
        for name in Scope::DOCUMENTED {
            for language in Language::ALL {
                assert_ne!(scope(language, name), name);
            }
        }
    }
}
