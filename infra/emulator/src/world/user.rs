//! The people who chat with the accounts.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// A person, as one account knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id for this account.
    pub user_id: String,
    pub name: String,
    /// The language, as in the profile: `ja`, `zh-Hant`, `en`.
    pub language: String,
    /// Whether they have added the account as a friend. Stays true while they block it.
    pub friend: bool,
    /// Whether they block the account.
    pub blocked: bool,
    /// The phone number, in E.164 form.
    #[serde(default)]
    pub phone: Option<String>,
    /// What LINE knows of them, or guesses.
    #[serde(default)]
    pub traits: Traits,
    /// When they last wrote.
    #[serde(default)]
    pub(crate) wrote_at: Option<Millis>,
    /// The time of the newest follow or unfollow taken in.
    #[serde(default)]
    pub(crate) presence_at: Millis,
}

/// What LINE knows of a person, or guesses, in the words of narrowcast filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Traits {
    /// `male` or `female`.
    pub gender: Option<String>,
    /// In years.
    pub age: Option<u8>,
    /// Such as `jp_13`.
    pub area: Option<String>,
    /// `ios` or `android`.
    pub app: Option<String>,
}

impl User {
    /// A user nobody seeded: a friend, so that tests can make up ids.
    pub(crate) fn invented(user_id: &str) -> Self {
        let tail: Vec<char> = user_id.chars().rev().take(4).collect();
        Self {
            user_id: user_id.to_owned(),
            name: format!("Guest {}", tail.into_iter().rev().collect::<String>()),
            language: "ja".into(),
            friend: true,
            blocked: false,
            phone: None,
            traits: Traits::default(),
            wrote_at: None,
            presence_at: 0,
        }
    }

    /// Whether a push may be addressed to this user: a friend, even one who blocks the account, or
    /// somebody who wrote within seven days.
    ///
    /// Source: <https://developers.line.biz/en/docs/messaging-api/sending-messages/>
    pub(crate) fn can_be_pushed(&self, now: Millis) -> bool {
        const WEEK: Millis = 7 * 86_400_000;
        self.friend || self.wrote_at.is_some_and(|at| at + WEEK > now)
    }

    /// Whether the profile can be read: not of those who never became friends, nor of those who
    /// block the account.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#get-profile>
    pub(crate) fn shows_profile(&self) -> bool {
        !self.blocked && (self.friend || self.wrote_at.is_some())
    }
}

/// Whether a chat id is a user's: all that are not a group's or a room's.
pub(crate) fn is_user(chat: &str) -> bool {
    !chat.starts_with('C') && !chat.starts_with('R')
}
