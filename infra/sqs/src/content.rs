//! What a message may contain, how long it is, and its digests.

use std::collections::BTreeMap;
use std::fmt::Write;

use md5::{Digest, Md5};
use sha2::Sha256;

use super::error::Error;
use super::message::{MessageAttribute, NewMessage, Value};

/// The characters of a body, as SQS words it.
pub(super) const ALLOWED: &str =
    "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";

/// The most attributes of a message.
const MOST_ATTRIBUTES: usize = 10;

/// The longest name or type of an attribute.
const LONGEST_NAME: usize = 256;

/// Refuses a message that no queue takes.
pub(super) fn check(message: &NewMessage) -> Result<(), Error> {
    if message.body.is_empty() {
        return Err(Error::MissingParameter("MessageBody"));
    }
    if let Some(character) = message.body.chars().find(|it| !is_allowed(*it)) {
        return Err(Error::InvalidMessageContents(character.into()));
    }
    if message.attributes.len() > MOST_ATTRIBUTES {
        return Err(Error::InvalidParameters(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{MOST_ATTRIBUTES}].",
            message.attributes.len()
        )));
    }
    let attributes = &message.attributes;
    attributes
        .iter()
        .try_for_each(|(name, attribute)| check_attribute(name, attribute))
}

/// Refuses an id that is not 1 to 128 letters, digits and punctuation of ASCII.
pub(super) fn check_id(parameter: &'static str, id: &str) -> Result<(), Error> {
    if (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let reason = format!(
        "{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length"
    );
    Err(Error::value(parameter, id, reason))
}

/// The bytes that count against the limit: body, and names, types and values of the attributes.
pub(super) fn bytes(message: &NewMessage) -> usize {
    let attribute = |(name, attribute): (&String, &MessageAttribute)| {
        name.len() + attribute.data_type.len() + attribute.value.bytes().len()
    };
    message.body.len() + message.attributes.iter().map(attribute).sum::<usize>()
}

/// MD5 of a body.
pub(super) fn body_md5(body: &str) -> String {
    hex(&Md5::digest(body))
}

/// MD5 of attributes: in order of their names, each as name, type, kind of value and value, with
/// the length before each text. `None` if there are none.
pub(super) fn attributes_md5<'a>(
    attributes: impl IntoIterator<Item = (&'a String, &'a MessageAttribute)>,
) -> Option<String> {
    let mut sorted: Vec<_> = attributes.into_iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut md5 = Md5::new();
    for (name, attribute) in &sorted {
        add_part(&mut md5, name.as_bytes());
        add_part(&mut md5, attribute.data_type.as_bytes());
        md5.update([match attribute.value {
            Value::Text(_) => 1,
            Value::Binary(_) => 2,
        }]);
        add_part(&mut md5, attribute.value.bytes());
    }
    (!sorted.is_empty()).then(|| hex(&md5.finalize()))
}

/// MD5 of the one system attribute that a sender may set.
pub(super) fn system_attributes_md5(trace_header: Option<&MessageAttribute>) -> Option<String> {
    let name = "AWSTraceHeader".to_owned();
    let attributes: BTreeMap<_, _> = trace_header
        .cloned()
        .map(|it| (name, it))
        .into_iter()
        .collect();
    attributes_md5(&attributes)
}

/// The deduplication id that a body gives.
pub(super) fn content_id(body: &str) -> String {
    hex(&Sha256::digest(body))
}

fn add_part(md5: &mut Md5, part: &[u8]) {
    // No part can be longer than a request, which is far below 4 GiB.
    md5.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    md5.update(part);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn is_allowed(character: char) -> bool {
    matches!(character,
        '\u{9}' | '\u{A}' | '\u{D}'
        | '\u{20}'..='\u{D7FF}'
        | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}

fn check_attribute(name: &str, attribute: &MessageAttribute) -> Result<(), Error> {
    if !is_attribute_name(name) {
        return Err(Error::InvalidParameters(format!(
            "The message attribute name '{name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.)."
        )));
    }
    let kind = attribute.data_type.split('.').next().unwrap_or_default();
    let fits = match attribute.value {
        Value::Text(_) => matches!(kind, "String" | "Number"),
        Value::Binary(_) => kind == "Binary",
    };
    if !fits || attribute.data_type.len() > LONGEST_NAME {
        return Err(Error::InvalidParameters(format!(
            "The type of message (user) attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String."
        )));
    }
    check_attribute_value(name, kind, &attribute.value)
}

fn check_attribute_value(name: &str, kind: &str, value: &Value) -> Result<(), Error> {
    let problem = match value {
        value if value.bytes().is_empty() => {
            format!("must contain a non-empty value of type '{kind}'.")
        }
        Value::Text(text) if !text.chars().all(is_allowed) => {
            format!("contains a character that is not one of {ALLOWED}.")
        }
        Value::Text(text) if kind == "Number" && text.parse::<f64>().is_err() => {
            "must be a number.".to_owned()
        }
        _ => return Ok(()),
    };
    Err(Error::InvalidParameters(format!(
        "Message (user) attribute '{name}' {problem}"
    )))
}

fn is_attribute_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    (1..=LONGEST_NAME).contains(&name.len())
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !lower.starts_with("aws.")
        && !lower.starts_with("amazon.")
        // Letters of other alphabets are taken too, whatever the documentation says.
        && name.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Error, attributes_md5, body_md5, bytes, check, check_id, content_id};
    use crate::message::{MessageAttribute, NewMessage, Value};

    fn attribute(data_type: &str, value: &str) -> MessageAttribute {
        MessageAttribute {
            data_type: data_type.to_owned(),
            ..MessageAttribute::text(value)
        }
    }

    fn with_attributes(attributes: &[(&str, MessageAttribute)]) -> NewMessage {
        NewMessage {
            body: "test".to_owned(),
            attributes: attributes
                .iter()
                .map(|(name, attribute)| ((*name).to_owned(), attribute.clone()))
                .collect(),
            ..NewMessage::default()
        }
    }

    fn body(body: &str) -> Result<(), Error> {
        check(&NewMessage {
            body: body.to_owned(),
            ..NewMessage::default()
        })
    }

    /// The digests in these two tests are those that SQS itself gave for the same input.
    #[test]
    fn the_md5_of_a_body_is_the_one_of_sqs() {
        assert_eq!(
            body_md5("message-body-1"),
            "19c9e282d65f9733bc6b35d50062c7ee"
        );
    }

    #[test]
    fn the_md5_of_attributes_is_the_one_of_sqs() {
        let text = with_attributes(&[
            ("Help.Me", attribute("String", "Me")),
            ("Hello", attribute("String", "There")),
            ("General", attribute("String", "Kenobi")),
        ]);
        let md5 = attributes_md5(&text.attributes);
        assert_eq!(md5.as_deref(), Some("4c360f3fdafd970e05fae2f149d997f5"));
        let value = b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01";
        let binary = MessageAttribute {
            data_type: "Binary".to_owned(),
            value: Value::Binary(value.to_vec()),
        };
        let md5 = attributes_md5(&with_attributes(&[("attr1", binary)]).attributes);
        assert_eq!(md5.as_deref(), Some("8cbe4db156db8a94db8b801b7addb984"));
        assert_eq!(attributes_md5(&BTreeMap::new()), None);
    }

    #[test]
    fn the_content_id_is_the_sha_256_of_the_body() {
        assert_eq!(
            content_id("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_body_may_have_the_characters_of_xml() {
        let edges = "\u{9}\u{A}\u{D}\u{20}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}";
        assert_eq!(body(edges), Ok(()));
        for character in [
            '\0', '\u{8}', '\u{B}', '\u{C}', '\u{1F}', '\u{FFFE}', '\u{FFFF}',
        ] {
            let refused = Error::InvalidMessageContents(character.into());
            assert_eq!(body(&format!("a{character}")), Err(refused));
        }
        assert_eq!(body(""), Err(Error::MissingParameter("MessageBody")));
    }

    #[test]
    fn the_size_of_a_message_counts_its_attributes() {
        assert_eq!(bytes(&with_attributes(&[])), 4);
        let message = with_attributes(&[("k", attribute("String", "é"))]);
        assert_eq!(bytes(&message), 4 + 1 + 6 + 2);
    }

    #[test]
    fn an_id_has_1_to_128_letters_digits_and_punctuation() {
        let all: String = ('!'..='~').collect();
        assert_eq!(check_id("MessageGroupId", &all), Ok(()));
        assert_eq!(check_id("MessageGroupId", &"a".repeat(128)), Ok(()));
        for id in ["", "a b", "é", "\u{7f}", &"a".repeat(129)] {
            assert!(check_id("MessageGroupId", id).is_err(), "{id:?}");
        }
    }

    #[test]
    fn odd_attributes_are_refused() {
        let good = attribute("Number.int", "12");
        assert_eq!(
            check(&with_attributes(&[("attr.1øßä", good.clone())])),
            Ok(())
        );
        for name in [
            "aWs.x",
            "AMAZON.x",
            ".x",
            "x.",
            "a!b",
            "a b",
            "",
            &"L".repeat(257),
        ] {
            assert!(
                check(&with_attributes(&[(name, good.clone())])).is_err(),
                "{name:?}"
            );
        }
        for bad in [
            attribute("String", ""),
            attribute("String", "\u{8}"),
            attribute("Invalid", "x"),
            attribute("Binary", "x"),
            attribute("Number", "x"),
            attribute(&format!("Number.{}", "L".repeat(256)), "1"),
        ] {
            let error = check(&with_attributes(&[("a", bad.clone())])).unwrap_err();
            assert_eq!(error.code(), "InvalidParameterValue", "{bad:?}");
        }
    }

    #[test]
    fn a_message_has_ten_attributes_at_most() {
        let names: Vec<String> = (0..11).map(|number| format!("a{number}")).collect();
        let attributes: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), attribute("String", "x")))
            .collect();
        assert!(check(&with_attributes(&attributes[..10])).is_ok());
        assert!(check(&with_attributes(&attributes)).is_err());
    }
}
