#![doc = include_str!("../README.md")]

mod about;
mod asking;
mod closing;
mod guest;
mod list;
mod news;
mod shop;
mod staff;

mod admin {
    line_module::words!("admin");
}

mod texts {
    line_module::texts!("texts", first = "ja");
}

use line_module::{Active, Dialogue as _, HandOver, Router, Routes};

use asking::Asking;
use texts::Texts;

/// The module.
pub fn module() -> Router {
    Router::new()
        .active(active())
        .standby(
            Routes::new()
                .signal(news::wait)
                .timer(news::CALLED, list::miss),
        )
        .account(
            Routes::new()
                .daily("closing", |shop: &shop::Shop| shop.closes, closing::close)
                .timer(closing::TIMER, closing::close_rest),
        )
        .about(about::about())
        .settings(shop::schema())
}

fn active() -> Routes<Active> {
    let of_staff = Routes::new()
        .text(Texts::words_next(), staff::what_is_free)
        .tap(staff::call_next);
    let hand_over = HandOver::on(Texts::words_staff(), staff::last_word)
        .back_on(Texts::words_return(), staff::welcome);
    let asking = Asking::route()
        .takes::<list::Seating>()
        .leave_on(Texts::words_stop(), asking::stopped)
        .back_on(Texts::words_back());
    Routes::new()
        .when(|cx| Ok(cx.state::<guest::Guest>()?.is_staff), of_staff)
        .in_group(Routes::new().any_text(staff::name_group))
        .follow(guest::greet)
        .hand_over(hand_over)
        .text(Texts::words_ticket(), guest::show_ticket)
        .text(Texts::words_give_up(), guest::give_up)
        .tap(guest::come)
        .text(Texts::words_take(), asking::begin)
        .dialogue(asking)
        .location(guest::distance)
        .signal_when_ours(news::tell)
        .timer(news::CALLED, list::miss)
}
