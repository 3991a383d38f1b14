//! What the company's billing says of an account: a command of the bundle's own.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::domain::{Entitlement, Timestamp};

use crate::place::Place;
use crate::refusal::Refusal;

/// Its name.
pub(crate) const NAME: &str = "@entitlement";

const FORM: &str =
    r#"{"entitled": "yes"}, {"entitled": "no"} or {"entitled": {"until": "2026-12-31T15:00:00Z"}}"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    entitled: Entitled,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entitled {
    Yes,
    No,
    Until(String),
}

/// Reads its payload.
///
/// # Errors
/// [`Refusal::Malformed`]: it has another form, or is said to a chat.
pub(crate) fn read(place: &Place, payload: &RawValue) -> Result<Entitlement, Refusal> {
    if place.chat.is_some() {
        let reason = format!("{NAME} is said to an account, and not to a chat");
        return Err(Refusal::Malformed(reason));
    }
    let malformed = || Refusal::Malformed(format!("the payload of {NAME} is {FORM}"));
    let payload: Payload = serde_json::from_str(payload.get()).map_err(|_| malformed())?;
    Ok(match payload.entitled {
        Entitled::Yes => Entitlement::Yes,
        Entitled::No => Entitlement::No,
        Entitled::Until(end) => Entitlement::Until(time(&end).ok_or_else(malformed)?),
    })
}

/// A moment as RFC 3339 has it, with `Z` or an offset.
fn time(text: &str) -> Option<Timestamp> {
    let time = DateTime::from_str(text, Format::DateTimeWithOffset).ok()?;
    time.to_millis().ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(chat: Option<&str>, payload: &str) -> Result<Entitlement, String> {
        let place = Place::new("U1", chat).unwrap();
        let payload = RawValue::from_string(payload.to_owned()).unwrap();
        read(&place, &payload).map_err(|refusal| refusal.message())
    }

    #[test]
    fn billing_says_yes_no_or_until_when() {
        let said = |payload| said(None, payload).unwrap();
        assert_eq!(said(r#"{"entitled":"yes"}"#), Entitlement::Yes);
        assert_eq!(said(r#"{"entitled":"no"}"#), Entitlement::No);
        let end = Entitlement::Until(Timestamp(1_798_729_200_000));
        assert_eq!(
            said(r#"{"entitled":{"until":"2026-12-31T15:00:00Z"}}"#),
            end
        );
        let in_tokyo = r#"{"entitled":{"until":"2027-01-01T00:00:00+09:00"}}"#;
        assert_eq!(said(in_tokyo), end);
    }

    #[test]
    fn whoever_says_something_else_is_told_the_form() {
        for odd in [
            "{}",
            r#""yes""#,
            r#"{"entitled":true}"#,
            r#"{"entitled":{"until":"2026-12-31"}}"#,
            r#"{"entitled":{"until":1798729200}}"#,
            r#"{"entitled":"yes","why":"paid"}"#,
        ] {
            let message = said(None, odd).unwrap_err();
            assert!(message.contains(FORM), "{odd}: {message}");
        }
        let of_chat = said(Some("L1"), r#"{"entitled":"no"}"#).unwrap_err();
        assert!(of_chat.contains("to an account"), "{of_chat}");
    }
}
