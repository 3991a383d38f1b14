//! LINE's endpoints, a file per subject.

pub mod bot;
pub mod message;
pub mod profile;
