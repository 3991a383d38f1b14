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

use line_module::{Account, Active, Router, Routes, Standby};

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
        .standby(standby::<C>())
        .account(account())
        .about(about::about())
        .settings(shop::schema())
        .preview(shop::preview)
        .menus(menu::all())
}

fn active<C: Crm>() -> Routes<Active> {
    Routes::new()
        .follow(guest::greet)
        .text(Texts::words_reserve(), reserve::choose)
        .text(Texts::words_list(), reserve::list)
        .text(Texts::words_cancel(), reserve::cancel_which)
        .text(Texts::words_staff(), staff::hand_over)
        .text(Texts::words_back(), staff::greet_again)
        .tap(reserve::reserve)
        .tap(reserve::cancel)
        .tap(waiting::wait)
        .signal(waiting::freed)
        .location(branch::nearest)
        .command(web::COMMAND, web::booked)
        .timer(reminder::TIMER, reminder::remind)
        .signal(crm::tell::<C, Active>)
        .erased(guest::forget::<C, Active>)
        .in_group(Routes::new().any_text(digest::name_group))
        .signal(digest::tell)
        .gained(staff::welcome_back)
}

fn standby<C: Crm>() -> Routes<Standby> {
    Routes::new()
        .text(Texts::words_back(), staff::come_back)
        .timer(staff::TIMER, staff::take_over)
        .signal(waiting::freed_meanwhile)
        .command(web::COMMAND, web::booked_meanwhile)
        .signal(crm::tell::<C, Standby>)
        .erased(guest::forget::<C, Standby>)
}

fn account() -> Routes<Account> {
    Routes::new()
        .attached(account::set_up)
        .scopes_changed(account::set_up_again)
        .daily(digest::DAILY, |shop: &Shop| shop.digest_at, digest::send)
}
