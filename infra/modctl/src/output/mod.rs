//! How a command answers: JSON for scripts, tables and sentences for people.

mod progress;
mod table;

use std::io::{IsTerminal as _, Write as _};

use jiff::tz::TimeZone;
use serde::Serialize;
use shared::domain::Timestamp;

use crate::failure::Failure;

pub(crate) use progress::Progress;
pub(crate) use table::Table;

/// What a command has found or done. Its JSON is an interface: members are added and never
/// renamed.
pub(crate) trait Report: Serialize {
    /// The same for a person.
    fn print(&self, screen: &mut Screen);
}

/// The standard output.
pub(crate) struct Screen {
    is_json: bool,
    has_colour: bool,
    zone: TimeZone,
    out: anstream::Stdout,
}

/// What a word tells, as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Warning,
    Quiet,
}

impl Screen {
    /// In colour on a terminal only; times in the reader's zone.
    pub(crate) fn of_process(is_json: bool) -> Self {
        Self {
            is_json,
            has_colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            zone: TimeZone::system(),
            out: anstream::stdout(),
        }
    }

    /// Shows what a command has come to.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub(crate) fn show(&mut self, report: &impl Report) -> Result<(), Failure> {
        match self.is_json {
            true => self.line(&json(report)?),
            false => report.print(self),
        }
        Ok(())
    }

    /// Shows one of many, which come one after the other: JSON on a line of its own.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub(crate) fn show_next(&mut self, report: &impl Report) -> Result<(), Failure> {
        match self.is_json {
            true => {
                let json = serde_json::to_string(report);
                let json = json.map_err(|error| Failure::Refused(error.to_string()))?;
                self.line(&json);
            }
            false => report.print(self),
        }
        Ok(())
    }

    /// One line. A reader that has gone (`| head`) is no failure.
    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{text}");
    }

    /// A line with a name and what belongs to it.
    pub(crate) fn field(&mut self, name: &str, value: &str) {
        let name = self.toned(&format!("{name:<20}"), Tone::Quiet);
        self.line(&format!("{name} {value}"));
    }

    /// The text in its colour, on a terminal.
    pub(crate) fn toned(&self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Good => 32,
            Tone::Bad => 31,
            Tone::Warning => 33,
            Tone::Quiet => 2,
        };
        match self.has_colour {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    /// A moment in the reader's zone: `2026-11-20 10:00:03 +09:00`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        jiff::Timestamp::from_millisecond(at.0).map_or_else(
            |_| at.0.to_string(),
            |time| {
                let time = time.to_zoned(self.zone.clone());
                time.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
            },
        )
    }
}

fn json(report: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(report).map_err(|error| Failure::Refused(error.to_string()))
}
