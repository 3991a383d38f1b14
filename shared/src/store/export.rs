//! Everything that is kept of an account or of one chat, for whoever has a right to it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value, json};

use crate::domain::ledger::user_mark;
use crate::domain::{BotId, ChatId, UserId};
use crate::store::kind::RowKind;
use crate::store::{Item, Store, StoreError, keys};

/// Rows read at once.
const PAGE: i32 = 200;
/// Members that give somebody a power: nobody is given them.
const SECRETS: [&str; 5] = [
    "replyToken",
    "token",
    "quoteToken",
    "markAsReadToken",
    "nonce",
];
/// Attributes that hold JSON.
const JSON: [&str; 6] = ["raw", "plan", "state", "value", "payload", "profile"];

/// A page of what is kept.
#[derive(Debug)]
pub struct ExportPage {
    /// Each row as one JSON object: its kind, its key, and what it holds.
    pub rows: Vec<Value>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

impl Store {
    /// A page of everything that is kept of an account, or of one of its chats: the chat's own
    /// rows, rows of the module's that have its id, and the user's events in groups. Of others'
    /// rows that only mention the user the key alone is told. Without secrets: reply tokens and
    /// their like.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn export(
        &self,
        bot: &BotId,
        chat: Option<&ChatId>,
        from: Option<&str>,
    ) -> Result<ExportPage, StoreError> {
        let page = self.partition("export", bot, from, PAGE).await?;
        let rows = page.items.iter();
        let rows = rows.filter_map(|item| match chat {
            None => Some(row(item)),
            Some(chat) => of_chat(item, bot, chat),
        });
        Ok(ExportPage {
            rows: rows.collect(),
            next: page.next,
        })
    }
}

fn of_chat(item: &Item, bot: &BotId, chat: &ChatId) -> Option<Value> {
    let (sort, id) = (keys::sort_of(item), chat.as_str());
    let text = |name: &str| item.get(name)?.as_s().ok();
    let mark = UserId::new(id).ok().map(|user| user_mark(bot, &user));
    let key = keys::chat(chat);
    let is_own = sort == key
        || sort.starts_with(&format!("{key}#"))
        || text("chat").is_some_and(|of| of == id)
        || text("user_mark").is_some_and(|of| Some(of) == mark.as_ref());
    let names_it = || super::erase::has_text(item, &|text| text.contains(id));
    match RowKind::of(sort) {
        _ if is_own => Some(row(item)),
        RowKind::Module if names_it() => Some(row(item)),
        kind if names_it() => Some(json!({ "kind": kind.name(), "mentioned_in": sort })),
        _ => None,
    }
}

fn row(item: &Item) -> Value {
    let sort = keys::sort_of(item);
    let others = item.iter();
    let others = others.filter(|(name, _)| !["bot_id", "chat_id", "v"].contains(&name.as_str()));
    let members = others.map(|(name, value)| (name.clone(), of_attribute(name, value)));
    json!({
        "kind": RowKind::of(sort).name(),
        "key": sort,
        "row": members.collect::<Map<_, _>>(),
    })
}

fn of_attribute(name: &str, value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) if JSON.contains(&name) => {
            let read = serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into());
            without_secrets(read)
        }
        value => without_secrets(plain(value)),
    }
}

fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(number) => serde_json::from_str(number).unwrap_or_default(),
        AttributeValue::Bool(flag) => (*flag).into(),
        AttributeValue::Ss(texts) => texts.clone().into(),
        AttributeValue::L(values) => values.iter().map(plain).collect(),
        AttributeValue::M(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect()
        }
        _ => Value::Null,
    }
}

fn without_secrets(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(without_secrets).collect(),
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, _)| !SECRETS.contains(&name.as_str()))
            .map(|(name, value)| (name, without_secrets(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{n, s};

    fn item(sort: &str, fields: &[(&str, &str)]) -> Item {
        let mut item = keys::key("Ubot", sort);
        let fields = fields.iter();
        item.extend(fields.map(|(name, it)| ((*name).to_owned(), s(*it))));
        item.insert("at".into(), n(7));
        item
    }

    #[test]
    fn what_is_told_has_no_secret_and_its_json_is_open() {
        let raw = r#"{"type":"message","replyToken":"secret","message":{"text":"a wish","quoteToken":"secret"}}"#;
        let row = row(&item("U1#e", &[("raw", raw)]));
        assert!(!row.to_string().contains("secret"));
        assert_eq!(row["kind"], "event");
        assert_eq!(row["row"]["raw"]["message"]["text"], "a wish");
        assert_eq!(row["row"]["at"], 7);
    }

    #[test]
    fn of_others_rows_a_user_is_told_where_they_are_mentioned() {
        let bot = BotId::new("Ubot").unwrap();
        let told = |item: &Item| of_chat(item, &bot, &ChatId::new("U1").unwrap());
        assert!(told(&item("U1", &[])).unwrap()["row"].is_object());
        assert!(told(&item("@m#a", &[("value", r#""U1""#)])).unwrap()["row"].is_object());
        let theirs = told(&item("C1", &[("state", r#"["U1","another's words"]"#)]));
        assert!(!theirs.unwrap().to_string().contains("words"));
        assert_eq!(told(&item("U2", &[("state", "x")])), None);
        let mark = user_mark(&bot, &UserId::new("U1").unwrap());
        assert!(told(&item("C1#e", &[("user_mark", &mark)])).unwrap()["row"].is_object());
    }
}
