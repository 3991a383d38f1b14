//! Who has changed which settings, and when.

use std::time::Duration;

use line_module::Module;
use line_module::settings::Kind;
use serde_json::Value;
use shared::domain::Timestamp;
use shared::pages::Texts;
use shared::store::{AuditRow, SettingChange, StoreError};

use crate::App;
use crate::audited::DONE;
use crate::guard::Admin;
use crate::pages::settings::fields;
use crate::screen::Clock;

/// How far back changes are listed.
const BACK: Duration = Duration::from_secs(90 * 24 * 3600);
/// Changes that are listed: the newest.
const MOST: usize = 10;

/// A change, as it is shown.
pub(super) struct History {
    pub(super) at: String,
    /// By what it is found to be taken back.
    pub(super) id: i64,
    pub(super) who: String,
    /// Each setting: its name, what it was and what it became.
    pub(super) changes: Vec<(String, String, String)>,
    /// Whether it can be taken back: the settings are as it has left them.
    pub(super) can_be_undone: bool,
}

/// The newest changes of the settings, the newest first.
pub(super) async fn history<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    clock: &Clock,
) -> Result<Vec<History>, StoreError> {
    let saved = app.module.settings().filled(&admin.row.settings);
    let rows = rows(app, admin, admin.now.minus(BACK)).await?;
    let newest = rows.iter().rev().take(MOST);
    let shown = newest.map(|row| History {
        at: clock.time(row.at, admin.texts),
        id: row.at.0,
        who: who(row, admin),
        changes: row
            .settings
            .iter()
            .map(|change| in_words(app, change, admin.texts))
            .collect(),
        can_be_undone: row
            .settings
            .iter()
            .all(|it| saved.get(&it.key) == Some(&it.to)),
    });
    Ok(shown.collect())
}

/// What a change of this moment has changed; nothing, if there is none.
pub(super) async fn find<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    at: i64,
) -> Result<Vec<SettingChange>, StoreError> {
    let since = Timestamp(at).max(admin.now.minus(BACK));
    let rows = rows(app, admin, since).await?;
    let row = rows.into_iter().find(|row| row.at.0 == at);
    Ok(row.map(|row| row.settings).unwrap_or_default())
}

async fn rows<M>(
    app: &App<M>,
    admin: &Admin<'_>,
    since: Timestamp,
) -> Result<Vec<AuditRow>, StoreError> {
    // What another attachment has set is none of this one's.
    let since = since.max(admin.row.state.detached_at.unwrap_or_default());
    let (mut rows, mut from) = (Vec::new(), None);
    loop {
        let page = app
            .store
            .audit(Some(&admin.bot), since, from.as_ref())
            .await?;
        let made = |row: &AuditRow| !row.settings.is_empty() && row.result.as_deref() == Some(DONE);
        rows.extend(page.rows.into_iter().filter(made));
        from = page.next;
        if from.is_none() {
            return Ok(rows);
        }
    }
}

fn who(row: &AuditRow, admin: &Admin<'_>) -> String {
    let texts = admin.texts;
    match row.who == admin.who {
        true => texts.get("history-you"),
        false => texts.get("history-another"),
    }
}

fn in_words<M: Module>(
    app: &App<M>,
    change: &SettingChange,
    texts: &Texts,
) -> (String, String, String) {
    let mut fields = app.module.settings().fields.iter();
    let field = fields.find(|field| field.key == change.key);
    let name = field.map_or(change.key.as_str(), |field| field.name.of(texts.language()));
    let kind = field.map(|field| &field.kind);
    let write = |value: &Value| written(kind, value, texts);
    (name.to_owned(), write(&change.from), write(&change.to))
}

fn written(kind: Option<&Kind>, value: &Value, texts: &Texts) -> String {
    match (kind, value) {
        (Some(Kind::Choice(options)), Value::String(text)) => {
            let option = options.iter().find(|(option, _)| option == text);
            option.map_or(text.clone(), |(_, words)| {
                words.of(texts.language()).to_owned()
            })
        }
        (_, Value::Bool(true)) => texts.get("value-on"),
        (_, Value::Bool(false)) => texts.get("value-off"),
        (_, Value::String(text)) if text.is_empty() => texts.get("value-empty"),
        (_, Value::Null) => texts.get("value-empty"),
        (_, Value::Array(values)) if values.is_empty() => texts.get("value-empty"),
        (_, Value::Array(values)) => {
            let all: Vec<_> = values.iter().map(fields::written).collect();
            all.join(" / ")
        }
        (_, other) => fields::written(other),
    }
}
