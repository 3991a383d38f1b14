//! Looking: nothing here changes anything.

pub(crate) mod account;
pub(crate) mod bot;
pub(crate) mod bots;
