//! A function's variables, read once at its start. An empty value counts as
//! unset: a template passes optional ones on as empty texts.

use std::cell::RefCell;
use std::collections::BTreeMap;

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

    /// The base of a URL, without a slash at its end.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] if it is neither https nor http.
    pub fn url(&self, name: &'static str, default: &str) -> Result<String, ConfigError> {
        let url = self.optional(name).unwrap_or_else(|| default.to_owned());
        base_url(&url).ok_or(ConfigError::Invalid {
            name,
            expected: EXPECTED_URL,
        })
    }

    /// The same for a URL that need not be set.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] if it is set and neither https nor http.
    pub fn optional_url(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let Some(url) = self.optional(name) else {
            return Ok(None);
        };
        let base = base_url(&url).ok_or(ConfigError::Invalid {
            name,
            expected: EXPECTED_URL,
        })?;
        Ok(Some(base))
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

    /// The names asked for so far, for the test that holds them against
    /// template.yaml.
    pub fn names_read(&self) -> Vec<&'static str> {
        self.read.borrow().clone()
    }
}

const EXPECTED_URL: &str = "it must be a URL that begins with https://, or http:// for an emulator, \
                            without a query";

fn base_url(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let plain = !rest.is_empty() && !rest.contains(['?', '#', ' ']) && !rest.starts_with('/');
    plain.then(|| url.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str, value: &str) -> Env {
        Env::from_map(BTreeMap::from([(name.to_owned(), value.to_owned())]))
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
        assert!(
            read("api.line.me")
                .unwrap_err()
                .to_string()
                .starts_with("LINE_API_URL is wrong")
        );
    }

    #[test]
    fn what_was_read_can_be_listed() {
        let env = env("A", "1");
        env.optional("A");
        assert!(env.flag("B", true).unwrap());
        assert_eq!(env.names_read(), ["A", "B"]);
    }
}
