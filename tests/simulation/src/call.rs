//! One outside call: whom it is for, what it does there, and what is seen of it.

mod meddle;
mod plan_text;
mod request;
mod seen;

pub(crate) use meddle::BY_ANOTHER;
pub(crate) use request::Request;

use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use futures::FutureExt as _;
use serde_json::{Value as Json, json};

use crate::judges;
use crate::line::{Asked, Kind};
use crate::process::response;
use crate::schedule::{Harm, Server};
use crate::world::World;

/// The word for a write of an event's ledger row outside of a commit, or of an attach under
/// way: faults and judges tell it from the writes of accounts and chats.
pub(crate) const CHANGE: &str = "Change";

#[derive(Debug, Clone)]
pub(crate) enum Call {
    /// Of an AWS service.
    Aws {
        server: Server,
        target: String,
        body: Request,
    },
    /// Of LINE.
    Line(Asked),
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        response(self.status, self.headers, self.body)
    }
}

impl From<crate::line::Answer> for Reply {
    fn from(answer: crate::line::Answer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            body: answer.body.to_string().into_bytes(),
        }
    }
}

impl Call {
    pub(crate) fn read(request: &HttpRequest) -> Self {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let server = match target.split('.').next() {
            Some("AmazonSQS") => Server::Queue,
            Some(table) if table.starts_with("DynamoDB") => Server::Table,
            _ => {
                let header = |name: &str| request.headers().get(name).map(str::to_owned);
                let path = request.uri().splitn(4, '/').nth(3).unwrap_or_default();
                return Self::Line(Asked::read(path, header, body));
            }
        };
        Self::Aws {
            server,
            target: target.to_owned(),
            body: Request::new(body),
        }
    }

    /// Whether it writes an event's ledger row outside of a commit, or an attach under way.
    fn is_change(target: &str, body: &Request) -> bool {
        let is_put = target.ends_with(".PutItem");
        target.ends_with(".UpdateItem")
            || is_put && judges::event_of(&body.json()["Item"]).is_some()
    }

    pub(crate) fn server(&self) -> Server {
        match self {
            Self::Aws { server, .. } => *server,
            Self::Line(_) => Server::Line,
        }
    }

    /// One word for it, by which faults find it.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Aws { target, body, .. } if Self::is_change(target, body) => CHANGE,
            Self::Aws { target, .. } => target.rsplit('.').next().unwrap_or_default(),
            Self::Line(asked) => asked.word(),
        }
    }

    /// It leaves its process, by whose clock it is `now`.
    pub(crate) fn leaves(&self, world: &World, who: usize, now: i64) {
        world.note(|| format!("invocation {who} calls {}", self.word()));
        world.tell(|| self.words());
        if let Self::Line(asked) = self {
            seen::judge(world, who, now, asked);
        }
        if let Self::Aws { target, body, .. } = self {
            seen::writes(world, who, now, target, body);
            seen::lets_go(world, who, target, body);
        }
    }

    /// It is done.
    pub(crate) fn perform(&self, world: &Arc<World>, who: usize) -> Reply {
        let reply = match self {
            Self::Line(asked) => {
                let answer = world.line().handle(asked);
                seen::answered(world, who, asked, &answer);
                judges::answered(world, who, asked, &answer);
                answer.into()
            }
            Self::Aws {
                server: Server::Table,
                target,
                body,
            } => {
                let before = judges::Before::of(world, self.word(), body);
                let (status, answer) = world.table().handle(target, body.bytes());
                before.after(world, who);
                if status == 200 {
                    seen::table(world, who, target, body);
                }
                Reply::new(status, answer)
            }
            Self::Aws { target, body, .. } => {
                let action = target.rsplit('.').next().unwrap_or_default();
                let answered = world.sqs.0.handle(action, body.bytes()).now_or_never();
                let (status, answer) = answered.expect("the queue does not wait");
                seen::queue(world, who, action, body, &answer);
                Reply::new(status, answer)
            }
        };
        world.note(|| format!("invocation {who}: {} done: {}", self.word(), reply.status));
        reply
    }

    /// It is done, and nobody learns how it ended: what it reads counts for nobody.
    pub(crate) fn perform_unanswered(&self, world: &Arc<World>, who: usize) {
        if matches!(self.word(), "GetItem" | "BatchGetItem" | "Query") {
            world.note(|| format!("invocation {who}: {} is not answered", self.word()));
            return;
        }
        // Whoever has made an account's row and does not know it reads the row again.
        let lacking = world.history().lacking_account(who);
        let detached = self
            .detaches()
            .map(|bot| (bot, world.line().is_detached_by_us(bot)));
        self.perform(world, who);
        world.history().lacks_account_still(who, &lacking);
        if let Some((bot, false)) = detached {
            world.line().forget_confirmation(bot);
        }
    }

    fn detaches(&self) -> Option<&str> {
        match self {
            Self::Line(asked) => match &asked.kind {
                Kind::Detach(bot) => Some(bot),
                _ => None,
            },
            Self::Aws { .. } => None,
        }
    }

    /// What it would settle is settled by someone else, who leaves the chat alone.
    pub(crate) fn is_overtaken(&self, world: &World) {
        if let Self::Aws { body, .. } = self {
            meddle::settle(world, body);
        }
    }

    /// It is done in part: some keys are not processed, some messages not taken.
    pub(crate) fn partly(&self, world: &Arc<World>, who: usize) -> Reply {
        let Self::Aws {
            server,
            target,
            body,
        } = self
        else {
            return self.perform(world, who);
        };
        if *server == Server::Table {
            world.table().leave_unprocessed(1);
            return self.perform(world, who);
        }
        let mut request = body.json().clone();
        let entries = request["Entries"].as_array().cloned().unwrap_or_default();
        let (taken, left) = entries.split_at(entries.len() / 2);
        let failed: Vec<_> = left.iter().map(not_taken).collect();
        request["Entries"] = taken.into();
        let mut answer = json!({ "Successful": [] });
        if !taken.is_empty() {
            let part = Self::Aws {
                server: *server,
                target: target.clone(),
                body: Request::new(request.to_string()),
            };
            answer = serde_json::from_slice(&part.perform(world, who).body).unwrap_or_default();
        }
        answer["Failed"] = failed.into();
        Reply::new(200, answer.to_string())
    }

    /// It is not done, and answered so.
    pub(crate) fn refused(&self, harm: Harm) -> Reply {
        match self.server() {
            Server::Line => self.refused_by_line(harm).into(),
            Server::Table => self.refused_by_table(harm),
            Server::Queue => {
                let (status, code) = match harm {
                    Harm::Throttled => (400, "RequestThrottled"),
                    _ => (500, "InternalError"),
                };
                let body = json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": "x" });
                Reply::new(status, body.to_string())
            }
        }
    }

    fn refused_by_line(&self, harm: Harm) -> crate::line::Answer {
        let (status, message) = match harm {
            Harm::Throttled => (
                429,
                "The API rate limit has been exceeded. Try again later.",
            ),
            Harm::Locked => (423, "Locked"),
            Harm::Refused(status) => (status, "Refused"),
            _ => (500, "Internal server error"),
        };
        crate::line::refused(status, message)
    }

    fn refused_by_table(&self, harm: Harm) -> Reply {
        let transaction = self.word() == "TransactWriteItems";
        let (status, code) = match harm {
            Harm::Throttled => (400, "ProvisionedThroughputExceededException"),
            Harm::Conflict if transaction => (400, "TransactionCanceledException"),
            Harm::Conflict => (400, "TransactionConflictException"),
            _ => (500, "InternalServerError"),
        };
        let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
        let mut body = json!({ "__type": name, "message": "refused" });
        if let (Self::Aws { body: request, .. }, "TransactionCanceledException") = (self, code) {
            let actions = request.json()["TransactItems"]
                .as_array()
                .map_or(0, Vec::len);
            let mut reasons = vec![json!({ "Code": "None" }); actions];
            reasons[actions - 1] = json!({ "Code": "TransactionConflict", "Message": "x" });
            body["CancellationReasons"] = reasons.into();
        }
        Reply::new(status, body.to_string())
    }

    fn words(&self) -> String {
        match self {
            Self::Line(asked) => format!("{} for {} {:?}", asked.word(), asked.bot, asked.texts()),
            Self::Aws { target, body, .. } => {
                let body = String::from_utf8_lossy(body.bytes());
                let token = body.find("\"ClientRequestToken\"").unwrap_or(body.len());
                format!(
                    "{} {}",
                    target.rsplit('.').next().unwrap_or_default(),
                    &body[..token]
                )
            }
        }
    }
}

fn not_taken(entry: &Json) -> Json {
    json!({ "Id": entry["Id"], "Code": "InternalError", "SenderFault": false })
}
