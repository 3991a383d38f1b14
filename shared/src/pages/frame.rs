//! What stands around a page's own content.

use askama::Template;

use super::site::Site;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::domain::Language;

/// What stands around a page's own content.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The answer's status.
    pub status: u16,
    pub visitor: &'a Visitor,
    pub texts: &'a Texts,
    /// The page's own title.
    pub title: String,
    /// The account that it is about, by its name.
    pub account: Option<String>,
    /// Where else one can go.
    pub nav: Vec<NavItem>,
    /// What stands at the end of the head: other accounts, signing out.
    pub links: Vec<Link>,
    /// Whether the page has its content and nothing else: no head, no way to another page.
    pub is_locked: bool,
    /// After how many seconds the page loads itself again, if it does.
    pub reloads_after: Option<u32>,
}

/// A place in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// What it is called.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// Whether the page is there.
    pub is_current: bool,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl<'a> Frame<'a> {
    /// A page with its title, and no way to another one of ours.
    pub fn new(visitor: &'a Visitor, texts: &'a Texts, title: impl Into<String>) -> Self {
        Self {
            status: 200,
            visitor,
            texts,
            title: title.into(),
            account: None,
            nav: Vec::new(),
            links: Vec::new(),
            is_locked: false,
            reloads_after: None,
        }
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// With its content and nothing else.
    #[must_use]
    pub fn locked(self) -> Self {
        let is_locked = true;
        Self { is_locked, ..self }
    }
}

/// A whole page.
#[derive(Template)]
#[template(path = "shell.html")]
pub(super) struct Shell<'a> {
    pub(super) site: &'a Site,
    pub(super) frame: &'a Frame<'a>,
    pub(super) icon: Option<&'a str>,
    pub(super) style: &'a str,
    pub(super) script: &'a str,
    pub(super) content: &'a str,
}

impl Shell<'_> {
    fn language(&self) -> Language {
        self.frame.texts.language()
    }

    fn text(&self, key: &str) -> String {
        self.frame.texts.get(key)
    }

    fn is_current(&self, tag: &str) -> bool {
        tag == self.language().tag()
    }

    /// Each language: its tag, its own name, where the page is in it.
    fn languages(&self) -> Vec<(&'static str, &'static str, String)> {
        let all = Language::ALL.into_iter();
        all.map(|it| (it.tag(), it.own_name(), self.frame.visitor.in_language(it)))
            .collect()
    }
}
