//! What the account can set: the form, saving it, what was changed by whom, and taking a change
//! back. A form says what it was made of, so that two admins do not undo each other, and a form
//! from before a release is told of it.

use askama::Template;
use line_module::Module;
use line_module::settings::{SaveError, Values, change};
use serde_json::Value;
use shared::gateway::Response;
use shared::hash::sha256_hex;
use shared::pages::Texts;
use shared::store::SettingChange;

use crate::App;
use crate::audited::{Change, audited};
use crate::form::{Form, TOKEN};
use crate::guard::{Admin, Refusal};
use crate::pages::settings::fields::{Group, Input, groups, read};
use crate::pages::settings::history::{History, find, history};
use crate::route::Page;
use crate::screen::{Clock, see_other, show as show_page};

mod fields;
mod history;

/// What the settings were when the form was made, as JSON.
const SEEN: &str = "seen";
/// Which settings the form is of.
const SCHEMA: &str = "schema";
/// Which of the form's buttons was pressed.
const BUTTON: &str = "do";

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings<'a> {
    texts: &'a Texts,
    notice: Option<Notice>,
    save: String,
    undo: String,
    token_name: &'static str,
    token: &'a str,
    seen: String,
    schema: String,
    /// Whether the form has what is not saved.
    is_unsaved: bool,
    groups: Vec<Group>,
    preview: Vec<String>,
    history: Vec<History>,
}

/// What a page says of what was just done.
struct Notice {
    tone: &'static str,
    text: String,
    /// Settings that it is about.
    list: Vec<String>,
}

/// What a form shows.
struct Shown<'a> {
    status: u16,
    notice: Option<Notice>,
    /// All values, as they are saved.
    saved: Value,
    /// What was sent, where it is not saved.
    sent: Option<&'a Form>,
    /// What the preview is made of.
    preview: Value,
}

/// The form, as the settings are.
pub(crate) async fn show<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    query: &Form,
) -> Result<Response, Refusal> {
    let key = match query.get("done") {
        Some("saved") => Some("settings-saved"),
        Some("undone") => Some("settings-undone"),
        Some("nothing") => Some("settings-nothing"),
        _ => None,
    };
    let saved = app.module.settings().filled(&admin.row.settings);
    let shown = Shown {
        status: 200,
        notice: key.map(|key| notice("good", admin.texts.get(key))),
        preview: saved.clone(),
        saved,
        sent: None,
    };
    page(app, admin, shown).await
}

/// Saves what was sent, or shows it again with what is wrong.
pub(crate) async fn save<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Result<Response, Refusal> {
    let (schema, form) = (app.module.settings(), &admin.form);
    let saved = schema.filled(&admin.row.settings);
    let sent = read(schema, form, &saved, admin.texts);
    if form.get(SCHEMA) != Some(fingerprint(app).as_str()) {
        let text = admin.texts.get("settings-schema-changed");
        return again(app, admin, saved, (409, notice("warn", text))).await;
    }
    if !sent.wrong.is_empty() {
        let text = admin
            .texts
            .with("settings-wrong", "count", sent.wrong.len());
        return again(app, admin, saved, (422, notice("bad", text))).await;
    }
    if form.get(BUTTON) == Some("preview") {
        let preview = sent.filled(&saved);
        let shown = Shown {
            status: 200,
            notice: Some(notice("", admin.texts.get("settings-preview-only"))),
            saved,
            sent: Some(form),
            preview,
        };
        return page(app, admin, shown).await;
    }
    let seen = seen(form).unwrap_or(Value::Null);
    if seen != saved {
        return changed_meanwhile(app, admin, &seen, saved).await;
    }
    let changes = changes(&seen, &sent.values);
    if changes.is_empty() {
        let place = Page::Settings.path(&admin.bot);
        return Ok(see_other(&format!("{place}?done=nothing")));
    }
    write(app, admin, ("settings", "saved"), &seen, changes).await
}

/// Takes a change back: what it has changed is as it was before, if nobody has changed it since.
pub(crate) async fn undo<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Result<Response, Refusal> {
    let saved = app.module.settings().filled(&admin.row.settings);
    let at = admin.form.get("at").and_then(|at| at.parse().ok());
    let made = find(app, admin, at.unwrap_or_default()).await?;
    let is_as_made = |it: &SettingChange| saved.get(&it.key) == Some(&it.to);
    let back: Vec<_> = made.iter().map(reversed).collect();
    let values: Values = back
        .iter()
        .map(|it| (it.key.clone(), it.to.clone()))
        .collect();
    let fits = app.module.settings().check(&values).is_ok();
    if back.is_empty() || !fits || !made.iter().all(is_as_made) {
        let text = admin.texts.get("settings-undo-late");
        let shown = Shown {
            status: 409,
            notice: Some(notice("warn", text)),
            preview: saved.clone(),
            saved,
            sent: None,
        };
        return page(app, admin, shown).await;
    }
    write(app, admin, ("settings undo", "undone"), &saved, back).await
}

/// Writes these changes, if the settings are still as they were seen.
async fn write<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    (what, done): (&'static str, &str),
    seen: &Value,
    changes: Vec<SettingChange>,
) -> Result<Response, Refusal> {
    let values: Values = changes
        .iter()
        .map(|it| (it.key.clone(), it.to.clone()))
        .collect();
    let work = change(
        &app.store,
        &admin.bot,
        &app.module,
        (seen, &values),
        admin.now,
    );
    let record = Change {
        what,
        about: None,
        settings: changes,
    };
    match audited(app, admin, record, work).await? {
        Ok(()) => {
            let place = Page::Settings.path(&admin.bot);
            Ok(see_other(&format!("{place}?done={done}")))
        }
        Err(SaveError::Changed(current)) => changed_meanwhile(app, admin, seen, current).await,
        Err(SaveError::Store(error)) => Err(error.into()),
        Err(SaveError::Wrong(_)) => {
            let text = admin.texts.get("settings-schema-changed");
            again(app, admin, seen.clone(), (409, notice("warn", text))).await
        }
    }
}

/// Somebody else has saved since the form was made: nothing is lost, and nothing is overwritten
/// before it was looked at.
async fn changed_meanwhile<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    seen: &Value,
    current: Value,
) -> Result<Response, Refusal> {
    let language = admin.texts.language();
    let fields = app.module.settings().fields.iter();
    let others = fields.filter(|field| seen.get(field.key) != current.get(field.key));
    let list = others.map(|field| field.name.of(language).to_owned());
    let notice = Notice {
        list: list.collect(),
        ..notice("warn", admin.texts.get("settings-changed-meanwhile"))
    };
    again(app, admin, current, (409, notice)).await
}

/// The form once more, with what was sent.
async fn again<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    saved: Value,
    (status, notice): (u16, Notice),
) -> Result<Response, Refusal> {
    let shown = Shown {
        status,
        notice: Some(notice),
        preview: saved.clone(),
        saved,
        sent: Some(&admin.form),
    };
    page(app, admin, shown).await
}

async fn page<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    shown: Shown<'_>,
) -> Result<Response, Refusal> {
    let (texts, schema) = (admin.texts, app.module.settings());
    let clock = Clock::of(app, admin);
    let before = shown.sent.and_then(seen);
    let before = before.as_ref().unwrap_or(&shown.saved);
    let content = Settings {
        texts,
        notice: shown.notice,
        save: Page::SaveSettings.path(&admin.bot),
        undo: Page::UndoSettings.path(&admin.bot),
        token_name: TOKEN,
        token: &admin.token,
        seen: shown.saved.to_string(),
        schema: fingerprint(app),
        is_unsaved: shown.sent.is_some(),
        groups: groups(schema, &shown.saved, (shown.sent, before), texts),
        preview: app.module.preview(&shown.preview, texts.language()),
        history: history(app, admin, &clock).await?,
    };
    let title = texts.get("settings-title");
    let place = (&Page::Settings, title, shown.status);
    Ok(show_page(app, admin, place, &content))
}

/// What the settings were when a form was made.
fn seen(form: &Form) -> Option<Value> {
    serde_json::from_str(form.get(SEEN)?).ok()
}

/// What is other than it was seen.
fn changes(seen: &Value, values: &Values) -> Vec<SettingChange> {
    let changed = values
        .iter()
        .filter(|(key, value)| seen.get(key) != Some(value));
    changed
        .map(|(key, value)| SettingChange {
            key: key.clone(),
            from: seen.get(key).cloned().unwrap_or_default(),
            to: value.clone(),
        })
        .collect()
}

fn reversed(made: &SettingChange) -> SettingChange {
    SettingChange {
        key: made.key.clone(),
        from: made.to.clone(),
        to: made.from.clone(),
    }
}

/// Tells the settings of one release from those of another.
fn fingerprint<M: Module>(app: &App<M>) -> String {
    let fields = app.module.settings().fields.iter();
    let all: Vec<_> = fields
        .map(|field| format!("{} {:?}", field.key, field.kind))
        .collect();
    sha256_hex(all.iter().map(String::as_str))
        .chars()
        .take(16)
        .collect()
}

fn notice(tone: &'static str, text: String) -> Notice {
    Notice {
        tone,
        text,
        list: Vec::new(),
    }
}
