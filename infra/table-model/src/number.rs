//! DynamoDB's numbers: decimal, 38 digits, and one form for each value.

use std::cmp::Ordering;
use std::fmt;

const MOST_DIGITS: u32 = 38;

/// No number that DynamoDB takes, in its words.
#[derive(Debug)]
pub(super) struct Wrong(pub(super) String);

/// A number. The mantissa has no zero at its end, so that equal numbers have one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    mantissa: i128,
    exponent: i32,
}

impl Number {
    /// Reads a number as a request writes it.
    pub(super) fn read(text: &str) -> Result<Self, Wrong> {
        // As nearly all are, and quicker so.
        if let Ok(number) = text.parse::<i64>() {
            return Ok(Self::from(number));
        }
        let (coefficient, exponent) = split_exponent(text).ok_or_else(|| not_a_number(text))?;
        let (whole, fraction) = coefficient.split_once('.').unwrap_or((coefficient, ""));
        let (negative, whole) = match whole.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, whole.strip_prefix('+').unwrap_or(whole)),
        };
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(not_a_number(text));
        }
        let shift = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        Self::from_digits(negative, &digits, exponent.saturating_sub(shift))
    }

    fn from_digits(negative: bool, digits: &str, exponent: i64) -> Result<Self, Wrong> {
        let kept = digits.trim_start_matches('0').trim_end_matches('0');
        if kept.is_empty() {
            return Ok(Self::from(0_i64));
        }
        let cut = digits.len() - digits.trim_end_matches('0').len();
        let exponent = exponent.saturating_add(i64::try_from(cut).unwrap_or(i64::MAX));
        if kept.len() > MOST_DIGITS as usize {
            return Err(wrong(
                "Attempting to store more than 38 significant digits in a Number",
            ));
        }
        let magnitude: i128 = kept.parse().map_err(|_| not_a_number(digits))?;
        let mantissa = if negative { -magnitude } else { magnitude };
        Self::in_range(mantissa, exponent)
    }

    /// Refuses what is larger or smaller than DynamoDB's numbers.
    fn in_range(mantissa: i128, exponent: i64) -> Result<Self, Wrong> {
        let out_of_range = |what| {
            let message = format!(
                "Number {what} with magnitude {} than supported range",
                if what == "overflow" {
                    "larger"
                } else {
                    "smaller"
                }
            );
            Wrong(message)
        };
        let top = exponent.saturating_add(i64::from(digits_of(mantissa)));
        match i32::try_from(exponent) {
            Ok(exponent) if (-129..=126).contains(&top) => Ok(Self { mantissa, exponent }),
            _ if top > 126 => Err(out_of_range("overflow")),
            _ => Err(out_of_range("underflow")),
        }
    }

    /// The sum, unless it has too many digits.
    pub(super) fn plus(self, other: Self) -> Result<Self, Wrong> {
        let exponent = self.exponent.min(other.exponent);
        let sum = self
            .at_exponent(exponent)
            .zip(other.at_exponent(exponent))
            .and_then(|(one, two)| one.checked_add(two))
            .ok_or_else(|| wrong("Number overflow"))?;
        let digits = sum.unsigned_abs().to_string();
        Self::from_digits(sum < 0, &digits, i64::from(exponent))
    }

    /// The number, if it is a whole one of 64 bits.
    pub fn whole(self) -> Option<i64> {
        let factor = 10_i64.checked_pow(u32::try_from(self.exponent).ok()?)?;
        i64::try_from(self.mantissa).ok()?.checked_mul(factor)
    }

    /// With the other sign.
    pub(super) fn negated(self) -> Self {
        Self {
            mantissa: -self.mantissa,
            ..self
        }
    }

    /// The mantissa that goes with a smaller exponent.
    fn at_exponent(self, exponent: i32) -> Option<i128> {
        let shift = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        match self.mantissa {
            0 => Some(0),
            mantissa => mantissa.checked_mul(10_i128.checked_pow(shift)?),
        }
    }

    /// Bytes that it counts for in an item: two digits in one, and one more.
    pub(super) fn size(self) -> usize {
        let digits = digits_of(self.mantissa) as usize;
        digits.div_ceil(2) + 1 + usize::from(self.mantissa < 0)
    }

    /// By how much the highest digit stands before the point.
    fn top(self) -> i32 {
        self.exponent + digits_of(self.mantissa).cast_signed()
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self::from(i64::from(number))
    }
}

impl From<i64> for Number {
    fn from(mut number: i64) -> Self {
        let mut exponent = 0;
        while number != 0 && number % 10 == 0 {
            number /= 10;
            exponent += 1;
        }
        Self {
            mantissa: i128::from(number),
            exponent,
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let signs = self.mantissa.signum().cmp(&other.mantissa.signum());
        let tops = match self.mantissa.signum() {
            1 => self.top().cmp(&other.top()),
            -1 => other.top().cmp(&self.top()),
            _ => Ordering::Equal,
        };
        // With equal tops, as fractions of 38 digits each.
        let whole =
            |number: &Self| number.mantissa * 10_i128.pow(MOST_DIGITS - digits_of(number.mantissa));
        signs
            .then(tops)
            .then_with(|| whole(self).cmp(&whole(other)))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As DynamoDB answers it: all digits, no exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(whole) = self.whole() {
            return write!(f, "{whole}");
        }
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let Ok(places) = usize::try_from(-self.exponent) else {
            let zeros = usize::try_from(self.exponent).unwrap_or_default();
            return write!(f, "{sign}{digits}{:0<zeros$}", "");
        };
        match digits.len().checked_sub(places) {
            _ if places == 0 => write!(f, "{sign}{digits}"),
            None | Some(0) => write!(f, "{sign}0.{digits:0>places$}"),
            Some(point) => write!(f, "{sign}{}.{}", &digits[..point], &digits[point..]),
        }
    }
}

fn split_exponent(text: &str) -> Option<(&str, i64)> {
    match text.split_once(['e', 'E']) {
        Some((coefficient, exponent)) => Some((coefficient, exponent.parse().ok()?)),
        None => Some((text, 0)),
    }
}

fn digits_of(mantissa: i128) -> u32 {
    match mantissa.unsigned_abs() {
        0 => 1,
        magnitude => magnitude.ilog10() + 1,
    }
}

fn not_a_number(text: &str) -> Wrong {
    let message = format!("The parameter cannot be converted to a numeric value: {text}");
    Wrong(message)
}

fn wrong(message: &str) -> Wrong {
    Wrong(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::read(text).unwrap()
    }

    #[test]
    fn a_number_has_one_form() {
        let forms = [
            ("1.0", "1"),
            ("+007", "7"),
            ("-0", "0"),
            ("1e3", "1000"),
            ("12.50", "12.5"),
            ("-5e-4", "-0.0005"),
            (".5", "0.5"),
            ("120", "120"),
        ];
        for (written, kept) in forms {
            assert_eq!(number(written).to_string(), kept);
        }
        for wrong in ["", ".", "1e", "x", "1_0", " 1", "--1", "1e126", "1e-131"] {
            assert!(Number::read(wrong).is_err(), "{wrong}");
        }
        assert!(Number::read(&"1".repeat(39)).is_err());
    }

    #[test]
    fn numbers_are_ordered_and_added_as_numbers() {
        let ordered = [
            "-1e9", "-10", "-9.5", "0", "0.001", "9", "10", "10.5", "1e20",
        ];
        assert!(ordered.is_sorted_by_key(|text| number(text)));
        assert_eq!(number("0.5").plus(number("9.5")).unwrap(), number("10"));
        assert_eq!(
            number("1").plus(number("1").negated()).unwrap(),
            number("0")
        );
        assert!(number("1e60").plus(number("1")).is_err());
    }
}
