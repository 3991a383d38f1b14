//! All that takes part: AWS and LINE, each an emulator, the stack between them, and the gateway in front of it.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use emulator::scenario::{self, Place, Scenario};
use emulator::{Call, Emulator, NewUser, Settings, Traits};
use local::function::Function;
use local::gateway::Gateway;
use shared::domain::BotId;
use shared::ground::Ground;
use shared::store::Store;
use template_file::Template;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::aws::Aws;
use crate::deploy::{Deployed, Deployment};
use crate::error::{Failed, because};
use crate::privileges::Stories;
use crate::recording;
use crate::wait::until;

/// How long a detach may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// What happens within one second of LINE's has no order.
pub(crate) const A_SECOND_OF_LINE: Duration = Duration::from_secs(2);

/// As many calls of one function as may be under way: API Gateway sets no limit.
const AT_ONCE: usize = 64;

/// What is deployed, and by which programs.
pub(crate) struct Programs {
    /// The folder of `sam build`.
    pub(crate) build: PathBuf,
    pub(crate) sam: PathBuf,
    /// A Python that has the emulator of AWS.
    pub(crate) python: PathBuf,
}

/// Everything that runs.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) line: Emulator,
    /// The stack's public side.
    pub(crate) public_url: String,
    pub(crate) line_url: String,
    pub(crate) deployment: Deployment,
    pub(crate) deployed: Deployed,
    /// The SAM CLI.
    pub(crate) sam: PathBuf,
    /// Where logs and recordings go.
    pub(crate) folder: PathBuf,
    /// The table that the stack has made.
    pub(crate) own_table: String,
    /// The stack's table, by the functions' own code.
    pub(crate) store: Store,
    /// What functions have called, story by story.
    pub(crate) stories: Stories,
    heard: usize,
    front: Option<TcpListener>,
    tasks: JoinSet<()>,
}

impl World {
    /// Deploys, and puts the channel's secret into the stack as an operator does.
    pub(crate) async fn start(programs: Programs, folder: &Path) -> Result<Self, Failed> {
        let (front, lines) = (listener().await?, listener().await?);
        let (public_url, line_url) = (url(&front)?, url(&lines)?);
        let aws = Aws::start(&programs.python, folder).await?;
        let line = Emulator::new(Settings {
            webhook_url: Some(format!("{public_url}/webhook")),
            redirect_urls: vec![format!("{public_url}/attach/callback")],
            bundle_url: Some(public_url.clone()),
            ..Settings::default()
        });
        let line = line.map_err(because("the emulator of LINE"))?;
        let mut tasks = JoinSet::new();
        let serving = line.serve(lines);
        tasks.spawn(async move { drop(serving.await) });
        let topic = aws.alarm_topic().await?;
        let deployment = Deployment {
            build: programs.build,
            parameters: parameters(&line.settings(), &public_url, &line_url, &topic),
        };
        deployment.deploy(&aws, &programs.sam).await?;
        let deployed = Deployed::read(&aws).await?;
        let own_table = deployed.resource("Table")?.to_owned();
        let store = table(&aws, &own_table);
        let mut world = Self {
            aws,
            line,
            public_url,
            line_url,
            deployment,
            deployed,
            sam: programs.sam,
            folder: folder.to_owned(),
            own_table,
            store,
            stories: Stories::new(),
            heard: 0,
            front: Some(front),
            tasks,
        };
        world.put_secret().await?;
        world.open_gateway()?;
        world.show_traces();
        Ok(world)
    }

    /// Deploys again with other parameters, or another build.
    pub(crate) async fn deploy(&mut self, deployment: Deployment) -> Result<(), Failed> {
        deployment.deploy(&self.aws, &self.sam).await?;
        self.deployment = deployment;
        self.deployed = Deployed::read(&self.aws).await?;
        Ok(())
    }

    /// The first account that is attached.
    pub(crate) async fn attached(&self) -> Result<String, Failed> {
        let bots = self.line.state().await.bots;
        let attached = bots.into_iter().find(|bot| bot.attached);
        let attached = attached.ok_or_else(|| Failed("no account is attached".into()))?;
        Ok(attached.bot_id)
    }

    /// A user of an account, who is a friend of it or not.
    pub(crate) async fn user(&self, bot: &str, name: &str, friend: bool) -> Result<String, Failed> {
        let user = NewUser {
            name: name.to_owned(),
            language: "ja".into(),
            friend,
            phone: None,
            traits: Traits::default(),
        };
        let made = self.line.make_user(bot, user).await;
        made.map_err(because("a user"))
    }

    /// Whether the table has an account.
    pub(crate) async fn knows(&self, bot: &BotId) -> Result<bool, Failed> {
        let row = self.store.bot(bot).await;
        row.map(|row| row.is_some())
            .map_err(because("the account's row"))
    }

    /// Waits until LINE has taken a call that has this in its path or its body.
    pub(crate) async fn line_heard(&self, part: &str, patience: Duration) -> Result<(), Failed> {
        let is_it = |call: &Call| {
            let taken = call.status == 200 && call.method == "POST";
            taken && (call.path.contains(part) || call.request.to_string().contains(part))
        };
        until(&format!("LINE has heard of {part}"), patience, async || {
            let calls = self.line.calls(0).await;
            Ok(calls.iter().any(is_it).then_some(()))
        })
        .await
    }

    /// Waits until LINE has an account as detached, and as long as it then cannot be attached again.
    pub(crate) async fn is_detached(&self, bot: &str) -> Result<(), Failed> {
        until(&format!("{bot} is detached"), PATIENCE, async || {
            let bots = self.line.state().await.bots;
            let attached = bots.iter().any(|it| it.bot_id == bot && it.attached);
            Ok((!attached).then_some(()))
        })
        .await?;
        tokio::time::sleep(A_SECOND_OF_LINE).await;
        Ok(())
    }

    /// An admin links an account.
    pub(crate) async fn link(&self, bot: &str) -> Result<(), Failed> {
        let scenario = format!(
            "name = \"Link\"\nabout = \"An account is linked.\"\n\
             [[step]]\ntitle = \"Link\"\nlink = {{ bot = \"{bot}\" }}\n\
             [[step.expect]]\nwebhook = \"module\"\nis = {{ status = 200 }}\n"
        );
        self.play(&scenario, &mut std::io::sink()).await.map(drop)
    }

    /// Plays a scenario of the emulator of LINE; gives the number of its steps.
    pub(crate) async fn play(&self, text: &str, out: &mut impl Write) -> Result<usize, Failed> {
        let scenario = Scenario::parse(text).map_err(because("the scenario"))?;
        let place = Place {
            emulator: self.line_url.clone(),
            bundle: self.public_url.clone(),
        };
        let report = scenario::run(&scenario, &place, out).await;
        let report = report.map_err(because("the scenario"))?;
        let failed = report
            .outcomes()
            .into_iter()
            .find_map(|outcome| match outcome {
                scenario::Outcome::Failed(why) => Some(why.clone()),
                _ => None,
            });
        match failed {
            Some(why) => Err(Failed(why)),
            None => Ok(report.outcomes().len()),
        }
    }

    /// What functions have called since is of this story.
    pub(crate) fn keep_calls_of(&mut self, story: &str) -> Result<(), Failed> {
        let calls = recording::read(&self.aws.recording)?.split_off(self.heard);
        self.heard += calls.len();
        self.stories.insert(story.to_owned(), calls);
        Ok(())
    }

    async fn put_secret(&self) -> Result<(), Failed> {
        let secret = self.line.settings().channel_secret;
        let put = ["secret", "put", "channel-secret"];
        self.modctl_with_input(&put, &secret).await.map(drop)
    }

    /// API Gateway: the template's routes, to the functions by their alias, as SAM would have made them.
    fn open_gateway(&mut self) -> Result<(), Failed> {
        let template = Template::load(template_path()).map_err(because("template.yaml"))?;
        let routes = template.routes().map_err(because("template.yaml"))?;
        let definitions = template.functions().map_err(because("template.yaml"))?;
        let mut functions = HashMap::new();
        for definition in definitions {
            let name = self.deployed.resource(&definition.logical_name)?;
            let live = format!("{name}:live");
            let function =
                Function::invoked_at_once(&self.aws.url, &live, definition.timeout, AT_ONCE);
            functions.insert(definition.logical_name, function);
        }
        let gateway = Gateway::new(routes, functions, SharedTimeSource::default());
        if let Some(listener) = self.front.take() {
            self.tasks
                .spawn(async move { drop(gateway.serve(listener).await) });
        }
        Ok(())
    }

    fn show_traces(&self) {
        self.line.show_traces(local::traces(self.store.clone()));
    }
}

/// What `sam deploy --guided` would ask for.
fn parameters(
    line: &emulator::Settings,
    public_url: &str,
    line_url: &str,
    topic: &str,
) -> BTreeMap<String, String> {
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x86_64",
    };
    let values = [
        ("LineChannelId", line.channel_id.as_str()),
        ("LineBotHeader", line.bot_header.as_str()),
        ("LineApiUrl", line_url),
        ("LineDataApiUrl", line_url),
        ("LineManagerUrl", line_url),
        ("PublicUrl", public_url),
        ("Architecture", architecture),
        ("DeploymentType", "AllAtOnce"),
        ("AlarmTopicArn", topic),
        ("Release", "1"),
    ];
    values
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// A table of the emulator of AWS.
pub(crate) fn table(aws: &Aws, name: &str) -> Store {
    Ground::emulated()
        .with_dynamodb_at(&aws.url)
        .table(name.to_owned())
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn template_path() -> PathBuf {
    root().join("template.yaml")
}

async fn listener() -> Result<TcpListener, Failed> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(because("a free port"))
}

fn url(listener: &TcpListener) -> Result<String, Failed> {
    let address = listener.local_addr().map_err(because("a port"))?;
    Ok(format!("http://{address}"))
}
