//! Settings that go together: how LINE might be, where it does not say.

use std::fmt;
use std::str::FromStr;

use super::{AttachAnswer, AttachedEvent, Settings};
use crate::error::Error;

/// A choice of settings for what LINE leaves open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// The defaults: what LINE's documents say, to the letter.
    #[default]
    Strict,
    /// The forgiving end: short delays, long lives, both shapes of an answer.
    Lenient,
    /// The awkward end: events twice and late, short lives, other statuses.
    Hostile,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Strict, Self::Lenient, Self::Hostile];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Lenient => "lenient",
            Self::Hostile => "hostile",
        }
    }

    /// The settings. Those of the channel are the defaults.
    pub fn settings(self) -> Settings {
        match self {
            Self::Strict => Settings::default(),
            Self::Lenient => lenient(),
            Self::Hostile => hostile(),
        }
    }
}

fn lenient() -> Settings {
    Settings {
        code_ttl_s: 3600,
        reply_token_ttl_s: 1200,
        webhook_timeout_ms: 10_000,
        retry_key_before_quota: true,
        job_ms: 0,
        length_required: false,
        richmenu_statistics_least_users: 1,
        attach_answer: AttachAnswer::Both,
        attached_event_delay_ms: 0,
        acquire_lock_ms: 0,
        control_event_delay_ms: 0,
        detached_event: true,
        plus_is_space: true,
        ..Settings::default()
    }
}

fn hostile() -> Settings {
    Settings {
        code_ttl_s: 30,
        reply_token_ttl_s: 20,
        job_ms: 60_000,
        transcoding_ms: 30_000,
        preview_while_preparing: false,
        redelivery: true,
        redelivery_schedule_s: vec![1, 5, 30, 300],
        attach_answer: AttachAnswer::ScopeString,
        attached_event: AttachedEvent::Twice,
        attached_event_delay_ms: 2000,
        acquire_lock_ms: 10_000,
        control_event_delay_ms: 1500,
        detach_lag_ms: 30_000,
        detached_event: true,
        list_suspended: false,
        list_page: 2,
        wrong_client_status: 401,
        missing_bot_status: 403,
        not_attached_status: 404,
        suspended_status: 404,
        missing_scope_status: 400,
        standby_status: 400,
        ..Settings::default()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Profile {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|known| known.as_str() == text);
        found.ok_or_else(|| Error::request("a profile is strict, lenient or hostile"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Profile, Settings};

    #[test]
    fn the_strict_profile_is_the_defaults() {
        assert_eq!(Profile::default(), Profile::Strict);
        let is_default = |profile: Profile| {
            let listing = profile.settings().listing();
            listing
                .iter()
                .all(|setting| setting.value == setting.default)
        };
        assert_eq!(Profile::ALL.map(is_default), [true, false, false]);
    }

    #[test]
    fn a_profile_is_about_what_line_leaves_open_and_not_about_the_channel() {
        for profile in Profile::ALL {
            let listing = profile.settings().listing().into_iter();
            let listed: serde_json::Map<_, _> = listing
                .map(|setting| (setting.name, setting.value))
                .collect();
            let rebuilt = Settings::default().changed(&listed.into()).unwrap();
            let all = |settings: &Settings| serde_json::to_value(settings).unwrap();
            assert_eq!(all(&rebuilt), all(&profile.settings()), "{profile}");
        }
    }

    #[test]
    fn a_profile_is_read_by_its_name() {
        for profile in Profile::ALL {
            assert_eq!(profile.to_string().parse::<Profile>().unwrap(), profile);
        }
        assert!("kind".parse::<Profile>().is_err());
    }
}
