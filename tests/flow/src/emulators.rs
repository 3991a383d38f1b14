//! The emulators that the functions stand on, without the functions: the template's table and event
//! queue, and a LINE Platform set up as a test likes.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use emulator::{Emulator, Settings};
use local::dynamodb::DynamoDb;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::domain::{BotId, Timestamp};
use shared::env::Env;
use shared::ground::Ground;
use shared::store::{BotRow, Store};
use sqs::{Sqs, SystemClock};
use template_file::Template;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Maximum number of messages received from the queue at once.
const MOST_MESSAGES: usize = 10;

/// The emulators. They end with their last clone.
#[derive(Clone)]
pub struct Emulators {
    /// The LINE Platform. Its clock is everybody's.
    pub line: Emulator,
    /// SQS.
    pub sqs: Sqs,
    /// The table, by the functions' own code.
    pub store: Store,
    /// Where everything is.
    pub places: Places,
    _servers: Arc<JoinSet<()>>,
}

/// Where everything is, and what the channel is called.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Places {
    /// The module channel's ID.
    pub channel_id: String,
    /// Its secret, of an emulator.
    pub channel_secret: String,
    /// The header that selects the bot.
    pub bot_header: String,
    /// The LINE Platform.
    pub line_url: String,
    /// DynamoDB.
    pub dynamodb_url: String,
    /// The table's name.
    pub table_name: String,
    /// SQS.
    pub sqs_url: String,
    /// The event queue's URL.
    pub event_queue_url: String,
}

impl Places {
    /// What a function stands on here.
    pub fn ground(&self) -> Ground {
        Ground::emulated()
            .with_dynamodb_at(&self.dynamodb_url)
            .with_sqs_at(&self.sqs_url)
    }

    /// A function's environment variables here.
    pub fn env(&self) -> Env {
        Env::from_map(self.variables())
    }

    /// The same, by name.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let variables = [
            ("LINE_CHANNEL_ID", &self.channel_id),
            ("LINE_CHANNEL_SECRET", &self.channel_secret),
            ("LINE_BOT_HEADER", &self.bot_header),
            ("LINE_API_URL", &self.line_url),
            ("LINE_DATA_API_URL", &self.line_url),
            ("LINE_MANAGER_URL", &self.line_url),
            ("TABLE_NAME", &self.table_name),
            ("EVENT_QUEUE_URL", &self.event_queue_url),
        ];
        variables
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into()
    }
}

#[derive(Debug)]
struct LineTime(Emulator);

impl TimeSource for LineTime {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

impl Emulators {
    /// Starts them; LINE has these settings.
    pub async fn start(settings: Settings) -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
        let template = Template::load(root).expect("the template is read");
        let mut servers = JoinSet::new();
        let line = Emulator::new(settings.clone()).expect("LINE starts");
        let (listener, at) = listen().await;
        let serving = line.serve(listener);
        servers.spawn(async move { drop(serving.await) });
        let line_url = format!("http://{at}");
        let (dynamodb_url, table_name) = dynamodb(&template, &mut servers).await;
        let (sqs, sqs_url, event_queue_url) = queue(&template, &mut servers).await;
        let places = Places {
            channel_id: settings.channel_id,
            channel_secret: settings.channel_secret,
            bot_header: settings.bot_header,
            line_url,
            dynamodb_url,
            table_name,
            sqs_url,
            event_queue_url,
        };
        Self {
            line,
            sqs,
            store: places.ground().table(places.table_name.clone()),
            places,
            _servers: Arc::new(servers),
        }
    }

    /// Makes accounts that the module channel is attached to; gives their bots.
    pub async fn attached(&self, count: usize) -> Vec<BotId> {
        let scopes = Some(vec!["message:send".into()]);
        let made = self.line.make_accounts(count, scopes).await;
        let ids = made.expect("accounts are made").into_iter();
        ids.map(|bot| BotId::new(bot).expect("an id")).collect()
    }

    /// LINE's time, which the functions go by.
    pub fn clock(&self) -> SharedTimeSource {
        SharedTimeSource::new(LineTime(self.line.clone()))
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.line.now().into()
    }

    /// Moves the clock forward.
    pub async fn advance(&self, by: Duration) {
        self.line.advance_clock(by).await;
    }

    /// An account's last change was reported to the module.
    pub async fn is_heard(&self, bot: &BotId) {
        let heard = self.store.update_bot(bot, |row| {
            if let Some(change) = row.state.unreported() {
                row.state.mark_reported(change);
            }
        });
        heard.await.expect("the table answers");
    }

    /// An account's row.
    pub async fn row(&self, bot: &BotId) -> BotRow {
        let row = self.store.bot(bot).await.expect("the table answers");
        row.unwrap_or_default()
    }

    /// Every account's row.
    pub async fn rows(&self) -> Vec<(BotId, BotRow)> {
        let (mut rows, mut from) = (Vec::new(), None);
        loop {
            let page = self
                .store
                .bots(from.as_ref())
                .await
                .expect("the table answers");
            rows.extend(page.rows);
            from = page.next;
            if from.is_none() {
                return rows;
            }
        }
    }

    /// Takes the events out of the queue: account, id and JSON of each.
    pub async fn queued(&self) -> Vec<(String, String, Value)> {
        let queue = "EventQueue.fifo";
        let mut events = Vec::new();
        loop {
            let taken = self
                .sqs
                .receive(queue, MOST_MESSAGES, Duration::ZERO, None)
                .await
                .expect("the queue answers");
            if taken.is_empty() {
                return events;
            }
            for message in taken {
                let gone = self.sqs.delete(queue, &message.receipt_handle);
                gone.expect("a message is deleted");
                events.extend(read(&message.body));
            }
        }
    }
}

fn read(body: &str) -> Vec<(String, String, Value)> {
    let job: Value = serde_json::from_str(body).expect("a job is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = job["events"].as_array().expect("events").iter();
    let read = |event: &Value| (text(&job["bot"]), text(&event["id"]), event["raw"].clone());
    events.map(read).collect()
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

async fn dynamodb(template: &Template, servers: &mut JoinSet<()>) -> (String, String) {
    let table = template.table("Table").expect("the template has a table");
    let dynamodb = DynamoDb::in_memory().expect("DynamoDB starts");
    dynamodb.ensure(&table).expect("the table is made");
    let (listener, at) = listen().await;
    servers.spawn(dynamodb.serve(listener));
    (format!("http://{at}"), table.name)
}

async fn queue(template: &Template, servers: &mut JoinSet<()>) -> (Sqs, String, String) {
    let sqs = Sqs::new(SystemClock);
    let (listener, at) = listen().await;
    sqs.set_address(at);
    for name in ["DeadLetterQueue", "EventQueue"] {
        let queue = template.queue(name).expect("the template has the queue");
        sqs.create_queue(&queue.name, queue.attributes)
            .expect("the queue is made");
    }
    let url = sqs.queue_url("EventQueue.fifo").expect("the queue's URL");
    servers.spawn(sqs.serve(listener));
    (sqs, format!("http://{at}"), url)
}
