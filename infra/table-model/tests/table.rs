//! The model of the table against the local DynamoDB: the same calls, the same answers.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod compare;

/// Some sequences of calls; the example `compare` makes as many as one likes.
#[test]
fn the_model_answers_as_the_local_dynamodb_does() {
    compare::run(100);
}

#[test]
fn items_and_pages_are_as_large_as_in_the_local_dynamodb() {
    compare::run_large();
}
