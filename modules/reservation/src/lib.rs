#![doc = include_str!("../README.md")]

mod about;
mod account;
mod branch;
mod card;
mod crm;
mod digest;
mod guest;
mod menu;
mod news;
mod reminder;
mod reserve;
mod shop;
mod slot;
mod staff;
mod texts;
mod waiting;
mod web;

mod admin {
    line_module::words!("admin");
}

use std::time::Duration;

use line_module::{Account, Active, HandOver, OneChat, Router, Routes, Standby};

pub use crm::{Change, Crm, Entry};
use shop::Shop;
use texts::Texts;

/// The module, with a line in the log for each entry of a customer register.
pub fn module() -> Router {
    module_with(crm::StandIn)
}

/// The module, with the shop's own register.
pub fn module_with<C: Crm>(crm: C) -> Router {
    Router::new()
        .share(crm)
        .active(active::<C>())
        .standby(always::<C, Standby>())
        .account(account())
        .about(about::about())
        .settings(shop::schema())
        .preview(shop::preview)
        .menus(menu::all())
}

fn active<C: Crm>() -> Routes<Active> {
    let hand_over = HandOver::on(Texts::words_staff(), staff::last_word)
        .back_on(Texts::words_back(), staff::welcome)
        .for_at_most(|shop: &Shop| Duration::from_hours(shop.staff_hours));
    Routes::new()
        .follow(guest::greet)
        .text(Texts::words_reserve(), reserve::choose)
        .text(Texts::words_list(), reserve::list)
        .text(Texts::words_cancel(), reserve::cancel_which)
        .hand_over(hand_over)
        .text(Texts::words_back(), staff::welcome)
        .tap(reserve::reserve)
        .tap(reserve::cancel)
        .tap(waiting::wait)
        .in_user_chat(Routes::new().location(branch::nearest))
        .timer(reminder::TIMER, reminder::remind)
        .in_group(Routes::new().any_text(digest::name_group))
        .signal(digest::tell)
        .signal_when_ours(news::tell)
        .merge(always::<C, Active>())
}

/// What is done whoever holds the chat.
fn always<C: Crm, H: OneChat>() -> Routes<H> {
    Routes::new()
        .command(web::COMMAND, web::booked)
        .signal(crm::tell::<C, H>)
        .erased(guest::forget::<C, H>)
}

fn account() -> Routes<Account> {
    Routes::new()
        .attached(account::offer_menu)
        .scopes_changed(account::offer_menu)
        .daily(digest::DAILY, |shop: &Shop| shop.digest_at, digest::send)
}
