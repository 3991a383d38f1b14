//! Taking messages out of the queue before their batch ends: what is acknowledged does not
//! come again, whatever becomes of the batch, and its group is free.

use std::error::Error;

use aws_sdk_sqs::types::{BatchResultErrorEntry, DeleteMessageBatchRequestEntry};

use crate::aws::reasons;
use crate::queue::{Queue, Receipt};

impl Queue {
    /// Deletes the messages. Where that fails they are deleted when their batch ends, or
    /// come again and are found settled.
    pub async fn acknowledge(&self, receipts: &[Receipt]) {
        for receipts in receipts.chunks(10) {
            let entries = receipts
                .iter()
                .enumerate()
                .filter_map(|(id, receipt)| entry(id, receipt));
            let request = self.client.delete_message_batch().queue_url(&self.url);
            let result = request.set_entries(Some(entries.collect())).send().await;
            if let Some(error) = error(result, |answer| answer.failed) {
                tracing::warn!(error, "settled messages could not be acknowledged at once");
            }
        }
    }
}

/// Why not all entries of a batch were taken, if so.
pub(super) fn error<T>(
    result: Result<T, impl Error>,
    failed: impl FnOnce(T) -> Vec<BatchResultErrorEntry>,
) -> Option<String> {
    match result {
        Ok(answer) => failed(answer).into_iter().next().map(|entry| entry.code),
        Err(error) => Some(reasons(&error)),
    }
}

fn entry(id: usize, receipt: &Receipt) -> Option<DeleteMessageBatchRequestEntry> {
    let entry = DeleteMessageBatchRequestEntry::builder()
        .id(id.to_string())
        .receipt_handle(&receipt.0);
    entry.build().ok()
}
