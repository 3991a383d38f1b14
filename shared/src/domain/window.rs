//! Counting calls so that there are never more than a maximum in any stretch of
//! time, wherever it begins: whichever way the other side counts, it finds no more.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Number of slots of a stretch; a slot counts as long as any of it
/// is in the stretch.
const SLOTS: i64 = 60;

/// Calls made not long ago.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// In order.
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Slot {
    /// Its number since 1970.
    number: i64,
    calls: u32,
}

impl Window {
    /// Counts one call more at `now`, if it is one of at most `calls` within `per`.
    ///
    /// # Errors
    /// When it is worth asking again; nothing is counted then.
    pub fn take(&mut self, now: Timestamp, calls: u32, per: Duration) -> Result<(), Timestamp> {
        let per = i64::try_from(per.as_millis()).unwrap_or(i64::MAX);
        let width = (per / SLOTS).max(1);
        let free_at = |slot: &Slot| Timestamp((slot.number + 1) * width + per);
        self.slots.retain(|slot| free_at(slot) > now);
        let counted: u32 = self.slots.iter().map(|slot| slot.calls).sum();
        if counted < calls {
            self.count(now.0.div_euclid(width));
            return Ok(());
        }
        let mut too_many = counted - calls + 1;
        let last = self.slots.iter().find(|slot| {
            too_many = too_many.saturating_sub(slot.calls);
            too_many == 0
        });
        Err(last.map_or(Timestamp(now.0.saturating_add(per)), free_at))
    }

    fn count(&mut self, number: i64) {
        match self.slots.binary_search_by_key(&number, |slot| slot.number) {
            Ok(at) => self.slots[at].calls += 1,
            Err(at) => self.slots.insert(at, Slot { number, calls: 1 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn what_is_over_the_limit_learns_when_it_is_not() {
        let mut window = Window::default();
        let at = |minutes: i64| Timestamp(minutes * 60_000);
        assert_eq!(window.take(at(0), 2, HOUR), Ok(()));
        assert_eq!(window.take(at(5), 2, HOUR), Ok(()));
        assert_eq!(window.take(at(6), 2, HOUR), Err(at(61)));
        assert_eq!(window.take(at(61), 2, HOUR), Ok(()));
        assert_eq!(window.take(at(61), 0, HOUR), Err(at(121)));
    }

    proptest! {
        #[test]
        fn no_stretch_has_more_than_the_limit(
            steps in prop::collection::vec(0i64..20_000, 1..300),
            limit in 1u32..20,
        ) {
            let per = Duration::from_secs(60);
            let (mut window, mut now, mut taken) = (Window::default(), Timestamp(0), Vec::new());
            for step in steps {
                now = Timestamp(now.0 + step);
                match window.take(now, limit, per) {
                    Ok(()) => taken.push(now),
                    Err(free_at) => prop_assert!(free_at > now),
                }
                let recent = taken.iter().filter(|at| now.since(**at) < per).count();
                prop_assert!(recent <= limit as usize);
            }
        }

        #[test]
        fn the_given_time_is_worth_asking_again(
            steps in prop::collection::vec(0i64..2_000, 1..100),
            limit in 1u32..10,
        ) {
            let per = Duration::from_secs(60);
            let (mut window, mut now) = (Window::default(), Timestamp(0));
            for step in steps {
                now = Timestamp(now.0 + step);
                if let Err(free_at) = window.take(now, limit, per) {
                    now = free_at;
                    prop_assert_eq!(window.take(now, limit, per), Ok(()));
                }
            }
        }
    }
}
