//! The pages. What they say is in [`crate::pages::texts`] and [`crate::pages::not_linked`];
//! how they look, in `templates/`.

mod not_linked;
mod texts;

use askama::Template;
use serde::{Deserialize, Serialize};
use shared::gateway::Response;

use crate::config::Offer;
use crate::language::Language;
use crate::limit::WrongLimit;
use crate::link::Link;
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
    /// LINE linked another account than the link is for.
    AnotherLinked {
        /// The one that the link is for.
        asked: String,
        /// The basic id or name of the other one, if it is known.
        linked: Option<String>,
        /// Whether the other one stays linked; else it is being unlinked.
        stays: bool,
    },
    /// Another request of the same browser is still at it. The page reloads itself.
    UnderWay,
    /// The link does not say rightly which account it is for. Nothing was begun.
    WrongLimit(WrongLimit),
    /// The link invites nobody. Nothing was begun.
    Uninvited(Uninvited),
    /// Not linked.
    Not(Trouble),
}

impl Outcome {
    /// Whether LINE has linked an account.
    pub(crate) fn is_linked(&self) -> bool {
        match self {
            Self::Linked { .. } | Self::Suspended { .. } | Self::AnotherLinked { .. } => true,
            Self::UnderWay | Self::WrongLimit(_) | Self::Uninvited(_) | Self::Not(_) => false,
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Linked { .. } | Self::Suspended { .. } => 200,
            Self::UnderWay => 202,
            Self::WrongLimit(_) => 400,
            Self::AnotherLinked { .. } | Self::Uninvited(_) => 403,
            Self::Not(trouble) => trouble.status(),
        }
    }
}

/// Why a link invites nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uninvited {
    /// It has no invitation, and there must be one.
    NoInvitation,
    /// We have not made it, or it was changed.
    NotOurs,
    /// Its time is over.
    RunOut,
}

/// Why an account is not linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trouble {
    /// The admin said no, or LINE would not let them.
    Refused,
    /// LINE did not take the exchange, for a reason that is not known.
    Failed,
    /// LINE does not take what we ask for: an operator must look.
    Misconfigured,
    /// A transient failure.
    TryLater,
    /// The callback that took the attach did not come to its end: the account may be linked.
    Interrupted,
    /// It was linked, and was unlinked since.
    Unlinked,
    /// The link is used, too old, or never was one.
    StartOver,
    /// The browser has not the cookie of the one that began.
    OtherBrowser,
}

impl Trouble {
    #[cfg(test)]
    const ALL: [Self; 8] = [
        Self::Refused,
        Self::Failed,
        Self::Misconfigured,
        Self::TryLater,
        Self::Interrupted,
        Self::Unlinked,
        Self::StartOver,
        Self::OtherBrowser,
    ];

    fn status(self) -> u16 {
        match self {
            Self::Refused => 200,
            Self::StartOver | Self::OtherBrowser => 400,
            Self::Unlinked => 410,
            Self::Failed | Self::Misconfigured => 502,
            Self::TryLater | Self::Interrupted => 503,
        }
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    lang: &'static str,
    texts: &'a StartTexts,
    scopes: Vec<String>,
    /// Which account the link is for, in words.
    only_for: Option<String>,
    /// Where the button leads.
    begin: String,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage {
    lang: &'static str,
    texts: ResultTexts,
    good: bool,
    /// Whether the page reloads itself.
    reloads: bool,
    /// Where the button leads.
    begin: String,
}

/// The start page: what linking does, and the button. A link to it may be limited to one
/// account, as a link to `/attach` may.
pub(crate) fn start(language: Language, offer: &Offer, link: &Link) -> Response {
    let limit = link.limit.as_ref();
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
            only_for: limit.map(|id| texts::only_for(language, id)),
            begin: link.begin_path(),
        }
        .render(),
    )
}

/// The page that ends an attach. What it leads to has the limit of the link, and its invitation.
pub(crate) fn result(language: Language, outcome: &Outcome, link: &Link) -> Response {
    page(
        outcome.status(),
        ResultPage {
            lang: language.tag(),
            texts: texts::result(language, outcome),
            good: matches!(outcome, Outcome::Linked { .. }),
            reloads: *outcome == Outcome::UnderWay,
            begin: link.begin_path(),
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
    use crate::limit::BasicId;

    /// An outcome of every kind.
    fn outcomes() -> Vec<Outcome> {
        let another = |stays| Outcome::AnotherLinked {
            asked: "@shop".into(),
            linked: Some("@other".into()),
            stays,
        };
        let linked = |missing: Vec<String>| Outcome::Linked {
            name: Some("A shop".into()),
            missing,
        };
        let mut all = vec![
            linked(vec![]),
            linked(vec!["message:send".into()]),
            Outcome::Suspended { name: None },
            another(false),
            another(true),
            Outcome::UnderWay,
            Outcome::WrongLimit(WrongLimit::WithoutAt("shop".into())),
            Outcome::WrongLimit(WrongLimit::NotABasicId),
            Outcome::WrongLimit(WrongLimit::NotInALink("region")),
            Outcome::Uninvited(Uninvited::NoInvitation),
            Outcome::Uninvited(Uninvited::NotOurs),
            Outcome::Uninvited(Uninvited::RunOut),
        ];
        all.extend(Trouble::ALL.map(Outcome::Not));
        all
    }

    fn link() -> Link {
        let limit = BasicId::of_link("basic_search_id=@shop");
        limit.unwrap().into()
    }

    #[test]
    fn a_name_from_line_cannot_become_markup() {
        let outcome = Outcome::Linked {
            name: Some("<script>alert(1)</script>".into()),
            missing: vec![],
        };
        for language in Language::ALL {
            let page = result(language, &outcome, &Link::default());
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
            result(Language::En, &outcome, &Link::default())
                .body
                .contains("Send messages")
        );
    }

    #[test]
    fn every_page_says_something_else_in_every_language() {
        for language in Language::ALL {
            let mut pages: Vec<_> = outcomes()
                .iter()
                .map(|outcome| result(language, outcome, &Link::default()).body)
                .collect();
            let count = pages.len();
            pages.sort();
            pages.dedup();
            assert_eq!(pages.len(), count, "{language:?}");
        }
    }

    #[test]
    fn every_link_of_a_page_keeps_the_limit() {
        for language in Language::ALL {
            for outcome in outcomes() {
                let page = result(language, &outcome, &link()).body;
                let links = page.matches("href=").count();
                let limited = r#"href="/attach?basic_search_id=%40shop""#;
                assert_eq!(page.matches(limited).count(), links, "{outcome:?} {page}");
            }
        }
    }

    #[test]
    fn who_cannot_start_again_rightly_by_the_link_has_no_button() {
        for outcome in outcomes() {
            let page = result(Language::En, &outcome, &Link::default()).body;
            let is_complete =
                matches!(&outcome, Outcome::Linked { missing, .. } if missing.is_empty());
            let leads_nowhere = is_complete
                || matches!(
                    outcome,
                    Outcome::Suspended { .. }
                        | Outcome::UnderWay
                        | Outcome::WrongLimit(_)
                        | Outcome::Uninvited(_)
                );
            assert_eq!(!page.contains("href="), leads_nowhere, "{outcome:?}");
        }
    }

    #[test]
    fn only_the_page_of_an_attach_under_way_reloads_itself() {
        for outcome in outcomes() {
            let page = result(Language::Ja, &outcome, &Link::default()).body;
            let reloads = page.contains(r#"http-equiv="refresh""#);
            assert_eq!(reloads, outcome == Outcome::UnderWay, "{outcome:?}");
        }
    }
}
