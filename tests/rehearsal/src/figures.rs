//! What a rehearsal came to, on one screen.

use std::fmt;
use std::time::Instant;

/// A line for each story.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<(String, f64, String)>);

impl Figures {
    pub(crate) fn add(&mut self, name: &str, began: Instant, told: &str) {
        self.0.push((
            name.to_owned(),
            began.elapsed().as_secs_f64(),
            told.to_owned(),
        ));
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, seconds, told) in &self.0 {
            writeln!(
                f,
                "{name:<12} {seconds:>6.1} s  {}",
                told.replace('\n', "\n                       ")
            )?;
        }
        Ok(())
    }
}
