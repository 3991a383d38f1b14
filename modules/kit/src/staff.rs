//! The account's staff, who answer in a chat by hand.

use std::sync::Arc;

use crate::Came;
use crate::world::World;

/// The account's staff, at one chat.
pub struct Staff {
    world: Arc<World>,
    chat: String,
}

impl Staff {
    pub(crate) fn new(world: Arc<World>, chat: String) -> Self {
        Self { world, chat }
    }

    /// They take the chat: the module is on standby.
    pub async fn takes_control(&self) -> Came {
        let taken = self.world.line.take(&self.world.bot, &self.chat);
        self.did("take", taken).await
    }

    /// They give the chat to the module.
    pub async fn gives_control(&self) -> Came {
        let given = self.world.line.give(&self.world.bot, &self.chat);
        self.did("give back", given).await
    }

    /// They write. The user sees it as the account's words; the module gets no event.
    pub async fn says(&self, text: &str) -> Came {
        let said = self
            .world
            .line
            .staff_says(&self.world.bot, &self.chat, text);
        let came = self.world.deed(format!("Staff: {text}"), said);
        Came::new(&self.world, came.await)
    }

    async fn did<T>(
        &self,
        verb: &str,
        deed: impl Future<Output = Result<T, emulator::Error>>,
    ) -> Came {
        let words = format!("Staff {verb} the chat of {}", self.world.name(&self.chat));
        Came::new(&self.world, self.world.deed(words, deed).await)
    }
}
