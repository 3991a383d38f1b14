//! The accounts that were proven in this browser, and signing out.

use askama::Template;
use line_module::Module;
use shared::domain::BotId;
use shared::gateway::{Request, Response};
use shared::pages::{Texts, Visitor};
use shared::store::BotRow;

use crate::App;
use crate::guard::{self, Refusal};
use crate::pages::refused;
use crate::route::{Page, SIGN_OUT};
use crate::screen::{TEXTS, plain};

#[derive(Template)]
#[template(path = "accounts.html")]
struct Accounts<'a> {
    texts: &'a Texts,
    /// Each account's name and where its page is.
    accounts: Vec<(String, String)>,
    sign_out: &'static str,
    token: String,
}

/// Lists the accounts of this browser.
pub(crate) async fn show<M: Module>(
    app: &App<M>,
    request: &Request,
    visitor: &Visitor,
) -> Response {
    match list(app, request, visitor).await {
        Ok(response) => response,
        Err(refusal) => refused::show(app, visitor, refusal),
    }
}

async fn list<M: Module>(
    app: &App<M>,
    request: &Request,
    visitor: &Visitor,
) -> Result<Response, Refusal> {
    let (id, accounts) = guard::accounts(app, request, visitor).await?;
    let entry = |(bot, row): (BotId, BotRow)| {
        let name = row.display_name.or(row.basic_id);
        let place = Page::Overview.path(&bot);
        (name.unwrap_or_else(|| bot.to_string()), place)
    };
    let texts = TEXTS.of(visitor.language);
    let content = Accounts {
        texts,
        accounts: accounts.into_iter().map(entry).collect(),
        sign_out: SIGN_OUT,
        token: id.form_token(),
    };
    Ok(plain(
        app,
        visitor,
        (texts.get("accounts-title"), 200),
        &content,
    ))
}
