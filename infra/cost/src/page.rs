//! The page: docs/cost.md, made of the counts and the prices.

use std::fmt::Write as _;

use crate::bill::{Bill, MONTH};
use crate::counts::{Counts, Kind};
use crate::prices::{
    API_REQUEST, GB_SECOND, INVOCATION, LOGGED, Prices, QUEUE_REQUEST, READ_UNIT, SENT, STORED,
    WRITE_UNIT,
};
use crate::text::{cents, head, money, number, round, row, thousands};

/// The services of the first table, and what of the price file is theirs.
const SERVICES: [(&str, &[&str]); 7] = [
    ("API Gateway", &[API_REQUEST]),
    ("Lambda", &[INVOCATION, GB_SECOND]),
    ("SQS", &[QUEUE_REQUEST]),
    ("DynamoDB, requests", &[WRITE_UNIT, READ_UNIT]),
    ("DynamoDB, rows for 30 days", &[STORED]),
    ("CloudWatch Logs", &[LOGGED]),
    ("data to LINE", &[SENT]),
];

/// How the kinds are called in the tables, and what they are.
const KINDS: [(&str, &str, &str); 6] = [
    (
        "text",
        "text",
        "a user writes, the module answers with a text",
    ),
    (
        "card",
        "card",
        "a user writes, the module answers with a flex message: a picture, five rows, two buttons",
    ),
    (
        "burst",
        "echo",
        "100 users write at once, after a broadcast; LINE sends one webhook, and batches are full",
    ),
    (
        "timer",
        "timer",
        "a user writes, the module answers and sets a timer, and pushes a text when it is due",
    ),
    (
        "redelivery",
        "redelivery",
        "LINE sends an event again that was answered",
    ),
    (
        "standby",
        "standby",
        "a user writes in a chat that the account's staff has",
    ),
];

/// What a month costs whether anything happens or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixed {
    /// Metrics of our own.
    pub(crate) metrics: usize,
    /// Metrics that alarms look at.
    pub(crate) alarm_metrics: usize,
}

/// Empty receives of Lambda's five pollers, whose long polls take 20 s.
const RECEIVES: f64 = 5.0 * MONTH / 20.0;
/// How often a function that a schedule calls runs in a month.
const RUNS: [(&str, f64); 2] = [
    ("TimerFunction", MONTH / 60.0),
    ("ReconcilerFunction", MONTH / 3600.0),
];

/// Messages of an account in a month, of the last table.
const MESSAGES: [f64; 4] = [100.0, 1_000.0, 10_000.0, 100_000.0];
/// Accounts among which the fixed part is shared.
const ACCOUNTS: f64 = 1_000.0;
/// Minutes of a month in which people write: ten hours a day.
const OPEN_MINUTES: f64 = 30.0 * 10.0 * 60.0;

/// All that the page is made of.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) counts: &'a Counts,
    pub(crate) prices: &'a Prices,
    pub(crate) fixed: Fixed,
    /// Memory of each function in MB.
    pub(crate) memory: u64,
}

impl Page<'_> {
    /// In Markdown.
    pub(crate) fn markdown(&self) -> String {
        let parts = [
            self.head(),
            self.by_service(),
            self.counted(),
            self.calls(),
            self.minute(),
            self.fixed_part(),
            self.by_account(),
            self.assumptions(),
        ];
        parts.join("\n")
    }

    fn head(&self) -> String {
        format!(
            "# What it costs\n\n\
             Made by `cargo run --bin cost -- --write`: the local stack runs each kind of event, a meter under each function \
             counts what it asks of AWS and LINE, and the [price file](../infra/cost/prices.toml) turns that into dollars. \
             A test counts again and compares. Prices are on demand, of {}, in the first tier and without what is free at \
             first; compare them with [AWS's pages](#assumptions) before you rely on a figure.\n",
            self.prices.date,
        )
    }

    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str, &Kind)> {
        KINDS.iter().filter_map(|(name, title, what)| {
            let kind = self.counts.kinds.iter().find(|kind| kind.name == *name)?;
            Some((*title, *what, kind))
        })
    }

    fn bill(&self, kind: &Kind) -> Bill {
        Bill::of_kind(kind, self.memory)
    }

    /// The first table: dollars for a million events.
    fn by_service(&self) -> String {
        let mut out = format!(
            "## A million events\n\nUS dollars in {}:\n\n",
            self.prices.regions[0]
        );
        let kinds: Vec<_> = self.kinds().collect();
        let titles: Vec<_> = kinds
            .iter()
            .map(|(title, ..)| (*title).to_owned())
            .collect();
        head(&mut out, "", &titles);
        for (service, items) in SERVICES {
            let of_kind = |kind: &Kind| only(&self.bill(kind), items).dollars(self.prices, 0);
            let cells: Vec<_> = kinds
                .iter()
                .map(|(.., kind)| money(of_kind(kind)))
                .collect();
            row(&mut out, service, &cells);
        }
        for (place, region) in self.prices.regions.iter().enumerate() {
            let of_kind = |kind: &Kind| self.bill(kind).dollars(self.prices, place);
            let cells: Vec<_> = kinds
                .iter()
                .map(|(.., kind)| format!("**{}**", money(of_kind(kind))))
                .collect();
            row(&mut out, &format!("**all, {region}**"), &cells);
        }
        out.push('\n');
        for (title, what, _) in kinds {
            let _ = writeln!(out, "- *{title}*: {what}.");
        }
        out
    }

    /// What one event uses.
    fn counted(&self) -> String {
        let mut out = String::from("## One event\n\n");
        let columns = [
            "HTTP requests",
            "invocations",
            "queue requests",
            "write units",
            "read units",
            "bytes logged",
            "bytes to LINE",
            "bytes kept",
        ];
        head(&mut out, "", &columns.map(str::to_owned));
        for (title, _, kind) in self.kinds() {
            let bill = self.bill(kind).times(1e-6);
            let amount = |item: &str| bill.0.get(item).copied().unwrap_or_default();
            let (millions, gigabytes) = (1e6, 1024.0 * 1024.0 * 1024.0);
            let cells = [
                number(amount(API_REQUEST) * millions),
                number(amount(INVOCATION) * millions),
                number(amount(QUEUE_REQUEST) * millions),
                number(amount(WRITE_UNIT) * millions),
                number(amount(READ_UNIT) * millions),
                round(amount(LOGGED) * gigabytes),
                round(amount(SENT) * gigabytes),
                round(amount(STORED) * gigabytes),
            ];
            row(&mut out, title, &cells);
        }
        out
    }

    /// The calls behind them.
    fn calls(&self) -> String {
        let mut out = String::from(
            "The calls of each function, Lambda's own receive and delete of a batch left out:\n\n",
        );
        out.push_str("| event | function | calls |\n|---|---|---|\n");
        for (title, _, kind) in self.kinds() {
            for (function, tally) in &kind.functions {
                let call = |(name, calls): (&String, &u64)| {
                    let each = *calls as f64 / f64::from(kind.events);
                    format!("{} `{name}`", number(each))
                };
                let calls: Vec<_> = tally.calls.iter().map(call).collect();
                let calls = if calls.is_empty() {
                    "none".to_owned()
                } else {
                    calls.join(", ")
                };
                let _ = writeln!(
                    out,
                    "| {title} | {} | {calls} |",
                    function.trim_end_matches("Function").to_lowercase()
                );
            }
        }
        out
    }

    fn minute_bill(&self) -> Bill {
        Bill::of_functions(&self.counts.minute, 1, self.memory)
    }

    fn minute(&self) -> String {
        let million = self.minute_bill().times(1e6);
        let tally: Vec<_> = self.counts.minute.values().collect();
        let units =
            |of: fn(&crate::meter::Tally) -> f64| tally.iter().map(|it| of(it)).sum::<f64>();
        format!(
            "## Counting what accounts use\n\n\
             The function `usage` is handed what has changed at most once a minute, and writes one row for each account in \
             it: {} write units and {} read units for an account's minute with news. A million such minutes cost {} dollars, \
             if each is a batch of its own; a batch with many accounts shares its invocation.\n",
            number(units(|it| it.write_units)),
            number(units(|it| it.read_units)),
            money(million.dollars(self.prices, 0)),
        )
    }

    fn fixed_part(&self) -> String {
        let mut out = String::from(
            "## A month in which nothing happens\n\n| what | a month | dollars |\n|---|---:|---:|\n",
        );
        for (what, amount, dollars) in self.fixed_rows() {
            let _ = writeln!(
                out,
                "| {what} | {} | {} |",
                thousands(amount),
                money(dollars)
            );
        }
        let _ = writeln!(out, "| **all** | | **{}** |", money(self.fixed_dollars()));
        out
    }

    fn fixed_rows(&self) -> Vec<(String, f64, f64)> {
        let price = |item: &str| self.prices.of(item, 0);
        let mut rows = vec![
            (
                "metrics of our own, if each is written at least once".to_owned(),
                self.fixed.metrics as f64,
                price("metric"),
            ),
            (
                "metrics that alarms look at".to_owned(),
                self.fixed.alarm_metrics as f64,
                price("alarm_metric"),
            ),
            ("dashboard".to_owned(), 1.0, price("dashboard")),
            ("secret".to_owned(), 1.0, price("secret")),
            (
                "empty receives by Lambda".to_owned(),
                RECEIVES,
                price(QUEUE_REQUEST) / 1e6,
            ),
        ];
        for (function, runs) in RUNS {
            let idle = self
                .counts
                .idle
                .iter()
                .filter(|(name, _)| *name == function);
            let tallies = idle
                .map(|(name, tally)| (name.clone(), tally.clone()))
                .collect();
            let run = Bill::of_functions(&tallies, 1, self.memory).dollars(self.prices, 0);
            let name = function.trim_end_matches("Function").to_lowercase();
            rows.push((format!("runs of `{name}` with nothing to do"), runs, run));
        }
        rows.into_iter()
            .map(|(what, amount, each)| (what, amount, amount * each))
            .collect()
    }

    fn fixed_dollars(&self) -> f64 {
        self.fixed_rows().iter().map(|(.., dollars)| dollars).sum()
    }

    /// The last table: an account's month.
    fn by_account(&self) -> String {
        let mut out = format!(
            "## An account's month\n\nOf {} accounts with as many messages each, all answered by a text, US dollars in {}. \
             Messages come by chance within ten hours a day, so that few share a minute where they are few:\n\n",
            thousands(ACCOUNTS),
            self.prices.regions[0],
        );
        head(
            &mut out,
            "messages",
            &[
                "events",
                "counting",
                "share of the fixed part",
                "all",
                "all, for a million",
            ]
            .map(str::to_owned),
        );
        let Some((.., text)) = self.kinds().next() else {
            return out;
        };
        for messages in MESSAGES {
            let events = self.bill(text).dollars(self.prices, 0) * messages / 1e6;
            let minutes = OPEN_MINUTES * (1.0 - (-messages / OPEN_MINUTES).exp());
            let counting = self.minute_bill().dollars(self.prices, 0) * minutes;
            let share = self.fixed_dollars() / ACCOUNTS;
            let all = events + counting + share;
            let cells = [events, counting, share, all].map(cents);
            let cells: Vec<_> = cells
                .into_iter()
                .chain([money(all / messages * 1e6)])
                .collect();
            row(&mut out, &thousands(messages), &cells);
        }
        out
    }

    fn assumptions(&self) -> String {
        let mut out = String::from("## Assumptions\n\n");
        out.push_str(
            "- Units of DynamoDB are those that the local DynamoDB reports for each call: it counts as AWS documents it. A \
             call whose condition fails, or that is tried again, is not in the mix.\n\
             - Each event is a webhook of its own and a batch of its own, but for the echo. In a busy hour both are shared, \
             and an event costs between the two.\n\
             - What a function waits for others is not measured here but assumed, in `infra/cost/src/bill.rs`, and so is \
             the length of a line of the access log. [The first day](first-day.md) measures the whole.\n\
             - The alias, the secret's reads, the token from LINE, tracing and data within the region cost nothing or next \
             to nothing. Support and taxes are not in it. The module's own calls elsewhere are not in it.\n\
             - Point-in-time recovery is paid by what the table has, and is in the price of what is kept.\n\n",
        );
        out.push_str("| price of | ");
        out.push_str(&self.prices.regions.join(" | "));
        out.push_str(" | page |\n|---|");
        out.push_str(&"---:|".repeat(self.prices.regions.len()));
        out.push_str("---|\n");
        for item in self.prices.items.values() {
            let prices: Vec<_> = item.price.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                out,
                "| {} | {} | <{}> |",
                item.unit,
                prices.join(" | "),
                item.source
            );
        }
        out
    }
}

fn only(bill: &Bill, items: &[&str]) -> Bill {
    let kept = bill.0.iter().filter(|(item, _)| items.contains(item));
    Bill(kept.map(|(item, amount)| (*item, *amount)).collect())
}
