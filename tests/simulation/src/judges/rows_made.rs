//! A row that several handlers want to make at once is made once, and the others see
//! who has made it; none that an ended attachment has left is seen.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::history::History;
use crate::judge::Known;
use crate::judges::epochs::Begun;
use crate::judges::withheld::NOTICE;
use crate::line::Line;
use crate::rows::s;
use crate::world::World;

/// An account and a key of its module's rows.
type Key = (String, String);

/// Who has made which row, and what was said of it.
#[derive(Debug, Default, Clone)]
pub(crate) struct RowsMade {
    /// The events that have made it, and the attachment that they knew.
    made: BTreeMap<Key, Vec<(String, Begun)>>,
    /// The messages about rows that were planned.
    planned: Vec<String>,
}

impl RowsMade {
    /// Who has made the row in the attachment of today.
    fn of_present(&self, key: &Key, known: &Known<'_>) -> Vec<&str> {
        let made = self.made.get(key).into_iter().flatten();
        let of_present = made.filter(|(_, begun)| !begun.has_ended(known));
        of_present.map(|(event, _)| event.as_str()).collect()
    }

    /// Whether that is not clear.
    fn is_unclear(&self, key: &Key, known: &Known<'_>) -> bool {
        let mut made = self.made.get(key).into_iter().flatten();
        made.any(|(_, begun)| begun.is_unclear(known))
    }

    /// The rows are again as they were; what was sent of them stays sent.
    pub(super) fn go_back(&mut self, before: Self) {
        self.made = before.made;
    }

    /// How many rows were made.
    pub(crate) fn count(&self) -> u64 {
        self.made.values().map(|made| made.len() as u64).sum()
    }
}

/// A plan was committed, and rows with it. What its worker knows of the account may be
/// ambiguous: then nobody can tell which rows it has seen.
pub(crate) fn committed(
    history: &mut History,
    (known, is_ambiguous): (&Known<'_>, bool),
    bot: &str,
    event: &str,
    (ledger, rows): (&Json, &[&Json]),
) {
    let words = of_plan(ledger, event);
    let puts: Vec<_> = rows
        .iter()
        .filter_map(|row| place(row))
        .map(|place| (bot.to_owned(), place))
        .collect();
    for (_, place) in &puts {
        if !words
            .iter()
            .any(|(word, _)| *word == format!("has {place}"))
        {
            history.violation(
                "rows made",
                format!("{event} makes {place} and says nothing"),
            );
        }
    }
    for (word, text) in words {
        let (holder, place) = match word.split_once(" has ") {
            Some((holder, place)) => (Some(holder), place),
            None => (None, word.strip_prefix("has ").unwrap_or_default()),
        };
        let key = (bot.to_owned(), place.replace(' ', "-"));
        let there = history.judges.rows_made.of_present(&key, known);
        let fits = match holder {
            None => there.is_empty() && puts.iter().any(|it| it.1 == place),
            Some(holder) => there == [holder] && puts.is_empty(),
        };
        let is_unclear = is_ambiguous || history.judges.rows_made.is_unclear(&key, known);
        if !fits && !is_unclear {
            let what = format!("{text} of {bot} is planned, but it was made by {there:?}");
            history.violation("rows made", what);
        }
        let begun = Begun::by((known, is_ambiguous));
        let rows_made = &mut history.judges.rows_made;
        rows_made.planned.push(text);
        if holder.is_none() {
            let made = rows_made.made.entry(key).or_default();
            made.push((event.to_owned(), begun));
        }
    }
}

/// The place that a row stands for, as the module speaks of it.
fn place(row: &Json) -> Option<String> {
    let key = s(row, "chat_id").strip_prefix("@m#")?;
    let number = key.strip_prefix("place-")?;
    Some(format!("place {number}"))
}

/// What an event's plan says of a row: the words, and the whole message.
fn of_plan(ledger: &Json, event: &str) -> Vec<(String, String)> {
    let begin = format!("\"{event}/0/");
    let plan = s(ledger, "plan");
    let texts = plan.match_indices(&begin).filter_map(|(at, _)| {
        let text = plan[at + 1..].split('"').next()?;
        // A notice says nothing of rows.
        let words = text.splitn(3, '/').nth(2).filter(|it| *it != NOTICE)?;
        Some((words.to_owned(), text.to_owned()))
    });
    texts.collect()
}

/// When all is over: LINE has only what was planned, and the rows are those that were
/// made last.
pub(crate) fn at_the_end(world: &World) {
    let accepted: Vec<_> = {
        let line: &Line = &world.line();
        let texts = line.accepted.iter().map(|(text, _)| text.clone());
        texts.filter(|text| text.contains("has place")).collect()
    };
    for text in accepted {
        let is_planned = world.history().judges.rows_made.planned.contains(&text);
        if !is_planned {
            world
                .history()
                .violation("rows made", format!("{text} was not planned"));
        }
    }
    let made = world.history().judges.rows_made.made.clone();
    for ((bot, key), made) in made {
        let row = crate::rows::row(world, &bot, &format!("@m#{key}"));
        let value = row.and_then(|row| serde_json::from_str::<String>(row["value"].as_str()?).ok());
        let last = made.last().map(|(event, _)| event.clone());
        if value != last {
            let what = format!("{key} of {bot} is {value:?}, and was last made by {last:?}");
            world.history().violation("rows made", what);
        }
    }
}
