//! What the secret consists of, and what a value of each looks like.

use clap::ValueEnum;
use shared::secret::AssertionKey;

use crate::failure::Failure;

/// A member of the secret's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Member {
    /// The channel secret of LINE's console.
    ChannelSecret,
    /// The one before it, still accepted.
    PreviousChannelSecret,
    /// JSON with `kid` and `private_key`, which signs in the channel secret's place.
    AssertionKey,
    /// The key with which the company's own systems sign what they say.
    InboxKey,
    /// The one before it, still accepted.
    PreviousInboxKey,
}

/// An inbox key has as many characters at least.
const SHORTEST_KEY: usize = 32;

impl Member {
    pub(super) const ALL: [Self; 5] = [
        Self::ChannelSecret,
        Self::PreviousChannelSecret,
        Self::AssertionKey,
        Self::InboxKey,
        Self::PreviousInboxKey,
    ];

    /// As the JSON has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ChannelSecret => "channel_secret",
            Self::PreviousChannelSecret => "previous_channel_secret",
            Self::AssertionKey => "assertion_key",
            Self::InboxKey => "inbox_key",
            Self::PreviousInboxKey => "previous_inbox_key",
        }
    }

    /// Where the value before goes in a rotation.
    ///
    /// # Errors
    /// [`Failure::Refused`]: it has no previous one.
    pub(super) fn previous(self) -> Result<Self, Failure> {
        match self {
            Self::ChannelSecret => Ok(Self::PreviousChannelSecret),
            Self::InboxKey => Ok(Self::PreviousInboxKey),
            _ => Err(Failure::Refused(format!(
                "{} has no previous one: channel-secret and inbox-key can be rotated, the others put",
                self.name()
            ))),
        }
    }

    /// Whether the bundle works without it.
    ///
    /// # Errors
    /// [`Failure::Refused`]: it does not.
    pub(super) fn check_clearable(self) -> Result<(), Failure> {
        match self {
            Self::ChannelSecret | Self::InboxKey => Err(Failure::Refused(format!(
                "{} is in use: rotate it instead",
                self.name()
            ))),
            _ => Ok(()),
        }
    }

    /// Whether a value looks like one. The reason never shows the value.
    ///
    /// # Errors
    /// Why it does not.
    pub(super) fn check(self, value: &str) -> Result<(), &'static str> {
        match self {
            Self::ChannelSecret | Self::PreviousChannelSecret => {
                let fits = value.len() == 32 && value.bytes().all(|it| it.is_ascii_hexdigit());
                fits.then_some(()).ok_or("LINE's are 32 hexadecimal digits")
            }
            Self::AssertionKey => {
                let key: Result<AssertionKey, _> = serde_json::from_str(value);
                let wrong = "it is JSON with kid and private_key, a key in PEM";
                let fits = key.is_ok() && value.contains("PRIVATE KEY-----");
                fits.then_some(()).ok_or(wrong)
            }
            Self::InboxKey | Self::PreviousInboxKey => {
                let is_plain = value.bytes().all(|it| it.is_ascii_graphic() && it != b',');
                let fits = is_plain && value.len() >= SHORTEST_KEY;
                let wrong = "it has 32 characters at least, without spaces and commas";
                fits.then_some(()).ok_or(wrong)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_shape_is_told_from_a_right_one() {
        let check = |member: Member, value: &str| member.check(value).is_ok();
        assert!(check(
            Member::ChannelSecret,
            "0123456789abcdef0123456789abcdef"
        ));
        for wrong in [
            "",
            "0123",
            "0123456789abcdef0123456789abcdeg",
            "{\"channel_secret\":\"x\"}",
        ] {
            assert!(!check(Member::ChannelSecret, wrong), "{wrong}");
        }
        assert!(check(Member::InboxKey, &"k".repeat(32)));
        assert!(!check(
            Member::InboxKey,
            &format!("{},{}", "k".repeat(32), "j")
        ));
        assert!(!check(Member::InboxKey, "short"));
        let pem = "-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----";
        let key = format!(r#"{{"kid":"k","private_key":"{pem}"}}"#);
        assert!(check(Member::AssertionKey, &key));
        assert!(!check(Member::AssertionKey, pem));
    }
}
