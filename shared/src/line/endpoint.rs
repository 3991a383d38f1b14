//! What an endpoint is: a row of facts in the [table](crate::line::endpoints::table),
//! a request type, and an answer type. The client's one `send` does the rest.

use std::time::Duration;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::domain::{BotId, ChatId, Timestamp, UserId};
use crate::line::body::Body;
use crate::line::error::LineError;
use crate::line::http::{Answer, encode};

/// What is known of one endpoint, whoever calls it.
#[derive(Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it does, for errors, logs and limits: `push`, `get a profile`.
    pub name: &'static str,
    /// The verb.
    pub method: Method,
    /// Whether it only reads: its verb is GET.
    pub reads: bool,
    /// The path; what varies in it stands as `{name}`.
    pub path: &'static str,
    /// Which of LINE's hosts it is on.
    pub host: Host,
    /// Who a call is made as.
    pub made: Made,
    /// The scope that an account must have granted, as far as LINE tells.
    pub scope: Option<&'static str>,
    /// How often it may be called, for one account.
    pub limit: Rate,
    /// What a second call does.
    pub twice: Twice,
}

/// Whether a verb only reads; `Method` itself cannot be compared where types are checked.
pub(crate) const fn is_get(verb: &str) -> bool {
    matches!(verb.as_bytes(), b"GET")
}

/// LINE's hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `api.line.me`.
    Api,
    /// `api-data.line.me`: what is large.
    Data,
    /// `manager.line.biz`: attaching.
    Manager,
}

/// Who a call is made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// The channel for one account: token and bot header.
    ForBot,
    /// The channel: token, and no bot header.
    AsChannel,
    /// Nobody yet: credentials, if any, are in the request itself.
    Openly,
}

/// A maximum number of calls in a period, for each channel, account and endpoint
/// (<https://developers.line.biz/en/reference/messaging-api/#rate-limits>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Maximum number of calls
    pub calls: u32,
    /// in this time.
    pub per: Per,
}

/// The time of a [`Rate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// One second.
    Second,
    /// One minute.
    Minute,
    /// One hour.
    Hour,
}

impl Per {
    /// As a duration.
    pub const fn time(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3600,
        })
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let per = match self.per {
            Per::Second => "second",
            Per::Minute => "minute",
            Per::Hour => "hour",
        };
        write!(f, "{} calls a {per}", self.calls)
    }
}

/// What a second call of the same does: it decides what may be tried again where
/// the first one's outcome is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twice {
    /// Nothing more than one: it only reads, or sets what is then set.
    Harmless,
    /// Nothing, with the same `X-Line-Retry-Key`: LINE answers 409.
    Keyed,
    /// Something again, or a refusal that tells nothing.
    Counts,
}

/// Calls for one account: made by a `BotClient`, which puts the bot header on.
#[derive(Debug)]
pub enum ForBot {}

/// Calls for no account: made by a `LineClient`.
#[derive(Debug)]
pub enum ForChannel {}

/// One call of an endpoint. Its answer's source is named on each type.
pub trait Endpoint: Sync {
    /// Its row of the table.
    const FACTS: &'static Facts;
    /// Who can make it: [`ForBot`] or [`ForChannel`].
    type By;
    /// What LINE answers.
    type Answer;

    /// What stands for each `{name}` of the path, in order.
    fn places(&self) -> Vec<String> {
        Vec::new()
    }

    fn query(&self) -> Query {
        Query::default()
    }

    /// The body.
    ///
    /// # Errors
    /// What cannot be sent, by LINE's own limits.
    fn body(&self) -> Result<Body, Unsendable> {
        Ok(Body::Nothing)
    }

    /// Headers of this endpoint alone.
    fn headers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// How many messages of the month's quota it may use.
    fn spends(&self) -> Spends {
        Spends::Nothing
    }

    /// `X-Line-Retry-Key`, where the table has [`Twice::Keyed`].
    fn retry_key(&self) -> Option<Uuid> {
        None
    }

    /// Reads LINE's answer; none if it is not what LINE documents.
    fn read(answer: &Answer) -> Option<Self::Answer>;
}

/// What a call uses of the account's monthly quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spends {
    /// Nothing: replies, and all that sends no message.
    Nothing,
    /// One chat's share, which may come out of the reserve.
    One,
    /// Minimum number, none of them out of the reserve.
    Many(u64),
}

/// Why a request cannot even be made: the caller's error, returned before LINE is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsendable(pub String);

impl From<serde_json::Error> for Unsendable {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// An answer, and what LINE says around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered<T> {
    /// The answer itself.
    pub value: T,
    /// LINE's request id: for its support, and for what is asked about this
    /// request later (progress, statistics).
    pub request_id: Option<String>,
    /// The second in which LINE answered.
    pub date: Option<Timestamp>,
}

impl<T> Answered<T> {
    /// The last moment of the second in which LINE answered.
    pub fn end_of_second(&self) -> Option<Timestamp> {
        self.date.map(|date| date.plus(Duration::from_millis(999)))
    }
}

/// A request, whole but for token and bot header.
pub(crate) struct Request {
    pub(crate) facts: &'static Facts,
    /// Path and query, encoded.
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) retry_key: Option<Uuid>,
    pub(crate) body: Body,
}

impl Request {
    pub(crate) fn of<E: Endpoint>(endpoint: &E) -> Result<Self, LineError> {
        let facts = E::FACTS;
        let body = endpoint
            .body()
            .map_err(|error| LineError::unsendable(facts.name, error))?;
        Ok(Self {
            facts,
            target: target(facts.path, &endpoint.places(), &endpoint.query()),
            headers: endpoint.headers(),
            retry_key: endpoint.retry_key(),
            body,
        })
    }
}

/// The path with its places filled in, each encoded once, and the query.
fn target(path: &str, places: &[String], query: &Query) -> String {
    let mut target = String::with_capacity(path.len() + 64);
    let mut places = places.iter();
    for part in path.split('/').skip(1) {
        target.push('/');
        match part.starts_with('{') {
            true => target.push_str(&encode(places.next().map_or("", String::as_str))),
            false => target.push_str(part),
        }
    }
    debug_assert!(places.next().is_none(), "more places than {path} has");
    let mut sign = '?';
    for (name, value) in &query.0 {
        target.push(sign);
        target.push_str(name);
        target.push('=');
        target.push_str(&encode(value));
        sign = '&';
    }
    target
}

/// A query's names and values, not yet encoded.
#[derive(Debug, Default)]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    /// With one more, if there is a value.
    #[must_use]
    pub fn and(mut self, name: &'static str, value: &impl Text) -> Self {
        self.0.extend(value.text().map(|text| (name, text)));
        self
    }
}

/// What can stand in a path or a query.
pub trait Text {
    /// It as text; none if there is nothing.
    fn text(&self) -> Option<String>;
}

macro_rules! text {
    ($($of:ty),*) => {$(
        impl Text for $of {
            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}

text!(&str, String, BotId, ChatId, UserId, bool, u32, u64);

impl<T: Text> Text for &T {
    fn text(&self) -> Option<String> {
        T::text(self)
    }
}

impl<T: Text> Text for Option<T> {
    fn text(&self) -> Option<String> {
        self.as_ref()?.text()
    }
}

/// LINE takes no larger request, in bytes.
const LARGEST_JSON: usize = 2 * 1024 * 1024;

/// A JSON body.
pub(crate) fn json(value: &impl Serialize) -> Result<Body, Unsendable> {
    let text = serde_json::to_string(value)?;
    match text.len() <= LARGEST_JSON {
        true => Ok(Body::Json(text)),
        false => Err(Unsendable(format!(
            "the request has {} bytes, and LINE takes {LARGEST_JSON}",
            text.len()
        ))),
    }
}

/// A list that has `least` to `most` members.
pub(crate) fn has(name: &str, members: usize, least: usize, most: usize) -> Result<(), Unsendable> {
    match (least..=most).contains(&members) {
        true => Ok(()),
        false => Err(Unsendable(format!(
            "{name} has {members} members, and LINE takes {least} to {most}"
        ))),
    }
}

/// An answer in JSON.
pub(crate) fn read_json<T: DeserializeOwned>(answer: &Answer) -> Option<T> {
    answer.json()
}

/// Makes a type an endpoint: its row, who calls it, its answer (`as` a function
/// that reads it, where it is not simply JSON), and where its members go. With
/// `body()` it is itself the JSON body; serde skips what goes elsewhere.
macro_rules! endpoint {
    ($type:ty: $row:ident, $by:ident -> () $(, $part:ident($($with:tt)*))*) => {
        endpoint!($type: $row, $by -> () as |_| Some(()) $(, $part($($with)*))*);
    };
    ($type:ty: $row:ident, $by:ident -> $answer:ty $(, $part:ident($($with:tt)*))*) => {
        endpoint!($type: $row, $by -> $answer as $crate::line::endpoint::read_json $(, $part($($with)*))*);
    };
    ($type:ty: $row:ident, $by:ident -> $answer:ty as $read:expr $(, $part:ident($($with:tt)*))*) => {
        impl $crate::line::endpoint::Endpoint for $type {
            const FACTS: &'static $crate::line::endpoint::Facts =
                &$crate::line::endpoints::table::$row;
            type By = $crate::line::endpoint::$by;
            type Answer = $answer;
            fn read(answer: &$crate::line::http::Answer) -> Option<Self::Answer> {
                let read: fn(&$crate::line::http::Answer) -> Option<Self::Answer> = $read;
                read(answer)
            }
            $(endpoint!(@$part $($with)*);)*
        }
    };
    (@places $($place:ident),+) => {
        fn places(&self) -> Vec<String> {
            use $crate::line::endpoint::Text as _;
            let places = [$(self.$place.text()),+];
            places.into_iter().map(Option::unwrap_or_default).collect()
        }
    };
    (@query $($name:literal = $value:ident),+) => {
        fn query(&self) -> $crate::line::endpoint::Query {
            $crate::line::endpoint::Query::default()$(.and($name, &self.$value))+
        }
    };
    (@body) => {
        fn body(&self) -> Result<$crate::line::body::Body, $crate::line::endpoint::Unsendable> {
            $crate::line::endpoint::json(self)
        }
    };
    (@checked_body) => {
        fn body(&self) -> Result<$crate::line::body::Body, $crate::line::endpoint::Unsendable> {
            self.check()?;
            $crate::line::endpoint::json(self)
        }
    };
    (@spends $spends:expr) => {
        fn spends(&self) -> $crate::line::endpoint::Spends {
            let spends: fn(&Self) -> $crate::line::endpoint::Spends = $spends;
            spends(self)
        }
    };
    (@keyed) => {
        fn retry_key(&self) -> Option<uuid::Uuid> {
            Some(self.retry_key)
        }
    };
}
pub(crate) use endpoint;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_places_encoded_once_and_a_query_only_what_there_is() {
        let query = Query::default()
            .and("start", &Some("a b"))
            .and("limit", &None::<u32>)
            .and("n", &3u32);
        let places = ["C/1".to_owned(), "U%2".to_owned()];
        assert_eq!(
            target("/v2/bot/group/{groupId}/member/{userId}", &places, &query),
            "/v2/bot/group/C%2F1/member/U%252?start=a%20b&n=3"
        );
        assert_eq!(
            target("/v2/bot/info", &[], &Query::default()),
            "/v2/bot/info"
        );
    }
}
