//! What becomes of a dialogue beside its answers: nobody answers, the chat is lost, the chat is
//! ours again.

use std::time::Duration;

use futures::future::BoxFuture;

use super::progress::Progress;
use super::{Asked, Dialogue, WhileNotOurs};
use crate::{Active, Context, Handled};
use shared::domain::EventKind;

/// A dialogue of the router's, whatever its states are.
#[derive(Clone, Copy)]
pub(crate) struct Registered {
    pub(crate) name: &'static str,
    while_not_ours: WhileNotOurs,
    expires_after: Duration,
    resume: for<'a> fn(&'a mut Context<'_, Active>) -> BoxFuture<'a, Handled>,
}

impl Registered {
    pub(super) fn of<D: Dialogue>() -> Self {
        Self {
            name: D::NAME,
            while_not_ours: D::WHILE_NOT_OURS,
            expires_after: D::EXPIRES_AFTER,
            resume: |cx| Box::pin(cx.ask_again::<D>(Asked::Resumed)),
        }
    }
}

/// Before the event's routes: ends the dialogue if its time is over, or the chat is lost.
pub(crate) fn begin(cx: &mut Context<'_>) -> Handled {
    let Some((dialogue, progress)) = under_way(cx) else {
        return Ok(());
    };
    let is_ours = cx.silence().is_none();
    if !is_ours {
        if dialogue.while_not_ours == WhileNotOurs::Drop {
            cx.end_dialogue();
        }
        return Ok(());
    }
    let now = cx.now();
    match is_gained(cx) {
        // Nobody could answer until now.
        true => cx.keep(&Progress {
            at: now,
            ..progress
        }),
        false if now.since(progress.at) > dialogue.expires_after => {
            cx.end_dialogue();
            Ok(())
        }
        false => Ok(()),
    }
}

/// After them: the question is asked again where the chat is ours again, unless a handler has
/// ended the dialogue.
pub(crate) async fn resume(cx: &mut Context<'_>) -> Handled {
    let resumes = under_way(cx)
        .map(|(dialogue, _)| dialogue)
        .filter(|dialogue| dialogue.while_not_ours == WhileNotOurs::Resume && is_gained(cx));
    match (resumes, cx.active()) {
        (Some(dialogue), Some(mut cx)) => (dialogue.resume)(&mut cx).await,
        _ => Ok(()),
    }
}

/// The dialogue that the chat is in, if the router has it.
fn under_way(cx: &Context<'_>) -> Option<(Registered, Progress)> {
    let progress = cx.progress()?;
    let known = cx.dialogues.iter().find(|it| it.name == progress.name)?;
    Some((*known, progress))
}

fn is_gained(cx: &Context<'_>) -> bool {
    matches!(cx.event().kind, EventKind::Activated { .. })
}
