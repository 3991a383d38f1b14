//! The parameters of the authorize URL, each checked as LINE's page describes it.
//!
//! Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/#request-auth-from-line-oa-admin>

use crate::form::Form;
use crate::settings::Settings;
use crate::world::account::{Account, AccountStatus};

/// The scopes that a module channel can ask for.
pub(crate) const SCOPES: [&str; 8] = [
    "message:send",
    "message:receive",
    "account:manage",
    "message:mark_as_read",
    "message:templated_pnp",
    "profile:read",
    "coupon:manage",
    "crm:manage",
];

/// Parameters that the token exchange must repeat with the same value, where they were given.
pub(crate) const REPEATED: [&str; 4] = ["region", "basic_search_id", "scope", "brand_type"];

/// A valid authorize URL.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Where the browser goes afterwards.
    pub(crate) redirect_uri: String,
    /// The caller's own mark.
    pub(crate) state: String,
    /// The scopes asked for.
    pub(crate) scopes: Vec<String>,
    pub(crate) challenge: Option<String>,
    /// The parameters to be repeated at the exchange.
    pub(crate) repeated: Vec<(String, String)>,
    region: Option<String>,
    basic_search_id: Option<String>,
    brand_types: Vec<String>,
}

/// Why an authorize URL is refused.
#[derive(Debug)]
pub(crate) enum Problem {
    /// PlatformEvent on a page: where to redirect to cannot be trusted.
    Shown(String),
    /// PlatformEvent to the caller by a redirect.
    Redirected {
        /// Where to.
        redirect_uri: String,
        /// OAuth 2.0's name of the error; LINE does not publish its own.
        error: &'static str,
        /// What is wrong.
        description: String,
        /// The caller's mark.
        state: Option<String>,
    },
}

type Complaint = (&'static str, String);

impl Request {
    /// Reads and checks the query of an authorize URL.
    pub(crate) fn read(settings: &Settings, query: &str) -> Result<Self, Problem> {
        let form = Form::parse(query, settings.plus_is_space);
        let redirect_uri = trusted(settings, &form).map_err(Problem::Shown)?;
        Self::check(&form, redirect_uri).map_err(|(error, description)| Problem::Redirected {
            redirect_uri: redirect_uri.to_owned(),
            error,
            description,
            state: form.get("state").map(str::to_owned),
        })
    }

    fn check(form: &Form, redirect_uri: &str) -> Result<Self, Complaint> {
        if let Some(name) = form.repeated() {
            return Err(invalid(format!("{name} is given more than once")));
        }
        match form.get("response_type") {
            Some("code") => {}
            None => return Err(invalid("response_type is missing")),
            Some(_) => {
                let sentence = "response_type must be code".to_owned();
                return Err(("unsupported_response_type", sentence));
            }
        }
        Ok(Self {
            state: state(form)?,
            scopes: scopes(form)?,
            challenge: challenge(form)?,
            region: region(form)?,
            basic_search_id: basic_search_id(form)?,
            brand_types: brand_types(form)?,
            repeated: repeated(form),
            redirect_uri: redirect_uri.to_owned(),
        })
    }

    /// Whether an account can be chosen: in use, and within the limits of the URL.
    pub(crate) fn offers(&self, account: &Account) -> bool {
        let region = self.region.as_deref();
        let basic_id = self.basic_search_id.as_deref();
        account.status == AccountStatus::Active
            && region.is_none_or(|region| region == account.region.as_str())
            && basic_id.is_none_or(|id| id == account.basic_id)
            && (self.brand_types.is_empty()
                || self
                    .brand_types
                    .iter()
                    .any(|kind| kind == account.brand_type.as_str()))
    }
}

/// The redirect URI, if client and redirect URI are the channel's: it must be exactly one of those
/// registered.
fn trusted<'a>(settings: &Settings, form: &'a Form) -> Result<&'a str, String> {
    match form.get("client_id") {
        None => return Err("client_id is missing".into()),
        Some(id) if id != settings.channel_id => {
            return Err(format!("there is no module channel {id:?}"));
        }
        Some(_) => {}
    }
    let uri = form.get("redirect_uri").ok_or("redirect_uri is missing")?;
    if !settings
        .redirect_urls
        .iter()
        .any(|registered| registered == uri)
    {
        return Err(format!(
            "redirect_uri {uri:?} is not registered for this channel"
        ));
    }
    if !uri.starts_with("https://") && !is_loopback(uri) {
        return Err(format!("redirect_uri {uri:?} must begin with https://"));
    }
    Ok(uri)
}

/// Plain HTTP on this machine, which the real LINE refuses; without it nothing could be tried here.
fn is_loopback(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    matches!(host, "127.0.0.1" | "localhost" | "::1")
}

fn invalid(description: impl Into<String>) -> Complaint {
    ("invalid_request", description.into())
}

fn state(form: &Form) -> Result<String, Complaint> {
    let state = form.get("state").unwrap_or_default();
    if state.is_empty() {
        return Err(invalid("state is missing"));
    }
    if !state.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(invalid("state may have letters and digits only"));
    }
    Ok(state.to_owned())
}

fn scopes(form: &Form) -> Result<Vec<String>, Complaint> {
    let text = form.get("scope").unwrap_or_default();
    if text.is_empty() {
        return Err(invalid("scope is missing"));
    }
    let scopes: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let unknown = scopes
        .iter()
        .find(|scope| !SCOPES.contains(&scope.as_str()));
    match unknown {
        None => Ok(scopes),
        Some(scope) => Err(("invalid_scope", format!("there is no scope {scope:?}"))),
    }
}

fn region(form: &Form) -> Result<Option<String>, Complaint> {
    match form.get("region") {
        None | Some("JP" | "TW") => Ok(form.get("region").map(str::to_owned)),
        Some(_) => Err(invalid("region must be JP or TW")),
    }
}

fn basic_search_id(form: &Form) -> Result<Option<String>, Complaint> {
    match form.get("basic_search_id") {
        Some(id) if !id.starts_with('@') => Err(invalid(
            "basic_search_id must be a basic ID, which begins with @",
        )),
        id => Ok(id.map(str::to_owned)),
    }
}

fn brand_types(form: &Form) -> Result<Vec<String>, Complaint> {
    let Some(text) = form.get("brand_type") else {
        return Ok(Vec::new());
    };
    let known = |kind: &&str| matches!(*kind, "premium" | "verified" | "unverified");
    if !text.split(' ').all(|kind| known(&kind)) {
        let sentence = "brand_type must be of premium, verified and unverified, with %20 between";
        return Err(invalid(sentence));
    }
    Ok(text.split(' ').map(str::to_owned).collect())
}

/// The S256 challenge: 32 bytes in base64url without padding, 43 characters (RFC 7636).
fn challenge(form: &Form) -> Result<Option<String>, Complaint> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match (
        form.get("code_challenge"),
        form.get("code_challenge_method"),
    ) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(invalid("code_challenge_method without code_challenge")),
        (Some(_), None) => Err(invalid("code_challenge_method is missing, it must be S256")),
        (Some(text), Some("S256")) if text.len() == 43 && text.bytes().all(unreserved) => {
            Ok(Some(text.to_owned()))
        }
        (Some(_), Some("S256")) => {
            Err(invalid("code_challenge must be 43 characters of base64url"))
        }
        (Some(_), Some(_)) => Err(invalid("code_challenge_method must be S256")),
    }
}

fn repeated(form: &Form) -> Vec<(String, String)> {
    let given = REPEATED
        .iter()
        .filter_map(|name| Some((*name, form.get(name)?)));
    given
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Problem, Request, is_loopback};
    use crate::settings::Settings;

    const GOOD: &str = "response_type=code&client_id=2000000001\
        &redirect_uri=https%3A%2F%2Fexample.com%2Fattach%2Fcallback\
        &scope=message%3Asend%20message%3Areceive&state=abc123";

    fn settings() -> Settings {
        Settings {
            redirect_urls: vec!["https://example.com/attach/callback".into()],
            ..Settings::default()
        }
    }

    fn error(query: &str) -> String {
        match Request::read(&settings(), query).unwrap_err() {
            Problem::Shown(sentence) => format!("shown: {sentence}"),
            Problem::Redirected {
                error, description, ..
            } => format!("{error}: {description}"),
        }
    }

    #[test]
    fn a_url_as_in_lines_example_is_accepted() {
        let query = format!("{GOOD}&region=JP&brand_type=premium%20verified");
        let request = Request::read(&settings(), &query).unwrap();
        assert_eq!(request.scopes, ["message:send", "message:receive"]);
        assert_eq!(request.state, "abc123");
        assert_eq!(request.repeated.len(), 3);
    }

    #[test]
    fn a_bad_client_or_redirect_uri_is_never_redirected_to() {
        let wrong_client = GOOD.replace("2000000001", "1");
        assert!(error(&wrong_client).starts_with("shown: there is no module channel"));
        let wrong_uri = GOOD.replace("callback", "callback2");
        assert!(error(&wrong_uri).contains("is not registered"));
        let twice = GOOD.replace("https%3A%2F%2F", "https%253A%252F%252F");
        assert!(error(&twice).contains("is not registered"));
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        let cases = [
            (GOOD.replace("=code", "=token"), "unsupported_response_type"),
            (GOOD.replace("abc123", "abc-123"), "letters and digits"),
            (GOOD.replace("abc123", ""), "state is missing"),
            (
                GOOD.replace("%3Asend", "%4Asend"),
                "no scope \"messageJsend\"",
            ),
            (GOOD.replace("%20", "+"), "invalid_scope"),
            (format!("{GOOD}&region=US"), "JP or TW"),
            (format!("{GOOD}&brand_type=gold"), "brand_type"),
            (format!("{GOOD}&state=other"), "more than once"),
            (format!("{GOOD}&code_challenge=abc"), "must be S256"),
            (
                format!("{GOOD}&code_challenge=abc&code_challenge_method=S256"),
                "43 characters",
            ),
            (
                format!("{GOOD}&code_challenge=abc&code_challenge_method=plain"),
                "must be S256",
            ),
        ];
        for (query, expected) in cases {
            assert!(
                error(&query).contains(expected),
                "{query}: {}",
                error(&query)
            );
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert!(is_loopback("http://127.0.0.1:9000/attach/callback"));
        assert!(is_loopback("http://[::1]:9000/"));
        assert!(!is_loopback("http://127.0.0.1.example.com/"));
        assert!(!is_loopback("http://localhost@example.com/"));
    }
}
