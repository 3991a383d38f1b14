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
}

impl Platform {
    /// The time on the emulator's clock.
    pub(crate) fn now(&self) -> Millis {
        system_now().saturating_add(self.world.clock_ahead)
    }
}
