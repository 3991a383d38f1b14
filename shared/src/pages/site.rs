//! What all pages of a function have: whose extension it is, its style, its script.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::frame::{Frame, Shell};
use super::headers;
use crate::domain::{About, Accent};
use crate::gateway::Response;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// LINE's documents have no colour for extensions: a calm green.
const ACCENT: Accent = Accent(0x05, 0x79, 0x3a);

/// What all pages of a function have.
#[derive(Debug, Clone)]
pub struct Site {
    /// Whose extension it is.
    pub about: About,
    style: String,
    /// The icon as an address that holds it.
    icon: Option<String>,
    /// The content security policy.
    policy: String,
}

impl Site {
    /// Of an extension.
    pub fn new(about: About) -> Self {
        let accent = about.accent.unwrap_or(ACCENT);
        let style = format!(
            ":root{{--accent:{accent};--on-accent:{}}}\n{STYLE}",
            accent.ink()
        );
        let icon = about.icon.map(|icon| {
            let bytes = STANDARD.encode(icon.bytes());
            format!("data:{};base64,{bytes}", icon.media_type())
        });
        Self {
            policy: headers::policy(&style, SCRIPT),
            icon,
            style,
            about,
        }
    }

    /// A page.
    pub fn page(&self, frame: &Frame<'_>, content: &impl Template) -> Response {
        let html = content.render().and_then(|content| {
            let shell = Shell {
                site: self,
                frame,
                icon: self.icon.as_deref(),
                style: &self.style,
                script: SCRIPT,
                content: &content,
            };
            shell.render()
        });
        match html {
            Ok(body) => {
                let response = Response {
                    body,
                    ..Response::status(frame.status)
                };
                let response = headers::page(response, &self.policy, frame.visitor.is_secure);
                match frame.visitor.cookie() {
                    Some(cookie) => response.with_cookie(cookie),
                    None => response,
                }
            }
            Err(error) => {
                tracing::error!(%error, "a page could not be made");
                headers::private(Response::text(500, "The page could not be made."))
            }
        }
    }
}
