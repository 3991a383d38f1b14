//! Taking a ticket: how many they are, where they would sit, and by which name.

use std::time::Duration;

use line_module::{
    Answer, Answered, Asked, Dialogue, Handled, ModuleError, Question, QuickReply, Tap, Text,
    TextMessage, Turn, WhileNotOurs, messages,
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

/// How many they are.
#[derive(Debug, Tap)]
#[tap("party")]
pub(crate) struct Party {
    people: u32,
}

impl Dialogue for Asking {
    const NAME: &'static str = "ticket";
    const WHILE_NOT_OURS: WhileNotOurs = WhileNotOurs::Resume;
    const EXPIRES_AFTER: Duration = Duration::from_secs(30 * 60);

    async fn ask(&self, cx: &mut Ours<'_>, asked: Asked) -> Question {
        let visit = Visit::of(cx)?;
        let question = match self {
            Self::People => ask_people(&visit, asked),
            Self::Seating { .. } => ask_seating(&visit),
            Self::Name { .. } => ask_name(&visit, cx).await?,
        };
        Ok(messages![question].into())
    }

    async fn answer(self, cx: &mut Ours<'_>, answer: &Answer<'_>) -> Answered<Self> {
        let visit = Visit::of(cx)?;
        Ok(match self {
            Self::People => match answer
                .tap()
                .map(|Party { people }| people)
                .or(answer.number())
            {
                Some(people @ 1..) if people <= visit.shop.counter => {
                    Turn::To(Self::Seating { people })
                }
                Some(people @ 1..) if people <= visit.shop.largest_party() => {
                    let seating = Seating::Table;
                    Turn::To(Self::Name { people, seating })
                }
                _ => Turn::NotUnderstood,
            },
            Self::Seating { people } => match answer.tap() {
                Some(seating) => Turn::To(Self::Name { people, seating }),
                None => Turn::NotUnderstood,
            },
            Self::Name { people, seating } => match answer.text() {
                Some(name) => {
                    take(cx, visit, (people, seating, name)).await?;
                    Turn::Over
                }
                None => Turn::NotUnderstood,
            },
        })
    }

    fn fallback() -> Self {
        Self::People
    }
}

fn ask_people(visit: &Visit, asked: Asked) -> Text {
    let (texts, largest) = (visit.texts(), visit.shop.largest_party());
    let question = match asked {
        Asked::NotUnderstood => texts.people_help(largest),
        _ => texts.people_question(),
    };
    let size = |people| Party { people }.quick_reply(texts.people_label(people));
    Text::new(question).quick_replies((1..=largest.min(6)).map(size))
}

fn ask_seating(visit: &Visit) -> Text {
    let texts = visit.texts();
    Text::new(texts.seating_question()).quick_replies([
        Seating::Counter.quick_reply(texts.counter_label()),
        Seating::Table.quick_reply(texts.table_label()),
        Seating::Either.quick_reply(texts.either_label()),
    ])
}

async fn ask_name(visit: &Visit, cx: &mut Ours<'_>) -> Result<Text, ModuleError> {
    let name = cx
        .profile()
        .await?
        .map(|profile| short(&profile.display_name));
    let known = name.map(|name| QuickReply::message(name.clone(), name));
    Ok(Text::new(visit.texts().name_question()).quick_replies(known))
}

async fn take(
    cx: &mut Ours<'_>,
    mut visit: Visit,
    (people, seating, name): (u32, Seating, &str),
) -> Handled {
    let ahead = list::waiting(cx).await?.len();
    let ticket = Ticket {
        number: 0, // the list gives one
        chat: visit.chat.clone(),
        people,
        seating,
        name: short(name),
        called: None,
        is_told: false,
    };
    let number = list::add(cx, ticket).await?.number;
    visit.guest.ticket = Some(number);
    visit.say(cx, visit.texts().ticket_taken(number, ahead))
}

/// As long as a label may be.
fn short(name: &str) -> String {
    name.chars().take(20).collect()
}

/// "Take a ticket". One is enough.
pub(crate) async fn begin(cx: &mut Ours<'_>, said: &TextMessage, mut visit: Visit) -> Handled {
    visit.hear(said);
    visit.keep(cx)?;
    match visit.ticket(cx).await? {
        None => cx.enter(Asking::People).await,
        Some(row) => visit.say(cx, visit.texts().has_ticket(row.value.number)),
    }
}

/// "Stop".
pub(crate) async fn stopped(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    visit.say(cx, visit.texts().stopped())
}
