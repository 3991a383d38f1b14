//! Which events a dialogue takes, while a chat is in it.

use std::marker::PhantomData;

use futures::future::BoxFuture;

use super::progress::Progress;
use super::{Answer, Asked, Dialogue, Registered, Turn};
use crate::router::{AnyHandler, Handler, Match, Route, Routes, TapType, boxed};
use crate::{Active, Context, Handled, Pattern, Tap, TextMessage};
use shared::domain::{Event, EventKind};

/// How a dialogue takes its events: see [`Dialogue::route`] and
/// [`Routes::dialogue`](crate::Routes::dialogue).
#[must_use = "it takes nothing until it is given to `Routes::dialogue`"]
pub struct DialogueRoute<D> {
    leaves: Vec<Leave>,
    back: Vec<Box<dyn Pattern>>,
    postbacks: Vec<String>,
    taps: Vec<TapType>,
    dialogue: PhantomData<fn() -> D>,
}

/// Words that end it, and what is done then.
struct Leave {
    words: Box<dyn Pattern>,
    handler: Box<dyn AnyHandler<Active, TextMessage>>,
}

impl Routes<Active> {
    /// A dialogue. While a chat is in it, it takes all messages of the user with whom it began, of
    /// whatever kind, and the postbacks that are [its own](DialogueRoute::takes_postback). Routes
    /// before it go first: put words that always work, such as a menu's, before it, and what takes
    /// any text after it.
    #[must_use]
    pub fn dialogue<D: Dialogue>(mut self, mut route: DialogueRoute<D>) -> Self {
        self.dialogues.push(Registered::of::<D>());
        self.taps.append(&mut route.taps);
        self.add(route)
    }
}

impl<D: Dialogue> DialogueRoute<D> {
    pub(super) fn new() -> Self {
        Self {
            leaves: Vec::new(),
            back: Vec::new(),
            postbacks: Vec::new(),
            taps: Vec::new(),
            dialogue: PhantomData,
        }
    }

    /// A text that is `words` ends the dialogue; the handler says something to that.
    pub fn leave_on<A: 'static>(
        mut self,
        words: impl Pattern,
        handler: impl Handler<Active, TextMessage, A>,
    ) -> Self {
        let (words, handler) = (Box::new(words), boxed(handler));
        self.leaves.push(Leave { words, handler });
        self
    }

    /// A text that is `words` leads to the question before.
    pub fn back_on(mut self, words: impl Pattern) -> Self {
        self.back.push(Box::new(words));
        self
    }

    /// Taps of this type are answers: see [`Answer::tap`]. One that an older release has sent is
    /// not understood, so that the question is asked again.
    pub fn takes<T: Tap>(mut self) -> Self {
        self.taps.push(TapType::of::<T>());
        self.takes_postback(format!("{}/", T::PREFIX))
    }

    /// Postbacks whose data begins with `prefix` are answers. Others are for other routes.
    pub fn takes_postback(mut self, prefix: impl Into<String>) -> Self {
        self.postbacks.push(prefix.into());
        self
    }

    fn is_postback(&self, event: &Event) -> bool {
        let EventKind::Postback { data, .. } = &event.kind else {
            return false;
        };
        self.postbacks.iter().any(|own| data.starts_with(own))
    }

    /// What becomes of an event that it takes.
    fn taken(&self, event: &Event) -> Taken<'_, D> {
        let leave = self.leaves.iter().find_map(|leave| {
            let said = TextMessage::from_event(event, |text| leave.words.catch(text))?;
            Some(Taken::Leave(&*leave.handler, said))
        });
        let is_back = || {
            let is_such = |text: &str| self.back.iter().find_map(|words| words.catch(text));
            TextMessage::from_event(event, is_such).is_some()
        };
        leave.unwrap_or_else(|| match is_back() {
            true => Taken::Back,
            false => Taken::Answer(PhantomData),
        })
    }
}

/// What becomes of an event.
enum Taken<'r, D> {
    Leave(&'r dyn AnyHandler<Active, TextMessage>, TextMessage),
    Back,
    Answer(PhantomData<fn() -> D>),
}

impl<D: Dialogue> Route<Active> for DialogueRoute<D> {
    fn may_take(&self, event: &Event) -> bool {
        matches!(event.kind, EventKind::Message(_)) || self.is_postback(event)
    }

    fn find<'r>(&'r self, cx: &Context<'_, Active>) -> Option<Box<dyn Match<Active> + 'r>> {
        let event = cx.event();
        let progress = cx.progress().filter(|progress| progress.name == D::NAME)?;
        let is_taken = self.may_take(event) && is_answering(&progress, event);
        is_taken.then(|| Box::new(self.taken(event)) as Box<dyn Match<Active>>)
    }
}

/// Whether the event is of the one who is asked: in a group others go on talking.
fn is_answering(progress: &Progress, event: &Event) -> bool {
    progress.user.is_none() || progress.user == event.user
}

impl<D: Dialogue> Match<Active> for Taken<'_, D> {
    fn run<'a>(self: Box<Self>, cx: &'a mut Context<'_, Active>) -> BoxFuture<'a, Handled>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let mut cx = cx.reborrow();
            let Ok(Some(state)) = cx.dialogue::<D>() else {
                return cx.fall_back::<D>().await;
            };
            cx.touch_dialogue()?;
            match *self {
                Self::Leave(handler, said) => {
                    cx.end_dialogue();
                    handler.run(&mut cx, &said).await
                }
                Self::Back => cx.take_turn::<D>(Turn::Back).await,
                Self::Answer(_) => {
                    let event = cx.event().clone();
                    let answer = Answer { event: &event };
                    let turn = state.answer(&mut cx.reborrow(), &answer).await?;
                    cx.take_turn(turn).await
                }
            }
        })
    }
}

impl Context<'_, Active> {
    /// The time for an answer starts again.
    fn touch_dialogue(&mut self) -> Handled {
        let Some(progress) = self.progress() else {
            return Ok(());
        };
        let at = self.now();
        self.keep(&Progress { at, ..progress })
    }

    /// The chat's state is one that this release does not know.
    async fn fall_back<D: Dialogue>(&mut self) -> Handled {
        self.end_dialogue();
        self.begin_at(&D::fallback())?;
        self.ask_again::<D>(Asked::Fallback).await
    }
}
