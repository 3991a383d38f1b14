//! The pages. What they say is in `texts/`, a file for each language; how they look, in
//! `templates/` and in [`shared::pages`].

use askama::Template;
use serde::{Deserialize, Serialize};
use shared::domain::{About, BotId, Language};
use shared::gateway::Response;
use shared::pages::{AllTexts, Frame, Site, Texts, Visitor, scope};

use crate::limit::{BasicId, WrongLimit};
use crate::link::Link;

/// Where the management screen is.
const CONSOLE: &str = "/console/";

/// What the pages say.
static TEXTS: AllTexts = AllTexts::new(|language| match language {
    Language::Ja => include_str!("../texts/ja.ftl"),
    Language::En => include_str!("../texts/en.ftl"),
    Language::ZhHant => include_str!("../texts/zh-Hant.ftl"),
    Language::Th => include_str!("../texts/th.ftl"),
});

/// How an attach ended, as the admin sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Linked; `missing` are scopes asked for and not granted.
    Linked {
        bot: BotId,
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

    /// The account, if it is linked and can be used.
    pub(crate) fn bot(&self) -> Option<&BotId> {
        match self {
            Self::Linked { bot, .. } => Some(bot),
            _ => None,
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
    /// A transient failure: it is begun again.
    TryLater,
    /// A transient failure before LINE has taken the code: the same page is loaded again.
    TryAgain,
    /// The callback that took the attach did not come to its end: the account may be linked.
    Interrupted,
    /// It was linked, and was unlinked since.
    Unlinked,
    /// The link is used, too old, or never was one.
    StartOver,
    /// The browser has not the cookie of the one that began.
    OtherBrowser,
}

impl Uninvited {
    /// The message that says so.
    fn key(self) -> &'static str {
        match self {
            Self::NoInvitation => "uninvited-none",
            Self::NotOurs => "uninvited-not-ours",
            Self::RunOut => "uninvited-run-out",
        }
    }
}

impl Trouble {
    #[cfg(test)]
    const ALL: [Self; 9] = [
        Self::Refused,
        Self::Failed,
        Self::Misconfigured,
        Self::TryLater,
        Self::TryAgain,
        Self::Interrupted,
        Self::Unlinked,
        Self::StartOver,
        Self::OtherBrowser,
    ];

    /// The messages that say so: title and text.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Refused => ("refused-title", "refused"),
            Self::Failed => ("failed-title", "failed"),
            Self::Misconfigured => ("misconfigured-title", "misconfigured"),
            Self::TryLater | Self::TryAgain => ("try-later-title", "try-later"),
            Self::Interrupted => ("interrupted-title", "interrupted"),
            Self::Unlinked => ("unlinked-title", "unlinked"),
            Self::StartOver => ("start-over-title", "start-over"),
            Self::OtherBrowser => ("other-browser-title", "other-browser"),
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Refused => 200,
            Self::StartOver | Self::OtherBrowser => 400,
            Self::Unlinked => 410,
            Self::Failed | Self::Misconfigured => 502,
            Self::TryLater | Self::TryAgain | Self::Interrupted => 503,
        }
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    texts: &'a Texts,
    about: &'a About,
    /// Each permission in words, and what it is needed for.
    permissions: Vec<(String, Option<&'static str>)>,
    /// Which account the link is for, in words.
    only_for: Option<String>,
    /// Where the button leads.
    begin: String,
    /// What the module does not say of itself: for `modctl doctor`.
    missing: String,
}

#[derive(Template)]
#[template(path = "linked.html")]
struct LinkedPage<'a> {
    texts: &'a Texts,
    about: &'a About,
    lead: String,
    missing: Vec<String>,
    /// Where more is granted.
    begin: String,
    /// Where the account's management screen is.
    console: String,
    is_signed_in: bool,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage {
    title: String,
    lead: String,
    /// Whether the page reloads itself.
    reloads: bool,
    /// The button's words, and where it leads.
    again: Option<(String, String)>,
}

/// The pages for one visitor.
pub(crate) struct Pages<'a> {
    site: &'a Site,
    visitor: &'a Visitor,
    texts: &'static Texts,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(site: &'a Site, visitor: &'a Visitor) -> Self {
        let texts = TEXTS.of(visitor.language);
        Self {
            site,
            visitor,
            texts,
        }
    }

    /// Whether the visitor came by https.
    pub(crate) fn is_secure(&self) -> bool {
        self.visitor.is_secure
    }

    /// The start page: what the extension does, what linking means, and the button. A link to it
    /// may be limited to one account, as a link to `/attach` may.
    pub(crate) fn start(&self, scopes: &str, link: &Link) -> Response {
        let (texts, about) = (self.texts, &self.site.about);
        let language = texts.language();
        let permission = |name: &str| (scope(texts, name), about.need(name, language));
        let only_for = |limit: &BasicId| texts.with("start-only", "id", limit.as_str());
        let content = StartPage {
            texts,
            about,
            permissions: scopes.split(' ').map(permission).collect(),
            only_for: link.limit.as_ref().map(only_for),
            begin: link.begin_path(),
            missing: about.missing().join(" "),
        };
        self.site.page(&self.frame("start-title"), &content)
    }

    /// The page that ends an attach. What it leads to has the limit of the link, and its
    /// invitation.
    pub(crate) fn result(&self, outcome: &Outcome, link: &Link) -> Response {
        self.result_of(outcome, link, false)
    }

    /// The same for an admin who is signed in to the account's management screen by now.
    pub(crate) fn result_of(&self, outcome: &Outcome, link: &Link, is_signed_in: bool) -> Response {
        if let Outcome::Linked { bot, name, missing } = outcome {
            return self.linked(bot, name.as_deref(), missing, link, is_signed_in);
        }
        let (title, lead) = self.words(outcome);
        let again = self.again(outcome, link);
        let frame = Frame {
            reloads_after: (*outcome == Outcome::UnderWay).then_some(2),
            is_locked: matches!(outcome, Outcome::Suspended { .. }),
            ..Frame::new(self.visitor, self.texts, title.clone())
        };
        let content = ResultPage {
            title,
            lead,
            reloads: *outcome == Outcome::UnderWay,
            again,
        };
        self.site.page(&frame.status(outcome.status()), &content)
    }

    fn linked(
        &self,
        bot: &BotId,
        name: Option<&str>,
        missing: &[String],
        link: &Link,
        is_signed_in: bool,
    ) -> Response {
        let (texts, about) = (self.texts, &self.site.about);
        let unnamed = texts.get("linked-unnamed");
        let extension = about.name.of(texts.language());
        let arguments = [
            ("name", name.unwrap_or(&unnamed).into()),
            ("extension", extension.into()),
        ];
        let content = LinkedPage {
            texts,
            about,
            lead: texts.of("linked", arguments),
            missing: missing.iter().map(|name| scope(texts, name)).collect(),
            begin: link.begin_path(),
            console: format!("{CONSOLE}{bot}/overview"),
            is_signed_in,
        };
        self.site.page(&self.frame("linked-title"), &content)
    }

    fn frame(&self, title: &str) -> Frame<'_> {
        Frame::new(self.visitor, self.texts, self.texts.get(title))
    }

    /// Title and text.
    fn words(&self, outcome: &Outcome) -> (String, String) {
        let texts = self.texts;
        let both = |title: &str, text: &str| (texts.get(title), texts.get(text));
        match outcome {
            Outcome::Linked { .. } => both("linked-title", "linked-title"),
            Outcome::Suspended { name: Some(name) } => (
                texts.get("locked-title"),
                texts.with("locked", "name", name.as_str()),
            ),
            Outcome::Suspended { name: None } => both("locked-title", "locked-unnamed"),
            Outcome::AnotherLinked {
                asked,
                linked,
                stays,
            } => {
                let unnamed = texts.get("another-unnamed");
                let linked = linked.as_deref().unwrap_or(&unnamed);
                let key = match stays {
                    true => "another-stays",
                    false => "another-unlinking",
                };
                let arguments = [("asked", asked.as_str().into()), ("linked", linked.into())];
                (texts.get("another-title"), texts.of(key, arguments))
            }
            Outcome::UnderWay => both("under-way-title", "under-way"),
            Outcome::Uninvited(why) => both("uninvited-title", why.key()),
            Outcome::WrongLimit(wrong) => {
                let text = match wrong {
                    WrongLimit::WithoutAt(id) => texts.with("wrong-link-at", "id", id.as_str()),
                    WrongLimit::NotABasicId => texts.get("wrong-link-id"),
                    WrongLimit::NotInALink(name) => texts.with("wrong-link-name", "name", *name),
                };
                (texts.get("wrong-link-title"), text)
            }
            Outcome::Not(trouble) => {
                let (title, text) = trouble.keys();
                both(title, text)
            }
        }
    }

    /// The button, where there is something to do. Where the link invites nobody, or does not say
    /// rightly whom it is for, there is none: a start without the limit would link any account.
    fn again(&self, outcome: &Outcome, link: &Link) -> Option<(String, String)> {
        match outcome {
            Outcome::Not(Trouble::TryAgain) => {
                Some((self.texts.get("try-again"), self.visitor.place().to_owned()))
            }
            Outcome::Not(_) | Outcome::AnotherLinked { .. } => {
                Some((self.texts.get("again"), link.begin_path()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::Words;

    /// An outcome of every kind.
    fn outcomes() -> Vec<Outcome> {
        let another = |stays| Outcome::AnotherLinked {
            asked: "@shop".into(),
            linked: Some("@other".into()),
            stays,
        };
        let linked = |missing: Vec<String>| Outcome::Linked {
            bot: bot(),
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

    fn bot() -> BotId {
        BotId::new("U1").unwrap()
    }

    /// A page of an extension that has a name and nothing else.
    fn result(language: Language, outcome: &Outcome, link: &Link) -> Response {
        let site = Site::new(About::new(Words::same("E"), Words::same("e")));
        let context = r#"{"http":{"method":"GET","path":"/attach/callback"}}"#;
        let json = format!(
            r#"{{"rawQueryString":"lang={}","requestContext":{context}}}"#,
            language.tag()
        );
        let request = serde_json::from_str(&json).unwrap();
        let visitor = Visitor::of(&request, "https://bot.example.com");
        Pages::new(&site, &visitor).result(outcome, link)
    }

    /// Where the buttons of a page lead.
    fn buttons(page: &str) -> Vec<&str> {
        let parts = page.split("<a class=\"button").skip(1);
        parts
            .filter_map(|part| part.split("href=\"").nth(1)?.split('"').next())
            .collect()
    }

    fn link() -> Link {
        let limit = BasicId::of_link("basic_search_id=@shop");
        limit.unwrap().into()
    }

    #[test]
    fn a_name_from_line_cannot_become_markup() {
        let outcome = Outcome::Linked {
            bot: bot(),
            name: Some("<script>alert(1)</script>".into()),
            missing: vec![],
        };
        for language in Language::ALL {
            let page = result(language, &outcome, &Link::default());
            assert!(!page.body.contains("<script>alert"), "{}", page.body);
            assert!(page.body.contains("&#60;script&#62;"));
        }
    }

    #[test]
    fn a_scope_that_was_not_granted_is_named_with_what_it_is_for() {
        let outcome = Outcome::Linked {
            bot: bot(),
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
                for place in buttons(&page)
                    .into_iter()
                    .filter(|it| !it.starts_with(CONSOLE) && *it != "/attach/callback")
                {
                    assert_eq!(place, "/attach?basic_search_id=%40shop", "{outcome:?}");
                }
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
            let places = buttons(&page);
            let begins = places.iter().any(|it| it.starts_with("/attach"));
            assert_eq!(!begins, leads_nowhere, "{outcome:?}");
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
