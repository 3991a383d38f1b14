//! An account of the emulator's world with all that the calls are about, made by the
//! control interface.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use every_call::Sample;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{KeyPair as _, RsaPublicKeyComponents};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shared::domain::{BotId, ChatId, ReplyToken, Timestamp, UserId};
use shared::line::assertion::sign;
use shared::secret::AssertionKey;
use uuid::Uuid;

use crate::Failed;

/// All scopes that a call may need.
pub(super) const SCOPES: [&str; 7] = [
    "message:send",
    "message:receive",
    "account:manage",
    "profile:read",
    "coupon:manage",
    "message:mark_as_read",
    "message:templated_pnp",
];
/// A key of no value: an emulator has no console to register one in.
const KEY: &[u8] = include_bytes!("../../tests/fixtures/assertion_key.der");
const NAME: &str = "Exercise";
const PHONE: &str = "+818000009999";
const GROUP: &str = "C00000000000000000000000000e5e4c1";
const ROOM: &str = "R00000000000000000000000000e5e4c1";
const PLAN: u64 = 9_001;

/// The emulator, and the account that was made.
pub(super) struct Stage {
    client: reqwest::Client,
    emulator: String,
    bot: String,
    user: String,
    pub(super) channel_id: String,
    pub(super) channel_secret: String,
    pub(super) bot_header: String,
    pub(super) redirect_url: String,
}

/// A call as the emulator has seen it.
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) request: Value,
}

impl Stage {
    /// Makes the account.
    pub(super) async fn set(emulator: &str) -> Result<Self, Failed> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let emulator = emulator.trim_end_matches('/').to_owned();
        let mut stage = Self {
            client,
            emulator,
            bot: String::new(),
            user: String::new(),
            channel_id: String::new(),
            channel_secret: String::new(),
            bot_header: String::new(),
            redirect_url: String::new(),
        };
        let channel = stage.read("state").await?["channel"].take();
        let text = |name: &str| channel[name].as_str().unwrap_or_default().to_owned();
        stage.channel_id = text("channel_id");
        stage.channel_secret = text("channel_secret");
        stage.bot_header = text("bot_header");
        let redirect = channel["redirect_urls"][0].as_str();
        stage.redirect_url = redirect
            .ok_or("the emulator has no redirect URL")?
            .to_owned();
        stage.people().await?;
        Ok(stage)
    }

    async fn people(&mut self) -> Result<(), Failed> {
        let user = json!({ "name": "Ekusa", "friend": true, "phone": PHONE });
        let account = json!({ "display_name": NAME, "users": [user] });
        let made = self.send("accounts", &account).await?;
        self.bot = made["bot_id"].as_str().unwrap_or_default().to_owned();
        let state = self.read("state").await?;
        let mut users = state["users"].as_array().into_iter().flatten();
        let ours = users.find(|user| user["bot"] == self.bot.as_str());
        let user = ours.and_then(|user| user["user_id"].as_str());
        self.user = user.ok_or("the account has no user")?.to_owned();
        let plan = json!({
            "id": PLAN, "title": "Plan", "description": "A plan.", "benefits": ["all"],
            "price": 500.0, "currency": "JPY", "limit": null,
            "members": { &self.user: 1_795_000_000_000_i64 }
        });
        let bot = &self.bot;
        self.send(&format!("bots/{bot}/memberships"), &plan).await?;
        Ok(())
    }

    /// The account.
    pub(super) fn bot(&self) -> &str {
        &self.bot
    }

    /// The admin links the account; gives the code.
    pub(super) async fn link(&self, authorize: &str) -> Result<String, Failed> {
        let (screen, query) = authorize.split_once('?').unwrap_or_default();
        let page = self.client.get(authorize).send().await?.status();
        if !page.is_success() {
            return Err(format!("the link screen answers {page}").into());
        }
        let decide = screen.replace("/authorize", "/decide");
        let form = [("query", query), ("bot", &self.bot), ("decision", "link")];
        let answer = self.client.post(decide).form(&form).send().await?;
        let back = answer
            .headers()
            .get("location")
            .and_then(|it| it.to_str().ok())
            .ok_or("the link screen leads nowhere")?;
        let query = back.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let code = pairs.find(|(name, _)| name == "code");
        Ok(code.ok_or("there is no code")?.1.into_owned())
    }

    /// What the calls are about, once the account is linked.
    pub(super) async fn sample(&self) -> Result<Sample, Failed> {
        let heard = self
            .hears(&self.user, json!({ "type": "text", "text": "a" }))
            .await?;
        let of_message = |event: &Value| text(&event["message"]["id"]);
        let image = self.hears(&self.user, json!({ "type": "image" })).await?;
        let video = self.hears(&self.user, json!({ "type": "video" })).await?;
        self.company().await?;
        let day = Some(std::time::Duration::from_secs(24 * 3_600));
        let now = Timestamp::from(SystemTime::now());
        let assertion = sign(&self.key().await?, &self.channel_id, now, day)?;
        Ok(Sample {
            bot: BotId::new(&self.bot)?,
            user: UserId::new(&self.user)?,
            group: ChatId::new(GROUP)?,
            room: ChatId::new(ROOM)?,
            reply_token: ReplyToken::new(text(&heard["replyToken"])),
            message_id: of_message(&image),
            video_id: of_message(&video),
            phone: hex(&Sha256::digest(PHONE)),
            mark_as_read_token: text(&heard["message"]["markAsReadToken"]),
            membership: PLAN,
            channel: self.channel_id.clone(),
            secret: self.channel_secret.clone().into(),
            assertion,
            webhook_url: "https://example.com/webhook".into(),
            day: "20260101".into(),
            now,
            key: Uuid::new_v4,
        })
    }

    async fn hears(&self, chat: &str, message: Value) -> Result<Value, Failed> {
        self.happens(chat, json!({ "type": "message", "message": message }))
            .await
    }

    /// An event, as it would be sent: the exercise's account has no bundle behind it.
    async fn happens(&self, chat: &str, event: Value) -> Result<Value, Failed> {
        let order = json!({ "bot": self.bot, "chat": chat, "events": [event], "deliver": "hold" });
        let held = self.send("events", &order).await?;
        let body: Value = serde_json::from_str(held["body"].as_str().unwrap_or_default())?;
        Ok(body["events"][0].clone())
    }

    /// A group and a room with the user in it.
    async fn company(&self) -> Result<(), Failed> {
        for chat in [GROUP, ROOM] {
            let members = json!({ "members": [{ "type": "user", "userId": self.user }] });
            self.happens(chat, json!({ "type": "join" })).await?;
            self.happens(chat, json!({ "type": "memberJoined", "joined": members }))
                .await?;
        }
        Ok(())
    }

    async fn key(&self) -> Result<AssertionKey, Failed> {
        let pair = RsaKeyPair::from_pkcs8(KEY).map_err(|error| error.to_string())?;
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let [n, e] = [public.n, public.e].map(|part| URL_SAFE_NO_PAD.encode(part));
        let jwk = json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": e });
        let made = self.send("keys", &json!({ "jwk": jwk })).await?;
        let kind = "PRIVATE KEY";
        let pem = format!(
            "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
            STANDARD.encode(KEY)
        );
        Ok(AssertionKey {
            kid: text(&made["kid"]),
            private_key: pem.into(),
        })
    }

    /// A channel access token.
    pub(super) async fn token(&self, api: &str) -> Result<String, Failed> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.channel_id),
            ("client_secret", &self.channel_secret),
        ];
        let request = self
            .client
            .post(format!("{api}/oauth2/v3/token"))
            .form(&form);
        let answer: Value = request.send().await?.error_for_status()?.json().await?;
        Ok(text(&answer["access_token"]))
    }

    /// The number of the newest call.
    pub(super) async fn last_call(&self) -> Result<u64, Failed> {
        Ok(self.read("state").await?["last_call"].as_u64().unwrap_or(0))
    }

    /// The calls since then.
    pub(super) async fn calls(&self, since: u64) -> Result<Vec<Seen>, Failed> {
        let answer = self.read(&format!("calls?since={since}")).await?;
        let calls = answer["calls"].as_array().into_iter().flatten();
        let seen = calls.map(|call| Seen {
            method: text(&call["method"]),
            path: text(&call["path"]),
            query: call["query"].as_str().map(str::to_owned),
            request: call["request"].clone(),
        });
        Ok(seen.collect())
    }

    async fn read(&self, path: &str) -> Result<Value, Failed> {
        let request = self
            .client
            .get(format!("{}/_emulator/{path}", self.emulator));
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn send(&self, path: &str, body: &Value) -> Result<Value, Failed> {
        let url = format!("{}/_emulator/{path}", self.emulator);
        let answer = self.client.post(url).json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        match status.is_success() {
            true => Ok(serde_json::from_str(&text)?),
            false => Err(format!("{path}: {status}: {text}").into()),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
