//! The link that an admin follows to our pages: whether it invites them, and which account it is
//! for. The function can be told that only invited ones begin (`REQUIRE_INVITATION`). An
//! invitation that is there is checked in any case: one that is wrong is refused and never
//! dropped, or any account could be linked by it.

use shared::gateway::Request;
use shared::invitation::{Invitation, NoInvitation, PARAMETER};
use shared::metrics::Metric;

use crate::App;
use crate::limit::{self, BasicId};
use crate::pages::{Outcome, Trouble, Uninvited};

/// A link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// The only account that it is for.
    pub(crate) limit: Option<BasicId>,
    /// The invitation, as it stands in the address.
    pub(crate) invitation: Option<String>,
}

impl From<Option<BasicId>> for Link {
    fn from(limit: Option<BasicId>) -> Self {
        Self {
            limit,
            invitation: None,
        }
    }
}

impl Link {
    /// The link of a request.
    ///
    /// # Errors
    /// Why nobody can begin by it, as a page says it.
    pub(crate) async fn read(app: &App, request: &Request) -> Result<Self, Outcome> {
        let query = &request.raw_query_string;
        let limit = BasicId::of_link(query).map_err(Outcome::WrongLimit)?;
        let Some(text) = invitation_of(query) else {
            return match app.requires_invitation {
                false => Ok(limit.into()),
                true => Err(uninvited(app, Uninvited::NoInvitation)),
            };
        };
        let invited = check(app, &text).await?;
        let invited = match &invited.basic_id {
            Some(id) => BasicId::invited(id).ok_or_else(|| uninvited(app, Uninvited::NotOurs))?,
            None => return Ok(Self::invited(limit, text)),
        };
        Ok(Self::invited(Some(invited), text))
    }

    fn invited(limit: Option<BasicId>, invitation: String) -> Self {
        Self {
            limit,
            invitation: Some(invitation),
        }
    }

    /// Where it is followed to: the path of `GET /attach` with all that the link has.
    pub(crate) fn begin_path(&self) -> String {
        let invitation = self.invitation.as_deref();
        limit::begin_path(self.limit.as_ref(), (PARAMETER, invitation))
    }
}

/// What the link says of an invitation, be it empty.
fn invitation_of(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, text) = pairs.find(|(name, _)| name == PARAMETER)?;
    Some(text.into_owned())
}

/// One that does not fit may be made with a secret newer than ours.
async fn check(app: &App, text: &str) -> Result<Invitation, Outcome> {
    let unchecked = |error| {
        tracing::error!(%error, "an invitation could not be checked");
        app.metrics.count(Metric::AttachesFailed);
        Outcome::Not(Trouble::TryLater)
    };
    let secrets = app.secret.get().await.map_err(unchecked)?;
    let mut read = Invitation::read(text, &secrets, app.now());
    if read == Err(NoInvitation::NotOurs)
        && let Some(newer) = app.secret.newer_than(&secrets).await.map_err(unchecked)?
    {
        read = Invitation::read(text, &newer, app.now());
    }
    read.map_err(|reason| {
        uninvited(
            app,
            match reason {
                NoInvitation::NotOurs => Uninvited::NotOurs,
                NoInvitation::RunOut => Uninvited::RunOut,
            },
        )
    })
}

fn uninvited(app: &App, why: Uninvited) -> Outcome {
    app.metrics.count(Metric::AttachesUninvited);
    tracing::info!(?why, "an admin without an invitation was refused");
    Outcome::Uninvited(why)
}
