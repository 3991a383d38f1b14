//! Signals that come while a chat is not ours, and are kept until it is. They lie in a row like the
//! module's own, one for each chat that has any, and come again as the signals that they were.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::hold::Hold;
use crate::router::Handler;
use crate::{Active, Context, Handled, ModuleError, Routes, Row, Signal};
use shared::domain::{Chat, EventKind, QueueEffect};

/// Maximum number of a chat's that are kept: the newest.
const MOST: usize = 20;
/// Maximum size of them all, in bytes: with the event's plan they must fit into one commit.
const LARGEST: usize = 100 * 1024;
/// How long the newest is kept, if the chat does not become ours.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// One that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptSignal {
    name: String,
    payload: Value,
}

impl Routes<Active> {
    /// A signal, as by [`Routes::signal`]. One that comes while the chat is not ours is kept, and
    /// comes when LINE tells that it is ours again, or that the user has unblocked the account.
    /// What it tells may be over by then: the handler looks.
    ///
    /// The newest 20 of a chat are kept, or 100 KB of them, for 30 days. Routes of
    /// [`Router::standby`](crate::Router::standby) have the signal beside that when it comes first,
    /// for what must be done at once.
    ///
    /// ```
    /// # use line_module::{Active, Context, Handled, Router, Routes, Signal, Text};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, Signal)]
    /// #[signal("table freed")]
    /// struct TableFreed {
    ///     number: u32,
    /// }
    ///
    /// async fn offer(cx: &mut Context<'_, Active>, freed: &TableFreed) -> Handled {
    ///     let number = freed.number;
    ///     match cx.row::<()>(&format!("taken/{number}")).await? {
    ///         None => cx.push(&[Text::new(format!("Table {number} is free."))]),
    ///         Some(_) => Ok(()),
    ///     }
    /// }
    ///
    /// fn router() -> Router {
    ///     Router::new().active(Routes::new().signal_when_ours(offer))
    /// }
    /// # let _ = router();
    /// ```
    #[must_use]
    pub fn signal_when_ours<T, A: 'static>(mut self, handler: impl Handler<Active, T, A>) -> Self
    where
        T: Signal + DeserializeOwned,
    {
        self.kept_signals.push(T::NAME);
        self.signal(handler)
    }
}

/// Before the event's routes: keeps a signal of one of these names, if the chat is not ours.
pub(crate) async fn keep(cx: &mut Context<'_>, names: &[&'static str]) -> Handled {
    let EventKind::Signal { name, payload, .. } = &cx.event().kind else {
        return Ok(());
    };
    if cx.silence().is_none() || !names.contains(&name.as_str()) {
        return Ok(());
    }
    let (name, payload) = (name.clone(), payload.clone());
    keep_with(cx, |kept| kept.push(KeptSignal { name, payload })).await
}

/// Keeps a signal before all others, in place of one of the same name.
pub(crate) async fn keep_first<H: Hold, S: Signal>(cx: &mut Context<'_, H>, signal: &S) -> Handled {
    let first = KeptSignal {
        name: S::NAME.to_owned(),
        payload: serde_json::to_value(signal)?,
    };
    keep_with(cx, |kept| {
        kept.retain(|other| other.name != first.name);
        kept.insert(0, first);
    })
    .await
}

/// After them: where the chat is ours again, what was kept comes to it as signals.
pub(crate) async fn bring_back(cx: &mut Context<'_>, names: &[&'static str]) -> Handled {
    let tells = matches!(
        cx.event().kind,
        EventKind::Activated { .. } | EventKind::Follow { .. }
    );
    if names.is_empty() || !tells || cx.silence().is_some() {
        return Ok(());
    }
    let chat = cx.in_chat()?.clone();
    let Some(row) = kept(cx, &chat).await? else {
        return Ok(());
    };
    for KeptSignal { name, payload } in row.value.clone() {
        let chat = chat.clone();
        cx.plan(QueueEffect::Signal(shared::domain::Signal {
            chat,
            name,
            payload,
        }));
    }
    cx.delete(row);
    Ok(())
}

async fn keep_with<H: Hold>(
    cx: &mut Context<'_, H>,
    change: impl FnOnce(&mut Vec<KeptSignal>),
) -> Handled {
    let chat = cx.in_chat()?.clone();
    let row = kept(cx, &chat).await?;
    let mut signals = row.as_ref().map_or_else(Vec::new, |row| row.value.clone());
    change(&mut signals);
    shorten(&mut signals);
    let end = cx.now().plus(KEPT_FOR);
    match row {
        Some(row) => cx.replace_until(row, &signals, end),
        None => cx.create_own(key(&chat), &signals, end),
    }
}

/// The oldest go where there are too many.
fn shorten(signals: &mut Vec<KeptSignal>) {
    let size = |it: &KeptSignal| it.payload.to_string().len();
    while signals.len() > MOST || signals.iter().map(size).sum::<usize>() > LARGEST {
        signals.remove(0);
    }
}

async fn kept<H: Hold>(
    cx: &Context<'_, H>,
    chat: &Chat,
) -> Result<Option<Row<Vec<KeptSignal>>>, ModuleError> {
    cx.row(&key(chat)).await
}

/// With the chat's id in it, so that it goes when the chat is erased.
fn key(chat: &Chat) -> String {
    format!("@signals/{}", chat.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept() {
        let signal = |nth: usize, size| KeptSignal {
            name: nth.to_string(),
            payload: Value::String("a".repeat(size)),
        };
        let mut many: Vec<_> = (0..25).map(|nth| signal(nth, 1)).collect();
        shorten(&mut many);
        assert_eq!((many.len(), many[0].name.as_str()), (20, "5"));
        let mut large: Vec<_> = (0..5).map(|nth| signal(nth, 30 * 1024)).collect();
        shorten(&mut large);
        assert_eq!((large.len(), large[0].name.as_str()), (3, "2"));
    }
}
