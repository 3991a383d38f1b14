//! The calls that LINE answers.

use serde_json::{Value, json};

use super::menus::Menus;
use super::{BOT_HEADER, Held, Line};

pub(super) const NOT_AVAILABLE: &str = "Access to this API is not available for your account";
/// A retry key is known for a day.
const KEY_LIFE: i64 = 24 * 3_600_000;

/// Which call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A channel access token.
    Token,
    /// An answer by its token.
    Reply(String),
    /// A message to a chat.
    Push(String),
    /// To take a chat.
    Acquire(String),
    /// To give a chat back.
    Release(String),
    /// The accounts to which the channel is attached, from this place in the list.
    List(String),
    /// What an account is called.
    Info,
    /// To show something in a chat: what, and where.
    Show(&'static str, String),
    /// To look after the account's rich menus.
    Menus(Menus),
    /// Something else to read.
    Read,
    /// To unlink the channel from this account.
    Detach(String),
    /// To link it, by this code.
    Exchange(String),
}

/// A call, as it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Which.
    pub(crate) kind: Kind,
    /// For which account.
    pub(crate) bot: String,
    /// `X-Line-Retry-Key`.
    pub(crate) key: Option<String>,
    pub(crate) body: Value,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Asked {
    /// Reads a request.
    pub(crate) fn read(path: &str, header: impl Fn(&str) -> Option<String>, body: &[u8]) -> Self {
        let form = body;
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        let kind = match parts.as_slice() {
            ["oauth2", ..] => Kind::Token,
            [.., "message", "reply"] => Kind::Reply(text("replyToken")),
            [.., "message", "push"] => Kind::Push(text("to")),
            [.., chat, "control", "acquire"] => Kind::Acquire((*chat).to_owned()),
            [.., chat, "control", "release"] => Kind::Release((*chat).to_owned()),
            [.., "loading", "start"] => Kind::Show("loading", text("chatId")),
            [.., "chat", "markAsRead"] => Kind::Show("read_mark", text("markAsReadToken")),
            [.., "user", "all", "richmenu", _] => Kind::Show("menu", String::new()),
            [.., "user", user, "richmenu"] => Kind::Show("menu", (*user).to_owned()),
            [.., "user", user, "richmenu", _] => Kind::Show("menu", (*user).to_owned()),
            [.., "richmenu"] => Kind::Menus(Menus::Make),
            [.., "richmenu", "list"] => Kind::Menus(Menus::List),
            [.., "richmenu", "alias", "list"] => Kind::Menus(Menus::Aliases),
            [.., "richmenu", id, "content"] if form.is_empty() => {
                Kind::Menus(Menus::FetchImage((*id).to_owned()))
            }
            [.., "richmenu", id, "content"] => Kind::Menus(Menus::Image((*id).to_owned())),
            [.., "richmenu", id] => Kind::Menus(Menus::Delete((*id).to_owned())),
            [.., "channel", "detach"] => Kind::Detach(text("botId")),
            ["module", .., "token"] => {
                Kind::Exchange(value(&String::from_utf8_lossy(form), "code"))
            }
            ["v2", "bot", list] if list.split('?').next() == Some("list") => {
                Kind::List(value(list.split_once('?').unwrap_or_default().1, "start"))
            }
            ["v2", "bot", "info"] => Kind::Info,
            _ => Kind::Read,
        };
        Self {
            kind,
            bot: header(BOT_HEADER).unwrap_or_default(),
            key: header("x-line-retry-key"),
            body,
        }
    }

    /// One word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self.kind {
            Kind::Token => "token",
            Kind::Reply(_) => "reply",
            Kind::Push(_) => "push",
            Kind::Acquire(_) => "acquire",
            Kind::Release(_) => "release",
            Kind::List(_) => "list",
            Kind::Info => "info",
            Kind::Show(word, _) => word,
            Kind::Menus(_) => "menus",
            Kind::Read => "read",
            Kind::Detach(_) => "detach",
            Kind::Exchange(_) => "exchange",
        }
    }

    /// The texts of its messages.
    pub(crate) fn texts(&self) -> Vec<String> {
        let messages = self.body["messages"].as_array().into_iter().flatten();
        messages
            .filter_map(|message| Some(message["text"].as_str()?.to_owned()))
            .collect()
    }
}

impl Line {
    /// Which chat a call would speak into or change.
    pub(crate) fn chat_of(&self, asked: &Asked) -> Option<String> {
        match &asked.kind {
            Kind::Reply(token) => Some(self.tokens.get(token)?.chat.clone()),
            Kind::Push(chat) | Kind::Acquire(chat) | Kind::Release(chat) => Some(chat.clone()),
            _ => None,
        }
    }

    /// Answers a call.
    pub(crate) fn handle(&mut self, asked: &Asked) -> Answer {
        self.requests += 1;
        let request = format!("r{}", self.requests);
        let answer = match &asked.kind {
            Kind::Token => ok(json!({
                "access_token": format!("access-{request}"), "expires_in": 900, "token_type": "Bearer"
            })),
            Kind::List(start) => ok(self.list(start)),
            Kind::Info => self.info(&asked.bot),
            Kind::Read => ok(json!({ "displayName": "A name" })),
            Kind::Detach(bot) => self.detach(bot),
            Kind::Exchange(code) => self.exchange(code),
            _ => match self.forbidden(asked) {
                Some(answer) => answer,
                None => self.permitted(asked, &request),
            },
        };
        self.signed(answer, request)
    }

    fn permitted(&mut self, asked: &Asked, request: &str) -> Answer {
        match &asked.kind {
            Kind::Reply(token) => self.reply(asked, token),
            Kind::Push(chat) => self.push(asked, chat, request),
            Kind::Acquire(chat) => self.acquire(asked, chat),
            Kind::Release(chat) => self.release(asked, chat),
            Kind::Menus(what) => self.look_after_menus(&asked.bot, what, &asked.body),
            _ => ok(json!({})),
        }
    }

    /// Accounts that are not attached, and scopes that are not granted.
    fn forbidden(&mut self, asked: &Asked) -> Option<Answer> {
        let needs = match &asked.kind {
            Kind::Acquire(_) | Kind::Release(_) => "message:receive",
            Kind::Show("menu", user) if user.is_empty() => "account:manage",
            Kind::Show("menu" | "read_mark", _) | Kind::Menus(_) => "",
            _ => "message:send",
        };
        let bot = self.bot(&asked.bot);
        let granted = bot
            .scopes
            .as_ref()
            .is_none_or(|words| words.contains(needs));
        (bot.detached || !granted).then(|| refused(403, NOT_AVAILABLE))
    }

    fn reply(&mut self, asked: &Asked, token: &str) -> Answer {
        let now = self.now();
        let good = self.tokens.get_mut(token);
        match good.filter(|good| !good.used && good.good_until >= now && good.bot == asked.bot) {
            Some(token) => {
                token.used = true;
                self.accept(asked);
                ok(json!({ "sentMessages": [] }))
            }
            None => refused(400, "Invalid reply token"),
        }
    }

    fn push(&mut self, asked: &Asked, _: &str, request: &str) -> Answer {
        let now = self.now();
        if let Some(key) = &asked.key {
            let known = self.keys.get(key).filter(|(at, _)| now - at < KEY_LIFE);
            if let Some((_, first)) = known {
                let mut answer = refused(409, "The retry key is already accepted");
                answer
                    .headers
                    .push(("x-line-accepted-request-id", first.clone()));
                return answer;
            }
            self.keys.insert(key.clone(), (now, request.to_owned()));
        }
        self.accept(asked);
        ok(json!({ "sentMessages": [] }))
    }

    fn accept(&mut self, asked: &Asked) {
        let now = self.now();
        let texts = asked.texts().into_iter().map(|text| (text, now));
        self.accepted.extend(texts);
    }

    fn acquire(&mut self, asked: &Asked, chat: &str) -> Answer {
        let limited = asked.body["expired"].as_bool().unwrap_or(true);
        let ttl = asked.body["ttl"].as_i64().unwrap_or(3600) * 1000;
        let until = limited.then(|| self.now() + ttl);
        let reported = limited.then(|| self.second() + ttl);
        self.hold(&asked.bot, chat, Some(until), Some(reported))
    }

    fn release(&mut self, asked: &Asked, chat: &str) -> Answer {
        self.hold(&asked.bot, chat, None, None)
    }

    fn hold(
        &mut self,
        bot: &str,
        chat: &str,
        until: Option<Option<i64>>,
        reported: Option<Option<i64>>,
    ) -> Answer {
        let date = self.second();
        let held = self.chat(bot, chat);
        if held.blocked {
            return refused(404, "Not found");
        }
        held.ours = Some((until.is_some(), until.flatten()));
        self.held.push(Held {
            bot: bot.to_owned(),
            chat: chat.to_owned(),
            date,
            ours: reported,
        });
        ok(json!({}))
    }

    fn second(&self) -> i64 {
        self.now().div_euclid(1000) * 1000
    }

    fn signed(&self, mut answer: Answer, request: String) -> Answer {
        let seconds = u64::try_from(self.second() / 1000).unwrap_or(0);
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        answer.headers.push(("date", httpdate::fmt_http_date(date)));
        answer.headers.push(("x-line-request-id", request));
        answer
    }
}

/// A member of a form or a query.
fn value(form: &str, name: &str) -> String {
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}

pub(super) fn ok(body: Value) -> Answer {
    Answer {
        status: 200,
        headers: Vec::new(),
        body,
    }
}

/// A refusal, in LINE's words.
pub(crate) fn refused(status: u16, message: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: json!({ "message": message }),
    }
}
