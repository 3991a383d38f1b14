//! What every page for an admin has: its frame, its look, its language, and the headers that keep
//! it from being framed, cached or made to run what is not ours. Attach pages and the management
//! screen look the same by it.
//!
//! A page is one answer: style, script and pictures are in it, so that it is painted after one
//! round trip. Style and script are allowed by their hashes, and nothing else is.

mod frame;
mod headers;
mod site;
mod texts;
mod visitor;

pub use frame::{Frame, Link, NavItem};
pub use headers::private;
pub use site::Site;
pub use texts::{AllTexts, Texts, scope};
pub use visitor::Visitor;
