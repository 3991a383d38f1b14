//! Templated notification messages, to a phone number. That one was delivered
//! comes back as a `delivery` event, with the tag given here.

use serde::Serialize;
use serde_json::Value;

use crate::domain::MayBroadcast;
use crate::line::body::Body;
use crate::line::endpoint::{Endpoint, Facts, ForBot, Unsendable, json};
use crate::line::endpoints::table;
use crate::line::http::Answer;

/// Sends one of LINE's templates. There is no retry key here: what has no definite
/// answer must not be sent again
/// (<https://developers.line.biz/en/reference/line-notification-messages/#send-line-notification-message-template>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendNotification<'a> {
    to: &'a str,
    template_key: &'a str,
    body: Value,
    #[serde(skip)]
    delivery_tag: Option<&'a str>,
}

impl<'a> SendNotification<'a> {
    /// `to` is the SHA-256 of the phone number in E.164, in hex; `body` is LINE's
    /// object of emphasized item, items and buttons.
    pub fn new(_: &MayBroadcast, to: &'a str, template_key: &'a str, body: Value) -> Self {
        Self {
            to,
            template_key,
            body,
            delivery_tag: None,
        }
    }

    /// What the delivery event brings back: 16 to 100 characters.
    #[must_use]
    pub fn delivery_tag(mut self, tag: &'a str) -> Self {
        self.delivery_tag = Some(tag);
        self
    }
}

impl Endpoint for SendNotification<'_> {
    const FACTS: &'static Facts = &table::NOTIFICATION;
    type By = ForBot;
    type Answer = ();

    fn headers(&self) -> Vec<(&'static str, String)> {
        let tag = self.delivery_tag.map(str::to_owned);
        tag.map(|tag| ("x-line-delivery-tag", tag))
            .into_iter()
            .collect()
    }

    fn body(&self) -> Result<Body, Unsendable> {
        let length = self.delivery_tag.map_or(16, |tag| tag.chars().count());
        match (16..=100).contains(&length) {
            true => json(self),
            false => Err(Unsendable(
                "the delivery tag has 16 to 100 characters".into(),
            )),
        }
    }

    fn read(_: &Answer) -> Option<()> {
        Some(())
    }
}
