//! What is shown instead of a page.

use askama::Template;
use line_module::Module;
use shared::domain::Timestamp;
use shared::gateway::Response;
use shared::pages::{Frame, Visitor};

use crate::App;
use crate::guard::{Admin, Refusal};
use crate::route::ACCOUNTS;
use crate::screen::{TEXTS, account_name, plain};

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    title: String,
    text: String,
    /// The button's words, and where it leads.
    button: Option<(String, String)>,
}

/// Why a request was refused, as its sender reads it.
pub(crate) fn show<M: Module>(app: &App<M>, visitor: &Visitor, refusal: Refusal) -> Response {
    match refusal {
        Refusal::NotSignedIn => not_signed_in(app, visitor),
        Refusal::Forged => message(app, visitor, "forged", 403),
        Refusal::TooMany(free_at) => too_many(app, visitor, free_at),
        Refusal::Suspended(name) => locked(app, visitor, name.as_deref()),
        Refusal::Unavailable(error) => {
            tracing::error!(%error, "a page could not be made");
            message(app, visitor, "unavailable", 503)
        }
    }
}

/// The account is being unlinked: there is nothing more to see.
pub(crate) fn left<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Response {
    let texts = admin.texts;
    let title = texts.get("left-title");
    let content = Message {
        title: title.clone(),
        text: texts.with("left", "name", account_name(admin)),
        button: None,
    };
    plain(app, admin.visitor, (title, 200), &content)
}

/// There is no such page.
pub(crate) fn not_found<M: Module>(app: &App<M>, visitor: &Visitor) -> Response {
    message(app, visitor, "not-found", 404)
}

/// The request comes from another site.
pub(crate) fn foreign<M: Module>(app: &App<M>, visitor: &Visitor) -> Response {
    message(app, visitor, "forged", 403)
}

fn not_signed_in<M: Module>(app: &App<M>, visitor: &Visitor) -> Response {
    let texts = TEXTS.of(visitor.language);
    let content = Message {
        title: texts.get("signed-out-title"),
        text: texts.get("signed-out"),
        button: Some((texts.get("sign-in-by-linking"), "/".to_owned())),
    };
    let title = texts.get("signed-out-title");
    plain(app, visitor, (title, 401), &content)
}

fn too_many<M: Module>(app: &App<M>, visitor: &Visitor, free_at: Timestamp) -> Response {
    let seconds = free_at.since(app.now()).as_secs().max(1);
    message(app, visitor, "too-many", 429).with_header("retry-after", seconds.to_string())
}

/// The notice that LINE recommends while an account is suspended, and nothing else
/// (<https://developers.line.biz/en/reference/partner-docs/#botsuspend-event>).
fn locked<M: Module>(app: &App<M>, visitor: &Visitor, name: Option<&str>) -> Response {
    let texts = TEXTS.of(visitor.language);
    let text = match name {
        Some(name) => texts.with("locked", "name", name),
        None => texts.get("locked-unnamed"),
    };
    let title = texts.get("locked-title");
    let content = Message {
        title: title.clone(),
        text,
        button: None,
    };
    let frame = Frame::new(visitor, texts, title).locked();
    app.site.page(&frame, &content)
}

fn message<M: Module>(app: &App<M>, visitor: &Visitor, key: &str, status: u16) -> Response {
    let texts = TEXTS.of(visitor.language);
    let title = texts.get(&format!("{key}-title"));
    let content = Message {
        title: title.clone(),
        text: texts.get(key),
        button: Some((texts.get("to-accounts"), ACCOUNTS.to_owned())),
    };
    plain(app, visitor, (title, status), &content)
}
