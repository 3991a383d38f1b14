//! How far a chat's dialogue is, as its row has it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Asked, Dialogue, Turn};
use crate::context::unread;
use crate::hold::InChat;
use crate::{Active, AnyMessage, Context, Handled, ModuleError};
use shared::domain::{Timestamp, UserId};
use shared::store::DialogueChange;

/// Maximum number of questions that one can go back.
const MOST_BACK: usize = 20;

/// How far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The dialogue's name.
    pub(super) name: String,
    /// Its state: the question that waits.
    pub(super) state: Value,
    /// Those before it, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) before: Vec<Value>,
    /// Who answers, if LINE tells: in a group it is the one with whom it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<UserId>,
    /// Since when the question waits.
    pub(super) at: Timestamp,
}

impl<H> Context<'_, H> {
    /// None if the chat is in no dialogue, or in none that can be read.
    pub(super) fn progress(&self) -> Option<Progress> {
        let kept = match &self.draft.dialogue {
            Some(DialogueChange::Goes(progress)) => Some(progress.as_str()),
            Some(DialogueChange::Ends) => None,
            None => self.around.dialogue,
        };
        serde_json::from_str(kept?).ok()
    }

    pub(super) fn keep(&mut self, progress: &Progress) -> Handled {
        let json = serde_json::to_string(progress)?;
        self.draft.dialogue = Some(DialogueChange::Goes(json));
        Ok(())
    }
}

impl<H: InChat> Context<'_, H> {
    /// The state that the chat's dialogue is in, if it is in this one.
    ///
    /// # Errors
    /// The author's: it is a state that this release does not know.
    pub fn dialogue<D: Dialogue>(&self) -> Result<Option<D>, ModuleError> {
        let own = self.progress().filter(|progress| progress.name == D::NAME);
        let state = own.map(|progress| {
            let what = format!("the state of the dialogue {:?}", D::NAME);
            unread(&what, serde_path_to_error::deserialize(progress.state))
        });
        state.transpose()
    }

    /// Ends the dialogue that the chat is in, if it is in one. Nothing is said.
    pub fn end_dialogue(&mut self) {
        if self.draft.dialogue.is_some() || self.around.dialogue.is_some() {
            self.draft.dialogue = Some(DialogueChange::Ends);
        }
    }
}

impl Context<'_, Active> {
    /// Enters a dialogue at this state, in place of any other that the chat is in: its question is
    /// asked, by [`Context::answer`].
    ///
    /// # Errors
    /// Those of [`Dialogue::ask`] and of [`Context::answer`]; the author's: the dialogue has no
    /// route.
    pub async fn enter<D: Dialogue>(&mut self, state: D) -> Handled {
        self.end_dialogue();
        self.take_turn(Turn::To(state)).await
    }

    /// Does what an answer leads to.
    pub(super) async fn take_turn<D: Dialogue>(&mut self, turn: Turn<D>) -> Handled {
        match turn {
            Turn::To(state) => self.go_on(state, Vec::new()).await,
            Turn::Say(said, state) => self.go_on(state, said).await,
            Turn::NotUnderstood => self.ask_again::<D>(Asked::NotUnderstood).await,
            Turn::Back => self.go_back::<D>().await,
            Turn::Stay => Ok(()),
            Turn::Over => {
                self.end_dialogue();
                Ok(())
            }
        }
    }

    async fn go_on<D: Dialogue>(&mut self, state: D, mut said: Vec<AnyMessage>) -> Handled {
        self.begin_at(&state)?;
        said.extend(state.ask(&mut self.reborrow(), Asked::InTurn).await?);
        self.answer(&said)
    }

    /// The state is the one that waits from now on, after those before it.
    pub(super) fn begin_at<D: Dialogue>(&mut self, state: &D) -> Handled {
        self.check_registered(D::NAME)?;
        let own = self.progress().filter(|progress| progress.name == D::NAME);
        let mut next = Progress {
            name: D::NAME.to_owned(),
            state: serde_json::to_value(state)?,
            before: Vec::new(),
            user: self.user().cloned(),
            at: self.now(),
        };
        if let Some(own) = own {
            next.before = own.before;
            next.before.push(own.state);
            let too_many = next.before.len().saturating_sub(MOST_BACK);
            next.before.drain(..too_many);
            next.user = own.user;
        }
        self.keep(&next)
    }

    async fn go_back<D: Dialogue>(&mut self) -> Handled {
        if let Some(mut progress) = self.progress()
            && let Some(before) = progress.before.pop()
        {
            progress.state = before;
            self.keep(&progress)?;
        }
        self.ask_again::<D>(Asked::Back).await
    }

    /// Asks the question that waits once more.
    pub(super) async fn ask_again<D: Dialogue>(&mut self, asked: Asked) -> Handled {
        let Some(state) = self.dialogue::<D>()? else {
            return Ok(());
        };
        let question = state.ask(&mut self.reborrow(), asked).await?;
        match asked {
            Asked::Resumed => self.push(&question),
            _ => self.answer(&question),
        }
    }

    fn check_registered(&self, name: &str) -> Handled {
        match self.dialogues.iter().any(|known| known.name == name) {
            true => Ok(()),
            false => Err(ModuleError::bug(format!(
                "the dialogue {name:?} has no route: give it to `Routes::dialogue` of the router"
            ))),
        }
    }
}
