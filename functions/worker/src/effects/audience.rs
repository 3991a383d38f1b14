//! The module's audiences of an account. LINE has them under the module's names: so whoever comes
//! second, or again after a crash, finds what the first has made. To add a user twice changes
//! nothing.

use line_module::Module;
use shared::domain::{Scope, UserId};
use shared::line::LineError;
use shared::line::endpoints::audience::{
    AddToAudience, Audience, CreateAudience, DeleteAudience, ListAudiences, Recipient,
};
use shared::line::error::LineErrorKind;
use shared::store::StoreError;

use super::{NotSent, Sender, Sent, Step};

/// As many as LINE gives in one answer.
const PAGE: u32 = 40;

impl<M: Module> Sender<'_, M> {
    /// Sees to it that LINE has the audience of this name.
    pub(super) async fn ensure_audience(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        self.may_keep(Scope::MESSAGE_SEND, step)?;
        self.audience_at_line(name, step).await?;
        Ok(Sent::default())
    }

    /// Adds users to it. It is made first, where the account does not have it.
    pub(super) async fn add_to_audience(
        &mut self,
        name: &str,
        users: &[UserId],
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        self.may_keep(Scope::MESSAGE_SEND, step)?;
        let audience = match self.view.bot.audiences.get(name) {
            Some(id) => *id,
            None => self.audience_at_line(name, step).await?,
        };
        let ids = users.iter().map(|user| Recipient { id: user.as_str() });
        let request = AddToAudience {
            audience,
            upload_description: None,
            audiences: &ids.collect::<Vec<_>>(),
        };
        self.changed(self.line.call(&request).await, step).await
    }

    /// Deletes it, if it is there.
    pub(super) async fn delete_audience(
        &mut self,
        name: &str,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        self.may_keep(Scope::MESSAGE_SEND, step)?;
        let known = self.view.bot.audiences.get(name).copied();
        let known = match known {
            Some(id) => Ok(Some(id)),
            None => self.find_audience(name).await,
        };
        let deleted = match known {
            Ok(Some(audience)) => self.line.call(&DeleteAudience { audience }).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        match deleted {
            Err(error) if error.kind == LineErrorKind::NotFound => {}
            deleted => {
                self.changed(deleted, step).await?;
            }
        }
        let forgotten = self.remember_audience(name, None).await;
        forgotten.map_err(|error| NotSent::interrupted(step.before.clone(), error))?;
        Ok(Sent::default())
    }

    /// The id at LINE of the audience of this name, as LINE has it, or of one newly made.
    async fn audience_at_line(&mut self, name: &str, step: Step<'_>) -> Result<u64, NotSent> {
        let id = match self.find_audience(name).await {
            Ok(Some(id)) => Ok(id),
            Ok(None) => self.create_audience(name).await,
            Err(error) => Err(error),
        };
        let id = match id {
            Ok(id) => id,
            Err(error) => return Err(self.not_changed(&error, step).await),
        };
        let remembered = self.remember_audience(name, Some(id)).await;
        remembered.map_err(|error| NotSent::interrupted(step.before.clone(), error))?;
        Ok(id)
    }

    /// One of an API's making: what the account's staff have made is theirs.
    async fn find_audience(&self, name: &str) -> Result<Option<u64>, LineError> {
        for page in 1.. {
            let list = ListAudiences {
                page,
                description: Some(name),
                size: Some(PAGE),
                create_route: Some("MESSAGING_API"),
                ..ListAudiences::default()
            };
            let found = self.line.call(&list).await?;
            let mut all = found.audience_groups.iter();
            if let Some(audience) = all.find(|it| is_usable(it, name)) {
                return Ok(Some(audience.audience_group_id));
            }
            if !found.has_next_page {
                break;
            }
        }
        Ok(None)
    }

    async fn create_audience(&self, name: &str) -> Result<u64, LineError> {
        let create = CreateAudience {
            description: name,
            is_ifa_audience: false,
            upload_description: None,
            audiences: &[],
        };
        Ok(self.line.call(&create).await?.audience_group_id)
    }

    async fn remember_audience(&mut self, name: &str, id: Option<u64>) -> Result<(), StoreError> {
        let write = self.app.store.update_bot(&self.work.key.bot, |row| {
            match id {
                Some(id) => row.audiences.insert(name.to_owned(), id),
                None => row.audiences.remove(name),
            };
        });
        self.view.bot.audiences = write.await?.audiences;
        Ok(())
    }

    /// By what right the account's audiences and coupons are changed now.
    pub(super) fn may_keep(&self, scope: &str, step: Step<'_>) -> Result<(), NotSent> {
        let may = self.view.bot.state.may_act(scope, self.app.now());
        may.map_err(|silence| NotSent::silenced(step, silence))
    }

    /// What became of a change of them: to make it twice is harmless.
    pub(super) async fn changed(
        &self,
        answer: Result<(), LineError>,
        step: Step<'_>,
    ) -> Result<Sent, NotSent> {
        match answer {
            Ok(()) => Ok(Sent::default()),
            Err(error) => Err(self.not_changed(&error, step).await),
        }
    }

    /// What may have been made is looked for at LINE by the next try.
    pub(super) async fn not_changed(&self, error: &LineError, step: Step<'_>) -> NotSent {
        self.not_sent(error, step.before.may_be_accepted()).await
    }
}

/// Its whole name, of ids that were uploaded, and not of the past.
fn is_usable(audience: &Audience, name: &str) -> bool {
    let is_uploaded = audience.kind.as_deref().is_none_or(|kind| kind == "UPLOAD");
    let status = audience.status.as_deref().unwrap_or_default();
    let is_over = matches!(status, "FAILED" | "EXPIRED" | "INACTIVE");
    audience.description.as_deref() == Some(name) && is_uploaded && !is_over
}
