//! The settings for reading.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Settings;
use super::reasons::REASONS;
use crate::error::Error;

/// A setting as `GET /_emulator/settings` lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    pub name: String,
    /// What it is now.
    pub value: Value,
    /// What it is if nobody sets it.
    pub default: Value,
    /// Why it is a setting, or why the default is what it is.
    pub reason: String,
}

impl Settings {
    /// The settings about rules that LINE leaves open, each with its reason.
    pub fn listing(&self) -> Vec<Setting> {
        let (now, usual) = (members(self), members(&Self::default()));
        let listed = REASONS.iter().map(|(name, reason)| Setting {
            name: (*name).to_owned(),
            value: now[*name].clone(),
            default: usual[*name].clone(),
            reason: (*reason).to_owned(),
        });
        listed.collect()
    }

    /// These settings, with some changed. Only those that are listed can be.
    pub(crate) fn changed(&self, changes: &Value) -> Result<Self, Error> {
        let changes = changes
            .as_object()
            .ok_or_else(|| Error::request("settings are a JSON object"))?;
        let mut all = members(self);
        for (name, value) in changes {
            if !REASONS.iter().any(|(known, _)| known == name) {
                let sentence = format!("{name:?} is no setting that can be changed");
                return Err(Error::request(sentence));
            }
            all[name] = value.clone();
        }
        serde_json::from_value(all).map_err(|error| Error::request(error.to_string()))
    }
}

fn members(settings: &Settings) -> Value {
    // Settings are plain data; JSON has all of it.
    serde_json::to_value(settings).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{REASONS, Settings, members};

    /// What a channel is, rather than what LINE does.
    const CHANNEL: [&str; 14] = [
        "channel_id",
        "channel_name",
        "channel_secret",
        "previous_secret",
        "other_channel_id",
        "other_channel_secret",
        "primary_channel_secret",
        "bot_header",
        "webhook_url",
        "other_webhook_url",
        "primary_webhook_url",
        "redirect_urls",
        "bundle_url",
        "data_file",
    ];

    #[test]
    fn every_setting_has_a_reason() {
        let all = members(&Settings::default());
        let names = all.as_object().unwrap().keys();
        let without = names.filter(|name| {
            let has_reason = REASONS.iter().any(|(known, _)| known == name);
            !has_reason && !CHANNEL.contains(&name.as_str())
        });
        assert_eq!(without.collect::<Vec<_>>(), Vec::<&String>::new());
    }

    #[test]
    fn every_reason_is_for_a_setting() {
        for setting in Settings::default().listing() {
            let known = members(&Settings::default());
            assert!(known.get(&setting.name).is_some(), "{}", setting.name);
            assert_eq!(setting.value, setting.default, "{}", setting.name);
        }
    }

    #[test]
    fn settings_can_be_changed_and_secrets_cannot() {
        let settings = Settings::default();
        let changed = settings.changed(&json!({"limit_scale": 0.01})).unwrap();
        assert!((changed.limit_scale - 0.01).abs() < 1e-9);
        assert!(settings.changed(&json!({"channel_secret": "x"})).is_err());
        assert!(settings.changed(&json!({"limit_scale": "x"})).is_err());
    }
}
