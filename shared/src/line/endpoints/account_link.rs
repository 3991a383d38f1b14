//! Linking a user's LINE account with one elsewhere
//! (<https://developers.line.biz/en/docs/messaging-api/linking-accounts/>).

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::domain::UserId;
use crate::line::endpoint::endpoint;
use crate::line::http::encode;
use crate::line::message::OverLimit;
use crate::line::message::limit::{units, within};

/// Where LINE links the two accounts.
const LINKS: &str = "https://access.line.me/dialog/bot/accountLink";

/// Issues a token with which the user's LINE account can be linked with an account
/// elsewhere
/// (<https://developers.line.biz/en/reference/messaging-api/#issue-link-token>).
#[derive(Debug, Clone)]
pub struct IssueLinkToken<'a> {
    pub user: &'a UserId,
}

endpoint!(IssueLinkToken<'_>: LINK_TOKEN, ForBot -> LinkToken, places(user));

/// A token that stands for one user towards the company's own site: good for ten minutes,
/// and for one link.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkToken {
    link_token: SecretString,
}

impl LinkToken {
    /// The address of the company's own page with this token as its query parameter
    /// `linkToken`: what the user is sent. There they log in, and the page sends their
    /// browser on to LINE with a nonce of its own, as [`LinkToken::at_line`] says.
    pub fn in_url(&self, page: &str) -> String {
        let (page, fragment) = match page.split_once('#') {
            Some((page, fragment)) => (page, format!("#{fragment}")),
            None => (page, String::new()),
        };
        let joint = match page.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some((_, query)) if query.ends_with('&') => "",
            Some(_) => "&",
        };
        let token = encode(self.as_str());
        format!("{page}{joint}linkToken={token}{fragment}")
    }

    /// Where the company's page sends the browser of a user who has logged in. The nonce is
    /// the page's own, and comes back in the account link event: nobody must be able to guess
    /// it, and it is used once.
    ///
    /// # Errors
    /// LINE takes a nonce of 10 to 255 characters.
    pub fn at_line(&self, nonce: &str) -> Result<String, OverLimit> {
        within("nonce", units(nonce), 10, 255)?;
        let (token, nonce) = (encode(self.as_str()), encode(nonce));
        Ok(format!("{LINKS}?linkToken={token}&nonce={nonce}"))
    }

    /// The token itself.
    pub fn as_str(&self) -> &str {
        self.link_token.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_a_query_parameter_of_the_companys_page() {
        let token: LinkToken = serde_json::from_str(r#"{"linkToken":"a+b/c="}"#).unwrap();
        let query = "linkToken=a%2Bb%2Fc%3D";
        for (page, url) in [
            ("https://a.jp/link", format!("https://a.jp/link?{query}")),
            ("https://a.jp/link?", format!("https://a.jp/link?{query}")),
            ("https://a.jp/?b=c", format!("https://a.jp/?b=c&{query}")),
            ("https://a.jp/?b=c&", format!("https://a.jp/?b=c&{query}")),
            ("https://a.jp/l#top", format!("https://a.jp/l?{query}#top")),
        ] {
            assert_eq!(token.in_url(page), url);
        }
        assert_eq!(
            token.at_line("0123456789=").unwrap(),
            format!("{LINKS}?{query}&nonce=0123456789%3D")
        );
        let short = token.at_line("012345678").unwrap_err();
        assert_eq!(short.to_string(), "nonce: LINE takes 10 to 255, not 9");
        assert!(token.at_line(&"n".repeat(255)).is_ok());
        assert!(token.at_line(&"n".repeat(256)).is_err());
        assert!(!format!("{token:?}").contains("a+b"));
    }
}
