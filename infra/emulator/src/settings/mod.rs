//! What can be set: the module channel, and a knob for each rule that LINE leaves open.

mod listing;
mod profile;
mod reasons;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::listing::Setting;
pub use self::profile::Profile;
use crate::world::chat::Holder;

/// How the emulator is set up. Every field has a default; build one with
/// `Settings { webhook_url: Some(..), ..Settings::default() }`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The module channel's ID.
    pub channel_id: String,
    /// Its name, as the link screen shows it.
    pub channel_name: String,
    /// Its secret: signs webhooks, and proves the channel at the token endpoints.
    pub channel_secret: String,
    /// The secret before the last reissue. Only for webhooks sent with `"signature": "previous"`;
    /// LINE refuses it everywhere from the moment of the reissue.
    pub previous_secret: Option<String>,
    /// The ID of another module channel, which other accounts' owners use beside this one.
    pub other_channel_id: String,
    /// Its secret.
    pub other_channel_secret: String,
    /// The secret of the accounts' own Messaging API channel. One stands for those of all accounts.
    pub primary_channel_secret: String,
    /// Name of the header that selects the bot. LINE tells the real one to participants only.
    pub bot_header: String,
    /// Where webhooks go. One address for the whole channel.
    pub webhook_url: Option<String>,
    /// Where the webhooks of the other module channel go. Without it none are sent there.
    pub other_webhook_url: Option<String>,
    /// Where the webhooks of the accounts' own channel go. Without it none are sent there.
    pub primary_webhook_url: Option<String>,
    /// The redirect URLs registered for the channel. A redirect URI must equal one of them.
    pub redirect_urls: Vec<String>,
    /// Whether the channel has the Default Active feature.
    pub default_active: bool,
    /// The bundle's start page, linked from the index page.
    pub bundle_url: Option<String>,
    /// Where the world is kept. Without it, it lives in memory.
    pub data_file: Option<PathBuf>,

    /// Life of an authorization code. LINE does not publish it.
    pub code_ttl_s: u64,
    /// Life of a stateless channel access token: 15 minutes.
    pub access_token_ttl_s: u64,
    /// Life of a reply token after the delivery of its webhook: one minute.
    pub reply_token_ttl_s: u64,
    /// How long LINE waits for the answer to a webhook: two seconds.
    pub webhook_timeout_ms: u64,
    /// How long a call with the fault `timeout-after-accept` is left without an answer.
    pub hold_ms: u64,
    /// Messages that each account may push in a month. `None` is no limit.
    pub monthly_limit: Option<u64>,

    /// By how much LINE's rate limits are multiplied; at least one call is left of each.
    pub limit_scale: f64,
    /// Whether a request whose retry key was accepted gets 409 even where the quota is used up.
    pub retry_key_before_quota: bool,
    /// How long after the answer what is answered with 202 is done, by the emulator's clock.
    pub job_ms: u64,
    /// The least recipients of a narrowcast; one with fewer fails.
    pub narrowcast_least_recipients: usize,
    /// The least users who must have tapped a rich menu before LINE tells numbers of it.
    pub richmenu_statistics_least_users: usize,
    /// How long videos and audios are prepared before they can be fetched.
    pub transcoding_ms: u64,
    /// Whether a video's preview can be fetched while it is being prepared.
    pub preview_while_preparing: bool,
    /// Whether a POST or PUT must have `content-length` or `transfer-encoding`; else it gets 411.
    pub length_required: bool,
    /// Whether a member that LINE's reference does not have is refused in messages and rich menus.
    pub refuse_unknown_members: bool,
    /// Whether a member that is `null` is refused there; else it counts as left out.
    pub refuse_null_members: bool,

    /// Whether a webhook without a 2xx answer is sent again.
    pub redelivery: bool,
    /// When it is sent again: seconds since the first time, by the emulator's clock.
    pub redelivery_schedule_s: Vec<u64>,
    /// Whether failed webhooks are counted in the error statistics.
    pub error_statistics: bool,

    /// Shape of the answer to the attach call. LINE's documents disagree.
    pub attach_answer: AttachAnswer,
    /// When the attached event comes, compared to the answer to the attach call.
    pub attached_event: AttachedEvent,
    /// How long after the answer the attached event is sent, where it comes after.
    pub attached_event_delay_ms: u64,
    /// For how long after another channel acquired a chat the module cannot: "a few seconds".
    pub acquire_lock_ms: u64,
    /// How long after its answer a call's event is sent: `activated`, `deactivated`, `detached`. With
    /// 0 it is sent before the answer.
    pub control_event_delay_ms: u64,
    /// For how long after a detach calls for the account still succeed, by the emulator's clock.
    pub detach_lag_ms: u64,
    /// Whether the detach call brings about a `detached` event. LINE's documents do not say.
    pub detached_event: bool,
    /// Whether suspended and deleted accounts are in the list of bots. LINE does not say.
    pub list_suspended: bool,
    /// Most accounts in a page of the list of bots; a greater limit counts as this one. LINE's
    /// documents say 100.
    pub list_page: usize,
    /// Whether `+` is a space in the attach parameters. LINE's documents only ever show `%20`.
    pub plus_is_space: bool,

    /// Status for wrong channel credentials.
    pub wrong_client_status: u16,
    /// Status for a call without the bot header.
    pub missing_bot_status: u16,
    /// Status for a call for a bot that the module is not attached to.
    pub not_attached_status: u16,
    /// Status for a call for a suspended or deleted account.
    pub suspended_status: u16,
    /// Status for a call whose scope was not granted.
    pub missing_scope_status: u16,
    /// Status for a message into a chat that another channel holds.
    pub standby_status: u16,
}

impl Settings {
    /// Where a channel's webhooks go.
    pub(crate) fn webhook_url_of(&self, channel: Holder) -> Option<&str> {
        let url = match channel {
            Holder::Module => &self.webhook_url,
            Holder::Other => &self.other_webhook_url,
            Holder::Primary => &self.primary_webhook_url,
        };
        url.as_deref()
    }

    /// What signs them.
    pub(crate) fn secret_of(&self, channel: Holder) -> &str {
        match channel {
            Holder::Module => &self.channel_secret,
            Holder::Other => &self.other_channel_secret,
            Holder::Primary => &self.primary_channel_secret,
        }
    }
}

/// Shape of the answer to the attach call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachAnswer {
    /// `"scopes": ["message:send", …]`, as in LINE's OpenAPI file and the example of the reference.
    ScopesArray,
    /// `"scope": "message:send …"`, as in the table of the reference.
    ScopeString,
    /// Both members.
    Both,
}

/// When the attached event comes, compared to the answer to the attach call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachedEvent {
    /// After the answer.
    After,
    /// Before the answer.
    Before,
    /// Never.
    Lost,
    /// Two times after the answer, with the same event id.
    Twice,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            channel_id: "2000000001".into(),
            channel_name: "Demo Extension".into(),
            channel_secret: "00112233445566778899aabbccddeeff".into(),
            previous_secret: None,
            other_channel_id: "2000000002".into(),
            other_channel_secret: "ffeeddccbbaa99887766554433221100".into(),
            primary_channel_secret: "0123456789abcdeffedcba9876543210".into(),
            bot_header: "X-Emulated-Bot-Id".into(),
            webhook_url: None,
            other_webhook_url: None,
            primary_webhook_url: None,
            redirect_urls: Vec::new(),
            default_active: true,
            bundle_url: None,
            data_file: None,
            code_ttl_s: 600,
            access_token_ttl_s: 900,
            reply_token_ttl_s: 60,
            webhook_timeout_ms: 2000,
            hold_ms: 60_000,
            monthly_limit: None,
            limit_scale: 1.0,
            retry_key_before_quota: false,
            job_ms: 1000,
            narrowcast_least_recipients: 1,
            richmenu_statistics_least_users: 20,
            transcoding_ms: 0,
            preview_while_preparing: true,
            length_required: true,
            refuse_unknown_members: false,
            refuse_null_members: false,
            redelivery: false,
            redelivery_schedule_s: vec![60, 300, 1800, 7200],
            error_statistics: true,
            attach_answer: AttachAnswer::ScopesArray,
            attached_event: AttachedEvent::After,
            attached_event_delay_ms: 50,
            acquire_lock_ms: 3000,
            control_event_delay_ms: 50,
            detach_lag_ms: 0,
            detached_event: false,
            list_suspended: true,
            list_page: 100,
            plus_is_space: false,
            wrong_client_status: 400,
            missing_bot_status: 400,
            not_attached_status: 403,
            suspended_status: 403,
            missing_scope_status: 403,
            standby_status: 403,
        }
    }
}

/// Shows no secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("channel_id", &self.channel_id)
            .field("bot_header", &self.bot_header)
            .field("webhook_url", &self.webhook_url)
            .field("redirect_urls", &self.redirect_urls)
            .field("default_active", &self.default_active)
            .field("bundle_url", &self.bundle_url)
            .field("data_file", &self.data_file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn settings_in_a_log_show_no_secret() {
        let settings = Settings::default();
        assert!(!format!("{settings:?}").contains(&settings.channel_secret));
    }
}
