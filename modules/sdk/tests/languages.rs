//! Texts by language: what the macro makes of the files in the folder `texts`.

mod texts {
    line_module::texts!("texts", first = "ja");
}

mod admin {
    line_module::words!("admin");
}

use line_module::{
    Active, Context, Handled, ModuleError, Pattern as _, Profile, Routes, TextMessage,
};
use texts::{Language, Texts};

#[test]
fn each_message_is_a_method_and_each_variable_a_parameter() {
    let texts = Language::En.texts();
    assert_eq!(texts.language(), Language::En);
    assert_eq!(texts.hello(), "This is Café Brown. Write “reserve”.");
    assert_eq!(texts.greeting("Mari"), "Welcome, Mari.");
    assert_eq!(texts.greeting(String::from("Mari")), "Welcome, Mari.");
    assert_eq!(
        texts.booked(1, "18:00"),
        "One guest at 18:00: it is booked."
    );
    assert_eq!(
        texts.booked(4_u8, "18:00"),
        "4 guests at 18:00: it is booked."
    );
    assert_eq!(
        Texts::of(Language::Ja).greeting("真理"),
        "真理さん、いらっしゃいませ。"
    );
    assert_eq!(
        Language::ZhHant.texts().booked(2, "18:00"),
        "已為您預約18:00，2位。"
    );
    assert_eq!(
        Language::ALL.map(|it| it.texts().more()),
        ["もっと見る", "More", "更多"]
    );
}

#[test]
fn a_text_with_variables_that_is_too_long_is_an_error_that_names_file_and_key() {
    let [ja, en, zh] = Language::ALL.map(Language::texts);
    assert_eq!(ja.table_label("窓"), Ok("テーブル窓".to_owned()));
    assert_eq!(
        en.table_label("12345678901234"),
        Ok("Table 12345678901234".to_owned())
    );
    let error = en.table_label("123456789012345").unwrap_err();
    assert_eq!(
        error.to_string(),
        "texts/en.ftl, `table-label`: it may have 20 characters, and has 21"
    );
    // This language has a limit of its own, in characters as LINE counts those of labels.
    assert!(zh.table_label("👋🏻👋🏻👋🏻👋🏻👋🏻👋🏻").is_ok());
    assert!(zh.table_label("1234567").is_err());
    assert!(matches!(ModuleError::from(error), ModuleError::Bug(_)));
}

#[test]
fn words_are_a_pattern_that_tells_the_language() {
    let words = Texts::words_reserve();
    for (said, tag) in [
        ("予約する", "ja"),
        (" Book a table ", "en"),
        ("RESERVE", "en"),
        ("訂位", "zh-Hant"),
    ] {
        let caught = words.catch(said).unwrap();
        assert_eq!(caught, [said.trim(), tag]);
    }
    assert_eq!(words.catch("cancel"), None);
    assert_eq!(words.catch("reserve a table"), None);
    assert!(Texts::words_cancel().catch("取り消し").is_some());
}

#[test]
fn a_handler_of_words_knows_the_language_in_which_they_were_said() {
    async fn reserve(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
        let texts = Language::said(said).unwrap_or_default().texts();
        cx.reply(&[line_module::Text::new(texts.hello())])
    }
    let _: Routes<Active> = Routes::new().text(Texts::words_reserve(), reserve);
    let message = |captures: &[&str]| TextMessage {
        id: "1".to_owned(),
        text: captures[0].to_owned(),
        captures: captures.iter().map(|it| (*it).to_owned()).collect(),
        quote_token: None,
        quoted_message_id: None,
        emojis: Vec::new(),
        mentions: Vec::new(),
    };
    assert_eq!(
        Language::said(&message(&["訂位", "zh-Hant"])),
        Some(Language::ZhHant)
    );
    assert_eq!(Language::said(&message(&["hello"])), None);
}

#[test]
fn a_language_is_found_by_its_tag_and_kept_as_it() {
    assert_eq!(Language::of("zh-Hant-TW"), Language::ZhHant);
    assert_eq!(Language::of("zh-TW"), Language::ZhHant);
    assert_eq!(Language::of("en-GB"), Language::En);
    assert_eq!(Language::of("fr"), Language::Ja);
    assert_eq!(Language::known("fr"), None);
    for language in Language::ALL {
        assert_eq!(Language::of(language.tag()), language);
        let json = serde_json::to_string(&language).unwrap();
        assert_eq!(json, format!("{:?}", language.tag()));
        assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), language);
    }
}

#[test]
fn a_guests_language_is_the_one_they_chose_else_their_profiles_else_the_accounts() {
    let profile = |language: Option<&str>| Profile {
        display_name: "Mari".to_owned(),
        language: language.map(str::to_owned),
        picture_url: None,
        status_message: None,
    };
    let [english, french, none] = [Some("en-US"), Some("fr"), None].map(profile);
    let of = |kept, profile| Language::of_guest(kept, profile, Language::ZhHant);
    assert_eq!(of(Some(Language::Ja), Some(&english)), Language::Ja);
    assert_eq!(of(None, Some(&english)), Language::En);
    assert_eq!(of(None, Some(&french)), Language::ZhHant);
    assert_eq!(of(None, Some(&none)), Language::ZhHant);
    assert_eq!(of(None, None), Language::ZhHant);
}

#[test]
fn what_admins_read_is_a_constant_in_the_languages_that_there_are() {
    use line_module::{Language, Words};
    assert_eq!(admin::OPENS, Words::ja("開店時刻").en("Opening time"));
    let help = admin::OPENS_HELP;
    assert_eq!(help.of(Language::En), "Reservations begin at this time.");
    assert_eq!(help.of(Language::Th), help.en);
}
