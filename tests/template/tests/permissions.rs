//! Each function has a role of its own that may do what the function does, on what it does it on.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use template::{listed, template, with};
use template_file::Template;

/// The statements of a function's role.
fn statements(template: &Template, function: &str) -> Vec<Value> {
    let properties = &template.resource(function).unwrap()["Properties"];
    let role_name = properties["Role"]["Fn::GetAtt"][0]
        .as_str()
        .unwrap_or_else(|| panic!("{function} has a role of its own"));
    let role = &template.resource(role_name).unwrap()["Properties"];
    // Policies that others write may grow.
    assert!(role["ManagedPolicyArns"].is_null(), "{function}");
    assert!(properties["Policies"].is_null(), "{function}");
    let own = listed(&role["Policies"]).into_iter();
    let shared = template
        .resources_of("AWS::IAM::Policy")
        .map(|(_, policy)| &policy["Properties"])
        .filter(|policy| listed(&policy["Roles"]).contains(&&json!({"Ref": role_name})));
    own.chain(shared)
        .flat_map(|policy| listed(&policy["PolicyDocument"]["Statement"]))
        .cloned()
        .collect()
}

/// Everything in the statement that stands for more than one thing.
fn wildcards(statement: &Value) -> Vec<String> {
    let mut members = listed(&statement["Action"]);
    members.extend(listed(&statement["Resource"]));
    members
        .into_iter()
        .map(Value::to_string)
        .filter(|text| text.contains('*'))
        .collect()
}

fn functions(template: &Template) -> Vec<String> {
    let functions = template.functions().unwrap();
    functions.into_iter().map(|f| f.logical_name).collect()
}

#[test]
fn no_function_may_do_anything_or_to_anything() {
    let template = template().unwrap();
    for function in functions(&template) {
        let statements = statements(&template, &function);
        assert!(!statements.is_empty(), "{function}");
        for statement in statements {
            assert_eq!(statement["Effect"], "Allow", "{function}");
            assert!(statement["NotAction"].is_null(), "{function}");
            assert!(statement["NotResource"].is_null(), "{function}");
            assert_eq!(wildcards(&statement), [""; 0], "{function}");
        }
    }
}

#[test]
fn a_wildcard_is_found_wherever_it_stands() {
    for statement in [
        json!({"Action": "*", "Resource": "a"}),
        json!({"Action": ["sqs:Send*"], "Resource": "a"}),
        json!({"Action": "sqs:SendMessage", "Resource": "*"}),
        json!({"Action": "sqs:SendMessage", "Resource": [{"Fn::Sub": "${Table.Arn}/*"}]}),
    ] {
        assert_eq!(wildcards(&statement).len(), 1, "{statement}");
    }
}

#[test]
fn no_two_functions_share_a_role() {
    let template = template().unwrap();
    let functions = functions(&template);
    let roles: BTreeSet<String> = functions
        .iter()
        .map(|function| template.resource(function).unwrap()["Properties"]["Role"].to_string())
        .collect();
    assert_eq!(roles.len(), functions.len());
}

/// What a function may do, without what it may do it on.
fn actions(template: &Template, function: &str) -> BTreeSet<String> {
    let statements = statements(template, function);
    let actions = statements.iter().flat_map(|s| listed(&s["Action"]));
    actions
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

/// On what a function may do this.
fn resources(template: &Template, function: &str, action: &str) -> Vec<Value> {
    let statements = statements(template, function);
    let allows = |s: &&Value| listed(&s["Action"]).contains(&&json!(action));
    let allowed = statements.iter().filter(allows);
    allowed
        .map(|s| template.resolve(&s["Resource"]).unwrap())
        .collect()
}

/// The ARN of a table here, or of a part of it.
fn table_arn(name: &str) -> Value {
    json!(format!(
        "arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
    ))
}

fn event_queue() -> Value {
    json!("arn:aws:sqs:us-east-1:000000000000:EventQueue.fifo")
}

#[test]
fn the_webhook_may_only_queue_and_read_the_secret() {
    assert_eq!(
        actions(&template().unwrap(), "WebhookFunction"),
        names([
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "secretsmanager:GetSecretValue",
            "sqs:SendMessage",
        ])
    );
}

#[test]
fn the_inbox_may_only_queue_and_read_the_secret() {
    let template = template().unwrap();
    let of_webhook = actions(&template, "WebhookFunction");
    assert_eq!(actions(&template, "InboxFunction"), of_webhook);
    let secret = resources(&template, "InboxFunction", "secretsmanager:GetSecretValue");
    assert_eq!(secret.len(), 1);
}

/// What a function may do with the table.
fn table_actions(template: &Template, function: &str) -> BTreeSet<String> {
    let mut actions = actions(template, function);
    actions.retain(|action| action.starts_with("dynamodb:"));
    actions
}

/// An attach by its state, the account's row, and the session in which its admin is signed in.
/// It looks for nothing by a query.
#[test]
fn attach_reads_and_writes_rows_by_their_keys_alone() {
    let template = template().unwrap();
    assert_eq!(
        table_actions(&template, "AttachFunction"),
        names([
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ])
    );
    let queues = resources(&template, "AttachFunction", "sqs:SendMessage");
    assert_eq!(queues, [event_queue()]);
}

/// It shows what is kept and changes what an admin may. Of other accounts it sees no more than
/// the keys of what is parked, by the index, and it takes nothing out of a queue.
#[test]
fn the_console_lists_what_is_parked_and_queues_and_reads_no_queue() {
    let template = template().unwrap();
    let mut actions = actions(&template, "ConsoleFunction");
    actions.retain(|action| !action.starts_with("kms:"));
    assert_eq!(
        actions,
        names([
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "secretsmanager:GetSecretValue",
            "sqs:SendMessage",
        ])
    );
    let queried = resources(&template, "ConsoleFunction", "dynamodb:Query");
    assert_eq!(
        queried,
        [table_arn("Table"), table_arn("Table/index/parked")]
    );
    for action in ["dynamodb:DeleteItem", "dynamodb:PutItem"] {
        let changed = resources(&template, "ConsoleFunction", action);
        assert_eq!(changed, [table_arn("Table")], "{action}");
    }
    let queues = resources(&template, "ConsoleFunction", "sqs:SendMessage");
    assert_eq!(queues, [event_queue()]);
}

#[test]
fn the_reconciler_lists_the_bots_their_chats_and_what_is_parked_and_nothing_else() {
    let template = template().unwrap();
    let queried = resources(&template, "ReconcilerFunction", "dynamodb:Query");
    let places = ["Table", "Table/index/bots", "Table/index/parked"];
    assert_eq!(queried, places.map(table_arn));
    assert!(!actions(&template, "ReconcilerFunction").contains("sqs:ReceiveMessage"));
}

#[test]
fn the_timer_reads_its_index_changes_its_rows_and_queues() {
    let template = template().unwrap();
    let mut actions = actions(&template, "TimerFunction");
    actions.retain(|action| !action.starts_with("kms:"));
    assert_eq!(
        actions,
        names([
            "dynamodb:DeleteItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "sqs:SendMessage",
        ])
    );
    let queried = resources(&template, "TimerFunction", "dynamodb:Query");
    assert_eq!(queried, [table_arn("Table/index/timers")]);
}

#[test]
fn usage_reads_the_stream_writes_its_rows_and_names_what_it_could_not_count() {
    let template = template().unwrap();
    let mut actions = actions(&template, "UsageFunction");
    actions.retain(|action| !action.starts_with("kms:"));
    assert_eq!(
        actions,
        names([
            "dynamodb:DescribeStream",
            "dynamodb:GetItem",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "dynamodb:PutItem",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "sqs:SendMessage",
        ])
    );
    let queues = resources(&template, "UsageFunction", "sqs:SendMessage");
    assert_eq!(
        queues,
        [json!("arn:aws:sqs:us-east-1:000000000000:UsageFailures")]
    );
    let streams = resources(&template, "UsageFunction", "dynamodb:GetRecords");
    assert_eq!(streams, [table_arn("Table/stream/local")]);
}

#[test]
fn with_a_table_that_is_given_every_permission_is_on_that_table() {
    let stream = ("TableStreamLabel", "2026-11-30T00:00:00.000");
    let template = with(&[("TableName", "restored"), stream]);
    for function in functions(&template) {
        let on_tables = actions(&template, &function)
            .into_iter()
            .filter(|action| action.starts_with("dynamodb:"));
        for action in on_tables {
            for arn in resources(&template, &function, &action) {
                let on_it = arn.as_str().unwrap().contains(":table/restored");
                assert!(on_it, "{function}: {action} on {arn}");
            }
        }
    }
    let queried = resources(&template, "TimerFunction", "dynamodb:Query");
    assert_eq!(queried, [table_arn("restored/index/timers")]);
}

/// DynamoDB asks the table's key on behalf of whoever calls it, so each function with a table may use the key, and only
/// by way of DynamoDB.
#[test]
fn the_tables_key_is_for_the_functions_that_use_the_table() {
    let key = "arn:aws:kms:us-east-1:123456789012:key/k";
    let template = with(&[("TableKeyArn", key)]);
    for function in functions(&template) {
        let actions = actions(&template, &function);
        let uses_table = actions.iter().any(|action| action.starts_with("dynamodb:"));
        assert_eq!(actions.contains("kms:Decrypt"), uses_table, "{function}");
    }
    let on = resources(&template, "WorkerFunction", "kms:Decrypt");
    assert_eq!(on, [json!(key)]);
    let policy = &template.resource("TableKeyPolicy").unwrap()["Properties"];
    let statement = template.resolve(&policy["PolicyDocument"]["Statement"][0]);
    assert_eq!(
        statement.unwrap()["Condition"]["StringEquals"]["kms:ViaService"],
        "dynamodb.us-east-1.amazonaws.com"
    );
}

/// With either property, a change of it would overwrite the channel's secret on an update.
#[test]
fn the_secrets_value_stands_nowhere_in_the_template() {
    let template = template().unwrap();
    let secrets: Vec<_> = template
        .resources_of("AWS::SecretsManager::Secret")
        .collect();
    assert_eq!(secrets.len(), 1);
    for (logical, secret) in secrets {
        let properties = &secret["Properties"];
        assert!(properties["SecretString"].is_null(), "{logical}");
        assert!(properties["GenerateSecretString"].is_null(), "{logical}");
    }
}

/// A private key for assertions is in there, and nowhere else.
#[test]
fn the_secret_outlives_the_stack_and_its_mistakes() {
    let template = template().unwrap();
    let secret = template.resource("ChannelSecret").unwrap();
    assert_eq!(secret["DeletionPolicy"], "RetainExceptOnCreate");
    assert_eq!(secret["UpdateReplacePolicy"], "Retain");
    assert!(secret["Properties"]["Name"].is_null());
}

/// LINE tells its name to participants only.
#[test]
fn the_bot_headers_name_is_not_shown() {
    let parameters = template().unwrap().document()["Parameters"].clone();
    assert_eq!(parameters["LineBotHeader"]["NoEcho"], true);
}
