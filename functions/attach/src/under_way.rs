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

/// Maximum number of attach cookies in one browser. API Gateway takes 10,240 bytes of headers,
/// and each cookie goes with every request to the host.
const MOST_COOKIES: usize = 5;

/// Length of the random part of a cookie, in characters: about 190 bits.
const SECRET_LENGTH: usize = 32;

/// What the exchange must repeat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) verifier: Verifier,
    pub(crate) terms: AttachTerms,
    /// The invitation by which it was begun, for a start again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invitation: Option<String>,
}

impl Kept {
    /// As the table keeps it, for the browser that has `cookie`.
    pub(crate) fn under_way(
        &self,
        cookie: &str,
        now: Timestamp,
    ) -> Result<AttachUnderWay, serde_json::Error> {
        Ok(AttachUnderWay::new(
            browser_hash(cookie),
            serde_json::to_string(self)?,
            now.plus(EXPIRES_AFTER).seconds(),
        ))
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
        let secure = is_secure(public_url);
        let name: String = browser_hash(state).chars().take(16).collect();
        Self {
            name: format!("{}{name}", prefix(secure)),
            secure,
        }
    }

    /// Of a browser's cookies the oldest of attaches, which are too many when a new one is
    /// set: an admin may have started again and again.
    pub(crate) fn surplus(cookies: &[String], public_url: &str) -> Vec<Self> {
        let secure = is_secure(public_url);
        let mut ours: Vec<(&str, &str)> = cookies
            .iter()
            .filter_map(|cookie| cookie.split_once('='))
            .filter(|(name, _)| is_ours(name, secure))
            .collect();
        ours.sort_by_key(|(_, value)| set_at(value)); // stable: browsers send the oldest first
        ours.truncate((ours.len() + 1).saturating_sub(MOST_COOKIES));
        let cookie = |(name, _): (&str, &str)| Self {
            name: name.to_owned(),
            secure,
        };
        ours.into_iter().map(cookie).collect()
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

/// A cookie's value: random, and when it was set, so that the oldest can be told.
pub(crate) fn cookie_value(random: &shared::random::Random, now: Timestamp) -> String {
    format!("{}.{}", random.alphanumeric(SECRET_LENGTH), now.0)
}

/// When a cookie was set, in milliseconds. One that does not say so is the oldest.
fn set_at(value: &str) -> i64 {
    let digits = value.split_once('.').map(|(_, digits)| digits);
    digits.and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn is_secure(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

fn prefix(secure: bool) -> &'static str {
    match secure {
        true => "__Host-attach-",
        false => "attach-",
    }
}

fn is_ours(name: &str, secure: bool) -> bool {
    let hash = name.strip_prefix(prefix(secure)).unwrap_or_default();
    hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://example.com";

    #[test]
    fn each_attach_has_its_own_cookie_locked_to_the_host_over_https() {
        let cookie = Cookie::of("state1", SITE).set("v");
        assert!(cookie.starts_with("__Host-attach-"));
        assert!(cookie.ends_with("=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure"));
        assert_ne!(
            Cookie::of("state2", SITE).name(),
            Cookie::of("state1", SITE).name()
        );
        assert!(
            !Cookie::of("state1", "http://127.0.0.1:9000")
                .set("v")
                .contains("Secure")
        );
    }

    #[test]
    fn only_the_newest_attach_cookies_are_kept_beside_a_new_one() {
        let name = |n: u32| Cookie::of(&n.to_string(), SITE).name().to_owned();
        let cookies: Vec<String> = [(1, "s.30"), (2, "s.10"), (3, "s.20"), (4, "s"), (5, "s.40")]
            .map(|(n, value)| format!("{}={value}", name(n)))
            .into_iter()
            .chain([
                "theirs=1".to_owned(),
                "__Host-attach-of-others=1".to_owned(),
            ])
            .collect();
        let surplus = |count: usize| {
            let surplus = Cookie::surplus(&cookies[5 - count..], SITE);
            surplus.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(surplus(5), [name(4)]);
        assert!(surplus(4).is_empty());
        assert!(surplus(0).is_empty());
    }
}
