//! The time that the functions go by: the LINE Platform's, so that both stay together when a test moves it.

use std::time::SystemTime;

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use emulator::Emulator;

#[derive(Debug)]
struct LineTime(Emulator);

impl TimeSource for LineTime {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

/// The emulator's clock: the system's, and what it was moved.
pub(crate) fn of_line(line: &Emulator) -> SharedTimeSource {
    SharedTimeSource::new(LineTime(line.clone()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use emulator::Settings;

    use super::*;

    #[tokio::test]
    async fn the_functions_time_moves_with_lines() {
        let line = Emulator::new(Settings::default()).unwrap();
        let clock = of_line(&line);
        let hour = Duration::from_secs(3600);
        let before = clock.now();
        line.advance_clock(hour).await;
        assert!(clock.now() >= before + hour);
        assert!(clock.now() < SystemTime::now() + hour + hour);
    }
}
