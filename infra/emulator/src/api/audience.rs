//! Audiences: made of uploaded ids, of clicks or of impressions.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#manage-audience-group>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::audience_list::{known, shown};
use super::findings::{Findings, text};
use super::upload::Parts;
use super::{Answer, Context, Refusal};
use crate::world::audience::{Audience, AudienceKind, Upload};
use crate::world::sent::{Means, Sent};

/// The most audiences of an account.
const MOST: usize = 1000;
/// The most uploads into an audience that run at the same time.
const MOST_AT_ONCE: usize = 10;
/// The most ids in a JSON body.
const MOST_IDS: usize = 10_000;
/// The most ids in a file.
const MOST_IN_FILE: usize = 1_500_000;

/// What is asked for: a name, and ids.
struct Wanted {
    description: String,
    upload: String,
    is_ifa: bool,
    ids: Vec<String>,
}

/// `POST /v2/bot/audienceGroup/upload`
pub(super) fn create(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = cx.json()?;
    let mut findings = Findings::default();
    findings.text(&body, "", "description", 120);
    findings.optional_truth(&body, "", "isIfaAudience");
    let ids = ids(&mut findings, &body, 0);
    findings.done()?;
    let wanted = Wanted {
        description: string(&body, "description"),
        upload: string(&body, "uploadDescription"),
        is_ifa: body["isIfaAudience"] == true,
        ids,
    };
    make(cx, AudienceKind::Upload, wanted)
}

/// `PUT /v2/bot/audienceGroup/upload`
pub(super) fn add(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = cx.json()?;
    let mut findings = Findings::default();
    let id = findings.whole(&body, "", "audienceGroupId", (1, i64::MAX));
    let ids = ids(&mut findings, &body, 1);
    findings.done()?;
    let id = id.unwrap_or_default().unsigned_abs();
    fill(cx, id, string(&body, "uploadDescription"), ids)
}

/// `POST /v2/bot/audienceGroup/upload/byFile`
pub(super) fn create_by_file(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let parts = Parts::read(cx)?;
    let mut findings = Findings::default();
    let named = json!({"description": parts.text("description")});
    findings.text(&named, "", "description", 120);
    findings.done()?;
    let wanted = Wanted {
        description: parts.text("description").unwrap_or_default(),
        upload: parts.text("uploadDescription").unwrap_or_default(),
        is_ifa: parts.text("isIfaAudience").as_deref() == Some("true"),
        ids: lines(&parts)?,
    };
    make(cx, AudienceKind::Upload, wanted)
}

/// `PUT /v2/bot/audienceGroup/upload/byFile`
pub(super) fn add_by_file(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let parts = Parts::read(cx)?;
    let id = parts.text("audienceGroupId").and_then(|id| id.parse().ok());
    let ids = lines(&parts)?;
    let upload = parts.text("uploadDescription").unwrap_or_default();
    fill(cx, id.unwrap_or_default(), upload, ids)
}

/// `POST /v2/bot/audienceGroup/click`
pub(super) fn click(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    of_message(cx, |body, request_id| AudienceKind::Click {
        request_id,
        url: body["clickUrl"].as_str().map(str::to_owned),
    })
}

/// `POST /v2/bot/audienceGroup/imp`
pub(super) fn imp(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    of_message(cx, |_, request_id| AudienceKind::Imp { request_id })
}

/// An audience of a broadcast's or narrowcast's recipients. Whoever got the message counts as one
/// who saw it; nobody in this world opens links.
fn of_message(
    cx: &mut Context<'_>,
    kind: impl FnOnce(&Value, String) -> AudienceKind,
) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::default();
    findings.text(&body, "", "description", 120);
    findings.optional_text(&body, "", "clickUrl", 2000);
    let id = text(&body, "requestId").unwrap_or_default().to_owned();
    let is_it = |sent: &&Sent| {
        sent.request_id == id && matches!(sent.means, Means::Broadcast | Means::Narrowcast)
    };
    let saw = cx
        .world
        .of(&bot)
        .sent
        .iter()
        .find(is_it)
        .map(|sent| sent.reached.clone());
    if saw.is_none() {
        findings.add(
            "Must be the request ID of a broadcast or narrowcast",
            "requestId",
        );
    }
    findings.done()?;
    let kind = kind(&body, id);
    let saw = saw.filter(|_| matches!(kind, AudienceKind::Imp { .. }));
    let wanted = Wanted {
        description: string(&body, "description"),
        upload: String::new(),
        is_ifa: false,
        ids: saw.unwrap_or_default(),
    };
    make(cx, kind, wanted)
}

fn make(cx: &mut Context<'_>, kind: AudienceKind, wanted: Wanted) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    if cx.world.of(&bot).audiences.len() >= MOST {
        return Err(refused("AUDIENCE_GROUP_COUNT_MAX_OVER"));
    }
    let id = cx.world.next_number();
    let audience = Audience {
        id,
        kind,
        description: wanted.description,
        is_ifa: wanted.is_ifa,
        users: BTreeSet::new(),
        created_at: cx.now,
        uploads: Vec::new(),
    };
    cx.world.of(&bot).audiences.insert(id, audience);
    take_in(cx, id, wanted.upload, wanted.ids);
    let audience = known(cx, id)?;
    let mut body = shown(&audience, cx.now);
    for member in ["status", "audienceCount"] {
        body.as_object_mut().map(|body| body.remove(member));
    }
    Ok(Answer::accepted(body))
}

/// Adds ids to an audience. The text where too many uploads into it are running is not documented.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#rate-limits>
fn fill(
    cx: &mut Context<'_>,
    id: u64,
    upload: String,
    ids: Vec<String>,
) -> Result<Answer, Refusal> {
    let audience = known(cx, id)?;
    if audience.kind != AudienceKind::Upload {
        return Err(refused("WRONG_AUDIENCE_GROUP_TYPE"));
    }
    if audience.running(cx.now) >= MOST_AT_ONCE {
        let text = "There are too many operations on the audience at the same time";
        return Err(Refusal::message(429, text));
    }
    take_in(cx, id, upload, ids);
    Ok(Answer::accepted(json!({})))
}

fn take_in(cx: &mut Context<'_>, id: u64, description: String, ids: Vec<String>) {
    let (bot, at, due) = (cx.bot(), cx.now, cx.later());
    let job = cx.world.next_number();
    if let Some(audience) = cx.world.of(&bot).audiences.get_mut(&id) {
        audience.uploads.push(Upload {
            id: job,
            description,
            count: ids.len(),
            at,
            due,
        });
        audience.users.extend(ids);
    }
}

fn ids(findings: &mut Findings, body: &Value, least: usize) -> Vec<String> {
    if least == 0 && body.get("audiences").is_none() {
        return Vec::new();
    }
    let list = findings.list(body, "", "audiences", (least, MOST_IDS));
    let mut ids = Vec::with_capacity(list.len());
    for (place, entry) in list.iter().enumerate() {
        findings.text(entry, &format!("audiences[{place}]"), "id", 100);
        ids.push(string(entry, "id"));
    }
    ids
}

/// One id per line.
fn lines(parts: &Parts) -> Result<Vec<String>, Refusal> {
    let file = parts
        .text("file")
        .ok_or_else(|| refused("AUDIENCE_GROUP_FILE_MISSING"))?;
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty());
    let ids: Vec<String> = lines.map(str::to_owned).collect();
    if ids.len() > MOST_IN_FILE {
        return Err(refused("UPLOAD_AUDIENCE_GROUP_TOO_MANY_IDS"));
    }
    Ok(ids)
}

/// `PUT /v2/bot/audienceGroup/{audienceGroupId}/updateDescription`
pub(super) fn describe(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let audience = super::audience_list::of_path(cx)?;
    let body = cx.json()?;
    let mut findings = Findings::default();
    findings.text(&body, "", "description", 120);
    findings.done()?;
    if let Some(audience) = cx.world.of(&bot).audiences.get_mut(&audience.id) {
        audience.description = string(&body, "description");
    }
    Ok(Answer::ok(json!({})))
}

/// `DELETE /v2/bot/audienceGroup/{audienceGroupId}`
pub(super) fn delete(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let audience = super::audience_list::of_path(cx)?;
    cx.world.of(&bot).audiences.remove(&audience.id);
    Ok(Answer::ok(json!({})))
}

fn string(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_default().to_owned()
}

/// The shape is that of LINE's example; of the words only `AUDIENCE_GROUP_NOT_FOUND` is in it.
pub(super) fn refused(word: &str) -> Refusal {
    let text = word.to_ascii_lowercase().replace('_', " ");
    Refusal::new(
        400,
        json!({"message": text, "details": [{"message": word}]}),
    )
}
