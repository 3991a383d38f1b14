//! A guest asks for a person: the chat goes to the account's staff, and comes back when the guest
//! asks for us, or after a time.

use std::time::Duration;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::router::{AnyHandler, Handler, boxed};
use crate::{
    Active, Context, Handled, ModuleError, Pattern, Routes, Signal, Standby, TextMessage,
    kept_signals,
};
use shared::domain::{Event, EventKind};
use shared::store::{NewTimer, TimerChange};

/// The timer that takes the chat back.
const TIMER: &str = "@staff";
/// How long a chat is ours that a guest has asked us back into.
const OUR_TURN: Duration = Duration::from_secs(3600);

/// How a chat goes to the account's staff when its guest asks for that, and how it comes back. Its
/// place is among the routes of [`Router::active`](crate::Router::active), by
/// [`Routes::hand_over`]; what it needs while staff have the chat goes before the routes of
/// [`Router::standby`](crate::Router::standby) by itself.
///
/// ```
/// use std::time::Duration;
///
/// use line_module::{
///     Active, Context, HandOver, Handled, QuickReply, Router, Routes, Text, TextMessage,
/// };
///
/// #[derive(serde::Deserialize)]
/// struct Shop {
///     staff_hours: u64,
/// }
///
/// async fn last_word(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
///     let back = QuickReply::say("Back to reservations");
///     cx.reply(&[Text::new("Our staff will answer you.").quick_replies([back])])
/// }
///
/// async fn welcome(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
///     cx.push(&[Text::new("You are back with us.")])
/// }
///
/// fn router() -> Router {
///     let staff = HandOver::on("ask staff", last_word)
///         .back_on("back to reservations", welcome)
///         .for_at_most(|shop: &Shop| Duration::from_secs(3600 * shop.staff_hours));
///     Router::new().active(Routes::new().hand_over(staff))
/// }
/// # let _ = router();
/// ```
#[must_use = "it does nothing until it is given to `Routes::hand_over`"]
pub struct HandOver {
    words: Box<dyn Pattern>,
    last_word: Box<dyn AnyHandler<Active, TextMessage>>,
    back: Option<Back>,
    time: Option<Box<Time>>,
}

/// Words that lead back, and what is said when the chat is ours.
struct Back {
    words: Box<dyn Pattern>,
    welcome: Box<dyn AnyHandler<Active, TextMessage>>,
}

/// How long staff have a chat, by the account's settings.
type Time = dyn Fn(&Context<'_, Active>) -> Result<Duration, ModuleError> + Send + Sync;

impl HandOver {
    /// A text that is `words` hands the chat over. `last_word` answers it: what it plans goes out,
    /// and then the chat goes to the staff.
    pub fn on<A: 'static>(
        words: impl Pattern,
        last_word: impl Handler<Active, TextMessage, A>,
    ) -> Self {
        Self {
            words: Box::new(words),
            last_word: boxed(last_word),
            back: None,
            time: None,
        }
    }

    /// A text that is `words`, said while the chat is not ours, takes it back for an hour. When LINE
    /// tells that it is ours, `welcome` is run with that text. No reply token comes with that, so it
    /// pushes. Where staff give the chat back by themselves, nothing is said.
    pub fn back_on<A: 'static>(
        self,
        words: impl Pattern,
        welcome: impl Handler<Active, TextMessage, A>,
    ) -> Self {
        let (words, welcome) = (Box::new(words), boxed(welcome));
        let back = Some(Back { words, welcome });
        Self { back, ..self }
    }

    /// After this time, by the account's settings, the chat is taken back, and nothing is said.
    /// Without it staff have the chat until they give it back.
    pub fn for_at_most<S: DeserializeOwned + 'static>(
        self,
        time: impl Fn(&S) -> Duration + Send + Sync + 'static,
    ) -> Self {
        let time = move |cx: &Context<'_, Active>| Ok(time(&cx.settings::<S>()?));
        Self {
            time: Some(Box::new(time)),
            ..self
        }
    }
}

impl Routes<Active> {
    /// A guest who asks for a person is given one: see [`HandOver`]. A router has one of these.
    #[must_use]
    pub fn hand_over(mut self, hand_over: HandOver) -> Self {
        let HandOver {
            words,
            last_word,
            back,
            time,
        } = hand_over;
        let mut while_theirs = Routes::<Standby>::new().timer(TIMER, take_over);
        if let Some(Back { words, welcome }) = back {
            while_theirs = while_theirs.text(words, ask_back);
            self.kept_signals.push(CameBack::NAME);
            self = self.on_boxed(CameBack::from_signal, welcome);
        }
        self.while_theirs.push(while_theirs);
        let hands_over = Box::new(HandsOver { last_word, time });
        let is_asked = move |event: &_| TextMessage::from_event(event, |text| words.catch(text));
        self.on_boxed(is_asked, hands_over)
    }
}

/// Says the last word, and gives the chat away.
struct HandsOver {
    last_word: Box<dyn AnyHandler<Active, TextMessage>>,
    time: Option<Box<Time>>,
}

impl AnyHandler<Active, TextMessage> for HandsOver {
    fn run<'a>(
        &'a self,
        cx: &'a mut Context<'a, Active>,
        said: &'a TextMessage,
    ) -> BoxFuture<'a, Handled> {
        Box::pin(async move {
            if let Some(time) = &self.time {
                let due = cx.now().plus(time(cx)?);
                cx.draft.change_timer(TimerChange::Set(NewTimer {
                    due,
                    name: TIMER.to_owned(),
                    payload: "null".to_owned(),
                }));
            }
            self.last_word.run(&mut cx.reborrow(), said).await?;
            cx.release()
        })
    }
}

/// The guest asks for us. We cannot answer before the chat is ours.
async fn ask_back(cx: &mut Context<'_, Standby>, said: &TextMessage) -> Handled {
    kept_signals::keep_first(cx, &CameBack::of(said)).await?;
    cx.acquire(Some(OUR_TURN))
}

/// Staff have had the chat long enough.
async fn take_over(cx: &mut Context<'_, Standby>, (): &()) -> Handled {
    cx.acquire(None)
}

/// Before the event's routes: where the chat is ours again, staff's time with it is over.
pub(crate) fn end(cx: &mut Context<'_>) {
    if matches!(cx.event().kind, EventKind::Activated { .. }) {
        let cancel = TimerChange::Cancel(TIMER.to_owned());
        cx.draft.change_timer(cancel);
    }
}

/// The text by which the guest of this event has asked for us, when the chat is ours again.
pub(crate) fn text(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Signal { name, payload, .. } if name == CameBack::NAME => {
            payload.get("text")?.as_str()
        }
        _ => None,
    }
}

/// What a chat is told when it is ours again, because its guest has asked for that.
#[derive(Debug, Serialize, Deserialize)]
struct CameBack {
    id: String,
    text: String,
    captures: Vec<String>,
}

impl Signal for CameBack {
    const NAME: &'static str = "@back";
}

impl CameBack {
    fn of(said: &TextMessage) -> Self {
        Self {
            id: said.id.clone(),
            text: said.text.clone(),
            captures: said.captures.clone(),
        }
    }

    /// The text that the guest has said.
    fn from_signal(event: &Event) -> Option<TextMessage> {
        let EventKind::Signal { name, payload, .. } = &event.kind else {
            return None;
        };
        let said = (name == Self::NAME).then(|| Self::deserialize(payload).ok());
        let Self { id, text, captures } = said.flatten()?;
        Some(TextMessage {
            id,
            text,
            captures,
            quote_token: None,
            quoted_message_id: None,
            emojis: Vec::new(),
            mentions: Vec::new(),
        })
    }
}
