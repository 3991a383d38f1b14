//! The table: its key, its indexes, and that nobody loses it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use serde_json::{Value, json};
use template::{is_made, template, with};
use template_file::Template;

/// The stream of a table that is given.
const STREAM: &str = "2026-11-30T00:00:00.000";

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
    // A rollback cannot delete what is protected, so RetainExceptOnCreate would only make it fail.
    assert_eq!(table["DeletionPolicy"], "Retain");
    assert_eq!(table["UpdateReplacePolicy"], "Retain");
    let recovery = &properties()["PointInTimeRecoverySpecification"];
    assert_eq!(recovery["PointInTimeRecoveryEnabled"], true);
}

#[test]
fn the_table_is_protected_against_deletion_unless_that_is_switched_off() {
    let protection = |template: &Template| {
        let protection = &properties()["DeletionProtectionEnabled"];
        template.resolve(protection).unwrap()
    };
    assert_eq!(protection(&template().unwrap()), "true");
    let off = with(&[("TableDeletionProtection", "false")]);
    assert_eq!(protection(&off), "false");
}

/// A key that AWS owns costs nothing; `SSEEnabled: true` without a key is the account's `aws/dynamodb`, which costs
/// with each request.
#[test]
fn the_table_has_awss_own_key_unless_another_is_given() {
    let encryption = |template: &Template| {
        let specification = &properties()["SSESpecification"];
        template.resolve(specification).unwrap()
    };
    let template = template().unwrap();
    assert_eq!(encryption(&template), json!({"SSEEnabled": false}));
    assert!(!is_made(&template, "TableKeyPolicy"));
    let key = "arn:aws:kms:ap-northeast-1:123456789012:key/k";
    let with_key = with(&[("TableKeyArn", key)]);
    assert_eq!(
        encryption(&with_key),
        json!({"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": key})
    );
    assert!(is_made(&with_key, "TableKeyPolicy"));
}

#[test]
fn a_table_that_is_given_is_used_and_none_is_made() {
    let template = template().unwrap();
    assert!(is_made(&template, "Table"));
    let restored = with(&[("TableName", "restored"), ("TableStreamLabel", STREAM)]);
    assert!(!is_made(&restored, "Table"));
    let output = |template: &Template| {
        let output = &template.document()["Outputs"]["TableName"]["Value"];
        template.resolve(output).unwrap()
    };
    assert_eq!(output(&template), "Table");
    assert_eq!(output(&restored), "restored");
    for function in restored.functions().unwrap() {
        if let Some(table) = function.variables.get("TABLE_NAME") {
            assert_eq!(table, "restored", "{}", function.logical_name);
        }
    }
    // Nothing else speaks of the table that is not made, unless by a condition.
    for part in ["Resources", "Outputs"] {
        let mut bare = Vec::new();
        references(&restored.document()[part], &mut bare);
        assert_eq!(bare, [""; 0], "{part}");
    }
}

/// Without the stream nobody would count what accounts use, and the one of another table is no use.
#[test]
fn a_table_that_is_given_comes_with_its_stream() {
    let refusals = |values: &[(&str, &str)]| with(values).refusals().unwrap().len();
    let (table, stream) = (("TableName", "restored"), ("TableStreamLabel", STREAM));
    assert_eq!(refusals(&[]), 0);
    assert_eq!(refusals(&[table, stream]), 0);
    assert_eq!(refusals(&[table]), 1);
    assert_eq!(refusals(&[stream]), 1);
    let restored = with(&[table, stream]);
    let usage = restored.function("UsageFunction").unwrap();
    assert_eq!(usage.streams[0].table, "restored");
    let parameter = &restored.document()["Parameters"]["TableStreamLabel"];
    let pattern = parameter["AllowedPattern"].as_str().unwrap();
    let pattern = regex_lite::Regex::new(&format!("^({pattern})$")).unwrap();
    assert!(pattern.is_match(STREAM) && pattern.is_match(""));
    assert!(!pattern.is_match("arn:aws:dynamodb:us-east-1:000000000000:table/restored"));
}

/// Usage is counted from the difference, and its batches must name their shard.
#[test]
fn the_stream_has_rows_before_and_after_and_its_batches_are_known_by_their_shard() {
    let template = template().unwrap();
    let table = template.table("Table").unwrap();
    assert_eq!(
        table.stream_view_type.as_deref(),
        Some("NEW_AND_OLD_IMAGES")
    );
    let usage = template.function("UsageFunction").unwrap();
    let [source] = &usage.streams[..] else {
        panic!("one stream, not {:?}", usage.streams);
    };
    assert_eq!(source.table, table.name);
    assert!(source.tumbling_window.is_some() && source.report_batch_item_failures);
    // More is not allowed without asking AWS.
    assert!((1..=5).contains(&source.filters.len()));
}

/// A record that ends the function never stops its shard for a day, and is not lost unseen.
#[test]
fn what_cannot_be_counted_is_given_up_before_the_stream_forgets_and_named() {
    let template = template().unwrap();
    let usage = template.resource("UsageFunction").unwrap();
    let source = &usage["Properties"]["Events"]["Changes"]["Properties"];
    assert_eq!(source["BisectBatchOnFunctionError"], true);
    assert!(source["MaximumRetryAttempts"].as_u64().unwrap() > 0);
    assert!(source["MaximumRecordAgeInSeconds"].as_u64().unwrap() <= 12 * 3600);
    let destination = template
        .resolve(&source["DestinationConfig"]["OnFailure"])
        .unwrap();
    let failures = template.queue("UsageFailures").unwrap();
    assert_eq!(
        destination,
        json!({"Type": "SQS", "Destination": failures.arn()})
    );
    let alarm = &template.resource("UsageNotCountedAlarm").unwrap()["Properties"];
    let queue = template.resolve(&alarm["Dimensions"][0]["Value"]).unwrap();
    assert_eq!(queue, failures.name);
}

/// References to the stack's own table outside of a choice by `MakesTable`.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            if value["Fn::If"][0] == "MakesTable" {
                return references(&value["Fn::If"][2], found);
            }
            let text = value.to_string();
            let named = value["Ref"] == "Table"
                || value["Fn::GetAtt"][0] == "Table"
                || value["Fn::Sub"].to_string().contains("${Table");
            if named && !text.contains("${TableName}") {
                found.push(text);
            }
            members
                .values()
                .for_each(|member| references(member, found));
        }
        _ => {}
    }
}
