#![doc = include_str!("../README.md")]

mod about;
mod asking;
mod closing;
mod guest;
mod list;
mod news;
mod shop;
mod staff;

mod texts {
    line_module::texts!("texts", first = "ja");
}

use line_module::{Account, Active, Dialogue as _, Router, Routes, Standby};

use asking::Asking;
use guest::Guest;
use shop::Shop;
use texts::Texts;

/// The module.
pub fn module() -> Router {
    Router::new()
        .active(active())
        .standby(standby())
        .account(account())
        .about(about::about())
        .settings(shop::schema())
}

fn active() -> Routes<Active> {
    let asking = Asking::route()
        .takes::<asking::Party>()
        .takes::<list::Seating>()
        .leave_on(Texts::words_stop(), asking::stopped)
        .back_on(Texts::words_back());
    let of_staff = Routes::new()
        .text(Texts::words_next(), staff::what_is_free)
        .tap(staff::call_next);
    Routes::new()
        .when(|cx| Ok(cx.state::<Guest>()?.is_staff), of_staff)
        .in_group(Routes::new().any_text(staff::name_group))
        .follow(guest::greet)
        .text(Texts::words_staff(), staff::hand_over)
        .text(Texts::words_ticket(), guest::show_ticket)
        .text(Texts::words_give_up(), guest::give_up)
        .tap(guest::answer_call)
        .text(Texts::words_take(), asking::begin)
        .dialogue(asking)
        .location(guest::tell_distance)
        .signal(news::tell)
        .timer(news::CALLED, guest::miss::<Active>)
        .gained(staff::return_chat)
}

fn standby() -> Routes<Standby> {
    Routes::new()
        .text(Texts::words_return(), staff::take_chat)
        .signal(news::keep)
        .timer(news::CALLED, guest::miss::<Standby>)
}

fn account() -> Routes<Account> {
    Routes::new()
        .daily("closing", |shop: &Shop| shop.closes, closing::close)
        .timer(closing::TIMER, closing::close_rest)
}
