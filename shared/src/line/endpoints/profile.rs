//! People.

use serde::{Deserialize, Serialize};

use crate::domain::UserId;
use crate::line::endpoint::endpoint;
use crate::line::{BotClient, LineError};

/// Asks for a user's profile.
#[derive(Debug, Clone)]
pub struct GetProfile<'a> {
    pub user: &'a UserId,
}

endpoint!(GetProfile<'_>: GET_PROFILE, ForBot -> Profile, places(user));

/// A user's profile; needs the scope `profile:read`
/// (<https://developers.line.biz/en/reference/messaging-api/#get-profile>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The name that the user shows.
    pub display_name: String,
    /// The language of the user's LINE, as BCP 47; absent if they did not agree.
    #[serde(default)]
    pub language: Option<String>,
    /// The user's picture, an https URL.
    #[serde(default)]
    pub picture_url: Option<String>,
    /// What the user says of themselves.
    #[serde(default)]
    pub status_message: Option<String>,
}

impl BotClient {
    /// The profile of a user who is a friend, or who talks with the account.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn profile(&self, user: &UserId) -> Result<Profile, LineError> {
        self.call(&GetProfile { user }).await
    }
}
