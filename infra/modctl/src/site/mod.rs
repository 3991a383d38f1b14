//! Where a command works: a deployed stack, or a `cargo dev` on this machine.

mod caller;
mod functions;
mod local;
mod places;
mod public;
mod stack;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use shared::aws::Timeouts;
use shared::domain::{BotId, Timestamp};
use shared::env::Env;
use shared::ground::Ground;
use shared::line::{Channel, LineClient};
use shared::queue::Queue;
use shared::secret::SecretPlace;
use shared::store::Store;

use crate::arguments::SiteArguments;
use crate::failure::Failure;

pub(crate) use functions::Called;
pub(crate) use public::exchange;
pub(crate) use stack::Stack;

use local::Running;

/// For one exchange with LINE: a person waits.
const LINE_TIMEOUT: Duration = Duration::from_secs(10);

/// A bundle: its table, its queue, its functions' variables.
pub(crate) struct Site {
    /// The stack's name, or `local`.
    pub(crate) name: String,
    pub(crate) store: Store,
    pub(crate) queue: Queue,
    ground: Ground,
    /// How far its clock is ahead of this machine's, in milliseconds; less than 0 if it is behind.
    ahead: i64,
    kind: Kind,
}

enum Kind {
    Local {
        variables: BTreeMap<String, String>,
        addresses: BTreeMap<String, String>,
    },
    Stack(Box<Stack>),
}

impl Site {
    /// Finds it.
    ///
    /// # Errors
    /// [`Failure`]: none is named, it is not there, or the caller may not see it.
    pub(crate) async fn open(arguments: &SiteArguments) -> Result<Self, Failure> {
        match (&arguments.stack, arguments.local) {
            (Some(name), _) => {
                let stack = Stack::find(name, arguments).await?;
                let ground = stack.ground.clone();
                let (table, queue) = (stack.table()?, stack.queue_url()?);
                Ok(Self {
                    name: name.clone(),
                    store: ground.table(table),
                    queue: ground.queue(queue, Timeouts::DEFAULT),
                    ground,
                    ahead: 0,
                    kind: Kind::Stack(Box::new(stack)),
                })
            }
            (None, true) => Self::of_local(local::running()?).await,
            (None, false) => Err(Failure::Refused(
                "say where: --stack NAME for a deployed stack, --local for the `cargo dev` on this machine".into(),
            )),
        }
    }

    async fn of_local(running: Running) -> Result<Self, Failure> {
        const REMEDY: &str = "start `cargo dev` again";
        let Running {
            variables,
            addresses,
        } = running;
        let env = Env::from_map(variables.clone());
        let ground = Ground::emulated()
            .with_dynamodb_at(env.required("AWS_ENDPOINT_URL_DYNAMODB", REMEDY)?)
            .with_sqs_at(env.required("AWS_ENDPOINT_URL_SQS", REMEDY)?);
        Ok(Self {
            name: "local".into(),
            store: ground.table(env.required("TABLE_NAME", REMEDY)?),
            queue: ground.queue(env.required("EVENT_QUEUE_URL", REMEDY)?, Timeouts::DEFAULT),
            ground,
            ahead: local::ahead(&variables).await,
            kind: Kind::Local {
                variables,
                addresses,
            },
        })
    }

    /// The worker's variables. Of a stack it takes the OperatorPolicy: the name of LINE's
    /// header is among them.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn variables(&self) -> Result<BTreeMap<String, String>, Failure> {
        match &self.kind {
            Kind::Local { variables, .. } => Ok(variables.clone()),
            Kind::Stack(stack) => stack.variables().await,
        }
    }

    /// LINE, as the worker calls it.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn line(&self) -> Result<LineClient, Failure> {
        let env = Env::from_map(self.variables().await?);
        let secret = self
            .ground
            .secret(SecretPlace::from_env(&env)?, Timeouts::DEFAULT);
        let http = self.ground.http_to_line(LINE_TIMEOUT);
        Ok(LineClient::new(http, Channel::read(&env)?, secret))
    }

    /// Now, by the clock that its functions go by.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::from(SystemTime::now());
        Timestamp(now.0.saturating_add(self.ahead))
    }

    /// The stack, where it is one.
    pub(crate) fn deployed(&self) -> Option<&Stack> {
        match &self.kind {
            Kind::Local { .. } => None,
            Kind::Stack(stack) => Some(stack),
        }
    }

    /// What the stack's parameter says, or with `cargo dev` the functions' variable.
    pub(crate) fn parameter(&self, parameter: &str, variable: &str) -> Option<String> {
        match &self.kind {
            Kind::Local { variables, .. } => variables.get(variable).cloned(),
            Kind::Stack(stack) => stack.parameter(parameter),
        }
    }

    /// Whether the channel holds chats by default.
    pub(crate) fn default_active(&self) -> bool {
        let word = self.parameter("LineDefaultActive", "LINE_DEFAULT_ACTIVE");
        word.is_none_or(|word| word != "false")
    }

    /// What stands before a command that works here too.
    pub(crate) fn command(&self, rest: &str) -> String {
        match &self.kind {
            Kind::Local { .. } => format!("modctl --local {rest}"),
            Kind::Stack(_) => format!("modctl --stack {} {rest}", self.name),
        }
    }

    /// The account that a person means: by its bot id, or by its basic id, such as `@demo`.
    ///
    /// # Errors
    /// [`Failure::NotFound`], or the table's.
    pub(crate) async fn account(&self, named: &str) -> Result<BotId, Failure> {
        if named.starts_with('@') {
            return self.account_by_basic_id(named).await;
        }
        let bot = BotId::new(named).map_err(|_| self.no_account(named))?;
        let row = self.store.bot(&bot).await?;
        row.map(|_| bot).ok_or_else(|| self.no_account(named))
    }

    async fn account_by_basic_id(&self, named: &str) -> Result<BotId, Failure> {
        let mut from = None;
        loop {
            let page = self.store.bots(from.as_ref()).await?;
            let mut rows = page.rows.into_iter();
            if let Some((bot, _)) = rows.find(|(_, row)| row.basic_id.as_deref() == Some(named)) {
                return Ok(bot);
            }
            from = page.next;
            if from.is_none() {
                return Err(self.no_account(named));
            }
        }
    }

    fn no_account(&self, named: &str) -> Failure {
        Failure::NotFound(format!(
            "{} knows no account {named}: `modctl bots` lists those it knows",
            self.name
        ))
    }
}
