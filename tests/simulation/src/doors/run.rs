//! Many inputs at one door.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use tokio::time::timeout;

use crate::doors::{Dice, Door, Verdict};

/// What stands behind a door is made again after this number of inputs.
const RENEWED_AFTER: u64 = 500;
/// Longer than any input takes, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(20);
/// How often a failing input is cut, and for how long.
const MOST_CUTS: usize = 3_000;
const CUTTING: Duration = Duration::from_secs(120);

/// What came of the inputs.
#[derive(Debug)]
pub struct Figures {
    door: &'static str,
    inputs: u64,
    answers: BTreeMap<String, u64>,
    time: Duration,
}

/// An input that does what it must not.
#[derive(Debug, thiserror::Error)]
#[error("{door}: input {number} of seed {seed}: {reason}\ncut to {} bytes: {}", .input.len(), .input.escape_ascii())]
pub struct Broken {
    door: &'static str,
    seed: u64,
    number: u64,
    reason: String,
    input: Vec<u8>,
}

/// Sends the inputs from `first` on through a door; stops at the first that breaks something.
///
/// # Errors
/// That input.
pub async fn run<D: Door>(seed: u64, first: u64, inputs: u64) -> Result<Figures, Box<Broken>> {
    let began = Instant::now();
    let mut answers: BTreeMap<String, u64> = BTreeMap::new();
    let mut door = D::default();
    for number in first..first.saturating_add(inputs) {
        if number.is_multiple_of(RENEWED_AFTER) {
            door = D::default();
        }
        let input = D::input(&mut Dice::new(seed, number));
        match verdict(&door, &input).await {
            Ok(kind) => *answers.entry(kind).or_default() += 1,
            Err(reason) => return Err(broken::<D>(seed, number, reason, input).await),
        }
    }
    Ok(Figures {
        door: D::NAME,
        inputs,
        answers,
        time: began.elapsed(),
    })
}

async fn verdict<D: Door>(door: &D, input: &[u8]) -> Verdict {
    let judged = AssertUnwindSafe(door.judge(input)).catch_unwind();
    match timeout(LONGEST, judged).await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(panic)) => Err(format!("it panics: {}", words(panic.as_ref()))),
        Err(_) => Err("it does not end".to_owned()),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default()
}

/// Cuts a failing input as long as something is broken by it.
async fn broken<D: Door>(seed: u64, number: u64, reason: String, input: Vec<u8>) -> Box<Broken> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {})); // each cut may panic again
    let (reason, input) = cut::<D>(reason, input).await;
    panic::set_hook(hook);
    Box::new(Broken {
        door: D::NAME,
        seed,
        number,
        reason,
        input,
    })
}

async fn cut<D: Door>(mut reason: String, mut input: Vec<u8>) -> (String, Vec<u8>) {
    let (mut length, mut at) = (input.len() / 2, 0);
    let began = Instant::now();
    for _ in 0..MOST_CUTS {
        if at >= input.len() {
            (length, at) = (length / 2, 0);
        }
        if length == 0 || began.elapsed() > CUTTING {
            break;
        }
        let mut shorter = input.clone();
        shorter.drain(at..input.len().min(at + length));
        match verdict(&D::default(), &shorter).await {
            Err(same) => (reason, input) = (same, shorter),
            Ok(_) => at += length,
        }
    }
    (reason, input)
}

impl Figures {
    /// Together with those of another part of the inputs, which ran beside it.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.inputs += other.inputs;
        self.time = self.time.max(other.time);
        for (answer, times) in other.answers {
            *self.answers.entry(answer).or_default() += times;
        }
        self
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} inputs", self.door, self.inputs)?;
        for (kind, count) in &self.answers {
            write!(f, "; {kind}: {count}")?;
        }
        let seconds = self.time.as_secs_f64().max(f64::EPSILON);
        let inputs = u32::try_from(self.inputs).map_or(f64::INFINITY, f64::from);
        write!(f, "; {:.0} a second", inputs / seconds)
    }
}
