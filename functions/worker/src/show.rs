//! What a user sees of us beside messages: a sign that an answer is coming, that a
//! message was read, a rich menu. To do one of these twice changes nothing.

use shared::domain::{ChatId, Delivery, Effect, UserId};
use shared::line::LineError;
use shared::line::endpoints::chat::{MarkAsReadByToken, ShowLoading};
use shared::line::endpoints::rich_menu_link::{LinkRichMenu, UnlinkRichMenu};
use shared::line::error::LineErrorKind;
use shared::module::Module;

use crate::menu::Found;
use crate::send::{Interrupted, Sender, silenced, skipped};

impl<M: Module> Sender<'_, M> {
    /// In a chat with one user, whose id the chat has.
    pub(crate) async fn show(
        &mut self,
        chat: &ChatId,
        effect: &Effect,
        before: &Delivery,
    ) -> Result<Delivery, Interrupted> {
        let Ok(user) = UserId::new(chat.as_str()) else {
            return Ok(skipped("the chat is of no one user"));
        };
        let shown = match effect {
            Effect::Loading { seconds } => {
                let (user, seconds) = (&user, *seconds);
                self.line.call(&ShowLoading { user, seconds }).await
            }
            Effect::MarkAsRead { token } => self.line.call(&MarkAsReadByToken { token }).await,
            Effect::UnlinkMenu => self.line.call(&UnlinkRichMenu { user: &user }).await,
            Effect::LinkMenu { menu } => return self.link(&user, menu, before).await,
            _ => return Ok(skipped("this is nothing that a user sees")),
        };
        match shown {
            Ok(()) => Ok(Delivery::Sent { request_id: None }),
            Err(error) => Ok(self.after_decoration(&error, before).await),
        }
    }

    /// A menu that LINE no longer knows, though we remember its id, is made again.
    async fn link(
        &mut self,
        user: &UserId,
        name: &str,
        before: &Delivery,
    ) -> Result<Delivery, Interrupted> {
        for remembered in [true, false] {
            let menu = match self.menu_id(name, remembered, before).await? {
                Found::Id(menu) => menu,
                Found::Not(delivery) => return Ok(delivery),
            };
            // To find or make it may have taken long.
            if let Err(silence) = self.may_speak() {
                return Ok(silenced(before, silence));
            }
            let linked = self.line.call(&LinkRichMenu { user, menu: &menu }).await;
            match linked {
                Ok(()) => break,
                Err(error) if remembered && is_gone(&error) => {}
                Err(error) => return Ok(self.after_decoration(&error, before).await),
            }
        }
        Ok(Delivery::Sent { request_id: None })
    }
}

fn is_gone(error: &LineError) -> bool {
    error.kind == LineErrorKind::NotFound
}
