//! The accounts that were proven in this browser, and signing out.

use askama::Template;
use line_module::Module;
use shared::domain::BotId;
use shared::gateway::{Request, Response};
use shared::pages::{Texts, Visitor};

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
    let session = guard::session(app, request, visitor).await?;
    let (id, session) = session.ok_or(Refusal::NotSignedIn)?;
    let bots: Vec<BotId> = session.accounts.keys().cloned().collect();
    let seen = futures::future::join_all(bots.iter().map(|bot| async {
        let (read, row) = futures::join!(
            app.store.session(id.secret(), Some(bot), app.now()),
            app.store.bot(bot)
        );
        let (read, row) = (read?, row?.unwrap_or_default());
        let may = session.may_see(bot, &row.state, read.signed_out_at, app.now());
        let name = row.display_name.or(row.basic_id);
        Ok(may.then(|| {
            (
                name.unwrap_or_else(|| bot.to_string()),
                Page::Overview.path(bot),
            )
        }))
    }));
    let seen: Result<Vec<_>, Refusal> = seen.await.into_iter().collect();
    let accounts: Vec<_> = seen?.into_iter().flatten().collect();
    if accounts.is_empty() {
        return Err(Refusal::NotSignedIn);
    }
    let texts = TEXTS.of(visitor.language);
    let content = Accounts {
        texts,
        accounts,
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
