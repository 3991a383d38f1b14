//! The checks: each plays the script under a difficulty, and judges what is left.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use line_module::Module;
use serde_json::Value;

use super::left::{Alike, Left};
use super::odd;
use super::orders::{Order, orders};
use super::rule::{Broken, Rule};
use super::script::{MARI, Step, is_of_line};
use super::stage::Stage;
use super::undisturbed::{Played, Undisturbed};
use crate::lock;
use crate::wire::{Asked, Harm};

/// How much later an event may be handled, for no reason of its own.
const A_LITTLE: Duration = Duration::from_secs(20);
/// How late a redelivery comes.
const LATE: Duration = Duration::from_secs(3 * 3600);
/// What LINE may answer to any call.
const FOR_QUESTIONS: [Harm; 2] = [
    Harm::Answered(500, r#"{"message":"Internal server error"}"#),
    Harm::Answered(
        429,
        r#"{"message":"The API rate limit has been exceeded. Try again later."}"#,
    ),
];
/// What else may become of a call that sends.
const FOR_SENDS: [Harm; 3] = [
    Harm::Answered(429, r#"{"message":"You have reached your monthly limit."}"#),
    Harm::Answered(400, r#"{"message":"The request body has 1 error(s)"}"#),
    Harm::AnswerLost,
];

/// Makes a module, as each process does.
pub(super) type Make<M> = Arc<dyn Fn() -> M + Send + Sync>;

/// A module and a script to hold it against the rules.
pub(super) struct Checks<M> {
    make: Make<M>,
    script: Vec<Step>,
    undisturbed: OnceLock<Played>,
    /// How often the script was begun.
    runs: AtomicUsize,
}

/// A call to LINE that is not for a token.
fn lines_call(asked: &Asked) -> bool {
    asked.of_line && !asked.word.contains("/oauth2/")
}

/// Which calls can be hurt so: those that only ask are spared the errors of sends.
fn can_meet(asked: &Asked, harm: &Harm) -> bool {
    match harm {
        Harm::Crash => true,
        Harm::CrashAfter => asked.of_line && asked.changes(),
        harm => !asked.word.starts_with("GET ") || FOR_QUESTIONS.contains(harm),
    }
}

impl<M: Module> Checks<M> {
    pub(super) fn new(make: Make<M>, script: Vec<Step>) -> Self {
        Self {
            make,
            script,
            undisturbed: OnceLock::new(),
            runs: AtomicUsize::new(0),
        }
    }

    /// The same, where the script has been played already.
    pub(super) fn after(self, played: Played) -> Self {
        Self {
            undisturbed: OnceLock::from(played),
            ..self
        }
    }

    /// How often the script was begun so far.
    pub(super) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    async fn stage(&self) -> Stage {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let make = self.make.clone();
        let mut names = vec![MARI.to_owned()];
        for step in &self.script {
            if !names.contains(&step.who) {
                names.push(step.who.clone());
            }
        }
        Stage::new(Box::new(move |parts| parts.worker(make())), names).await
    }

    /// The script, as it goes if nothing disturbs it: played once.
    async fn undisturbed(&self) -> Played {
        if let Some(played) = self.undisturbed.get() {
            return played.clone();
        }
        let played = self.plays_undisturbed().await;
        self.undisturbed.get_or_init(|| played).clone()
    }

    pub(super) async fn plays_undisturbed(&self) -> Played {
        let mut stage = self.stage().await;
        let calls: Arc<Mutex<Vec<Vec<Asked>>>> = Arc::default();
        let own = calls.clone();
        stage.shop.world().wire.plan(move |asked| {
            lock(&own).last_mut()?.push(asked.clone());
            None
        });
        let mut events = Vec::new();
        for step in &self.script {
            lock(&calls).push(Vec::new());
            events.push(stage.play(step).await?);
        }
        stage.ends(Rule::Conversation).await?;
        Ok(Arc::new(Undisturbed {
            events,
            calls: std::mem::take(&mut lock(&calls)),
            left: stage.left(),
            rings: stage.rings(),
            next_ring: stage.shop.world().next_ring(),
        }))
    }

    async fn events(&self) -> Result<Vec<Value>, Broken> {
        Ok(self.undisturbed().await?.events.clone())
    }

    pub(super) async fn conversation(&self) -> Result<(), Broken> {
        self.undisturbed().await.map(drop)
    }

    pub(super) async fn repeatable(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        let mut stage = self.stage().await;
        for event in &events {
            stage.tries_twice(event).await?;
        }
        stage.ends(Rule::Conversation).await
    }

    /// Each webhook comes twice at once, once more a moment later, and once more hours later.
    pub(super) async fn once(&self) -> Result<(), Broken> {
        let undisturbed = self.undisturbed().await?;
        let mut stage = self.stage().await;
        for event in undisturbed.events.clone() {
            let event = stage.next(event).await;
            let is_of_line = is_of_line(&event);
            stage.sends_all(vec![event], 2).await?;
            if is_of_line {
                let _ = stage.shop.line_redelivers().await;
            }
        }
        let last = stage.shop.line().state().await.last_delivery;
        let _ = stage.shop.world().advance(LATE).await;
        redeliver(&stage, last).await;
        stage.ends(Rule::Once).await?;
        self.judge(Rule::Once, &stage, &undisturbed, Alike::Same)
            .await
    }

    /// All at once in one webhook, in order and then the other way round; and in orders drawn by lot.
    pub(super) async fn order(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        for order in orders(events.len()) {
            let in_it = |broken: Broken| Broken {
                detail: format!("{} (the events came {})", broken.detail, order.name),
                ..broken
            };
            self.comes(&events, &order).await.map_err(in_it)?;
        }
        Ok(())
    }

    /// All events, when the last has happened.
    async fn comes(&self, events: &[Value], order: &Order) -> Result<(), Broken> {
        let mut stage = self.stage().await;
        let mut all = Vec::new();
        for event in events {
            all.push(stage.next(event.clone()).await);
        }
        for webhook in &order.webhooks {
            let batch = webhook.iter().map(|place| all[*place].clone());
            stage.sends_all(batch.collect(), 1).await?;
        }
        stage.ends(Rule::Order).await
    }

    /// LINE does not reach us, and sends all of it again hours later, when no reply token is good.
    pub(super) async fn late(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        let mut stage = self.stage().await;
        stage.shop.world().set_reachable(false);
        stage.play_events(&events).await?;
        stage.shop.world().set_reachable(true);
        let last = stage.shop.line().state().await.last_delivery;
        let _ = stage.shop.world().advance(LATE).await;
        redeliver(&stage, last).await;
        stage.ends(Rule::Late).await
    }

    /// Staff hold the chat, or the account is suspended; and the user blocks it.
    pub(super) async fn silence(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        for is_suspended in [false, true] {
            let mut stage = self.stage().await;
            let before = stage.left().number_sent();
            match is_suspended {
                true => drop(stage.shop.account().suspend().await),
                false => staff_take_all(&stage).await,
            }
            // Who follows ends the standby.
            let events = events.iter().filter(|event| event["type"] != "follow");
            for event in events {
                stage.sends(event.clone()).await?;
            }
            stage.ends(Rule::Silence).await?;
            if is_suspended && stage.left().number_sent() > before {
                return Err(stage.broken(Rule::Silence, "something was sent"));
            }
            let _ = stage.shop.account().resume().await;
            for mut user in stage.users() {
                let _ = user.blocks().await;
            }
            stage.ends(Rule::Silence).await?;
        }
        self.silence_afterwards(&events).await
    }

    /// Staff take the chat after the script, and what was set for later rings there.
    async fn silence_afterwards(&self, events: &[Value]) -> Result<(), Broken> {
        let mut stage = self.stage().await;
        stage.play_events(events).await?;
        staff_take_all(&stage).await;
        stage.days_go_by().await;
        stage.ends(Rule::Silence).await
    }

    /// Without the right to send, then without profiles.
    pub(super) async fn scopes(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        for scope in ["message:send", "profile:read"] {
            let mut stage = self.stage().await;
            let _ = stage.shop.account().revokes(scope).await;
            stage.play_events(&events).await?;
            stage.ends(Rule::Scopes).await?;
        }
        Ok(())
    }

    pub(super) async fn foreign_postbacks(&self) -> Result<(), Broken> {
        self.takes(Rule::ForeignPostbacks, odd::postbacks()).await
    }

    pub(super) async fn any_event(&self) -> Result<(), Broken> {
        self.takes(Rule::AnyEvent, odd::events()).await?;
        self.unknown_commands().await
    }

    /// The company's systems send what the module does not know.
    async fn unknown_commands(&self) -> Result<(), Broken> {
        let stage = self.stage().await;
        let (company, user) = (stage.shop.company(), stage.shop.user(MARI));
        for (nth, payload) in odd::payloads().into_iter().enumerate() {
            let (name, id) = ("a command that nobody knows", nth.to_string());
            let _ = company.sends_to(&user, name, &id, &payload).await;
            let _ = company.sends(name, &id, &payload).await;
        }
        stage.ends(Rule::AnyEvent).await
    }

    /// After the script, all timers, signals and commands that came in it come with payloads that
    /// nobody expects. They may end as they like, but soon.
    pub(super) async fn old_payloads(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        let mut stage = self.stage().await;
        stage.play_events(&events).await?;
        stage.days_go_by().await;
        let mut known = BTreeSet::new();
        for (kind, event) in stage.shop.world().not_of_line() {
            let read: Value = serde_json::from_str(&event.raw).unwrap_or_default();
            let name = read["name"].as_str().unwrap_or_default().to_owned();
            if !known.insert((kind.clone(), name)) {
                continue;
            }
            for payload in odd::payloads() {
                stage
                    .comes_otherwise(&event.key, &kind, &read, payload)
                    .await?;
            }
        }
        Ok(())
    }

    /// The script in a group, and by users whose id LINE does not tell.
    pub(super) async fn groups(&self) -> Result<(), Broken> {
        let events = self.events().await?;
        let mut stage = self.stage().await;
        for event in odd::in_groups(&events, &stage.chat) {
            stage.sends(event).await?;
        }
        stage.ends(Rule::Groups).await
    }

    /// After the script, these too.
    async fn takes(&self, rule: Rule, odd: Vec<Value>) -> Result<(), Broken> {
        let events = self.events().await?;
        let mut stage = self.stage().await;
        stage.play_events(&events).await?;
        for event in odd {
            stage.sends(event).await?;
        }
        stage.ends(rule).await
    }

    /// With each event, one of its calls to LINE goes wrong: the first of each, then the second, as far as there
    /// are any.
    pub(super) async fn line_errors(&self) -> Result<(), Broken> {
        let undisturbed = self.undisturbed().await?;
        for harm in FOR_QUESTIONS.into_iter().chain(FOR_SENDS) {
            for nth in 1..=undisturbed.most() {
                if undisturbed.has(nth, lines_call, |asked| can_meet(asked, &harm)) {
                    let stage = self.hurt(&undisturbed, nth, lines_call, &harm).await?;
                    self.ends_as(Rule::LineErrors, &stage, &undisturbed, Alike::NoMore)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// With each event, the process ends once: before its first outside call that may change something, then before
    /// its second, and so on; and after a call to LINE, whose answer is not seen.
    pub(super) async fn state(&self) -> Result<(), Broken> {
        let undisturbed = self.undisturbed().await?;
        for harm in [Harm::Crash, Harm::CrashAfter] {
            for nth in 1..=undisturbed.most() {
                if undisturbed.has(nth, Asked::changes, |asked| can_meet(asked, &harm)) {
                    let stage = self.hurt(&undisturbed, nth, Asked::changes, &harm).await?;
                    self.ends_as(Rule::State, &stage, &undisturbed, Alike::Kept)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Goes through the script, and with each event harms the call of this number.
    async fn hurt(
        &self,
        undisturbed: &Undisturbed,
        nth: usize,
        counts: fn(&Asked) -> bool,
        harm: &Harm,
    ) -> Result<Stage, Broken> {
        let mut stage = self.stage().await;
        stage.crashes = matches!(harm, Harm::Crash | Harm::CrashAfter);
        let count = Arc::new(AtomicUsize::new(0));
        let (own, harm) = (count.clone(), harm.clone());
        stage.shop.world().wire.plan(move |asked| {
            let is_it = counts(asked) && own.fetch_add(1, Ordering::SeqCst) + 1 == nth;
            (is_it && can_meet(asked, &harm)).then(|| harm.clone())
        });
        for event in &undisturbed.events {
            count.store(0, Ordering::SeqCst);
            stage.sends(event.clone()).await?;
        }
        Ok(stage)
    }

    /// Nothing has failed, and what is left is alike. Nothing goes wrong any more meanwhile.
    async fn ends_as(
        &self,
        rule: Rule,
        stage: &Stage,
        undisturbed: &Undisturbed,
        alike: Alike,
    ) -> Result<(), Broken> {
        stage.ends(rule).await?;
        stage.shop.world().wire.plan(|_| None);
        self.judge(rule, stage, undisturbed, alike).await
    }

    /// Compares a run with the undisturbed one, both at the same moment.
    async fn judge(
        &self,
        rule: Rule,
        stage: &Stage,
        undisturbed: &Undisturbed,
        alike: Alike,
    ) -> Result<(), Broken> {
        let is_now = undisturbed.next_ring.is_none_or(|due| due > stage.now());
        let twin = match is_now && undisturbed.rings == stage.rings() {
            true => undisturbed.left.clone(),
            false => self.twin(stage, undisturbed, Duration::ZERO).await?,
        };
        let Some(detail) = stage.left().differs(&twin, alike) else {
            return Ok(());
        };
        let late_by = stage.longest_wait().await.max(A_LITTLE);
        let later = self.twin(stage, undisturbed, late_by).await?;
        if stage.left().is_only_later(&twin, &later, alike) {
            return Ok(());
        }
        self.explained(stage.broken(rule, detail)).await
    }

    /// What is left of an undisturbed run at the moment of this one, with each event handled so much later.
    async fn twin(
        &self,
        stage: &Stage,
        undisturbed: &Undisturbed,
        late_by: Duration,
    ) -> Result<Left, Broken> {
        let mut twin = self.stage().await;
        twin.late_by = late_by;
        twin.play_events(&undisturbed.events).await?;
        stage.meets(&twin).await;
        Ok(twin.left())
    }

    /// Where runs differ, the deeper reason is reported: a plan that is never the same, or what is remembered outside
    /// of the rows, which two undisturbed runs show as well.
    async fn explained(&self, broken: Broken) -> Result<(), Broken> {
        self.repeatable().await?;
        let first = self.plays_undisturbed().await?;
        let second = self.plays_undisturbed().await?;
        match first.left == second.left {
            true => Err(broken),
            false => Err(Broken {
                rule: Rule::State,
                ..broken
            }),
        }
    }
}

/// Staff hold every chat of the script.
async fn staff_take_all(stage: &Stage) {
    for user in stage.users() {
        let _ = stage.shop.staff(&user).takes_control().await;
    }
}

/// LINE sends all webhooks again up to this number.
async fn redeliver(stage: &Stage, last: u64) {
    for delivery in stage.shop.line().deliveries(0).await {
        if delivery.number <= last && !delivery.redelivery {
            let again = stage.shop.line().redeliver(delivery.number);
            let _ = stage
                .shop
                .world()
                .deed("LINE sends a webhook again", again)
                .await;
        }
    }
}
