//! Sending webhooks.

use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;

use crate::emulator::Emulator;
use crate::error::Error;
use crate::webhook::request::{Deliver, DeliverOptions, EventsRequest, SignatureKind};
use crate::webhook::{self, Built, Held, Outcome, send};
use crate::world::record::Delivery;

impl Emulator {
    /// Builds a webhook of any events, signs it and delivers it, or holds it back.
    ///
    /// Bot and chats need not be in the world, and the account need not be attached.
    pub async fn send_events(&self, request: EventsRequest) -> Result<Outcome, Error> {
        self.check_events(&request)?;
        let built = {
            let mut platform = self.platform();
            let now = platform.now();
            let chat = request.chat.as_deref();
            webhook::build(&mut platform, &request.bot, chat, request.events, now)
        };
        self.changed();
        match request.deliver {
            Deliver::Hold => Ok(Outcome::Held(self.hold(built))),
            Deliver::Send(options) => {
                let delivery = self.deliver(built, options).await?;
                Ok(Outcome::Delivered(Box::new(delivery)))
            }
        }
    }

    /// Sends a webhook again, as LINE does where redelivery is switched on: the same ids and reply
    /// tokens, marked as a redelivery.
    pub async fn redeliver(&self, number: u64) -> Result<Delivery, Error> {
        let built = {
            let platform = self.platform();
            let mut all = platform.world.deliveries.iter();
            let found = all.find(|delivery| delivery.number == number);
            let known = found.map(webhook::again);
            known.ok_or_else(|| Error::request(format!("there is no delivery {number}")))?
        };
        self.deliver(built, DeliverOptions::default()).await
    }

    /// Sends events to the module, if it is to get any from this account.
    pub(crate) async fn notify(
        &self,
        bot: &str,
        chat: Option<&str>,
        events: Vec<Value>,
    ) -> Result<Option<Delivery>, Error> {
        let built = self.prepare(bot, chat, events);
        self.deliver_some(built).await
    }

    /// Builds a webhook and lets the world take it in. `None` if the module is not sent what
    /// happens in this account.
    pub(crate) fn prepare(
        &self,
        bot: &str,
        chat: Option<&str>,
        events: Vec<Value>,
    ) -> Option<Built> {
        let built = {
            let mut platform = self.platform();
            let now = platform.now();
            webhook::prepare(&mut platform, bot, chat, events, now)
        };
        self.changed();
        built
    }

    /// Delivers what was prepared.
    pub(crate) async fn deliver_some(
        &self,
        built: Option<Built>,
    ) -> Result<Option<Delivery>, Error> {
        match built {
            None => Ok(None),
            Some(built) => self
                .deliver(built, DeliverOptions::default())
                .await
                .map(Some),
        }
    }

    /// Delivers a webhook: waits, starts its reply tokens, sends all copies at once.
    pub(crate) async fn deliver(
        &self,
        built: Built,
        options: DeliverOptions,
    ) -> Result<Delivery, Error> {
        if options.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(options.delay_ms)).await;
        }
        let copies = (0..options.copies.max(1)).map(|_| self.send_once(&built, options.signature));
        let mut sent = join_all(copies).await;
        sent.sort_by_key(|delivery| delivery.number);
        self.changed();
        let first = sent.into_iter().next();
        first.ok_or_else(|| Error::request("nothing was sent"))
    }

    pub(super) async fn send_once(&self, built: &Built, kind: SignatureKind) -> Delivery {
        let (settings, at) = {
            let mut platform = self.platform();
            let now = platform.now();
            webhook::start_tokens(&mut platform, built, now);
            (platform.settings.clone(), now)
        };
        let signature = send::signature(&settings, kind, &built.body);
        let receipt = send::post(self.client(), &settings, &built.body, signature.as_deref()).await;
        let delivery = {
            let log = &mut self.platform().world.deliveries;
            log.add(|number| send::record(built, number, at, signature, &receipt))
        };
        report(&delivery);
        if kind == SignatureKind::Good {
            // Of what LINE would never send nothing comes.
            self.took(&delivery);
        }
        delivery
    }

    fn hold(&self, built: Built) -> Held {
        let mut platform = self.platform();
        let now = platform.now();
        webhook::start_tokens(&mut platform, &built, now);
        let signature = send::signature(&platform.settings, SignatureKind::Good, &built.body);
        Held {
            signature: signature.unwrap_or_default(),
            body: built.body,
            event_ids: built.event_ids,
        }
    }

    fn check_events(&self, request: &EventsRequest) -> Result<(), Error> {
        if request.bot.is_empty() {
            return Err(Error::request("\"bot\" is empty"));
        }
        let previous = Deliver::Send(DeliverOptions {
            signature: SignatureKind::Previous,
            ..match request.deliver {
                Deliver::Send(options) => options,
                Deliver::Hold => DeliverOptions::default(),
            }
        });
        if request.deliver == previous && self.platform().settings.previous_secret.is_none() {
            return Err(Error::request("the channel has no previous secret"));
        }
        Ok(())
    }
}

fn report(delivery: &Delivery) {
    let line = send::line(delivery);
    if delivery.failure.is_some() {
        tracing::warn!("{line}");
    } else {
        tracing::info!("{line}");
    }
}
