//! `send-event`: something is said to the inbox, as the company's own systems say it.

use std::io::IsTerminal as _;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::aws::Timeouts;
use shared::domain::{BotId, Timestamp};
use shared::env::Env;
use shared::random::Random;
use shared::secret::SecretPlace;

use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Report, Screen};
use crate::site::{Site, exchange};

#[derive(Args)]
pub(crate) struct SendEvent {
    /// The account: its bot id, or its basic id.
    account: String,
    /// The command's name, behind the chat's id if it is for one: [CHAT] NAME.
    #[arg(required = true, num_args = 1..=2, value_name = "[CHAT] NAME")]
    to: Vec<String>,
    /// Its JSON; without it, the standard input is read, and from a terminal it is {}.
    #[arg(long, value_name = "JSON")]
    payload: Option<String>,
    /// The command's id: one with the same id is taken once. Without it, a new one.
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    why: Why,
}

/// It is in the queue.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    bot: BotId,
    event: String,
}

impl SendEvent {
    pub(crate) async fn run(&self, site: &Site) -> Result<Said, Failure> {
        let bot = site.account(&self.account).await?;
        let (chat, name) = match self.to.as_slice() {
            [chat, name] => (Some(chat), name),
            [name] => (None, name),
            _ => return Err(Failure::Refused("give [CHAT] NAME".into())),
        };
        let payload = self.payload()?;
        let new_id = || format!("modctl-{}", Random::system().alphanumeric(16));
        let id = self.id.clone().unwrap_or_else(new_id);
        let place = chat.map_or_else(|| bot.to_string(), |chat| format!("{bot}/{chat}"));
        let change = Change {
            bot: Some(&bot),
            what: format!("send-event {name}"),
            about: chat.cloned(),
            why: &self.why,
            count: 1,
        };
        let body = json!({ "name": name, "id": id, "payload": payload }).to_string();
        let work = async {
            let answer = post(site, &place, body).await?;
            let event = answer["event"].as_str().unwrap_or_default().to_owned();
            let bot = bot.clone();
            Ok(Said { bot, event })
        };
        audited(site, change, work, |said| {
            format!("queued as {}", said.event)
        })
        .await
    }

    fn payload(&self) -> Result<Box<RawValue>, Failure> {
        let text = match &self.payload {
            Some(text) => text.clone(),
            None if std::io::stdin().is_terminal() => "{}".into(),
            None => std::io::read_to_string(std::io::stdin())
                .map_err(|error| Failure::Refused(format!("the standard input: {error}")))?,
        };
        let text = match text.trim() {
            "" => "{}".to_owned(),
            text => text.to_owned(),
        };
        let payload = RawValue::from_string(text);
        payload.map_err(|error| Failure::Refused(format!("the payload is no JSON: {error}")))
    }
}

/// Posts it signed, and gives what the inbox answers.
async fn post(site: &Site, place: &str, body: String) -> Result<Value, Failure> {
    let keys = SecretPlace::of_inbox(&inbox_variables(site).await?)?;
    let keys = site.ground().secret(keys, Timeouts::DEFAULT).get().await;
    let keys = keys.map_err(|error| Failure::Refused(error.to_string()))?;
    let seconds = u64::try_from(Timestamp::seconds(site.now())).unwrap_or_default();
    let path = format!("/inbox/{place}");
    let signature = inbox::sign(&keys.accepted()[0], seconds, &path, body.as_bytes());
    let mut request = HttpRequest::new(SdkBody::from(body));
    let url = format!("{}/{place}", site.inbox_url()?);
    let method = request.set_method("POST");
    method.map_err(|error| Failure::Refused(format!("{url}: {error}")))?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/json");
    headers.insert(inbox::TIMESTAMP_HEADER, seconds.to_string());
    headers.insert(inbox::SIGNATURE_HEADER, signature);
    let (status, body) = exchange(request, &url).await?;
    answered(status, &body)
}

fn answered(status: u16, body: &[u8]) -> Result<Value, Failure> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match status {
        202 => Ok(body),
        404 => Err(Failure::NotFound(format!(
            "the inbox answers 404: {}",
            body["message"].as_str().unwrap_or("there is no such place")
        ))),
        status => Err(Failure::Refused(format!(
            "the inbox answers {status}: {}",
            body["message"].as_str().unwrap_or("it does not say why")
        ))),
    }
}

/// The variables of the worker name the secret, in which the inbox's keys are too.
async fn inbox_variables(site: &Site) -> Result<Env, Failure> {
    Ok(Env::from_map(site.variables().await?))
}

impl Report for Said {
    fn print(&self, screen: &mut Screen) {
        let Self { bot, event } = self;
        screen.line(&format!(
            "It is in the queue as the event {event} of {bot}."
        ));
    }
}
