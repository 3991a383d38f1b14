//! What is known of an endpoint: facts as data, so that checks are made in one place.

use serde::Serialize;

use super::{Answer, Context, Refusal};

/// An endpoint of LINE's API.
pub(crate) struct Endpoint {
    /// What is known of it.
    pub(crate) facts: Facts,
    /// The chats that a call speaks into, as far as that can be seen before its body is judged.
    pub(super) chats: fn(&Context<'_>) -> Vec<String>,
    /// What it does once token, bot, scope, control and rate have been checked.
    pub(super) answer: fn(&mut Context<'_>) -> Result<Answer, Refusal>,
}

/// What is known of an endpoint.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Facts {
    pub method: &'static str,
    /// The path, with `{names}` for what differs.
    pub path: &'static str,
    /// The host that has it.
    pub host: Host,
    /// What a call must bring.
    pub caller: Caller,
    /// The scope that the account's admin must have granted. None is documented where it is `None`.
    pub scope: Option<&'static str>,
    /// How many calls LINE takes.
    pub limit: Limit,
    /// Whether it takes `X-Line-Retry-Key`. The others refuse it.
    pub retry_key: bool,
}

/// The hosts of the LINE Platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Host {
    /// `api.line.me`
    #[serde(rename = "api.line.me")]
    Api,
    /// `api-data.line.me`: what is large.
    #[serde(rename = "api-data.line.me")]
    Data,
    /// `manager.line.biz`
    #[serde(rename = "manager.line.biz")]
    Manager,
}

/// What a call must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// A channel access token, and the header that selects the bot.
    Bot,
    /// A channel access token.
    Channel,
    /// Neither; it proves itself in another way.
    Anyone,
}

/// How many calls of an endpoint LINE takes from a channel for a bot.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#rate-limits>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit {
    pub calls: u32,
    /// In this number of seconds.
    pub seconds: u32,
}

impl Host {
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api.line.me",
            Self::Data => "api-data.line.me",
            Self::Manager => "manager.line.biz",
        }
    }
}

type Answers = fn(&mut Context<'_>) -> Result<Answer, Refusal>;

/// An endpoint of the usual kind: on the API's host, for a bot, without a documented scope, with
/// the limit of all endpoints that LINE's table does not name.
pub(super) const fn endpoint(
    method: &'static str,
    path: &'static str,
    answer: Answers,
) -> Endpoint {
    Endpoint {
        facts: Facts {
            method,
            path,
            host: Host::Api,
            caller: Caller::Bot,
            scope: None,
            limit: Limit {
                calls: 2000,
                seconds: 1,
            },
            retry_key: false,
        },
        chats: nowhere,
        answer,
    }
}

fn nowhere(_: &Context<'_>) -> Vec<String> {
    Vec::new()
}

impl Endpoint {
    pub(super) const fn on(mut self, host: Host) -> Self {
        self.facts.host = host;
        self
    }

    pub(super) const fn by(mut self, caller: Caller) -> Self {
        self.facts.caller = caller;
        self
    }

    pub(super) const fn scope(mut self, scope: &'static str) -> Self {
        self.facts.scope = Some(scope);
        self
    }

    pub(super) const fn per_second(self, calls: u32) -> Self {
        self.limit(calls, 1)
    }

    pub(super) const fn per_minute(self, calls: u32) -> Self {
        self.limit(calls, 60)
    }

    pub(super) const fn per_hour(self, calls: u32) -> Self {
        self.limit(calls, 3600)
    }

    const fn limit(mut self, calls: u32, seconds: u32) -> Self {
        self.facts.limit = Limit { calls, seconds };
        self
    }

    pub(super) const fn with_retry_key(mut self) -> Self {
        self.facts.retry_key = true;
        self
    }

    pub(super) const fn into_chats(mut self, chats: fn(&Context<'_>) -> Vec<String>) -> Self {
        self.chats = chats;
        self
    }

    /// How well the path fits: the number of its literal segments, or nothing if it does not.
    fn fit(&self, path: &str) -> Option<usize> {
        let (mut template, mut given) = (self.facts.path.split('/'), path.split('/'));
        let mut literal = 0;
        loop {
            match (template.next(), given.next()) {
                (None, None) => return Some(literal),
                (Some(name), Some(part)) if name.starts_with('{') && !part.is_empty() => {}
                (Some(name), Some(part)) if name == part => literal += 1,
                _ => return None,
            }
        }
    }

    /// The segment of a path that stands where the template has `{name}`.
    pub(super) fn segment<'a>(&self, path: &'a str, name: &str) -> Option<&'a str> {
        let is_name = |part: &str| part.strip_prefix('{')?.strip_suffix('}').map(|n| n == name);
        let place = self
            .facts
            .path
            .split('/')
            .position(|part| is_name(part) == Some(true))?;
        path.split('/').nth(place)
    }
}

/// What a method and a path lead to.
pub(super) enum Lookup {
    Endpoint(&'static Endpoint),
    /// The path is known, but not with this method.
    OtherMethod,
    Nothing,
}

/// Finds the endpoint. Where several templates fit, the most literal one is meant.
pub(super) fn find(
    table: &'static [Endpoint],
    host: Option<Host>,
    method: &str,
    path: &str,
) -> Lookup {
    let here = |endpoint: &&Endpoint| host.is_none_or(|host| host == endpoint.facts.host);
    let fitting = table
        .iter()
        .filter(here)
        .filter_map(|endpoint| Some((endpoint.fit(path)?, endpoint)));
    let of_method = |(_, endpoint): &(usize, &Endpoint)| endpoint.facts.method == method;
    let best = fitting
        .clone()
        .filter(of_method)
        .max_by_key(|(literal, _)| *literal);
    match best {
        Some((_, endpoint)) => Lookup::Endpoint(endpoint),
        None if fitting.count() > 0 => Lookup::OtherMethod,
        None => Lookup::Nothing,
    }
}
