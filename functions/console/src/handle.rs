//! From a request to a page.

use futures::future::BoxFuture;
use line_module::Module;
use shared::gateway::{Request, Response};
use shared::metrics::Metric;
use shared::pages::{Texts, Visitor};
use tracing::Instrument as _;

use crate::App;
use crate::form::Form;
use crate::guard::{self, Admin, Refusal};
use crate::origin;
use crate::pages::{
    accounts, chat, chats, data, interference, overview, permissions, refused, settings, sign_in,
};
use crate::route::{Method, Page, Route};
use crate::screen::TEXTS;

/// Answers a request to the management screen.
pub async fn handle<M: Module>(app: &App<M>, request: Request) -> Response {
    let request_id = request.request_context.request_id.clone();
    let span = tracing::error_span!("console", request_id);
    // Whoever calls this gets a small future of a short type.
    let answer: BoxFuture<'_, Response> = Box::pin(answer(app, request));
    let response = answer.instrument(span).await;
    app.metrics.count(Metric::ConsoleRequests);
    match response.status_code {
        401 | 403 | 429 => app.metrics.count(Metric::ConsoleRefused),
        500.. => app.metrics.count(Metric::ConsoleFailed),
        _ => {}
    }
    app.metrics.flush();
    response
}

async fn answer<M: Module>(app: &App<M>, request: Request) -> Response {
    let public_url = request.public_url(app.public_url.as_deref());
    let visitor = Visitor::of(&request, &public_url);
    let texts = TEXTS.of(visitor.language);
    let method = Method::read(request.method());
    let route = method.and_then(|method| Some((method, Route::read(method, request.path())?)));
    let Some((method, route)) = route else {
        return refused::not_found(app, &visitor);
    };
    if !origin::is_ours(method, &request, &public_url) {
        tracing::warn!(?method, "a request of another site was refused");
        return refused::foreign(app, &visitor);
    }
    match route {
        Route::Accounts => accounts::show(app, &request, &visitor).await,
        Route::SignInLink => sign_in::show(app, &request, &visitor),
        Route::SignIn => sign_in::sign_in(app, request, &visitor).await,
        Route::SignOut => sign_in::sign_out(app, request, &visitor).await,
        Route::OfAccount(bot, page) => {
            let admin = admit(app, request, &visitor, texts, (bot, &page)).await;
            match admin {
                Ok((admin, query)) => of_account(app, &admin, &page, &query).await,
                Err(refusal) => refused::show(app, &visitor, refusal),
            }
        }
    }
}

/// The admin of a request, and its query.
async fn admit<'a, M: Module>(
    app: &App<M>,
    mut request: Request,
    visitor: &'a Visitor,
    texts: &'static Texts,
    (bot, page): (shared::domain::BotId, &Page),
) -> Result<(Admin<'a>, Form), Refusal> {
    let query = Form::read(request.raw_query_string.as_bytes());
    let body = request.take_body().unwrap_or_default();
    let form = Form::read(&body);
    let admin = guard::admit(app, &request, visitor, texts, (bot, page), form).await?;
    Ok((admin, query))
}

async fn of_account<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    page: &Page,
    query: &Form,
) -> Response {
    let shown = match page {
        Page::Overview => overview::show(app, admin).await,
        Page::Settings => settings::show(app, admin, query).await,
        Page::SaveSettings => settings::save(app, admin).await,
        Page::UndoSettings => settings::undo(app, admin).await,
        Page::Chats => chats::show(app, admin, query).await,
        Page::Chat(id) => chat::show(app, admin, id, query).await,
        Page::Take(id) => chat::take(app, admin, id).await,
        Page::GiveBack(id) => chat::give_back(app, admin, id).await,
        Page::Permissions => Ok(permissions::show(app, admin).await),
        Page::Interference => interference::show(app, admin).await,
        Page::Data => Ok(data::show(app, admin)),
        Page::Export => data::export(app, admin, query).await,
        Page::Leave => data::leave(app, admin).await,
        Page::SignOutEverywhere => data::sign_out_everywhere(app, admin).await,
    };
    shown.unwrap_or_else(|refusal| refused::show(app, admin.visitor, refusal))
}
