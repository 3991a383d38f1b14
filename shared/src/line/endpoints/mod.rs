//! LINE's endpoints, a file per subject; the [table] has what LINE says of each.

pub mod account_link;
pub mod audience;
pub mod bot;
pub mod chat;
pub mod content;
pub mod control;
pub mod coupon;
pub mod delivery;
pub mod followers;
pub mod group;
pub mod insight;
pub mod membership;
pub mod message;
pub mod module;
pub mod narrowcast_progress;
pub mod notification;
pub mod profile;
pub mod quota;
pub mod rich_menu;
pub mod rich_menu_alias;
pub mod rich_menu_link;
pub mod table;
pub mod token;
pub mod validate;
pub mod webhook_endpoint;
