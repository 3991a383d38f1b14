//! A clock that stands still, for tests that are to see the same times whenever they run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::in_millis;
use crate::emulator::Emulator;

impl Emulator {
    /// Sets the clock to a moment, where it stands until it is moved.
    pub fn stop_clock(&self, at: SystemTime) {
        let at = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut platform = self.platform();
        platform.stopped_at = Some(in_millis(at));
        platform.world.clock_ahead = 0;
    }

    /// Moves the clock forward, as time that goes by: what becomes due is done when the clock is
    /// next moved by [`advance_clock`](Self::advance_clock).
    pub fn let_pass(&self, by: Duration) {
        let ahead = &mut self.platform().world.clock_ahead;
        *ahead = ahead.saturating_add(in_millis(by));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use crate::{Emulator, Settings};

    #[test]
    fn a_stopped_clock_moves_only_when_it_is_moved() {
        let line = Emulator::new(Settings::default()).unwrap();
        let begin = UNIX_EPOCH + Duration::from_secs(1_000);
        line.stop_clock(begin);
        assert_eq!(line.now(), begin);
        line.let_pass(Duration::from_secs(5));
        assert_eq!(line.now(), begin + Duration::from_secs(5));
    }
}
