//! Some accounts are paused and resumed, or are not entitled for a while.

use fastrand::Rng;

use crate::draw::parts::one_of;
use crate::schedule::{Round, Said, Schedule, Upkeep};
use crate::world::seeded;

pub(super) fn draw(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"withheld");
    // What a restored table has forgotten of an account, nobody promises to know.
    let is_restored = |round: &Round| matches!(round.what, Upkeep::Restore { .. });
    if chance.u8(0..4) > 0 || schedule.rounds.iter().any(is_restored) {
        return;
    }
    let webhooks = schedule.webhooks.iter();
    let span = webhooks.clone().map(|it| it.at_ms).max().unwrap_or(0) + 1;
    let bots = webhooks.map(|it| it.bot).max().unwrap_or(0) + 1;
    for _ in 0..one_of(chance, &[1, 1, 2, 4]) {
        let at_ms = chance.u64(0..span);
        let ends_ms = at_ms + one_of(chance, &[span / 4 + 1, span, 5_000, 90_000, 1_800_000]);
        let (begins, ends) = word(chance, bots);
        let (begins, ends) = (round(at_ms, begins), round(ends_ms, ends));
        schedule.rounds.extend([begins, ends]);
    }
}

fn round(at_ms: u64, what: Upkeep) -> Round {
    Round { at_ms, what }
}

/// What is said, and what ends it.
fn word(chance: &mut Rng, bots: u8) -> (Upkeep, Upkeep) {
    let bot = chance.u8(0..bots);
    match chance.u8(0..8) {
        number @ 0..5 => {
            let bot = (number > 0).then_some(bot);
            let record = chance.bool();
            (Upkeep::Pause { bot, record }, Upkeep::Resume { bot })
        }
        number => {
            let said = match number {
                5 => Said::For(one_of(chance, &[0, 50, 5_000, 60_000])),
                _ => Said::No,
            };
            let last = one_of(chance, &[Said::Yes, Said::Yes, Said::No]);
            let ends = Upkeep::Entitle { bot, said: last };
            (Upkeep::Entitle { bot, said }, ends)
        }
    }
}
