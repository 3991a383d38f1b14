//! Where the local DynamoDB is known to differ from DynamoDB, and the model follows
//! DynamoDB's documentation.

use serde_json::Value;

/// One call, and its two answers.
pub(super) struct Answers<'a> {
    pub(super) operation: &'a str,
    pub(super) request: &'a Value,
    pub(super) model: &'a Value,
    pub(super) local: &'a Value,
}

/// What a known difference leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    SameRows,
    /// One of them may have written and the other not: nothing more can be compared.
    OtherRows,
}

impl Answers<'_> {
    /// Whether their difference is a known one.
    pub(super) fn known(&self) -> Option<Known> {
        if self.returns_the_key_as_old() || self.counts_what_is_not_in_the_page() {
            return Some(Known::SameRows);
        }
        let others = self.judges_a_lone_condition_late()
            || self.judges_operands_late()
            || self.takes_aliases_without_expressions()
            || self.changes_a_key();
        others.then_some(Known::OtherRows)
    }

    /// An update that makes an item returns nothing as what was before. The local one
    /// returns the key.
    fn returns_the_key_as_old(&self) -> bool {
        self.operation == "UpdateItem"
            && self.request["ReturnValues"] == "ALL_OLD"
            && self
                .model
                .as_object()
                .is_some_and(serde_json::Map::is_empty)
            && self.local["Attributes"] == self.request["Key"]
    }

    /// What was looked at is what is in the page, without filters. The local one counts
    /// one more where a page is full by its bytes.
    fn counts_what_is_not_in_the_page(&self) -> bool {
        let count = self.model["ScannedCount"].as_u64();
        let mut local = self.local.clone();
        if let (Some(count), Some(scanned)) = (count, local.get_mut("ScannedCount")) {
            let one_more = *scanned == count + 1;
            *scanned = count.into();
            return one_more && local == *self.model;
        }
        false
    }

    /// Each alias must be used, and be one. In an update without an update expression
    /// the local one does not see to it before it comes to it.
    fn judges_a_lone_condition_late(&self) -> bool {
        self.operation == "UpdateItem"
            && self.request["UpdateExpression"].is_null()
            && ["unused in expressions", "is not defined"]
                .iter()
                .any(|words| self.model_says(words))
    }

    /// An expression whose values cannot be what its operators take is refused with the
    /// request. In a transaction the local one refuses it when it comes to it, if ever.
    fn judges_operands_late(&self) -> bool {
        self.operation == "TransactWriteItems"
            && ["Incorrect operand type", "The BETWEEN operator requires"]
                .iter()
                .any(|words| self.model_says(words))
    }

    /// Aliases without an expression are refused; in a transaction regions differ, and
    /// the local one does as those that take them.
    fn takes_aliases_without_expressions(&self) -> bool {
        self.operation == "TransactWriteItems"
            && self.model_says("can only be specified when using expressions")
    }

    /// A key cannot be changed. In a transaction the local one changes it.
    fn changes_a_key(&self) -> bool {
        let mut reasons = self.model["CancellationReasons"]
            .as_array()
            .into_iter()
            .flatten();
        self.operation == "TransactWriteItems"
            && reasons.any(|reason| says(reason, "Message", "This attribute is part of the key"))
    }

    fn model_says(&self, words: &str) -> bool {
        says(self.model, "message", words)
    }
}

fn says(error: &Value, member: &str, words: &str) -> bool {
    let message = error[member].as_str();
    message.is_some_and(|message| message.contains(words))
}
