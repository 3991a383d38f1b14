//! What SQS refuses, in the words and codes of SQS.

use super::content::ALLOWED;

/// A request, or one entry of a batch, that SQS refuses. The texts are those of SQS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No queue has this name.
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    /// A queue of this name exists with another value for this attribute.
    #[error("A queue already exists with the same name and a different value for attribute {0}")]
    QueueNameExists(String),
    /// A queue attribute that SQS, or this type of queue, does not have.
    #[error("{0}")]
    InvalidAttributeName(String),
    /// A queue attribute with a value it cannot have.
    #[error("Invalid value for the parameter {0}.")]
    InvalidAttributeValue(String),
    /// A parameter with a value it cannot have.
    #[error("Value {value} for parameter {parameter} is invalid. Reason: {reason}.")]
    InvalidParameterValue {
        /// The value as it came.
        value: String,
        /// The parameter's name.
        parameter: &'static str,
        /// Why, without a full stop.
        reason: String,
    },
    /// Several parameters together, or one that has no single value, are wrong.
    #[error("{0}")]
    InvalidParameters(String),
    /// Body and attributes of a message exceed the queue's limit in bytes.
    #[error("One or more parameters are invalid. Reason: Message must be shorter than {0} bytes.")]
    MessageTooLong(usize),
    /// A parameter that must be there is not.
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// The body has this character, which SQS does not carry.
    #[error(
        "Invalid binary character '#x{0:X}' was found in the message body, the set of allowed characters is {ALLOWED}"
    )]
    InvalidMessageContents(u32),
    /// Not a receipt handle of this queue.
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleIsInvalid(String),
    /// The handle's time is over, and the queue is FIFO.
    #[error(
        "Value {0} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    )]
    ReceiptHandleExpired(String),
    /// The message is not in flight.
    #[error("The message referred to is not in flight.")]
    MessageNotInflight,
    /// A standard queue has as many messages in flight as it may.
    #[error("Too many messages in flight.")]
    OverLimit,
    /// More than ten entries.
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    /// No entry; the name of the entry type.
    #[error("There should be at least one {0} in the request.")]
    EmptyBatchRequest(&'static str),
    /// Two entries of one batch have this id.
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    /// An entry's id is empty, too long, or has another character.
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    InvalidBatchEntryId,
    /// All messages of a batch together have more bytes than the limit (limit, sent).
    #[error("Batch requests cannot be longer than {0} bytes. You have sent {1} bytes.")]
    BatchRequestTooLong(usize, usize),
    /// A purge less than sixty seconds after another, of this queue.
    #[error("Only one PurgeQueue operation on {0} is allowed every 60 seconds.")]
    PurgeQueueInProgress(String),
    /// SQS has a name for it, but does not do it.
    #[error("{0}")]
    UnsupportedOperation(String),
    /// An action that SQS does not have, or that this server does not do.
    #[error("The action {0} is not valid for this endpoint.")]
    UnknownAction(String),
    /// A body that is not the JSON the action takes.
    #[error("{0}")]
    Serialization(String),
}

/// The namespace of the errors that belong to AWS as a whole.
const COMMON: &str = "com.amazon.coral.service";

/// The namespace of the errors in SQS's own model.
const MODELLED: &str = "com.amazonaws.sqs";

/// What the query protocol put before the codes of some modelled errors.
const QUERY_PREFIX: &str = "AWS.SimpleQueueService.";

impl Error {
    /// A parameter with a value it cannot have.
    pub(super) fn value(
        parameter: &'static str,
        value: &(impl ToString + ?Sized),
        reason: impl Into<String>,
    ) -> Self {
        Self::InvalidParameterValue {
            value: value.to_string(),
            parameter,
            reason: reason.into(),
        }
    }

    /// A parameter that only the other type of queue takes.
    pub(super) fn queue_type(parameter: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        let reason = "The request include parameter that is not valid for this queue type";
        Self::value(parameter, value, reason)
    }

    /// The handle of a message that is deleted, or was received again since.
    pub(super) fn not_changeable(handle: &str) -> Self {
        let reason = "Message does not exist or is not available for visibility timeout change";
        Self::value("ReceiptHandle", handle, reason)
    }

    /// The HTTP status of the answer.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::PurgeQueueInProgress(_) => 403,
            _ => 400,
        }
    }

    /// What stands in `__type`: the error's name with its namespace.
    pub(super) fn type_name(&self) -> String {
        let name = self.shape();
        let common = name.ends_with("Exception");
        format!("{}#{name}", if common { COMMON } else { MODELLED })
    }

    /// The code of the old query protocol. The SDKs know errors by this one.
    pub(super) fn code(&self) -> String {
        let name = self.shape();
        match name {
            "QueueDoesNotExist" => format!("{QUERY_PREFIX}NonExistentQueue"),
            "QueueNameExists" => "QueueAlreadyExists".to_owned(),
            "InvalidParameterValueException" => "InvalidParameterValue".to_owned(),
            "MissingRequiredParameterException" => "MissingParameter".to_owned(),
            "UnknownOperationException" => "InvalidAction".to_owned(),
            "InvalidAttributeName"
            | "InvalidAttributeValue"
            | "InvalidMessageContents"
            | "ReceiptHandleIsInvalid"
            | "OverLimit"
            | "SerializationException" => name.to_owned(),
            _ => format!("{QUERY_PREFIX}{name}"),
        }
    }

    fn shape(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "QueueDoesNotExist",
            Self::QueueNameExists(_) => "QueueNameExists",
            Self::InvalidAttributeName(_) => "InvalidAttributeName",
            Self::InvalidAttributeValue(_) => "InvalidAttributeValue",
            Self::InvalidParameterValue { .. }
            | Self::InvalidParameters(_)
            | Self::MessageTooLong(_)
            | Self::ReceiptHandleExpired(_) => "InvalidParameterValueException",
            Self::MissingParameter(_) => "MissingRequiredParameterException",
            Self::InvalidMessageContents(_) => "InvalidMessageContents",
            Self::ReceiptHandleIsInvalid(_) => "ReceiptHandleIsInvalid",
            Self::MessageNotInflight => "MessageNotInflight",
            Self::OverLimit => "OverLimit",
            Self::TooManyEntriesInBatchRequest(_) => "TooManyEntriesInBatchRequest",
            Self::EmptyBatchRequest(_) => "EmptyBatchRequest",
            Self::BatchEntryIdsNotDistinct(_) => "BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "InvalidBatchEntryId",
            Self::BatchRequestTooLong(..) => "BatchRequestTooLong",
            Self::PurgeQueueInProgress(_) => "PurgeQueueInProgress",
            Self::UnsupportedOperation(_) => "UnsupportedOperation",
            Self::UnknownAction(_) => "UnknownOperationException",
            Self::Serialization(_) => "SerializationException",
        }
    }

    /// The code of a batch entry that failed with this error.
    pub(super) fn entry_code(&self) -> String {
        match self {
            Self::ReceiptHandleExpired(_) => "ReceiptHandleIsInvalid".to_owned(),
            other => other.code(),
        }
    }

    /// The text of a batch entry that failed with this error: there SQS gives the bare reason.
    pub(super) fn entry_message(&self) -> String {
        match self {
            Self::InvalidParameterValue { reason, .. } => reason.clone(),
            Self::ReceiptHandleExpired(_) => "The receipt handle has expired".to_owned(),
            Self::MessageTooLong(limit) => format!(
                "One or more parameters cannot be validated. Reason: Message must be shorter than {limit} bytes."
            ),
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_missing_queue_has_the_codes_of_both_protocols() {
        let error = Error::QueueDoesNotExist;
        assert_eq!(error.type_name(), "com.amazonaws.sqs#QueueDoesNotExist");
        assert_eq!(error.code(), "AWS.SimpleQueueService.NonExistentQueue");
        assert_eq!(error.status(), 400);
    }

    #[test]
    fn a_wrong_parameter_has_the_name_common_to_all_of_aws() {
        let error = Error::MessageTooLong(1024);
        assert_eq!(
            error.type_name(),
            "com.amazon.coral.service#InvalidParameterValueException"
        );
        assert_eq!(error.code(), "InvalidParameterValue");
    }

    #[test]
    fn a_purge_too_soon_is_a_403() {
        let error = Error::PurgeQueueInProgress(String::new());
        assert_eq!(error.status(), 403);
        assert_eq!(error.code(), "AWS.SimpleQueueService.PurgeQueueInProgress");
    }

    #[test]
    fn an_expired_handle_is_named_differently_in_a_batch() {
        let expired = Error::ReceiptHandleExpired("h".to_owned());
        assert_eq!(expired.code(), "InvalidParameterValue");
        assert_eq!(expired.entry_code(), "ReceiptHandleIsInvalid");
        assert_eq!(expired.entry_message(), "The receipt handle has expired");
    }
}
