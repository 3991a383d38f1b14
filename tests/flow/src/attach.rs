//! An attach function of the test's own beside the stack's: with connections that can be
//! made to fail, and without waits.

use std::sync::{Mutex, PoisonError};

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use local::talk::Browser;
use serde_json::json;
use shared::gateway::Response;

use crate::Bundle;
use crate::faulty::Faulty;
use crate::hurry::Hurry;
use crate::worker::TIMEOUTS;

/// An admin begins an attach in this browser, and links the bundle's account; gives where LINE
/// sends the browser back to.
pub async fn links(browser: &mut Browser, bundle: &Bundle) -> String {
    let begun = browser.open("/attach").await.expect("it is begun");
    let url = begun.leads_to().expect("it leads to LINE");
    let back = bundle.stack.line.link(url, &bundle.bot).await;
    back.expect("the account is linked")
}

/// An attach function, and a browser's cookies.
pub struct Attach {
    /// The function.
    pub app: attach::App,
    /// Its connection to LINE.
    pub line: Faulty,
    /// Its connection to DynamoDB.
    pub table: Faulty,
    cookies: Mutex<Vec<String>>,
}

impl Attach {
    /// One over a bundle's table, queue and LINE.
    pub fn new(bundle: &Bundle) -> Self {
        let [line, table] = [(); 2].map(|()| Faulty::default());
        let ground = bundle
            .stack
            .ground
            .clone()
            .with_timeouts(TIMEOUTS)
            .with_sleep(SharedAsyncSleep::new(Hurry))
            .with_line_over(line.connector())
            .with_dynamodb_over(table.client());
        let config = attach::Config::read(&bundle.env()).expect("its variables");
        Self {
            app: attach::App::new(config, shared::domain::About::unnamed(), &ground),
            line,
            table,
            cookies: Mutex::default(),
        }
    }

    /// Starts an attach by this path; gives where LINE sends the admin back to who links `bot`.
    pub async fn begins(&self, bundle: &Bundle, path: &str, bot: &str) -> String {
        let answer = self.opens(path).await;
        let url = answer.headers.get("location").expect("it leads to LINE");
        let back = bundle.stack.line.link(url, bot).await;
        back.expect("the account is linked")
    }

    /// Opens a page: a path, or a whole URL of the bundle.
    pub async fn opens(&self, place: &str) -> Response {
        let answer = self.asked(place, &self.jar()).await;
        let new = answer.cookies.iter();
        let pairs = new.filter_map(|cookie| Some(cookie.split(';').next()?.to_owned()));
        let mut jar = self.jar();
        for pair in pairs {
            let name = pair.split('=').next().unwrap_or_default();
            jar.retain(|kept| kept.split('=').next() != Some(name));
            if !pair.ends_with('=') {
                jar.push(pair);
            }
        }
        *self.cookies.lock().unwrap_or_else(PoisonError::into_inner) = jar;
        answer
    }

    /// The same, by a browser with other values of the same cookies.
    pub async fn is_opened_elsewhere(&self, place: &str) -> Response {
        let cookies = self.jar().into_iter().map(|cookie| format!("{cookie}0"));
        self.asked(place, &cookies.collect::<Vec<_>>()).await
    }

    async fn asked(&self, place: &str, cookies: &[String]) -> Response {
        let at = place.find("/attach").unwrap_or_default();
        let (path, query) = place[at..].split_once('?').unwrap_or((&place[at..], ""));
        let request = json!({
            "routeKey": format!("GET {path}"),
            "rawQueryString": query,
            "cookies": cookies,
            "headers": {"accept-language": "en"},
        });
        let request = serde_json::from_value(request).expect("a request");
        attach::handle(&self.app, request).await
    }

    fn jar(&self) -> Vec<String> {
        let jar = self.cookies.lock();
        jar.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
