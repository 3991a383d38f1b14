#![doc = include_str!("../README.md")]

mod account;
mod card;
mod guest;
mod menu;
mod reminder;
mod reserve;
mod shop;
mod slot;
mod staff;
mod texts;

use line_module::{Router, Routes};

pub fn module() -> Router {
    let active = Routes::new()
        .follow(guest::greet)
        .on(texts::command, reserve::obey)
        .postback("reserve ", reserve::reserve)
        .postback("cancel ", reserve::cancel)
        .timer(reminder::TIMER, reminder::remind)
        .gained(staff::welcome_back);
    let standby = Routes::new()
        .on(staff::call_for_us, staff::come_back)
        .timer(staff::TIMER, staff::take_over);
    Router::new()
        .active(active)
        .standby(standby)
        .account(
            Routes::new()
                .attached(account::set_up)
                .scopes_changed(account::set_up_again),
        )
        .settings(shop::schema())
        .menus(menu::all())
}
