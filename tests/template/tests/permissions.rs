//! Each function has a role of its own that may do what the function does, on what it does it on.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use local::template::Template;
use serde_json::{Value, json};
use template::{listed, template};

/// The statements of a function's role.
fn statements(template: &Template, function: &str) -> Vec<Value> {
    let properties = &template.resource(function).unwrap()["Properties"];
    let role = properties["Role"]["Fn::GetAtt"][0].as_str();
    let role = role.unwrap_or_else(|| panic!("{function} has a role of its own"));
    let role = &template.resource(role).unwrap()["Properties"];
    // Policies that others write may grow.
    assert!(role["ManagedPolicyArns"].is_null(), "{function}");
    assert!(properties["Policies"].is_null(), "{function}");
    listed(&role["Policies"])
        .into_iter()
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

#[test]
fn the_webhook_may_only_queue_and_read_the_secret() {
    let template = template().unwrap();
    let statements = statements(&template, "WebhookFunction");
    let actions = statements.iter().flat_map(|s| listed(&s["Action"]));
    let actions: BTreeSet<&str> = actions.filter_map(Value::as_str).collect();
    assert_eq!(
        actions,
        BTreeSet::from([
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "secretsmanager:GetSecretValue",
            "sqs:SendMessage",
        ])
    );
}

#[test]
fn the_reconciler_lists_the_bots_and_nothing_else() {
    let template = template().unwrap();
    let statements = statements(&template, "ReconcilerFunction");
    let queries = statements
        .iter()
        .filter(|s| listed(&s["Action"]).contains(&&json!("dynamodb:Query")));
    let queried: Vec<&Value> = queries.map(|s| &s["Resource"]).collect();
    assert_eq!(queried, [&json!({"Fn::Sub": "${Table.Arn}/index/bots"})]);
    let received = statements
        .iter()
        .any(|s| s["Action"].to_string().contains("sqs:Receive"));
    assert!(!received);
}

#[test]
fn the_secrets_value_stands_nowhere_in_the_template() {
    let template = template().unwrap();
    let secrets = template.resources_of("AWS::SecretsManager::Secret");
    for (logical, secret) in secrets {
        let properties = &secret["Properties"];
        assert!(properties["SecretString"].is_null(), "{logical}");
        assert!(!properties["GenerateSecretString"].is_null(), "{logical}");
    }
}
