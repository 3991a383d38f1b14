//! `GET /attach/callback`: back from LINE's link screen. The attach is taken by its state
//! before anything else, the code is exchanged, the account is saved, how it ended is kept,
//! and then the page is shown. A second callback of the same browser, as of a double click,
//! waits for the first and shows the same page: LINE takes a code once.

use std::time::Duration;

use aws_smithy_async::rt::sleep::AsyncSleep as _;
use shared::domain::{BotId, Timestamp};
use shared::gateway::{Request, Response};
use shared::line::error::{LineError, LineErrorKind};
use shared::metrics::Metric;
use shared::session::{self, SessionId};
use shared::store::{AttachUnderWay, BotRow, browser_hash};

use crate::account::{self, Account, Ending};
use crate::limit;
use crate::link::Link;
use crate::pages::{Outcome, Pages, Trouble};
use crate::under_way::{Cookie, EXPIRES_AFTER, Kept, SHOWN_AGAIN};
use crate::{App, TIMEOUT};

/// How long a second callback waits for the first before it shows a page that reloads: as
/// long as the first usually waits for LINE, and well within the function's timeout.
const WAIT: Duration = Duration::from_secs(5);
/// How long after it took the attach a page signs its admin in, so that a double click does too.
const SIGNS_IN: Duration = Duration::from_secs(60);
/// How often it looks meanwhile.
const POLL: Duration = Duration::from_millis(250);

/// What LINE, or someone in its name, sends back. A parameter without a value counts as
/// missing (RFC 6749, section 3.1).
#[derive(Default)]
struct Query {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

impl Query {
    fn read(raw: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let value = Some(value.into_owned()).filter(|value| !value.is_empty());
            match name.as_ref() {
                "state" => query.state = value,
                "code" => query.code = value,
                "error" => query.error = value,
                _ => {}
            }
        }
        query
    }

    /// What LINE answers; none if it is neither a code nor an error.
    fn answer(self) -> Option<Answer> {
        match (self.code, self.error) {
            (_, Some(error)) => Some(Answer::Error(error)),
            (Some(code), None) => Some(Answer::Code(code)),
            (None, None) => None,
        }
    }
}

enum Answer {
    Code(String),
    Error(String),
}

/// Ends an attach, and shows how.
pub(crate) async fn callback(app: &App, pages: &Pages<'_>, request: &Request) -> Response {
    let mut query = Query::read(&request.raw_query_string);
    let state = query.state.take().unwrap_or_default();
    let link = Link::from(limit::of_state(&state));
    let page = |outcome: &Outcome| pages.result(outcome, &link);
    let start_over = Outcome::Not(Trouble::StartOver);
    let Some(answer) = query.answer().filter(|_| !state.is_empty()) else {
        return page(&start_over);
    };
    let cookie = Cookie::of(&state, &app.offer.public_url(request));
    let Some(secret) = request.cookie(cookie.name()) else {
        return page(&Outcome::Not(Trouble::OtherBrowser));
    };
    let visit = Visit {
        app,
        state: &state,
        browser: browser_hash(secret),
        taker: app.random.alphanumeric(16),
    };
    match visit.end(answer).await {
        Ok(Some(end)) => {
            let invitation = end.invitation;
            let link = Link { invitation, ..link };
            let linked = Some(&end.outcome).filter(|_| end.is_recent);
            let session = sign_in(app, pages, request, linked.and_then(Outcome::bot)).await;
            let page = pages.result_of(&end.outcome, &link, session.is_some());
            let page = session.into_iter().fold(page, Response::with_cookie);
            match end.outcome.is_linked() {
                true => page.with_cookie(cookie.kept(secret)),
                false => page, // loaded again, it says the same
            }
        }
        Ok(None) => page(&start_over).with_cookie(cookie.cleared()),
        Err(reason) => {
            app.metrics.count(Metric::AttachesFailed);
            tracing::error!(reason, "an attach could not be read");
            page(&Outcome::Not(Trouble::TryAgain))
        }
    }
}

/// Whoever has just linked an account is signed in to its management screen; gives the cookie.
async fn sign_in(
    app: &App,
    pages: &Pages<'_>,
    request: &Request,
    bot: Option<&BotId>,
) -> Option<String> {
    let is_secure = pages.is_secure();
    let old = SessionId::of(request, is_secure);
    let id = session::sign_in(&app.store, &app.random, old.as_ref(), bot?, app.now()).await;
    let id = id.inspect_err(|error| tracing::warn!(%error, "an admin could not be signed in"));
    id.ok().map(|id| id.cookie(is_secure))
}

/// A browser that comes back to an attach with the attach's cookie.
struct Visit<'a> {
    app: &'a App,
    state: &'a str,
    /// What is kept of its cookie.
    browser: String,
    /// Tells this visit from another one of the same browser.
    taker: String,
}

/// How an attach ended, and the invitation by which it was begun, for a start again.
struct End {
    outcome: Outcome,
    invitation: Option<String>,
    /// Whether it ended a moment ago: a double click shows the second answer, and so the second
    /// signs in too. A page that is loaded again later does not, or signing out would not last.
    is_recent: bool,
}

impl Visit<'_> {
    /// How the attach ended; none if this browser has none under this state, or it is too old.
    async fn end(&self, answer: Answer) -> Result<Option<End>, String> {
        let now = self.app.now();
        let taken = self
            .app
            .store
            .take_attach(self.state, &self.browser, &self.taker, now)
            .await;
        match taken.map_err(|error| error.to_string())? {
            Some(attach) => self.finish(&attach, answer).await.map(Some),
            None => self.wait().await,
        }
    }

    /// This visit has taken the attach, and nobody else will ask LINE.
    async fn finish(&self, attach: &AttachUnderWay, answer: Answer) -> Result<End, String> {
        let kept = kept(attach)?;
        let begun_at = Timestamp(attach.expires_at * 1000).minus(EXPIRES_AFTER);
        let (ending, row) = match answer {
            Answer::Code(code) => exchange(self.app, &code, &kept, begun_at).await,
            Answer::Error(error) => (Ending::Not(refused(&error)), None),
        };
        self.app.metrics.count(ending.metric());
        if matches!(ending, Ending::Not(Trouble::TryAgain)) {
            self.give_back().await;
        } else if let Err(reason) = self.keep(&ending, attach).await {
            tracing::warn!(reason, "the last page of an attach cannot be loaded again");
        }
        Ok(End {
            outcome: ending.outcome(row, &kept.terms),
            invitation: kept.invitation,
            is_recent: true,
        })
    }

    /// LINE has not taken the code: the page can be loaded again, and asks once more.
    async fn give_back(&self) {
        let given = self.app.store.give_attach_back(self.state, &self.taker);
        if let Err(error) = given.await {
            tracing::warn!(%error, "an attach cannot be tried again by its own page");
        }
    }

    async fn keep(&self, ending: &Ending, attach: &AttachUnderWay) -> Result<(), String> {
        let json = serde_json::to_string(ending).map_err(|error| error.to_string())?;
        let shown_until = match ending.bot() {
            Some(_) => self.app.now().plus(SHOWN_AGAIN).seconds(),
            None => attach.expires_at,
        };
        self.app
            .store
            .end_attach(self.state, &self.taker, &json, shown_until)
            .await
            .map_err(|error| error.to_string())
    }

    /// Another visit took the attach: the page is the one that it ends with. Where that visit
    /// has crashed, nobody can tell whether LINE took the code, and LINE is not asked again.
    async fn wait(&self) -> Result<Option<End>, String> {
        let (store, end) = (&self.app.store, self.app.now().plus(WAIT));
        loop {
            let now = self.app.now();
            let attach = store.attach_under_way(self.state, &self.browser, now).await;
            let Some(attach) = attach.map_err(|error| error.to_string())? else {
                return Ok(None);
            };
            if let Some(ended) = &attach.ended {
                return self.ended(&attach, ended).await.map(Some);
            }
            let invitation = kept(&attach)?.invitation;
            let unknown = |outcome| End {
                outcome,
                invitation,
                is_recent: false,
            };
            // Lambda has stopped the other one by then.
            if attach.taken_at.is_none_or(|at| now >= at.plus(TIMEOUT)) {
                self.app.metrics.count(Metric::AttachesFailed);
                tracing::warn!("a callback took an attach and did not end it");
                return Ok(Some(unknown(Outcome::Not(Trouble::Interrupted))));
            }
            if now >= end {
                return Ok(Some(unknown(Outcome::UnderWay)));
            }
            self.app.sleep.sleep(POLL).await;
        }
    }

    /// How the account is now that was attached, or why none was.
    async fn ended(&self, attach: &AttachUnderWay, ended: &str) -> Result<End, String> {
        let ending: Ending = serde_json::from_str(ended).map_err(|error| error.to_string())?;
        let row = match ending.bot() {
            Some(bot) => self.app.store.bot(bot).await,
            None => Ok(None),
        };
        let row = row.map_err(|error| error.to_string())?;
        let kept = kept(attach)?;
        let now = self.app.now();
        Ok(End {
            outcome: ending.outcome(row, &kept.terms),
            invitation: kept.invitation,
            is_recent: attach.taken_at.is_some_and(|at| now < at.plus(SIGNS_IN)),
        })
    }
}

fn kept(attach: &AttachUnderWay) -> Result<Kept, String> {
    serde_json::from_str(&attach.terms).map_err(|error| error.to_string())
}

/// The error codes of RFC 6749, section 4.1.2.1. LINE does not publish its own.
const OAUTH_ERRORS: [&str; 7] = [
    "access_denied",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

/// LINE sent the admin back with an error. Whoever comes back can write anything into the
/// address, so that only codes that are known get into the log.
fn refused(error: &str) -> Trouble {
    let known = OAUTH_ERRORS
        .into_iter()
        .find(|it| it.eq_ignore_ascii_case(error));
    let error = known.unwrap_or("another code");
    match error {
        "access_denied" => {
            tracing::info!(error, "an admin did not link the account");
            Trouble::Refused
        }
        "server_error" | "temporarily_unavailable" => {
            tracing::warn!(error, "LINE's link screen is not available");
            Trouble::TryLater
        }
        _ => {
            tracing::error!(error, "LINE's link screen refuses our configuration");
            Trouble::Misconfigured
        }
    }
}

async fn exchange(
    app: &App,
    code: &str,
    kept: &Kept,
    begun_at: Timestamp,
) -> (Ending, Option<BotRow>) {
    match app.attach.exchange(code, &kept.terms, &kept.verifier).await {
        Ok(attached) => {
            let account = Account::from(attached);
            account::save(app, account, &kept.terms, begun_at).await
        }
        Err(error) => (Ending::Not(not_exchanged(&error)), None),
    }
}

fn not_exchanged(error: &LineError) -> Trouble {
    // Whoever comes back can write any code into the address.
    if error.is_invalid_grant() {
        tracing::warn!(%error, "LINE does not take the code");
        return Trouble::StartOver;
    }
    tracing::error!(%error, "LINE did not exchange the code");
    match error.kind {
        LineErrorKind::NotSent | LineErrorKind::Throttled => Trouble::TryAgain,
        LineErrorKind::Open => Trouble::TryLater,
        _ if error.is_of_our_configuration() => Trouble::Misconfigured,
        _ => Trouble::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_code_of_the_link_screen_has_the_trouble_that_it_means() {
        listen();
        for (code, trouble) in [
            ("access_denied", Trouble::Refused),
            ("ACCESS_DENIED", Trouble::Refused),
            ("server_error", Trouble::TryLater),
            ("temporarily_unavailable", Trouble::TryLater),
            ("invalid_request", Trouble::Misconfigured),
            ("invalid_scope", Trouble::Misconfigured),
            ("unauthorized_client", Trouble::Misconfigured),
            ("unsupported_response_type", Trouble::Misconfigured),
            ("something_new", Trouble::Misconfigured),
            ("line 1\nline 2", Trouble::Misconfigured),
        ] {
            assert_eq!(refused(code), trouble, "{code}");
        }
    }

    /// What a test has logged.
    #[derive(Clone, Default)]
    struct Log(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Before anything logs: a place in the code that is first reached while nobody listens may stay silent for good.
    fn listen() {
        let nobody = tracing_subscriber::fmt().with_writer(std::io::sink);
        let _ = tracing::subscriber::set_global_default(nobody.finish()); // another test may have been first
    }

    fn logged(error: &str) -> String {
        listen();
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || refused(error));
        let bytes = log.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_wrong_configuration_is_an_error_in_the_log_and_unknown_codes_are_not_repeated_there() {
        let line = logged("invalid_scope");
        assert!(line.contains("ERROR") && line.contains(r#"error="invalid_scope""#));
        let line = logged("<b>someone's</b>");
        assert!(line.contains("ERROR") && line.contains(r#"error="another code""#));
        assert!(!line.contains("someone"), "{line}");
        assert!(logged("temporarily_unavailable").contains("WARN"));
        assert!(logged("access_denied").contains("INFO"));
    }

    #[test]
    fn a_parameter_without_a_value_counts_as_missing() {
        let query = Query::read("state=s&code=&error=");
        assert!(query.state.is_some());
        assert!(query.answer().is_none());
        let answer = Query::read("state=s&code=c&error=").answer();
        assert!(matches!(answer, Some(Answer::Code(code)) if code == "c"));
    }
}
