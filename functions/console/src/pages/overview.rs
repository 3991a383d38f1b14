//! How it is going: whether the extension answers, what went wrong lately, and this month's
//! messages.

use askama::Template;
use line_module::Module;
use shared::domain::usage::{Counts, Month};
use shared::domain::{BotState, Scope, Silence, Timestamp};
use shared::gateway::Response;
use shared::line::quota::Quota;
use shared::pages::Texts;

use crate::App;
use crate::guard::{Admin, Refusal};
use crate::pages::overview::chart::Chart;
use crate::pages::overview::problems::Problem;
use crate::route::Page;
use crate::screen::{Clock, number, show as show_page};

mod chart;
mod problems;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview<'a> {
    texts: &'a Texts,
    /// Where this page is, for its numbers to stay new.
    here: String,
    is_answering: bool,
    state: String,
    /// What to do where it does not answer.
    remedy: Option<String>,
    problems: Vec<Problem>,
    first: Option<&'static str>,
    month: String,
    /// What was sent, and how much of each.
    sent: Vec<(String, String)>,
    quota: Option<Chart>,
}

/// How it is going.
pub(crate) async fn show<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Result<Response, Refusal> {
    let (texts, month) = (admin.texts, Month::of(admin.now));
    let clock = Clock::of(app, admin);
    let (used, quota, parked) = futures::join!(
        app.store.usage(&admin.bot, month, admin.now),
        quota(app, admin),
        problems::parked(app, admin)
    );
    let used = used?.counts;
    let problems = problems::of(admin, parked?, &used);
    let state = &admin.row.state;
    let silence = state.may_act(Scope::MESSAGE_SEND, admin.now).err();
    let since = state.attached_at.max(state.resumed_at).unwrap_or_default();
    let content = Overview {
        texts,
        here: Page::Overview.path(&admin.bot),
        is_answering: silence.is_none(),
        state: match silence {
            None => texts.with("answering", "since", clock.time(since, texts)),
            Some(silence) => texts.get(&format!("{}-title", of_silence(silence))),
        },
        remedy: silence.map(|silence| texts.get(of_silence(silence))),
        problems,
        first: app.site.about.first.map(|first| first.of(texts.language())),
        month: texts.with("overview-month", "month", month_name(admin.now, texts)),
        sent: sent(&used, texts),
        quota: quota.map(|quota| Chart::of(quota, admin.now, texts)),
    };
    let title = texts.get("overview-title");
    Ok(show_page(
        app,
        admin,
        (&Page::Overview, title, 200),
        &content,
    ))
}

/// The month's quota. Where LINE does not tell, the page is shown without.
async fn quota<M>(app: &App<M>, admin: &Admin<'_>) -> Option<Quota> {
    let line = app.line.bot(&admin.bot).granted(admin.row.state.scopes());
    let quota = line.quota().await;
    quota
        .inspect_err(|error| tracing::warn!(%error, "a quota could not be read"))
        .ok()
}

/// The message that says why nothing is answered.
fn of_silence(silence: Silence) -> &'static str {
    match silence {
        Silence::Paused => "paused",
        Silence::NotEntitled => "not-entitled",
        Silence::ScopeMissing => "scope-missing",
        _ => "not-answering",
    }
}

/// The month by whose counts LINE bills: the one in Japan.
fn month_name(now: Timestamp, texts: &Texts) -> String {
    let month = Month::of(now).to_string();
    let (year, month) = month.split_once('-').unwrap_or_default();
    let read = |text: &str| text.parse::<i64>().unwrap_or_default();
    texts.of(
        "month",
        [("year", read(year).into()), ("month", read(month).into())],
    )
}

fn sent(used: &Counts, texts: &Texts) -> Vec<(String, String)> {
    let pushed = used.replies_pushed + used.pushes + used.multicasts.users;
    let to_many = used.broadcasts + used.narrowcasts;
    let mut rows = vec![
        (texts.get("sent-events"), number(used.events)),
        (texts.get("sent-replies"), number(used.replies)),
        (texts.get("sent-pushes"), number(pushed)),
    ];
    if to_many > 0 {
        rows.push((texts.get("sent-to-many"), number(to_many)));
    }
    rows.push((texts.get("sent-users"), number(used.active_users)));
    rows
}

/// Whether LINE has refused something for want of a permission lately, by the permission.
fn denied(state: &BotState, now: Timestamp) -> impl Iterator<Item = &Scope> {
    let denied = state.denied().map(|(scope, _)| scope);
    denied
        .filter(move |scope| state.scopes().may(scope.as_str()) && !state.may(scope.as_str(), now))
}
