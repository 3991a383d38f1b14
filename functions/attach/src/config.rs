//! The function's variables.

use shared::env::{ConfigError, Env};
use shared::gateway::Request;
use shared::line::Channel;
use shared::secret::SecretPlace;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// `LINE_CHANNEL_ID`, `LINE_BOT_HEADER`, `LINE_API_URL`, `LINE_DATA_API_URL`.
    pub channel: Channel,
    /// `LINE_CHANNEL_SECRET` or `LINE_SECRET_ARN`.
    pub secret: SecretPlace,
    /// `LINE_MANAGER_URL`.
    pub manager_url: String,
    /// `LINE_SCOPES`, `LINE_REGION`, `LINE_BRAND_TYPE`, `PUBLIC_URL`.
    pub offer: Offer,
    /// `REQUIRE_INVITATION`.
    pub requires_invitation: bool,
    /// `TABLE_NAME`.
    pub table: String,
    /// `EVENT_QUEUE_URL`.
    pub queue_url: String,
}

/// What accounts are asked for, and where.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Scopes, separated by single spaces.
    pub scopes: String,
    /// `JP` or `TW`, if only that region's accounts may attach.
    pub region: Option<String>,
    /// Kinds of account that may attach, separated by single spaces.
    pub brand_type: Option<String>,
    public_url: Option<String>,
}

impl Config {
    /// Reads every variable once.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            channel: Channel::read(env)?,
            secret: SecretPlace::from_env(env)?,
            manager_url: env.url("LINE_MANAGER_URL", "https://manager.line.biz")?,
            offer: Offer::read(env)?,
            requires_invitation: env.flag("REQUIRE_INVITATION", false)?,
            table: env.required("TABLE_NAME", "give the table's name")?,
            queue_url: env.required("EVENT_QUEUE_URL", "give the event queue's URL")?,
        })
    }
}

impl Offer {
    fn read(env: &Env) -> Result<Self, ConfigError> {
        let remedy =
            "give the scopes to ask for, separated by spaces, as message:send message:receive";
        let scopes = env.required("LINE_SCOPES", remedy)?;
        let region = env.optional("LINE_REGION");
        if region
            .as_deref()
            .is_some_and(|region| !["JP", "TW"].contains(&region))
        {
            return Err(ConfigError::Invalid {
                name: "LINE_REGION",
                expected: "it must be JP or TW",
            });
        }
        let brand_type = env.optional("LINE_BRAND_TYPE").map(|types| words(&types));
        let known = ["premium", "verified", "unverified"];
        if brand_type
            .iter()
            .flat_map(|types| types.split(' '))
            .any(|word| !known.contains(&word))
        {
            let expected = "it must be of premium, verified, unverified, separated by spaces";
            return Err(ConfigError::Invalid {
                name: "LINE_BRAND_TYPE",
                expected,
            });
        }
        let public_url = env.optional_url("PUBLIC_URL")?;
        Ok(Self {
            scopes: words(&scopes),
            region,
            brand_type,
            public_url,
        })
    }

    /// The bundle's own address: `PUBLIC_URL`, or the one that was asked.
    pub(crate) fn public_url(&self, request: &Request) -> String {
        request.public_url(self.public_url.as_deref())
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(name: &str, value: &str) -> Result<Offer, ConfigError> {
        let variables = [
            ("LINE_SCOPES", "message:send  message:receive"),
            (name, value),
        ];
        Offer::read(&Env::from_map(
            variables.map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
        ))
    }

    #[test]
    fn limits_on_who_may_attach_are_checked_at_the_start() {
        assert_eq!(
            offer("LINE_BRAND_TYPE", "premium  verified")
                .unwrap()
                .brand_type
                .unwrap(),
            "premium verified"
        );
        assert_eq!(
            offer("LINE_REGION", "").unwrap().scopes,
            "message:send message:receive"
        );
        assert_eq!(
            offer("LINE_REGION", "US").unwrap_err().to_string(),
            "LINE_REGION is wrong: it must be JP or TW"
        );
        assert!(offer("LINE_BRAND_TYPE", "gold").is_err());
    }
}
