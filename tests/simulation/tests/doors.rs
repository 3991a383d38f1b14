//! Hostile inputs at each door of the bundle. The example `doors` sends as many as one likes.

use simulation::doors::{Door, Envelope, Payload, Query, Record, Signature, Token, run};

/// So many inputs at each door.
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
