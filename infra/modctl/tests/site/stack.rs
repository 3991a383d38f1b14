//! A deployed stack: found by its outputs, with the caller's own rights.

use std::process::Command;

use axum::Router;
use axum::http::StatusCode;

use crate::scene::{Said, Scene, command, run};

const TABLE: &str = "TableName";
const QUEUE: &str = "EventQueueUrl";

/// A server that answers everything alike; its address.
async fn answering(status: u16, body: String) -> String {
    let status = StatusCode::from_u16(status).unwrap();
    let answer = move || {
        let body = body.clone();
        async move { (status, body) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// `DescribeStacks` with these outputs.
fn described(outputs: &[(&str, &str)]) -> String {
    let member = |(key, value): &(&str, &str)| {
        format!("<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>")
    };
    let outputs: String = outputs.iter().map(member).collect();
    format!(
        "<DescribeStacksResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">\
         <DescribeStacksResult><Stacks><member><StackName>line-module</StackName>\
         <CreationTime>2026-01-01T00:00:00Z</CreationTime>\
         <StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{outputs}</Outputs></member></Stacks>\
         </DescribeStacksResult></DescribeStacksResponse>"
    )
}

fn refusal(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         </ErrorResponse>"
    )
}

/// Whoever has keys, and a region.
fn caller(cloudformation: &str, dynamodb: &str) -> Command {
    let mut command = command(&"/nonexistent".into());
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "ap-northeast-1")
        .env("AWS_ENDPOINT_URL_CLOUDFORMATION", cloudformation)
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb)
        .args(["--stack", "line-module", "bots"]);
    command
}

/// What it says without having done it.
fn refused(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, Some(code), "{}", said.err);
    for word in words {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[tokio::test]
async fn a_stack_is_found_by_its_outputs() {
    let scene = Scene::begin().await;
    let at = &scene.stack.addresses;
    let outputs = [
        (TABLE, at.table_name.as_str()),
        (QUEUE, &at.event_queue_url),
    ];
    let cloudformation = answering(200, described(&outputs)).await;
    let said = run(caller(&cloudformation, &at.dynamodb_url)).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains(&scene.bot), "{}", said.out);
}

#[tokio::test]
async fn a_stack_that_is_not_there_is_named_with_its_region() {
    let message = "Stack with id line-module does not exist";
    let cloudformation = answering(400, refusal("ValidationError", message)).await;
    let said = run(caller(&cloudformation, "http://127.0.0.1:9")).await;
    refused(
        &said,
        3,
        &["no stack line-module in ap-northeast-1", "--region"],
    );
}

#[tokio::test]
async fn who_may_not_is_told_which_policy_it_takes() {
    let message = "User: arn:aws:iam::1:user/u is not authorized to perform this";
    let cloudformation = answering(403, refusal("AccessDenied", message)).await;
    let said = run(caller(&cloudformation, "http://127.0.0.1:9")).await;
    refused(
        &said,
        4,
        &[
            "read the stack's outputs",
            "SupportPolicy",
            "not authorized",
        ],
    );

    let outputs = [(TABLE, "table"), (QUEUE, "http://127.0.0.1:9/q.fifo")];
    let cloudformation = answering(200, described(&outputs)).await;
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#;
    let dynamodb = answering(400, denied.into()).await;
    let said = run(caller(&cloudformation, &dynamodb)).await;
    refused(&said, 4, &["you may not use the table", "SupportPolicy"]);
}

#[tokio::test]
async fn a_stack_of_an_older_template_is_named_with_what_it_lacks() {
    let cloudformation = answering(200, described(&[(QUEUE, "http://127.0.0.1:9/q")])).await;
    let said = run(caller(&cloudformation, "http://127.0.0.1:9")).await;
    refused(
        &said,
        1,
        &["has no output TableName", "this release's template"],
    );
}

#[tokio::test]
async fn without_credentials_or_a_region_it_says_what_to_give() {
    let nowhere = "http://127.0.0.1:9";
    let mut without = caller(nowhere, nowhere);
    without.env_remove("AWS_ACCESS_KEY_ID");
    refused(&run(without).await, 4, &["no AWS credentials", "--profile"]);
    let mut without = caller(nowhere, nowhere);
    without.env_remove("AWS_REGION");
    refused(&run(without).await, 1, &["no region is set", "--region"]);
}
