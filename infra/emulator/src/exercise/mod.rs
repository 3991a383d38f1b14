//! Every call of the client, once rightly and once wrongly, to a LINE Platform: this
//! emulator, or a proxy before it that looks at what goes by. The only place of the
//! emulator that knows the client; the library does not.

mod stage;
mod wrong;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use every_call::{Caller, Sample};
use shared::aws::Timeouts;
use shared::env::Env;
use shared::ground::Ground;
use shared::line::attach::{AttachClient, AttachTerms, Credentials, Verifier};
use shared::line::endpoint::{Facts, Host};
use shared::line::endpoints::table::ATTACH;
use shared::line::http::Http;
use shared::line::{Channel, LineClient};
use shared::random::Random;
use shared::secret::{ChannelSecret, SecretPlace};

use crate::Failed;
use stage::Stage;

/// For one exchange.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where the LINE Platform is.
#[derive(Args)]
pub(crate) struct Places {
    /// In place of https://api.line.me; the emulator's, if not given.
    #[arg(long)]
    api: Option<String>,
    /// In place of https://api-data.line.me.
    #[arg(long)]
    data: Option<String>,
    /// In place of https://manager.line.biz.
    #[arg(long)]
    manager: Option<String>,
    /// The emulator's own address: its world is prepared and looked at there.
    #[arg(long, default_value = "http://127.0.0.1:9001")]
    emulator: String,
}

impl Places {
    /// In place of this host of LINE.
    fn url(&self, host: Host) -> String {
        let (given, name) = match host {
            Host::Api => (&self.api, "api.line.me"),
            Host::Data => (&self.data, "api-data.line.me"),
            Host::Manager => (&self.manager, "manager.line.biz"),
        };
        let own = || format!("{}/{name}", self.emulator.trim_end_matches('/'));
        let given = given.as_deref().map(|url| url.trim_end_matches('/'));
        given.map_or_else(own, str::to_owned)
    }
}

/// How many calls went as they should.
#[derive(Default)]
struct Score {
    good: usize,
    bad: usize,
}

impl Score {
    /// Prints a row.
    #[expect(clippy::print_stdout, reason = "the rows are what the program prints")]
    fn row(&mut self, facts: &Facts, ended: &Result<String, String>) {
        let (method, path) = (facts.method.as_str(), facts.path);
        match ended {
            Ok(how) => println!("{method:6} {path:58} {how}"),
            Err(why) => println!("{method:6} {path:58} NOT AS IT SHOULD: {why}"),
        }
        *if ended.is_ok() {
            &mut self.good
        } else {
            &mut self.bad
        } += 1;
    }
}

/// Makes the calls, and prints a row for each.
#[expect(
    clippy::print_stdout,
    reason = "the figures are what the program prints"
)]
pub(crate) async fn exercise(places: &Places) -> Result<ExitCode, Failed> {
    let stage = Stage::set(&places.emulator).await?;
    let first = stage.last_call().await?;
    let right = rightly(places, &stage).await?;
    println!(
        "each once rightly: {} accepted, {} not\n",
        right.good, right.bad
    );
    let calls = stage.calls(first).await?;
    // The last of the right calls has unlinked it.
    attach(places, &stage).await?;
    let wrong = wrong::wrongly(places, &stage, &calls).await?;
    println!(
        "each once wrongly: {} refused in LINE's shape, {} not",
        wrong.good, wrong.bad
    );
    let failed = right.bad + wrong.bad > 0;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn rightly(places: &Places, stage: &Stage) -> Result<Score, Failed> {
    let mut score = Score::default();
    score.row(&ATTACH, &attach(places, stage).await);
    // Only an account that is linked has chats, tokens and contents.
    let sample = stage.sample().await?;
    let line = client(places, stage, &sample)?;
    let tell = |facts: &'static Facts, ended: Result<(), &shared::line::LineError>| {
        let ended = ended.map(|()| "accepted".to_owned());
        score.row(facts, &ended.map_err(ToString::to_string));
    };
    Caller::new(&line, &sample, tell).all().await;
    Ok(score)
}

/// Links the account through the link screen.
async fn attach(places: &Places, stage: &Stage) -> Result<String, String> {
    let client = AttachClient::new(
        http(),
        places.url(Host::Manager),
        stage.channel_id.clone(),
        secret(stage).map_err(|error| error.to_string())?,
        Credentials::Basic,
    );
    let terms = AttachTerms {
        redirect_uri: stage.redirect_url.clone(),
        scope: stage::SCOPES.join(" "),
        region: None,
        basic_search_id: None,
        brand_type: None,
    };
    let verifier = Verifier::new(Random::system().bytes());
    let url = client.authorize_url(&terms, "exercise", &verifier);
    let code = stage.link(&url).await.map_err(|error| error.to_string())?;
    let attached = client.exchange(&code, &terms, &verifier).await;
    attached
        .map(|_| "accepted".into())
        .map_err(|error| error.to_string())
}

fn client(places: &Places, stage: &Stage, sample: &Sample) -> Result<LineClient, Failed> {
    let channel = Channel {
        id: sample.channel.clone(),
        bot_header: stage.bot_header.parse()?,
        api_url: places.url(Host::Api),
        data_api_url: places.url(Host::Data),
    };
    Ok(LineClient::new(http(), channel, secret(stage)?))
}

fn http() -> Http {
    Ground::emulated().http_to_line(TIMEOUT)
}

fn secret(stage: &Stage) -> Result<ChannelSecret, Failed> {
    let name = "LINE_CHANNEL_SECRET".to_owned();
    let env = Env::from_map([(name, stage.channel_secret.clone())].into());
    let place = SecretPlace::from_env(&env)?;
    Ok(Ground::emulated().secret(place, Timeouts::DEFAULT))
}
