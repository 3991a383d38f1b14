//! What the extension says of itself: on its start page, and on the management screen.

use line_module::{About, Icon, Scope, Words};

use crate::admin;

/// A page of a calendar with a tick, in the accent's colour.
const ICON: Icon = Icon::Svg(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="11" fill="#1f7a57"/><path d="M13 15h22v20H13zM13 21h22M18 11v7M30 11v7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/><path d="m19 28 4 4 7-7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/></svg>"##,
);

/// Whose extension it is.
pub(crate) fn about() -> About {
    About::new(admin::NAME, admin::SENTENCE)
        .does(admin::RESERVES)
        .does(admin::REMINDS)
        .does(admin::TELLS_STAFF)
        .first(admin::FIRST_STEPS)
        .company(Words::same("Example Reservation, Inc."))
        .icon(ICON)
        .accent(0x1f, 0x7a, 0x57)
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
        .needs(Scope::ACCOUNT_MANAGE, admin::NEEDS_MENU)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_missing_that_an_admin_looks_for() {
        assert_eq!(about().missing(), [""; 0]);
        assert_eq!(about().fault(), None);
    }
}
