//! Looking at audiences: one, all, and those shared by Business Manager.
//!
//! Nobody shares audiences in this world, so the shared ones are the account's own, where those
//! are asked for.

use serde_json::{Value, json};

use super::audience::refused;
use super::{Answer, Context, Refusal};
use crate::clock::{self, Millis};
use crate::world::audience::{Audience, AudienceKind, Upload};

/// `GET /v2/bot/audienceGroup/{audienceGroupId}`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-audience-group>
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let audience = of_path(cx)?;
    Ok(Answer::ok(details(&audience, cx.now)))
}

/// `GET /v2/bot/audienceGroup/shared/{audienceGroupId}`
pub(super) fn shared(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let audience = of_path(cx)?;
    let account = cx.world.account(&cx.bot());
    let owner = account.map(|account| {
        json!({
            "serviceType": "line_official_account",
            "id": account.basic_id,
            "name": account.display_name,
        })
    });
    let mut body = details(&audience, cx.now);
    body["owner"] = owner.unwrap_or_default();
    Ok(Answer::ok(body))
}

/// `GET /v2/bot/audienceGroup/list`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-audience-groups>
pub(super) fn list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let all = own(cx);
    page(cx, &all)
}

/// `GET /v2/bot/audienceGroup/shared/list`
pub(super) fn shared_list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let with_own = cx.query().get("includesOwnedAudienceGroups") == Some("true");
    let all = if with_own { own(cx) } else { Vec::new() };
    page(cx, &all)
}

fn own(cx: &mut Context<'_>) -> Vec<Audience> {
    let bot = cx.bot();
    // The newest first, as LINE's example has them.
    cx.world
        .of(&bot)
        .audiences
        .values()
        .rev()
        .cloned()
        .collect()
}

fn page(cx: &Context<'_>, all: &[Audience]) -> Result<Answer, Refusal> {
    let query = cx.query();
    let number = |name: &str, usual: Option<usize>, most: usize| {
        let given = query.get(name).map_or(usual, |text| text.parse().ok());
        given
            .filter(|number| (1..=most).contains(number))
            .ok_or_else(|| Refusal::message(400, &format!("Invalid {name} param")))
    };
    let (page, size) = (
        number("page", None, usize::MAX)?,
        number("size", Some(20), 40)?,
    );
    let wanted = |audience: &&Audience| {
        let part = query.get("description");
        let status = query.get("status");
        let route = query.get("createRoute");
        part.is_none_or(|part| audience.description.contains(part))
            && status.is_none_or(|status| status == audience.status(cx.now))
            && route.is_none_or(|route| route == "MESSAGING_API")
    };
    let found: Vec<&Audience> = all.iter().filter(wanted).collect();
    let start = (page - 1).saturating_mul(size);
    let shown: Vec<Value> = found
        .iter()
        .skip(start)
        .take(size)
        .map(|one| shown(one, cx.now))
        .collect();
    Ok(Answer::ok(json!({
        "hasNextPage": start + shown.len() < found.len(),
        "audienceGroups": shown,
        "totalCount": found.len(),
        "readWriteAudienceGroupTotalCount": found.len(),
        "page": page,
        "size": size,
    })))
}

/// The audience of the path.
pub(super) fn of_path(cx: &mut Context<'_>) -> Result<Audience, Refusal> {
    let id = cx.param("audienceGroupId").parse();
    known(cx, id.unwrap_or_default())
}

/// The audience with an id.
pub(super) fn known(cx: &mut Context<'_>, id: u64) -> Result<Audience, Refusal> {
    let bot = cx.bot();
    let audience = cx.world.of(&bot).audiences.get(&id).cloned();
    audience.ok_or_else(|| refused("AUDIENCE_GROUP_NOT_FOUND"))
}

fn details(audience: &Audience, now: Millis) -> Value {
    let jobs: Vec<Value> = audience
        .uploads
        .iter()
        .rev()
        .take(50)
        .map(|upload| job(audience.id, upload, now))
        .collect();
    json!({"audienceGroup": shown(audience, now), "jobs": jobs})
}

fn job(audience: u64, upload: &Upload, now: Millis) -> Value {
    let done = upload.due <= now;
    json!({
        "audienceGroupJobId": upload.id,
        "audienceGroupId": audience,
        "description": upload.description,
        "type": "DIFF_ADD",
        "jobStatus": if done { "FINISHED" } else { "WORKING" },
        "audienceCount": if done { upload.count } else { 0 },
        "created": upload.at / 1000,
    })
}

/// An audience as LINE shows it. It ends 180 days after it was made.
pub(super) fn shown(audience: &Audience, now: Millis) -> Value {
    const LIFE_S: Millis = 180 * 86_400;
    let created = audience.created_at / clock::seconds(1);
    let mut body = json!({
        "audienceGroupId": audience.id,
        "createRoute": "MESSAGING_API",
        "type": audience.kind.as_str(),
        "description": audience.description,
        "status": audience.status(now),
        "audienceCount": if audience.is_ready(now) { audience.users.len() } else { 0 },
        "created": created,
        "permission": "READ_WRITE",
        "expireTimestamp": created + LIFE_S,
        "isIfaAudience": audience.is_ifa,
    });
    match &audience.kind {
        AudienceKind::Upload => {}
        AudienceKind::Imp { request_id } => body["requestId"] = request_id.as_str().into(),
        AudienceKind::Click { request_id, url } => {
            body["requestId"] = request_id.as_str().into();
            if let Some(url) = url {
                body["clickUrl"] = url.as_str().into();
            }
        }
    }
    body
}
