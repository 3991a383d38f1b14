//! What comes back from LINE's link screen, or from anybody: any query, and any cookies.

use serde_json::{Value, json};
use shared::gateway::Response;
use shared::store::{AttachUnderWay, Store, browser_hash};

use crate::doors::mutate::hostile;
use crate::doors::world::{NOW, World};
use crate::doors::{Dice, Door, Verdict};

const STATE: &str = "Q7yCJtNjPJkgW2WkVJlqL0xR4nGhTz9b";
const SECRET: &str = "zYx9WvUt8SrQp7OnMl6KjIh5GfEd4CbA";
const TERMS: &str = r#"{"verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","terms":{"redirect_uri":"https://bundle.example/attach/callback","scope":"message:send message:receive"}}"#;

const QUERIES: [&str; 8] = [
    "state=STATE&code=good",
    "state=STATE&code=a%2Bcode",
    "state=STATE&error=access_denied&error_description=no",
    "state=STATE",
    "state=STATE&code=one&code=good",
    "code=good",
    "basic_search_id=%40shop",
    "state=%E9%83%A8%00&code=%FF%FE",
];

/// The doors at `/attach` and `/attach/callback`. An input is a query, and below it cookies.
pub struct Query {
    attach: attach::App,
    store: Store,
}

impl Default for Query {
    fn default() -> Self {
        let world = World::default();
        Self {
            attach: world.attach(),
            store: world.store(),
        }
    }
}

impl Door for Query {
    const NAME: &'static str = "query";

    fn input(dice: &mut Dice) -> Vec<u8> {
        let query = dice.pick(&QUERIES).replace("STATE", STATE);
        let name: String = browser_hash(STATE).chars().take(16).collect();
        let cookie = format!("__Host-attach-{name}={SECRET}");
        let cookies = match dice.below(6) {
            0 => String::new(),
            1 => format!("a=1, {cookie}"),
            2 => format!("{cookie}0\n{cookie}"),
            _ => format!("a=1\n{cookie}"),
        };
        match dice.one_in(3) {
            true => hostile(dice, format!("{query}\n{cookies}").as_bytes()),
            false => {
                let mut input = hostile(dice, query.as_bytes());
                input.push(b'\n');
                input.extend_from_slice(cookies.as_bytes());
                input
            }
        }
    }

    async fn judge(&self, input: &[u8]) -> Verdict {
        let browser = browser_hash(SECRET);
        let under_way = AttachUnderWay::new(browser, TERMS.to_owned(), NOW.seconds() + 900);
        let begun = self.store.begin_attach(STATE, &under_way).await;
        begun.map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(input);
        let (query, cookies) = text.split_once('\n').unwrap_or((&text, ""));
        let cookies: Vec<_> = cookies.split('\n').collect();
        let begin = self.asked("/attach", query, &cookies).await?;
        let end = self.asked("/attach/callback", query, &cookies).await?;
        Ok(format!("begin {begin} end {end}"))
    }
}

impl Query {
    async fn asked(&self, path: &str, query: &str, cookies: &[&str]) -> Result<u16, String> {
        let route = format!("GET {path}");
        let context = json!({"domainName": "bundle.example"});
        let payload: Value = json!({"version": "2.0", "routeKey": route, "rawQueryString": query, "cookies": cookies, "requestContext": context});
        let request = serde_json::from_value(payload).expect("a request");
        let response = attach::handle(&self.attach, request).await;
        match response.status_code {
            200..500 if is_sendable(&response) => Ok(response.status_code),
            status => Err(format!("{path}: {status}, {:?}", response.headers)),
        }
    }
}

/// No header can become two.
fn is_sendable(response: &Response) -> bool {
    let mut headers = response.headers.values().chain(&response.cookies);
    headers.all(|header| header.bytes().all(|byte| matches!(byte, b' '..=b'~')))
}
