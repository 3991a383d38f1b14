//! The time.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::Came;
use crate::world::World;

/// The one clock that LINE, queue and functions go by. It stands still, but for a second with each deed.
pub struct Clock {
    world: Arc<World>,
}

impl Clock {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// Lets time go by. What becomes due meanwhile is done: an event that failed is tried again.
    pub async fn advance(&self, by: Duration) -> Came {
        let words = format!("… {} …", in_words(by));
        self.world.transcript.note(words);
        Came::new(&self.world, self.world.advance(by).await)
    }

    /// What it shows.
    pub fn now(&self) -> SystemTime {
        self.world.line.now()
    }
}

/// A length of time, such as `2 d 1 h 5 min`.
fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = units.iter().filter(|(number, _)| *number > 0);
    let words: Vec<_> = parts
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    match words.is_empty() {
        true => "a moment".into(),
        false => words.join(" "),
    }
}
