//! The pages, a file for each.

pub(crate) mod accounts;
pub(crate) mod chat;
pub(crate) mod chats;
pub(crate) mod data;
pub(crate) mod interference;
pub(crate) mod overview;
pub(crate) mod permissions;
pub(crate) mod refused;
pub(crate) mod settings;
pub(crate) mod sign_in;
