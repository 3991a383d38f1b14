//! An attach between the start page and the callback: what is kept, and the
//! cookie that binds it to one browser.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::domain::Timestamp;
use shared::line::attach::{AttachTerms, Verifier};
use shared::store::{AttachUnderWay, browser_hash};

/// An admin has this long on LINE's link screen.
pub(crate) const EXPIRES_AFTER: Duration = Duration::from_secs(15 * 60);

/// How long the last page of an attach can be loaded again.
pub(crate) const SHOWN_AGAIN: Duration = Duration::from_secs(24 * 3600);

/// What the exchange must repeat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) verifier: Verifier,
    pub(crate) terms: AttachTerms,
}

impl Kept {
    /// As the table keeps it, for the browser that has `cookie`.
    pub(crate) fn under_way(
        &self,
        cookie: &str,
        now: Timestamp,
    ) -> Result<AttachUnderWay, serde_json::Error> {
        Ok(AttachUnderWay {
            browser: browser_hash(cookie),
            terms: serde_json::to_string(self)?,
            expires_at: now.plus(EXPIRES_AFTER).seconds(),
            bot: None,
        })
    }
}

/// The cookie of one attach. Each has its own, so that two tabs do not disturb
/// each other.
pub(crate) struct Cookie {
    name: String,
    secure: bool,
}

impl Cookie {
    /// For the attach with `state`, on the site `public_url`.
    pub(crate) fn of(state: &str, public_url: &str) -> Self {
        let secure = public_url.starts_with("https://");
        let prefix = if secure { "__Host-" } else { "" };
        let name: String = browser_hash(state).chars().take(16).collect();
        Self {
            name: format!("{prefix}attach-{name}"),
            secure,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn set(&self, value: &str) -> String {
        self.with(value, EXPIRES_AFTER.as_secs())
    }

    /// The same for the last page.
    pub(crate) fn kept(&self, value: &str) -> String {
        self.with(value, SHOWN_AGAIN.as_secs())
    }

    pub(crate) fn cleared(&self) -> String {
        self.with("", 0)
    }

    fn with(&self, value: &str, max_age: u64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!(
            "{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}",
            self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attach_has_its_own_cookie_locked_to_the_host_over_https() {
        let cookie = Cookie::of("state1", "https://example.com").set("v");
        assert!(cookie.starts_with("__Host-attach-"));
        assert!(cookie.ends_with("=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure"));
        assert_ne!(
            Cookie::of("state2", "https://example.com").name(),
            Cookie::of("state1", "https://example.com").name()
        );
        assert!(
            !Cookie::of("state1", "http://127.0.0.1:9000")
                .set("v")
                .contains("Secure")
        );
    }
}
