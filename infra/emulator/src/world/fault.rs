//! Faults: what goes wrong with the next calls, as asked on the control interface.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;

/// The next calls that match fail in a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Method and path, such as `POST /v2/bot/message/push`. A segment in braces, or `*`, matches
    /// any segment.
    #[serde(rename = "match")]
    pub matches: String,
    /// How many calls; one if not given.
    #[serde(default = "once")]
    pub times: u32,
    /// Of the calls that match, only each so-manieth; each if not given.
    #[serde(default = "once")]
    pub every: u32,
    /// What happens to them.
    #[serde(rename = "do")]
    pub kind: FaultKind,
    /// Calls that matched since the last that was hit.
    #[serde(skip)]
    passed: u32,
}

impl Fault {
    /// The next `times` calls that match fail so.
    pub fn new(matches: impl Into<String>, times: u32, kind: FaultKind) -> Self {
        Self {
            matches: matches.into(),
            times,
            every: 1,
            kind,
            passed: 0,
        }
    }

    /// Reads faults from a file: JSON, or TOML with a `[[fault]]` for each.
    ///
    /// # Errors
    /// What cannot be read, with the file's name.
    pub fn read(path: &Path) -> Result<Vec<Self>, Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            fault: Vec<Fault>,
        }
        let unusable = |why: String| Error::request(format!("{}: {why}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let file = toml::from_str::<File>(&text);
            return file
                .map(|file| file.fault)
                .map_err(|error| unusable(error.to_string()));
        }
        serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))
    }

    /// Only each `every`th of them.
    #[must_use]
    pub fn every(self, every: u32) -> Self {
        Self { every, ..self }
    }
}

fn once() -> u32 {
    1
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FaultKind {
    /// `500`: refused with 500; nothing was done.
    ServerError,
    /// `429-rate`: over the rate limit.
    RateLimit,
    /// `429-month`: over the month's quota.
    MonthlyLimit,
    /// `423`: locked, as when another channel has just acquired the chat.
    Locked,
    /// `timeout-after-accept`: done, but the answer never comes.
    TimeoutAfterAccept,
    /// `empty-list`: the list of bots is empty, and is the end.
    EmptyList,
    /// `repeat-token`: the list of bots leads back to the same page.
    RepeatToken,
    /// `cut-page`: the list of bots ends in the middle of the page, as if there were no more.
    CutPage,
    /// `delay:800`: done, and answered that many milliseconds later.
    Delay(u64),
}

impl FaultKind {
    /// The answer of a fault that keeps the call from being done.
    ///
    /// Source of the texts: <https://developers.line.biz/en/reference/messaging-api/#error-messages>;
    /// those for 500 and 423 are not documented.
    pub(crate) fn refusal(self) -> Option<(u16, Value)> {
        let (status, message) = match self {
            Self::ServerError => (500, "Internal server error"),
            Self::RateLimit => (
                429,
                "The API rate limit has been exceeded. Try again later.",
            ),
            Self::MonthlyLimit => (429, "You have reached your monthly limit."),
            Self::Locked => (423, "Locked"),
            Self::TimeoutAfterAccept
            | Self::EmptyList
            | Self::RepeatToken
            | Self::CutPage
            | Self::Delay(_) => return None,
        };
        Some((status, json!({ "message": message })))
    }
}

impl FaultKind {
    fn is_for_lists(self) -> bool {
        matches!(self, Self::EmptyList | Self::RepeatToken | Self::CutPage)
    }
}

impl TryFrom<String> for FaultKind {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Ok(match text.as_str() {
            "500" => Self::ServerError,
            "429-rate" => Self::RateLimit,
            "429-month" => Self::MonthlyLimit,
            "423" => Self::Locked,
            "timeout-after-accept" => Self::TimeoutAfterAccept,
            "empty-list" => Self::EmptyList,
            "repeat-token" => Self::RepeatToken,
            "cut-page" => Self::CutPage,
            other => Self::Delay(
                other
                    .strip_prefix("delay:")
                    .and_then(|milliseconds| milliseconds.parse().ok())
                    .ok_or_else(|| unknown(other))?,
            ),
        })
    }
}

fn unknown(kind: &str) -> Error {
    Error::request(format!(
        "\"do\" can be 500, 429-rate, 429-month, 423, timeout-after-accept, delay:MILLISECONDS or, for the list of bots, empty-list, repeat-token or cut-page, not {kind:?}"
    ))
}

impl From<FaultKind> for String {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::ServerError => "500".into(),
            FaultKind::RateLimit => "429-rate".into(),
            FaultKind::MonthlyLimit => "429-month".into(),
            FaultKind::Locked => "423".into(),
            FaultKind::TimeoutAfterAccept => "timeout-after-accept".into(),
            FaultKind::EmptyList => "empty-list".into(),
            FaultKind::RepeatToken => "repeat-token".into(),
            FaultKind::CutPage => "cut-page".into(),
            FaultKind::Delay(milliseconds) => format!("delay:{milliseconds}"),
        }
    }
}

impl Fault {
    /// Whether it can ever match: a method, a space and a path.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let ok = self
            .matches
            .split_once(' ')
            .is_some_and(|(method, path)| !method.is_empty() && path.starts_with('/'));
        if self.kind.is_for_lists() && !self.covers("GET", "/v2/bot/list") {
            let kind = String::from(self.kind);
            let sentence = format!("{kind:?} is for \"GET /v2/bot/list\" only");
            return Err(Error::request(sentence));
        }
        if ok && self.times > 0 && self.every > 0 {
            return Ok(());
        }
        Err(Error::request(format!(
            "a fault needs \"match\" as METHOD /path, and \"times\" and \"every\" above 0, not {:?}, {} and {}",
            self.matches, self.times, self.every
        )))
    }

    fn hits(&mut self) -> bool {
        self.passed = (self.passed + 1) % self.every.max(1);
        self.passed == 0
    }

    fn covers(&self, method: &str, path: &str) -> bool {
        let Some((own_method, pattern)) = self.matches.split_once(' ') else {
            return false;
        };
        let any = |part: &str| part == "*" || part.starts_with('{') && part.ends_with('}');
        let (wanted, given): (Vec<_>, Vec<_>) =
            (pattern.split('/').collect(), path.split('/').collect());
        own_method == method
            && wanted.len() == given.len()
            && wanted
                .iter()
                .zip(given)
                .all(|(want, part)| any(want) || *want == part)
    }
}

/// Takes one use of the first fault that hits a call. One that lets it pass counts it.
pub(crate) fn take(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<FaultKind> {
    let mut covering = faults.iter_mut().filter(|fault| fault.covers(method, path));
    let fault = covering.find_map(|fault| fault.hits().then_some(fault))?;
    fault.times = fault.times.saturating_sub(1);
    let kind = fault.kind;
    faults.retain(|fault| fault.times > 0);
    Some(kind)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fault, FaultKind, take};

    #[test]
    fn a_fault_hits_as_many_calls_as_asked() {
        let fault = json!({"match": "GET /v2/bot/profile/{userId}", "times": 2, "do": "delay:800"});
        let mut faults: Vec<Fault> = vec![serde_json::from_value(fault).unwrap()];
        assert_eq!(take(&mut faults, "POST", "/v2/bot/profile/a"), None);
        assert_eq!(take(&mut faults, "GET", "/v2/bot/profile"), None);
        let delay = Some(FaultKind::Delay(800));
        assert_eq!(take(&mut faults, "GET", "/v2/bot/profile/a"), delay);
        assert_eq!(take(&mut faults, "GET", "/v2/bot/profile/b"), delay);
        assert_eq!(take(&mut faults, "GET", "/v2/bot/profile/c"), None);
    }

    #[test]
    fn a_fault_can_let_most_calls_pass() {
        let server = FaultKind::ServerError;
        let fault = Fault::new("POST /a", 2, server).every(3);
        let other = Fault::new("POST /a", 1, FaultKind::Locked).every(2);
        let mut faults = vec![fault, other];
        let hits: Vec<_> = (0..8).map(|_| take(&mut faults, "POST", "/a")).collect();
        let locked = Some(FaultKind::Locked);
        let expected = [
            None,
            locked,
            Some(server),
            None,
            None,
            Some(server),
            None,
            None,
        ];
        assert_eq!(hits, expected);
    }

    #[test]
    fn an_unknown_fault_is_refused_with_the_known_ones() {
        let fault = json!({"match": "GET /a", "do": "explode"});
        let error = serde_json::from_value::<Fault>(fault).unwrap_err();
        assert!(error.to_string().contains("timeout-after-accept"));
    }
}
