//! What stands behind the doors: the real functions, over a table and a queue in memory
//! and a LINE whose answers a test sets.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;
use shared::aws::Timeouts;
use shared::domain::Timestamp;
use shared::env::Env;
use shared::ground::Ground;
use shared::line::LineClient;
use shared::random::Random;
use shared::store::Store;
use template_file::Template;

use crate::doors::dice::Dice;
use crate::doors::samples::SECRETS;
use crate::doors::sqs::Sqs;
use crate::doors::wire::Wire;
use table_model::Table;
use table_model::connector::Connector;

/// The time, always.
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

const TABLE: &str = "Table";
const LINE: &str = "https://line.example";
const HOUR: Duration = Duration::from_secs(3600);
/// Nothing is given up: how fast this machine is, is not the question.
const TIMEOUTS: Timeouts = Timeouts {
    connect: HOUR,
    attempt: HOUR,
    operation: HOUR,
};

static CREATE: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::load(path).expect("the template");
    template.table(TABLE).expect("the table").create
});

/// All that the functions reach.
pub(crate) struct World {
    pub(crate) queue: Sqs,
    pub(crate) line: Line,
    table: Connector,
}

/// LINE. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Arc<Mutex<BotList>>);

/// LINE's list of accounts: what it answers, and what it was asked.
#[derive(Debug, Default)]
pub(crate) struct BotList {
    /// The answer to who asks for the list of accounts.
    pub(crate) answer: Vec<u8>,
    /// The addresses at which the list was asked for.
    pub(crate) asked: Vec<String>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            queue: Sqs::default(),
            line: Line::default(),
            table: Connector::new(Table::new(&CREATE)),
        }
    }
}

impl World {
    /// The webhook, which never finds that its time is up.
    pub(crate) fn webhook(&self) -> webhook::App {
        let config = webhook::Config::read(&env()).expect("its variables");
        webhook::App::new(config, &self.ground())
    }

    /// The attach function.
    pub(crate) fn attach(&self) -> attach::App {
        let config = attach::Config::read(&env()).expect("its variables");
        attach::App::new(config, shared::domain::About::unnamed(), &self.ground())
    }

    pub(crate) fn worker<M>(&self, module: M) -> worker::App<M> {
        let config = worker::Config::read(&env()).expect("its variables");
        let mut app = worker::App::new(config, module, &self.ground());
        app.sleep = shared::ground::tokio_sleep();
        app
    }

    /// LINE, as the functions call it.
    pub(crate) fn line(&self) -> LineClient {
        self.attach().line
    }

    /// The table, as the functions call it.
    pub(crate) fn store(&self) -> Store {
        self.ground().table(TABLE.to_owned())
    }

    fn ground(&self) -> Ground {
        Ground::emulated()
            .with_timeouts(TIMEOUTS)
            .with_clock(clock())
            .with_sleep(SharedAsyncSleep::new(Never))
            .with_random(random())
            .with_line_over(self.line.wire().connector())
            .with_dynamodb_at("http://table.example")
            .with_dynamodb_over(self.table.client())
            .with_sqs_at("http://queue.example")
            .with_sqs_over(self.queue.wire().client())
    }
}

impl Line {
    /// Its list of accounts.
    pub(crate) fn bot_list(&self) -> MutexGuard<'_, BotList> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wire(&self) -> Wire {
        let line = self.clone();
        Wire::new(move |request| line.answer(request))
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Vec<u8>) {
        let path = request.uri().strip_prefix(LINE).expect("a call of LINE");
        let body = request.body().bytes().unwrap_or_default();
        match path.split('?').next().unwrap_or_default() {
            "/oauth2/v3/token" => (200, br#"{"access_token":"t","expires_in":900}"#.to_vec()),
            "/module/auth/v1/token" => exchange(body),
            "/v2/bot/list" => {
                let mut bot_list = self.bot_list();
                bot_list.asked.push(path.to_owned());
                (200, bot_list.answer.clone())
            }
            _ => (200, b"{}".to_vec()),
        }
    }
}

/// One code is good.
fn exchange(form: &[u8]) -> (u16, Vec<u8>) {
    let form = String::from_utf8_lossy(form);
    match form.split('&').any(|pair| pair == "code=good") {
        true => (
            200,
            br#"{"bot_id":"U1","scopes":["message:send"]}"#.to_vec(),
        ),
        false => (400, br#"{"error":"invalid_grant"}"#.to_vec()),
    }
}

/// A sleep that does not end.
#[derive(Debug)]
struct Never;

impl AsyncSleep for Never {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}

fn clock() -> SharedTimeSource {
    let since = u64::try_from(NOW.0).expect("after 1970");
    SharedTimeSource::new(StaticTimeSource::new(
        UNIX_EPOCH + Duration::from_millis(since),
    ))
}

fn random() -> Random {
    let dice = Mutex::new(Dice::new(0, 0));
    Random::from_fn(move |bytes| {
        let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.copy_from_slice(&dice.bytes(bytes.len()));
    })
}

fn env() -> Env {
    let secrets = SECRETS.join(",");
    let variables = [
        ("LINE_CHANNEL_ID", "1234567890"),
        ("LINE_CHANNEL_SECRET", secrets.as_str()),
        ("LINE_BOT_HEADER", "x-bot"),
        ("LINE_API_URL", LINE),
        ("LINE_DATA_API_URL", LINE),
        ("LINE_MANAGER_URL", LINE),
        ("LINE_SCOPES", "message:send message:receive"),
        ("TABLE_NAME", TABLE),
        ("EVENT_QUEUE_URL", "http://queue.example/1/events.fifo"),
    ];
    Env::from_map(
        variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    )
}
