//! The same calls once more, each with something amiss that LINE refuses: members of
//! wrong types, no header that selects the account, a token that is none, no credentials.

use http::Method;
use http::header::CONTENT_LENGTH;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use shared::line::endpoint::{Facts, Host, Made};
use shared::line::endpoints::table::ALL;

use super::stage::{Seen, Stage};
use super::{Places, Score};
use crate::Failed;

/// Makes each endpoint's first call wrongly, and prints a row for each.
pub(super) async fn wrongly(
    places: &Places,
    stage: &Stage,
    calls: &[Seen],
) -> Result<Score, Failed> {
    let token = stage.token(&places.url(Host::Api)).await?;
    let mut score = Score::default();
    for facts in ALL {
        let seen = calls.iter().find(|seen| is_of(facts, seen));
        let ended = match seen {
            Some(seen) => wrong_call(places, stage, facts, seen, &token).await,
            None => Err("it was not called rightly".into()),
        };
        score.row(facts, &ended);
    }
    Ok(score)
}

fn is_of(facts: &Facts, seen: &Seen) -> bool {
    let (known, called): (Vec<_>, Vec<_>) = (
        facts.path.split('/').collect(),
        seen.path.split('/').collect(),
    );
    let fits = |(known, called): (&&str, &&str)| known.starts_with('{') || known == called;
    seen.method == facts.method.as_str()
        && known.len() == called.len()
        && known.iter().zip(&called).all(fits)
        && !more_exact(facts, &called)
}

/// A JSON body whose members are all of other types than they should be.
fn in_wrong_types(body: &Value) -> Option<Value> {
    let members = body.as_object().filter(|members| !members.is_empty())?;
    let wrong = members.keys().map(|name| (name.clone(), json!([{}])));
    Some(Value::Object(wrong.collect()))
}

/// `/list` is an endpoint of its own beside `/{id}`.
fn more_exact(facts: &Facts, called: &[&str]) -> bool {
    let path = called.join("/");
    let exact = ALL
        .iter()
        .any(|it| it.path == path && it.method == facts.method);
    exact && facts.path != path
}

/// Says its length, so that it is not that which is refused.
fn without_body(request: RequestBuilder, facts: &Facts) -> RequestBuilder {
    match facts.method {
        Method::POST | Method::PUT => request.header(CONTENT_LENGTH, 0),
        _ => request,
    }
}

async fn wrong_call(
    places: &Places,
    stage: &Stage,
    facts: &Facts,
    seen: &Seen,
    token: &str,
) -> Result<String, String> {
    let query = seen.query.as_ref().map(|query| format!("?{query}"));
    let (host, query) = (places.url(facts.host), query.unwrap_or_default());
    let url = format!("{host}{}{query}", seen.path);
    let request = reqwest::Client::new().request(facts.method.clone(), url);
    let (request, amiss) = match (facts.made, in_wrong_types(&seen.request)) {
        (Made::ForBot, Some(body)) => {
            let request = request.header(&stage.bot_header, stage.bot());
            (
                request.bearer_auth(token).json(&body),
                "with members of wrong types",
            )
        }
        (Made::ForBot, None) => (
            without_body(request, facts).bearer_auth(token),
            "without the bot header",
        ),
        (Made::AsChannel, _) => (
            without_body(request, facts).bearer_auth("none"),
            "with a token that is none",
        ),
        (Made::Openly, _) if facts.method == Method::POST => {
            let form = [("grant_type", "client_credentials")];
            (request.form(&form), "without credentials")
        }
        // The emulator has masked in its log what was secret.
        (Made::Openly, _) => (request, "with credentials that are none"),
    };
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body: Value = answer
        .json()
        .await
        .map_err(|_| format!("{status}, and no JSON"))?;
    let members = [&body["message"], &body["error"]];
    let words = members.into_iter().find_map(Value::as_str);
    match words.filter(|_| status.is_client_error()) {
        Some(words) => Ok(format!("{amiss}: {} {words}", status.as_u16())),
        None => Err(format!("{amiss}: {status} {body}")),
    }
}
