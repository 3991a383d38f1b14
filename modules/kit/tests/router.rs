//! A module in several files: routes that are merged, routers that are nested with wrappers
//! of their own, values for all handlers, and timers by their names.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use line_module::settings::{Field, Kind, Schema};
use line_module::{
    Active, Chat, Context, Event, Handled, Module, ModuleError, Next, Profile, Router, Routes,
    Settings, Shared, State, Text, TextMessage, Words, without_faults,
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

#[derive(Default, Serialize, Deserialize)]
struct Seen {
    times: u32,
}

#[derive(Deserialize)]
struct Shop {
    name: String,
}

/// All that a handler can take, in one order,
async fn count(
    cx: &mut Context<'_, Active>,
    _: &TextMessage,
    mut seen: State<Seen>,
    shop: Settings<Shop>,
    greeting: Shared<Greeting>,
    profile: Option<Profile>,
    chat: Chat,
) -> Handled {
    seen.times += 1;
    seen.keep(cx)?;
    let name = profile.map_or("somebody".to_owned(), |profile| profile.display_name);
    assert_eq!(chat, *cx.chat());
    let (greeting, shop, times) = (greeting.0, &shop.name, seen.times);
    cx.reply(&[Text::new(format!("{greeting} {name}, {shop}, {times}"))])?;
    Ok(())
}

/// and in another.
async fn look(
    cx: &mut Context<'_, Active>,
    _: &TextMessage,
    shop: Settings<Shop>,
    seen: State<Seen>,
) -> Handled {
    cx.reply(&[Text::new(format!("{} {}", shop.name, seen.times))])?;
    Ok(())
}

#[tokio::test]
async fn a_handler_takes_what_it_needs_in_any_order() {
    let name = Field::new("name", Words::same("name"), Kind::Text { most: 40 }, "Hana");
    let module = Router::new()
        .active(Routes::new().text("count", count).text("look", look))
        .settings(Schema::new([name]))
        .share(Greeting("Hello,"));
    let shop = Harness::new(module).await;
    let mut guest = shop.user("Mari");
    guest.says("count").await;
    guest.says("count").await;
    guest.says("look").await;
    guest.sees(["Hello, Mari, Hana, 1", "Hello, Mari, Hana, 2", "Hana 2"]);
}

/// Rows that one handler reads, plans and reads again.
async fn shelve(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    for number in 0..5 {
        cx.create(format!("book/{number}"), &number)?;
    }
    cx.create("other", &9)?;
    assert!(cx.create("book/0", &7).is_err(), "it is planned already");
    let [first, second, ..] = &*cx.rows::<u32>("book/").await? else {
        return Err(ModuleError::bug("what is planned is not seen"));
    };
    cx.replace(first.clone(), &10)?;
    cx.delete(second.clone());
    say_books(cx).await
}

async fn sort(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    if let Some(row) = cx.row::<u32>("book/0").await? {
        cx.delete(row);
    }
    assert!(cx.row::<u32>("book/0").await?.is_none());
    cx.create("book/0", &20)?;
    cx.create("book/25", &25)?;
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let page = cx.rows_page::<u32>("book/", after.as_deref(), 2).await?;
        let values: Vec<_> = page.rows.iter().map(|row| row.value.to_string()).collect();
        pages.push(values.join(" "));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    // The last page may be empty: that no row is left is seen only then.
    cx.reply(&[Text::new(pages.join(" | ").trim_end_matches([' ', '|']))])
}

async fn say_books(cx: &mut Context<'_, Active>) -> Handled {
    let rows = cx.rows::<u32>("book/").await?;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| format!("{}={}", row.key, row.value))
        .collect();
    cx.reply(&[Text::new(rows.join(" "))])
}

async fn books(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    say_books(cx).await
}

#[tokio::test]
async fn a_handler_reads_rows_as_it_has_planned_them() {
    let routes = Routes::new()
        .text("shelve", shelve)
        .text("sort", sort)
        .text("books", books);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    for word in ["shelve", "books", "sort", "books"] {
        guest.says(word).await.is(Verdict::Handled);
    }
    guest.sees([
        "book/0=10 book/2=2 book/3=3 book/4=4",
        "book/0=10 book/2=2 book/3=3 book/4=4",
        "20 2 | 25 3 4",
        "book/0=20 book/2=2 book/25=25 book/3=3 book/4=4",
    ]);
}

/// A seat is kept for an hour; each who asks has a number.
async fn keep_seat(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let number = cx.count("asked", 1).await?;
    let seat = cx.row::<i64>("seat").await?;
    let answer = match seat {
        Some(seat) => format!("{number}: it is kept for number {}", seat.value),
        None => {
            let end = cx.now().plus(Duration::from_secs(3600));
            cx.create_until("seat", &number, end)?;
            format!("{number}: it is kept for you")
        }
    };
    cx.reply(&[Text::new(answer)])
}

/// The row keeps its end.
async fn hand_seat_on(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    if let Some(seat) = cx.row::<i64>("seat").await? {
        cx.replace(seat, &0)?;
    }
    cx.reply(&[Text::new("It is nobody's.")])
}

#[tokio::test]
async fn a_row_ends_by_itself_and_can_be_made_again() {
    let routes = Routes::new()
        .text("seat", keep_seat)
        .text("hand on", hand_seat_on);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    guest.says("seat").await;
    guest.says("seat").await;
    guest.says("hand on").await;
    guest.says("seat").await;
    guest.sees([
        "1: it is kept for you",
        "2: it is kept for number 1",
        "It is nobody's.",
        "3: it is kept for number 0",
    ]);
    shop.clock().advance(Duration::from_secs(3600)).await;
    // The table has not deleted it yet.
    guest.says("seat").await.is(Verdict::Handled);
    guest.sees(["4: it is kept for you"]);
}
