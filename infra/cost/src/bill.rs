//! From what functions use to what is paid for.

use std::collections::BTreeMap;

use crate::counts::Kind;
use crate::meter::Tally;
use crate::prices::{
    API_REQUEST, GB_SECOND, INVOCATION, LOGGED, Prices, QUEUE_REQUEST, READ_UNIT, SENT, STORED,
    WRITE_UNIT,
};
use crate::stack::Tallies;

/// A million, or the bytes of a GB: prices are of so many.
const MILLION: f64 = 1e6;
const GB: f64 = 1024.0 * 1024.0 * 1024.0;

/// A line of the access log, of which only numbers differ.
const ACCESS_LOG_LINE: f64 = 300.0;

/// What a call takes, in milliseconds: what a function waits for it is paid. Not measured here, where everything is on
/// one machine: usual values within a region, and LINE from Tokyo. docs/first-day.md measures the whole.
const READ: f64 = 4.0;
const WRITE: f64 = 6.0;
const TRANSACTION: f64 = 14.0;
const QUEUE: f64 = 10.0;
const LINE: f64 = 70.0;
/// What a function itself takes for an invocation, with the runtime.
pub(crate) const OWN: f64 = 2.0;

/// Of which a month has as many seconds.
pub(crate) const MONTH: f64 = 30.0 * 24.0 * 3600.0;

/// Amounts of what is paid for, by the name in the price file, in that price's unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bill(pub(crate) BTreeMap<&'static str, f64>);

impl Bill {
    /// What a million events of a kind come to.
    pub(crate) fn of_kind(kind: &Kind, memory: u64) -> Self {
        let mut bill = Self::of_functions(&kind.functions, kind.side_by_side, memory);
        // Rows of events are kept for 30 days: a month.
        bill.add(STORED, kind.kept_bytes as f64 / GB);
        bill.times(MILLION / f64::from(kind.events))
    }

    /// What functions have used, once.
    pub(crate) fn of_functions(tallies: &Tallies, side_by_side: u32, memory: u64) -> Self {
        let mut bill = Self::default();
        for (name, tally) in tallies {
            bill.add_function(name, tally, side_by_side, memory);
        }
        bill
    }

    fn add_function(&mut self, name: &str, tally: &Tally, side_by_side: u32, memory: u64) {
        let invocations = tally.invocations as f64;
        let waits = waits(tally) / f64::from(side_by_side);
        let seconds = (OWN * invocations + waits) / 1000.0;
        let mut logged = tally.logged_bytes as f64;
        let mut queue_requests = tally.queue_requests as f64;
        match name {
            "WebhookFunction" => {
                self.add(API_REQUEST, invocations / MILLION);
                logged += ACCESS_LOG_LINE * invocations;
            }
            // Lambda receives the batch and deletes it.
            "WorkerFunction" => queue_requests += 2.0 * invocations,
            _ => {}
        }
        self.add(INVOCATION, invocations / MILLION);
        self.add(GB_SECOND, seconds * memory as f64 / 1024.0 / MILLION);
        self.add(QUEUE_REQUEST, queue_requests / MILLION);
        self.add(WRITE_UNIT, tally.write_units / MILLION);
        self.add(READ_UNIT, tally.read_units / MILLION);
        self.add(LOGGED, logged / GB);
        self.add(SENT, tally.sent_bytes as f64 / GB);
    }

    pub(crate) fn add(&mut self, item: &'static str, amount: f64) {
        *self.0.entry(item).or_default() += amount;
    }

    /// Every amount, multiplied by `factor`.
    pub(crate) fn times(&self, factor: f64) -> Self {
        Self(
            self.0
                .iter()
                .map(|(item, amount)| (*item, amount * factor))
                .collect(),
        )
    }

    /// In US dollars.
    pub(crate) fn dollars(&self, prices: &Prices, region: usize) -> f64 {
        self.0
            .iter()
            .map(|(item, amount)| amount * prices.of(item, region))
            .sum()
    }
}

/// For how long a function waits for others, one call after the other, in milliseconds.
pub(crate) fn waits(tally: &Tally) -> f64 {
    let of = |(name, calls): (&String, &u64)| {
        let each = match name.as_str() {
            "GetItem" | "BatchGetItem" | "Query" | "Scan" => READ,
            "TransactWriteItems" => TRANSACTION,
            name if name.starts_with("SendMessage") => QUEUE,
            name if name.starts_with("ChangeMessage") || name.starts_with("DeleteMessage") => QUEUE,
            name if name.contains(" /") => LINE,
            _ => WRITE,
        };
        each * *calls as f64
    };
    tally.calls.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(calls: &[(&str, u64)]) -> Tally {
        let calls = calls
            .iter()
            .map(|(name, calls)| ((*name).to_owned(), *calls));
        Tally {
            invocations: 1,
            calls: calls.collect(),
            write_units: 5.0,
            ..Tally::default()
        }
    }

    #[test]
    fn a_million_events_of_five_write_units_cost_five_times_the_price_of_a_million() {
        let tallies = [(
            "WorkerFunction".to_owned(),
            tally(&[("TransactWriteItems", 1), ("UpdateItem", 1)]),
        )];
        let functions = tallies.into();
        let kind = Kind {
            name: "text".into(),
            events: 1,
            side_by_side: 1,
            kept_bytes: 0,
            functions,
        };
        let bill = Bill::of_kind(&kind, 256);
        assert!((bill.0[WRITE_UNIT] - 5.0).abs() < 1e-9);
        assert!((bill.0[QUEUE_REQUEST] - 2.0).abs() < 1e-9);
        // 22 ms of a quarter of a GB.
        assert!((bill.0[GB_SECOND] - 0.0055).abs() < 1e-9);
        let mut prices = Prices::built_in().unwrap();
        prices.items.retain(|item, _| item == WRITE_UNIT);
        assert!((bill.dollars(&prices, 1) - 5.0 * 0.625).abs() < 1e-9);
    }
}
