//! Groups: who comes and goes.

use serde_json::{Value, json};

use crate::harness::request;
use crate::{Account, Came, User};

impl User {
    /// The user comes into the group, of [`User::in_group`]. Who only says something there is in it as well.
    ///
    /// # Panics
    /// They are in their own chat.
    pub async fn joins(&mut self) -> Came {
        self.comes_or_goes("memberJoined", "joined", "joins").await
    }

    /// The user leaves the group, of [`User::in_group`].
    ///
    /// # Panics
    /// They are in their own chat.
    pub async fn leaves(&mut self) -> Came {
        self.comes_or_goes("memberLeft", "left", "leaves").await
    }

    async fn comes_or_goes(&mut self, kind: &str, member: &str, verb: &str) -> Came {
        assert!(
            self.chat() != self.id(),
            "{} is in no group here: begin with `in_group`\n\n{}",
            self.name(),
            self.transcript()
        );
        let group = self.world.name(self.chat());
        let name = self.world.name(self.id());
        let members = json!({ "members": [{ "type": "user", "userId": self.id() }] });
        let request = request(
            &self.world.bot,
            Some(self.chat()),
            json!({ "type": kind, member: members }),
        );
        let sent = self.world.line.send_events(request);
        self.did(format!("{name} {verb} {group}"), sent).await
    }
}

impl Account {
    /// The account is taken into the group of this name.
    pub async fn joins(&self, group: &str) -> Came {
        let words = format!("The account joins {group}");
        let chat = self.world.group(group);
        self.hears(&words, Some(&chat), json!({ "type": "join" }))
            .await
    }

    /// The account leaves the group of this name, or is taken out of it.
    pub async fn leaves(&self, group: &str) -> Came {
        let words = format!("The account leaves {group}");
        let chat = self.world.group(group);
        self.hears(&words, Some(&chat), json!({ "type": "leave" }))
            .await
    }

    /// A notification to a phone number has reached its user: LINE tells the tag that it was sent with.
    pub async fn notification_arrives(&self, tag: &str) -> Came {
        let words = format!("A notification has arrived: {tag}");
        let event = json!({ "type": "delivery", "delivery": { "data": tag } });
        self.hears(&words, None, event).await
    }

    async fn hears(&self, words: &str, chat: Option<&str>, event: Value) -> Came {
        let request = request(&self.world.bot, chat, event);
        let sent = self.world.line.send_events(request);
        Came::new(&self.world, self.world.deed(words, sent).await)
    }
}
