//! Names for rich menus, by which a tap switches from one to another.

use serde::{Deserialize, Serialize};

use crate::line::endpoint::endpoint;

/// A name and its menu.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    /// The name.
    pub rich_menu_alias_id: String,
    /// The menu's id.
    pub rich_menu_id: String,
}

/// All names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Aliases {
    /// Each.
    pub aliases: Vec<Alias>,
}

/// Makes a name; an account has up to 1,000
/// (<https://developers.line.biz/en/reference/messaging-api/#create-rich-menu-alias>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAlias<'a> {
    /// Up to 32 of a to z, 0 to 9, `_` and `-`.
    #[serde(rename = "richMenuAliasId")]
    pub alias: &'a str,
    /// The menu's id.
    #[serde(rename = "richMenuId")]
    pub menu: &'a str,
}

endpoint!(CreateAlias<'_>: RICH_MENU_ALIAS_CREATE, ForBot -> (), body());

/// Asks for a name's menu
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu-alias-by-id>).
#[derive(Debug, Clone)]
pub struct GetAlias<'a> {
    /// The name.
    pub alias: &'a str,
}

endpoint!(GetAlias<'_>: RICH_MENU_ALIAS_GET, ForBot -> Alias, places(alias));

/// Gives a name another menu
/// (<https://developers.line.biz/en/reference/messaging-api/#update-rich-menu-alias>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateAlias<'a> {
    /// The name.
    #[serde(skip)]
    pub alias: &'a str,
    /// The menu's id.
    #[serde(rename = "richMenuId")]
    pub menu: &'a str,
}

endpoint!(UpdateAlias<'_>: RICH_MENU_ALIAS_UPDATE, ForBot -> (), places(alias), body());

/// Deletes a name
/// (<https://developers.line.biz/en/reference/messaging-api/#delete-rich-menu-alias>).
#[derive(Debug, Clone)]
pub struct DeleteAlias<'a> {
    /// The name.
    pub alias: &'a str,
}

endpoint!(DeleteAlias<'_>: RICH_MENU_ALIAS_DELETE, ForBot -> (), places(alias));

/// Lists the names
/// (<https://developers.line.biz/en/reference/messaging-api/#get-rich-menu-alias-list>).
#[derive(Debug, Clone, Copy)]
pub struct ListAliases;

endpoint!(ListAliases: RICH_MENU_ALIAS_LIST, ForBot -> Aliases);
