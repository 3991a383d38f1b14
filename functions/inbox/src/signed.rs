//! The signature of a call: base64 of HMAC-SHA256, keyed with the inbox's key, over the time in
//! Unix seconds, a line feed, the path, a line feed, and the raw body:
//!
//! ```text
//! 1795136400
//! /inbox/U0123456789abcdef0123456789abcdef/L4af4980629
//! {"name":"booked","id":"web-1","payload":{"table":2}}
//! ```
//!
//! The path is signed too, so that nobody can lead a call that they have seen to another chat.

use std::time::Duration;

use secrecy::SecretString;
use shared::domain::Timestamp;
use shared::gateway::Request;
use shared::hmac_sha256::{self, Signature};
use shared::secret::InboxKeys;

use crate::command::LARGEST_BODY;
use crate::refusal::Refusal;

/// The header that has the time at which a call was signed, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "x-inbox-timestamp";
/// The header that has the signature.
pub const SIGNATURE_HEADER: &str = "x-inbox-signature";
/// How far the time in a call may be from ours, either way.
pub const SIGNED_FOR: Duration = Duration::from_secs(300);

/// Signs a call as its caller does: `timestamp` in Unix seconds, `path` from `/inbox/` on.
pub fn sign(key: &SecretString, timestamp: u64, path: &str, body: &[u8]) -> String {
    let timestamp = timestamp.to_string();
    let signed = hmac_sha256::sign(key, &parts(&timestamp, path, body));
    signed.unwrap_or_default() // HMAC takes any key
}

fn parts<'a>(timestamp: &'a str, path: &'a str, body: &'a [u8]) -> [&'a [u8]; 5] {
    [timestamp.as_bytes(), b"\n", path.as_bytes(), b"\n", body]
}

/// A call that nobody has checked yet.
#[derive(Debug)]
pub(crate) struct Unverified {
    timestamp: String,
    seconds: u64,
    signature: Signature,
    path: String,
    body: Vec<u8>,
}

impl Unverified {
    /// A request to this path, if its headers have the form that they must have, and its body
    /// may have the size: else it costs neither a hash nor a look for a newer key.
    ///
    /// # Errors
    /// [`Refusal::Unsigned`], [`Refusal::TooLarge`]; [`Refusal::Malformed`] if the body cannot
    /// be read.
    pub(crate) fn read(request: Request, path: String) -> Result<Self, Refusal> {
        let timestamp = request.header(TIMESTAMP_HEADER).unwrap_or_default();
        let is_number = !timestamp.is_empty() && timestamp.bytes().all(|it| it.is_ascii_digit());
        let seconds = timestamp.parse().ok().filter(|_| is_number);
        let signature = Signature::read(request.header(SIGNATURE_HEADER));
        let (Some(seconds), Ok(signature)) = (seconds, signature) else {
            return Err(Refusal::Unsigned);
        };
        let timestamp = timestamp.to_owned();
        let body = request.into_body();
        let body = body.ok_or_else(|| Refusal::Malformed("it is not base64".into()))?;
        if body.len() > LARGEST_BODY {
            return Err(Refusal::TooLarge);
        }
        Ok(Self {
            timestamp,
            seconds,
            signature,
            path,
            body,
        })
    }
}

/// The bytes of a call that was signed with a key of ours a moment ago. There is no other way to
/// make one than [`VerifiedCall::check`], so nothing unverified can be parsed.
#[derive(Debug)]
pub(crate) struct VerifiedCall(Vec<u8>);

impl VerifiedCall {
    /// The signature first: who has no key learns nothing of our clock. The call comes back
    /// where no key fits, for another try with newer ones.
    ///
    /// # Errors
    /// The call, untouched; or within it [`Refusal::Stale`].
    pub(crate) fn check(
        call: Unverified,
        keys: &InboxKeys,
        now: Timestamp,
    ) -> Result<Result<Self, Refusal>, Unverified> {
        let parts = parts(&call.timestamp, &call.path, &call.body);
        if !call.signature.fits(&parts, keys.accepted()) {
            return Err(call);
        }
        let ours = u64::try_from(now.0 / 1000).unwrap_or_default();
        let off = ours.abs_diff(call.seconds);
        Ok(match off <= SIGNED_FOR.as_secs() {
            true => Ok(Self(call.body)),
            false => Err(Refusal::Stale { off, ours }),
        })
    }

    /// The bytes as they were signed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
