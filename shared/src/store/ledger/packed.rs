//! A plan in fewer bytes: DynamoDB counts a write by the row's size, in steps of a KB, and a flex message is many times
//! as long as what it says.

use std::fmt;
use std::io::{Read as _, Write as _};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Deserializer;
use serde::de::{Error, Visitor};

use crate::store::Item;

/// The attribute: JSON as text, or the same deflated.
const PLAN: &str = "plan";
/// A write unit
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>).
const UNIT: usize = 1024;
/// A plan is shorter than this, with its event: what inflates to more was not deflated here.
const MOST: u64 = 1024 * 1024;

/// The row with its plan deflated, if it is written with fewer write units so.
pub(in crate::store) fn packed(mut item: Item) -> Item {
    let Some(AttributeValue::S(plan)) = item.get(PLAN) else {
        return item;
    };
    let size = size(&item);
    if size <= UNIT {
        return item;
    }
    let deflated = deflated(plan.as_bytes());
    let smaller = (size + deflated.len()).saturating_sub(plan.len());
    if smaller.div_ceil(UNIT) < size.div_ceil(UNIT) {
        let deflated = AttributeValue::B(Blob::new(deflated));
        item.insert(PLAN.to_owned(), deflated);
    }
    item
}

/// The row with its plan as text. One that does not inflate stays as it is: nobody can read it.
pub(in crate::store) fn unpacked(mut item: Item) -> Item {
    let Some(AttributeValue::B(deflated)) = item.get(PLAN) else {
        return item;
    };
    if let Some(plan) = inflated(deflated.as_ref()) {
        item.insert(PLAN.to_owned(), AttributeValue::S(plan));
    }
    item
}

/// A row's plan, as text or deflated. Every reader of a row has it by this: the table's, and its stream's.
pub(super) fn plan<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    from.deserialize_any(PlanVisitor)
}

struct PlanVisitor;

impl Visitor<'_> for PlanVisitor {
    type Value = Option<String>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a plan")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_bytes<E: Error>(self, deflated: &[u8]) -> Result<Self::Value, E> {
        let plan = inflated(deflated).ok_or_else(|| E::custom("the plan does not inflate"))?;
        Ok(Some(plan))
    }
}

/// Whether a row's plan is deflated.
pub(super) fn is_packed(item: &Item) -> bool {
    matches!(item.get(PLAN), Some(AttributeValue::B(_)))
}

/// What is deflated before a plan and taken off again: so its words need not be in the row. Rows refer to it by place: it
/// never changes.
const COMMON: &str = concat!(
    r##"{"animated":true,"aspectMode":"cover","aspectRatio":"20:13","backgroundColor":"#FFFFFF","cornerRadius":"md","##,
    r##""paddingAll":"lg","position":"relative","gravity":"center","align":"end","margin":"md","flex":0,"offsetTop":"none","##,
    r##""type":"separator","type":"icon","type":"carousel","quickReply":{"items":[{"action":{"displayText":"","label":"","##,
    r##""text":"","type":"message"},"type":"action"}]},"sender":{"iconUrl":"https://","name":""},"mode":"datetime","##,
    r##""type":"datetimepicker","{"type":"push","messages":[{"type":"reply","token":"","messages":[{"altText":"","contents":"##,
    r##"{"hero":{"aspectMode":"cover","aspectRatio":"20:13","size":"full","type":"image","url":"https://"},"body":{"contents":["##,
    r##"{"color":"#aaaaaa","size":"xl","text":"","type":"text","weight":"bold"},{"contents":[{"flex":1,"size":"sm","text":"","##,
    r##""type":"text"},{"flex":4,"size":"sm","text":"","type":"text","wrap":true}],"layout":"horizontal","spacing":"sm","##,
    r##""type":"box"}],"layout":"vertical","spacing":"md","type":"box"},"footer":{"contents":[{"action":{"data":"","##,
    r##""displayText":"","label":"","type":"postback"},"style":"primary","type":"button"},{"action":{"label":"","type":"uri","##,
    r##""uri":"https://"},"type":"button"}],"layout":"vertical","spacing":"sm","type":"box"},"type":"bubble"},"type":"flex"}],"##,
    r##""or_push":false,"deadline":17"##,
);

fn deflated(plan: &[u8]) -> Vec<u8> {
    let (mut encoder, known) = after_common();
    let written = encoder.write_all(plan).and_then(|()| encoder.finish());
    let all = written.unwrap_or_else(|_| unreachable!("a Vec takes all that is written"));
    all[known..].to_vec()
}

/// The plan that was deflated into these bytes, if it is one.
pub fn inflated(plan: &[u8]) -> Option<String> {
    let (encoder, known) = after_common();
    let common = &encoder.get_ref()[..known];
    let mut text = String::new();
    let mut decoder = DeflateDecoder::new(common.chain(plan)).take(MOST);
    decoder.read_to_string(&mut text).ok()?;
    let text = Some(text).filter(|text| (text.len() as u64) < MOST)?;
    text.strip_prefix(COMMON).map(str::to_owned)
}

/// An encoder that has taken the common text, and how many bytes that has come to: flushed, they end with a whole byte.
fn after_common() -> (DeflateEncoder<Vec<u8>>, usize) {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let written = encoder
        .write_all(COMMON.as_bytes())
        .and_then(|()| encoder.flush());
    written.unwrap_or_else(|_| unreachable!("a Vec takes all that is written"));
    let known = encoder.get_ref().len();
    (encoder, known)
}

/// As DynamoDB counts it, but for numbers, of which it takes fewer bytes
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
fn size(item: &Item) -> usize {
    let members = item.iter();
    members
        .map(|(name, value)| name.len() + size_of(value))
        .sum()
}

fn size_of(value: &AttributeValue) -> usize {
    let all = |values: &[String]| values.iter().map(String::len).sum();
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => all(texts),
        AttributeValue::L(values) => {
            3 + values.iter().map(|value| 1 + size_of(value)).sum::<usize>()
        }
        AttributeValue::M(item) => 3 + item.len() + size(item),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::store::s;

    fn row(plan: &str) -> Item {
        Item::from([("bot_id".to_owned(), s("U1")), (PLAN.to_owned(), s(plan))])
    }

    /// Like a card: much of it comes again and again.
    fn card(parts: usize) -> String {
        let part =
            |number| format!(r#"{{"type":"text","text":"row {number}","size":"sm","wrap":true}},"#);
        (0..parts).map(part).collect()
    }

    #[test]
    fn a_plan_is_deflated_where_that_saves_a_write_unit_and_comes_back_as_it_was() {
        let long = row(&card(40));
        let packed = packed(long.clone());
        assert!(is_packed(&packed));
        assert_eq!(size(&packed).div_ceil(UNIT), 1, "{} bytes", size(&packed));
        assert_eq!(unpacked(packed), long);
    }

    /// Rows of this release are read by all later ones.
    #[test]
    fn the_common_text_never_changes() {
        assert_eq!(
            crate::hash::sha256_hex([COMMON]),
            "9db966b099af42ebcda95e1c4f251a047b196c714a8e9f1d3ddba723356d1ed4"
        );
    }

    #[test]
    fn a_plan_that_would_cost_the_same_stays_as_people_read_it() {
        assert!(!is_packed(&packed(row(&card(10)))));
        let digests = (0_u32..35).flat_map(|number| Sha256::digest(number.to_be_bytes()));
        let noise = STANDARD.encode(digests.collect::<Vec<_>>());
        assert!(!is_packed(&packed(row(&noise))));
    }

    #[test]
    fn what_does_not_inflate_or_inflates_to_too_much_stays_as_it_is() {
        let bytes =
            |bytes: Vec<u8>| Item::from([(PLAN.to_owned(), AttributeValue::B(Blob::new(bytes)))]);
        for damaged in [
            bytes(vec![0xff; 9]),
            bytes(deflated(&vec![b' '; 2 * 1024 * 1024])),
        ] {
            assert_eq!(unpacked(damaged.clone()), damaged);
        }
    }
}
