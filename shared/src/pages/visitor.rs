//! Who looks at a page: the language they read, and the site by which they came.

use crate::domain::Language;
use crate::gateway::Request;

/// The query parameter of the switch.
const PARAMETER: &str = "lang";
/// How long a choice is kept, in seconds: a year.
const KEPT: u32 = 365 * 24 * 3600;

/// Who looks at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The language that they read.
    pub language: Language,
    /// Whether they have just chosen it.
    has_chosen: bool,
    /// Whether the site is reached by https. On this machine it is not.
    pub is_secure: bool,
    /// What they asked for, without the switch: path and query.
    place: String,
}

impl Visitor {
    /// Of a request to the site `public_url`: the language is the one chosen by the switch, now
    /// or before, else the one that the browser asks for.
    pub fn of(request: &Request, public_url: &str) -> Self {
        let pairs = || form_urlencoded::parse(request.raw_query_string.as_bytes());
        let chosen = pairs()
            .filter(|(name, _)| name == PARAMETER)
            .find_map(|(_, tag)| Language::of_tag(&tag));
        let is_secure = public_url.starts_with("https://");
        let kept = request.cookie(cookie_name(is_secure));
        let kept = kept.and_then(Language::of_tag);
        let asked = || Language::asked_for(request.header("accept-language").unwrap_or_default());
        let mut rest = form_urlencoded::Serializer::new(String::new());
        rest.extend_pairs(pairs().filter(|(name, _)| name != PARAMETER));
        let (path, rest) = (request.path(), rest.finish());
        Self {
            language: chosen.or(kept).unwrap_or_else(asked),
            has_chosen: chosen.is_some(),
            is_secure,
            place: match rest.is_empty() {
                true => path.to_owned(),
                false => format!("{path}?{rest}"),
            },
        }
    }

    /// What they asked for, without the switch: path and query.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Where the same page is in another language.
    pub fn in_language(&self, language: Language) -> String {
        let between = if self.place.contains('?') { '&' } else { '?' };
        format!("{}{between}{PARAMETER}={}", self.place, language.tag())
    }

    /// The cookie that keeps what they have just chosen.
    pub fn cookie(&self) -> Option<String> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        self.has_chosen.then(|| {
            format!(
                "{}={}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Lax{secure}",
                cookie_name(self.is_secure),
                self.language.tag()
            )
        })
    }
}

fn cookie_name(is_secure: bool) -> &'static str {
    match is_secure {
        true => "__Host-lang",
        false => "lang",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(query: &str, cookie: &str) -> Visitor {
        let context = r#"{"http":{"method":"GET","path":"/console/"}}"#;
        let json = format!(
            r#"{{"rawQueryString":"{query}","cookies":["{cookie}"],"headers":{{"accept-language":"en"}},"requestContext":{context}}}"#
        );
        let request = serde_json::from_str(&json).unwrap();
        Visitor::of(&request, "https://bot.example.com")
    }

    #[test]
    fn the_switch_goes_before_what_was_chosen_and_that_before_what_the_browser_asks_for() {
        let kept = "__Host-lang=ja";
        assert_eq!(visitor("lang=th", kept).language, Language::Th);
        assert_eq!(visitor("lang=xx", kept).language, Language::Ja);
        assert_eq!(visitor("", "lang=ja").language, Language::En);
    }

    #[test]
    fn only_a_choice_is_kept() {
        assert_eq!(visitor("", "__Host-lang=ja").cookie(), None);
        let cookie = visitor("lang=th", "").cookie().unwrap();
        assert!(cookie.starts_with("__Host-lang=th; Path=/; Max-Age=31536000; HttpOnly; "));
        assert!(cookie.ends_with("SameSite=Lax; Secure"));
    }

    #[test]
    fn the_switch_keeps_the_rest_of_the_address() {
        let visitor = visitor("a=1&lang=en&b=%26", "");
        let place = visitor.in_language(Language::ZhHant);
        assert_eq!(place, "/console/?a=1&b=%26&lang=zh-Hant");
    }
}
