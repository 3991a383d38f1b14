//! Taking a ticket: how many they are, where they would sit, and by which name.

use std::time::Duration;

use line_module::{
    Answer, Answered, Argument as _, Asked, Dialogue, Handled, Question, QuickReply, Tap as _,
    Text, TextMessage, Turn, WhileNotOurs, messages,
};
use serde::{Deserialize, Serialize};

use crate::guest::{Ours, Visit};
use crate::list::{self, Seating};

/// The question that waits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Asking {
    People,
    Seating { people: u32 },
    Name { people: u32, seating: Seating },
}

impl Dialogue for Asking {
    const NAME: &'static str = "ticket";
    const WHILE_NOT_OURS: WhileNotOurs = WhileNotOurs::Resume;
    const EXPIRES_AFTER: Duration = Duration::from_secs(30 * 60);

    async fn ask(&self, cx: &mut Ours<'_>, asked: Asked) -> Question {
        let visit = Visit::read(cx).await?;
        let (texts, largest) = (visit.texts(), visit.shop.largest_party());
        let question = match (self, asked) {
            (Self::People, Asked::NotUnderstood) => texts.people_help(largest),
            (Self::People, _) => texts.people_question(),
            (Self::Seating { .. }, _) => texts.seating_question(),
            (Self::Name { .. }, _) => texts.name_question(),
        };
        let answers = match self {
            Self::People => {
                let label = |people| QuickReply::say(texts.people_label(people));
                (1..=largest.min(6)).map(label).collect()
            }
            Self::Seating { .. } => vec![
                Seating::Counter.quick_reply(texts.counter_label()),
                Seating::Table.quick_reply(texts.table_label()),
                Seating::Either.quick_reply(texts.either_label()),
            ],
            Self::Name { .. } => {
                let known = cx.profile().await?;
                Vec::from_iter(known.map(|known| QuickReply::say(short(&known.display_name))))
            }
        };
        Ok(messages![Text::new(question).quick_replies(answers)].into())
    }

    async fn answer(self, cx: &mut Ours<'_>, answer: &Answer<'_>) -> Answered<Self> {
        let mut visit = Visit::read(cx).await?;
        let next = match self {
            Self::People => answer.number().and_then(|people| seat(people, &visit)),
            Self::Seating { people } => {
                let seating = answer.tap();
                seating.map(|seating| Self::Name { people, seating })
            }
            Self::Name { people, seating } => {
                let Some(name) = answer.text() else {
                    return Ok(Turn::NotUnderstood);
                };
                let ahead = list::waiting(cx).await?.len();
                let number = list::add(cx, people, seating, short(name)).await?;
                visit.guest.ticket = Some(number);
                visit.ticket = list::ticket(cx, number).await?;
                visit.say(cx, visit.texts().ticket_taken(number, ahead))?;
                return Ok(Turn::Over);
            }
        };
        Ok(next.into())
    }

    fn fallback() -> Self {
        Self::People
    }
}

/// Only a small party has the choice where to sit.
fn seat(people: u32, visit: &Visit) -> Option<Asking> {
    let seating = Seating::Table;
    match people {
        1.. if people <= visit.shop.counter => Some(Asking::Seating { people }),
        1.. if people <= visit.shop.largest_party() => Some(Asking::Name { people, seating }),
        _ => None,
    }
}

/// As long as a label may be.
fn short(name: &str) -> String {
    name.chars().take(20).collect()
}

/// "Take a ticket". One is enough.
pub(crate) async fn begin(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    cx.set_state(&visit.guest)?;
    match &visit.ticket {
        None => cx.enter(Asking::People).await,
        Some(row) => visit.say(cx, visit.texts().has_ticket(row.value.number)),
    }
}

/// "Stop".
pub(crate) async fn stopped(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    visit.say(cx, visit.texts().stopped())
}
