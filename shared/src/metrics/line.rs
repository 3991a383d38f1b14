//! A line in the embedded metric format.

use std::collections::BTreeMap;
use std::time::SystemTime;

use metrique_writer_core::format::Format as _;
use metrique_writer_core::unit::NegativeScale;
use metrique_writer_core::{Entry, EntryWriter, MetricFlags, Observation, Value, ValueWriter};
use metrique_writer_format_emf::Emf;

use super::{Metric, Unit};

/// The line of these values, with its line feed.
///
/// # Errors
/// A name or a value that the format does not take.
pub(super) fn of(
    namespace: &str,
    now: SystemTime,
    values: &BTreeMap<Metric, Vec<u64>>,
) -> Result<String, String> {
    let mut line = Vec::new();
    // Without dimensions: a namespace is one stack's.
    let mut emf = Emf::builder(namespace.to_owned(), vec![vec![]]).build();
    let written = emf.format(&Line { now, values }, &mut line);
    written.map_err(|error| error.to_string())?;
    String::from_utf8(line).map_err(|error| error.to_string())
}

struct Line<'a> {
    now: SystemTime,
    values: &'a BTreeMap<Metric, Vec<u64>>,
}

impl Entry for Line<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        writer.timestamp(self.now);
        for (metric, values) in self.values {
            let unit = metric.unit();
            writer.value(metric.name(), &Values { values, unit });
        }
    }
}

struct Values<'a> {
    values: &'a [u64],
    unit: Unit,
}

impl Value for Values<'_> {
    fn write(&self, writer: impl ValueWriter) {
        let unit = match self.unit {
            Unit::Count => metrique_writer_core::Unit::Count,
            Unit::Milliseconds => metrique_writer_core::Unit::Second(NegativeScale::Milli),
            Unit::Seconds => metrique_writer_core::Unit::Second(NegativeScale::One),
            Unit::Percent => metrique_writer_core::Unit::Percent,
        };
        let values = self.values.iter().copied().map(Observation::Unsigned);
        writer.metric(values, unit, [], MetricFlags::empty());
    }
}
