//! What AWS asks for it: the price file.

use std::collections::BTreeMap;

use serde::Deserialize;

const FILE: &str = include_str!("../prices.toml");

/// What is paid for, by its name in the price file.
pub(crate) const API_REQUEST: &str = "api_request";
pub(crate) const INVOCATION: &str = "invocation";
pub(crate) const GB_SECOND: &str = "gb_second";
pub(crate) const QUEUE_REQUEST: &str = "queue_request";
pub(crate) const WRITE_UNIT: &str = "write_unit";
pub(crate) const READ_UNIT: &str = "read_unit";
pub(crate) const STORED: &str = "stored";
pub(crate) const LOGGED: &str = "logged";
pub(crate) const SENT: &str = "sent";

/// The price file.
#[derive(Debug, Deserialize)]
pub(crate) struct Prices {
    /// The month in which they were read.
    pub(crate) date: String,
    pub(crate) regions: Vec<String>,
    #[serde(flatten)]
    pub(crate) items: BTreeMap<String, Price>,
}

/// The price of one thing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Price {
    /// What it is the price of.
    pub(crate) unit: String,
    pub(crate) source: String,
    /// In US dollars, in the order of the regions.
    pub(crate) price: Vec<f64>,
}

impl Prices {
    /// Those that this program was built with.
    pub(crate) fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(FILE)
    }

    /// In a region by its place in the list; a thing without a price there costs nothing, which a test excludes.
    pub(crate) fn of(&self, item: &str, region: usize) -> f64 {
        let item = self.items.get(item);
        item.and_then(|item| item.price.get(region))
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_paid_for_has_a_price_in_each_region() {
        let prices = Prices::built_in().unwrap();
        let used = [
            API_REQUEST,
            INVOCATION,
            GB_SECOND,
            QUEUE_REQUEST,
            WRITE_UNIT,
            READ_UNIT,
            STORED,
            LOGGED,
            SENT,
        ];
        for item in used {
            assert!(prices.items.contains_key(item), "{item}");
        }
        for (name, item) in &prices.items {
            assert_eq!(item.price.len(), prices.regions.len(), "{name}");
            assert!(item.price.iter().all(|price| *price > 0.0), "{name}");
            assert!(item.source.starts_with("https://aws.amazon.com/"), "{name}");
        }
    }
}
