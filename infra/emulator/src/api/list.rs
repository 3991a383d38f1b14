//! The list of the bots that the module channel is attached to.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#get-list-of-bots-to-which-module-is-attached>

use serde_json::{Value, json};

use super::paging::{place, token};
use super::{Answer, Context, Refusal};
use crate::world::account::{Account, AccountStatus};
use crate::world::channel::Side;
use crate::world::fault::FaultKind;

/// A page of the list.
struct Page {
    bots: Vec<Value>,
    /// Where the next page begins, if there is one.
    next: Option<usize>,
}

/// `GET /v2/bot/list`. It is about no account, so that it needs no bot header.
pub(super) fn bots(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let query = cx.query();
    let limit = limit(query.get("limit"), cx.settings.list_page)?;
    // A page for one module channel is none for another.
    let of = cx.side.as_str().to_owned();
    let start = query.get("start").filter(|start| !start.is_empty());
    let place = start.map_or(Ok(0), |start| place(cx, start, &of))?;
    let page = spoiled(page(cx, place, limit), place, cx.fault);
    let mut body = json!({"bots": page.bots});
    if let Some(place) = page.next {
        let repeated = cx.fault == Some(FaultKind::RepeatToken);
        let again = start.filter(|_| repeated).map(str::to_owned);
        body["next"] = again.unwrap_or_else(|| token(cx, place, of)).into();
    }
    Ok(Answer::ok(body))
}

/// The text for a limit that is no number is not documented.
fn limit(given: Option<&str>, most: usize) -> Result<usize, Refusal> {
    given
        .map_or(Ok(most), str::parse)
        .ok()
        .filter(|limit| *limit > 0)
        .map(|limit| limit.min(most))
        .ok_or_else(|| Refusal::message(400, "Invalid limit param"))
}

fn page(cx: &Context<'_>, place: usize, limit: usize) -> Page {
    let accounts = cx.world.accounts.iter().enumerate().skip(place);
    let mut listed = accounts.filter(|(_, account)| is_listed(cx, account));
    let bots = listed
        .by_ref()
        .take(limit)
        .map(|(_, account)| entry(account))
        .collect();
    Page {
        bots,
        next: listed.next().map(|(place, _)| place),
    }
}

fn is_listed(cx: &Context<'_>, account: &Account) -> bool {
    let attached = match cx.side {
        Side::Ours => account.attached,
        Side::Other => account.other_module,
    };
    attached && (cx.settings.list_suspended || account.status == AccountStatus::Active)
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
