//! What a user sees of us beside messages: a sign that an answer is coming, that a
//! message was read, a rich menu. To do one of these twice changes nothing.

use shared::domain::{ChatId, Delivery, Effect, Scope, UserId};
use shared::line::LineError;
use shared::line::endpoints::chat::{MarkAsReadByToken, ShowLoading};
use shared::line::endpoints::rich_menu_link::{LinkRichMenu, UnlinkRichMenu};
use shared::line::error::LineErrorKind;
use shared::module::Module;

use crate::Again;
use crate::send::{Sender, refused};

impl<M: Module> Sender<'_, M> {
    /// In a chat with one user, whose id the chat has.
    pub(crate) async fn show(
        &mut self,
        chat: &ChatId,
        effect: &Effect,
        open: bool,
    ) -> Result<Delivery, Again> {
        let Ok(user) = UserId::new(chat.as_str()) else {
            return Ok(refused("the chat is of no one user", open));
        };
        let shown = match effect {
            Effect::Loading { seconds } => {
                let (user, seconds) = (&user, *seconds);
                self.line.call(&ShowLoading { user, seconds }).await
            }
            Effect::MarkAsRead { token } => self.line.call(&MarkAsReadByToken { token }).await,
            Effect::UnlinkMenu => self.line.call(&UnlinkRichMenu { user: &user }).await,
            Effect::LinkMenu { menu } => self.link(&user, menu).await?,
            _ => return Ok(refused("this is nothing that a user sees", open)),
        };
        Ok(match shown {
            Ok(()) => Delivery::Sent { request_id: None },
            Err(error) => self.after(&error, Scope::MESSAGE_SEND, open).await,
        })
    }

    /// A menu that LINE no longer knows, though we remember its id, is made anew.
    async fn link(&mut self, user: &UserId, name: &str) -> Result<Result<(), LineError>, Again> {
        for remembered in [true, false] {
            let menu = match self.menu_id(name, remembered).await? {
                Ok(menu) => menu,
                Err(error) => return Ok(Err(error)),
            };
            let linked = self.line.call(&LinkRichMenu { user, menu: &menu }).await;
            match linked {
                Err(error) if remembered && error.kind == LineErrorKind::NotFound => {}
                linked => return Ok(linked),
            }
        }
        Ok(Ok(()))
    }
}
