//! A user of the account, at their phone.

use std::sync::Arc;

use emulator::{Bubble, Speaker};
use futures::FutureExt as _;
use line_module::Tap;
use serde_json::{Value, json};

use crate::Came;
use crate::harness::{request, types};
use crate::screen::{label, tappable};
use crate::world::World;

/// A user of the account, in their own chat with it; by [`User::in_group`] in a group.
pub struct User {
    pub(crate) world: Arc<World>,
    id: String,
    /// The group that they are in here.
    group: Option<String>,
    seen: u64,
}

impl User {
    pub(crate) fn new(world: Arc<World>, id: String) -> Self {
        Self::at(world, id, None)
    }

    /// The same user in the group of this name, which the account and they are in. What they do is said and seen
    /// there.
    #[must_use]
    pub fn in_group(&self, name: &str) -> Self {
        let group = self.world.group(name);
        Self::at(self.world.clone(), self.id.clone(), Some(group))
    }

    fn at(world: Arc<World>, id: String, group: Option<String>) -> Self {
        let mut user = Self {
            world,
            id,
            group,
            seen: 0,
        };
        let all = user.conversation();
        user.seen = all.last().map_or(0, |bubble| bubble.number);
        user
    }

    /// The user's id, which is their chat's too.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of the chat: the user's own, or that of the group.
    pub fn chat(&self) -> &str {
        self.group.as_deref().unwrap_or(&self.id)
    }

    /// The user writes.
    pub async fn says(&mut self, text: &str) -> Came {
        self.did_event(format!("{}: {text}", self.name()), text_message(text))
            .await
    }

    /// The user sends a message of any type, as LINE's event has it: `json!({"type": "sticker"})`.
    pub async fn sends(&mut self, message: Value) -> Came {
        let words = format!("{} sends: {}", self.name(), types(&message));
        let event = json!({ "type": "message", "message": message });
        self.did_event(words, event).await
    }

    /// The user taps something that carries this data, whether it is on the screen or not.
    pub async fn taps(&mut self, data: &str) -> Came {
        let words = format!("{} taps: {data}", self.name());
        self.did_event(words, postback(data)).await
    }

    /// The user taps something that carries this tap, whether it is on the screen or not.
    pub async fn taps_on(&mut self, tap: &impl Tap) -> Came {
        self.taps(&tap.data()).await
    }

    /// The user taps what reads so on the screen: a quick reply, a button, a part of the rich menu.
    ///
    /// # Panics
    /// There is no such thing, or tapping it sends nothing.
    pub async fn taps_label(&mut self, wanted: &str) -> Came {
        let screen = self.screen();
        let action = screen.iter().find(|action| label(action) == wanted);
        let Some(action) = action else {
            let labels: Vec<_> = screen.iter().map(label).collect();
            panic!(
                "{wanted:?} is not on the screen, but {labels:?}\n\n{}",
                self.transcript()
            );
        };
        let text = |name: &str| action[name].as_str().map(str::to_owned);
        let words = format!("{} taps [{wanted}]", self.name());
        let (line, bot) = (self.world.line.clone(), self.world.bot.clone());
        let id = self.id.clone();
        match (action["type"].as_str(), text("data"), text("text")) {
            (Some("postback"), Some(data), _) if self.group.is_some() => {
                self.did_event(words, postback(&data)).await
            }
            (Some("postback"), Some(data), _) => {
                let shown = text("displayText");
                let tapped =
                    async move { line.user_taps(&bot, &id, &data, shown.as_deref()).await };
                self.did(words, tapped).await
            }
            (Some("message"), _, Some(said)) => self.did_event(words, text_message(&said)).await,
            (Some("richmenuswitch"), ..) => {
                let area = self.area(action);
                let tapped = async move { line.tap_menu(&bot, &id, area, None).await };
                self.did(words, tapped).await
            }
            (kind, ..) => panic!("tapping {wanted:?} sends nothing: it is of the type {kind:?}"),
        }
    }

    /// The user taps the date picker that reads so on the screen, and picks this.
    ///
    /// # Panics
    /// There is no such date picker.
    pub async fn picks_label(&mut self, wanted: &str, value: &str) -> Came {
        let screen = self.screen();
        let is_it =
            |it: &&Value| label(it) == wanted && it["type"].as_str() == Some("datetimepicker");
        let Some(action) = screen.iter().find(is_it) else {
            panic!(
                "there is no date picker {wanted:?}, but {:?}\n\n{}",
                self.choices(),
                self.transcript()
            );
        };
        let text = |name: &str| action[name].as_str().unwrap_or_default();
        self.picks(text("data"), text("mode"), value).await
    }

    /// The user picks a time for an action with this data; `mode` is `date`, `time` or `datetime`.
    pub async fn picks(&mut self, data: &str, mode: &str, value: &str) -> Came {
        let words = format!("{} picks {value}: {data}", self.name());
        if self.group.is_some() {
            let mut event = postback(data);
            event["postback"]["params"] = json!({ mode: value });
            return self.did_event(words, event).await;
        }
        let line = &self.world.line;
        let picked = line.user_picks(&self.world.bot, &self.id, data, mode, value);
        self.did(words, picked).await
    }

    /// The user opens this address with a link token, logs in there, and comes back to LINE
    /// with this nonce of the company's page.
    ///
    /// # Panics
    /// The address has no link token.
    pub async fn links_account(&mut self, url: &str, nonce: &str) -> Came {
        let token = url
            .split(['?', '&', '#'])
            .find_map(|it| it.strip_prefix("linkToken="));
        let Some(token) = token else {
            panic!("{url:?} has no linkToken\n\n{}", self.transcript());
        };
        let linked = self.world.line.link_account(&self.world.bot, token, nonce);
        self.did(format!("{} links an account", self.name()), linked)
            .await
    }

    /// The user adds the account as a friend, or unblocks it.
    pub async fn follows(&mut self) -> Came {
        let followed = self.world.line.follow(&self.world.bot, &self.id);
        self.did(format!("{} follows", self.name()), followed).await
    }

    /// The user blocks the account.
    pub async fn blocks(&mut self) -> Came {
        let blocked = self.world.line.block(&self.world.bot, &self.id);
        self.did(format!("{} blocks the account", self.name()), blocked)
            .await
    }

    /// LINE sends any event of this chat, or several in one webhook if it is an array.
    pub async fn does(&mut self, events: Value) -> Came {
        let words = format!("{}: {}", self.name(), types(&events));
        let request = request(&self.world.bot, Some(self.chat()), events);
        let sent = self.world.line.send_events(request);
        self.did(words, sent).await
    }

    /// The account has said exactly this since the last look: the texts, of templates and flex messages too.
    ///
    /// # Panics
    /// It has said something else.
    #[track_caller]
    pub fn sees<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        let texts: Vec<_> = texts.into_iter().collect();
        let wanted: Vec<_> = texts.iter().map(AsRef::as_ref).collect();
        let news = self.news();
        let said: Vec<_> = news
            .iter()
            .map(|bubble| bubble.text().unwrap_or("(no text)"))
            .collect();
        assert!(
            said == wanted,
            "{} sees {said:?}, not {wanted:?}\n\n{}",
            self.name(),
            self.transcript()
        );
    }

    /// The account has said nothing since the last look.
    ///
    /// # Panics
    /// It has said something.
    #[track_caller]
    pub fn sees_nothing(&mut self) {
        self.sees::<&str>([]);
    }

    /// What the account has said since the last look, as LINE's message objects.
    pub fn news(&mut self) -> Vec<Bubble> {
        let mut all = self.conversation();
        all.retain(|bubble| bubble.number > self.seen && bubble.from == Speaker::Account);
        self.seen = all.last().map_or(self.seen, |bubble| bubble.number);
        all
    }

    /// What can be tapped, by its labels, the nearest first: the newest message's quick replies and buttons, then
    /// older buttons, then the rich menu.
    pub fn choices(&self) -> Vec<String> {
        let screen = self.screen();
        screen
            .iter()
            .map(|action| label(action).to_owned())
            .collect()
    }

    pub(crate) fn screen(&self) -> Vec<Value> {
        tappable(&self.conversation(), self.menu().as_ref())
    }

    fn menu(&self) -> Option<Value> {
        let menu = self.world.line.menu(&self.world.bot, &self.id);
        menu.now_or_never().flatten()
    }

    /// Where the rich menu does this.
    fn area(&self, action: &Value) -> usize {
        let menu = self.menu().unwrap_or_default();
        let mut areas = menu["areas"].as_array().into_iter().flatten();
        areas
            .position(|area| area["action"] == *action)
            .unwrap_or_default()
    }

    pub(crate) fn conversation(&self) -> Vec<Bubble> {
        let all = self.world.line.conversation(&self.world.bot, self.chat());
        all.now_or_never().unwrap_or_default()
    }

    pub(crate) fn name(&self) -> String {
        let name = self.world.name(&self.id);
        match &self.group {
            Some(group) => format!("{name} in {}", self.world.name(group)),
            None => name,
        }
    }

    pub(crate) fn transcript(&self) -> String {
        self.world.transcript.text()
    }

    /// What the user does in this chat.
    pub(crate) async fn did_event(&self, words: String, event: Value) -> Came {
        let line = &self.world.line;
        let done = line.user_does(&self.world.bot, self.chat(), &self.id, event);
        self.did(words, done).await
    }

    pub(crate) async fn did<T>(
        &self,
        words: String,
        deed: impl Future<Output = Result<T, emulator::Error>>,
    ) -> Came {
        Came::new(&self.world, self.world.deed(words, deed).await)
    }
}

fn text_message(text: &str) -> Value {
    let message = json!({ "type": "text", "text": text });
    json!({ "type": "message", "message": message })
}

fn postback(data: &str) -> Value {
    json!({ "type": "postback", "postback": { "data": data } })
}
