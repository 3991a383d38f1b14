//! Identifiers and tokens in the shapes that LINE gives them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// `N` random bytes. Without the system's randomness nothing works, so that ends the process.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the system gives no random bytes: {error}");
    }
    bytes
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random token of `N` bytes for use in headers and URLs.
pub(crate) fn token<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::<N>())
}

/// An authorization code. Letters and digits only, so that no encoding can hide a mistake.
pub(crate) fn authorization_code() -> String {
    hex(&random::<20>())
}

/// A reply token: 32 hexadecimal digits, as in LINE's examples.
pub(crate) fn reply_token() -> String {
    hex(&random::<16>())
}

/// A channel access token. LINE's look like a JWT and are long.
pub(crate) fn access_token() -> String {
    format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", token::<96>(), token::<32>())
}

/// The id of a rich menu.
pub(crate) fn menu() -> String {
    format!("richmenu-{}", hex(&random::<16>()))
}

/// The id of a coupon.
pub(crate) fn coupon() -> String {
    format!("01{}", token::<18>())
}

/// The value of `X-Line-Request-Id`.
pub(crate) fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A webhook event id: a ULID, 48 bits of milliseconds and 80 of randomness.
pub(crate) fn ulid(milliseconds: i64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u128::from(milliseconds.max(0).unsigned_abs()) & 0xffff_ffff_ffff;
    let noise = random::<10>()
        .iter()
        .fold(0, |sum, byte| sum << 8 | u128::from(*byte));
    let value = time << 80 | noise;
    (0..26)
        .rev()
        .map(|place| char::from(ALPHABET[(value >> (place * 5) & 31) as usize]))
        .collect()
}

/// SHA-256 as hexadecimal digits: what is kept of a token.
pub(crate) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// A user's id for a module channel: `L`, two times `U` and 32 hexadecimal digits, a hyphen between;
/// 68 characters, another one for each account.
///
/// In LINE's examples the second half looks like the account's bot id. Nothing promises that, so
/// here it is not.
///
/// Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/#user-id-used-in-module-channel>
pub(crate) fn module_user(bot: &str, person: &str) -> String {
    let digits = digest(&format!("{bot} {person}"));
    format!("LU{}-U{}", &digits[..32], &digits[32..])
}

/// Whether this looks like the id of a bot: `U` and 32 hexadecimal digits in lower case.
pub(crate) fn is_bot(id: &str) -> bool {
    shape(id, 'U')
}

/// Whether this looks like the id of a chat: a user's of a module channel or, as in LINE's
/// examples, a classic one, a group's or a room's.
pub(crate) fn is_chat(id: &str) -> bool {
    let of_module = id.strip_prefix('L').and_then(|rest| rest.split_once('-'));
    of_module.is_some_and(|(one, two)| shape(one, 'U') && shape(two, 'U'))
        || ['U', 'C', 'R'].iter().any(|letter| shape(id, *letter))
}

fn shape(id: &str, letter: char) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    id.strip_prefix(letter)
        .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(is_digit))
}

/// Whether this is a UUID in hexadecimal groups of 8-4-4-4-12, as a retry key must be.
pub(crate) fn is_uuid(key: &str) -> bool {
    let groups: Vec<&str> = key.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{is_bot, is_chat, is_uuid, module_user, ulid};

    #[test]
    fn a_user_has_a_different_68_character_id_for_each_account() {
        let one = module_user("U1", "sakura");
        assert_eq!(one.len(), 68);
        assert!(one.starts_with("LU") && &one[34..36] == "-U");
        assert_ne!(one, module_user("U2", "sakura"));
    }

    #[test]
    fn ids_of_chats_are_distinguished_from_other_texts() {
        let classic = "U7c1f0a52d9b84e63a1c5f28e904b6d31";
        assert!(is_bot(classic) && is_chat(classic) && !is_bot("U1"));
        assert!(is_chat(&module_user("U1", "sakura")));
        assert!(is_chat(&classic.replace('U', "C")));
        assert!(!is_chat("nobody") && !is_chat("LU1-U2") && !is_chat(""));
    }

    #[test]
    fn event_ids_sort_by_time() {
        assert_eq!(ulid(0).len(), 26);
        assert!(ulid(1_700_000_000_000) < ulid(1_700_000_000_001));
    }

    #[test]
    fn a_retry_key_must_be_a_uuid() {
        assert!(is_uuid("123e4567-e89b-12d3-a456-426614174000"));
        assert!(!is_uuid("123e4567e89b12d3a456426614174000"));
        assert!(!is_uuid("123e4567-e89b-12d3-a456-42661417400g"));
    }
}
