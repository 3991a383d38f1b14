//! Conversations of several steps: an enum is a dialogue, and each of its variants a question
//! that waits for its answer.

mod answer;
mod progress;
mod resume;
mod route;

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Active, AnyMessage, Context, ModuleError};

pub use answer::Answer;
pub(crate) use resume::{Registered, begin, resume};
pub use route::DialogueRoute;

/// A conversation of several steps, in one chat. Each variant is a question that waits for its
/// answer, with what is known by then:
///
/// ```
/// use line_module::{
///     Active, Answer, Answered, Asked, Context, Dialogue, Handled, Question, Router, Routes, Text,
///     TextMessage, Turn, WhileNotOurs, messages,
/// };
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// enum Booking {
///     People,
///     Name { people: u32 },
/// }
///
/// impl Dialogue for Booking {
///     const NAME: &'static str = "booking";
///     const WHILE_NOT_OURS: WhileNotOurs = WhileNotOurs::Pause;
///
///     async fn ask(&self, _: &mut Context<'_, Active>, asked: Asked) -> Question {
///         let question = match (self, asked) {
///             (Self::People, Asked::NotUnderstood) => "How many of you? A number from 1 to 8.",
///             (Self::People, _) => "How many of you?",
///             (Self::Name { .. }, _) => "And your name?",
///         };
///         Ok(messages![Text::new(question)].into())
///     }
///
///     async fn answer(self, cx: &mut Context<'_, Active>, answer: &Answer<'_>) -> Answered<Self> {
///         match self {
///             Self::People => Ok(match answer.number() {
///                 Some(people @ 1..=8) => Turn::To(Self::Name { people }),
///                 _ => Turn::NotUnderstood,
///             }),
///             Self::Name { people } => {
///                 let Some(name) = answer.text() else {
///                     return Ok(Turn::NotUnderstood);
///                 };
///                 cx.reply(&[Text::new(format!("{name}, {people}: noted."))])?;
///                 Ok(Turn::Over)
///             }
///         }
///     }
///
///     fn fallback() -> Self {
///         Self::People
///     }
/// }
///
/// async fn book(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
///     cx.enter(Booking::People).await
/// }
///
/// async fn never_mind(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
///     cx.reply(&[Text::new("Never mind.")])
/// }
///
/// fn router() -> Router {
///     let booking = Booking::route().leave_on("stop", never_mind).back_on("back");
///     Router::new().active(Routes::new().text("book", book).dialogue(booking))
/// }
/// # let _ = router();
/// ```
///
/// How far it is lies in the chat's row, beside the chat's state and apart from it. A release
/// that no longer knows a state goes on at [`Dialogue::fallback`], so that a deployment leaves no
/// guest behind; with the attachment a dialogue ends, and with the chat's erasure.
pub trait Dialogue: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the table: no other dialogue's of this module. It stays as it is while chats
    /// may be in the dialogue.
    const NAME: &'static str;

    /// What becomes of it while the chat is not ours: staff have taken it half-way.
    const WHILE_NOT_OURS: WhileNotOurs;

    /// How long an answer is waited for. After that the dialogue is over: what comes next is for
    /// the other routes. The time in which the chat was not ours does not count.
    const EXPIRES_AFTER: Duration = Duration::from_secs(24 * 3600);

    /// The question of this state, as messages.
    fn ask(
        &self,
        cx: &mut Context<'_, Active>,
        asked: Asked,
    ) -> impl Future<Output = Question> + Send;

    /// What a message in this state leads to, or a postback that is the dialogue's.
    fn answer(
        self,
        cx: &mut Context<'_, Active>,
        answer: &Answer<'_>,
    ) -> impl Future<Output = Answered<Self>> + Send;

    /// Where a chat goes on whose state this release no longer knows: its question is asked in
    /// place of what comes.
    fn fallback() -> Self;

    /// Its route: see [`Routes::dialogue`](crate::Routes::dialogue).
    fn route() -> DialogueRoute<Self> {
        DialogueRoute::new()
    }
}

/// What a question is: one to five messages.
pub type Question = Result<Vec<AnyMessage>, ModuleError>;

/// What [`Dialogue::answer`] gives.
pub type Answered<D> = Result<Turn<D>, ModuleError>;

/// What an answer leads to.
#[derive(Debug, Clone)]
pub enum Turn<D> {
    /// The next question, which is asked by the event's reply.
    To(D),
    /// Messages, and then the next question, in one reply.
    Say(Vec<AnyMessage>, D),
    /// The same question again, as [`Asked::NotUnderstood`].
    NotUnderstood,
    /// The question before this one; this one again where it is the first.
    Back,
    /// The same question goes on waiting: the handler has said what there is to say.
    Stay,
    /// The dialogue is over: the handler has said what there is to say.
    Over,
}

/// What was read of an answer: the next question or, where it was none, this one again.
///
/// ```
/// # use line_module::{Answer, Turn};
/// # enum Booking { Name { people: u32 } }
/// fn people(answer: &Answer<'_>) -> Turn<Booking> {
///     let people = answer.number().filter(|people| (1..=8).contains(people));
///     people.map(|people| Booking::Name { people }).into()
/// }
/// ```
impl<D> From<Option<D>> for Turn<D> {
    fn from(next: Option<D>) -> Self {
        next.map_or(Self::NotUnderstood, Self::To)
    }
}

/// Why a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is its turn.
    InTurn,
    /// The one after it was gone back from.
    Back,
    /// What came was no answer to it.
    NotUnderstood,
    /// The chat is ours again.
    Resumed,
    /// The chat was at a question that this release no longer knows.
    Fallback,
}

/// What becomes of a dialogue while the chat is not ours. What users say meanwhile is for whoever
/// has the chat, and never an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhileNotOurs {
    /// It waits, and goes on with the user's next message when the chat is ours again.
    Pause,
    /// It is over.
    Drop,
    /// It waits, and its question is asked again when LINE tells that the chat is ours again. No
    /// reply token comes with that: it is a push, which counts against the account's quota.
    Resume,
}
