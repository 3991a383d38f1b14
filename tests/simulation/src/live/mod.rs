//! The bundle with real processes: the emulators of DynamoDB, SQS and LINE here, the
//! functions in a child process that is killed and started again while events
//! come and LINE fails. The emulator's log is the judge.

mod child;
mod count;
mod judge;
mod lost;
mod module;
mod talk;

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use emulator::{Fault, FaultKind};
use local::function::Function;
use local::stack::{Functions, Needs, Options, Stack};
use shared::domain::Timestamp;

use crate::live::child::Child;

pub use judge::Verdicts;
pub use lost::{Cause, Count, Lost};

/// How much happens.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Events,
    pub events: usize,
    /// over this many chats.
    pub chats: usize,
    /// How often the child is killed.
    pub kills: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Figures {
    /// The table's and LINE's calls for one plain message at its first try.
    pub plain: String,
    /// What the judge says.
    pub verdicts: Verdicts,
    /// How often the child was killed.
    pub kills: usize,
    /// How long it took.
    pub took: Duration,
}

/// The run could not be carried out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    fn of(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Runs it, prints the figures; success only if all that is promised was kept.
pub fn report(plan: &Plan) -> ExitCode {
    let figures = in_runtime(run(*plan));
    match figures.and_then(|figures| figures.map_err(|error| error.to_string())) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::from(u8::from(!figures.verdicts.good()))
        }
        Err(error) => refuse(&error),
    }
}

/// What the child does: it is the functions, with these variables, at this port.
pub fn be_functions(variables: &str, port: u16) -> ExitCode {
    match in_runtime(child::serve(variables, port)).flatten() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error),
    }
}

fn in_runtime<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    Ok(runtime.block_on(work))
}

fn refuse(error: &str) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

/// Runs it.
///
/// # Errors
/// [`Failure`], in one sentence; what the bundle does wrong is no error, but a verdict.
async fn run(plan: Plan) -> Result<Figures, Failure> {
    let begun = Instant::now();
    let mut child = None;
    let options = Options::default();
    let stack = Stack::start_with(&options, module::Repeats, async |needs| {
        let started = Child::start(needs.variables)
            .await
            .map_err(local::stack::StackError::NotReady)?;
        let functions = functions(&needs, &started);
        child = Some(started);
        Ok((functions, ()))
    });
    let stack = stack.await.map_err(Failure::of)?;
    let mut child = child.ok_or_else(|| Failure("the functions were not started".into()))?;
    let bot = stack.line.state().await.bots[0].bot_id.clone();
    stack.attach(&bot, "en").await.map_err(Failure::of)?;
    let plain = count::plain_message(&stack, &bot).await?;
    fail_at_line(&stack).await?;
    let talking = talk::all(&stack, &bot, plan);
    let killing = kill(&mut child, &stack, plan);
    let (sent, kills) = tokio::join!(talking, killing);
    let sent = sent?;
    let kills = kills?;
    settle(&stack).await?;
    Ok(Figures {
        plain,
        verdicts: judge::judge(&stack, &bot, &sent, &kills).await?,
        kills: kills.len(),
        took: begun.elapsed(),
    })
}

/// Number of events that the child takes at once.
const AT_ONCE: usize = 16;

fn functions<M>(needs: &Needs<'_, M>, child: &Child) -> Functions {
    let definitions = needs.definitions.iter();
    definitions
        .map(|definition| {
            let name = child::name(&definition.logical_name);
            let timeout = definition.timeout;
            let function = Function::invoked_at_once(&child.endpoint, &name, timeout, AT_ONCE);
            (definition.logical_name.clone(), function)
        })
        .collect()
}

/// One call in ten is refused with 500, one in twenty is done and not answered.
async fn fail_at_line(stack: &Stack) -> Result<(), Failure> {
    let faults = ["reply", "push"].iter().flat_map(|word| {
        let path = format!("POST /v2/bot/message/{word}");
        [
            Fault::new(path.clone(), u32::MAX, FaultKind::ServerError).every(10),
            Fault::new(path, u32::MAX, FaultKind::TimeoutAfterAccept).every(20),
        ]
    });
    let added = stack.line.add_faults(faults.collect()).await;
    added.map(drop).map_err(Failure::of)
}

/// Kills the child evenly over the webhooks; tells when, by LINE's clock.
async fn kill(child: &mut Child, stack: &Stack, plan: Plan) -> Result<Vec<Timestamp>, Failure> {
    let mut kills = Vec::new();
    for kill in 1..=plan.kills {
        let after = plan.events * kill / (plan.kills + 1);
        while talk::delivered(stack).await < after {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        kills.push(stack.ground.clock.now().into());
        child.kill_and_start_again().await.map_err(Failure)?;
    }
    Ok(kills)
}

/// Until nothing waits, and nothing is under way.
async fn settle(stack: &Stack) -> Result<(), Failure> {
    const LONG: Duration = Duration::from_secs(1200);
    let begun = Instant::now();
    loop {
        match stack.settled().await {
            Ok(()) => return Ok(()),
            Err(error) if begun.elapsed() > LONG => return Err(Failure::of(error)),
            Err(_) => {}
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            plain,
            verdicts,
            kills,
            took,
        } = self;
        writeln!(f, "a plain message at its first try: {plain}")?;
        write!(f, "{verdicts}; {kills} kills; {} s", took.as_secs())
    }
}
