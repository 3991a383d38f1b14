//! What a user sends that is no text, and what they do with it afterwards.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Came, User};

impl User {
    /// The user sends an image. LINE has its file.
    pub async fn sends_image(&mut self) -> Came {
        self.sends(json!({ "type": "image" })).await
    }

    /// The user sends several images at once: an event for each, in one webhook.
    pub async fn sends_images(&mut self, number: usize) -> Came {
        let of_set = |index: usize| {
            let set = json!({ "id": "set", "index": index, "total": number });
            self.event(&json!({ "type": "image", "imageSet": set }))
        };
        let images: Vec<_> = (1..=number).map(of_set).collect();
        self.does(images.into()).await
    }

    /// The user sends a video of this length. LINE has its file.
    pub async fn sends_video(&mut self, duration: Duration) -> Came {
        let milliseconds = in_milliseconds(duration);
        self.sends(json!({ "type": "video", "duration": milliseconds }))
            .await
    }

    /// The user sends a sound of this length. LINE has its file.
    pub async fn sends_audio(&mut self, duration: Duration) -> Came {
        let milliseconds = in_milliseconds(duration);
        self.sends(json!({ "type": "audio", "duration": milliseconds }))
            .await
    }

    /// The user sends a file of this name and size, in bytes.
    pub async fn sends_file(&mut self, name: &str, size: u64) -> Came {
        self.sends(json!({ "type": "file", "fileName": name, "fileSize": size }))
            .await
    }

    /// The user sends a place: its name, its address, and where it is, in degrees north and east.
    pub async fn sends_location(
        &mut self,
        title: &str,
        address: &str,
        (latitude, longitude): (f64, f64),
    ) -> Came {
        let location = json!({
            "type": "location",
            "title": title,
            "address": address,
            "latitude": latitude,
            "longitude": longitude,
        });
        self.sends(location).await
    }

    /// The user sends a sticker, for which LINE has these words.
    pub async fn sends_sticker(&mut self, package: &str, sticker: &str, keywords: &[&str]) -> Came {
        let sticker = json!({
            "type": "sticker",
            "packageId": package,
            "stickerId": sticker,
            "keywords": keywords,
        });
        self.sends(sticker).await
    }

    /// The user writes a text in which the account's own bot is mentioned, by its name with an `@`.
    pub async fn mentions_bot(&mut self, text: &str) -> Came {
        let at = text.find('@').unwrap_or_default();
        let units = |text: &str| text.encode_utf16().count();
        let name = text[at..].split(' ').next().unwrap_or_default();
        let mention = json!({ "mentionees": [{
            "type": "user",
            "userId": self.world.bot,
            "isSelf": true,
            "index": units(&text[..at]),
            "length": units(name),
        }] });
        self.sends(json!({ "type": "text", "text": text, "mention": mention }))
            .await
    }

    /// The user writes a text in which these users are mentioned, each by their name with an `@`.
    ///
    /// # Panics
    /// The name of one is not in it.
    pub async fn mentions(&mut self, text: &str, others: &[&Self]) -> Came {
        let units = |text: &str| text.encode_utf16().count();
        let mentionees = others.iter().map(|other| {
            let name = format!("@{}", self.world.name(other.id()));
            let Some(at) = text.find(&name) else {
                panic!("{text:?} has no {name:?}\n\n{}", self.transcript());
            };
            let (index, length) = (units(&text[..at]), units(&name));
            json!({ "type": "user", "userId": other.id(), "index": index, "length": length })
        });
        let mentionees: Vec<_> = mentionees.collect();
        let mention = json!({ "mentionees": mentionees });
        self.sends(json!({ "type": "text", "text": text, "mention": mention }))
            .await
    }

    /// The user watches a video with this tracking id to its end.
    pub async fn watches_video(&mut self, tracking_id: &str) -> Came {
        let words = format!("{} watches the video {tracking_id}", self.name());
        let video = json!({ "trackingId": tracking_id });
        let event = json!({ "type": "videoPlayComplete", "videoPlayComplete": video });
        self.did_event(words, event).await
    }

    /// The user is near the LINE Beacon with this hardware id; `kind` is LINE's word: `enter`, `stay` or `banner`.
    pub async fn meets_beacon(&mut self, hwid: &str, kind: &str) -> Came {
        let words = format!("{} meets the beacon {hwid}: {kind}", self.name());
        let beacon = json!({ "hwid": hwid, "type": kind });
        self.did_event(words, json!({ "type": "beacon", "beacon": beacon }))
            .await
    }

    /// The user changes the newest text of theirs that reads so. LINE lets users do so in groups alone, so far:
    /// [`User::in_group`].
    ///
    /// # Panics
    /// There is no such text, or the chat is no group.
    pub async fn edits(&mut self, was: &str, text: &str) -> Came {
        let id = self.said(|bubble| bubble.text() == Some(was), was);
        let (line, bot) = (self.world.line.clone(), self.world.bot.clone());
        let edited = line.user_edits(&bot, self.chat(), self.id(), &id, text);
        let words = format!("{} changes {was:?} to: {text}", self.name());
        self.did(words, edited).await
    }

    /// The user takes back what they sent last.
    ///
    /// # Panics
    /// They have sent nothing.
    pub async fn unsends(&mut self) -> Came {
        let id = self.said(|_| true, "a message");
        let (line, bot) = (self.world.line.clone(), self.world.bot.clone());
        let taken_back = line.user_unsends(&bot, self.chat(), self.id(), &id);
        self.did(format!("{} takes back a message", self.name()), taken_back)
            .await
    }

    /// The user joins this membership plan.
    pub async fn joins_membership(&mut self, plan: u64) -> Came {
        self.membership("joined", "joins", plan).await
    }

    /// The user leaves this membership plan.
    pub async fn leaves_membership(&mut self, plan: u64) -> Came {
        self.membership("left", "leaves", plan).await
    }

    /// The user pays for longer for this membership plan.
    pub async fn renews_membership(&mut self, plan: u64) -> Came {
        self.membership("renewed", "renews", plan).await
    }

    async fn membership(&mut self, change: &str, verb: &str, plan: u64) -> Came {
        let (line, bot) = (self.world.line.clone(), self.world.bot.clone());
        let changed = line.user_changes_membership(&bot, self.id(), change, plan);
        let words = format!("{} {verb} the membership plan {plan}", self.name());
        self.did(words, changed).await
    }

    /// An event with this message, of the user in this chat.
    fn event(&self, message: &Value) -> Value {
        let mut event = json!({ "type": "message", "message": message });
        if self.chat() != self.id() {
            event["source"] =
                json!({ "type": "group", "groupId": self.chat(), "userId": self.id() });
        }
        event
    }

    /// The id of the newest message that the user has sent and that is like this.
    fn said(&self, is_it: impl Fn(&emulator::Bubble) -> bool, what: &str) -> String {
        let all = self.conversation();
        let mut said = all.iter().rev();
        let found = said.find(|bubble| bubble.from == emulator::Speaker::User && is_it(bubble));
        let id = found.and_then(|bubble| bubble.message["id"].as_str());
        let Some(id) = id else {
            let name = self.name();
            panic!("{name} has not sent {what:?}\n\n{}", self.transcript());
        };
        id.to_owned()
    }
}

fn in_milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
