//! LINE's endpoints, a file per subject.

pub mod bot;
pub mod control;
pub mod message;
pub mod module;
pub mod profile;
