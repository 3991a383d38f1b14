//! The words of the link screen, in Japanese, Traditional Chinese and English.

use axum::http::{HeaderMap, header};

/// The words in one language.
pub(crate) struct Words {
    /// The language, as in the `lang` attribute.
    pub(crate) lang: &'static str,
    /// Title of the screen.
    pub(crate) title: &'static str,
    /// What the channel asks for, before the list.
    pub(crate) asks: &'static str,
    /// Label of the account picker.
    pub(crate) account: &'static str,
    /// Nothing to choose from.
    pub(crate) no_account: &'static str,
    /// An account that is linked already.
    pub(crate) attached: &'static str,
    /// An account that another module channel keeps this one out of.
    pub(crate) excluded: &'static str,
    /// The Link button.
    pub(crate) link: &'static str,
    /// The Cancel button.
    pub(crate) cancel: &'static str,
    /// Where the browser goes next.
    pub(crate) then: &'static str,
    /// Title of the error page.
    pub(crate) error: &'static str,
    /// What to do about an error.
    pub(crate) error_help: &'static str,
    /// Label of the channel ID.
    pub(crate) channel: &'static str,
    /// This is not LINE.
    pub(crate) emulated: &'static str,
    scopes: [(&'static str, &'static str); 8],
    brands: [(&'static str, &'static str); 3],
}

impl Words {
    /// The words for a browser: the first language of `Accept-Language` that there is, else English.
    pub(crate) fn of(headers: &HeaderMap) -> &'static Self {
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let languages = accepted
            .split(',')
            .map(|part| part.split(';').next().unwrap_or_default());
        let mut known = languages.filter_map(|language| {
            match language.trim().split('-').next().unwrap_or_default() {
                "ja" => Some(&JAPANESE),
                "zh" => Some(&CHINESE),
                "en" => Some(&ENGLISH),
                _ => None,
            }
        });
        known.next().unwrap_or(&ENGLISH)
    }

    /// What a scope lets the channel do.
    pub(crate) fn scope(&self, scope: &str) -> &'static str {
        let found = self.scopes.iter().find(|(name, _)| *name == scope);
        found.map_or("", |(_, text)| text)
    }

    /// The name of a brand type.
    pub(crate) fn brand(&self, brand: &str) -> &'static str {
        let found = self.brands.iter().find(|(name, _)| *name == brand);
        found.map_or("", |(_, text)| text)
    }
}

static ENGLISH: Words = Words {
    lang: "en",
    title: "Link an extension to your account",
    asks: "This extension asks to be allowed to:",
    account: "LINE Official Account",
    no_account: "You have no account that this link may be used for.",
    attached: "linked already",
    excluded: "another extension is linked",
    link: "Link",
    cancel: "Cancel",
    then: "Afterwards you return to",
    error: "This link cannot be used",
    error_help: "Nothing was linked. Go back to the service that sent you here and try again; if it happens again, show them this page.",
    channel: "Channel ID",
    emulated: "An emulation of LINE Official Account Manager. No real account is touched.",
    scopes: [
        ("message:send", "Send messages to your friends"),
        (
            "message:receive",
            "Receive the messages and actions of your friends",
        ),
        (
            "account:manage",
            "Set the default rich menu and read statistics",
        ),
        ("message:mark_as_read", "Mark messages as read"),
        (
            "message:templated_pnp",
            "Send LINE notification messages from templates",
        ),
        ("profile:read", "Read names and pictures of your friends"),
        ("coupon:manage", "Create, close and send coupons"),
        ("crm:manage", "Use the Chat Plugin"),
    ],
    brands: [
        ("premium", "Premium"),
        ("verified", "Verified"),
        ("unverified", "Unverified"),
    ],
};

static JAPANESE: Words = Words {
    lang: "ja",
    title: "拡張機能をアカウントに連携",
    asks: "この拡張機能は次の権限を求めています。",
    account: "LINE公式アカウント",
    no_account: "このリンクで連携できるアカウントがありません。",
    attached: "連携済み",
    excluded: "ほかの拡張機能と連携済みのため選択できません",
    link: "許可する",
    cancel: "キャンセル",
    then: "このあと次のページに戻ります:",
    error: "このリンクは使用できません",
    error_help: "連携は行われていません。元のサービスに戻ってもう一度お試しください。繰り返す場合は、この画面をサービスの提供元にお見せください。",
    channel: "チャネルID",
    emulated: "LINE Official Account Managerのエミュレーターです。実際のアカウントには影響しません。",
    scopes: [
        ("message:send", "友だちにメッセージを送信する"),
        ("message:receive", "友だちからのメッセージや操作を受信する"),
        (
            "account:manage",
            "デフォルトのリッチメニューの設定と統計情報の取得",
        ),
        ("message:mark_as_read", "メッセージを既読にする"),
        (
            "message:templated_pnp",
            "テンプレートからLINE通知メッセージを送信する",
        ),
        ("profile:read", "友だちのプロフィール(名前・画像)を取得する"),
        ("coupon:manage", "クーポンを作成・終了・送信する"),
        ("crm:manage", "チャットプラグインを利用する"),
    ],
    brands: [
        ("premium", "プレミアムアカウント"),
        ("verified", "認証済アカウント"),
        ("unverified", "未認証アカウント"),
    ],
};

static CHINESE: Words = Words {
    lang: "zh-Hant",
    title: "將擴充功能連結至帳號",
    asks: "此擴充功能要求以下權限:",
    account: "LINE官方帳號",
    no_account: "沒有可用此連結的帳號。",
    attached: "已連結",
    excluded: "已連結其他擴充功能,無法選擇",
    link: "允許",
    cancel: "取消",
    then: "完成後將返回:",
    error: "無法使用此連結",
    error_help: "尚未進行連結。請返回原服務再試一次;若仍發生,請將此畫面提供給服務業者。",
    channel: "頻道ID",
    emulated: "這是LINE Official Account Manager的模擬器,不會影響真實帳號。",
    scopes: [
        ("message:send", "傳送訊息給好友"),
        ("message:receive", "接收好友的訊息與操作"),
        ("account:manage", "設定預設圖文選單並取得統計資料"),
        ("message:mark_as_read", "將訊息標示為已讀"),
        ("message:templated_pnp", "以範本傳送LINE通知型訊息"),
        ("profile:read", "取得好友的名稱與圖片"),
        ("coupon:manage", "建立、結束及傳送優惠券"),
        ("crm:manage", "使用Chat Plugin"),
    ],
    brands: [
        ("premium", "企業帳號"),
        ("verified", "認證帳號"),
        ("unverified", "一般帳號"),
    ],
};
