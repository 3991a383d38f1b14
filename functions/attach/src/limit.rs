//! The account that a link is for: `/attach?basic_search_id=@shop`, and the start page with
//! the same query. A limit that cannot be read is refused and never dropped, or any account
//! could be linked by the link.

/// The query parameter, named as in LINE's authorize URL.
const BASIC_SEARCH_ID: &str = "basic_search_id";

/// LINE's other limits. Only the configuration sets them: a link that names one would be
/// taken for a limited one.
const OF_THE_CONFIGURATION: [&str; 2] = ["region", "brand_type"];

/// Longer than any id of LINE's.
const MOST: usize = 40;

/// Length of the random part of a state, in characters: about 190 bits.
pub(crate) const RANDOM_LENGTH: usize = 32;

/// An account's basic or premium id, with its `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BasicId(String);

/// What is wrong with the limit of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WrongLimit {
    /// It is a basic id but for its `@`.
    WithoutAt(String),
    /// It is no basic id, or there are several.
    NotABasicId,
    /// It is a limit by the parameter of this name, which a link cannot have.
    NotInALink(&'static str),
}

impl BasicId {
    /// The limit of a link, by its query; none if it has none.
    pub(crate) fn of_link(query: &str) -> Result<Option<Self>, WrongLimit> {
        let mut limit = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some(name) = OF_THE_CONFIGURATION.into_iter().find(|it| *it == name) {
                return Err(WrongLimit::NotInALink(name));
            }
            if name == BASIC_SEARCH_ID && limit.replace(Self::read(&value)?).is_some() {
                return Err(WrongLimit::NotABasicId);
            }
        }
        Ok(limit)
    }

    /// The account of an invitation, which is signed; none if it is no basic id all the same.
    pub(crate) fn invited(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    fn read(text: &str) -> Result<Self, WrongLimit> {
        let is_plain = |name: &str| {
            (1..MOST).contains(&name.len())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        match text.strip_prefix('@') {
            Some(name) if is_plain(name) => Ok(Self(text.to_owned())),
            None if is_plain(text) => Err(WrongLimit::WithoutAt(text.to_owned())),
            _ => Err(WrongLimit::NotABasicId),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A state for LINE's link screen, from a `random` text of [`RANDOM_LENGTH`]. The limit is
/// behind it, in hexadecimal digits because LINE wants letters and digits only: so whoever
/// comes back is led to a start with the same limit, also with another browser or when the
/// attach is long gone. What the account is held against is the limit in the table.
pub(crate) fn state(random: &str, limit: Option<&BasicId>) -> String {
    let name = limit.map_or("", |id| id.0.trim_start_matches('@'));
    let digits = name.bytes().map(|byte| format!("{byte:02x}"));
    std::iter::once(random.to_owned()).chain(digits).collect()
}

/// The limit that is in a state; none if there is none, or someone else has made the state.
pub(crate) fn of_state(state: &str) -> Option<BasicId> {
    let digits = state.get(RANDOM_LENGTH..)?.as_bytes();
    let name: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    let name = String::from_utf8(name?).ok()?;
    BasicId::read(&format!("@{name}")).ok()
}

fn byte(digits: &[u8]) -> Option<u8> {
    let [high, low] = digits else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// Where a link begins to be followed: the path of `GET /attach`, with the limit and with
/// another parameter, if there is one.
pub(crate) fn begin_path(
    limit: Option<&BasicId>,
    (name, value): (&'static str, Option<&str>),
) -> String {
    let limit = limit.map(|limit| (BASIC_SEARCH_ID, limit.as_str()));
    let pairs: Vec<_> = limit
        .into_iter()
        .chain(value.map(|it| (name, it)))
        .collect();
    if pairs.is_empty() {
        return "/attach".to_owned();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("/attach?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(query: &str) -> Result<Option<String>, WrongLimit> {
        Ok(BasicId::of_link(query)?.map(|id| id.0))
    }

    #[test]
    fn a_link_without_a_limit_has_none_whatever_else_it_has() {
        for query in ["", "utm_source=mail", "Basic=@shop", "&&="] {
            assert_eq!(limit(query), Ok(None), "{query}");
        }
    }

    #[test]
    fn a_basic_id_is_read_encoded_or_not() {
        for query in [
            "basic_search_id=@381sakur",
            "basic_search_id=%40381sakur&utm_source=mail",
        ] {
            assert_eq!(limit(query), Ok(Some("@381sakur".into())), "{query}");
        }
    }

    #[test]
    fn a_wrong_limit_is_never_dropped() {
        let without_at = Err(WrongLimit::WithoutAt("381sakur".into()));
        assert_eq!(limit("basic_search_id=381sakur"), without_at);
        for query in [
            "basic_search_id",
            "basic_search_id=",
            "basic_search_id=@",
            "basic_search_id=@@shop",
            "basic_search_id=@sh op",
            "basic_search_id=+@shop",
            "basic_search_id=@shop&basic_search_id=@shop",
            "basic_search_id=%EF%BC%A0shop",
            "basic_search_id=さくら",
            "basic_search_id=@0123456789012345678901234567890123456789",
        ] {
            assert_eq!(limit(query), Err(WrongLimit::NotABasicId), "{query}");
        }
    }

    #[test]
    fn a_limit_that_only_the_configuration_sets_is_refused() {
        for (query, name) in [
            ("region=JP", "region"),
            ("basic_search_id=@shop&brand_type=premium", "brand_type"),
        ] {
            assert_eq!(limit(query), Err(WrongLimit::NotInALink(name)), "{query}");
        }
    }

    #[test]
    fn a_state_carries_the_limit_in_letters_and_digits() {
        let random = "Q7yCJtNjPJkgW2WkVJlqL0xR4nGhTz9b";
        assert_eq!(random.len(), RANDOM_LENGTH);
        let id = BasicId::read("@sa.ku-ra_1").unwrap();
        let with = state(random, Some(&id));
        assert!(with.starts_with(random));
        assert!(with.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(of_state(&with), Some(id));
        assert_eq!(state(random, None), random);
        assert_eq!(of_state(random), None);
    }

    #[test]
    fn a_state_of_anybody_elses_has_no_limit_or_a_plain_one() {
        let random = "Q7yCJtNjPJkgW2WkVJlqL0xR4nGhTz9b";
        for tail in ["7", "7g", "3c", "zz", "é", "E38182", "40"] {
            assert_eq!(of_state(&format!("{random}{tail}")), None, "{tail}");
        }
        for state in ["", "short", "ééééééééééééééééé"] {
            assert_eq!(of_state(state), None, "{state}");
        }
    }

    #[test]
    fn a_start_again_keeps_the_limit() {
        let id = BasicId::read("@shop").unwrap();
        let path = |limit, other| begin_path(limit, ("invitation", other));
        assert_eq!(path(Some(&id), None), "/attach?basic_search_id=%40shop");
        assert_eq!(path(None, None), "/attach");
        let both = "/attach?basic_search_id=%40shop&invitation=x.y";
        assert_eq!(path(Some(&id), Some("x.y")), both);
    }
}
