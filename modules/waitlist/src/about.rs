//! What the extension says of itself.

use line_module::{About, Icon, Scope, Words};

use crate::admin;

/// A ticket.
const ICON: Icon = Icon::Svg(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="11" fill="#8a4b14"/><path d="M11 17h26v5a3 3 0 0 0 0 6v5H11v-5a3 3 0 0 0 0-6z" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round"/><path d="M28 21v8" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>"##,
);

pub(crate) fn about() -> About {
    About::new(admin::NAME, admin::SENTENCE)
        .does(admin::DOES_CALL)
        .first(admin::FIRST_STEPS)
        .company(Words::same("Example Waiting List, Inc."))
        .icon(ICON)
        .accent(0x8a, 0x4b, 0x14)
        .price(admin::PRICE)
        .support(
            "support@example.com",
            "https://www.example.com/support",
            admin::HOURS,
        )
        .legal(
            "https://www.example.com/terms",
            "https://www.example.com/privacy",
        )
        .needs(Scope::MESSAGE_SEND, admin::NEEDS_SENDING)
        .needs(Scope::MESSAGE_RECEIVE, admin::NEEDS_RECEIVING)
        .needs(Scope::PROFILE_READ, admin::NEEDS_PROFILE)
}
