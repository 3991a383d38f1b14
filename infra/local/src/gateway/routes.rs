//! Which route takes a request.

use std::collections::BTreeMap;

use template_file::Route;

/// The routes of an HTTP API.
#[derive(Debug)]
pub(super) struct Routes {
    routes: Vec<Route>,
}

/// A route that takes a request, with what its variables stand for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Match<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

/// How well a route fits. Greater fits better: path before method.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    path: PathFit,
    exact_method: bool,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum PathFit {
    Default,
    /// With the number of segments before the greedy variable: the longer start is the more specific one.
    Greedy(usize),
    /// With the number of segments that are no variables.
    Full(usize),
}

impl Routes {
    pub(super) fn new(routes: Vec<Route>) -> Self {
        Self { routes }
    }

    /// The most specific route for this method and decoded path.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Match<'_>> {
        self.routes
            .iter()
            .filter(|route| route.method == "ANY" || route.method == method)
            .filter_map(|route| {
                let (path, parameters) = fit(&route.path, path)?;
                let exact_method = route.method != "ANY";
                Some((Fit { path, exact_method }, Match { route, parameters }))
            })
            .max_by(|(a, _), (b, _)| a.cmp(b))
            .map(|(_, matched)| matched)
    }
}

/// How the route's path fits the request's, and what its variables are then.
fn fit(pattern: &str, path: &str) -> Option<(PathFit, BTreeMap<String, String>)> {
    let mut parameters = BTreeMap::new();
    if pattern == "$default" {
        return Some((PathFit::Default, parameters));
    }
    let mut rest = path.strip_prefix('/')?;
    let mut plain = 0;
    let mut segments = pattern.strip_prefix('/')?.split('/').enumerate().peekable();
    while let Some((index, segment)) = segments.next() {
        if let Some(name) = variable(segment, "+}") {
            parameters.insert(name.to_owned(), rest.to_owned());
            return (!rest.is_empty()).then_some((PathFit::Greedy(index), parameters));
        }
        let (here, after) = match rest.split_once('/') {
            Some((here, after)) => (here, Some(after)),
            None => (rest, None),
        };
        match variable(segment, "}") {
            Some(name) if !here.is_empty() => {
                parameters.insert(name.to_owned(), here.to_owned());
            }
            None if here == segment => plain += 1,
            _ => return None,
        }
        rest = match (after, segments.peek()) {
            (Some(after), Some(_)) => after,
            (None, None) => return Some((PathFit::Full(plain), parameters)),
            _ => return None,
        };
    }
    None
}

fn variable<'p>(segment: &'p str, end: &str) -> Option<&'p str> {
    segment.strip_prefix('{')?.strip_suffix(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(keys: &[&str]) -> Routes {
        let route = |key: &&str| {
            let (method, path) = key.split_once(' ').unwrap_or(("ANY", key));
            Route {
                method: method.to_owned(),
                path: path.to_owned(),
                function: (*key).to_owned(),
            }
        };
        Routes::new(keys.iter().map(route).collect())
    }

    fn found(keys: &[&str], method: &str, path: &str) -> Option<String> {
        let routes = routes(keys);
        let key = routes.find(method, path)?.route.function.clone();
        Some(key)
    }

    #[test]
    fn a_path_is_matched_whole() {
        let keys = ["GET /", "GET /attach", "GET /attach/callback"];
        assert_eq!(found(&keys, "GET", "/").as_deref(), Some("GET /"));
        assert_eq!(
            found(&keys, "GET", "/attach").as_deref(),
            Some("GET /attach")
        );
        assert_eq!(
            found(&keys, "GET", "/attach/callback").as_deref(),
            Some("GET /attach/callback")
        );
        for other in ["/attach/", "/attach/other", "/Attach", "/x", "//"] {
            assert_eq!(found(&keys, "GET", other), None, "{other}");
        }
    }

    #[test]
    fn another_method_is_not_routed() {
        let keys = ["GET /attach"];
        assert_eq!(found(&keys, "POST", "/attach"), None);
        assert_eq!(found(&keys, "HEAD", "/attach"), None);
    }

    #[test]
    fn the_most_specific_route_is_taken() {
        let keys = [
            "$default",
            "ANY /{proxy+}",
            "ANY /console/{proxy+}",
            "ANY /console/help",
            "GET /console/help",
            "GET /console/{page}",
        ];
        let taken = |method, path| found(&keys, method, path).unwrap();
        assert_eq!(taken("GET", "/console/help"), "GET /console/help");
        assert_eq!(taken("POST", "/console/help"), "ANY /console/help");
        assert_eq!(taken("GET", "/console/other"), "GET /console/{page}");
        assert_eq!(taken("GET", "/console/a/b"), "ANY /console/{proxy+}");
        assert_eq!(taken("GET", "/a/b"), "ANY /{proxy+}");
        assert_eq!(taken("GET", "/"), "$default");
    }

    #[test]
    fn variables_are_what_stands_in_their_place() {
        let routes = routes(&["GET /bots/{bot}/chats/{chat}", "ANY /console/{proxy+}"]);
        let parameters = |path| routes.find("GET", path).unwrap().parameters;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            parameters("/bots/U1/chats/C1"),
            BTreeMap::from([pair("bot", "U1"), pair("chat", "C1")])
        );
        assert_eq!(
            parameters("/console/a/b"),
            BTreeMap::from([pair("proxy", "a/b")])
        );
    }

    #[test]
    fn a_variable_is_never_empty() {
        let keys = ["GET /bots/{bot}", "ANY /console/{proxy+}"];
        for path in ["/bots/", "/bots", "/console/", "/console"] {
            assert_eq!(found(&keys, "GET", path), None, "{path}");
        }
    }
}
