//! Signing in to the management screen: the id in a browser's cookie, and what is derived from
//! it. Whoever has proven an account is given a new id with all that the old one had proven.

use crate::domain::session::Session;
use crate::domain::{BotId, Timestamp};
use crate::gateway::Request;
use crate::hash::sha256_hex;
use crate::random::Random;
use crate::store::{Store, StoreError};

/// Length of an id, in characters: about 250 bits.
const LENGTH: usize = 42;

/// A session's id. It is a secret: it cannot be printed, and the table has its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

impl SessionId {
    fn new(random: &Random) -> Self {
        Self(random.alphanumeric(LENGTH))
    }

    /// That of a request's cookie, if it can be one of ours.
    pub fn of(request: &Request, is_secure: bool) -> Option<Self> {
        let id = request.cookie(name(is_secure))?;
        let is_ours = id.len() == LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_ours.then(|| Self(id.to_owned()))
    }

    /// What the table finds it by.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What each form of the session must carry.
    pub fn form_token(&self) -> String {
        sha256_hex(["form", &self.0])
    }

    /// The cookie: for this host, no script, and no request that another site makes but a link.
    pub fn cookie(&self, is_secure: bool) -> String {
        with(&self.0, is_secure, "")
    }

    /// The cookie that takes it away.
    pub fn cleared(is_secure: bool) -> String {
        with("", is_secure, "; Max-Age=0")
    }
}

fn name(is_secure: bool) -> &'static str {
    match is_secure {
        true => "__Host-session",
        false => "session",
    }
}

/// Without a time: it goes with the browser's own session, and the table ends it before.
fn with(value: &str, is_secure: bool, end: &str) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!(
        "{}={value}; Path=/{end}; HttpOnly; SameSite=Lax{secure}",
        name(is_secure)
    )
}

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId")
    }
}

/// Signs the browser in for one more account: under a new id, and the old one has ended.
///
/// # Errors
/// The table is not available: the browser is as it was.
pub async fn sign_in(
    store: &Store,
    random: &Random,
    old: Option<&SessionId>,
    bot: &BotId,
    now: Timestamp,
) -> Result<SessionId, StoreError> {
    let before = match old {
        Some(id) => store.session(id.secret(), None, now).await?.session,
        None => None,
    };
    let session: Session = before.unwrap_or_default().with(bot, now);
    let id = SessionId::new(random);
    store.put_session(id.secret(), &session).await?;
    if let Some(old) = old {
        // The old one is of no use to its browser any more, and ends by itself.
        if let Err(error) = store.end_session(old.secret()).await {
            tracing::warn!(%error, "an old session was not ended");
        }
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookie: &str) -> Request {
        serde_json::from_str(&format!(r#"{{"cookies":["{cookie}"]}}"#)).unwrap()
    }

    #[test]
    fn an_id_is_read_from_the_cookie_that_it_was_set_by() {
        let id = SessionId::new(&Random::system());
        for is_secure in [true, false] {
            let cookie = id.cookie(is_secure);
            let pair = cookie.split(';').next().unwrap();
            assert_eq!(SessionId::of(&request(pair), is_secure), Some(id.clone()));
        }
        assert!(SessionId::of(&request("session=short"), false).is_none());
        let plain = format!("session={}", id.secret());
        assert!(SessionId::of(&request(&plain), true).is_none());
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_and_seen_by_no_script() {
        let cookie = SessionId::new(&Random::system()).cookie(true);
        assert!(cookie.starts_with("__Host-session="));
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"));
        let cleared = SessionId::cleared(true);
        assert!(cleared.contains("session=; ") && cleared.contains("Max-Age=0"));
    }

    #[test]
    fn a_forms_token_does_not_tell_the_id() {
        let id = SessionId::new(&Random::system());
        assert!(!id.form_token().contains(id.secret()));
        assert_ne!(id.form_token(), sha256_hex([id.secret()]));
    }
}
