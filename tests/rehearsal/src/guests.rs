//! Guests of an account who write, and what becomes of each of their messages: in the ledger, and at LINE.

use std::collections::HashMap;
use std::time::Duration;

use emulator::{Deliver, EventsRequest, Held, Outcome as Sending};
use futures::future::try_join_all;
use serde_json::{Value, json};
use shared::domain::{BotId, ChatId, EventId, Outcome, Verdict};
use shared::store::LedgerKey;

use crate::error::{Failed, because, expect};
use crate::wait::until;
use crate::world::World;

/// What guests ask: for their reservations. It changes nothing.
const QUESTION: &str = "予約を確認";
/// One webhook of so many is sent twice.
const TWICE: usize = 10;
/// A webhook that is not answered 200 is sent again after this pause, at most so many times.
const AGAIN: Duration = Duration::from_millis(100);
const TIMES: usize = 100;
/// How long a message may take to be settled.
const PATIENCE: Duration = Duration::from_secs(300);

/// Guests of one account.
pub(crate) struct Guests {
    bot: String,
    chats: Vec<String>,
    client: reqwest::Client,
}

/// What became of what they wrote.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Became {
    pub(crate) events: usize,
    /// How many of them LINE has delivered twice.
    pub(crate) twice: usize,
    /// Whose answer LINE has taken: once, in the order of their chat.
    pub(crate) answered: usize,
    /// Whose answer LINE may have taken: recorded as unknown.
    pub(crate) unknown: usize,
    /// Whose reply token was too old when they were taken up.
    pub(crate) too_late: usize,
    /// How often a webhook was not answered 200, and was sent again.
    pub(crate) refused: usize,
}

/// What one guest wrote, in its order.
#[derive(Default)]
struct Written {
    events: Vec<Sent>,
    became: Became,
}

/// What was sent and is not settled: a guest after the other.
pub(crate) struct Waiting {
    since: u64,
    written: Vec<Written>,
}

struct Sent {
    event: String,
    token: String,
    /// What the ledger tells of it, once it is settled.
    verdict: Option<Verdict>,
}

impl Guests {
    /// The given number of new friends of the first attached account.
    pub(crate) async fn come(world: &World, number: usize) -> Result<Self, Failed> {
        let bot = world.attached().await?;
        let known = world.line.state().await.users.len();
        let mut chats = Vec::new();
        for number in 0..number {
            let name = format!("客{}", known + number);
            chats.push(world.user(&bot, &name, true).await?);
        }
        Ok(Self {
            bot,
            chats,
            client: reqwest::Client::new(),
        })
    }

    /// The chat of one of them.
    pub(crate) fn first(&self) -> &str {
        self.chats.first().map_or("", String::as_str)
    }

    /// The first says something, and it is handled.
    pub(crate) async fn say_once(&self, world: &World, text: &str) -> Result<(), Failed> {
        let mut written = Written::default();
        let chat = self.first().to_owned();
        self.say(world, &chat, text, &mut written).await?;
        self.settle_from(world, &chat, &mut written, 0).await
    }

    /// Each writes so many messages at once, waits for the answers, and does so again.
    ///
    /// # Errors
    /// One is lost, answered twice or out of order.
    pub(crate) async fn write(
        &self,
        world: &World,
        at_once: usize,
        times: usize,
    ) -> Result<Became, Failed> {
        let since = last_call(world).await;
        let guests = self.chats.iter();
        let writing = guests.map(|chat| self.of_guest(world, chat, at_once, times));
        let written = try_join_all(writing).await?;
        sum(world, since, &written).await
    }

    /// Each writes so many messages, and nobody waits for the answers: [`settle`](Self::settle) does.
    pub(crate) async fn send(&self, world: &World, number: usize) -> Result<Waiting, Failed> {
        let since = last_call(world).await;
        let sending = self.chats.iter().map(async |chat| {
            let mut written = Written::default();
            for _ in 0..number {
                self.say(world, chat, QUESTION, &mut written).await?;
            }
            Ok::<_, Failed>(written)
        });
        let written = try_join_all(sending).await?;
        Ok(Waiting { since, written })
    }

    /// Waits until a release has parked all of what was sent.
    pub(crate) async fn all_parked(&self, world: &World, waiting: &Waiting) -> Result<(), Failed> {
        for (chat, written) in self.chats.iter().zip(&waiting.written) {
            for sent in &written.events {
                let what = format!("{} of {chat} is parked", sent.event);
                let key = self.key(chat, &sent.event)?;
                until(&what, PATIENCE, async || {
                    let row = world.store.ledger(&key).await;
                    let row = row.map_err(because("the ledger"))?;
                    Ok(row.filter(|row| row.outcome() == Outcome::Parked))
                })
                .await?;
            }
        }
        Ok(())
    }

    /// Waits until what was sent is settled.
    pub(crate) async fn settle(
        &self,
        world: &World,
        mut waiting: Waiting,
    ) -> Result<Became, Failed> {
        for (chat, written) in self.chats.iter().zip(&mut waiting.written) {
            self.settle_from(world, chat, written, 0).await?;
        }
        sum(world, waiting.since, &waiting.written).await
    }

    async fn of_guest(
        &self,
        world: &World,
        chat: &str,
        at_once: usize,
        times: usize,
    ) -> Result<Written, Failed> {
        let mut written = Written::default();
        for _ in 0..times {
            let first = written.events.len();
            for _ in 0..at_once {
                self.say(world, chat, QUESTION, &mut written).await?;
            }
            self.settle_from(world, chat, &mut written, first).await?;
        }
        Ok(written)
    }

    async fn settle_from(
        &self,
        world: &World,
        chat: &str,
        written: &mut Written,
        first: usize,
    ) -> Result<(), Failed> {
        for sent in &mut written.events[first..] {
            let verdict = self.settled(world, chat, &sent.event).await?;
            written.became.count(verdict);
            sent.verdict = Some(verdict);
        }
        Ok(())
    }

    /// One message, by a webhook that is sent until it is answered 200, as LINE does where redelivery is on.
    async fn say(
        &self,
        world: &World,
        chat: &str,
        text: &str,
        written: &mut Written,
    ) -> Result<(), Failed> {
        let held = self.webhook(world, chat, text).await?;
        written.became.refused += self.until_taken(&world.public_url, &held).await?;
        if written.events.len().is_multiple_of(TWICE) {
            written.became.refused += self.until_taken(&world.public_url, &held).await?;
            written.became.twice += 1;
        }
        let webhook: Value = serde_json::from_str(&held.body).map_err(because("a webhook"))?;
        let event = &webhook["events"][0];
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        written.events.push(Sent {
            event: text("webhookEventId"),
            token: text("replyToken"),
            verdict: None,
        });
        Ok(())
    }

    async fn webhook(&self, world: &World, chat: &str, text: &str) -> Result<Held, Failed> {
        let message = json!({"type": "text", "text": text});
        let request = EventsRequest {
            bot: self.bot.clone(),
            chat: Some(chat.to_owned()),
            events: vec![json!({"type": "message", "message": message})],
            deliver: Deliver::Hold,
        };
        let built = world.line.send_events(request).await;
        match built.map_err(because("a webhook"))? {
            Sending::Held(held) => Ok(held),
            Sending::Delivered(_) => Err(Failed("a webhook was sent that was to be held".into())),
        }
    }

    async fn until_taken(&self, public_url: &str, held: &Held) -> Result<usize, Failed> {
        for refused in 0..TIMES {
            let request = self
                .client
                .post(format!("{public_url}/webhook"))
                .header("x-line-signature", &held.signature)
                .body(held.body.clone());
            let answer = request.send().await.map_err(because("a webhook"))?;
            if answer.status().is_success() {
                return Ok(refused);
            }
            tokio::time::sleep(AGAIN).await;
        }
        Err(Failed(format!("a webhook was refused {TIMES} times")))
    }

    fn key(&self, chat: &str, event: &str) -> Result<LedgerKey, Failed> {
        Ok(LedgerKey {
            bot: BotId::new(&self.bot).map_err(because("the account's id"))?,
            chat: Some(ChatId::new(chat).map_err(because("a chat's id"))?),
            event: EventId::new(event).map_err(because("an event's id"))?,
        })
    }

    /// Waits until the ledger has the message as done; says what it tells.
    async fn settled(&self, world: &World, chat: &str, event: &str) -> Result<Verdict, Failed> {
        let key = self.key(chat, event)?;
        let what = format!("{event} of {chat} is settled");
        until(&what, PATIENCE, async || {
            let row = world.store.ledger(&key).await;
            let row = row.map_err(because("the ledger"))?;
            let verdict = row.map(|row| row.trace().verdict);
            let is_end = |it: &Verdict| {
                matches!(
                    it,
                    Verdict::Handled | Verdict::Unknown | Verdict::TokenExpired
                )
            };
            Ok(verdict.filter(is_end))
        })
        .await
    }
}

impl Became {
    fn count(&mut self, verdict: Verdict) {
        self.events += 1;
        self.unknown += usize::from(verdict == Verdict::Unknown);
        self.too_late += usize::from(verdict == Verdict::TokenExpired);
    }

    fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.twice += other.twice;
        self.answered += other.answered;
        self.unknown += other.unknown;
        self.too_late += other.too_late;
        self.refused += other.refused;
    }
}

impl std::fmt::Display for Became {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            events,
            twice,
            answered,
            unknown,
            too_late,
            refused,
        } = self;
        write!(
            f,
            "{events} messages, {twice} of them sent twice, {refused} webhooks refused and sent again:\n\
             {answered} answered once and in order, {unknown} recorded as unknown, {too_late} as too late"
        )
    }
}

/// Holds what was settled against the answers that LINE has taken since a call.
async fn sum(world: &World, since: u64, all: &[Written]) -> Result<Became, Failed> {
    let taken = replies_taken(world, since).await;
    let mut sum = Became::default();
    for written in all {
        sum.add(&written.became);
        sum.answered += answers(&written.events, &taken)?;
    }
    Ok(sum)
}

async fn last_call(world: &World) -> u64 {
    let calls = world.line.calls(0).await;
    calls.last().map_or(0, |call| call.number)
}

/// The numbers of the calls by which LINE took a reply, by the reply's token.
async fn replies_taken(world: &World, since: u64) -> HashMap<String, Vec<u64>> {
    let mut taken: HashMap<String, Vec<u64>> = HashMap::new();
    for call in world.line.calls(since).await {
        let token = call.request["replyToken"].as_str();
        if let Some(token) = token.filter(|_| call.status == 200) {
            taken.entry(token.to_owned()).or_default().push(call.number);
        }
    }
    taken
}

/// How many of a guest's messages LINE has taken an answer to: each once, in their order. One without an answer must
/// be recorded as unknown, or as too late.
fn answers(events: &[Sent], taken: &HashMap<String, Vec<u64>>) -> Result<usize, Failed> {
    let (mut answered, mut last) = (0, 0);
    for sent in events {
        let event = &sent.event;
        let numbers = taken.get(&sent.token).map_or(&[][..], Vec::as_slice);
        match numbers {
            [] => expect(sent.verdict != Some(Verdict::Handled), || {
                format!("{event} counts as handled, and LINE has no answer to it")
            })?,
            [number] => {
                expect(*number > last, || {
                    format!("{event} was answered out of order")
                })?;
                (answered, last) = (answered + 1, *number);
            }
            _ => return Err(Failed(format!("{event} was answered twice"))),
        }
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(token: &str, verdict: Verdict) -> Sent {
        Sent {
            event: format!("event of {token}"),
            token: token.to_owned(),
            verdict: Some(verdict),
        }
    }

    fn taken(numbers: &[(&str, &[u64])]) -> HashMap<String, Vec<u64>> {
        let of = |(token, numbers): &(&str, &[u64])| ((*token).to_owned(), numbers.to_vec());
        numbers.iter().map(of).collect()
    }

    #[test]
    fn answers_that_are_there_once_and_in_order_count() {
        let events = [sent("a", Verdict::Handled), sent("b", Verdict::Unknown)];
        assert_eq!(
            answers(&events, &taken(&[("a", &[1]), ("b", &[2])])).unwrap(),
            2
        );
        assert_eq!(answers(&events, &taken(&[("a", &[1])])).unwrap(), 1);
    }

    #[test]
    fn one_that_is_lost_twice_or_out_of_order_is_named() {
        let events = [sent("a", Verdict::Handled), sent("b", Verdict::Handled)];
        for (taken, said) in [
            (
                taken(&[("a", &[1])]),
                "event of b counts as handled, and LINE has no answer to it",
            ),
            (
                taken(&[("a", &[1, 3]), ("b", &[2])]),
                "event of a was answered twice",
            ),
            (
                taken(&[("a", &[2]), ("b", &[1])]),
                "event of b was answered out of order",
            ),
        ] {
            assert_eq!(answers(&events, &taken).unwrap_err().to_string(), said);
        }
    }
}
