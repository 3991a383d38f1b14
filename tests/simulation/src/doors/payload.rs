//! What API Gateway hands to a function, or anybody who may call it. What is no
//! payload at all never gets to our code: Lambda answers for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use shared::gateway::Request;

use crate::doors::mutate::{hostile, odd_json};
use crate::doors::samples::{NEIGHBOUR, SECRETS, body, sign};
use crate::doors::world::World;
use crate::doors::{Dice, Door, Verdict};

const ROUTES: [&str; 6] = [
    "GET /",
    "GET /attach",
    "GET /attach/callback",
    "GET /health",
    "POST /webhook",
    "$default",
];

/// The doors of webhook and attach, with any JSON.
pub struct Payload {
    world: World,
    webhook: webhook::App,
    attach: attach::App,
}

impl Default for Payload {
    fn default() -> Self {
        let world = World::default();
        Self {
            webhook: world.webhook(),
            attach: world.attach(),
            world,
        }
    }
}

impl Door for Payload {
    const NAME: &'static str = "payload";

    fn input(dice: &mut Dice) -> Vec<u8> {
        let sample = sample(dice);
        match dice.one_in(3) {
            true => hostile(dice, &sample),
            false => odd_json(dice, &sample),
        }
    }

    async fn judge(&self, input: &[u8]) -> Verdict {
        let read = || serde_json::from_slice::<Request>(input);
        let (Ok(first), Ok(second)) = (read(), read()) else {
            return Ok("no payload".to_owned());
        };
        let webhook = webhook::handle(&self.webhook, first).await.status_code;
        let queued = self.world.queue.taken().len();
        if !matches!((webhook, queued), (200, _) | (400 | 401, 0)) {
            return Err(format!(
                "the webhook answers {webhook}, {queued} are queued"
            ));
        }
        let attach = attach::handle(&self.attach, second).await.status_code;
        match attach {
            200..500 => Ok(format!("webhook {webhook} attach {attach}")),
            _ => Err(format!("attach answers {attach}")),
        }
    }
}

fn sample(dice: &mut Dice) -> Vec<u8> {
    let body = body(&[NEIGHBOUR.into()]);
    let coded = dice.one_in(2);
    let text = match coded {
        true => STANDARD.encode(&body),
        false => String::from_utf8_lossy(&body).into_owned(),
    };
    let route = dice.pick(&ROUTES);
    let (method, path) = route.split_once(' ').unwrap_or(("GET", "/attach/callback"));
    let http = json!({"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "LineBotWebhook/2.0"});
    let context = json!({"accountId": "1", "apiId": "a", "domainName": "bundle.example", "http": http, "requestId": "r", "routeKey": route, "stage": "$default", "time": "14/Jan/2027:00:00:00 +0000", "timeEpoch": 1_800_000_000_000_u64});
    let headers = json!({"content-type": "application/json", "accept-language": "en;q=0.8,ja;q=0.9", "host": "bundle.example", "x-line-signature": sign(SECRETS[0], &body)});
    let version = dice.pick(&["2.0", "1.0", ""]);
    let payload = json!({"version": version, "routeKey": route, "rawPath": path, "rawQueryString": "state=s&code=c", "cookies": ["a=1", "b=2, c=3"], "headers": headers, "requestContext": context, "body": text, "isBase64Encoded": coded});
    payload.to_string().into_bytes()
}
