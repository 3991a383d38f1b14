//! A queue's attributes: their defaults, their limits, and what they mean.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

use super::error::Error;

/// The most bytes a message, and all messages of a batch together, may have: 1 MiB.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

/// The account that owns all queues.
pub(super) const ACCOUNT: &str = "000000000000";

/// Attributes that are a whole number: name, default, least, most.
const NUMBERS: [(&str, u64, RangeInclusive<u64>); 5] = [
    ("VisibilityTimeout", 30, 0..=43_200),
    ("DelaySeconds", 0, 0..=900),
    ("MessageRetentionPeriod", 345_600, 60..=1_209_600),
    (
        "MaximumMessageSize",
        MOST_BYTES as u64,
        1024..=MOST_BYTES as u64,
    ),
    ("ReceiveMessageWaitTimeSeconds", 0, 0..=20),
];

/// Attributes that only FIFO queues have: name, default, the other value.
const FIFO_ONLY: [(&str, &str, &str); 3] = [
    ("ContentBasedDeduplication", "false", "true"),
    ("DeduplicationScope", "queue", "messageGroup"),
    ("FifoThroughputLimit", "perQueue", "perMessageGroupId"),
];

/// Attributes that are kept and shown, and have no effect here.
const WITHOUT_EFFECT: [&str; 5] = [
    "Policy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "SqsManagedSseEnabled",
];

/// Attributes that only the server knows.
pub(super) const READ_ONLY: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// The region that the queues are in.
pub(crate) const REGION: &str = "us-east-1";

/// The ARN of the queue of this name.
pub fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The other queue's name.
    pub queue: String,
    /// A message that was received this often goes there instead of being received again.
    pub max_receive_count: u32,
}

/// A queue's attributes, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    values: BTreeMap<String, String>,
    dead_letter: Option<DeadLetter>,
    meaning: Meaning,
}

/// What the values say, read once: each call of a queue asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Meaning {
    fifo: bool,
    deduplicates_by_content: bool,
    deduplicates_by_group: bool,
    visibility_timeout: Duration,
    delay: Duration,
    retention: Duration,
    wait: Duration,
    maximum_message_size: usize,
}

impl Meaning {
    /// Of values that `parse` has checked or filled in.
    fn of(values: &BTreeMap<String, String>) -> Self {
        let is = |attribute: &str, value: &str| values.get(attribute).is_some_and(|it| it == value);
        let number = |attribute: &str| {
            let value = values.get(attribute);
            value.and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        let seconds = |attribute: &str| Duration::from_secs(number(attribute));
        Self {
            fifo: is("FifoQueue", "true"),
            deduplicates_by_content: is("ContentBasedDeduplication", "true"),
            deduplicates_by_group: is("DeduplicationScope", "messageGroup"),
            visibility_timeout: seconds("VisibilityTimeout"),
            delay: seconds("DelaySeconds"),
            retention: seconds("MessageRetentionPeriod"),
            wait: seconds("ReceiveMessageWaitTimeSeconds"),
            maximum_message_size: usize::try_from(number("MaximumMessageSize"))
                .unwrap_or(MOST_BYTES),
        }
    }
}

impl Attributes {
    /// Checks the attributes given for a queue of this name, and fills in the defaults.
    pub fn parse(name: &str, given: BTreeMap<String, String>) -> Result<Self, Error> {
        let fifo = is_fifo(&given)?;
        check_name(name, fifo)?;
        let mut values = defaults(fifo);
        for (attribute, value) in given {
            let value = checked(&attribute, &value, fifo)?;
            values.insert(attribute, value);
        }
        check_throughput(&values)?;
        let dead_letter = values
            .get("RedrivePolicy")
            .map(|policy| redrive(policy))
            .transpose()?
            .flatten();
        Ok(Self {
            meaning: Meaning::of(&values),
            values,
            dead_letter,
        })
    }

    /// The first of the given attributes that has another value here.
    pub(super) fn difference(&self, given: &BTreeMap<String, String>) -> Option<String> {
        let differs = |attribute: &String, value: &String| {
            let wanted = checked(attribute, value, self.is_fifo());
            self.values.get(attribute) != wanted.ok().as_ref()
        };
        given
            .iter()
            .find(|(attribute, value)| differs(attribute, value))
            .map(|(attribute, _)| attribute.clone())
    }

    /// Every attribute that was given or has a default.
    pub(super) fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// Whether this is a FIFO queue.
    pub fn is_fifo(&self) -> bool {
        self.meaning.fifo
    }

    /// Whether a message without a deduplication id gets the hash of its body as one.
    pub fn deduplicates_by_content(&self) -> bool {
        self.meaning.deduplicates_by_content
    }

    /// Whether a deduplication id counts within its message group only.
    pub fn deduplicates_by_group(&self) -> bool {
        self.meaning.deduplicates_by_group
    }

    /// How long a received message stays invisible, if the receiver does not say.
    pub fn visibility_timeout(&self) -> Duration {
        self.meaning.visibility_timeout
    }

    /// How long a message stays invisible after it was sent.
    pub fn delay(&self) -> Duration {
        self.meaning.delay
    }

    /// How long a message is kept.
    pub fn retention(&self) -> Duration {
        self.meaning.retention
    }

    /// How long a receive waits for a message, if the receiver does not say.
    pub fn wait(&self) -> Duration {
        self.meaning.wait
    }

    /// The most bytes of a message's body and attributes together.
    pub fn maximum_message_size(&self) -> usize {
        self.meaning.maximum_message_size
    }

    /// Where messages go that were received too often.
    pub fn dead_letter(&self) -> Option<&DeadLetter> {
        self.dead_letter.as_ref()
    }
}

/// Whether `attribute` is one that any queue may have; `All` is not an attribute.
pub(super) fn is_known(attribute: &str) -> bool {
    attribute == "FifoQueue"
        || attribute == "RedrivePolicy"
        || WITHOUT_EFFECT.contains(&attribute)
        || READ_ONLY.contains(&attribute)
        || NUMBERS.iter().any(|(name, ..)| *name == attribute)
        || FIFO_ONLY.iter().any(|(name, ..)| *name == attribute)
}

fn is_fifo(given: &BTreeMap<String, String>) -> Result<bool, Error> {
    match given.get("FifoQueue").map(|value| value.to_lowercase()) {
        None => Ok(false),
        Some(value) if value == "true" => Ok(true),
        // SQS has no "FifoQueue" for a queue that is not one, not even "false".
        Some(value) if value == "false" => Err(unknown("FifoQueue")),
        Some(_) => Err(Error::InvalidAttributeValue("FifoQueue".to_owned())),
    }
}

fn check_name(name: &str, fifo: bool) -> Result<(), Error> {
    let base = name.strip_suffix(".fifo");
    let plain = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !text.is_empty() && text.bytes().all(plain)
    };
    let allowed = match (fifo, base) {
        (true, Some(base)) => plain(base),
        (true, None) => false,
        (false, _) => plain(name),
    };
    if allowed && name.len() <= 80 {
        return Ok(());
    }
    Err(Error::InvalidParameters(if fifo {
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.".to_owned()
    } else {
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
            .to_owned()
    }))
}

fn defaults(fifo: bool) -> BTreeMap<String, String> {
    let numbers = NUMBERS
        .iter()
        .map(|(name, default, _)| ((*name).to_owned(), default.to_string()));
    let choices = FIFO_ONLY
        .iter()
        .filter(|_| fifo)
        .map(|(name, default, _)| ((*name).to_owned(), (*default).to_owned()));
    let encrypted = ("SqsManagedSseEnabled".to_owned(), "true".to_owned());
    numbers.chain(choices).chain([encrypted]).collect()
}

/// The value as it is kept, if the attribute can have it.
fn checked(attribute: &str, value: &str, fifo: bool) -> Result<String, Error> {
    let invalid = || Error::InvalidAttributeValue(attribute.to_owned());
    if let Some((_, _, range)) = NUMBERS.iter().find(|(name, ..)| *name == attribute) {
        let number: u64 = value.parse().map_err(|_| invalid())?;
        return range
            .contains(&number)
            .then(|| number.to_string())
            .ok_or_else(invalid);
    }
    if let Some((_, a, b)) = FIFO_ONLY.iter().find(|(name, ..)| *name == attribute) {
        let kept = [a, b].into_iter().find(|it| it.eq_ignore_ascii_case(value));
        return match kept {
            _ if !fifo => Err(only_fifo(attribute)),
            Some(kept) => Ok((*kept).to_owned()),
            None => Err(invalid()),
        };
    }
    match attribute {
        "FifoQueue" => Ok(value.to_lowercase()),
        "RedrivePolicy" => Ok(value.to_owned()),
        other if WITHOUT_EFFECT.contains(&other) => Ok(value.to_owned()),
        other => Err(unknown(other)),
    }
}

fn unknown(attribute: &str) -> Error {
    Error::InvalidAttributeName(format!("Unknown Attribute {attribute}."))
}

fn only_fifo(attribute: &str) -> Error {
    if attribute == "ContentBasedDeduplication" {
        return unknown(attribute);
    }
    Error::InvalidAttributeName(format!(
        "You can specify the {attribute} only when FifoQueue is set to true."
    ))
}

fn check_throughput(values: &BTreeMap<String, String>) -> Result<(), Error> {
    let is = |name: &str, value: &str| values.get(name).is_some_and(|it| it == value);
    if is("FifoThroughputLimit", "perMessageGroupId") && is("DeduplicationScope", "queue") {
        return Err(Error::InvalidAttributeValue(
            "FifoThroughputLimit".to_owned(),
        ));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: String,
    max_receive_count: serde_json::Value,
}

/// Reads a redrive policy; an empty one is none.
fn redrive(policy: &str) -> Result<Option<DeadLetter>, Error> {
    if policy.is_empty() {
        return Ok(None);
    }
    let invalid = |reason: &str| Error::value("RedrivePolicy", policy, reason);
    let read: RedrivePolicy =
        serde_json::from_str(policy).map_err(|error| invalid(&error.to_string()))?;
    let count = match &read.max_receive_count {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let max_receive_count = count
        .and_then(|count| u32::try_from(count).ok())
        .filter(|count| (1..=1000).contains(count))
        .ok_or_else(|| invalid("Invalid value for maxReceiveCount"))?;
    let queue = read
        .dead_letter_target_arn
        .strip_prefix("arn:")
        .and_then(|rest| rest.rsplit(':').next())
        .ok_or_else(|| invalid("Invalid value for deadLetterTargetArn"))?;
    Ok(Some(DeadLetter {
        queue: queue.to_owned(),
        max_receive_count,
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::{Attributes, DeadLetter, Error, arn};

    fn parse(name: &str, given: &[(&str, &str)]) -> Result<Attributes, Error> {
        Attributes::parse(name, map(given))
    }

    fn map(given: &[(&str, &str)]) -> BTreeMap<String, String> {
        given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn code(result: Result<Attributes, Error>) -> String {
        result.unwrap_err().code()
    }

    #[test]
    fn a_queue_without_attributes_has_those_of_sqs() {
        let attributes = parse("q", &[]).unwrap();
        assert!(!attributes.is_fifo());
        assert_eq!(attributes.visibility_timeout(), Duration::from_secs(30));
        assert_eq!(attributes.delay(), Duration::ZERO);
        assert_eq!(attributes.retention(), Duration::from_secs(4 * 86_400));
        assert_eq!(attributes.wait(), Duration::ZERO);
        assert_eq!(attributes.maximum_message_size(), 1_048_576);
        assert_eq!(attributes.dead_letter(), None);
        assert!(!attributes.values().contains_key("DeduplicationScope"));
    }

    #[test]
    fn a_fifo_queue_is_named_so_and_says_so() {
        assert!(parse("q.fifo", &[("FifoQueue", "True")]).unwrap().is_fifo());
        for (name, fifo) in [("q", "true"), (".fifo", "true"), ("a.b.fifo", "true")] {
            let result = parse(name, &[("FifoQueue", fifo)]);
            assert_eq!(code(result), "InvalidParameterValue", "{name}");
        }
        assert_eq!(code(parse("q.fifo", &[])), "InvalidParameterValue");
        let refused = parse("q", &[("FifoQueue", "false")]);
        assert_eq!(code(refused), "InvalidAttributeName");
    }

    #[test]
    fn a_name_has_1_to_80_letters_digits_hyphens_and_underscores() {
        assert!(parse(&"a".repeat(80), &[]).is_ok());
        for name in ["", "a b", "a/b", &"a".repeat(81)] {
            assert_eq!(code(parse(name, &[])), "InvalidParameterValue", "{name:?}");
        }
    }

    #[test]
    fn a_number_out_of_range_is_refused() {
        for (name, value) in [
            ("VisibilityTimeout", "43201"),
            ("DelaySeconds", "901"),
            ("DelaySeconds", "-1"),
            ("MessageRetentionPeriod", "59"),
            ("MaximumMessageSize", "1048577"),
            ("ReceiveMessageWaitTimeSeconds", "21"),
            ("VisibilityTimeout", "soon"),
        ] {
            let result = parse("q", &[(name, value)]);
            assert_eq!(code(result), "InvalidAttributeValue", "{name} {value}");
        }
    }

    #[test]
    fn only_a_fifo_queue_takes_the_attributes_of_one() {
        for (name, value) in [
            ("ContentBasedDeduplication", "true"),
            ("DeduplicationScope", "queue"),
            ("FifoThroughputLimit", "perQueue"),
            ("Unheard", "of"),
            ("QueueArn", "arn"),
        ] {
            assert_eq!(code(parse("q", &[(name, value)])), "InvalidAttributeName");
        }
    }

    #[test]
    fn high_throughput_needs_deduplication_by_group() {
        let fifo = ("FifoQueue", "true");
        let limit = ("FifoThroughputLimit", "perMessageGroupId");
        let result = parse("q.fifo", &[fifo, limit]);
        assert_eq!(code(result), "InvalidAttributeValue");
        let scope = ("DeduplicationScope", "messageGroup");
        let attributes = parse("q.fifo", &[fifo, limit, scope]).unwrap();
        assert!(attributes.deduplicates_by_group());
        assert_eq!(
            attributes.values()["FifoThroughputLimit"],
            "perMessageGroupId"
        );
    }

    #[test]
    fn a_redrive_policy_names_a_queue_and_a_count() {
        for count in ["3", "\"3\""] {
            let policy = format!(
                r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{count}}}"#,
                arn("dead")
            );
            let attributes = parse("q", &[("RedrivePolicy", &policy)]).unwrap();
            let dead_letter = DeadLetter {
                queue: "dead".to_owned(),
                max_receive_count: 3,
            };
            assert_eq!(attributes.dead_letter(), Some(&dead_letter));
        }
        for policy in [
            r#"{"maxReceiveCount":3}"#,
            r#"{"deadLetterTargetArn":"arn:aws:sqs:r:0:dead"}"#,
            r#"{"deadLetterTargetArn":"arn:aws:sqs:r:0:dead","maxReceiveCount":"many"}"#,
            r#"{"deadLetterTargetArn":"arn:aws:sqs:r:0:dead","maxReceiveCount":1001}"#,
            r#"{"deadLetterTargetArn":"dead","maxReceiveCount":1}"#,
        ] {
            let result = parse("q", &[("RedrivePolicy", policy)]);
            assert_eq!(code(result), "InvalidParameterValue", "{policy}");
        }
    }

    #[test]
    fn the_same_attributes_differ_in_nothing() {
        let attributes = parse("q", &[("DelaySeconds", "5")]).unwrap();
        assert_eq!(attributes.difference(&map(&[])), None);
        assert_eq!(attributes.difference(&map(&[("DelaySeconds", "5")])), None);
        assert_eq!(
            attributes.difference(&map(&[("VisibilityTimeout", "30")])),
            None
        );
        let other = attributes.difference(&map(&[("DelaySeconds", "6")]));
        assert_eq!(other.as_deref(), Some("DelaySeconds"));
    }
}
