//! A module that calls somebody else's service in a step, with a stand-in for that.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use line_module::{
    Active, Context, Handled, ModuleError, Router, Routes, Step, StepAttempt, Text, TextMessage,
};
use line_module_kit::conformance::{RULES, Rule, check, says};
use line_module_kit::{Harness, Verdict};

/// How the stand-in answers a call that it does not simply take.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Busy,
    Silent,
}

/// A customer register: one customer for each key.
#[derive(Clone, Default)]
struct Register(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    customers: BTreeMap<String, String>,
    calls: u32,
    troubles: VecDeque<Trouble>,
}

impl Register {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn meets(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.kept().troubles.extend(troubles);
    }

    fn calls(&self) -> u32 {
        self.kept().calls
    }

    /// Which call of all it was that has created the customer.
    async fn create(&self, attempt: StepAttempt, name: &str) -> Result<u32, ModuleError> {
        let trouble = {
            let mut kept = self.kept();
            kept.calls += 1;
            kept.troubles.pop_front()
        };
        match trouble {
            Some(Trouble::Busy) => return Err(ModuleError::retry("busy")),
            Some(Trouble::Silent) => std::future::pending().await,
            None => {}
        }
        let mut kept = self.kept();
        let (key, name) = (attempt.key().to_owned(), name.to_owned());
        kept.customers.insert(key, name);
        Ok(kept.calls)
    }
}

async fn register(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    let register = cx.shared::<Register>()?;
    let step = Step::new("register").tries(3);
    let create = async |attempt| register.create(attempt, &message.text).await;
    let call: u32 = cx.step(step, create).await?;
    cx.reply(&[Text::new(format!("registered by call {call}"))])?;
    Ok(())
}

/// The same, and says nothing of what may differ between two conversations.
async fn register_quietly(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    let register = cx.shared::<Register>()?;
    let create = async |attempt| register.create(attempt, &message.text).await;
    let _: u32 = cx.step("register", create).await?;
    cx.reply(&[Text::new("you are registered")])?;
    Ok(())
}

fn module(service: &Register) -> Router {
    let routes = Routes::new().any_text(register);
    Router::new().share(service.clone()).active(routes)
}

#[tokio::test]
async fn a_service_that_is_busy_or_silent_is_called_again_when_its_time_has_come() {
    let service = Register::default();
    let shop = Harness::new(module(&service)).await;
    let mut guest = shop.user("Mari");
    service.meets([Trouble::Busy, Trouble::Silent]);
    guest.says("Mari").await.is(Verdict::Failed);
    guest.sees_nothing();
    shop.clock().advance(Duration::from_secs(60)).await;
    guest.sees(["registered by call 3"]);
    assert_eq!(service.kept().customers.len(), 1);
    insta::assert_snapshot!(shop.transcript(), @r#"
    The account is attached
    Mari: Mari
      = failed, and comes again: the step "register" has failed (try 1 of 3): busy
    … 1 min …
      = failed, and comes again: the step "register" has failed (try 2 of 3): no answer within 2s
      reply to Mari
        registered by call 3
    "#);
}

#[tokio::test]
async fn a_redelivery_calls_nobody() {
    let service = Register::default();
    let shop = Harness::new(module(&service)).await;
    let mut guest = shop.user("Mari");
    guest.says("Mari").await.is(Verdict::Handled);
    shop.line_redelivers().await;
    guest.sees(["registered by call 1"]);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_handler_that_runs_again_sees_the_same_though_the_service_would_answer_otherwise() {
    let service = Register::default();
    let checked = check(
        Rule::Repeatable,
        move || module(&service),
        vec![says("Mari")],
    );
    assert!(checked.await.is_ok());
}

#[tokio::test]
async fn a_module_with_a_step_holds_to_every_rule() {
    for rule in RULES {
        let service = Register::default();
        let make = move || {
            let routes = Routes::new().any_text(register_quietly);
            Router::new().share(service.clone()).active(routes)
        };
        let script = vec![says("Mari"), says("Ken")];
        let checked = check(rule, make, script).await;
        assert!(checked.is_ok(), "{}", checked.unwrap_err());
    }
}
