//! What a scenario came to: a transcript for people, JUnit's XML for machines.

use std::time::Duration;

use serde_json::Value;

use super::Stopped;
use super::world::{Mark, Traced, World};

/// What a scenario came to.
#[derive(Debug, Clone)]
pub struct Report {
    name: String,
    steps: Vec<(String, Duration, Outcome)>,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it should.
    Passed,
    /// It did not; the sentence says what.
    Failed(String),
    /// An earlier one did not.
    Skipped,
}

impl Report {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            steps: Vec::new(),
        }
    }

    /// Adds a step. Gives its line of the transcript.
    pub(super) fn add(&mut self, title: &str, took: Duration, outcome: Outcome) -> String {
        let number = self.steps.len() + 1;
        let seconds = took.as_secs_f64();
        let line = match &outcome {
            Outcome::Passed => format!("  ok   {number:>2}  {title}  ({seconds:.2} s)"),
            Outcome::Failed(why) => format!("  FAIL {number:>2}  {title}\n           {why}"),
            Outcome::Skipped => format!("  -    {number:>2}  {title}"),
        };
        self.steps.push((title.to_owned(), took, outcome));
        line
    }

    /// Whether a step did not do what it should.
    pub fn failed(&self) -> bool {
        self.steps
            .iter()
            .any(|(_, _, outcome)| matches!(outcome, Outcome::Failed(_)))
    }

    /// What each step came to.
    pub fn outcomes(&self) -> Vec<&Outcome> {
        self.steps.iter().map(|(_, _, outcome)| outcome).collect()
    }

    /// All reports as one JUnit file.
    pub fn junit(reports: &[Self]) -> String {
        let suites: String = reports.iter().map(Self::suite).collect();
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n")
    }

    fn suite(&self) -> String {
        let count = |wanted: fn(&Outcome) -> bool| {
            self.steps
                .iter()
                .filter(|(_, _, outcome)| wanted(outcome))
                .count()
        };
        let failures = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let skipped = count(|outcome| *outcome == Outcome::Skipped);
        let name = escaped(&self.name);
        let cases: String = self.steps.iter().map(|step| case(&name, step)).collect();
        let tests = self.steps.len();
        format!(
            "<testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">\n{cases}</testsuite>\n"
        )
    }
}

fn case(suite: &str, (title, took, outcome): &(String, Duration, Outcome)) -> String {
    let (title, seconds) = (escaped(title), took.as_secs_f64());
    let inside = match outcome {
        Outcome::Passed => String::new(),
        Outcome::Failed(why) => format!("<failure message=\"{}\"/>", escaped(why)),
        Outcome::Skipped => "<skipped/>".to_owned(),
    };
    format!(
        "<testcase classname=\"{suite}\" name=\"{title}\" time=\"{seconds:.3}\">{inside}</testcase>\n"
    )
}

fn escaped(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;");
    // XML has no other control characters.
    escaped.chars().filter(|sign| !sign.is_control()).collect()
}

/// What happened since a mark, a line for each webhook and call, in their order.
pub(super) async fn happened(world: &World, mark: Mark) -> Result<Vec<String>, Stopped> {
    let calls = world.read(&format!("calls?since={}", mark.call)).await?;
    let sent = world
        .read(&format!("deliveries?since={}", mark.delivery))
        .await?;
    let list = |answer: &Value, name: &str| answer[name].as_array().cloned().unwrap_or_default();
    let calls = list(&calls, "calls")
        .iter()
        .map(|call| (at(call), call_line(call)))
        .collect::<Vec<_>>();
    let mut all = Vec::new();
    for delivery in list(&sent, "deliveries") {
        let traced = became(world, &delivery).await?;
        all.push((at(&delivery), webhook_line(&delivery) + &traced));
    }
    all.extend(calls);
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, line)| line).collect())
}

/// What became of a webhook's events, where something did.
async fn became(world: &World, delivery: &Value) -> Result<String, Stopped> {
    let mut words = String::new();
    for event in Traced::of(delivery) {
        let Some(trace) = world.trace(&event).await? else {
            continue;
        };
        for part in [&trace["verdict"], &trace["reason"]] {
            if let Some(part) = part.as_str() {
                words.push_str("  ");
                words.push_str(part);
            }
        }
    }
    Ok(words)
}

fn at(thing: &Value) -> i64 {
    thing["at"].as_i64().unwrap_or(0)
}

fn webhook_line(delivery: &Value) -> String {
    let body: Value =
        serde_json::from_str(delivery["body"].as_str().unwrap_or_default()).unwrap_or_default();
    let events = body["events"].as_array();
    let kinds: Vec<String> = events.into_iter().flatten().map(event_words).collect();
    let again = if delivery["redelivery"] == true {
        " again"
    } else {
        ""
    };
    let answer = delivery["status"].as_u64().map_or_else(
        || delivery["failure"].as_str().unwrap_or("-").to_owned(),
        |status| status.to_string(),
    );
    format!("-> [{}]{again}  {answer}", kinds.join(" "))
}

/// An event's type, and what was said.
fn event_words(event: &Value) -> String {
    let kind = event["type"].as_str().unwrap_or("?");
    match event["message"]["text"].as_str() {
        Some(text) => format!("{kind} \u{201c}{}\u{201d}", shortened(text)),
        None => kind.to_owned(),
    }
}

fn call_line(call: &Value) -> String {
    let part = |name: &str| call[name].as_str().unwrap_or_default();
    let sent = super::record::text_of(&call["request"]);
    let text = sent.map_or_else(String::new, |text| {
        format!("  \u{201c}{}\u{201d}", shortened(&text))
    });
    format!(
        "<- {} {}  {}{text}",
        part("method"),
        shown(part("path")),
        call["status"]
    )
}

/// A path without ids.
fn shown(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.len() > 30 { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, Report};

    #[test]
    fn a_report_can_be_read_by_machines() {
        let mut report = Report::new("a & b");
        report.add("one", Duration::from_millis(1500), Outcome::Passed);
        report.add("two", Duration::ZERO, Outcome::Failed("\"x\" < y".into()));
        report.add("three", Duration::ZERO, Outcome::Skipped);
        let xml = Report::junit(&[report.clone()]);
        assert!(report.failed());
        assert!(
            xml.contains("<testsuite name=\"a &amp; b\" tests=\"3\" failures=\"1\" skipped=\"1\">")
        );
        assert!(xml.contains("name=\"one\" time=\"1.500\"></testcase>"));
        assert!(xml.contains("<failure message=\"&quot;x&quot; &lt; y\"/>"));
        assert!(xml.contains("<skipped/>"));
    }
}
