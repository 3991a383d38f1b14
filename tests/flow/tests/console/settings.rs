//! Settings: every kind, every wrong value, two admins at once, and a form from before a release.

use console::Page;
use flow::Bundle;
use flow::screen::{Admin, Screen, value_of};
use line_module::settings::{Field, Kind, Schema, Words};
use line_module::{Language, Router};
use serde_json::{Value, json};
use shared::domain::BotId;
use shared::gateway::Response;

const NAME: Words = Words::same("A setting");
const LOUD: Words = Words::same("Loud");
const QUIET: Words = Words::same("Quiet");

/// A module with a setting of each kind.
fn module() -> Router {
    schema(vec![
        Field::new("word", Words::same("Word"), Kind::Text { most: 5 }, "hello"),
        Field::new(
            "number",
            Words::same("Number"),
            Kind::Number { least: 1, most: 99 },
            7,
        ),
        Field::new("truth", Words::same("Truth"), Kind::Truth, true),
        Field::new("tone", Words::same("Tone"), tones(), "loud"),
        Field::new("time", Words::same("Time"), Kind::Time, "10:00"),
        Field::new("zone", Words::same("Zone"), Kind::TimeZone, "Asia/Tokyo"),
        Field::new("news", Words::same("News"), Kind::MaySendToMany, false),
    ])
}

fn tones() -> Kind {
    Kind::Choice(vec![("loud", LOUD), ("quiet", QUIET)])
}

fn schema(fields: Vec<Field>) -> Router {
    Router::new()
        .settings(Schema::new(fields))
        .preview(|set: &Value, _: Language| vec![format!("I say {}", set["word"])])
}

struct Shop {
    bundle: Bundle,
    screen: Screen<Router>,
    bot: BotId,
}

impl Shop {
    async fn open() -> Self {
        let bundle = Bundle::with(module()).await;
        let screen = Screen::new(&bundle, module());
        let bot = BotId::new(&bundle.bot).unwrap();
        Self {
            bundle,
            screen,
            bot,
        }
    }

    async fn admin(&self) -> Admin {
        self.screen.admin_of(&[&self.bot]).await
    }

    async fn form(&self, admin: &Admin) -> Response {
        self.screen.asks(admin, &self.bot, &Page::Settings).await
    }

    /// Sends the form as it was shown, but for these fields; none is a box that is not ticked.
    async fn saves(
        &self,
        admin: &Admin,
        form: &Response,
        changed: &[(&str, Option<&str>)],
    ) -> Response {
        self.sends(&self.screen, admin, form, changed, "save").await
    }

    async fn sends(
        &self,
        screen: &Screen<Router>,
        admin: &Admin,
        form: &Response,
        changed: &[(&str, Option<&str>)],
        button: &str,
    ) -> Response {
        let (seen, schema) = (value_of(form, "seen"), value_of(form, "schema"));
        let values: Value = serde_json::from_str(&seen).unwrap();
        let mut fields = vec![
            ("seen".to_owned(), seen),
            ("schema".to_owned(), schema),
            ("do".to_owned(), button.to_owned()),
        ];
        for (key, value) in values.as_object().unwrap() {
            fields.push((format!("has-s-{key}"), "1".into()));
            let other = changed.iter().find(|(name, _)| name == key);
            let value = match (other, value) {
                (Some((_, value)), _) => value.map(str::to_owned),
                (None, Value::Bool(on)) => on.then(|| "on".to_owned()),
                (None, Value::String(text)) => Some(text.clone()),
                (None, other) => Some(other.to_string()),
            };
            fields.extend(value.map(|value| (format!("s-{key}"), value)));
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let path = Page::SaveSettings.path(&self.bot);
        screen.post(admin, &path, &fields).await
    }

    async fn set(&self) -> Value {
        let row = self
            .bundle
            .stack
            .store
            .bot(&self.bot)
            .await
            .unwrap()
            .unwrap();
        json!(row.settings)
    }
}

#[tokio::test]
async fn a_setting_of_each_kind_is_saved_and_nothing_else_is_written() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    for (key, typed, kept) in [
        ("word", Some("good"), json!("good")),
        ("number", Some("１２"), json!(12)),
        ("truth", None, json!(false)),
        ("tone", Some("quiet"), json!("quiet")),
        ("time", Some("９：３０").map(|_| "09:30"), json!("09:30")),
        ("zone", Some("Asia/Taipei"), json!("Asia/Taipei")),
        ("news", Some("on"), json!(true)),
    ] {
        let before = shop.set().await;
        let form = shop.form(&admin).await;
        let saved = shop.saves(&admin, &form, &[(key, typed)]).await;
        assert_eq!(saved.status_code, 303, "{key}: {}", saved.body);
        let mut expected = before;
        expected[key] = kept;
        assert_eq!(shop.set().await, expected, "{key}");
    }
    let page = shop
        .screen
        .get(
            &admin,
            &format!("{}?done=saved", Page::Settings.path(&shop.bot)),
        )
        .await;
    assert!(page.body.contains("The settings are saved"));
    assert!(page.body.contains("I say &#34;good&#34;"), "{}", page.body);
}

#[tokio::test]
async fn each_wrong_value_is_told_beside_its_field_and_nothing_else_is_lost() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let form = shop.form(&admin).await;
    for (key, typed, told) in [
        (
            "word",
            "longer",
            "Please write one line of at most 5 characters.",
        ),
        (
            "word",
            "a\nb",
            "Please write one line of at most 5 characters.",
        ),
        ("number", "0", "Please write a whole number from 1 to 99."),
        ("number", "100", "Please write a whole number from 1 to 99."),
        ("number", "1.5", "Please write a whole number from 1 to 99."),
        (
            "number",
            "many",
            "Please write a whole number from 1 to 99.",
        ),
        ("number", "", "Please write a whole number from 1 to 99."),
        ("tone", "shrill", "Please choose one of these."),
        (
            "time",
            "25:00",
            "Please write a time of day, such as 09:30.",
        ),
        ("time", "noon", "Please write a time of day, such as 09:30."),
        ("time", "", "Please write a time of day, such as 09:30."),
        ("zone", "Edo", "Please choose one of these."),
    ] {
        let other = ("truth", None);
        let page = shop
            .saves(&admin, &form, &[(key, Some(typed)), other])
            .await;
        assert_eq!(page.status_code, 422, "{key} {typed}");
        let id = format!("id=\"s-{key}-wrong\">{told}");
        assert!(page.body.contains(&id), "{key} {typed}: {}", page.body);
        assert!(
            page.body
                .contains(&format!("aria-describedby=\"s-{key}-wrong\""))
        );
        let is_ticked = page.body.contains("name=\"s-truth\" value=\"on\" checked");
        assert!(!is_ticked, "what else was changed is kept");
        if !["tone", "zone"].contains(&key) && !typed.contains('\n') {
            assert_eq!(
                value_of(&page, &format!("s-{key}")),
                typed,
                "what was typed is kept"
            );
        }
    }
    assert_eq!(shop.set().await, json!({}));
}

#[tokio::test]
async fn of_two_admins_at_once_the_second_is_told_and_neither_is_lost() {
    let shop = Shop::open().await;
    let (one, two) = (shop.admin().await, shop.admin().await);
    let (form_of_one, form_of_two) = (shop.form(&one).await, shop.form(&two).await);
    let first = shop
        .saves(&one, &form_of_one, &[("number", Some("20"))])
        .await;
    assert_eq!(first.status_code, 303);
    let second = shop
        .saves(&two, &form_of_two, &[("word", Some("mine"))])
        .await;
    assert_eq!(second.status_code, 409);
    assert!(
        second.body.contains("Somebody else has saved settings"),
        "{}",
        second.body
    );
    assert!(
        second.body.contains("<li>Number</li>"),
        "what was changed is named"
    );
    assert_eq!(value_of(&second, "s-word"), "mine");
    assert_eq!(value_of(&second, "s-number"), "20", "the other's is there");
    assert_eq!(
        shop.set().await,
        json!({"number": 20}),
        "nothing is written yet"
    );
    let again = shop.saves(&two, &second, &[("word", Some("mine"))]).await;
    assert_eq!(again.status_code, 303);
    assert_eq!(shop.set().await, json!({"number": 20, "word": "mine"}));
}

#[tokio::test]
async fn who_writes_between_the_look_and_the_write_is_not_overwritten() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let form = shop.form(&admin).await;
    // Another writes after the account was read for this request: the write's own condition sees it.
    let other = serde_json::from_value(json!({"number": 30})).unwrap();
    let (store, now) = (&shop.bundle.stack.store, shop.screen.now());
    line_module::settings::save(store, &shop.bot, &module(), &other, now)
        .await
        .unwrap();
    let seen: Value = serde_json::from_str(&value_of(&form, "seen")).unwrap();
    let mine = serde_json::from_value(json!({"word": "mine"})).unwrap();
    let write =
        line_module::settings::change(store, &shop.bot, &module(), (&seen, &mine), now).await;
    let error = write.unwrap_err();
    assert!(
        matches!(error, line_module::settings::SaveError::Changed(_)),
        "{error}"
    );
    assert_eq!(shop.set().await, json!({"number": 30}));
}

#[tokio::test]
async fn a_form_from_before_a_release_is_told_so_and_keeps_what_still_fits() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let form = shop.form(&admin).await;
    let newer = schema(vec![
        Field::new("word", Words::same("Word"), Kind::Text { most: 5 }, "hello"),
        Field::new(
            "number",
            Words::same("Number"),
            Kind::Number {
                least: 50,
                most: 99,
            },
            60,
        ),
        Field::new("brand_new", NAME, Kind::Truth, true),
    ]);
    let screen = Screen::new(&shop.bundle, newer);
    let changed = [("word", Some("mine")), ("number", Some("20"))];
    let page = shop.sends(&screen, &admin, &form, &changed, "save").await;
    assert_eq!(page.status_code, 409);
    assert!(
        page.body
            .contains("The extension was updated while you were editing")
    );
    assert_eq!(value_of(&page, "s-word"), "mine");
    assert!(page.body.contains("id=\"s-number-wrong\""), "{}", page.body);
    assert!(
        page.body
            .contains("name=\"s-brand_new\" value=\"on\" checked"),
        "new ones have their default"
    );
    assert_eq!(shop.set().await, json!({}));
    let again = shop
        .sends(
            &screen,
            &admin,
            &page,
            &[("word", Some("mine")), ("number", Some("70"))],
            "save",
        )
        .await;
    assert_eq!(again.status_code, 303, "{}", again.body);
    assert_eq!(shop.set().await, json!({"word": "mine", "number": 70}));
}

#[tokio::test]
async fn a_change_is_listed_with_who_and_what_and_can_be_taken_back_once() {
    let shop = Shop::open().await;
    let (one, two) = (shop.admin().await, shop.admin().await);
    let form = shop.form(&one).await;
    shop.saves(
        &one,
        &form,
        &[("number", Some("20")), ("tone", Some("quiet"))],
    )
    .await;
    let page = shop.form(&one).await.body;
    assert!(page.contains("· you"), "{page}");
    assert!(page.contains("Number: <del>7</del> → <ins>20</ins>"));
    assert!(page.contains("Tone: <del>Loud</del> → <ins>Quiet</ins>"));
    let of_other = shop.form(&two).await;
    assert!(of_other.body.contains("· another admin"));
    let at = value_of(&of_other, "at");
    let path = Page::UndoSettings.path(&shop.bot);
    let undone = shop.screen.post(&two, &path, &[("at", &at)]).await;
    assert_eq!(undone.status_code, 303, "{}", undone.body);
    assert_eq!(shop.set().await, json!({"number": 7, "tone": "loud"}));
    let late = shop.screen.post(&one, &path, &[("at", &at)]).await;
    assert_eq!(late.status_code, 409);
    assert!(late.body.contains("cannot be taken back any more"));
}

#[tokio::test]
async fn a_preview_shows_what_users_would_read_and_saves_nothing() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let form = shop.form(&admin).await;
    let page = shop
        .sends(
            &shop.screen,
            &admin,
            &form,
            &[("word", Some("bye"))],
            "preview",
        )
        .await;
    assert_eq!(page.status_code, 200);
    assert!(
        page.body.contains("I say &#34;bye&#34;") && page.body.contains("Nothing is saved yet")
    );
    assert_eq!(value_of(&page, "s-word"), "bye");
    assert_eq!(shop.set().await, json!({}));
}
