//! Modules without a fault that a comparison of two runs could take for one: no rule accuses them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use line_module::settings::{Field, Kind, Schema, Words};
use line_module::{
    Active, Chat, Context, Handled, Postback, QuickReply, Router, Routes, Signal, Text, TextMessage,
};
use line_module_kit::conformance::{
    RULES, Rule, Shared, Step, by, check, hold, says, sets, taps_label, waits,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

const HOUR: Duration = Duration::from_secs(3600);

async fn holds_to_all(module: fn() -> Router, script: &[Step]) {
    for rule in RULES {
        let checked = check(rule, module, script.to_vec()).await;
        assert!(checked.is_ok(), "{}", checked.unwrap_err());
    }
}

/// What is kept of a chat.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    rung: u32,
    /// When something happened last, in milliseconds.
    at: i64,
}

async fn brew(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.after("brewed", 2 * HOUR, &1)?;
    cx.reply(&[Text::new("In two hours.")])
}

async fn brewed(cx: &mut Context<'_, Active>, _: &u32) -> Handled {
    let mut kept: Kept = cx.state()?;
    kept.rung += 1;
    cx.set_state(&kept)?;
    cx.push(&[Text::new("Your tea is ready.")])
}

fn with_a_timer_of_two_hours() -> Router {
    let routes = Routes::new().any_text(brew).timer("brewed", brewed);
    Router::new().active(routes)
}

#[tokio::test]
async fn one_with_a_timer_of_two_hours() {
    holds_to_all(with_a_timer_of_two_hours, &[says("tea"), says("more tea")]).await;
}

async fn begin(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.after("tick", HOUR, &0)
}

/// Sets itself again, by what rang last and by the time.
async fn tick(cx: &mut Context<'_, Active>, rung: &u32) -> Handled {
    let rung = rung + 1;
    cx.set_state(&Kept {
        rung,
        at: cx.now().0,
    })?;
    cx.after("tick", HOUR, &rung)?;
    cx.push(&[Text::new(format!("tick {rung}"))])
}

fn with_a_timer_that_sets_itself_again() -> Router {
    Router::new().active(Routes::new().any_text(begin).timer("tick", tick))
}

#[tokio::test]
async fn one_whose_timer_sets_itself_again() {
    let script = [says("begin"), says("begin again")];
    holds_to_all(with_a_timer_that_sets_itself_again, &script).await;
}

/// Says and keeps when it is handled: in a row whose key is of the time as well.
async fn tell_time(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let at = cx.now().0;
    cx.set_state(&Kept { rung: 0, at })?;
    let key = format!("said {at}");
    if cx.row::<i64>(&key).await?.is_none() {
        cx.create(key, &at)?;
    }
    cx.after("later", HOUR, &at)?;
    cx.reply(&[Text::new(format!("It is {at}."))])
}

async fn tell_later(cx: &mut Context<'_, Active>, at: &i64) -> Handled {
    let ago = (cx.now().0 - at) / 1000;
    cx.push(&[Text::new(format!("That was {ago} s ago, at {at}."))])
}

fn of_the_time() -> Router {
    Router::new().active(Routes::new().any_text(tell_time).timer("later", tell_later))
}

#[tokio::test]
async fn one_that_says_and_keeps_the_time() {
    holds_to_all(of_the_time, &[says("now?"), says("and now?"), waits(HOUR)]).await;
}

/// Does without a name where LINE does not answer.
async fn greet(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let profile = cx.profile().await.unwrap_or_default();
    let name = profile.map_or_else(|| "you".into(), |profile| profile.display_name);
    cx.reply(&[Text::new(format!("Hello, {name}!"))])
}

fn that_does_without() -> Router {
    Router::new().active(Routes::new().any_text(greet))
}

#[tokio::test]
async fn one_that_goes_on_where_line_does_not_answer() {
    holds_to_all(that_does_without, &[says("hello"), says("hello")]).await;
}

/// What one user hands to another.
#[derive(Serialize, Deserialize)]
struct Handed {
    cups: u32,
}

impl Signal for Handed {
    const NAME: &'static str = "handed";
}

/// There is one cup. Who asks first has it, who asks next is handed it.
async fn ask(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let own = cx.chat().clone();
    if cx.row::<Chat>("cup").await?.is_none() {
        cx.create("cup", &own)?;
        return yours(cx);
    }
    if cx.row::<Chat>("next").await?.is_none() {
        cx.create("next", &own)?;
    }
    cx.reply(&[Text::new("Please wait.")])
}

fn yours(cx: &mut Context<'_, Active>) -> Handled {
    let pass = QuickReply::postback("Pass it on", "pass");
    let text = Text::new("It is yours.").quick_replies([pass]);
    cx.answer(&[text])
}

async fn pass(cx: &mut Context<'_, Active>, _: &Postback) -> Handled {
    let cup = cx.row::<Chat>("cup").await?;
    let next = cx.row::<Chat>("next").await?;
    let (Some(cup), Some(next)) = (cup, next) else {
        return Ok(());
    };
    if cup.value != *cx.chat() || next.value == cup.value {
        return Ok(());
    }
    cx.signal(&next.value, &Handed { cups: 1 })?;
    cx.replace(cup, &next.value)?;
    cx.delete(next);
    cx.reply(&[Text::new("Thank you.")])
}

async fn handed(cx: &mut Context<'_, Active>, _: &Handed) -> Handled {
    yours(cx)
}

fn with_one_cup() -> Router {
    let routes = Routes::new().any_text(ask).postback("pass", pass);
    let router = Router::new().active(routes.signal(handed));
    router.push_instead_of_reply()
}

fn of_two_users() -> [Step; 4] {
    [
        says("the cup, please"),
        by("Ken", says("the cup, please")),
        taps_label("Pass it on"),
        by("Ken", taps_label("Pass it on")),
    ]
}

#[tokio::test]
async fn one_whose_users_share_a_thing() {
    holds_to_all(with_one_cup, &of_two_users()).await;
}

/// A cup is lent until a moment after the next user asks for it: who is handled a little later finds it there.
async fn lend(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    if cx.row::<u32>("lent").await?.is_none() {
        cx.create("lent", &1)?;
    }
    cx.after("back", Duration::from_secs(605), &())?;
    cx.reply(&[Text::new("Until ten past.")])
}

async fn back(cx: &mut Context<'_, Active>, _: &()) -> Handled {
    let lent = cx.row::<u32>("lent").await?;
    lent.map_or(Ok(()), |lent| {
        cx.delete(lent);
        Ok(())
    })
}

async fn ask_whether_lent(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let words = match cx.row::<u32>("lent").await? {
        Some(_) => "It is lent.",
        None => "Here it is.",
    };
    cx.reply(&[Text::new(words)])
}

fn that_lends() -> Router {
    let routes = Routes::new().text("lend", lend).timer("back", back);
    Router::new().active(routes.text("ask", ask_whether_lent))
}

#[tokio::test]
async fn one_in_which_another_chats_timer_rings_meanwhile() {
    holds_to_all(that_lends, &[by("Ken", says("lend")), says("ask")]).await;
}

/// Who has the cup, in the process's memory.
#[derive(Default)]
struct Cup(Mutex<Option<Chat>>);

async fn ask_memory(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let own = cx.chat().clone();
    let cup = cx.shared::<Cup>()?;
    let first = cup.0.lock().unwrap().get_or_insert(own.clone()).clone();
    let words = if first == own {
        "It is yours."
    } else {
        "Please wait."
    };
    cx.reply(&[Text::new(words)])
}

#[tokio::test]
async fn what_one_user_does_to_another_is_judged() {
    let module = || {
        Router::new()
            .share(Cup::default())
            .active(Routes::new().any_text(ask_memory))
    };
    let script = vec![says("the cup"), by("Ken", says("the cup"))];
    let broken = check(Rule::State, module, script).await.unwrap_err();
    assert_eq!(broken.rule, Rule::State);
    assert!(broken.detail.contains("It is yours."), "{broken}");
    assert!(broken.transcript.contains("reply to Ken"), "{broken}");
}

fn greeting() -> Router {
    #[derive(Deserialize)]
    struct Greeting {
        greeting: String,
    }
    async fn greet(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        let set: Greeting = cx.settings()?;
        cx.reply(&[Text::new(set.greeting)])
    }
    let words = Words {
        ja: "あいさつ",
        zh: "問候語",
        en: "Greeting",
        th: "คำทักทาย",
    };
    let field = Field::new("greeting", words, Kind::Text { most: 200 }, "Hello.");
    let routes = Routes::new().any_text(greet);
    Router::new().active(routes).settings(Schema::new([field]))
}

#[tokio::test]
async fn one_whose_account_sets_something_meanwhile() {
    let script = [
        says("hi"),
        sets(&json!({"greeting": "Come in!"})),
        says("hi"),
    ];
    holds_to_all(greeting, &script).await;
}

/// A script that cannot be played.
async fn told(step: Step) -> String {
    let checked = check(
        Rule::Conversation,
        with_one_cup,
        vec![says("the cup"), step],
    );
    let broken = checked.await.unwrap_err();
    assert_eq!(broken.rule, Rule::Script);
    broken.to_string()
}

#[tokio::test]
async fn a_mistake_in_the_script_is_told_with_the_screen() {
    let told = told(taps_label("Pass it in")).await;
    let sentence = r#"Script: Mari cannot tap "Pass it in": on the screen is ["Pass it on"]"#;
    assert!(told.contains(sentence), "{told}");
    assert!(told.contains("It is yours.\n"), "{told}");
}

#[tokio::test]
async fn a_setting_that_the_module_does_not_have_is_a_mistake_in_the_script() {
    let told = told(sets(&json!({"no": "such"}))).await;
    assert!(told.contains("Script: "), "{told}");
}

#[test]
fn one_test_tells_why_the_script_does_not_go_and_the_others_name_it() {
    let shared = Shared::new();
    let words = |rule| {
        let script = vec![taps_label("Pass it on")];
        let held = AssertUnwindSafe(|| hold(rule, with_one_cup, script, &shared));
        let panic = catch_unwind(held).unwrap_err();
        panic.downcast_ref::<String>().cloned().unwrap_or_else(|| {
            let words = panic.downcast_ref::<&str>().copied();
            words.unwrap_or_default().to_owned()
        })
    };
    let told = words(Rule::Conversation);
    assert!(told.contains("on the screen is []"), "{told}");
    let named = "This rule is not checked: the test conformance_conversation tells why.";
    assert_eq!(words(Rule::Once), named);
    assert_eq!(words(Rule::Groups), named);
}
