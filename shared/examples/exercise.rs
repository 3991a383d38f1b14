//! Makes every call of the client once, to a LINE Platform elsewhere, and prints a
//! row for each: an emulator, or a proxy before one. Attaching is not among them:
//! it takes a browser's code.
//!
//! `cargo run -p shared --example exercise --features client -- --api URL
//! --channel ID --secret TEXT --bot-header NAME --bot ID --user ID`, and as wanted
//! `--data URL`, `--group`, `--room`, `--reply-token`, `--message`, `--video`, `--phone`, `--mark-token`,
//! `--membership`, `--day`, `--webhook`.

#[path = "../tests/calls/mod.rs"]
mod calls;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use calls::{Caller, Sample};
use shared::aws::tokio_sleep;
use shared::connector::connector;
use shared::domain::{BotId, ChatId, ReplyToken, Timestamp, UserId};
use shared::env::Env;
use shared::line::assertion::sign;
use shared::line::endpoint::Facts;
use shared::line::http::Http;
use shared::line::{Channel, LineClient};
use shared::secret::{AssertionKey, ChannelSecret, SecretPlace};
use uuid::Uuid;

/// A key of no value: an emulator has no console to register one in.
const KEY: &str = include_str!("../tests/fake/assertion_key.pem");

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let options = Options::read()?;
    let (line, with) = (client(&options)?, sample(&options)?);
    let (mut good, mut bad) = (0, 0);
    Caller::new(&line, &with, |facts: &Facts, ended| {
        let row = format!(
            "{:6} {:55} {}",
            facts.method.as_str(),
            facts.path,
            facts.name
        );
        match ended {
            Ok(()) => good += 1,
            Err(_) => bad += 1,
        }
        println!(
            "{row:110} {}",
            ended.map_or_else(ToString::to_string, |()| "ok".into())
        );
    })
    .all()
    .await;
    println!("{good} accepted, {bad} not");
    Ok(if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// `--name value` pairs.
struct Options(BTreeMap<String, String>);

impl Options {
    fn read() -> Result<Self, Failure> {
        let words: Vec<_> = std::env::args().skip(1).collect();
        let pair = |pair: &[String]| match pair {
            [name, value] if name.starts_with("--") => Ok((name[2..].to_owned(), value.clone())),
            _ => Err(format!("--name value is expected, not {pair:?}")),
        };
        Ok(Self(words.chunks(2).map(pair).collect::<Result<_, _>>()?))
    }

    fn get(&self, name: &str) -> Result<&str, Failure> {
        let value = self.0.get(name).map(String::as_str);
        value.ok_or_else(|| format!("--{name} is needed").into())
    }

    fn or<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.0.get(name).map_or(otherwise, String::as_str)
    }
}

fn client(options: &Options) -> Result<LineClient, Failure> {
    let channel = Channel {
        id: options.get("channel")?.into(),
        bot_header: options.get("bot-header")?.parse()?,
        api_url: options.get("api")?.into(),
        data_api_url: options.or("data", options.get("api")?).into(),
    };
    let secret = options.get("secret")?.to_owned();
    let env = Env::from_map([("LINE_CHANNEL_SECRET".to_owned(), secret)].into());
    let time = SharedTimeSource::default();
    let place = SecretPlace::from_env(&env)?;
    let secret = ChannelSecret::new(place, || unreachable!("not in AWS"), time.clone());
    let second = Duration::from_secs(1);
    let http = Http::new(connector(second), time, tokio_sleep(), 5 * second);
    Ok(LineClient::new(http, channel, secret))
}

fn sample(options: &Options) -> Result<Sample, Failure> {
    let key = AssertionKey {
        kid: options.or("kid", "kid-1").into(),
        private_key: KEY.to_owned().into(),
    };
    let (channel, now) = (
        options.get("channel")?,
        Timestamp::from(std::time::SystemTime::now()),
    );
    let day = Some(Duration::from_secs(24 * 3600));
    Ok(Sample {
        bot: BotId::new(options.get("bot")?)?,
        user: UserId::new(options.get("user")?)?,
        group: ChatId::new(options.or("group", "C00000000000000000000000000000001"))?,
        room: ChatId::new(options.or("room", "R00000000000000000000000000000001"))?,
        reply_token: ReplyToken::new(options.or("reply-token", "none")),
        message_id: options.or("message", "1").into(),
        video_id: options.or("video", "1").into(),
        phone: options.or("phone", &"a".repeat(64)).into(),
        mark_as_read_token: options.or("mark-token", "none").into(),
        membership: options.or("membership", "1").parse()?,
        channel: channel.into(),
        secret: options.get("secret")?.to_owned().into(),
        assertion: sign(&key, channel, now, day)?,
        webhook_url: options.or("webhook", "https://example.com/webhook").into(),
        day: options.or("day", "20261120").into(),
        key: Uuid::new_v4,
    })
}
