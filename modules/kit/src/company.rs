//! The company's own systems: a web shop, a till, a customer register.

use std::sync::Arc;

use serde::Serialize;

use crate::world::World;
use crate::{Came, User};

/// The company's own systems, which speak to the module by the inbox.
pub struct Company {
    world: Arc<World>,
}

impl Company {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// They say something to the account itself. The same `id` twice is once.
    ///
    /// # Panics
    /// The payload does not serialise, or the inbox does not take it.
    pub async fn sends(&self, name: &str, id: &str, payload: &impl Serialize) -> Came {
        self.says(None, name, id, payload).await
    }

    /// They say something to the chat with this user. The same `id` twice is once.
    ///
    /// # Panics
    /// As [`Company::sends`].
    pub async fn sends_to(
        &self,
        user: &User,
        name: &str,
        id: &str,
        payload: &impl Serialize,
    ) -> Came {
        self.says(Some(user.id()), name, id, payload).await
    }

    /// The same to the chat of any id, as that of a group.
    ///
    /// # Panics
    /// As [`Company::sends`].
    pub async fn sends_to_chat(
        &self,
        chat: &str,
        name: &str,
        id: &str,
        payload: &impl Serialize,
    ) -> Came {
        self.says(Some(chat), name, id, payload).await
    }

    /// A user asks to be forgotten, and an operator erases all that is kept of their chat: the
    /// module is told first, by its `.erased` route.
    pub async fn erases(&self, user: &User) -> Came {
        let came = self.world.erases(user.id()).await;
        Came::new(&self.world, came)
    }

    async fn says(
        &self,
        chat: Option<&str>,
        name: &str,
        id: &str,
        payload: &impl Serialize,
    ) -> Came {
        let payload = serde_json::to_value(payload).expect("a payload is JSON");
        let came = self.world.company_says(chat, name, id, &payload).await;
        Came::new(&self.world, came)
    }
}
