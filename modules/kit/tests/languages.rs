//! Texts by language in a conversation: the guest's own words decide, else their profile, else what
//! the account has set.

mod texts {
    line_module::texts!("../sdk/texts", first = "ja");
}

use line_module::settings::{Field, Kind, Schema};
use line_module::{
    Active, Context, Handled, Profile, Router, Routes, Settings, State, Text, TextMessage, Words,
};
use line_module_kit::Harness;
use serde::{Deserialize, Serialize};
use serde_json::json;
use texts::{Language, Texts};

#[derive(Deserialize)]
struct Shop {
    language: Language,
}

#[derive(Default, Serialize, Deserialize)]
struct Guest {
    language: Option<Language>,
}

async fn reserve(
    cx: &mut Context<'_, Active>,
    said: &TextMessage,
    mut guest: State<Guest>,
) -> Handled {
    guest.language = Language::said(said);
    guest.keep(cx)?;
    let texts = guest.language.unwrap_or_default().texts();
    let more = line_module::QuickReply::message(texts.table_label(7)?, texts.more());
    cx.reply(&[Text::new(texts.booked(1, "18:00")).quick_replies([more])])
}

async fn forget(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    cx.set_state(&Guest::default())?;
    let texts = Language::said(said).unwrap_or_default().texts();
    cx.reply(&[Text::new(texts.hello())])
}

async fn hello(
    cx: &mut Context<'_, Active>,
    _: &TextMessage,
    guest: State<Guest>,
    profile: Option<Profile>,
    shop: Settings<Shop>,
) -> Handled {
    let language = Language::of_guest(guest.language, profile.as_ref(), shop.language);
    let texts = language.texts();
    cx.reply(&[Text::new(match profile {
        Some(profile) if guest.language.is_some() => texts.greeting(profile.display_name),
        _ => texts.hello(),
    })])
}

fn module() -> Router {
    let languages = Language::ALL.map(|it| (it.tag(), Words::same(it.tag())));
    let language = Kind::Choice(languages.to_vec());
    let language = Field::new("language", Words::same("Language"), language, "ja");
    let routes = Routes::new()
        .text(Texts::words_reserve(), reserve)
        .text(Texts::words_cancel(), forget)
        .any_text(hello);
    Router::new()
        .settings(Schema::new([language]))
        .active(routes)
}

#[tokio::test]
async fn a_guest_is_answered_in_their_language() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    // The emulated profile's language is Japanese, whatever the account's is.
    shop.account().sets(json!({ "language": "zh-Hant" })).await;
    guest.says("?").await;
    guest.sees(["カフェ・ブラウンです。「予約」とお送りください。"]);
    guest.says("Book a table").await;
    guest.sees(["One guest at 18:00: it is booked."]);
    assert_eq!(guest.choices(), ["Table 7"]);
    guest.says("?").await;
    guest.sees(["Welcome, Mari."]);
    guest.says("取消").await;
    guest.says("?").await;
    guest.sees([
        "這裡是布朗咖啡。請輸入「預約」。",
        "カフェ・ブラウンです。「予約」とお送りください。",
    ]);
}

#[tokio::test]
async fn whose_profile_is_not_granted_is_answered_in_the_accounts_language() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    shop.account().revokes("profile:read").await;
    shop.account().sets(json!({ "language": "zh-Hant" })).await;
    guest.says("?").await;
    guest.sees(["這裡是布朗咖啡。請輸入「預約」。"]);
}
