//! The checks: each plays the script under a difficulty, and judges what is left.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use line_module::Module;
use serde_json::Value;

use super::odd;
use super::rule::{Broken, Rule};
use super::script::Step;
use super::stage::{Left, Stage};
use crate::lock;
use crate::wire::{Asked, Harm};

/// What is set for later rings within this time, mostly.
const DAYS: Duration = Duration::from_secs(3 * 24 * 3600);
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
    pub(super) make: Make<M>,
    pub(super) script: Vec<Step>,
}

/// The script as it went where nothing disturbed it.
struct Undisturbed {
    events: Vec<Value>,
    left: Left,
    /// The worker's outside calls for each event.
    calls: Vec<Vec<Asked>>,
}

impl Undisturbed {
    /// Whether an event's call of this number is one of these; tokens are not counted among LINE's.
    fn has(&self, nth: usize, counts: fn(&Asked) -> bool, hits: impl Fn(&Asked) -> bool) -> bool {
        let mut nths = self.calls.iter().filter_map(|calls| {
            let mut counted = calls.iter().filter(|asked| counts(asked));
            counted.nth(nth - 1)
        });
        nths.any(hits)
    }

    /// The most calls that one event took.
    fn most(&self) -> usize {
        self.calls.iter().map(Vec::len).max().unwrap_or_default()
    }
}

fn any_call(_: &Asked) -> bool {
    true
}

/// A call to LINE that is not for a token.
fn lines_call(asked: &Asked) -> bool {
    asked.of_line && !asked.word.contains("/oauth2/")
}

/// Which calls can be hurt so: those that only ask are spared the errors of sends.
fn can_meet(asked: &Asked, harm: &Harm) -> bool {
    match harm {
        Harm::Crash => true,
        Harm::CrashAfter => asked.of_line,
        harm => !asked.word.starts_with("GET ") || FOR_QUESTIONS.contains(harm),
    }
}

impl<M: Module> Checks<M> {
    async fn stage(&self) -> Stage {
        let make = self.make.clone();
        Stage::new(Box::new(move |parts| parts.worker(make()))).await
    }

    async fn undisturbed(&self) -> Result<Undisturbed, Broken> {
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
            events.extend(stage.play(std::slice::from_ref(step)).await?);
        }
        stage.ends(Rule::Conversation).await?;
        Ok(Undisturbed {
            events,
            left: stage.left(),
            calls: std::mem::take(&mut lock(&calls)),
        })
    }

    pub(super) async fn conversation(&self) -> Result<(), Broken> {
        self.undisturbed().await.map(drop)
    }

    pub(super) async fn repeatable(&self) -> Result<(), Broken> {
        let events = self.undisturbed().await?.events;
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
            stage.sends_all(vec![event], 2).await?;
            let _ = stage.shop.line_redelivers().await;
        }
        let last = stage.shop.line().state().await.last_delivery;
        let _ = stage.shop.world().advance(LATE).await;
        redeliver(&stage, last).await;
        stage.ends(Rule::Once).await?;
        let same = self.compare(Rule::Once, &stage, &undisturbed.left);
        self.explained(same).await
    }

    /// All at once in one webhook, in order and then the other way round.
    pub(super) async fn order(&self) -> Result<(), Broken> {
        let events = self.undisturbed().await?.events;
        for reversed in [false, true] {
            let mut stage = self.stage().await;
            let mut batch = Vec::new();
            for event in &events {
                batch.push(stage.next(event.clone()).await);
            }
            if reversed {
                batch.reverse();
            }
            stage.sends_all(batch, 1).await?;
            stage.ends(Rule::Order).await?;
        }
        Ok(())
    }

    /// LINE does not reach us, and sends all of it again hours later, when no reply token is good.
    pub(super) async fn late(&self) -> Result<(), Broken> {
        let events = self.undisturbed().await?.events;
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
        let events = self.undisturbed().await?.events;
        for is_suspended in [false, true] {
            let mut stage = self.stage().await;
            let mut user = stage.shop.user("Mari");
            let _ = match is_suspended {
                true => stage.shop.account().suspend().await,
                false => stage.shop.staff(&user).takes_control().await,
            };
            // Who follows ends the standby.
            let events = events.iter().filter(|event| event["type"] != "follow");
            for event in events {
                stage.sends(event.clone()).await?;
            }
            stage.ends(Rule::Silence).await?;
            if is_suspended && !stage.left().sent.is_empty() {
                return Err(stage.broken(Rule::Silence, "something was sent"));
            }
            let _ = stage.shop.account().resume().await;
            let _ = user.blocks().await;
            stage.ends(Rule::Silence).await?;
        }
        self.silence_afterwards(&events).await
    }

    /// Staff take the chat after the script, and what was set for later rings there.
    async fn silence_afterwards(&self, events: &[Value]) -> Result<(), Broken> {
        let mut stage = self.stage().await;
        stage.play_events(events).await?;
        let user = stage.shop.user("Mari");
        let _ = stage.shop.staff(&user).takes_control().await;
        let _ = stage.shop.world().advance(DAYS).await;
        stage.ends(Rule::Silence).await
    }

    /// Without the right to send, then without profiles.
    pub(super) async fn scopes(&self) -> Result<(), Broken> {
        let events = self.undisturbed().await?.events;
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
        let (company, user) = (stage.shop.company(), stage.shop.user("Mari"));
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
        let events = self.undisturbed().await?.events;
        let mut stage = self.stage().await;
        stage.play_events(&events).await?;
        let _ = stage.shop.world().advance(DAYS).await;
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
        let events = self.undisturbed().await?.events;
        let mut stage = self.stage().await;
        for event in odd::in_groups(&events, &stage.chat) {
            stage.sends(event).await?;
        }
        stage.ends(Rule::Groups).await
    }

    /// After the script, these too.
    async fn takes(&self, rule: Rule, odd: Vec<Value>) -> Result<(), Broken> {
        let events = self.undisturbed().await?.events;
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
                    stage.ends(Rule::LineErrors).await?;
                    let sent = self.compare_sent(Rule::LineErrors, &stage, &undisturbed.left);
                    self.explained(sent).await?;
                }
            }
        }
        Ok(())
    }

    /// With each event, the process ends once: before its first outside call, then before its second, and so on;
    /// and after a call to LINE, whose answer is not seen.
    pub(super) async fn state(&self) -> Result<(), Broken> {
        let undisturbed = self.undisturbed().await?;
        for harm in [Harm::Crash, Harm::CrashAfter] {
            for nth in 1..=undisturbed.most() {
                if undisturbed.has(nth, any_call, |asked| can_meet(asked, &harm)) {
                    let stage = self.hurt(&undisturbed, nth, any_call, &harm).await?;
                    stage.ends(Rule::State).await?;
                    let same = self.compare_crashed(&stage, &undisturbed.left);
                    self.explained(same).await?;
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

    fn compare_crashed(&self, stage: &Stage, undisturbed: &Left) -> Result<(), Broken> {
        self.compare_sent(Rule::State, stage, undisturbed)?;
        self.compare_kept(Rule::State, stage, undisturbed)
    }

    /// Nothing is said that was not said undisturbed, and nothing more often.
    fn compare_sent(&self, rule: Rule, stage: &Stage, undisturbed: &Left) -> Result<(), Broken> {
        match more(&stage.left().sent, &undisturbed.sent) {
            Some(more) => Err(stage.broken(rule, said_more(&more))),
            None => Ok(()),
        }
    }

    fn compare(&self, rule: Rule, stage: &Stage, undisturbed: &Left) -> Result<(), Broken> {
        let sent = stage.left().sent;
        let differ = more(&sent, &undisturbed.sent).or_else(|| more(&undisturbed.sent, &sent));
        match differ {
            Some(differ) => Err(stage.broken(rule, said_more(&differ))),
            None => self.compare_kept(rule, stage, undisturbed),
        }
    }

    fn compare_kept(&self, rule: Rule, stage: &Stage, undisturbed: &Left) -> Result<(), Broken> {
        let (kept, wanted) = (stage.left().kept, &undisturbed.kept);
        if kept == *wanted {
            return Ok(());
        }
        let detail = format!("in the end its rows are\n{kept:#?}\nand undisturbed\n{wanted:#?}");
        Err(stage.broken(rule, detail))
    }

    /// Where runs differ, the deeper reason is reported: a plan that is never the same, or what is remembered outside
    /// of the rows, which two undisturbed runs show as well.
    async fn explained(&self, result: Result<(), Broken>) -> Result<(), Broken> {
        let Err(broken) = result else {
            return Ok(());
        };
        self.repeatable().await?;
        let (first, second) = (self.undisturbed().await?, self.undisturbed().await?);
        match first.left == second.left {
            true => Err(broken),
            false => Err(Broken {
                rule: Rule::State,
                ..broken
            }),
        }
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

/// Something of `sent` that `wanted` has not, or fewer times.
fn more(sent: &[(String, Value)], wanted: &[(String, Value)]) -> Option<Value> {
    let mut left = wanted.to_vec();
    let extra = sent.iter().find(|one| {
        let place = left.iter().position(|other| other == *one);
        place.map(|place| left.swap_remove(place)).is_none()
    });
    extra.map(|(_, messages)| messages.clone())
}

fn said_more(messages: &Value) -> String {
    let texts: Vec<_> = messages
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(crate::transcript::shown)
        .collect();
    format!("this is said otherwise, or more or less often, than undisturbed: {texts:?}")
}
