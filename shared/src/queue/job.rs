//! What crosses the queue: one chat's events of one webhook, as LINE sent them.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::domain::{BotId, Chat, ChatId, ChatKind, EventId, Timestamp};
use crate::hash::sha256_hex;

/// Of most jobs, which the release before this one reads as well.
const VERSION: u32 = 1;
/// Of jobs that it would not understand: they wait for a worker of this one.
const NEWEST: u32 = 2;
/// The kind of the event that asks for its account to be detached: ours, not LINE's.
const DETACH: &str = "@detach";
/// The kind of the event that asks for data to be erased: ours, not LINE's.
pub const ERASE: &str = "@erase";
/// The kind of an event that a module has planned itself: ours, not LINE's.
pub const TIMER: &str = "@timer";
/// The kind of an event that another chat's handler has planned: ours, not LINE's.
pub const SIGNAL: &str = "@signal";
/// The kind of an event by which the company's own systems say something: ours, not LINE's.
pub const COMMAND: &str = "@command";
/// The kind of the event by which the company's billing says whether its account may be served:
/// ours, not LINE's.
pub const ENTITLEMENT: &str = "@entitlement";
/// A chat's events are cut into messages of about this size, in bytes,
const CUT_AT: usize = 200 * 1024;
/// and of this number: a worker must come through one, and DynamoDB reads this number of rows at once.
const MOST_EVENTS: usize = 100;
/// SQS takes ids of groups and deduplication up to this length.
const LONGEST_GROUP: usize = 128;

/// One chat's events, in order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    v: u32,
    /// The account they happened to.
    pub bot: BotId,
    /// The chat they happened in; none for events of the account itself.
    pub chat: Option<ChatId>,
    /// When the webhook arrived, by our clock.
    pub received_at: Timestamp,
    /// API Gateway's id of the webhook's request, if it came by one: it joins the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    pub events: Vec<JobEvent>,
    /// If its event is to be run again, by an operator's wish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
}

/// An event is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Which of the event's replays this is: 1 the first.
    pub number: u32,
    /// Whether also what is done is done again.
    pub force: bool,
    /// When the event reached us first, if that is known: no time that it names counts as
    /// much later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_receipt: Option<Timestamp>,
}

/// One event, as LINE sent it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobEvent {
    pub id: EventId,
    /// LINE's `type`; what begins with @ is ours, and nothing that LINE sends becomes it.
    pub kind: String,
    /// Its JSON.
    pub raw: Box<RawValue>,
}

/// Data that is to be erased: of the job's chat, or where there is none of its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Of its receipt.
    pub id: String,
    /// The account's detach: what is newer stays. None of a chat, of which all is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detached_at: Option<Timestamp>,
    /// Which worker it is for: an account may have more rows than one has time for.
    #[serde(default)]
    pub part: u32,
}

impl Erasure {
    /// Of what an account's detach has left behind: the same for whoever finds it due.
    pub fn of_detach(at: Timestamp) -> Self {
        Self {
            id: format!("detach-{}", at.0),
            detached_at: Some(at),
            part: 0,
        }
    }
}

impl JobEvent {
    /// What is to be erased, if this is what asks for that.
    pub fn erasure(&self) -> Option<Erasure> {
        #[derive(Deserialize)]
        struct Asked {
            erasure: Erasure,
        }
        if self.kind != ERASE {
            return None;
        }
        let asked: Asked = serde_json::from_str(self.raw.get()).ok()?;
        Some(asked.erasure)
    }

    /// The mark for which the account is to be detached, if this is what asks for that.
    pub fn detach_mark(&self) -> Option<Timestamp> {
        #[derive(Deserialize)]
        struct Marked {
            mark: Timestamp,
        }
        if self.kind != DETACH {
            return None;
        }
        let marked: Marked = serde_json::from_str(self.raw.get()).ok()?;
        Some(marked.mark)
    }
}

/// A job as SQS takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `MessageGroupId`.
    pub group: String,
    /// `MessageDeduplicationId`.
    pub deduplication_id: String,
    pub body: String,
}

/// A message that is not a job, or one of a version that this worker does not know.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableJob {
    /// Its JSON is not a job's.
    #[error("the message is not a job")]
    Json(#[source] serde_json::Error),
    /// It was written by a newer version.
    #[error("the job has version {0}, this worker knows {NEWEST}")]
    Version(u32),
}

/// The release before this one knows no signals, no commands, no erasures and nothing of what an
/// account is entitled to, and would do nothing for a timer of an account.
fn version_of(chat: Option<&ChatId>, events: &[JobEvent]) -> u32 {
    let is_new = events.iter().any(|event| match event.kind.as_str() {
        SIGNAL | COMMAND | ENTITLEMENT | ERASE => true,
        TIMER => chat.is_none(),
        _ => false,
    });
    match is_new {
        true => NEWEST,
        false => VERSION,
    }
}

impl Job {
    /// A job for one chat, or for the account itself.
    pub fn new(
        bot: BotId,
        chat: Option<ChatId>,
        received_at: Timestamp,
        events: Vec<JobEvent>,
    ) -> Self {
        Self {
            v: version_of(chat.as_ref(), &events),
            bot,
            chat,
            received_at,
            request_id: None,
            events,
            replay: None,
        }
    }

    /// One that came by the request of this id.
    #[must_use]
    pub fn of_request(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }

    /// A job that runs one event again.
    pub fn again(
        bot: BotId,
        chat: Option<ChatId>,
        now: Timestamp,
        event: JobEvent,
        replay: Replay,
    ) -> Self {
        Self {
            replay: Some(replay),
            ..Self::new(bot, chat, now, vec![event])
        }
    }

    /// A job of the account itself, with one event made by us.
    ///
    /// # Errors
    /// Only if `raw` cannot be written as JSON.
    pub fn of_account(
        bot: BotId,
        now: Timestamp,
        (id, kind, raw): (EventId, &str, Value),
    ) -> Result<Self, serde_json::Error> {
        let kind = kind.to_owned();
        let raw = to_raw_value(&raw)?;
        Ok(Self::new(bot, None, now, vec![JobEvent { id, kind, raw }]))
    }

    /// Asks for the account to be detached, for the mark that its row has. `now` is a time
    /// after the mark was written: workers that have not seen it end within their time.
    ///
    /// # Errors
    /// As [`Job::of_account`].
    pub fn to_detach(
        bot: BotId,
        mark: Timestamp,
        now: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        let id = EventId::dated("detach", mark);
        Self::of_account(bot, now, (id, DETACH, json!({ "mark": mark })))
    }

    /// Asks for data to be erased, of a chat or of the account.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn to_erase(
        bot: BotId,
        chat: Option<&Chat>,
        erasure: &Erasure,
        now: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        let hash = sha256_hex([erasure.id.as_str(), "\n", &erasure.part.to_string()]);
        let event = json!({
            "type": "erase",
            "timestamp": now,
            "erasure": erasure,
            "source": chat.map(source),
        });
        let event = JobEvent {
            id: EventId::hashed("erase", &hash),
            kind: ERASE.to_owned(),
            raw: to_raw_value(&event)?,
        };
        let chat = chat.map(|chat| chat.id.clone());
        Ok(Self::new(bot, chat, now, vec![event]))
    }

    /// Reads a message's body.
    ///
    /// # Errors
    /// [`UnreadableJob`].
    pub fn read(body: &str) -> Result<Self, UnreadableJob> {
        #[derive(Deserialize)]
        struct Version {
            v: u32,
        }
        let Version { v } = serde_json::from_str(body).map_err(UnreadableJob::Json)?;
        if v > NEWEST {
            return Err(UnreadableJob::Version(v));
        }
        serde_json::from_str(body).map_err(UnreadableJob::Json)
    }

    /// The messages that carry it: one, or several if it is large. They must
    /// reach the queue in this order.
    ///
    /// # Errors
    /// Only if the events cannot be written as JSON.
    pub fn into_messages(self) -> Result<Vec<Message>, serde_json::Error> {
        let Self {
            v,
            bot,
            chat,
            received_at,
            request_id,
            events,
            replay,
        } = self;
        let part = |events| Self {
            v,
            bot: bot.clone(),
            chat: chat.clone(),
            received_at,
            request_id: request_id.clone(),
            events,
            replay,
        };
        cut(events)
            .into_iter()
            .map(|events| part(events).into_message())
            .collect()
    }

    fn into_message(self) -> Result<Message, serde_json::Error> {
        let ids = self
            .events
            .iter()
            .flat_map(|event| [event.id.as_str(), "\n"]);
        let run = self.replay.map(|replay| match replay.force {
            true => format!("forced run {}", replay.number),
            false => format!("run {}", replay.number),
        });
        let deduplication_id = sha256_hex(ids.chain(run.as_deref()));
        Ok(Message {
            group: group(&self.bot, self.chat.as_ref()),
            deduplication_id,
            body: with_characters_of_sqs(serde_json::to_string(&self)?),
        })
    }
}

/// A chat's group: `bot#chat`, or `bot#@bot` for the account itself; hashed where
/// SQS would not take it, or where it could be mistaken for another's.
pub fn group(bot: &BotId, chat: Option<&ChatId>) -> String {
    let odd = |id: &str| id.contains('#') || id.starts_with('@');
    let group = format!("{bot}#{}", chat.map_or("@bot", ChatId::as_str));
    let taken = group.len() <= LONGEST_GROUP && group.bytes().all(|byte| byte.is_ascii_graphic());
    if taken && !odd(bot.as_str()) && !chat.is_some_and(|chat| odd(chat.as_str())) {
        return group;
    }
    // NUL is in no id that LINE has ever had, and ends each part.
    sha256_hex([bot.as_str(), "\0", chat.map_or("", ChatId::as_str), "\0"])
}

/// A chat, in the form in which events have it.
fn source(chat: &Chat) -> Value {
    match chat.kind {
        ChatKind::User => json!({ "type": "user", "userId": chat.id }),
        ChatKind::Group => json!({ "type": "group", "groupId": chat.id }),
        ChatKind::Room => json!({ "type": "room", "roomId": chat.id }),
    }
}

fn cut(events: Vec<JobEvent>) -> Vec<Vec<JobEvent>> {
    let mut parts: Vec<Vec<JobEvent>> = Vec::new();
    let mut size = usize::MAX;
    for event in events {
        let length = event.raw.get().len() + event.id.as_str().len() + event.kind.len();
        match parts.last_mut() {
            Some(part) if part.len() < MOST_EVENTS && size.saturating_add(length) <= CUT_AT => {
                part.push(event);
                size += length;
            }
            _ => {
                parts.push(vec![event]);
                size = length;
            }
        }
    }
    parts
}

/// SQS refuses U+FFFE and U+FFFF. In JSON they stand only inside strings, where
/// an escape means the same.
fn with_characters_of_sqs(json: String) -> String {
    if json.contains(['\u{FFFE}', '\u{FFFF}']) {
        json.replace('\u{FFFE}', "\\ufffe")
            .replace('\u{FFFF}', "\\uffff")
    } else {
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, raw: &str) -> JobEvent {
        let raw = RawValue::from_string(raw.to_owned()).unwrap();
        JobEvent {
            id: EventId::new(id).unwrap(),
            kind: "message".into(),
            raw,
        }
    }

    fn job(events: Vec<JobEvent>) -> Job {
        Job::new(
            BotId::new("U1").unwrap(),
            Some(ChatId::new("L2").unwrap()),
            Timestamp(5),
            events,
        )
    }

    #[test]
    fn only_what_the_release_before_would_not_understand_has_a_higher_version() {
        let version = |chat: Option<&str>, kind: &str| {
            let event = JobEvent {
                id: EventId::new("e").unwrap(),
                kind: kind.into(),
                raw: RawValue::from_string("{}".into()).unwrap(),
            };
            let chat = chat.map(|id| ChatId::new(id).unwrap());
            Job::new(BotId::new("U1").unwrap(), chat, Timestamp(1), vec![event]).v
        };
        let chat = Some("L1");
        assert_eq!([version(chat, "message"), version(chat, TIMER)], [1, 1]);
        let new = [
            version(chat, SIGNAL),
            version(chat, COMMAND),
            version(None, ENTITLEMENT),
            version(None, TIMER),
        ];
        assert_eq!(new, [2, 2, 2, 2]);
    }

    #[test]
    fn a_job_comes_out_of_its_message_as_it_went_in() {
        let raw = r#"{ "type": "message", "n": 1.10, "x": "\ud800" }"#;
        let messages = job(vec![event("a", raw)]).into_messages().unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].group, "U1#L2");
        assert_eq!(messages[0].deduplication_id.len(), 64);
        assert_eq!(
            Job::read(&messages[0].body).unwrap().events[0].raw.get(),
            raw
        );
    }

    #[test]
    fn a_large_chat_is_cut_in_order() {
        let raw = format!("\"{}\"", "x".repeat(90 * 1024));
        let events = (0..5).map(|n| event(&n.to_string(), &raw)).collect();
        let messages = job(events).into_messages().unwrap();
        let ids: Vec<Vec<_>> = messages
            .iter()
            .map(|message| {
                Job::read(&message.body)
                    .unwrap()
                    .events
                    .iter()
                    .map(|e| e.id.to_string())
                    .collect()
            })
            .collect();
        assert_eq!(ids, [vec!["0", "1"], vec!["2", "3"], vec!["4"]]);
        assert!(
            messages
                .iter()
                .all(|message| message.body.len() < 210 * 1024)
        );
    }

    #[test]
    fn very_many_small_events_are_cut_by_their_number() {
        let events = |count| (0..count).map(|n| event(&format!("m{n}"), "{}")).collect();
        let sizes = |count| cut(events(count)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(MOST_EVENTS), [MOST_EVENTS]);
        assert_eq!(sizes(MOST_EVENTS + 1), [MOST_EVENTS, 1]);
    }

    #[test]
    fn all_that_is_sent_of_an_event_counts_towards_its_size() {
        let text = "a".repeat(CUT_AT / 2 - "''".len() - "message".len() - "m1".len());
        let raw = format!("\"{text}\"");
        let parts = |ids: [&str; 2]| cut(ids.map(|id| event(id, &raw)).into()).len();
        assert_eq!(parts(["m1", "m2"]), 1);
        assert_eq!(parts(["m1", "m2x"]), 2);
    }

    #[test]
    fn characters_that_sqs_refuses_travel_as_escapes() {
        let messages = job(vec![event("a", "\"\u{FFFE}\u{FFFF}é\"")])
            .into_messages()
            .unwrap();
        assert!(!messages[0].body.contains(['\u{FFFE}', '\u{FFFF}']));
        let read = Job::read(&messages[0].body).unwrap();
        let text: String = serde_json::from_str(read.events[0].raw.get()).unwrap();
        assert_eq!(text, "\u{FFFE}\u{FFFF}é");
    }

    #[test]
    fn a_group_that_sqs_would_refuse_is_hashed() {
        let bot = BotId::new("U1").unwrap();
        assert_eq!(group(&bot, None), "U1#@bot");
        for odd in ["部屋", "with space", "@bot", "a#b", &"x".repeat(130)] {
            let group = group(&bot, Some(&ChatId::new(odd).unwrap()));
            assert_eq!(group.len(), 64, "{odd}");
        }
        let other = BotId::new("U1#a").unwrap();
        let of = |bot, chat: &str| group(bot, Some(&ChatId::new(chat).unwrap()));
        assert_ne!(of(&bot, "a#b"), of(&other, "b"));
    }

    #[test]
    fn a_job_to_detach_keeps_its_mark_and_no_event_of_lines_looks_like_one() {
        let bot = BotId::new("U1").unwrap();
        let job = Job::to_detach(bot, Timestamp(7), Timestamp(9)).unwrap();
        let message = job.into_messages().unwrap().remove(0);
        assert_eq!(message.group, "U1#@bot");
        let read = Job::read(&message.body).unwrap();
        assert_eq!(read.events[0].detach_mark(), Some(Timestamp(7)));
        let other = job_of_a_chat_with("detach");
        assert_eq!(other.events[0].detach_mark(), None);
    }

    #[test]
    fn a_job_to_erase_says_what_and_no_event_of_lines_looks_like_one() {
        let bot = || BotId::new("U1").unwrap();
        let chat = Chat::of_id(ChatId::new("C2").unwrap());
        let erasure = Erasure::of_detach(Timestamp(7));
        for (chat, group) in [(None, "U1#@bot"), (Some(&chat), "U1#C2")] {
            let job = Job::to_erase(bot(), chat, &erasure, Timestamp(9)).unwrap();
            let message = job.into_messages().unwrap().remove(0);
            assert_eq!(message.group, group);
            let read = Job::read(&message.body).unwrap();
            assert_eq!(read.v, NEWEST);
            assert_eq!(read.events[0].erasure(), Some(erasure.clone()));
        }
        let mut other = job_of_a_chat_with("erase");
        let raw = r#"{"erasure": {"id": "a"}}"#.to_owned();
        other.events[0].raw = RawValue::from_string(raw).unwrap();
        assert_eq!(other.events[0].erasure(), None);
    }

    fn job_of_a_chat_with(kind: &str) -> Job {
        let mut event = event("a", r#"{"mark": 7}"#);
        event.kind = kind.into();
        job(vec![event])
    }

    #[test]
    fn a_job_of_another_version_is_distinguished_from_rubbish() {
        assert!(matches!(
            Job::read(r#"{"v":3}"#),
            Err(UnreadableJob::Version(3))
        ));
        assert!(matches!(Job::read("x"), Err(UnreadableJob::Json(_))));
    }
}
