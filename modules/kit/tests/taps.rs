//! Taps that are types, in conversations: of this release and of an older one, with what a date
//! picker has picked, and page by page.

use jiff::civil::{Date, DateTime};
use line_module::{
    Active, Buttons, Choices as _, Context, Handled, PickMode, Picked, Router, Routes, StaleTap,
    State, Tap, TemplateMessage, Text, TextMessage, messages, pages, without_faults,
};
use line_module_kit::{Harness, Verdict};
use serde::{Deserialize, Serialize};

#[derive(Debug, Tap)]
#[tap("seat", version = 2)]
enum Seat {
    Counter,
    Table { number: u32, name: String },
}

/// As the release before has it.
#[derive(Tap)]
#[tap("seat")]
struct OldSeat {
    number: u32,
}

#[derive(Tap)]
#[tap("day")]
struct Day {
    booking: u32,
}

#[derive(Tap)]
#[tap("more")]
struct More {
    page: usize,
}

#[derive(Debug, Clone, Copy, Tap)]
#[tap("size")]
enum Size {
    Small,
    Large,
}

#[derive(Default, Serialize, Deserialize)]
struct Guest {
    taps: u32,
}

fn says(cx: &mut Context<'_, Active>, text: impl Into<String>) -> Handled {
    cx.reply(&[Text::new(text)])
}

async fn offer(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let name = "Mari / terrace".to_owned();
    let table = Seat::Table { number: 7, name };
    let day = Day { booking: 12 }.date_picker(PickMode::Date, "Another day");
    let buttons = Buttons::new("Where?", [table.shown("Terrace"), day]);
    let counter = Text::new("Or?").quick_replies([Seat::Counter.quick_reply("Counter")]);
    cx.reply(&messages![TemplateMessage::new("Where?", buttons), counter])
}

async fn seat(cx: &mut Context<'_, Active>, seat: &Seat, mut guest: State<Guest>) -> Handled {
    guest.taps += 1;
    guest.keep(cx)?;
    let taps = guest.taps;
    match seat {
        Seat::Counter => says(cx, format!("{taps}: the counter")),
        Seat::Table { number, name } => says(cx, format!("{taps}: table {number} for {name}")),
    }
}

async fn stale(cx: &mut Context<'_, Active>, stale: &StaleTap) -> Handled {
    says(cx, format!("Too old: {:?}, {}", stale.version, stale.data))
}

async fn day(cx: &mut Context<'_, Active>, tap: &Day, day: Picked<Date>) -> Handled {
    says(cx, format!("Booking {} is on {}.", tap.booking, day.0))
}

async fn page(
    cx: &mut Context<'_, Active>,
    more: &More,
    time: Option<Picked<DateTime>>,
) -> Handled {
    if let Some(Picked(time)) = time {
        return says(cx, format!("From {time}."));
    }
    let all = (1..=14).map(|number| {
        let name = String::new();
        Seat::Table { number, name }.quick_reply(format!("Table {number}"))
    });
    let replies = pages(all, more.page, |page| More { page }.quick_reply("More"));
    cx.reply(&[Text::new("Which?").quick_replies(replies)])
}

async fn size(cx: &mut Context<'_, Active>, size: &Size) -> Handled {
    let sizes = Size::ALL.iter();
    let sizes = sizes.map(|size| size.quick_reply(format!("{size:?}")));
    cx.reply(&[Text::new(format!("{size:?}")).quick_replies(sizes)])
}

fn routes() -> Routes<Active> {
    Routes::new()
        .text("hello", offer)
        .tap(seat)
        .tap(day)
        .tap(page)
        .tap(size)
}

fn module() -> Router {
    Router::new().active(routes().stale_tap::<Seat, _>(stale))
}

#[tokio::test]
async fn a_tap_comes_back_as_the_type_that_it_was_made_from() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.says("hello").await;
    guest.sees(["Where?", "Or?"]);
    guest.taps_label("Counter").await.is(Verdict::Handled);
    guest.taps_label("Terrace").await;
    guest.taps_on(&Seat::Counter).await;
    guest.sees([
        "1: the counter",
        "2: table 7 for Mari / terrace",
        "3: the counter",
    ]);
}

#[tokio::test]
async fn what_an_older_release_has_sent_is_answered_by_the_stale_route() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.taps_on(&OldSeat { number: 3 }).await;
    guest.taps("seat/2/Balcony").await;
    guest.taps("seat/soon").await;
    guest.sees([
        "Too old: Some(1), seat/1/3",
        "Too old: Some(2), seat/2/Balcony",
        "Too old: None, seat/soon",
    ]);
}

#[tokio::test]
async fn an_older_version_that_is_still_a_type_has_its_own_route() {
    async fn old(cx: &mut Context<'_, Active>, seat: &OldSeat) -> Handled {
        says(cx, format!("Table {}, as you knew it", seat.number))
    }
    let routes = routes().tap(old).stale_tap::<Seat, _>(stale);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    guest.taps_on(&OldSeat { number: 3 }).await;
    guest.taps("seat/0/3").await;
    guest.sees(["Table 3, as you knew it", "Too old: Some(0), seat/0/3"]);
}

#[tokio::test]
async fn without_such_a_route_and_with_another_prefix_it_is_left_alone() {
    let shop = Harness::new(Router::new().active(routes())).await;
    let mut guest = shop.user("Mari");
    for data in [
        "seat/1/3",
        "seat",
        "seats/2/Counter",
        "tab orders",
        "day/1/x",
    ] {
        guest.taps(data).await.is(Verdict::Handled);
    }
    guest.sees_nothing();
}

#[tokio::test]
async fn what_a_date_picker_has_picked_is_an_argument() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    let booking = Day { booking: 12 }.data();
    guest.picks(&booking, "date", "2026-12-24").await;
    let more = More { page: 0 }.data();
    guest.picks(&more, "datetime", "2026-12-24T18:00").await;
    guest.sees(["Booking 12 is on 2026-12-24.", "From 2026-12-24T18:00:00."]);
    // Nothing was picked: that is the author's error.
    guest.taps(&booking).await.is(Verdict::Failed);
    guest.sees_nothing();
}

#[tokio::test]
async fn more_choices_than_thirteen_are_pages() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.taps_on(&More { page: 0 }).await;
    let choices = guest.choices();
    assert_eq!(choices.len(), 13);
    assert_eq!(choices[12], "More");
    guest.taps_label("More").await;
    assert_eq!(guest.choices(), ["Table 13", "Table 14"]);
}

#[tokio::test]
async fn the_variants_of_an_enum_are_choices() {
    let shop = Harness::new(module()).await;
    let mut guest = shop.user("Mari");
    guest.taps_on(&Size::Small).await;
    assert_eq!(guest.choices(), ["Small", "Large"]);
    guest.taps_label("Large").await;
    guest.sees(["Small", "Large"]);
}

/// Another type, with the prefix and the version of `Size`.
#[derive(Debug, Tap)]
#[tap("size")]
struct Length {
    centimetres: u32,
}

async fn length(cx: &mut Context<'_, Active>, length: &Length) -> Handled {
    says(cx, format!("{} cm", length.centimetres))
}

#[tokio::test]
async fn two_taps_that_nobody_can_tell_apart_are_a_fault_before_a_worker_starts() {
    let router = Router::new().active(routes().tap(length));
    let fault = without_faults(router).err().unwrap().to_string();
    let wanted = "the taps `taps::Size` and `taps::Length` are both \"size\", version 1";
    assert!(fault.contains(wanted), "{fault}");
    // The same type may have several routes, and an older version one of its own.
    let twice = routes().in_group(routes());
    assert!(without_faults(Router::new().active(twice)).is_ok());
}
