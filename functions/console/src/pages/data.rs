//! What is kept of the account, as files; signing out everywhere; and leaving.

use askama::Template;
use line_module::Module;
use shared::detach::{DetachError, detach};
use shared::gateway::Response;
use shared::pages::{Texts, private};
use shared::session::SessionId;
use shared::store::StoreError;

use crate::App;
use crate::audited::{Change, audited};
use crate::form::{Form, TOKEN};
use crate::guard::{Admin, Refusal};
use crate::pages::refused::left;
use crate::route::Page;
use crate::screen::{account_name, see_other, show as show_page};

/// A file is at least so large if there is more: well under the 6 MB that Lambda answers with.
const FILE: usize = 3 * 1024 * 1024;

#[derive(Template)]
#[template(path = "data.html")]
struct Data<'a> {
    texts: &'a Texts,
    name: String,
    export: String,
    leave: String,
    sign_out: String,
    token_name: &'static str,
    token: &'a str,
    /// Whether another name was typed in than the account's.
    is_wrong: bool,
    typed: String,
}

/// What is kept, and how to leave.
pub(crate) fn show<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Response {
    page(app, admin, None)
}

fn page<M: Module>(app: &App<M>, admin: &Admin<'_>, typed: Option<&str>) -> Response {
    let texts = admin.texts;
    let content = Data {
        texts,
        name: account_name(admin),
        export: Page::Export.path(&admin.bot),
        leave: Page::Leave.path(&admin.bot),
        sign_out: Page::SignOutEverywhere.path(&admin.bot),
        token_name: TOKEN,
        token: &admin.token,
        is_wrong: typed.is_some(),
        typed: typed.unwrap_or_default().to_owned(),
    };
    let status = if typed.is_some() { 422 } else { 200 };
    let place = (&Page::Data, texts.get("data-title"), status);
    show_page(app, admin, place, &content)
}

fn query_of(from: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("from", from);
    query.finish()
}

/// One file: a JSON object a line. The last line says where the next file begins, if there is
/// more.
pub(crate) async fn export<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    query: &Form,
) -> Result<Response, Refusal> {
    let from = query.get("from").map(str::to_owned);
    let about = from.as_ref().map(|_| "a further part".to_owned());
    let work = lines(app, admin, from);
    let (body, next) = audited(app, admin, Change::of("export", about), work).await??;
    let name = format!("{}-{}.jsonl", admin.bot, admin.now.seconds());
    let response = Response {
        body,
        ..Response::status(200)
    };
    let response = private(response)
        .with_header("content-type", "application/x-ndjson; charset=utf-8")
        .with_header(
            "content-disposition",
            format!("attachment; filename=\"{name}\""),
        );
    Ok(match next {
        Some(next) => {
            let place = format!("{}?{}", Page::Export.path(&admin.bot), query_of(&next));
            response.with_header("link", format!("<{place}>; rel=\"next\""))
        }
        None => response,
    })
}

async fn lines<M>(
    app: &App<M>,
    admin: &Admin<'_>,
    mut from: Option<String>,
) -> Result<(String, Option<String>), StoreError> {
    let mut body = String::new();
    loop {
        let page = app.store.export(&admin.bot, None, from.as_deref()).await?;
        for row in page.rows.into_iter().filter(is_the_accounts) {
            body.push_str(&row.to_string());
            body.push('\n');
        }
        from = page.next;
        if from.is_none() || body.len() >= FILE {
            break;
        }
    }
    if let Some(next) = &from {
        let place = format!("{}?{}", Page::Export.path(&admin.bot), query_of(next));
        body.push_str(&serde_json::json!({ "more": place }).to_string());
        body.push('\n');
    }
    Ok((body, from))
}

/// Whether a row is the account's: who at the company has looked into it, and why, is not.
fn is_the_accounts(row: &serde_json::Value) -> bool {
    !["audit", "limit"].contains(&row["kind"].as_str().unwrap_or_default())
}

/// Unlinks the account, if its name was typed in.
pub(crate) async fn leave<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Result<Response, Refusal> {
    let typed = admin.form.get("name").unwrap_or_default();
    if typed.trim() != account_name(admin).trim() {
        return Ok(page(app, admin, Some(typed)));
    }
    let work = detach(&app.store, &app.queue, &admin.bot, &app.clock);
    match audited(app, admin, Change::of("detach", None), work).await? {
        Ok(()) => {}
        Err(DetachError::Store(error)) => return Err(error.into()),
        // It is marked: the reconciler goes on with it.
        Err(error) => tracing::warn!(%error, bot = %admin.bot, "a detach is queued later"),
    }
    Ok(left(app, admin))
}

/// Ends what every session has proven of the account, this one too.
pub(crate) async fn sign_out_everywhere<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
) -> Result<Response, Refusal> {
    let work = app.store.sign_out_everywhere(&admin.bot, app.now());
    audited(app, admin, Change::of("sign out everywhere", None), work).await??;
    let response = see_other("/");
    Ok(match admin.session.accounts.len() {
        1 => response.with_cookie(SessionId::cleared(admin.visitor.is_secure)),
        _ => response,
    })
}
