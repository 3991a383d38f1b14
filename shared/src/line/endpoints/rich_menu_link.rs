//! Which rich menu a user sees: their own, else the account's default.

use serde::{Deserialize, Serialize};

use crate::domain::UserId;
use crate::line::endpoint::{Unsendable, endpoint, has};
use crate::line::endpoints::rich_menu::RichMenuId;

/// Bulk calls are for this many users at most.
const MOST_USERS: usize = 500;
/// A batch has this many operations at most.
const MOST_OPERATIONS: usize = 1_000;

/// Makes a rich menu the account's default
/// (<https://developers.line.biz/en/reference/messaging-api/#set-default-rich-menu>).
#[derive(Debug, Clone)]
pub struct SetDefaultRichMenu<'a> {
    /// Its id.
    pub menu: &'a str,
}

endpoint!(SetDefaultRichMenu<'_>: RICH_MENU_DEFAULT_SET, ForBot -> (), places(menu));

/// Asks for the account's default
/// (<https://developers.line.biz/en/reference/messaging-api/#get-default-rich-menu-id>).
#[derive(Debug, Clone, Copy)]
pub struct GetDefaultRichMenu;

endpoint!(GetDefaultRichMenu: RICH_MENU_DEFAULT_GET, ForBot -> RichMenuId);

/// Leaves the account without a default
/// (<https://developers.line.biz/en/reference/messaging-api/#clear-default-rich-menu>).
#[derive(Debug, Clone, Copy)]
pub struct ClearDefaultRichMenu;

endpoint!(ClearDefaultRichMenu: RICH_MENU_DEFAULT_CLEAR, ForBot -> ());

/// Asks for a user's own
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu-id-of-user>).
#[derive(Debug, Clone)]
pub struct GetRichMenuOfUser<'a> {
    pub user: &'a UserId,
}

endpoint!(GetRichMenuOfUser<'_>: RICH_MENU_OF_USER, ForBot -> RichMenuId, places(user));

/// Gives a user their own
/// (<https://developers.line.biz/en/reference/messaging-api/#link-rich-menu-to-user>).
#[derive(Debug, Clone)]
pub struct LinkRichMenu<'a> {
    pub user: &'a UserId,
    /// The menu's id.
    pub menu: &'a str,
}

endpoint!(LinkRichMenu<'_>: RICH_MENU_LINK, ForBot -> (), places(user, menu));

/// Takes a user's own away
/// (<https://developers.line.biz/en/reference/messaging-api/#unlink-rich-menu-from-user>).
#[derive(Debug, Clone)]
pub struct UnlinkRichMenu<'a> {
    pub user: &'a UserId,
}

endpoint!(UnlinkRichMenu<'_>: RICH_MENU_UNLINK, ForBot -> (), places(user));

/// Gives up to 500 users their own, soon
/// (<https://developers.line.biz/en/reference/messaging-api/#link-rich-menu-to-users>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRichMenuToUsers<'a> {
    /// The menu's id.
    #[serde(rename = "richMenuId")]
    pub menu: &'a str,
    #[serde(rename = "userIds")]
    pub users: &'a [UserId],
}

impl LinkRichMenuToUsers<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        has("userIds", self.users.len(), 1, MOST_USERS)
    }
}

endpoint!(LinkRichMenuToUsers<'_>: RICH_MENU_LINK_MANY, ForBot -> (), checked_body());

/// Takes up to 500 users' own away, soon
/// (<https://developers.line.biz/en/reference/messaging-api/#unlink-rich-menu-from-users>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnlinkRichMenuFromUsers<'a> {
    #[serde(rename = "userIds")]
    pub users: &'a [UserId],
}

impl UnlinkRichMenuFromUsers<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        has("userIds", self.users.len(), 1, MOST_USERS)
    }
}

endpoint!(UnlinkRichMenuFromUsers<'_>: RICH_MENU_UNLINK_MANY, ForBot -> (), checked_body());

/// One change for all users that it fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Operation<'a> {
    /// Those of one menu get another.
    Link {
        /// The id of the menu they have.
        from: &'a str,
        /// The id of the menu they get.
        to: &'a str,
    },
    /// Those of one menu have none of their own any more.
    Unlink {
        /// The id of the menu they have.
        from: &'a str,
    },
    /// Nobody has one of their own any more; it stands alone.
    UnlinkAll,
}

/// Changes the menus of all users that have one, soon. LINE's request id asks for
/// its progress: see [`BotClient::ask`](crate::line::BotClient::ask)
/// (<https://developers.line.biz/en/reference/messaging-api/#batch-control-rich-menus-of-users>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchRichMenus<'a> {
    /// One to 1,000 changes.
    pub operations: &'a [Operation<'a>],
    /// A name of our own, with which a batch that failed can be sent again to go on
    /// where it stopped.
    #[serde(rename = "resumeRequestKey", skip_serializing_if = "Option::is_none")]
    pub resume_key: Option<&'a str>,
}

impl BatchRichMenus<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        has("operations", self.operations.len(), 1, MOST_OPERATIONS)
    }
}

endpoint!(BatchRichMenus<'_>: RICH_MENU_BATCH, ForBot -> (), checked_body());

/// Asks whether LINE would take a batch
/// (<https://developers.line.biz/en/reference/messaging-api/#validate-batch-control-rich-menus-request>).
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct ValidateRichMenuBatch<'a>(pub &'a BatchRichMenus<'a>);

endpoint!(ValidateRichMenuBatch<'_>: RICH_MENU_BATCH_VALIDATE, ForBot -> (), body());

/// Asks how far a batch is
/// (<https://developers.line.biz/en/reference/messaging-api/#get-batch-control-rich-menus-progress-status>).
#[derive(Debug, Clone)]
pub struct GetRichMenuBatchProgress<'a> {
    /// The batch's request id.
    pub request_id: &'a str,
}

endpoint!(GetRichMenuBatchProgress<'_>: RICH_MENU_BATCH_PROGRESS, ForBot -> BatchProgress, query("requestId" = request_id));

/// How far a batch is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchProgress {
    /// `ongoing`, `succeeded` or `failed`.
    pub phase: String,
    /// When LINE took it, ISO 8601.
    #[serde(default)]
    pub accepted_time: Option<String>,
    /// When it was done, ISO 8601.
    #[serde(default)]
    pub completed_time: Option<String>,
}
