//! The one place where a request gets to an account. An [`Admin`] can be made nowhere else, and
//! without one there is no page of an account and no change to it.

use std::time::Duration;

use shared::domain::session::Session;
use shared::domain::{BotId, Timestamp};
use shared::gateway::Request;
use shared::pages::{Texts, Visitor};
use shared::session::SessionId;
use shared::store::{BotRow, StoreError};

use crate::App;
use crate::form::{Form, TOKEN};
use crate::route::{Method, Page};

/// How often one session, and all of an account together, may ask within a minute for what is
/// counted.
const MOST_OF_SESSION: u32 = 30;
const MOST_OF_ACCOUNT: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// A session's last use is written this often.
const TOUCH: Duration = Duration::from_secs(300);

/// A person who may see an account, and, with the form that they have sent, change it.
pub(crate) struct Admin<'a> {
    pub(crate) bot: BotId,
    pub(crate) row: BotRow,
    pub(crate) session: Session,
    pub(crate) visitor: &'a Visitor,
    pub(crate) texts: &'static Texts,
    pub(crate) now: Timestamp,
    /// What each form must carry.
    pub(crate) token: String,
    /// What was sent; empty where somebody only looks.
    pub(crate) form: Form,
    /// Whose doing it is, for the record of changes.
    pub(crate) who: String,
}

/// Why a request does not get to an account.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is signed in here, or not to this account.
    NotSignedIn,
    /// The form is not one of this session's.
    Forged,
    /// Too often. It is worth trying again then.
    TooMany(Timestamp),
    /// The account is suspended: the notice is all that is shown, with its name.
    Suspended(Option<String>),
    /// The table is not available.
    Unavailable(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}

/// The accounts that a browser may see, each with its row, and its session's id.
pub(crate) async fn accounts<M>(
    app: &App<M>,
    request: &Request,
    visitor: &Visitor,
) -> Result<(SessionId, Vec<(BotId, BotRow)>), Refusal> {
    let now = app.now();
    let id = SessionId::of(request, visitor.is_secure).ok_or(Refusal::NotSignedIn)?;
    let session = app.store.session(id.secret(), None, now).await?.session;
    let session = session.ok_or(Refusal::NotSignedIn)?;
    let seen = futures::future::try_join_all(session.accounts.keys().map(async |bot| {
        let (out, row) = futures::try_join!(app.store.signed_out_at(bot), app.store.bot(bot))?;
        let row = row.filter(|row| session.may_see(bot, &row.state, out, now));
        Ok::<_, StoreError>(row.map(|row| (bot.clone(), row)))
    }));
    let accounts: Vec<_> = seen.await?.into_iter().flatten().collect();
    match accounts.is_empty() {
        true => Err(Refusal::NotSignedIn),
        false => Ok((id, accounts)),
    }
}

/// Lets a request to an account, or says why not.
pub(crate) async fn admit<'a, M>(
    app: &App<M>,
    request: &Request,
    visitor: &'a Visitor,
    texts: &'static Texts,
    (bot, page): (BotId, &Page),
    form: Form,
) -> Result<Admin<'a>, Refusal> {
    let now = app.now();
    let id = SessionId::of(request, visitor.is_secure).ok_or(Refusal::NotSignedIn)?;
    let (read, row) = futures::join!(
        app.store.session(id.secret(), Some(&bot), now),
        app.store.bot(&bot)
    );
    let (read, row) = (read?, row?);
    let (Some(session), Some(row)) = (read.session, row) else {
        return Err(Refusal::NotSignedIn);
    };
    if !session.may_see(&bot, &row.state, read.signed_out_at, now) {
        return Err(Refusal::NotSignedIn);
    }
    if page.method() == Method::Post && !is_of_session(&form, &id) {
        return Err(Refusal::Forged);
    }
    if page.is_counted() {
        count(app, &id, &bot, now).await?;
    }
    if row.state.is_suspended() {
        return Err(Refusal::Suspended(row.display_name));
    }
    if now.since(session.seen_at) >= TOUCH {
        touch(app, &id, &session, now).await;
    }
    Ok(Admin {
        token: id.form_token(),
        who: format!("an admin, session {}", &id.form_token()[..8]),
        bot,
        row,
        session,
        visitor,
        texts,
        now,
        form,
    })
}

/// Counts what is asked for, or says when it may be.
async fn count<M>(
    app: &App<M>,
    id: &SessionId,
    bot: &BotId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let of_session = format!("console-{}", &id.form_token()[..16]);
    for (name, most) in [
        (of_session.as_str(), MOST_OF_SESSION),
        ("console", MOST_OF_ACCOUNT),
    ] {
        let free_at = app.store.count_call(bot, name, most, MINUTE, now).await?;
        if let Some(free_at) = free_at {
            return Err(Refusal::TooMany(free_at));
        }
    }
    Ok(())
}

/// Whether a form carries its session's token.
pub(crate) fn is_of_session(form: &Form, id: &SessionId) -> bool {
    let sent = form.get(TOKEN).unwrap_or_default();
    is_same(sent.as_bytes(), id.form_token().as_bytes())
}

/// Compares all bytes, however early two differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differ = |(a, b): (&u8, &u8)| a ^ b;
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .map(differ)
            .fold(0, |all, it| all | it)
            == 0
}

/// A session that is used does not end. That it could not be written ends it a little earlier.
async fn touch<M>(app: &App<M>, id: &SessionId, session: &Session, now: Timestamp) {
    let used = Session {
        seen_at: now,
        ..session.clone()
    };
    if let Err(error) = app.store.touch_session(id.secret(), &used).await {
        tracing::warn!(%error, "that a session was used could not be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_same_if_each_byte_is() {
        assert!(is_same(b"abc", b"abc"));
        for other in [&b"abd"[..], b"ab", b"", b"bbc", b"abcd"] {
            assert!(!is_same(b"abc", other));
        }
    }
}
