//! Hostile inputs at each door of the bundle. `simulation --doors --inputs N` sends as many as one likes.

use simulation::doors::{Door, Envelope, Payload, Query, Record, Signature, Token, run};

/// Number of inputs at each door.
const INPUTS: u64 = 1_000;

async fn holds<D: Door>() {
    if let Err(broken) = run::<D>(1, 0, INPUTS).await {
        panic!("{broken}");
    }
}

#[tokio::test]
async fn any_signature() {
    holds::<Signature>().await;
}

#[tokio::test]
async fn any_signed_body() {
    holds::<Envelope>().await;
}

#[tokio::test]
async fn any_payload() {
    holds::<Payload>().await;
}

#[tokio::test]
async fn any_batch() {
    holds::<Record>().await;
}

#[tokio::test]
async fn any_continuation() {
    holds::<Token>().await;
}

#[tokio::test]
async fn any_query_and_cookies() {
    holds::<Query>().await;
}

/// An item of the table has 400 KB at most.
#[tokio::test]
async fn a_type_that_is_very_long_is_recorded_like_any_unknown_one() {
    let kind = "x".repeat(210 * 1024);
    let raw = format!(r#"{{"type":"{kind}"}}"#);
    let event = format!(r#"{{"id":"e","kind":"{kind}","raw":{raw}}}"#);
    let job = format!(
        r#"{{"v":1,"bot":"U1","chat":"L1","received_at":1800000000000,"events":[{event}]}}"#
    );
    let batch = serde_json::json!({"Records": [{"messageId": "m", "body": job}]});
    let verdict = Record::default().judge(batch.to_string().as_bytes()).await;
    assert_eq!(verdict.as_deref(), Ok("settled"));
}
