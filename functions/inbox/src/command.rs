//! A command, and the job that it becomes. Names that begin with @ are the bundle's own.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use shared::domain::{Chat, Entitlement, EventId, Timestamp};
use shared::line::command::{Said, write};
use shared::line::entitlement as own;
use shared::queue::{COMMAND, ENTITLEMENT, Job, JobEvent};

use crate::entitlement;
use crate::place::Place;
use crate::refusal::Refusal;
use crate::signed::VerifiedCall;

/// In bytes, as it is written.
pub(crate) const LARGEST_PAYLOAD: usize = 64 * 1024;
/// In bytes: with what stands around the payload.
pub(crate) const LARGEST_BODY: usize = LARGEST_PAYLOAD + 4 * 1024;
/// In bytes.
const LONGEST_NAME: usize = 100;
const LONGEST_ID: usize = 100;

/// A command that can be queued.
#[derive(Debug)]
pub(crate) struct Command {
    place: Place,
    id: String,
    what: What,
}

/// Whom it is for.
#[derive(Debug)]
enum What {
    /// The module.
    Said {
        name: String,
        payload: Box<RawValue>,
    },
    /// The bundle itself: whether the account may be served.
    Entitled(Entitlement),
}

/// The body of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    name: String,
    id: String,
    payload: Box<RawValue>,
}

/// The event of a direct invocation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invocation {
    bot: String,
    #[serde(default)]
    chat: Option<String>,
    name: String,
    id: String,
    payload: Value,
}

impl Command {
    /// From the body of a request to this place.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::TooLarge`].
    pub(crate) fn of_body(place: Place, body: &VerifiedCall) -> Result<Self, Refusal> {
        let body: Body = serde_json::from_slice(body.bytes()).map_err(malformed)?;
        let Body { name, id, payload } = body;
        Self::new(place, name, id, payload)
    }

    /// From the event of a direct invocation.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::TooLarge`], and those of the place.
    pub(crate) fn of_invocation(event: Value) -> Result<Self, Refusal> {
        let event: Invocation = serde_json::from_value(event).map_err(malformed)?;
        let place = Place::new(&event.bot, event.chat.as_deref())?;
        let payload = to_raw_value(&event.payload).map_err(malformed)?;
        Self::new(place, event.name, event.id, payload)
    }

    fn new(
        place: Place,
        name: String,
        id: String,
        payload: Box<RawValue>,
    ) -> Result<Self, Refusal> {
        if payload.get().len() > LARGEST_PAYLOAD {
            return Err(Refusal::TooLarge);
        }
        // Raw JSON may nest or escape in a way that nobody can read.
        let readable: Result<Value, _> = serde_json::from_str(payload.get());
        readable.map_err(|error| Refusal::Malformed(format!("the payload: {error}")))?;
        if !(1..=LONGEST_NAME).contains(&name.len()) || name.contains(char::is_control) {
            let reason = format!("name has 1 to {LONGEST_NAME} bytes and no control characters");
            return Err(Refusal::Malformed(reason));
        }
        let is_visible = id.bytes().all(|byte| byte.is_ascii_graphic());
        if !(1..=LONGEST_ID).contains(&id.len()) || !is_visible {
            let reason = format!("id has 1 to {LONGEST_ID} visible characters of ASCII");
            return Err(Refusal::Malformed(reason));
        }
        let what = match name.as_str() {
            entitlement::NAME => What::Entitled(entitlement::read(&place, &payload)?),
            name if name.starts_with('@') => {
                let reason = format!(
                    "names that begin with @ are our own, and of these there is {} alone",
                    entitlement::NAME
                );
                return Err(Refusal::Malformed(reason));
            }
            _ => What::Said { name, payload },
        };
        Ok(Self { place, id, what })
    }

    /// The event's id, and the job that carries it: the same for the same id in the same place,
    /// so that the queue takes it once within five minutes, and the ledger for thirty days.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub(crate) fn into_job(
        self,
        received_at: Timestamp,
        request_id: Option<String>,
    ) -> Result<(EventId, Job), Refusal> {
        let Place { bot, chat } = self.place;
        let id = EventId::new(format!("command-{}", self.id)).map_err(malformed)?;
        let (kind, raw) = match self.what {
            What::Said { name, payload } => {
                let said = Said {
                    name: &name,
                    id: &self.id,
                    payload: &payload,
                };
                let of_chat = chat.clone().map(Chat::of_id);
                (COMMAND, write(of_chat.as_ref(), received_at, said))
            }
            What::Entitled(said) => (ENTITLEMENT, own::write(said, received_at)),
        };
        let event = JobEvent {
            id: id.clone(),
            kind: kind.to_owned(),
            raw: raw.map_err(malformed)?,
        };
        let job = Job::new(bot, chat, received_at, vec![event]);
        Ok((id, job.of_request(request_id)))
    }
}

fn malformed(error: impl std::fmt::Display) -> Refusal {
    Refusal::Malformed(error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn invoked(member: &str, value: Value) -> Result<Command, Refusal> {
        let mut event = json!({"bot": "U1", "name": "booked", "id": "web-1", "payload": {}});
        event[member] = value;
        Command::of_invocation(event)
    }

    #[test]
    fn the_event_has_the_callers_id_and_is_the_same_each_time() {
        let job = |at| {
            let command = invoked("chat", json!("L2")).unwrap();
            let (id, job) = command.into_job(Timestamp(at), None).unwrap();
            assert_eq!(id.as_str(), "command-web-1");
            job.into_messages().unwrap().remove(0)
        };
        let (first, second) = (job(5), job(7));
        assert_eq!(first.group, "U1#L2");
        assert_eq!(first.deduplication_id, second.deduplication_id);
    }

    #[test]
    fn a_command_to_the_account_is_in_the_accounts_group() {
        let command = invoked("chat", Value::Null).unwrap();
        let (_, job) = command.into_job(Timestamp(5), None).unwrap();
        let read = Job::read(&job.into_messages().unwrap()[0].body).unwrap();
        assert_eq!((read.chat, read.events[0].kind.as_str()), (None, COMMAND));
        let raw: Value = serde_json::from_str(read.events[0].raw.get()).unwrap();
        assert!(raw["source"].is_null(), "{raw}");
    }

    #[test]
    fn what_billing_says_is_in_the_accounts_group_and_no_command_of_the_modules() {
        let command = |name: &str| {
            Command::of_invocation(json!({"bot": "U1", "name": name, "id": "bill-7",
                "payload": {"entitled": "no"}}))
        };
        let (id, job) = command("@entitlement")
            .unwrap()
            .into_job(Timestamp(5), None)
            .unwrap();
        assert_eq!(id.as_str(), "command-bill-7");
        let read = Job::read(&job.into_messages().unwrap()[0].body).unwrap();
        assert_eq!(
            (read.chat, read.events[0].kind.as_str()),
            (None, ENTITLEMENT)
        );
        for reserved in ["@entitled", "@command", "@"] {
            let refusal = command(reserved).unwrap_err();
            assert!(refusal.message().contains("begin with @"), "{reserved}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let reason = |member: &str, value: Value| match invoked(member, value).unwrap_err() {
            Refusal::Malformed(reason) => reason,
            other => panic!("{other:?}"),
        };
        assert!(reason("name", json!("")).starts_with("name has 1 to 100"));
        assert!(reason("name", json!("a\nb")).starts_with("name has 1 to 100"));
        assert!(reason("id", json!("x".repeat(101))).starts_with("id has 1 to 100"));
        assert!(reason("id", json!("予約")).starts_with("id has 1 to 100"));
        assert!(reason("id", json!(7)).contains("invalid type"));
        assert!(reason("chatt", json!("L1")).contains("unknown field `chatt`"));
    }

    #[test]
    fn a_payload_has_64_kib_at_most() {
        let of = |bytes: usize| invoked("payload", json!("x".repeat(bytes - 2)));
        assert!(of(LARGEST_PAYLOAD).is_ok());
        assert!(matches!(of(LARGEST_PAYLOAD + 1), Err(Refusal::TooLarge)));
    }
}
