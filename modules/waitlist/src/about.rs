//! What the extension says of itself.

use line_module::{About, Icon, Scope, Words};

/// A ticket.
const ICON: Icon = Icon::Svg(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="11" fill="#8a4b14"/><path d="M11 17h26v5a3 3 0 0 0 0 6v5H11v-5a3 3 0 0 0 0-6z" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round"/><path d="M28 21v8" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>"##,
);

pub(crate) fn about() -> About {
    About::new(
        words("かんたん順番待ち", "Easy Waiting List"),
        words(
            "お客さまはLINEで順番を取り、お店の外でお待ちいただけます。",
            "Guests take a number in LINE, and wait where they like.",
        ),
    )
    .does(words(
        "順番の受付とお呼び出しをします",
        "Takes parties and calls them",
    ))
    .first(words(
        "スタッフのグループで合言葉を送ると、お呼び出しができます。",
        "Write your word in your staff's group: parties are called from there.",
    ))
    .company(Words::same("Example Waiting List, Inc."))
    .icon(ICON)
    .accent(0x8a, 0x4b, 0x14)
    .price(words(
        "月額2,200円（税込）",
        "2,200 yen a month, tax included",
    ))
    .support(
        "support@example.com",
        "https://www.example.com/support",
        words("平日10:00〜18:00", "Weekdays, 10:00 to 18:00"),
    )
    .legal(
        "https://www.example.com/terms",
        "https://www.example.com/privacy",
    )
    .needs(
        Scope::MESSAGE_SEND,
        words(
            "お客さまにお返事し、お呼び出しするため",
            "To answer guests and to call them",
        ),
    )
    .needs(
        Scope::MESSAGE_RECEIVE,
        words("お客さまの受付をするため", "To take their tickets"),
    )
    .needs(
        Scope::PROFILE_READ,
        words("お名前と言語を知るため", "To know their name and language"),
    )
}

const fn words(ja: &'static str, en: &'static str) -> Words {
    Words::ja(ja).en(en)
}
