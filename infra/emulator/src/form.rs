//! Form bodies and query strings, decoded exactly once.

use percent_encoding::percent_decode_str;

/// The parameters of a query or form, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Takes the text apart. `plus_is_space` as in [`crate::Settings::plus_is_space`].
    pub(crate) fn parse(text: &str, plus_is_space: bool) -> Self {
        let decode = |part: &str| {
            let spaced = if plus_is_space {
                part.replace('+', " ")
            } else {
                part.to_owned()
            };
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The name of a parameter that is there more than once, which OAuth 2.0 forbids.
    pub(crate) fn repeated(&self) -> Option<&str> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names
            .enumerate()
            .find(|(place, name)| self.0[..*place].iter().any(|(earlier, _)| earlier == name))
            .map(|(_, name)| name)
    }

    /// All parameters.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Adds parameters to a URL that may have a query already.
pub(crate) fn with_query(url: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    // `%20` rather than `+`: the same to a form decoder, and right for others too.
    let query = query.finish().replace('+', "%20");
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::{Form, with_query};

    #[test]
    fn values_are_decoded_exactly_once() {
        let form = Form::parse("scope=a%3Ab%20c&twice=a%253Ab&plus=a+b", false);
        assert_eq!(form.get("scope"), Some("a:b c"));
        assert_eq!(form.get("twice"), Some("a%3Ab"));
        assert_eq!(form.get("plus"), Some("a+b"));
        assert_eq!(Form::parse("plus=a+b", true).get("plus"), Some("a b"));
    }

    #[test]
    fn a_repeated_parameter_is_found() {
        assert_eq!(Form::parse("a=1&b=2&a=3", false).repeated(), Some("a"));
        assert_eq!(Form::parse("a=1&b=2", false).repeated(), None);
    }

    #[test]
    fn a_query_is_added_to_one_that_is_there() {
        let url = with_query("https://a/b?c=d", &[("state", "x y")]);
        assert_eq!(url, "https://a/b?c=d&state=x%20y");
    }
}
