//! What an account gets from us. It goes with the attachment: the worker takes our rich
//! menus away, and rows of an ended attachment count as absent.

use line_module::{Account, Attached, Context, Handled, Scope, ScopesChanged};

use crate::menu;
use crate::shop::Shop;

/// The account has just attached us.
pub(crate) async fn set_up(cx: &mut Context<'_, Account>, _: &Attached) -> Handled {
    offer_menu(cx)
}

/// The default menu may be allowed now.
pub(crate) async fn set_up_again(cx: &mut Context<'_, Account>, _: &ScopesChanged) -> Handled {
    offer_menu(cx)
}

/// Without the scope for it the default stays as it is: who follows gets a menu anyway.
fn offer_menu(cx: &mut Context<'_, Account>) -> Handled {
    let shop: Shop = cx.settings()?;
    let menu = menu::name(shop.language);
    match cx.scopes().may(Scope::ACCOUNT_MANAGE) {
        true => cx.set_default_menu(menu),
        false => cx.ensure_menu(menu),
    }
}
