//! The account, as its owner handles it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::Came;
use crate::world::World;

/// LINE is asked to detach an account when every worker that did not know of it has ended.
const UNTIL_DETACHED: Duration = Duration::from_secs(10);

/// The account.
pub struct Account {
    pub(crate) world: Arc<World>,
}

impl Account {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// The account is suspended.
    pub async fn suspend(&self) -> Came {
        let suspended = self.world.line.suspend(&self.world.bot);
        self.did("The account is suspended", suspended).await
    }

    /// The account is in use again.
    pub async fn resume(&self) -> Came {
        let resumed = self.world.line.resume(&self.world.bot);
        self.did("The account is in use again", resumed).await
    }

    /// The module channel is detached from the account, by us. The module hears of it some seconds later, when
    /// LINE has done it.
    pub async fn detach(&self) -> Came {
        self.world.begin_detach().await;
        self.world.transcript.note("The account is detached");
        Came::new(&self.world, self.world.advance(UNTIL_DETACHED).await)
    }

    /// The admin takes a scope back, such as `message:send`. The bundle learns of it when LINE refuses a call.
    pub async fn revokes(&self, scope: &str) -> Came {
        let revoked = self.world.line.revoke(&self.world.bot, scope);
        self.did(&format!("The admin takes back {scope}"), revoked)
            .await
    }

    /// The account sets something of the module: what is not named stays as it is.
    ///
    /// # Panics
    /// The module's settings do not take it.
    pub async fn sets(&self, values: Value) {
        if let Err(error) = self.world.sets(values).await {
            panic!("{error}");
        }
    }

    async fn did<T>(
        &self,
        words: &str,
        deed: impl Future<Output = Result<T, emulator::Error>>,
    ) -> Came {
        Came::new(&self.world, self.world.deed(words, deed).await)
    }
}
