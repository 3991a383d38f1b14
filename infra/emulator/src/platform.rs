//! Settings and world together: what stands behind the emulator's lock.

use crate::clock::{Millis, system_now};
use crate::settings::Settings;
use crate::world::World;

/// The LINE Platform: how it is set up and what it knows.
#[derive(Debug)]
pub(crate) struct Platform {
    /// How it is set up.
    pub(crate) settings: Settings,
    /// What it knows.
    pub(crate) world: World,
    /// Where the system's clock is taken to stand, if it is not to run.
    pub(crate) stopped_at: Option<Millis>,
}

impl Platform {
    /// The time on the emulator's clock.
    pub(crate) fn now(&self) -> Millis {
        let system = self.stopped_at.unwrap_or_else(system_now);
        system.saturating_add(self.world.clock_ahead)
    }
}
