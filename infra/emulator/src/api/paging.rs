//! Lists that come in pages.

use super::{Context, Refusal};
use crate::clock::Millis;
use crate::ids;
use crate::world::grant::ListToken;

/// How long a continuation token is good for: 24 hours, as LINE tells of the list of bots.
pub(super) const TOKEN_LIFE: Millis = 86_400_000;

/// The page that the query asks for by `start`, and the token of the next one.
pub(super) fn page<T>(
    cx: &mut Context<'_>,
    all: Vec<T>,
    limit: usize,
) -> Result<(Vec<T>, Option<String>), Refusal> {
    let of = name(cx);
    let query = cx.query();
    let start = query.get("start").filter(|start| !start.is_empty());
    let place = start.map_or(Ok(0), |start| place(cx, start, &of))?;
    let total = all.len();
    let page: Vec<T> = all.into_iter().skip(place).take(limit).collect();
    let next = place + page.len();
    let token = (next < total).then(|| token(cx, next, of));
    Ok((page, token))
}

/// `limit` of the query: from 1 to `most`, else a setting of LINE's own.
pub(super) fn limit(cx: &Context<'_>, usual: usize, most: usize) -> Result<usize, Refusal> {
    let query = cx.query();
    let given = query.get("limit").map_or(Ok(usual), str::parse);
    let limit = given.ok().filter(|limit| (1..=most).contains(limit));
    // The text is in the style of the one for `start`, which LINE documents.
    limit.ok_or_else(|| Refusal::message(400, "Invalid limit param"))
}

/// The place that a token stands for.
pub(super) fn place(cx: &Context<'_>, start: &str, of: &str) -> Result<usize, Refusal> {
    cx.world
        .list_tokens
        .get(start)
        .filter(|token| token.of == of && cx.now < token.expires_at)
        .map(|token| token.place)
        .ok_or_else(|| Refusal::message(400, "Invalid start param"))
}

/// A token for a place.
pub(super) fn token(cx: &mut Context<'_>, place: usize, of: String) -> String {
    let token = ids::token::<24>();
    let expires_at = cx.now + TOKEN_LIFE;
    let entry = ListToken {
        of,
        place,
        expires_at,
    };
    cx.world.list_tokens.insert(token.clone(), entry);
    token
}

fn name(cx: &Context<'_>) -> String {
    format!("{} {} {}", cx.bot(), cx.incoming.method, cx.incoming.path)
}
