//! The pages. What they say is in [`crate::pages::texts`]; how they look, in
//! `templates/`.

mod texts;

use askama::Template;
use shared::gateway::Response;

use crate::config::Offer;
use crate::language::Language;
use crate::pages::texts::{ResultTexts, StartTexts};

/// How an attach ended, as the admin sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Linked; `missing` are scopes asked for and not granted.
    Linked {
        name: Option<String>,
        missing: Vec<String>,
    },
    /// Linked, but the account cannot be used for now: the notice that LINE
    /// recommends, and nothing else
    /// (<https://developers.line.biz/en/reference/partner-docs/#botsuspend-event>).
    Suspended { name: Option<String> },
    /// Not linked.
    Not(Trouble),
}

/// Why an account is not linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The admin said no, or LINE would not let them.
    Refused,
    /// LINE did not take the exchange.
    Failed,
    /// Something was away for a moment.
    TryLater,
    /// The link is used, too old, or never was one.
    StartOver,
    /// The browser has not the cookie of the one that began.
    OtherBrowser,
}

impl Trouble {
    fn status(self) -> u16 {
        match self {
            Self::Refused => 200,
            Self::StartOver | Self::OtherBrowser => 400,
            Self::Failed => 502,
            Self::TryLater => 503,
        }
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    lang: &'static str,
    texts: &'a StartTexts,
    scopes: Vec<String>,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage {
    lang: &'static str,
    texts: ResultTexts,
    good: bool,
}

/// The start page: what linking does, and the button.
pub(crate) fn start(language: Language, offer: &Offer) -> Response {
    let texts = texts::start(language);
    let scopes = offer
        .scopes
        .split(' ')
        .map(|scope| texts::scope(language, scope))
        .collect();
    page(
        200,
        StartPage {
            lang: language.tag(),
            texts,
            scopes,
        }
        .render(),
    )
}

/// The page that ends an attach.
pub(crate) fn result(language: Language, outcome: &Outcome) -> Response {
    let status = match outcome {
        Outcome::Linked { .. } | Outcome::Suspended { .. } => 200,
        Outcome::Not(trouble) => trouble.status(),
    };
    let good = matches!(outcome, Outcome::Linked { .. });
    let texts = texts::result(language, outcome);
    page(
        status,
        ResultPage {
            lang: language.tag(),
            texts,
            good,
        }
        .render(),
    )
}

/// Never cached, never in a referrer: its address may hold a code.
pub(crate) fn private(response: Response) -> Response {
    response
        .with_header("cache-control", "no-store")
        .with_header("referrer-policy", "no-referrer")
        .with_header("x-content-type-options", "nosniff")
}

fn page(status: u16, html: askama::Result<String>) -> Response {
    match html {
        Ok(html) => private(Response { body: html, ..Response::status(status) })
            .with_header("content-type", "text/html; charset=utf-8")
            .with_header(
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            )
            .with_header("vary", "accept-language"),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            Response::text(500, "The page could not be made.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_line_cannot_become_markup() {
        let outcome = Outcome::Linked {
            name: Some("<script>alert(1)</script>".into()),
            missing: vec![],
        };
        for language in Language::ALL {
            let page = result(language, &outcome);
            assert!(!page.body.contains("<script>"), "{}", page.body);
            assert!(page.body.contains("&#60;script&#62;"));
        }
    }

    #[test]
    fn a_scope_that_was_not_granted_is_named_with_what_it_is_for() {
        let outcome = Outcome::Linked {
            name: None,
            missing: vec!["message:send".into()],
        };
        assert!(
            result(Language::En, &outcome)
                .body
                .contains("Send messages")
        );
    }
}
