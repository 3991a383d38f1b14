//! Looks at what is kept, and failures that a test must expect.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use line_module::{Account, Active, Attached, Context, Handled, Router, Routes, Text, TextMessage};
use line_module_kit::{Harness, Timer, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Visitor {
    teas: u32,
}

async fn order(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    match message.text.as_str() {
        "tea" => {}
        "panic" => panic!("no {} left", "tea"),
        _ => panic!("what is that?"),
    }
    let mut visitor: Visitor = cx.state()?;
    visitor.teas += 1;
    cx.set_state(&visitor)?;
    cx.create(format!("tea/{}", visitor.teas), &visitor)?;
    cx.after("brewed", Duration::from_secs(180), &visitor)?;
    cx.reply(&[Text::new("Soon.")])
}

async fn brewed(cx: &mut Context<'_, Active>, _: &Visitor) -> Handled {
    cx.push(&[Text::new("Here it is.")])
}

async fn open(cx: &mut Context<'_, Account>, _: &Attached) -> Handled {
    cx.after("closing time", Duration::from_secs(8 * 3600), &"today")
}

async fn close(_: &mut Context<'_, Account>, _: &String) -> Handled {
    Ok(())
}

async fn shop() -> Harness {
    let active = Routes::new().any_text(order).timer("brewed", brewed);
    let account = Routes::new().attached(open).timer("closing time", close);
    Harness::new(Router::new().active(active).account(account)).await
}

#[tokio::test]
async fn rows_state_and_timers_can_be_looked_at() {
    let shop = shop().await;
    let mut mari = shop.user("Mari");
    assert_eq!(shop.state::<Visitor>(&mari), None);
    mari.says("tea").await.is(Verdict::Handled);
    let ordered = shop.clock().now();
    assert_eq!(shop.state::<Visitor>(&mari), Some(Visitor { teas: 1 }));
    let rows = shop.rows::<Visitor>("tea/");
    assert_eq!(rows["tea/1"], Visitor { teas: 1 });
    assert_eq!(shop.rows::<Visitor>("coffee/").len(), 0);
    let timers = shop.timers(&mari);
    let wanted = ("brewed", json!({"teas": 1}));
    assert_eq!((timers[0].name.as_str(), timers[0].payload.clone()), wanted);
    let wait = timers[0].due.duration_since(ordered).unwrap();
    assert!(wait <= Duration::from_secs(180), "{wait:?}");
    let closing = shop.account().timers();
    let names: Vec<&Timer> = closing.iter().collect();
    assert_eq!(names[0].name, "closing time");
    shop.clock().advance(Duration::from_secs(9 * 3600)).await;
    assert_eq!(
        (shop.timers(&mari), shop.account().timers()),
        (vec![], vec![])
    );
    insta::assert_snapshot!(shop.transcript(), @r#"
    The account is attached
    Mari: tea
      reply to Mari
        Soon.
    … 9 h …
    A timer rings for Mari: brewed {"teas":1}
      push to Mari
        Here it is.
    A timer rings for the account: closing time "today"
    "#);
}

/// What the test says that ends so.
async fn end(test: impl AsyncFnOnce(&Harness)) -> Option<String> {
    let shop = shop().await;
    test(&shop).await;
    let ended = catch_unwind(AssertUnwindSafe(|| drop(shop)));
    let words = ended.err()?;
    Some(words.downcast_ref::<String>().unwrap().clone())
}

#[tokio::test]
async fn a_handler_that_failed_fails_its_test_in_the_panics_own_words() {
    for (said, words) in [("panic", "no tea left"), ("milk", "what is that?")] {
        let told = end(async |shop| drop(shop.user("Mari").says(said).await)).await;
        let told = told.unwrap();
        let sentence = format!("of the event message of Mari: the module panicked: {words}");
        assert!(told.contains(&sentence), "{told}");
        assert!(told.contains(&format!("Mari: {said}\n")), "{told}");
    }
}

#[tokio::test]
async fn it_does_also_when_it_has_succeeded_or_was_parked_since() {
    let told = end(async |shop| {
        shop.user("Mari").says("milk").await;
        shop.clock().advance(Duration::from_secs(8 * 3600)).await;
    });
    assert!(told.await.is_some());
}

#[tokio::test]
async fn a_failure_that_the_test_expects_is_none() {
    let fails = async |shop: &Harness| {
        shop.user("Mari").says("milk").await.fails();
        // It is parked by then.
        shop.clock().advance(Duration::from_secs(8 * 3600)).await;
    };
    assert_eq!(end(fails).await, None);
    let is_failed = async |shop: &Harness| {
        shop.user("Mari").says("milk").await.is(Verdict::Failed);
    };
    assert_eq!(end(is_failed).await, None);
    let any = async |shop: &Harness| {
        shop.expects_failures();
        shop.user("Mari").says("milk").await;
    };
    assert_eq!(end(any).await, None);
}

#[tokio::test]
async fn one_that_is_expected_excuses_no_other() {
    let told = end(async |shop| {
        shop.user("Mari").says("milk").await.fails();
        shop.user("Ken").says("milk").await;
    });
    assert!(told.await.unwrap().contains("of the event message of Ken"));
}

#[tokio::test]
async fn what_should_fail_and_does_not_fails_the_test() {
    let shop = shop().await;
    let came = shop.user("Mari").says("tea").await;
    let asked = catch_unwind(AssertUnwindSafe(|| drop(came.fails().clone())));
    assert!(asked.is_err());
}
