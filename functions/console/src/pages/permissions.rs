//! What the account has allowed, and what is missing because it has not.

use std::time::Duration;

use askama::Template;
use line_module::Module;
use shared::domain::Scopes;
use shared::gateway::Response;
use shared::invitation::{Invitation, PARAMETER};
use shared::pages::{Texts, scope};

use crate::App;
use crate::guard::Admin;
use crate::route::Page;
use crate::screen::show as show_page;

/// How long an admin has to grant more, once the page is open.
const INVITED: Duration = Duration::from_secs(3600);

#[derive(Template)]
#[template(path = "permissions.html")]
struct Permissions<'a> {
    texts: &'a Texts,
    permissions: Vec<Permission>,
    is_known: bool,
    /// Where more is granted, if something is missing.
    more: Option<String>,
}

struct Permission {
    name: String,
    /// What the module needs it for, or what is gone without it.
    about: Option<String>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Granted,
    Missing,
    /// Granted, and LINE refuses it all the same.
    Refused,
    Unknown,
}

impl State {
    fn key(self) -> &'static str {
        match self {
            Self::Granted => "permission-granted",
            Self::Missing => "permission-missing",
            Self::Refused => "permission-refused",
            Self::Unknown => "permission-unknown",
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Granted => "good",
            Self::Missing | Self::Refused => "warn",
            Self::Unknown => "off",
        }
    }
}

/// What the account has allowed.
pub(crate) async fn show<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Response {
    let texts = admin.texts;
    let state = &admin.row.state;
    let is_known = *state.scopes() != Scopes::Unknown;
    let permission = |name: &String| {
        let granted = state.scopes().may(name);
        let state = match (granted, state.may(name, admin.now)) {
            (false, _) => State::Missing,
            (true, false) => State::Refused,
            (true, true) if is_known => State::Granted,
            (true, true) => State::Unknown,
        };
        let need = app.site.about.need(name, texts.language());
        let about = match (state, need) {
            (State::Missing | State::Refused, Some(need)) => {
                Some(texts.with("permission-without", "need", need))
            }
            (State::Missing | State::Refused, None) => Some(texts.get("permission-without-it")),
            (_, need) => need.map(str::to_owned),
        };
        Permission {
            name: scope(texts, name),
            about,
            state,
        }
    };
    let permissions: Vec<_> = app.scopes.iter().map(permission).collect();
    let is_gone = |it: &Permission| matches!(it.state, State::Missing | State::Refused);
    let more = match permissions.iter().any(is_gone) {
        true => Some(grants_more(app, admin).await),
        false => None,
    };
    let content = Permissions {
        texts,
        is_known,
        more,
        permissions,
    };
    let title = texts.get("permissions-title");
    show_page(app, admin, (&Page::Permissions, title, 200), &content)
}

/// Where this account, and no other, is linked once more. Its admin is known here: where only who
/// is invited may begin, they are.
async fn grants_more<M>(app: &App<M>, admin: &Admin<'_>) -> String {
    let invitation = Invitation {
        expires_at: admin.now.plus(INVITED).seconds(),
        basic_id: admin.row.basic_id.clone(),
    };
    let secrets = app.secret.get().await;
    let secrets =
        secrets.inspect_err(|error| tracing::warn!(%error, "an admin could not be invited"));
    let signed = secrets.ok().and_then(|it| invitation.sign(&it));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(invitation.basic_id.map(|id| ("basic_search_id", id)));
    query.extend_pairs(signed.map(|text| (PARAMETER, text)));
    format!("/attach?{}", query.finish())
}
