//! Taking a ticket: how many they are, where they would sit, and by which name.

use std::time::Duration;

use line_module::{
    Answer, Answered, Argument as _, Asked, Dialogue, Handled, Question, QuickReply, Tap as _,
    Text, TextMessage, Turn, WhileNotOurs, messages,
};
use serde::{Deserialize, Serialize};

use crate::guest::{Ours, Visit};
use crate::list::{self, Seating, Ticket};

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
            (Self::People, Asked::NotUnderstood) => Text::new(texts.people_help(largest)),
            (Self::People, _) => Text::new(texts.people_question()),
            (Self::Seating { .. }, _) => Text::new(texts.seating_question()),
            (Self::Name { .. }, _) => Text::new(texts.name_question()),
        };
        let answers: Vec<_> = match self {
            Self::People => (1..=largest.min(6))
                .map(|people| QuickReply::say(texts.people_label(people)))
                .collect(),
            Self::Seating { .. } => vec![
                Seating::Counter.quick_reply(texts.counter_label()),
                Seating::Table.quick_reply(texts.table_label()),
                Seating::Either.quick_reply(texts.either_label()),
            ],
            Self::Name { .. } => {
                let profile = cx.profile().await?.into_iter();
                let known = profile.map(|profile| short(&profile.display_name));
                known.map(QuickReply::say).collect()
            }
        };
        Ok(messages![question.quick_replies(answers)].into())
    }

    async fn answer(self, cx: &mut Ours<'_>, answer: &Answer<'_>) -> Answered<Self> {
        let visit = Visit::read(cx).await?;
        Ok(match (self, answer.text()) {
            (Self::People, _) => {
                let sizes = 1..=visit.shop.largest_party();
                let people = answer.number().filter(|people| sizes.contains(people));
                people.map(|people| Self::seat(people, &visit)).into()
            }
            (Self::Seating { people }, _) => {
                let seating = answer.tap();
                seating.map(|seating| Self::Name { people, seating }).into()
            }
            (Self::Name { people, seating }, Some(name)) => {
                let ticket = Ticket::new(&visit.chat, people, seating, short(name));
                take(cx, visit, ticket).await?;
                Turn::Over
            }
            (Self::Name { .. }, None) => Turn::NotUnderstood,
        })
    }

    fn fallback() -> Self {
        Self::People
    }
}

impl Asking {
    /// Only a small party has the choice.
    fn seat(people: u32, visit: &Visit) -> Self {
        let seating = Seating::Table;
        match people <= visit.shop.counter {
            true => Self::Seating { people },
            false => Self::Name { people, seating },
        }
    }
}

async fn take(cx: &mut Ours<'_>, mut visit: Visit, ticket: Ticket) -> Handled {
    let ahead = list::waiting(cx).await?.len();
    let number = list::add(cx, ticket).await?;
    visit.guest.ticket = Some(number);
    visit.ticket = list::ticket(cx, number, &visit.chat).await?;
    visit.say(cx, visit.texts().ticket_taken(number, ahead))
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
