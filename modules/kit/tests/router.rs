//! A module in several files: routes that are merged, routers that are nested with wrappers
//! of their own, values for all handlers, and timers by their names.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use line_module::{
    Active, Context, Event, Handled, Module, Next, Router, Routes, Text, TextMessage,
    without_faults,
};
use line_module_kit::{Harness, Verdict};
use serde::{Deserialize, Serialize};

/// What the handlers and wrappers have written, in their order.
#[derive(Default)]
struct Log(Mutex<Vec<&'static str>>);

impl Log {
    fn words(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another value for all.
struct Greeting(&'static str);

fn write<H>(cx: &Context<'_, H>, word: &'static str) -> Handled {
    cx.shared::<Log>()?.words().push(word);
    Ok(())
}

async fn greet(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    write(cx, "greet")?;
    let greeting = cx.shared::<Greeting>()?.0;
    cx.reply(&[Text::new(greeting)])?;
    Ok(())
}

async fn tell_log(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let words = cx.shared::<Log>()?.words().join(" ");
    cx.reply(&[Text::new(words)])?;
    Ok(())
}

async fn outer(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled {
    write(cx, "outer")?;
    next.run(cx, event).await
}

async fn inner(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled {
    write(cx, "inner")?;
    next.run(cx, event).await
}

/// Part of a module, as a file of its own has it.
fn part() -> Router {
    Router::new()
        .active(Routes::new().text("hello", greet))
        .wrap(inner)
        .share(Greeting("Hello from within."))
}

fn whole() -> Router {
    Router::new()
        .active(Routes::new().text("log", tell_log))
        .nest(part())
        .wrap(outer)
        .share(Log::default())
}

#[tokio::test]
async fn the_wrappers_of_a_nested_router_lie_around_its_own_routes_alone() {
    let shop = Harness::new(whole()).await;
    let mut guest = shop.user("Mari");
    guest.says("something else").await;
    guest.says("hello").await;
    guest.sees(["Hello from within."]);
    guest.says("log").await;
    // The first is of the attach, which every module hears of.
    guest.sees(["outer outer outer inner greet outer"]);
}

#[tokio::test]
async fn of_merged_routes_the_first_that_takes_an_event_has_it() {
    async fn second(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        cx.reply(&[Text::new("second")])?;
        Ok(())
    }
    let others = Routes::new().text("hello", second).text("bye", second);
    let routes = Routes::new().text("hello", greet).merge(others);
    let module = Router::new().active(routes);
    let shop = Harness::new(module.share(Log::default()).share(Greeting("first"))).await;
    let mut guest = shop.user("Mari");
    guest.says("hello").await;
    guest.says("bye").await;
    guest.sees(["first", "second"]);
}

#[test]
fn what_is_given_twice_is_a_fault_before_a_worker_starts() {
    let fault = |module: Router| match without_faults(module) {
        Ok(_) => panic!("nothing is wrong with it"),
        Err(fault) => fault.to_string(),
    };
    let twice = fault(whole().share(Log::default()));
    assert!(
        twice.contains("two values of the type router::Log"),
        "{twice}"
    );
    let nested = fault(whole().nest(part()));
    assert!(nested.contains("router::Greeting"), "{nested}");
    async fn nothing(_: &mut Context<'_>, _: &Event) -> Handled {
        Ok(())
    }
    let menus = Module::menus(&reservation::module()).to_vec();
    assert!(without_faults(Router::new().menus(menus.clone())).is_ok());
    let mut menu = menus[0].clone();
    menu.menu.chat_bar_text = "m".repeat(15);
    let menu = fault(Router::new().menus(vec![menu]));
    assert!(menu.contains("chatBarText: LINE takes up to 14"), "{menu}");
    let fallback = fault(Router::new().nest(Router::new().fallback(nothing)));
    assert!(fallback.contains("the outermost router"), "{fallback}");
    assert_eq!(whole().faults(), [] as [String; 0]);
}

/// Two payloads that read as each other.
#[derive(Debug, Serialize, Deserialize)]
struct Dish {
    name: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Drink {
    name: String,
}

#[tokio::test]
async fn a_timer_comes_back_by_its_name_whatever_its_payload_reads_as() {
    async fn order(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        let minute = Duration::from_secs(60);
        let name = || "tea".to_owned();
        cx.after("drink", minute, &Drink { name: name() })?;
        cx.after("dish", 2 * minute, &Dish { name: name() })
    }
    async fn serve_dish(cx: &mut Context<'_, Active>, dish: &Dish) -> Handled {
        cx.push(&[Text::new(format!("To eat: {}", dish.name))])
    }
    async fn serve_drink(cx: &mut Context<'_, Active>, drink: &Drink) -> Handled {
        cx.push(&[Text::new(format!("To drink: {}", drink.name))])
    }
    let routes = Routes::new()
        .text("order", order)
        .timer("dish", serve_dish)
        .timer("drink", serve_drink);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    guest.says("order").await;
    shop.clock().advance(Duration::from_secs(600)).await;
    guest.sees(["To drink: tea", "To eat: tea"]);
}

#[tokio::test]
async fn a_timer_whose_payload_cannot_be_read_is_not_passed_over() {
    async fn order(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        cx.after(
            "dish",
            Duration::from_secs(60),
            &"a dish of yesterday's version",
        )
    }
    async fn serve(_: &mut Context<'_, Active>, _: &Dish) -> Handled {
        Ok(())
    }
    let routes = Routes::new().text("order", order).timer("dish", serve);
    let shop = Harness::new(Router::new().active(routes)).await;
    shop.user("Mari").says("order").await;
    let came = shop.clock().advance(Duration::from_secs(60)).await;
    came.is(Verdict::Failed);
    let reason = came.traces().next().unwrap().reason.clone().unwrap();
    assert!(
        reason.contains("the payload of the timer \"dish\""),
        "{reason}"
    );
}
