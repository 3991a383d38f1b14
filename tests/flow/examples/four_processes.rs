//! LINE's limits at a hundredth, kept by four processes together; sends whose answers
//! time out; an account at the end of its quota; one without a scope. LINE's log is the judge.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use clap::Parser;
use emulator::{Call, Fault, FaultKind, NewAccount, NewUser, Settings, Traits};
use flow::emulators::{Emulators, Places};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::aws::Timeouts;
use shared::domain::{BotId, BotState, ChatId, ChatState, MaySpeak, Scopes, Timestamp, may_speak};
use shared::limits::counted_in;
use shared::line::endpoints::insight::GetDemographics;
use shared::line::endpoints::message::{Messages, Push};
use shared::line::endpoints::rich_menu::ListRichMenus;
use shared::line::endpoints::table;
use shared::line::endpoints::webhook_endpoint::GetWebhookEndpoint;
use shared::line::error::LineErrorKind;
use shared::line::message::Text;
use shared::line::{BotClient, Channel, LineClient};
use shared::secret::SecretPlace;
use tokio::process::Command;
use uuid::Uuid;

type Failure = Box<dyn Error>;

const PROCESSES: u32 = 4;
/// How much smaller LINE's limits are.
const DIVISOR: u32 = 100;
/// How many times each process makes each call.
const ROUNDS: u32 = 30;
/// Number of messages left to the account at the end of its quota.
const LEFT: u64 = 10;

/// Keep LINE's limits with four processes.
#[derive(Parser)]
struct Arguments {
    /// Be one of the four, at this stage.
    #[arg(long, hide = true)]
    one_at: Option<String>,
}

/// The setup that each process gets.
#[derive(Clone, Serialize, Deserialize)]
struct Stage {
    number: u32,
    places: Places,
    usual: (String, String),
    at_its_end: (String, String),
    without_scope: (String, String),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    match Arguments::parse().one_at {
        Some(stage) => one(&serde_json::from_str(&stage)?).await,
        None => all().await,
    }
}

/// One of the four.
async fn one(stage: &Stage) -> Result<ExitCode, Failure> {
    let line = client(&stage.places)?;
    let usual = line.bot(&BotId::new(&stage.usual.0)?);
    for round in 0..ROUNDS {
        let _ = usual.call(&GetDemographics).await;
        let _ = usual.call(&GetWebhookEndpoint).await;
        let _ = usual.call(&ListRichMenus).await;
        let in_time = usual.clone().until(now().plus(Duration::from_secs(20)));
        // Four together may be faster than LINE allows in a second: the worker, too,
        // sends what was throttled again later, with its key.
        while push(&in_time, stage, &stage.usual.1, round).await? == Some(LineErrorKind::Throttled)
        {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    let at_its_end = line
        .bot(&BotId::new(&stage.at_its_end.0)?)
        .until(now().plus(Duration::from_secs(20)));
    let without = line
        .bot(&BotId::new(&stage.without_scope.0)?)
        .granted(&Scopes::from_words("message:receive"));
    for round in 0..5 {
        push(&at_its_end, stage, &stage.at_its_end.1, round).await?;
        let refused = push(&without, stage, &stage.without_scope.1, round).await?;
        if refused != Some(LineErrorKind::ScopeMissing) {
            return Err(format!("not stopped for want of a scope: {refused:?}").into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A message of its own text; gives how it was refused.
async fn push(
    bot: &BotClient,
    stage: &Stage,
    user: &str,
    round: u32,
) -> Result<Option<LineErrorKind>, Failure> {
    let text = format!("{} of process {}", round, stage.number);
    let name = format!("{} {text}", bot.bot());
    let key = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
    let (to, may) = (ChatId::new(user)?, may()?);
    let push = Push::new(&may, &to, Messages::of(&[Text::new(text)])?, key);
    Ok(bot.call(&push).await.err().map(|error| error.kind))
}

fn may() -> Result<MaySpeak, Failure> {
    let (bot, chat) = (BotState::default(), ChatState::default());
    may_speak(&bot, &chat, now(), true).map_err(|silence| silence.to_string().into())
}

fn now() -> Timestamp {
    std::time::SystemTime::now().into()
}

fn client(places: &Places) -> Result<LineClient, Failure> {
    let channel = Channel::read(&places.env())?;
    let emulators = places.ground();
    let secret = SecretPlace::from_env(&places.env())?;
    let http = emulators.http_to_line(Duration::from_millis(500));
    let counter = counted_in(emulators.table(places.table_name.clone()));
    let line = LineClient::new(http, channel, emulators.secret(secret, Timeouts::DEFAULT))
        .counted_by(counter);
    Ok(line.limits_divided_by(DIVISOR))
}

async fn all() -> Result<ExitCode, Failure> {
    let settings = Settings {
        limit_scale: 1.0 / f64::from(DIVISOR),
        ..Settings::default()
    };
    let emulators = Emulators::start(settings).await;
    let all = "message:send message:receive profile:read account:manage";
    let stage = Stage {
        number: 0,
        places: emulators.places.clone(),
        usual: account(&emulators, all).await?,
        at_its_end: account(&emulators, all).await?,
        without_scope: account(&emulators, "message:receive").await?,
    };
    let end = stage.at_its_end.0.as_str();
    emulators.line.set_quota(end, Some(LEFT)).await?;
    let late = Fault::new(
        "POST /v2/bot/message/push",
        1_000,
        FaultKind::TimeoutAfterAccept,
    );
    emulators.line.add_faults(vec![late.every(7)]).await?;
    run_all(&stage).await?;
    Ok(judge(&emulators.line.calls(0).await, &stage))
}

/// An account, and a user of it.
async fn account(emulators: &Emulators, scopes: &str) -> Result<(String, String), Failure> {
    let user = NewUser {
        name: "Aki".into(),
        language: "en".into(),
        friend: true,
        phone: None,
        traits: Traits::default(),
    };
    let account = NewAccount {
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        users: vec![user],
        ..NewAccount::default()
    };
    let bot = emulators.line.make_account(account).await?;
    let state = emulators.line.state().await;
    let user = state.users.into_iter().find(|user| user.bot == bot);
    Ok((bot, user.ok_or("the account has no user")?.user_id))
}

async fn run_all(stage: &Stage) -> Result<(), Failure> {
    let processes = (1..=PROCESSES).map(|number| {
        let stage = Stage {
            number,
            ..stage.clone()
        };
        let stage_json = json!(stage).to_string();
        let program = std::env::current_exe()?;
        Command::new(program)
            .args(["--one-at", &stage_json])
            .stdin(Stdio::null())
            .spawn()
    });
    for process in processes.collect::<Result<Vec<_>, _>>()? {
        let ended = process.wait_with_output().await?.status;
        if !ended.success() {
            return Err(format!("a process ended with {ended}").into());
        }
    }
    Ok(())
}

/// Prints what LINE's log shows; success only if it is what it should be.
fn judge(calls: &[Call], stage: &Stage) -> ExitCode {
    let of = |bot: &str, path: &str| -> Vec<&Call> {
        let calls = calls.iter().filter(|call| call.bot.as_deref() == Some(bot));
        calls.filter(|call| call.path == path).collect()
    };
    let (usual, end) = (stage.usual.0.as_str(), stage.at_its_end.0.as_str());
    let mut rows = Vec::new();
    for facts in [&table::INSIGHT_DEMOGRAPHIC, &table::WEBHOOK_GET] {
        let calls = of(usual, facts.path);
        let over = calls.iter().filter(|call| call.status == 429).count();
        let asked = PROCESSES * ROUNDS;
        let what = format!(
            "{}: {} of {asked} made, over the limit",
            facts.name,
            calls.len()
        );
        rows.push((what, over, 0));
    }
    let pushes = of(usual, table::PUSH.path);
    let (sent, twice) = texts(&pushes);
    let late = pushes.iter().filter(|call| call.fault.is_some()).count();
    let what = format!(
        "pushes: {} calls, {late} timed out after acceptance, sent",
        pushes.len()
    );
    rows.push((what, sent, (PROCESSES * ROUNDS) as usize));
    rows.push(("pushes sent twice".into(), twice, 0));
    let (sent, twice) = texts(&of(end, table::PUSH.path));
    rows.push(("at the end of the quota: sent".into(), sent, LEFT as usize));
    rows.push(("at the end of the quota: sent twice".into(), twice, 0));
    let refused = of(end, table::PUSH.path);
    let again = refused.iter().enumerate().filter(|(at, call)| {
        let mut later = refused[at + 1..].iter();
        is_quota_refusal(call) && later.any(|other| other.request == call.request)
    });
    let again = again.count();
    let refused: Vec<_> = refused
        .iter()
        .filter(|call| is_quota_refusal(call))
        .collect();
    rows.push((
        format!(
            "{} refused by the month's quota, tried again",
            refused.len()
        ),
        again,
        0,
    ));
    let without = of(&stage.without_scope.0, table::PUSH.path).len();
    rows.push((
        "without the scope: calls that reached LINE".into(),
        without,
        0,
    ));
    report(&rows)
}

/// Whether LINE answered the process that the month's quota is used up.
fn is_quota_refusal(call: &Call) -> bool {
    let monthly = call.response.to_string().contains("monthly");
    call.status == 429 && monthly && call.fault.is_none()
}

/// How many texts were accepted, and how many of them more than once.
fn texts(pushes: &[&Call]) -> (usize, usize) {
    let mut accepted: BTreeMap<String, usize> = BTreeMap::new();
    for call in pushes.iter().filter(|call| call.status == 200) {
        *accepted
            .entry(call.request["messages"].to_string())
            .or_default() += 1;
    }
    let twice = accepted.values().filter(|times| **times > 1).count();
    (accepted.len(), twice)
}

fn report(rows: &[(String, usize, usize)]) -> ExitCode {
    for (what, seen, expected) in rows {
        let mark = if seen == expected { "ok " } else { "NOT" };
        println!("{mark} {what}: {seen}");
    }
    match rows.iter().all(|(_, seen, expected)| seen == expected) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
