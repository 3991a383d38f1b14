//! Hostile inputs at each door of the bundle. Whatever comes, nothing panics, nothing
//! is the bundle's fault that is the sender's, and neighbours come through.

mod dice;
mod envelope;
mod mutate;
mod payload;
mod query;
mod record;
mod report;
mod run;
mod samples;
mod signature;
pub(crate) mod sqs;
mod token;
pub(crate) mod wire;
mod world;

use std::future::Future;

pub use dice::Dice;
pub use envelope::Envelope;
pub use payload::Payload;
pub use query::Query;
pub use record::Record;
pub use report::report;
pub use run::{Broken, Figures, run};
pub use signature::Signature;
pub use token::Token;

/// What kind of answer an input has, or what of it must not be.
pub type Verdict = Result<String, String>;

/// A way in from outside, with what stands behind it.
pub trait Door: Default {
    /// Its name.
    const NAME: &'static str;

    fn input(dice: &mut Dice) -> Vec<u8>;

    /// Lets it in, and judges what comes of it.
    fn judge(&self, input: &[u8]) -> impl Future<Output = Verdict>;
}
