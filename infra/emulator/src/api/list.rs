//! The list of the bots that the module channel is attached to.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#get-list-of-bots-to-which-module-is-attached>

use serde_json::{Value, json};

use super::{Answer, Context, Refusal, checks};
use crate::clock::Millis;
use crate::form::Form;
use crate::ids;
use crate::settings::Settings;
use crate::world::account::{Account, AccountStatus};
use crate::world::fault::FaultKind;
use crate::world::grant::ListToken;

/// How long a continuation token is good for: 24 hours.
const TOKEN_LIFE: Millis = 86_400_000;

/// A page of the list.
struct Page {
    bots: Vec<Value>,
    /// Where the next page begins, if there is one.
    next: Option<usize>,
}

/// `GET /v2/bot/list`. It is about no account, so that it needs no bot header.
pub(super) fn bots(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    checks::channel(cx)?;
    let query = cx.incoming.query.as_deref().unwrap_or_default();
    let query = Form::parse(query, false);
    let limit = limit(query.get("limit"), cx.settings.list_page)?;
    let start = query.get("start").filter(|start| !start.is_empty());
    let place = start.map_or(Ok(0), |start| place(cx, start))?;
    let page = spoiled(page(cx, place, limit), place, cx.fault);
    let mut body = json!({"bots": page.bots});
    if let Some(place) = page.next {
        let repeated = cx.fault == Some(FaultKind::RepeatToken);
        let again = start.filter(|_| repeated).map(str::to_owned);
        body["next"] = again.unwrap_or_else(|| token(cx, place)).into();
    }
    Ok(Answer::ok(body))
}

/// The text for a limit that is no number is not documented.
fn limit(given: Option<&str>, most: usize) -> Result<usize, Refusal> {
    let limit = given.map_or(Ok(most), str::parse);
    let limit = limit.ok().filter(|limit| *limit > 0);
    limit
        .map(|limit| limit.min(most))
        .ok_or_else(|| Refusal::message(400, "Invalid limit param"))
}

fn place(cx: &Context<'_>, start: &str) -> Result<usize, Refusal> {
    let token = cx.world.list_tokens.get(start);
    let token = token.filter(|token| cx.now < token.expires_at);
    token
        .map(|token| token.place)
        .ok_or_else(|| Refusal::message(400, "Invalid start param"))
}

fn page(cx: &Context<'_>, place: usize, limit: usize) -> Page {
    let accounts = cx.world.accounts.iter().enumerate().skip(place);
    let mut listed = accounts.filter(|(_, account)| is_listed(cx.settings, account));
    let bots = listed.by_ref().take(limit);
    let bots = bots.map(|(_, account)| entry(account)).collect();
    Page {
        bots,
        next: listed.next().map(|(place, _)| place),
    }
}

fn is_listed(settings: &Settings, account: &Account) -> bool {
    account.attached && (settings.list_suspended || account.status == AccountStatus::Active)
}

fn entry(account: &Account) -> Value {
    let mut entry = json!({
        "userId": account.bot_id,
        "basicId": account.basic_id,
        "displayName": account.display_name,
    });
    if let Some(premium) = &account.premium_id {
        entry["premiumId"] = premium.as_str().into();
    }
    if let Some(picture) = &account.picture_url {
        entry["pictureUrl"] = picture.as_str().into();
    }
    entry
}

/// What a fault makes of a page.
fn spoiled(mut page: Page, place: usize, fault: Option<FaultKind>) -> Page {
    match fault {
        Some(FaultKind::EmptyList) => {
            page.bots.clear();
            page.next = None;
        }
        Some(FaultKind::CutPage) => {
            page.bots.truncate(page.bots.len() / 2);
            page.next = None;
        }
        Some(FaultKind::RepeatToken) => page.next = Some(place),
        _ => {}
    }
    page
}

fn token(cx: &mut Context<'_>, place: usize) -> String {
    let token = ids::token::<24>();
    let expires_at = cx.now + TOKEN_LIFE;
    let entry = ListToken { place, expires_at };
    cx.world.list_tokens.insert(token.clone(), entry);
    token
}
