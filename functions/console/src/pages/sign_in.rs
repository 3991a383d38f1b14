//! Signing in by a link that an operator has made, and signing out.

use askama::Template;
use line_module::Module;
use shared::gateway::{Request, Response};
use shared::pages::{Texts, Visitor};
use shared::session::{SessionId, sign_in as begin};

use crate::App;
use crate::form::Form;
use crate::guard::{Refusal, is_of_session};
use crate::pages::refused;
use crate::route::{Page, SIGN_IN};
use crate::screen::{TEXTS, plain, see_other};

/// Longer than any token that is made.
const LONGEST_TOKEN: usize = 100;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    texts: &'a Texts,
    action: &'static str,
    link: String,
}

/// The link was opened. It is used by the button alone: programs that look into messages open
/// links too, and would use it up.
pub(crate) fn show<M: Module>(app: &App<M>, request: &Request, visitor: &Visitor) -> Response {
    let texts = TEXTS.of(visitor.language);
    let query = Form::read(request.raw_query_string.as_bytes());
    let link = query.get("link").unwrap_or_default().to_owned();
    let content = SignIn {
        texts,
        action: SIGN_IN,
        link,
    };
    plain(app, visitor, (texts.get("sign-in-title"), 200), &content)
}

/// The button was pressed.
pub(crate) async fn sign_in<M: Module>(
    app: &App<M>,
    request: Request,
    visitor: &Visitor,
) -> Response {
    match by_link(app, request, visitor).await {
        Ok(response) => response,
        Err(refusal) => refused::show(app, visitor, refusal),
    }
}

async fn by_link<M: Module>(
    app: &App<M>,
    mut request: Request,
    visitor: &Visitor,
) -> Result<Response, Refusal> {
    let form = Form::read(&request.take_body().unwrap_or_default());
    let token = form.get("link").unwrap_or_default();
    if token.is_empty() || token.len() > LONGEST_TOKEN {
        return Err(Refusal::NotSignedIn);
    }
    let now = app.now();
    let link = app.store.take_sign_in_link(token, now).await?;
    let link = link.ok_or(Refusal::NotSignedIn)?;
    let old = SessionId::of(&request, visitor.is_secure);
    let id = begin(&app.store, &app.random, old.as_ref(), &link.bot, now).await?;
    tracing::info!(bot = %link.bot, "an admin has signed in by a link");
    let place = Page::Overview.path(&link.bot);
    Ok(see_other(&place).with_cookie(id.cookie(visitor.is_secure)))
}

/// This browser's session ends.
pub(crate) async fn sign_out<M: Module>(
    app: &App<M>,
    mut request: Request,
    visitor: &Visitor,
) -> Response {
    let form = Form::read(&request.take_body().unwrap_or_default());
    let Some(id) = SessionId::of(&request, visitor.is_secure) else {
        return refused::show(app, visitor, Refusal::NotSignedIn);
    };
    if !is_of_session(&form, &id) {
        return refused::show(app, visitor, Refusal::Forged);
    }
    if let Err(error) = app.store.end_session(id.secret()).await {
        return refused::show(app, visitor, error.into());
    }
    see_other("/").with_cookie(SessionId::cleared(visitor.is_secure))
}
