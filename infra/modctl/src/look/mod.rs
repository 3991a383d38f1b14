//! Looking: nothing here changes anything.

pub(crate) mod account;
pub(crate) mod bot;
pub(crate) mod bots;
pub(crate) mod chat;
pub(crate) mod chats;
mod cursor;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod find;
pub(crate) mod holder;
pub(crate) mod parked;
pub(crate) mod tail;
