//! Giving messages back before their time: a FIFO group stays locked while any
//! of its messages is in flight, so all of a chat's are given back together.

use std::time::Duration;

use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;

use crate::queue::Queue;
use crate::queue::acknowledge::error;

/// What SQS needs to find a message in flight.
#[derive(Debug, Clone)]
pub struct Receipt(pub String);

impl Queue {
    /// Lets the messages be received again after `wait`. Where that fails they
    /// come back when their visibility ends: late, but not lost.
    pub async fn give_back(&self, receipts: &[Receipt], wait: Duration) {
        for receipts in receipts.chunks(10) {
            let entries = receipts
                .iter()
                .enumerate()
                .filter_map(|(id, receipt)| entry(id, receipt, wait));
            let request = self
                .client
                .change_message_visibility_batch()
                .queue_url(&self.url);
            let result = request.set_entries(Some(entries.collect())).send().await;
            if let Some(error) = error(result, |answer| answer.failed) {
                tracing::warn!(
                    error,
                    "messages could not be given back early; they come back on their own"
                );
            }
        }
    }
}

/// SQS waits for whole seconds; a part of one that is cut off would be no wait.
fn whole_seconds(wait: Duration) -> u128 {
    wait.as_millis().div_ceil(1000)
}

fn entry(
    id: usize,
    receipt: &Receipt,
    wait: Duration,
) -> Option<ChangeMessageVisibilityBatchRequestEntry> {
    let seconds = i32::try_from(whole_seconds(wait)).ok()?;
    ChangeMessageVisibilityBatchRequestEntry::builder()
        .id(id.to_string())
        .receipt_handle(&receipt.0)
        .visibility_timeout(seconds)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_is_waited_for() {
        assert_eq!(whole_seconds(Duration::ZERO), 0);
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(2001)), 3);
    }
}
