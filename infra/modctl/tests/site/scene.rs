//! A bundle on this machine, one of its accounts, and modctl beside it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use emulator::{EventsRequest, Fault, FaultKind};
use local::dev_file::DevFile;
use local::stack::{Options, Stack};
use regex_lite::Regex;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::example::Example;

/// The bundle, as `cargo dev` runs it.
pub(crate) struct Scene {
    pub(crate) stack: Stack,
    /// The account's bot id.
    pub(crate) bot: String,
    pub(crate) folder: TempDir,
    _file: DevFile,
}

/// What modctl has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// An account is linked.
    pub(crate) async fn begin() -> Self {
        let stack = Stack::start(&Options::default(), Example).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = DevFile::write_to(&stack, folder.path().join("dev.json")).unwrap();
        let bot = stack.line.state().await.bots[0].bot_id.clone();
        stack.attach(&bot, "ja").await.unwrap();
        stack.settled().await.unwrap();
        // An attach counts as of the end of LINE's second: what comes is to be after it.
        stack.line.let_pass(Duration::from_secs(2));
        Self {
            stack,
            bot,
            folder,
            _file: file,
        }
    }

    /// A friend of the account's, of this name.
    pub(crate) async fn friend(&self, name: &str) -> String {
        let user = json!({"name": name, "friend": true});
        let user = serde_json::from_value(user).unwrap();
        self.stack.line.make_user(&self.bot, user).await.unwrap()
    }

    /// A user writes, and all is settled.
    pub(crate) async fn says(&self, user: &str, text: &str) {
        let mut chat = self.stack.chat(&self.bot, user);
        chat.says(text).await.unwrap();
    }

    /// The emulator sends an event of this chat, and all is settled.
    pub(crate) async fn line_sends(&self, user: &str, event: Value) {
        let request = json!({"bot": self.bot, "chat": user, "events": [event]});
        let request: EventsRequest = serde_json::from_value(request).unwrap();
        self.stack.line.send_events(request).await.unwrap();
        self.stack.settled().await.unwrap();
    }

    /// The next call of this path fails so.
    pub(crate) async fn next_fails(&self, path: &str, kind: FaultKind) {
        let fault = Fault::new(format!("POST {path}"), 1, kind);
        self.stack.line.add_faults(vec![fault]).await.unwrap();
    }

    /// The newest event of a chat, by modctl.
    pub(crate) async fn newest(&self, user: &str) -> String {
        let events = self.json(&["events", &self.bot, user]).await;
        events["events"][0]["event"].as_str().unwrap().to_owned()
    }

    /// modctl --local with these arguments.
    pub(crate) async fn modctl(&self, arguments: &[&str]) -> Said {
        let mut command = command(&self.folder.path().join("dev.json"));
        command.arg("--local").args(arguments);
        run(command).await
    }

    /// What it says, if it does what it was to.
    pub(crate) async fn said(&self, arguments: &[&str]) -> String {
        let said = self.modctl(arguments).await;
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(!said.out.contains('\u{1b}'), "colour without a terminal");
        said.out
    }

    /// The same as JSON.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<_> = arguments.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.said(&arguments).await).unwrap()
    }

    /// What it says where it does not, and its exit code.
    pub(crate) async fn refuses(&self, arguments: &[&str]) -> (i32, String) {
        let said = self.modctl(arguments).await;
        assert!(said.out.is_empty(), "{}", said.out);
        (said.code.unwrap(), said.err)
    }
}

/// modctl in a world of its own: nothing of this machine's AWS configuration, and nobody looks
/// for credentials beyond it.
pub(crate) fn command(dev_file: &PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modctl"));
    command
        .env_clear()
        .env("TZ", "UTC")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("MODCTL_DEV_FILE", dev_file);
    command
}

/// The servers of the test run on beside it.
pub(crate) async fn run(mut command: Command) -> Said {
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The same words each time: without ids, times, and how long something took.
pub(crate) fn steady(text: &str) -> String {
    const PATTERNS: [(&str, &str); 8] = [
        (r"L\w+-U[0-9a-f]{32}", "USER"),
        (r"U[0-9a-f]{32}", "BOT"),
        (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "EVENT"),
        (
            r"API Gateway's request [^)]+",
            "API Gateway's request REQUEST",
        ),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "REQUEST"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00:00", "TIME"),
        (r"\d+(\.\d)? (seconds|minutes) after", "N seconds after"),
        (
            r"waited for \d+(\.\d)? (seconds|minutes)",
            "waited for N seconds",
        ),
    ];
    PATTERNS.iter().fold(text.to_owned(), |text, (from, to)| {
        Regex::new(from)
            .unwrap()
            .replace_all(&text, *to)
            .into_owned()
    })
}
