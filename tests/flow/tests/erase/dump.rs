//! All that the table has, its indexes too.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use flow::Bundle;
use serde_json::{Map, Value, json};

/// Every row and every entry of an index, by its place and keys.
pub(crate) type Dump = BTreeMap<(String, String, String), String>;

pub(crate) async fn dump(bundle: &Bundle) -> Dump {
    // Usage is counted beside all that: a moment later it would be another dump.
    bundle.stack.usage_is_counted().await.unwrap();
    let mut all = Dump::new();
    for index in [None, Some("bots"), Some("parked"), Some("timers")] {
        let client = bundle.stack.ground.dynamodb();
        let scan = client
            .scan()
            .table_name(&bundle.stack.addresses.table_name)
            .set_index_name(index.map(str::to_owned));
        let items = scan.send().await.unwrap().items.unwrap();
        for item in items {
            let key = |name: &str| item[name].as_s().unwrap().clone();
            let place = index.unwrap_or("table").to_owned();
            let place = (place, key("bot_id"), key("chat_id"));
            all.insert(place, of_item(&item).to_string());
        }
    }
    all
}

/// The rows of an account that fit.
pub(crate) fn rows<'a>(
    dump: &'a Dump,
    bot: &str,
    fits: impl Fn(&str, &str) -> bool,
) -> BTreeMap<&'a str, &'a str> {
    let of_table = dump.iter().filter(|((place, _, _), _)| place == "table");
    let of_bot = of_table.filter(|((_, of, _), _)| of == bot);
    let fitting = of_bot.filter(|((_, _, sort), row)| fits(sort, row));
    fitting
        .map(|((_, _, sort), row)| (sort.as_str(), row.as_str()))
        .collect()
}

/// Where the text stands.
pub(crate) fn places(dump: &Dump, text: &str) -> Vec<String> {
    let has =
        |place: &&(String, String, String)| place.2.contains(text) || dump[*place].contains(text);
    let found = dump.keys().filter(has);
    found
        .map(|place| format!("{place:?}: {}", dump[place]))
        .collect()
}

pub(crate) async fn put(bundle: &Bundle, item: HashMap<String, AttributeValue>) {
    let client = bundle.stack.ground.dynamodb();
    let put = client
        .put_item()
        .table_name(&bundle.stack.addresses.table_name)
        .set_item(Some(item));
    put.send().await.unwrap();
}

/// A row with these keys, and texts and numbers.
pub(crate) fn item(
    bot: &str,
    sort: &str,
    texts: &[(&str, &str)],
    numbers: &[(&str, i64)],
) -> HashMap<String, AttributeValue> {
    let key = [("bot_id", bot), ("chat_id", sort)];
    let text =
        |(name, it): &(&str, &str)| ((*name).to_owned(), AttributeValue::S((*it).to_owned()));
    let number = |(name, it): &(&str, i64)| ((*name).to_owned(), AttributeValue::N(it.to_string()));
    let texts = key.iter().chain(texts).map(text);
    texts.chain(numbers.iter().map(number)).collect()
}

fn of_item(item: &HashMap<String, AttributeValue>) -> Value {
    let members = item.iter().map(|(name, value)| (name.clone(), of(value)));
    // In order: a map of attributes has none.
    let members: BTreeMap<_, _> = members.collect();
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}

fn of(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(number) => json!(number),
        AttributeValue::Bool(flag) => json!(flag),
        AttributeValue::L(list) => list.iter().map(of).collect(),
        AttributeValue::M(map) => of_item(map),
        AttributeValue::Ss(set) => json!(set),
        other => json!(format!("{other:?}")),
    }
}
