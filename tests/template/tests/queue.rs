//! The queue and the event source, set up so that a chat keeps its order and one failure costs one message.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use serde_json::Value;
use template::template;
use template_file::QueueDefinition;

const FOURTEEN_DAYS: &str = "1209600";

fn queue(logical: &str) -> QueueDefinition {
    template().unwrap().queue(logical).unwrap()
}

#[test]
fn a_batch_tells_which_messages_failed() {
    let functions = template().unwrap().functions().unwrap();
    let sources = functions
        .iter()
        .flat_map(|function| &function.event_sources);
    assert!(sources.clone().count() > 0);
    for source in sources {
        assert!(source.report_batch_item_failures, "{source:?}");
    }
}

#[test]
fn the_workers_are_limited() {
    let worker = template().unwrap().function("WorkerFunction").unwrap();
    let [source] = &worker.event_sources[..] else {
        panic!("one event source, not {:?}", worker.event_sources);
    };
    assert_eq!(source.queue, queue("EventQueue").name);
    assert_eq!(source.batch_size, 10);
    assert!(source.maximum_concurrency.is_some());
}

/// Longer than its function's time, or it is handed out twice; and short enough that after
/// two crashes there is time left of a reply token's minute.
#[test]
fn what_a_crash_hides_comes_back_while_its_reply_token_lives() {
    let template = template().unwrap();
    let queues = template.queues().unwrap();
    for function in template.functions().unwrap() {
        for source in &function.event_sources {
            let queue = queues.iter().find(|queue| queue.name == source.queue);
            let seconds = queue.unwrap().attributes["VisibilityTimeout"].parse();
            let hidden = Duration::from_secs(seconds.unwrap());
            let name = function.logical_name.as_str();
            assert!(hidden >= 2 * function.timeout, "{name}: handed out twice");
            assert!(
                2 * hidden + function.timeout < Duration::from_secs(50),
                "{name}"
            );
        }
    }
}

#[test]
fn the_queue_is_fifo_with_high_throughput() {
    let attributes = queue("EventQueue").attributes;
    assert_eq!(attributes["FifoQueue"], "true");
    assert_eq!(attributes["DeduplicationScope"], "messageGroup");
    assert_eq!(attributes["FifoThroughputLimit"], "perMessageGroupId");
    assert_eq!(attributes["MessageRetentionPeriod"], FOURTEEN_DAYS);
}

#[test]
fn deduplication_is_by_the_ids_the_webhook_gives() {
    let attributes = queue("EventQueue").attributes;
    let by_content = attributes.get("ContentBasedDeduplication");
    assert!(by_content.is_none_or(|value| value == "false"));
}

#[test]
fn the_dead_letter_queue_is_only_a_net() {
    let dead_letters = queue("DeadLetterQueue");
    let json = &queue("EventQueue").attributes["RedrivePolicy"];
    let policy: Value = serde_json::from_str(json).unwrap();
    assert_eq!(policy["deadLetterTargetArn"], dead_letters.arn());
    assert_eq!(policy["maxReceiveCount"], 1000);
    assert_eq!(dead_letters.attributes["FifoQueue"], "true");
    assert_eq!(
        dead_letters.attributes["MessageRetentionPeriod"],
        FOURTEEN_DAYS
    );
}

/// A deployment that fails takes away what it has made itself, and nothing else ever does: what customers wrote may
/// be in there.
#[test]
fn messages_outlive_the_stack_and_its_mistakes() {
    let template = template().unwrap();
    for (logical, queue) in template.resources_of("AWS::SQS::Queue") {
        assert_eq!(queue["DeletionPolicy"], "RetainExceptOnCreate", "{logical}");
        assert_eq!(queue["UpdateReplacePolicy"], "Retain", "{logical}");
        // A name of one's own would be taken when the stack is created again.
        assert!(queue["Properties"]["QueueName"].is_null(), "{logical}");
    }
}
