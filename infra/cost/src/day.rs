//! A day of a channel, second by second: how long events wait for the worker, how many functions run at once, what it
//! costs. Arrivals are even within a second, and nothing fails.

use std::collections::VecDeque;
use std::fmt::Write as _;

use crate::bill::{Bill, OWN, waits};
use crate::counts::{Counts, Kind};
use crate::prices::Prices;
use crate::text::{head, money, row, thousands};

/// Each hour's events beside the busiest hour's: people sleep, and write in the evening. Assumed.
const HOURS: [f64; 24] = [
    0.12, 0.07, 0.04, 0.03, 0.03, 0.05, 0.12, 0.25, 0.40, 0.48, 0.55, 0.65, 0.85, 0.65, 0.55, 0.55,
    0.60, 0.70, 0.85, 0.95, 1.0, 0.90, 0.60, 0.30,
];
const SECONDS: usize = 24 * 3600;
/// A broadcast goes out at noon; of those who write back after it, so many seconds pass until two thirds have. Assumed.
const NOON: usize = 12 * 3600;
const ECHO: f64 = 180.0;

/// Messages of a batch.
const BATCH: f64 = 10.0;
/// Lambda begins with five batches at once, and adds up to 300 a minute
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>).
const AT_FIRST: f64 = 5.0;
const MORE_A_SECOND: f64 = 300.0 / 60.0;
/// A reply's token is taken for this long by us.
const TOKEN: usize = 50;
/// What each further chat of a batch takes of the processor, in milliseconds: 10 take 0.4 ms of a core, and the
/// function has a seventh of one.
const EACH: f64 = 0.3;

/// What happens on the day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) name: &'static str,
    /// Events a second in the busiest hour.
    pub(crate) busiest: f64,
    /// Messages that a broadcast brings.
    pub(crate) echo: f64,
    /// The template's `WorkerMaximumConcurrency`.
    pub(crate) maximum_concurrency: f64,
}

/// The loads of docs/scale.md.
pub(crate) const LOADS: [Load; 4] = [
    Load {
        name: "1,000 accounts",
        busiest: 100.0,
        echo: 10_000.0,
        maximum_concurrency: 50.0,
    },
    Load {
        name: "100,000 accounts",
        busiest: 10_000.0,
        echo: 1_000_000.0,
        maximum_concurrency: 50.0,
    },
    Load {
        name: "100,000 accounts",
        busiest: 10_000.0,
        echo: 1_000_000.0,
        maximum_concurrency: 1_000.0,
    },
    Load {
        name: "1,000,000 accounts",
        busiest: 100_000.0,
        echo: 10_000_000.0,
        maximum_concurrency: 1_000.0,
    },
];

/// What a day came to.
#[derive(Debug, Default)]
pub(crate) struct Day {
    events: f64,
    busiest_second: f64,
    webhooks_at_once: f64,
    workers_at_once: f64,
    backlog: f64,
    /// Events by how many whole seconds they waited.
    ages: Vec<f64>,
    /// Batches of the worker.
    batches: f64,
}

/// How long functions take, in seconds.
#[derive(Debug, Clone, Copy)]
struct Times {
    webhook: f64,
    /// A batch of one chat.
    worker: f64,
}

impl Times {
    fn of(text: &Kind) -> Self {
        let of = |name: &str| {
            let tally = text.functions.get(name);
            (OWN + tally.map(waits).unwrap_or_default()) / 1000.0
        };
        Self {
            webhook: of("WebhookFunction"),
            worker: of("WorkerFunction"),
        }
    }

    fn batch(self, messages: f64) -> f64 {
        self.worker + EACH * (messages - 1.0) / 1000.0
    }
}

impl Load {
    fn arrivals(&self, second: usize) -> f64 {
        let (hour, within) = (second / 3600, (second % 3600) as f64 / 3600.0);
        let next = HOURS[(hour + 1) % 24];
        let ordinary = self.busiest * (HOURS[hour] * (1.0 - within) + next * within);
        let since = second.checked_sub(NOON).map(|since| since as f64);
        ordinary + since.map_or(0.0, |since| self.echo / ECHO * (-since / ECHO).exp())
    }

    fn day(&self, times: Times) -> Day {
        let mut day = Day::default();
        let mut waiting: VecDeque<(usize, f64)> = VecDeque::new();
        let (mut backlog, mut concurrency) = (0.0, AT_FIRST);
        // What waits at midnight is worked off in the next day's first hours.
        for second in 0..SECONDS + 6 * 3600 {
            let arrivals = if second < SECONDS {
                self.arrivals(second)
            } else {
                0.0
            };
            waiting.push_back((second, arrivals));
            backlog += arrivals;
            let batch = (backlog / concurrency).clamp(1.0, BATCH);
            let capacity = concurrency * batch / times.batch(batch);
            let served = backlog.min(capacity);
            day.take(second, &mut waiting, served);
            backlog -= served;
            let at_work = served / batch * times.batch(batch);
            let more = if backlog > 0.0 {
                concurrency + MORE_A_SECOND
            } else {
                at_work
            };
            concurrency = more.clamp(AT_FIRST, self.maximum_concurrency);
            day.events += arrivals;
            day.batches += served / batch;
            day.busiest_second = day.busiest_second.max(arrivals);
            day.webhooks_at_once = day.webhooks_at_once.max(arrivals * times.webhook);
            day.workers_at_once = day.workers_at_once.max(at_work);
            day.backlog = day.backlog.max(backlog);
        }
        day
    }
}

impl Day {
    /// Serves the oldest ones first.
    fn take(&mut self, now: usize, waiting: &mut VecDeque<(usize, f64)>, mut served: f64) {
        while let Some((came, number)) = waiting.front_mut() {
            let of_these = number.min(served);
            let age = now - *came;
            if self.ages.len() <= age {
                self.ages.resize(age + 1, 0.0);
            }
            self.ages[age] += of_these;
            *number -= of_these;
            served -= of_these;
            if *number > 1e-9 {
                return;
            }
            waiting.pop_front();
        }
    }

    /// The wait that this share of the events does not exceed, in whole seconds.
    fn percentile(&self, share: f64) -> usize {
        let mut seen = 0.0;
        let wanted = share * self.ages.iter().sum::<f64>();
        let place = self.ages.iter().position(|number| {
            seen += number;
            seen >= wanted
        });
        place.unwrap_or(self.ages.len().saturating_sub(1))
    }

    fn late(&self) -> f64 {
        self.ages
            .iter()
            .skip(TOKEN)
            .fold(0.0, |sum, number| sum + number)
    }

    /// In dollars: the webhook once for each event, the worker by how full its batches are.
    fn dollars(&self, counts: &Counts, prices: &Prices, memory: u64) -> Option<f64> {
        let kind = |name: &str| counts.kinds.iter().find(|kind| kind.name == name);
        let (text, burst) = (kind("text")?, kind("burst")?);
        let of = |kind: &Kind, is_webhook: bool| {
            let mut kind = kind.clone();
            kind.functions
                .retain(|name, _| (name == "WebhookFunction") == is_webhook);
            if is_webhook {
                kind.kept_bytes = 0;
            }
            Bill::of_kind(&kind, memory).dollars(prices, 0) / 1e6
        };
        let (alone, together) = (of(text, false), of(burst, false));
        let worker =
            together + (alone - together) * ((self.batches / self.events - 0.1) / 0.9).max(0.0);
        Some(self.events * (of(text, true) + worker))
    }
}

/// The model's table.
pub(crate) fn table(counts: &Counts, prices: &Prices, memory: u64) -> String {
    let mut out = String::new();
    let columns = [
        "workers at most",
        "events",
        "busiest second",
        "webhooks at once",
        "workers at once",
        "greatest backlog",
        "waited, p50",
        "p99",
        "longest",
        "too late for a reply",
        "dollars",
        "for a million",
    ];
    head(&mut out, "a day of", &columns.map(str::to_owned));
    let Some(text) = counts.kinds.iter().find(|kind| kind.name == "text") else {
        return out;
    };
    for load in LOADS {
        let day = load.day(Times::of(text));
        let dollars = day.dollars(counts, prices, memory).unwrap_or_default();
        let seconds = |share: f64| {
            let seconds = day.percentile(share);
            if seconds == 0 {
                "under 1 s".to_owned()
            } else {
                format!("{} s", thousands(seconds as f64))
            }
        };
        let cells = [
            thousands(load.maximum_concurrency),
            thousands(day.events),
            thousands(day.busiest_second),
            thousands(day.webhooks_at_once.ceil()),
            thousands(day.workers_at_once.ceil()),
            thousands(day.backlog),
            seconds(0.5),
            seconds(0.99),
            seconds(1.0),
            thousands(day.late()),
            thousands(dollars),
            money(dollars / day.events * 1e6),
        ];
        row(&mut out, load.name, &cells);
    }
    let _ = writeln!(out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        webhook: 0.01,
        worker: 0.1,
    };

    fn load(busiest: f64, echo: f64, maximum_concurrency: f64) -> Day {
        Load {
            name: "",
            busiest,
            echo,
            maximum_concurrency,
        }
        .day(TIMES)
    }

    #[test]
    fn every_event_is_served_once() {
        for day in [load(100.0, 0.0, 50.0), load(10_000.0, 1_000_000.0, 1_000.0)] {
            let served: f64 = day.ages.iter().sum();
            assert!(
                (served - day.events).abs() < 1.0,
                "{served} of {}",
                day.events
            );
        }
    }

    #[test]
    fn nobody_waits_where_there_are_workers_enough() {
        let day = load(10.0, 0.0, 50.0);
        assert_eq!((day.percentile(1.0), day.late()), (0, 0.0));
    }

    #[test]
    fn more_than_the_workers_can_do_waits_longer_than_a_token_lives() {
        let day = load(10_000.0, 0.0, 50.0);
        assert!(day.late() > 0.0 && day.backlog > 100_000.0);
        assert!(day.workers_at_once < 50.001, "{}", day.workers_at_once);
    }
}
