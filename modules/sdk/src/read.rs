//! What a handler may ask LINE, bound to the account. Only what reads: anything else is
//! planned, so that a handler that runs again does nothing twice.

use crate::{Context, ModuleError};
use shared::domain::message::Provider;
use shared::domain::{ChatKind, EventKind, Scope, UserId};
use shared::line::body::Download;
use shared::line::endpoint::{Endpoint, ForBot};
use shared::line::endpoints::content::GetContent;
use shared::line::endpoints::group::{GetGroupMember, GetRoomMember};
use shared::line::endpoints::profile::Profile;
use shared::line::endpoints::table::CONTENT;
use shared::line::error::{LineError, LineErrorKind};

impl<H> Context<'_, H> {
    /// Asks LINE something, for this account. Endpoints that do not read do not compile:
    ///
    /// ```compile_fail
    /// # use shared::{domain::UserId, line::endpoints::rich_menu_link::UnlinkRichMenu, module::*};
    /// async fn handler(cx: &mut Context<'_>, user: &UserId) -> Handled {
    ///     cx.ask(&UnlinkRichMenu { user }).await
    /// }
    /// # fn run<'a>(cx: &'a mut Context<'a>, user: &'a UserId) -> Box<dyn Future<Output = Handled> + 'a> {
    /// #     Box::new(handler(cx, user))
    /// # }
    /// # fn main() { let _: fn(_, _) -> _ = run; }
    /// ```
    ///
    /// # Errors
    /// LINE's refusal, which counts as the author's; that it could not be asked, or is
    /// still preparing the answer; that what is asked for is gone, or was never at LINE,
    /// which no other attempt changes.
    pub async fn ask<E: Endpoint<By = ForBot>>(
        &self,
        endpoint: &E,
    ) -> Result<E::Answer, ModuleError> {
        const {
            assert!(
                E::FACTS.reads,
                "a handler only reads from LINE: plan what is to be sent or changed"
            );
        }
        self.at_line(endpoint)?;
        Ok(self.around.line.call(endpoint).await?)
    }

    /// What the user sent that is no text, of at most `most` bytes, to be read piece by piece.
    ///
    /// LINE prepares large videos and audios for a while: until then this is
    /// [`ModuleError::Retry`], and the chat waits. To answer at once instead, ask with
    /// [`GetTranscoding`](shared::line::endpoints::content::GetTranscoding) first.
    ///
    /// # Errors
    /// As [`Context::ask`]; that it is larger.
    pub async fn content(&self, message_id: &str, most: u64) -> Result<Download, ModuleError> {
        let content = GetContent { message_id };
        self.at_line(&content)?;
        Ok(self.around.line.download(&content, most).await?)
    }

    /// LINE is not asked for the content of the event's message if another provider has it:
    /// it would answer 404 each time.
    fn at_line<E: Endpoint>(&self, endpoint: &E) -> Result<(), ModuleError> {
        let EventKind::Message(message) = &self.around.event.kind else {
            return Ok(());
        };
        let provider = match message.provider() {
            None | Some(Provider::Line) => return Ok(()),
            Some(Provider::External(_)) => "external",
            Some(Provider::Unknown(word)) => word,
        };
        let is_content = E::FACTS.path.starts_with(CONTENT.path);
        if !is_content || endpoint.places().first() != Some(&message.id) {
            return Ok(());
        }
        Err(ModuleError::park(format!(
            "LINE does not have the content of message {}: its provider is {provider}, and the \
             message's `provider` has its URLs",
            message.id
        )))
    }

    /// The profile of the event's user, if the account grants it and the user has one to
    /// show. In a chat with one user it is kept for a day.
    ///
    /// # Errors
    /// LINE could not be asked now.
    pub async fn profile(&mut self) -> Result<Option<Profile>, ModuleError> {
        let around = self.around;
        let Some(user) = &around.event.user else {
            return Ok(None);
        };
        if let Some(known) = around.profile.or(self.draft.profile.as_ref()) {
            return Ok(Some(known.clone()));
        }
        if !around.bot.state.may(Scope::PROFILE_READ, around.now) {
            return Ok(None);
        }
        let profile = shown(self.asked_profile(user).await)?;
        if self
            .around
            .event
            .chat
            .as_ref()
            .is_some_and(|chat| chat.kind == ChatKind::User)
        {
            self.draft.profile.clone_from(&profile);
        }
        Ok(profile)
    }

    /// Members of groups and rooms need not be friends.
    async fn asked_profile(&self, user: &UserId) -> Result<Profile, LineError> {
        let line = self.around.line;
        let Some(chat) = &self.around.event.chat else {
            return line.profile(user).await;
        };
        let (group, room) = (&chat.id, &chat.id);
        let member = match chat.kind {
            ChatKind::User => return line.profile(user).await,
            ChatKind::Group => line.call(&GetGroupMember { group, user }).await?,
            ChatKind::Room => line.call(&GetRoomMember { room, user }).await?,
        };
        Ok(Profile {
            display_name: member.display_name,
            language: None,
            picture_url: member.picture_url,
            status_message: None,
        })
    }
}

/// A user who shows nothing is no error.
fn shown(asked: Result<Profile, LineError>) -> Result<Option<Profile>, ModuleError> {
    match asked {
        Ok(profile) => Ok(Some(profile)),
        Err(error) if error.kind == LineErrorKind::Open || error.kind.may_pass() => {
            Err(error.into())
        }
        Err(_) => Ok(None),
    }
}
