//! Channel access tokens of all three kinds. The bundle itself uses stateless ones
//! (see [`token`](crate::line::token)); the others are for tools, and for looking
//! at tokens that others have issued.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::line::body::Body;
use crate::line::endpoint::{Endpoint, Facts, ForChannel, Query, Unsendable, read_json};
use crate::line::endpoints::table;
use crate::line::http::Answer;

/// What kind of assertion it is: a JWT.
const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token that was issued.
#[derive(Debug, Clone, Deserialize)]
pub struct IssuedToken {
    /// The token.
    pub access_token: SecretString,
    /// Seconds until it expires.
    pub expires_in: u64,
    /// Identifies the token among others: v2.1 only.
    #[serde(default)]
    pub key_id: Option<String>,
}

/// A token that is good.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VerifiedToken {
    /// The channel it is of.
    pub client_id: String,
    /// Seconds until it expires.
    pub expires_in: u64,
    /// What it allows, where LINE tells.
    #[serde(default)]
    pub scope: Option<String>,
}

/// The key ids of tokens that are good.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeyIds {
    /// Each.
    pub kids: Vec<String>,
}

/// How we tell who we are.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// By the channel's id and secret.
    Secret {
        /// The channel's id.
        channel: &'a str,
        secret: &'a SecretString,
    },
    /// By a JWT that is signed with the channel's key.
    Assertion(&'a SecretString),
}

impl<'a> Proof<'a> {
    fn pairs(self) -> [(&'static str, &'a str); 2] {
        match self {
            Self::Secret { channel, secret } => [
                ("client_id", channel),
                ("client_secret", secret.expose_secret()),
            ],
            Self::Assertion(jwt) => [
                ("client_assertion_type", JWT),
                ("client_assertion", jwt.expose_secret()),
            ],
        }
    }

    fn grant(self) -> Body {
        let [first, second] = self.pairs();
        Body::form(&[("grant_type", "client_credentials"), first, second])
    }
}

/// Makes a token endpoint: its row, its answer, and its body or query.
macro_rules! token_endpoint {
    ($type:ty: $row:ident -> $answer:ty as $read:expr, $part:ident $of:expr) => {
        impl Endpoint for $type {
            const FACTS: &'static Facts = &table::$row;
            type By = ForChannel;
            type Answer = $answer;
            token_endpoint!(@$part $of);
            fn read(answer: &Answer) -> Option<Self::Answer> {
                let read: fn(&Answer) -> Option<Self::Answer> = $read;
                read(answer)
            }
        }
    };
    (@body $of:expr) => {
        fn body(&self) -> Result<Body, Unsendable> {
            let of: fn(&Self) -> Body = $of;
            Ok(of(self))
        }
    };
    (@query $of:expr) => {
        fn query(&self) -> Query {
            let of: fn(&Self) -> Query = $of;
            of(self)
        }
    };
}

/// Issues a stateless token: 15 minutes, any number, not to be revoked
/// (<https://developers.line.biz/en/reference/messaging-api/#issue-stateless-channel-access-token>).
#[derive(Debug, Clone)]
pub struct IssueStateless<'a> {
    /// Who we are.
    pub proof: Proof<'a>,
}

token_endpoint!(IssueStateless<'_>: TOKEN_STATELESS -> IssuedToken as read_json, body |this| this.proof.grant());

/// Issues a short-lived token: 30 days. A channel has 30: one more revokes the
/// oldest (<https://developers.line.biz/en/reference/messaging-api/#issue-shortlived-channel-access-token>).
#[derive(Debug, Clone)]
pub struct IssueShortLived<'a> {
    /// The channel's id.
    pub channel: &'a str,
    pub secret: &'a SecretString,
}

token_endpoint!(IssueShortLived<'_>: TOKEN_SHORT_LIVED -> IssuedToken as read_json, body |this| {
    let (channel, secret) = (this.channel, this.secret);
    Proof::Secret { channel, secret }.grant()
});

/// Asks whether a short-lived token is good
/// (<https://developers.line.biz/en/reference/messaging-api/#verify-channel-access-token>).
#[derive(Debug, Clone)]
pub struct VerifyShortLived<'a> {
    pub token: &'a SecretString,
}

token_endpoint!(VerifyShortLived<'_>: TOKEN_SHORT_LIVED_VERIFY -> VerifiedToken as read_json, body |this| {
    Body::form(&[("access_token", this.token.expose_secret())])
});

/// Ends a short-lived token; one that is not known is no error
/// (<https://developers.line.biz/en/reference/messaging-api/#revoke-longlived-or-shortlived-channel-access-token>).
#[derive(Debug, Clone)]
pub struct RevokeShortLived<'a> {
    pub token: &'a SecretString,
}

token_endpoint!(RevokeShortLived<'_>: TOKEN_SHORT_LIVED_REVOKE -> () as |_| Some(()), body |this| {
    Body::form(&[("access_token", this.token.expose_secret())])
});

/// Issues a token v2.1, for as long as the assertion says: up to 30 days. A channel
/// has 30: one more is refused
/// (<https://developers.line.biz/en/reference/messaging-api/#issue-channel-access-token-v2-1>).
#[derive(Debug, Clone)]
pub struct IssueV21<'a> {
    /// A JWT, with `token_exp`.
    pub assertion: &'a SecretString,
}

token_endpoint!(IssueV21<'_>: TOKEN_V2_1 -> IssuedToken as read_json, body |this| Proof::Assertion(this.assertion).grant());

/// Asks whether a token v2.1 is good
/// (<https://developers.line.biz/en/reference/messaging-api/#verify-channel-access-token-v2-1>).
#[derive(Debug, Clone)]
pub struct VerifyV21<'a> {
    pub token: &'a SecretString,
}

token_endpoint!(VerifyV21<'_>: TOKEN_V2_1_VERIFY -> VerifiedToken as read_json, query |this| {
    Query::default().and("access_token", &this.token.expose_secret())
});

/// Lists the key ids of tokens v2.1 that are good
/// (<https://developers.line.biz/en/reference/messaging-api/#get-all-valid-channel-access-token-key-ids-v2-1>).
#[derive(Debug, Clone)]
pub struct ListKeyIds<'a> {
    /// A JWT.
    pub assertion: &'a SecretString,
}

token_endpoint!(ListKeyIds<'_>: TOKEN_V2_1_KEYS -> KeyIds as read_json, query |this| {
    let assertion = this.assertion.expose_secret();
    let query = Query::default().and("client_assertion_type", &JWT);
    query.and("client_assertion", &assertion)
});

/// Ends a token v2.1; one that is not known is no error
/// (<https://developers.line.biz/en/reference/messaging-api/#revoke-channel-access-token-v2-1>).
#[derive(Debug, Clone)]
pub struct RevokeV21<'a> {
    /// The channel's id.
    pub channel: &'a str,
    pub secret: &'a SecretString,
    pub token: &'a SecretString,
}

token_endpoint!(RevokeV21<'_>: TOKEN_V2_1_REVOKE -> () as |_| Some(()), body |this| {
    let (channel, secret) = (this.channel, this.secret);
    let [id, secret] = Proof::Secret { channel, secret }.pairs();
    Body::form(&[id, secret, ("access_token", this.token.expose_secret())])
});
