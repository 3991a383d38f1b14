//! Randomness, given from outside so that a simulation can repeat itself.

use std::sync::Arc;

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// A source of random bytes.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

impl Random {
    /// The operating system's.
    pub fn system() -> Self {
        Self::from_fn(|bytes| {
            #[expect(
                clippy::expect_used,
                reason = "without randomness no secret can be made: stop"
            )]
            getrandom::fill(bytes).expect("the operating system gives random bytes");
        })
    }

    /// Another one.
    pub fn from_fn(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// This many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// A text of letters and digits; with 32 of them, about 190 random bits.
    pub fn alphanumeric(&self, length: usize) -> String {
        const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut text = String::with_capacity(length);
        while text.len() < length {
            // 248 is the largest multiple of 62: every sign is as likely.
            let [byte] = self.bytes();
            if byte < 248 {
                text.push(char::from(SIGNS[usize::from(byte) % SIGNS.len()]));
            }
        }
        text
    }

    /// A number below `limit`, about evenly; 0 if `limit` is.
    pub fn below(&self, limit: u64) -> u64 {
        u64::from_le_bytes(self.bytes())
            .checked_rem(limit)
            .unwrap_or(0)
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_letters_and_digits_has_its_length_and_is_never_the_same() {
        let random = Random::system();
        let text = random.alphanumeric(43);
        assert_eq!(text.len(), 43);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(text, random.alphanumeric(43));
    }
}
