//! The table: its key, its indexes, and that nobody loses it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use serde_json::{Value, json};
use template::template;

fn properties() -> Value {
    let template = template().unwrap();
    template.resource("Table").unwrap()["Properties"].clone()
}

#[test]
fn there_is_no_local_secondary_index() {
    for table in template().unwrap().tables().unwrap() {
        let indexes = &table.create["LocalSecondaryIndexes"];
        assert!(indexes.is_null(), "{}", table.logical_name);
    }
}

#[test]
fn a_row_is_found_by_bot_and_chat() {
    let table = template().unwrap().table("Table").unwrap();
    assert_eq!(
        table.create["KeySchema"],
        json!([
            {"AttributeName": "bot_id", "KeyType": "HASH"},
            {"AttributeName": "chat_id", "KeyType": "RANGE"},
        ])
    );
    assert_eq!(table.create["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table.ttl_attribute.as_deref(), Some("expires_at"));
}

#[test]
fn the_indexes_list_bots_parked_events_and_timers() {
    let table = template().unwrap().table("Table").unwrap();
    let indexes = table.create["GlobalSecondaryIndexes"].as_array().unwrap();
    let keys = |name: &str| -> Vec<&Value> {
        let index = indexes.iter().find(|index| index["IndexName"] == name);
        let schema = index.unwrap()["KeySchema"].as_array().unwrap();
        schema.iter().map(|key| &key["AttributeName"]).collect()
    };
    assert_eq!(keys("bots"), ["listed", "bot_id"]);
    assert_eq!(keys("parked"), ["parked", "parked_at"]);
    assert_eq!(keys("timers"), ["timer_shard", "due_at"]);
}

#[test]
fn the_table_outlives_its_stack_and_its_mistakes() {
    let template = template().unwrap();
    let table = template.resource("Table").unwrap();
    assert_eq!(table["DeletionPolicy"], "Retain");
    assert_eq!(table["UpdateReplacePolicy"], "Retain");
    let recovery = &properties()["PointInTimeRecoverySpecification"];
    assert_eq!(recovery["PointInTimeRecoveryEnabled"], true);
    assert_eq!(properties()["SSESpecification"]["SSEEnabled"], true);
}
