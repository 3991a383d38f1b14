//! A function's variables, read once at its start. An empty value counts as
//! unset: a template passes optional ones on as empty texts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;

type Lookup = Box<dyn Fn(&str) -> Option<String>>;

/// Where variables come from, and which were asked for.
pub struct Env {
    get: Lookup,
    read: RefCell<Vec<&'static str>>,
}

/// A variable that is missing or wrong, in one line that names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is needed and not set.
    #[error("{name} is not set: {remedy}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What to set it to.
        remedy: &'static str,
    },
    /// It is set to something that cannot be.
    #[error("{name} is wrong: {expected}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it must look like.
        expected: &'static str,
    },
    /// It is set, and must not be.
    #[error("{name} must not be set: {reason}")]
    Unwanted {
        /// The variable.
        name: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// The module itself is wrong.
    #[error("the module is wrong: {0}")]
    Module(String),
}

impl Env {
    /// The process's environment.
    pub fn process() -> Self {
        Self::from_fn(|name| std::env::var(name).ok())
    }

    /// Variables from a map, for the local stack and tests.
    pub fn from_map(map: BTreeMap<String, String>) -> Self {
        Self::from_fn(move |name| map.get(name).cloned())
    }

    fn from_fn(get: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self {
            get: Box::new(get),
            read: RefCell::default(),
        }
    }

    /// A variable that need not be set.
    pub fn optional(&self, name: &'static str) -> Option<String> {
        self.read.borrow_mut().push(name);
        (self.get)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// A variable that must be set.
    ///
    /// # Errors
    /// [`ConfigError::Missing`], with the `remedy`.
    pub fn required(
        &self,
        name: &'static str,
        remedy: &'static str,
    ) -> Result<String, ConfigError> {
        self.optional(name)
            .ok_or(ConfigError::Missing { name, remedy })
    }

    /// Sees to it that a variable is not set. It does not count as read.
    ///
    /// # Errors
    /// [`ConfigError::Unwanted`] if it is.
    pub fn unused(&self, name: &'static str, reason: &'static str) -> Result<(), ConfigError> {
        match (self.get)(name).is_some_and(|value| !value.trim().is_empty()) {
            true => Err(ConfigError::Unwanted { name, reason }),
            false => Ok(()),
        }
    }

    /// A secret that need not be set.
    pub fn secret(&self, name: &'static str) -> Option<SecretString> {
        self.optional(name).map(SecretString::from)
    }

    /// The base of a URL, without a slash at its end: https, or http to this machine.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] for anything else: tokens and what users write would
    /// travel in the clear.
    pub fn url(&self, name: &'static str, default: &str) -> Result<String, ConfigError> {
        let url = self.optional_url(name)?;
        Ok(url.unwrap_or_else(|| default.to_owned()))
    }

    /// The same for a URL that need not be set.
    ///
    /// # Errors
    /// As [`Env::url`].
    pub fn optional_url(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let expected = "it must be a URL that begins with https://, or with http:// for localhost or \
                        127.0.0.1, without a query";
        self.url_where(name, expected, |scheme, host| {
            scheme == "https" || (scheme == "http" && THIS_MACHINE.contains(&host))
        })
    }

    /// An emulator's address, by a variable of the AWS SDKs. It may be in another container, without TLS.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] if it is set and neither https nor http.
    pub fn endpoint_url(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let expected = "it must be a URL that begins with https:// or http://, without a query";
        self.url_where(name, expected, |scheme, _| {
            ["https", "http"].contains(&scheme)
        })
    }

    fn url_where(
        &self,
        name: &'static str,
        expected: &'static str,
        is_allowed: impl FnOnce(&str, &str) -> bool,
    ) -> Result<Option<String>, ConfigError> {
        let Some(url) = self.optional(name) else {
            return Ok(None);
        };
        match scheme_and_host(&url) {
            Some((scheme, host)) if is_allowed(scheme, host) => {
                Ok(Some(url.trim_end_matches('/').to_owned()))
            }
            _ => Err(ConfigError::Invalid { name, expected }),
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] for anything else.
    pub fn flag(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        match self.optional(name).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(ConfigError::Invalid {
                name,
                expected: "it must be true or false",
            }),
        }
    }

    /// A whole number of days, one at least.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] for anything else.
    pub fn days(&self, name: &'static str, default: u32) -> Result<Duration, ConfigError> {
        let invalid = ConfigError::Invalid {
            name,
            expected: "it must be a whole number of days, 1 to 3650",
        };
        let days = match self.optional(name) {
            None => default,
            Some(text) => text.parse().map_err(|_| invalid.clone())?,
        };
        match (1..=3650).contains(&days) {
            true => Ok(DAY * days),
            false => Err(invalid),
        }
    }

    /// The names asked for so far, for the test that holds them against
    /// template.yaml.
    pub fn names_read(&self) -> Vec<&'static str> {
        self.read.borrow().clone()
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);

const THIS_MACHINE: [&str; 2] = ["localhost", "127.0.0.1"];

/// Of a URL without query, fragment and user.
fn scheme_and_host(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next()?;
    let host = authority
        .split_once(':')
        .map_or(authority, |(host, _)| host);
    let is_plain = !host.is_empty()
        && !authority.contains('@')
        && !rest.contains(|c: char| c.is_whitespace() || ['?', '#'].contains(&c));
    is_plain.then_some((scheme, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str, value: &str) -> Env {
        Env::from_map(BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn days_are_whole_and_one_at_least() {
        assert_eq!(env("A", "2").days("A", 30), Ok(DAY * 2));
        assert_eq!(env("A", "").days("A", 30), Ok(DAY * 30));
        for wrong in ["0", "-1", "1.5", "3651", "many"] {
            let line = env("A", wrong).days("A", 30).unwrap_err().to_string();
            assert_eq!(
                line,
                "A is wrong: it must be a whole number of days, 1 to 3650"
            );
        }
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let error = env("TABLE_NAME", " ")
            .required("TABLE_NAME", "give the table's name")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "TABLE_NAME is not set: give the table's name"
        );
    }

    #[test]
    fn a_url_loses_its_last_slash_and_anything_else_is_refused() {
        let read = |value| env("LINE_API_URL", value).url("LINE_API_URL", "https://api.line.me");
        assert_eq!(
            read("http://127.0.0.1:9001/").unwrap(),
            "http://127.0.0.1:9001"
        );
        assert_eq!(read("").unwrap(), "https://api.line.me");
        assert_eq!(
            read("https://proxy.example.com:8443/line/").unwrap(),
            "https://proxy.example.com:8443/line"
        );
        assert_eq!(
            read("api.line.me").unwrap_err().to_string(),
            "LINE_API_URL is wrong: it must be a URL that begins with https://, or with http:// for localhost or \
             127.0.0.1, without a query"
        );
    }

    #[test]
    fn http_is_for_this_machine_alone() {
        let read = |value| env("PUBLIC_URL", value).optional_url("PUBLIC_URL");
        for here in [
            "http://localhost:9000",
            "http://127.0.0.1",
            "http://127.0.0.1:9000/",
        ] {
            assert!(read(here).is_ok(), "{here}");
        }
        for elsewhere in [
            "http://api.line.me",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com:80",
            "http://localhost@example.com",
            "http://localhost:80@example.com",
            "https://user@example.com",
            "https://",
            "https:///path",
            "https://example.com?query",
            "https://example.com/#fragment",
            "https://example.com/a b",
            "HTTP://example.com",
            "ftp://localhost",
        ] {
            assert!(read(elsewhere).is_err(), "{elsewhere}");
        }
        let emulator =
            env("AWS_ENDPOINT_URL", "http://dynamodb:8000/").endpoint_url("AWS_ENDPOINT_URL");
        assert_eq!(emulator.unwrap().as_deref(), Some("http://dynamodb:8000"));
    }

    #[test]
    fn what_was_read_can_be_listed() {
        let env = env("A", "1");
        env.optional("A");
        assert!(env.flag("B", true).unwrap());
        assert_eq!(env.names_read(), ["A", "B"]);
    }
}
