//! A bar on the standard error, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for so many, of which `done` are done.
pub(super) fn bar(all: usize, done: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    bar
}
