//! Sending webhooks.

use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;

use crate::clock::Millis;
use crate::emulator::Emulator;
use crate::error::Error;
use crate::settings::Settings;
use crate::signature;
use crate::webhook::request::{Deliver, DeliverOptions, EventsRequest, SignatureKind};
use crate::webhook::{self, Built, Held, Outcome, Webhooks, send};
use crate::world::chat::Holder;
use crate::world::record::Delivery;

impl Emulator {
    /// Builds a webhook of any events, signs it and delivers it, or holds it back.
    ///
    /// Bot and chats need not be in the world, and the account need not be attached. The other
    /// channels get it as they get anything that happens, unless it is held back.
    pub async fn send_events(&self, request: EventsRequest) -> Result<Outcome, Error> {
        self.check_events(&request)?;
        let Webhooks { ours, others } = {
            let mut platform = self.platform();
            let (now, chat) = (platform.now(), request.chat.as_deref());
            let mut to = platform.world.listeners(&request.bot);
            if !to.contains(&Holder::Module) {
                to.insert(0, Holder::Module);
            }
            webhook::build(&mut platform, &request.bot, chat, request.events, &to, now)
        };
        self.changed();
        let built = ours.ok_or_else(|| Error::request("nothing was sent"))?;
        match request.deliver {
            Deliver::Hold => Ok(Outcome::Held(self.hold(built))),
            Deliver::Send(options) => {
                self.send_to_others(others);
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

    /// Sends events to the channels that are to get any from this account. Gives what came of it
    /// at the module.
    pub(crate) async fn notify(
        &self,
        bot: &str,
        chat: Option<&str>,
        events: Vec<Value>,
    ) -> Result<Option<Delivery>, Error> {
        let built = self.prepare(bot, chat, events);
        self.deliver_some(built).await
    }

    /// Sends an event that is about one channel to that one, if it is to get any.
    pub(crate) async fn tell(
        &self,
        channel: Holder,
        bot: &str,
        chat: Option<&str>,
        event: Value,
    ) -> Result<Option<Delivery>, Error> {
        let built = {
            let mut platform = self.platform();
            let now = platform.now();
            webhook::prepare_for(&mut platform, channel, bot, chat, event, now)
        };
        self.changed();
        self.deliver_some(built).await
    }

    /// Builds the webhooks for the channels that are sent what happens in this account, and lets the
    /// world take in the events.
    pub(crate) fn prepare(&self, bot: &str, chat: Option<&str>, events: Vec<Value>) -> Webhooks {
        let built = {
            let mut platform = self.platform();
            let now = platform.now();
            webhook::prepare(&mut platform, bot, chat, events, now)
        };
        self.changed();
        built
    }

    /// Delivers what was prepared. `None` if there is no webhook for the module.
    pub(crate) async fn deliver_some(&self, built: Webhooks) -> Result<Option<Delivery>, Error> {
        self.send_to_others(built.others);
        match built.ours {
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
        let (settings, at) = self.start(built);
        let signature = send::signature(&settings, kind, &built.body);
        let (client, body) = (self.client(), &built.body);
        let receipt = send::post(client, &settings, built.to, body, signature.as_deref()).await;
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

    /// Sends webhooks to the other channels, without waiting for them. What becomes of them counts
    /// nowhere, and none is sent again.
    pub(crate) fn send_to_others(&self, webhooks: Vec<Built>) {
        for built in webhooks {
            let emulator = self.clone();
            tokio::spawn(async move { emulator.send_to_other(&built).await });
        }
    }

    async fn send_to_other(&self, built: &Built) {
        let (settings, at) = self.start(built);
        let secret = settings.secret_of(built.to);
        let signature = signature::sign(secret, built.body.as_bytes());
        let (client, body) = (self.client(), &built.body);
        let receipt = send::post(client, &settings, built.to, body, Some(&signature)).await;
        let delivery = {
            let log = &mut self.platform().world.other_deliveries;
            log.add(|number| send::record(built, number, at, Some(signature), &receipt))
        };
        report(&delivery);
        self.changed();
    }

    /// Starts the time of a webhook's reply tokens. Gives how things are at that moment.
    fn start(&self, built: &Built) -> (Settings, Millis) {
        let mut platform = self.platform();
        let now = platform.now();
        webhook::start_tokens(&mut platform, built, now);
        (platform.settings.clone(), now)
    }

    fn hold(&self, built: Built) -> Held {
        let (settings, _) = self.start(&built);
        let signature = send::signature(&settings, SignatureKind::Good, &built.body);
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
