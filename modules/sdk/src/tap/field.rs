//! What a tap can hold.

use jiff::civil::{Date, DateTime, Time};

/// What a field of a [`Tap`](crate::Tap) can be: integers, `bool`, `char`, `String`, jiff's civil
/// `Date`, `Time` and `DateTime`, an `Option` of these, and types that derive it: an enum whose
/// variants have no fields, or a struct with one field without a name.
///
/// ```
/// use line_module::{Tap, TapField};
///
/// #[derive(TapField)]
/// struct TableId(u32);
///
/// #[derive(TapField)]
/// enum Meal {
///     Lunch,
///     #[tap("supper")] // what was called so before
///     Dinner,
/// }
///
/// #[derive(Tap)]
/// #[tap("book")]
/// struct Book {
///     table: TableId,
///     meal: Meal,
///     note: Option<String>,
/// }
///
/// let book = Book { table: TableId(12), meal: Meal::Dinner, note: None };
/// assert_eq!(book.data(), "book/1/12/supper/");
/// ```
///
/// Its text is in chats for as long as the chats are: it must stay as it is, or the tap's version
/// must change.
#[diagnostic::on_unimplemented(
    message = "a tap cannot hold a `{Self}`",
    label = "this type has no text in the data of a postback",
    note = "a tap holds integers, `bool`, `char`, `String`, jiff's civil `Date`, `Time` and `DateTime`, and an `Option` of these",
    note = "derive `TapField` for an enum whose variants have no fields, or for a struct with one field without a name; keep what is larger in the chat's state or a row, and its key in the tap"
)]
pub trait TapField: Sized {
    /// Maximum length of its text, in UTF-16 units; `/` and `~` are two each, as they are escaped.
    /// None if there is no maximum.
    const LONGEST: Option<usize>;

    /// Its text, without any escape.
    fn to_text(&self) -> String;

    /// What a text says; none if it is no text of this type.
    fn from_text(text: &str) -> Option<Self>;
}

// The note above names the types better than the compiler's own list would.
macro_rules! read_as_they_are_displayed {
    ($($name:ident: $longest:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl TapField for $name {
            const LONGEST: Option<usize> = $longest;

            fn to_text(&self) -> String {
                self.to_string()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

read_as_they_are_displayed! {
    u8: Some(3);
    u16: Some(5);
    u32: Some(10);
    u64: Some(20);
    u128: Some(39);
    usize: Some(20);
    i8: Some(4);
    i16: Some(6);
    i32: Some(11);
    i64: Some(20);
    i128: Some(40);
    isize: Some(20);
    char: Some(2);
    String: None;
    Date: Some("-009999-01-01".len());
}

/// `1` or `0`.
#[diagnostic::do_not_recommend]
impl TapField for bool {
    const LONGEST: Option<usize> = Some(1);

    fn to_text(&self) -> String {
        u8::from(*self).to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }
    }
}

/// `09:30`, with seconds only where there are any.
#[diagnostic::do_not_recommend]
impl TapField for Time {
    const LONGEST: Option<usize> = Some("23:59:59.999999999".len());

    fn to_text(&self) -> String {
        without_seconds(self.to_string(), *self)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// `2026-11-21T09:30`, with seconds only where there are any.
#[diagnostic::do_not_recommend]
impl TapField for DateTime {
    const LONGEST: Option<usize> = Some("-009999-01-01T23:59:59.999999999".len());

    fn to_text(&self) -> String {
        without_seconds(self.to_string(), self.time())
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

fn without_seconds(mut text: String, time: Time) -> String {
    if time.second() == 0 && time.subsec_nanosecond() == 0 {
        text.truncate(text.len() - ":00".len());
    }
    text
}

/// None is the empty text. Some is the text of what is there, with a `+` before it where that text is
/// empty itself or begins with a `+`.
#[diagnostic::do_not_recommend]
impl<T: TapField> TapField for Option<T> {
    const LONGEST: Option<usize> = match T::LONGEST {
        Some(longest) => Some(longest + 1),
        None => None,
    };

    fn to_text(&self) -> String {
        let Some(value) = self else {
            return String::new();
        };
        let text = value.to_text();
        match text.is_empty() || text.starts_with('+') {
            true => format!("+{text}"),
            false => text,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(None);
        }
        let text = text.strip_prefix('+').unwrap_or(text);
        T::from_text(text).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    /// What is longest must not be longer than that, and must be read again.
    fn holds<T: TapField + PartialEq + Debug>(values: impl IntoIterator<Item = T>) {
        for value in values {
            let text = value.to_text();
            let longest = T::LONGEST.unwrap_or(usize::MAX);
            assert!(text.encode_utf16().count() <= longest, "{text}");
            assert_eq!(T::from_text(&text), Some(value), "{text}");
        }
    }

    #[test]
    fn no_text_is_longer_than_it_says() {
        holds([u8::MIN, u8::MAX]);
        holds([u16::MAX]);
        holds([u32::MAX]);
        holds([u64::MAX]);
        holds([u128::MAX]);
        holds([usize::MAX]);
        holds([i8::MIN, i8::MAX]);
        holds([i16::MIN]);
        holds([i32::MIN]);
        holds([i64::MIN]);
        holds([i128::MIN]);
        holds([isize::MIN]);
        holds([true, false]);
        holds(['/', '~', '𠀋', '\n']);
        holds([Date::MIN, Date::MAX, Date::ZERO]);
        holds([
            Time::MIN,
            Time::MAX,
            Time::constant(9, 30, 0, 0),
            Time::constant(9, 30, 5, 0),
        ]);
        holds([DateTime::MIN, DateTime::MAX]);
        holds([Some(i64::MIN), None]);
        holds([
            Some(Some(Some(String::new()))),
            Some(Some(None)),
            Some(None),
            None,
        ]);
        holds(["", "+", "++", "a"].map(|text| Some(text.to_owned())));
    }

    #[test]
    fn texts_are_as_they_are_documented() {
        let half_past_nine = Time::constant(9, 30, 0, 0);
        assert_eq!(half_past_nine.to_text(), "09:30");
        let moment = Date::constant(2026, 11, 21).to_datetime(half_past_nine);
        assert_eq!(moment.to_text(), "2026-11-21T09:30");
        assert_eq!(
            [Some(4), None].map(|it: Option<u8>| it.to_text()),
            ["4", ""]
        );
        assert_eq!(Some(String::new()).to_text(), "+");
        assert_eq!([true, false].map(|it| it.to_text()), ["1", "0"]);
    }

    #[test]
    fn what_is_no_text_of_the_type_is_not_read() {
        assert_eq!(u8::from_text("256"), None);
        assert_eq!(u8::from_text(""), None);
        assert_eq!(bool::from_text("true"), None);
        assert_eq!(Date::from_text("2026-02-30"), None);
        assert_eq!(Option::<u8>::from_text("many"), None);
        assert_eq!(char::from_text("ab"), None);
    }
}
