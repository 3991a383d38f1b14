//! What all batch requests have in common: how many entries, and their ids.

use std::collections::HashSet;

use super::error::Error;

/// The most entries a batch may have.
const MOST_ENTRIES: usize = 10;

/// The longest id of an entry.
const LONGEST_ID: usize = 80;

/// Refuses a batch whose number of entries or ids are wrong. `entry` is SQS's name of the entry type.
pub(super) fn check<'a>(
    entry: &'static str,
    ids: impl ExactSizeIterator<Item = &'a str> + Clone,
) -> Result<(), Error> {
    match ids.len() {
        0 => return Err(Error::EmptyBatchRequest(entry)),
        1..=MOST_ENTRIES => {}
        sent => return Err(Error::TooManyEntriesInBatchRequest(sent)),
    }
    if ids.clone().any(|id| !is_id(id)) {
        return Err(Error::InvalidBatchEntryId);
    }
    let mut seen = HashSet::new();
    match ids.into_iter().find(|id| !seen.insert(*id)) {
        Some(id) => Err(Error::BatchEntryIdsNotDistinct(id.to_owned())),
        None => Ok(()),
    }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::{Error, check};

    fn ids(ids: &[&str]) -> Result<(), Error> {
        check("SendMessageBatchRequestEntry", ids.iter().copied())
    }

    #[test]
    fn one_to_ten_entries_are_taken() {
        assert_eq!(
            ids(&[]),
            Err(Error::EmptyBatchRequest("SendMessageBatchRequestEntry"))
        );
        assert_eq!(
            ids(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
            Ok(())
        );
        assert_eq!(
            ids(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a"]),
            Err(Error::TooManyEntriesInBatchRequest(11))
        );
    }

    #[test]
    fn an_id_has_1_to_80_letters_digits_hyphens_and_underscores() {
        assert_eq!(ids(&["Az_09-", &"x".repeat(80)]), Ok(()));
        for bad in ["", "a b", "a.b", "ä", &"x".repeat(81)] {
            assert_eq!(ids(&[bad]), Err(Error::InvalidBatchEntryId), "{bad:?}");
        }
    }

    #[test]
    fn two_entries_cannot_have_one_id() {
        assert_eq!(
            ids(&["a", "b", "a"]),
            Err(Error::BatchEntryIdsNotDistinct("a".to_owned()))
        );
    }
}
