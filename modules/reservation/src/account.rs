//! What an account gets from us. It goes with the attachment: the worker takes our rich
//! menus away, and rows of an ended attachment count as absent.

use line_module::{Account, Context, Handled, Scope, Settings};

use crate::menu;
use crate::shop::Shop;

/// The account has just attached us, or allows something else: the default menu may be allowed now.
/// Without the scope for it the default stays as it is: who follows gets a menu anyway.
pub(crate) async fn offer_menu<E>(
    cx: &mut Context<'_, Account>,
    _: &E,
    shop: Settings<Shop>,
) -> Handled {
    let menu = menu::name(shop.language);
    match cx.scopes().may(Scope::ACCOUNT_MANAGE) {
        true => cx.set_default_menu(menu),
        false => cx.ensure_menu(menu),
    }
}
