//! A bundle on free ports, whose module is out of order until it is mended, and the program.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use emulator::{Deliver, DeliverOptions, EventsRequest, NewUser};
use line_module::settings::{Field, Kind, Schema};
use line_module::{About, Context, Event, Icon, Module, ModuleError, Text, Words};
use local::stack::{Options, Stack};
use serde_json::{Value, json};
use shared::domain::{BotId, ChatId, EventId, EventKind, LedgerEntry};
use shared::store::LedgerKey;
use tempfile::TempDir;

/// Pushes back what it is told, once it is mended.
#[derive(Clone)]
pub(crate) struct Echo {
    is_mended: Arc<AtomicBool>,
    about: About,
    settings: Schema,
}

impl Module for Echo {
    fn about(&self) -> &About {
        &self.about
    }

    fn settings(&self) -> &Schema {
        &self.settings
    }

    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let EventKind::Message(_) = &event.kind else {
            return Ok(());
        };
        if !self.is_mended.load(Ordering::SeqCst) {
            return Err(ModuleError::Park("release 41 is out of order".into()));
        }
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        cx.push(&[Text::new(format!("echo of {}", event.id))])
    }
}

/// All that an extension's pages can say of it.
pub(crate) fn whole() -> About {
    let words = Words::same("echo");
    About::new(words, words)
        .does(words)
        .first(words)
        .company(words)
        .icon(Icon::Svg("<svg/>"))
        .accent(6, 199, 85)
        .price(words)
        .support("help@example.com", "https://example.com/help", words)
        .legal("https://example.com/terms", "https://example.com/privacy")
}

/// Several lists of words as one.
pub(crate) fn words<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

/// What the program has said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

pub(crate) struct Bench {
    pub(crate) stack: Stack,
    /// The account that is attached.
    pub(crate) bot: String,
    pub(crate) basic_id: String,
    pub(crate) name: String,
    pub(crate) guest: String,
    /// The program's home.
    pub(crate) folder: TempDir,
    echo: Echo,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(whole()).await
    }

    /// With a module that says this of itself.
    pub(crate) async fn with(about: About) -> Self {
        let most = Kind::Number { least: 1, most: 9 };
        let tables = Field::new("tables", Words::same("Tables"), most, 4);
        let echo = Echo {
            is_mended: Arc::default(),
            about,
            settings: Schema::new([tables]),
        };
        let stack = Stack::start(&Options::default(), echo.clone())
            .await
            .unwrap();
        let world = stack.line.state().await;
        let account = &world.bots[0];
        let (bot, name) = (account.bot_id.clone(), account.display_name.clone());
        let basic_id = account.basic_id.clone();
        let guest = world.users.iter().find(|user| user.bot == bot);
        let guest = guest.unwrap().user_id.clone();
        stack.attach(&bot, "en").await.unwrap();
        stack.settled().await.unwrap();
        let bench = Self {
            stack,
            bot,
            basic_id,
            name,
            guest,
            folder: tempfile::tempdir().unwrap(),
            echo,
        };
        let addresses = serde_json::to_value(&bench.stack.addresses).unwrap();
        bench.runs_at(&addresses, &json!(bench.stack.variables));
        bench
    }

    /// What the file of the running `cargo dev` says.
    pub(crate) fn runs_at(&self, addresses: &Value, variables: &Value) {
        let file = json!({ "addresses": addresses, "variables": variables });
        std::fs::write(self.dev_file(), file.to_string()).unwrap();
    }

    fn dev_file(&self) -> PathBuf {
        self.folder.path().join("dev.json")
    }

    /// The new release of the module.
    pub(crate) fn mend(&self) {
        self.echo.is_mended.store(true, Ordering::SeqCst);
    }

    /// Another user of the account.
    pub(crate) async fn user(&self, name: &str) -> String {
        let user = json!({"name": name, "friend": true});
        let user: NewUser = serde_json::from_value(user).unwrap();
        self.stack.line.make_user(&self.bot, user).await.unwrap()
    }

    /// A user writes: the event of this id.
    pub(crate) async fn writes(&self, user: &str, event: &str) {
        let message = json!({"type": "text", "text": "hello"});
        let event = json!({"type": "message", "webhookEventId": event, "message": message});
        let request = EventsRequest {
            bot: self.bot.clone(),
            chat: Some(user.to_owned()),
            events: vec![event],
            deliver: Deliver::Send(DeliverOptions::default()),
        };
        self.stack.line.send_events(request).await.unwrap();
    }

    pub(crate) fn key(&self, user: &str, event: &str) -> LedgerKey {
        LedgerKey {
            bot: BotId::new(&self.bot).unwrap(),
            chat: Some(ChatId::new(user).unwrap()),
            event: EventId::new(event).unwrap(),
        }
    }

    pub(crate) async fn row(&self, user: &str, event: &str) -> LedgerEntry {
        let row = self.stack.store.ledger(&self.key(user, event)).await;
        row.unwrap().unwrap()
    }

    /// To whom what was pushed, in order.
    pub(crate) async fn pushed(&self) -> Vec<(String, String)> {
        let calls = self.stack.line.calls(0).await.into_iter();
        let pushes = calls.filter(|call| call.path == "/v2/bot/message/push" && call.status == 200);
        let pushed = pushes.map(|call| {
            let request: Value = serde_json::to_value(&call.request).unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&request["to"]), text(&request["messages"][0]["text"]))
        });
        pushed.collect()
    }

    /// The program with these arguments, at home in the folder of the test alone.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_modctl"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "mei")
            .env("TZ", "Asia/Tokyo")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("MODCTL_DEV_FILE", self.dev_file())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it against the bundle; its answer is JSON where it has one.
    pub(crate) async fn modctl(&self, arguments: &[&str]) -> Ran {
        let local = words(&[&["--local", "--json"], arguments]);
        run(self.command(&local), None).await
    }

    /// The same with a standard input.
    pub(crate) async fn modctl_with(&self, arguments: &[&str], input: &str) -> Ran {
        let local = words(&[&["--local", "--json"], arguments]);
        run(self.command(&local), Some(input)).await
    }

    /// Starts it and lets it run.
    pub(crate) fn begins(&self, arguments: &[&str]) -> Child {
        let local = words(&[&["--local", "--json"], arguments]);
        self.command(&local).spawn().unwrap()
    }

    /// What was changed, by the newest first.
    pub(crate) async fn audit(&self) -> Vec<Value> {
        let listed = self.modctl(&["audit"]).await.json();
        let mut changes = listed["changes"].as_array().unwrap().clone();
        changes.reverse();
        changes
    }
}

/// Runs a program to its end beside the bundle.
pub(crate) async fn run(mut command: Command, input: Option<&str>) -> Ran {
    use std::io::Write as _;
    let input = input.map(str::to_owned);
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            let _ = stdin.write_all(input.as_bytes()); // it may have refused before it reads
        }
        child.wait_with_output().unwrap()
    });
    let output = output.await.unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
