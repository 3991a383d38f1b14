//! Who is not served by our own word: against an operator's pause, or against what billing says,
//! nothing is sent and the module is not asked; and what they have said stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::number;
use crate::history::{History, Place, Role};
use crate::line::{Answer, Asked, Kind};
use crate::rows::s;
use crate::world::World;

/// The end of the text by which a chat is told that its account is not entitled.
pub(crate) const NOTICE: &str = "closed";

/// Ten days in milliseconds, but for what clocks may be off.
const WAITS_AT_MOST: i64 = 10 * 24 * 3_600_000 - 60_000;

/// What holds of an account.
#[derive(Debug, Clone, Default, PartialEq)]
struct Word {
    is_paused: bool,
    /// Whether its events are recorded meanwhile.
    is_recorded: bool,
    /// What billing has said, if it has said something; the account's row has it so.
    entitled: Option<Json>,
}

impl Word {
    fn of(row: &Json) -> Self {
        let entitled = &row["entitled"]["M"];
        Self {
            is_paused: !row["pause"].is_null(),
            is_recorded: is_recorded(row),
            entitled: (!entitled.is_null()).then(|| entitled.clone()),
        }
    }

    /// Since when the account has not been entitled, if it is not at `now`.
    fn lapse(&self, now: i64) -> Option<i64> {
        let entitled = self.entitled.as_ref()?;
        let said_at = number(entitled, "said_at")?;
        let since = match s(entitled, "is") {
            "yes" => return None,
            "no" => said_at,
            _ => number(&entitled["is"]["M"], "until").filter(|end| *end <= now)?,
        };
        let before = number(entitled, "lapsed_at");
        Some(before.filter(|_| since <= said_at).unwrap_or(since))
    }
}

/// Whether the pause that a row has is one by which events are recorded.
fn is_recorded(row: &Json) -> bool {
    s(&row["pause"]["M"], "how") == "record"
}

/// What an invocation knew of a chat's account when it loaded it, and when.
#[derive(Debug, Clone, Default)]
struct Loaded {
    word: Word,
    at: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Withheld {
    /// What operators and billing have said, as the table has taken it.
    words: BTreeMap<String, Word>,
    /// The accounts that may not have been entitled at some time.
    has_lapsed: BTreeSet<String>,
    channel_is_paused: bool,
    channel_was_paused: bool,
    channel_was_recorded: bool,
    /// Whether the channel was paused when an invocation last read that.
    read: BTreeMap<usize, bool>,
    loaded: BTreeMap<(usize, Place), Loaded>,
    /// The chats that were told, and of which lapse.
    told: BTreeSet<(Place, i64)>,
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

impl Withheld {
    /// The accounts that are paused, by their numbers; without one, the whole channel.
    pub(crate) fn paused(&self) -> Vec<Option<u8>> {
        let accounts = self.words.iter().filter(|(_, word)| word.is_paused);
        let numbers = (0..=u8::MAX).map(|bot| (crate::line::bot_id(bot), bot));
        let numbers: BTreeMap<_, _> = numbers.collect();
        let accounts = accounts.filter_map(|(bot, _)| numbers.get(bot).copied().map(Some));
        let channel = self.channel_is_paused.then_some(None);
        accounts.chain(channel).collect()
    }

    /// Whether what this invocation has given back may wait for the end of a pause.
    pub(crate) fn may_wait(&self, who: usize) -> bool {
        let mut loaded = self.loaded.range((who, Place::default())..);
        let is_paused = loaded
            .by_ref()
            .take_while(|((other, _), _)| *other == who)
            .any(|(_, loaded)| loaded.word.is_paused);
        is_paused || self.channel_was_paused
    }

    /// Whether it may be that nothing is said into the chat for this silence, of an event that was
    /// received so long ago, in milliseconds.
    pub(crate) fn has_reason(
        &self,
        (who, place): (usize, &Place),
        silence: &str,
        waited: i64,
    ) -> bool {
        let loaded = self.loaded.get(&(who, place.clone()));
        let current = self.words.get(&place.0);
        let mut words = loaded.map(|it| &it.word).into_iter().chain(current);
        match silence {
            // What waits is recorded too before the queue would lose it.
            "paused" if waited >= WAITS_AT_MOST => {
                self.channel_was_paused || words.any(|word| word.is_paused)
            }
            "paused" => self.channel_was_recorded || words.any(|word| word.is_recorded),
            // The token of a notice may run out when the account is entitled again.
            _ => {
                let has_lapsed = self.has_lapsed.contains(&place.0);
                has_lapsed && !words.all(|word| word.entitled.is_none())
            }
        }
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}

/// An account's row was written: what operators have said stands.
pub(super) fn written(world: &World, who: usize, row: &Json) {
    let mut history = world.history();
    let by_operator = history.invocations[who].role == Role::Operator;
    let (bot, word) = (s(row, "bot_id").to_owned(), Word::of(row));
    let before = history.judges.withheld.words.get(&bot).cloned();
    let before = before.unwrap_or_default();
    if word == before {
        return;
    }
    if !by_operator {
        let what = format!("{bot}: {before:?} became {word:?}");
        return history.violation("an operator's word stands", what);
    }
    let withheld = &mut history.judges.withheld;
    withheld.count(match word.is_paused == before.is_paused {
        true => "entitlements said",
        false => "pauses begun or ended",
    });
    if word.lapse(i64::MAX).is_some() {
        withheld.has_lapsed.insert(bot.clone());
    }
    withheld.words.insert(bot, word);
}

/// The channel's pause was written.
pub(super) fn channel(world: &World, row: &Json) {
    let withheld = &mut world.history().judges.withheld;
    withheld.channel_is_paused = !row["pause"].is_null();
    withheld.channel_was_paused |= withheld.channel_is_paused;
    withheld.channel_was_recorded |= is_recorded(row);
    withheld.count("pauses of the channel begun or ended");
}

/// A row was read.
pub(crate) fn read(world: &World, who: usize, key: &Json) {
    if s(key, "bot_id") == "@channel" {
        let withheld = &mut world.history().judges.withheld;
        withheld.read.insert(who, withheld.channel_is_paused);
    }
}

/// A chat's rows were read before an event of it is decided.
pub(crate) fn loaded(world: &World, who: usize, place: &Place) {
    let at = world.time.millis(0);
    let withheld = &mut world.history().judges.withheld;
    let word = withheld.words.get(&place.0).cloned().unwrap_or_default();
    let key = (who, place.clone());
    withheld.loaded.insert(key, Loaded { word, at });
}

/// LINE is asked something for a chat, by who has loaded it.
pub(crate) fn leaves(
    history: &mut History,
    who: usize,
    (place, now): (&Place, i64),
    asked: &Asked,
) {
    let withheld = &history.judges.withheld;
    let Some(loaded) = withheld.loaded.get(&(who, place.clone())) else {
        return;
    };
    let is_read = !history.invocations[who].is_disturbed;
    let channel = is_read && withheld.read.get(&who) == Some(&true);
    let lapsed = loaded.word.lapse(now).is_some() && !is_notice(asked);
    if loaded.word.is_paused || channel || lapsed {
        let what = format!("{} {:?} into {place:?}", asked.word(), asked.texts());
        history.violation("nothing is sent against our own word", what);
    }
}

fn is_notice(asked: &Asked) -> bool {
    let is_reply = matches!(asked.kind, Kind::Reply(_));
    is_reply && asked.texts().iter().all(|text| text.ends_with(NOTICE))
}

/// An event was committed with its chat's list, which grows when the module was asked.
pub(crate) fn committed(
    history: &mut History,
    who: usize,
    place: &Place,
    (event, list): (&str, &[String]),
) {
    let was_asked = list.last().is_some_and(|last| last == event)
        && history.lists.get(place).is_none_or(|before| before != list);
    let Some(loaded) = history.judges.withheld.loaded.get(&(who, place.clone())) else {
        return;
    };
    // A clock that is off may not have come to the end.
    let is_lapsed = loaded.word.lapse(loaded.at - 5_000).is_some();
    if was_asked && (loaded.word.is_paused || is_lapsed) {
        let what = format!("the module is asked about {event} of {place:?}");
        history.violation("nothing is run against our own word", what);
    }
}

/// LINE has taken a notice: of one lapse a chat is told once.
pub(super) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    if answer.status != 200 || !is_notice(asked) {
        return;
    }
    let now = world.time.millis(0) + world.schedule.skew();
    let Some(chat) = world.line().chat_of(asked) else {
        return;
    };
    let place = (asked.bot.clone(), chat);
    let mut history = world.history();
    let withheld = &mut history.judges.withheld;
    let loaded = withheld.loaded.get(&(who, place.clone()));
    let lapse = loaded.and_then(|loaded| loaded.word.lapse(now));
    withheld.count("chats told");
    let Some(lapse) = lapse else { return };
    if !withheld.told.insert((place.clone(), lapse)) {
        let what = format!("{place:?} is told twice of the lapse at {lapse}");
        history.violation("a chat is told once", what);
    }
}
