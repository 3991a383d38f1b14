//! How components of flex messages look: LINE's keywords, and numbers with a unit.
//!
//! Source: <https://developers.line.biz/en/docs/messaging-api/flex-message-layout/>

/// What a look may be.
#[derive(Debug)]
pub(crate) struct Look {
    pub(super) words: &'static [&'static str],
    /// Units of numbers that may stand too.
    pub(super) units: &'static [&'static str],
}

impl Look {
    pub(super) fn allows(&self, text: &str) -> bool {
        let mut numbers = self.units.iter().filter_map(|unit| text.strip_suffix(unit));
        let is_number = |number: &str| number.parse::<f64>().is_ok_and(f64::is_finite);
        self.words.contains(&text) || numbers.any(is_number)
    }
}
