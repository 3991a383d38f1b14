//! What a handler may look at, and where it plans. It lives for one event.

use std::any::{Any, type_name};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dialogue::Registered;
use crate::draft::Draft;
use crate::hold::{Account, Active, Anywhere, Hold, InChat, OneChat, Standby};
use crate::settings::Schema;
use crate::shared_values::SharedValues;
use crate::step_log::StepLog;
use crate::{Menu, ModuleError};
use shared::domain::{
    BotId, Chat, ChatState, Event, Scopes, Silence, Timestamp, UserId, may_speak,
};
use shared::hash::sha256_hex;
use shared::line::BotClient;
use shared::line::endpoints::profile::Profile;
use shared::store::{BotRow, Store};

/// What surrounds an event: filled in by the worker.
pub struct Surroundings<'a> {
    /// The table, for the module's own rows.
    pub store: &'a Store,
    /// LINE, bound to the account.
    pub line: &'a BotClient,
    /// The account's row.
    pub bot: &'a BotRow,
    /// The chat's registers, all events in hand taken in.
    pub chat: &'a ChatState,
    /// The module's state of the chat, as JSON.
    pub state: Option<&'a str>,
    /// How far the chat's dialogue is, as JSON.
    pub dialogue: Option<&'a str>,
    /// The profile of the chat's user, as it was read lately.
    pub profile: Option<&'a Profile>,
    /// The event.
    pub event: &'a Event,
    /// When its webhook arrived.
    pub received_at: Timestamp,
    /// The time now; the handler itself sees the event's.
    pub now: Timestamp,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    /// Whether a push may stand in for a reply.
    pub push_instead: bool,
    /// The module's settings.
    pub settings: &'a Schema,
    /// The module's rich menus.
    pub menus: &'a [Menu],
    /// Its calls to services that are not ours.
    pub steps: &'a StepLog<'a>,
}

/// What a handler may look at, and where it plans; `H` says where it runs.
pub struct Context<'a, H = Anywhere> {
    pub(super) around: &'a Surroundings<'a>,
    pub(super) draft: &'a mut Draft,
    shared: Option<&'a SharedValues>,
    pub(super) dialogues: &'a [Registered],
    hold: PhantomData<H>,
}

impl<'a> Context<'a> {
    /// For one event; what is planned is put into `draft`.
    pub fn new(around: &'a Surroundings<'a>, draft: &'a mut Draft) -> Self {
        Self {
            around,
            draft,
            shared: None,
            dialogues: &[],
            hold: PhantomData,
        }
    }

    /// The right to speak in this chat, if we have it.
    pub fn active(&mut self) -> Option<Context<'_, Active>> {
        self.silence().is_none().then(|| self.held())
    }

    /// The chat, if another channel holds it, or it is gone.
    pub fn standby(&mut self) -> Option<Context<'_, Standby>> {
        let silent = self.around.event.chat.is_some() && self.silence().is_some();
        silent.then(|| self.held())
    }

    /// The account, if the event is of no chat.
    pub fn account(&mut self) -> Option<Context<'_, Account>> {
        let of_account = self.around.event.chat.is_none();
        of_account.then(|| self.held())
    }

    fn held<H>(&mut self) -> Context<'_, H> {
        Context {
            around: self.around,
            draft: self.draft,
            shared: self.shared,
            dialogues: self.dialogues,
            hold: PhantomData,
        }
    }
}

impl<H> Context<'_, H> {
    /// Reborrows the context.
    pub(super) fn reborrow(&mut self) -> Context<'_, H> {
        Context {
            around: self.around,
            draft: self.draft,
            shared: self.shared,
            dialogues: self.dialogues,
            hold: PhantomData,
        }
    }

    /// Why we may not speak in this chat, if so.
    pub fn silence(&self) -> Option<Silence> {
        let around = self.around;
        if around.event.chat.is_none() {
            return Some(Silence::NoChat);
        }
        let Surroundings {
            now,
            default_active,
            ..
        } = *around;
        may_speak(&around.bot.state, around.chat, now, default_active).err()
    }

    /// When we lose the chat if nothing is done: none if it is ours without limit, or
    /// not ours. A little before LINE's own `expireAt`, for what is on its way then.
    pub fn held_until(&self) -> Option<Timestamp> {
        let around = self.around;
        let lapse = around.chat.lapses_at(around.bot.state.detached_at);
        lapse.filter(|_| self.silence().is_none())
    }

    /// The event, whole.
    pub fn event(&self) -> &Event {
        self.around.event
    }

    /// Who did it, if LINE tells.
    pub fn user(&self) -> Option<&UserId> {
        self.around.event.user.as_ref()
    }

    /// The time of the event: the same when a handler runs again.
    pub fn now(&self) -> Timestamp {
        self.around.event.at
    }

    /// A number by chance, the same when a handler runs again: made of the event's id,
    /// so it is no secret. Each call gives another.
    pub fn random(&mut self) -> u64 {
        let event = self.around.event;
        let chat = event.chat.as_ref().map_or("", |chat| chat.id.as_str());
        let nth = self.draft.drawn.to_string();
        self.draft.drawn += 1;
        let of = [event.bot.as_str(), chat, event.id.as_str(), &nth].join("\n");
        u64::from_str_radix(&sha256_hex([of])[..16], 16).unwrap_or_default()
    }

    /// The account's id.
    pub fn bot(&self) -> &BotId {
        &self.around.event.bot
    }

    /// The account's name, if it is known.
    pub fn bot_name(&self) -> Option<&str> {
        self.around.bot.display_name.as_deref()
    }

    /// What the account's admin has granted, as far as it is known.
    pub fn scopes(&self) -> &Scopes {
        self.around.bot.state.scopes()
    }

    /// What the account has set, with defaults for the rest: see
    /// [`Module::settings`](crate::Module::settings).
    ///
    /// # Errors
    /// The author's: the settings do not fit the type.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, ModuleError> {
        let values = self.around.settings.filled(&self.around.bot.settings);
        unread(
            "the account's settings",
            serde_path_to_error::deserialize(values),
        )
    }

    /// What the module has for all its handlers: see
    /// [`Router::share`](crate::Router::share).
    ///
    /// # Errors
    /// The author's: nothing of this type is shared.
    pub fn shared<T: Any + Send + Sync>(&self) -> Result<&T, ModuleError> {
        let shared = self.shared.and_then(SharedValues::get);
        shared.ok_or_else(not_shared::<T>)
    }

    pub(super) fn shared_value<T: Any + Send + Sync>(&self) -> Result<Arc<T>, ModuleError> {
        let shared = self.shared.and_then(SharedValues::get_shared);
        shared.ok_or_else(not_shared::<T>)
    }

    /// With what a router shares, if it shares anything, and with its dialogues.
    pub(super) fn of_router<'x>(
        &'x mut self,
        values: &'x SharedValues,
        dialogues: &'x [Registered],
    ) -> Context<'x, H> {
        let own = Some(values).filter(|values| !values.is_empty());
        Context {
            shared: own.or(self.shared),
            dialogues,
            ..self.reborrow()
        }
    }
}

impl<H: Hold> Context<'_, H> {
    /// The chat. Where only the running handler can tell whether there is one, it is in
    /// [`Context::event`].
    #[expect(
        clippy::expect_used,
        reason = "`active` and `standby` alone make such a context, and only for an event of a chat"
    )]
    pub fn chat(&self) -> &Chat
    where
        H: OneChat,
    {
        let chat = self.around.event.chat.as_ref();
        chat.expect("the event is of a chat")
    }

    /// The module's state of this chat; the default if there is none yet.
    ///
    /// # Errors
    /// The kept state is not of this type.
    pub fn state<T: DeserializeOwned + Default>(&self) -> Result<T, ModuleError>
    where
        H: InChat,
    {
        let kept = self.draft.state.as_deref().or(self.around.state);
        let Some(kept) = kept else {
            return Ok(T::default());
        };
        let mut json = serde_json::Deserializer::from_str(kept);
        unread(
            "the chat's state",
            serde_path_to_error::deserialize(&mut json),
        )
    }

    /// Keeps a new state of this chat.
    ///
    /// # Errors
    /// It does not serialise, or the event is of no chat.
    pub fn set_state<T: Serialize>(&mut self, state: &T) -> Result<(), ModuleError>
    where
        H: InChat,
    {
        self.in_chat()?;
        self.draft.state = Some(serde_json::to_string(state)?);
        Ok(())
    }

    /// Where only the running handler can tell whether there is a chat.
    pub(super) fn in_chat(&self) -> Result<&Chat, ModuleError> {
        let chat = self.around.event.chat.as_ref();
        chat.ok_or_else(|| ModuleError::bug("the event is of no chat"))
    }
}

/// What of `what` is no such type, and where: without the value, which may be a user's.
pub(super) fn unread<T>(
    what: &str,
    read: Result<T, serde_path_to_error::Error<serde_json::Error>>,
) -> Result<T, ModuleError> {
    read.map_err(|error| {
        let at = match error.path().to_string() {
            path if path == "." => String::new(),
            path => format!(" at `{path}`"),
        };
        let text = error.inner().to_string();
        let wanted = text
            .find("expected")
            .map_or(text.as_str(), |at| &text[at..]);
        let name = type_name::<T>();
        ModuleError::bug(format!("{what} cannot be read as `{name}`{at}: {wanted}"))
    })
}

fn not_shared<T>() -> ModuleError {
    let name = type_name::<T>();
    ModuleError::bug(format!("no {name} is shared: give one to `Router::share`"))
}
