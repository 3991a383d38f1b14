//! The main job as a script: an account is attached, people write, the bundle
//! answers, and does not where it must not. What can be seen at LINE is a scenario's
//! file; what needs a look into the bundle, or a hand in it, follows in code. Each step
//! says what it expects and stops the demo if it is not so.

mod life;
mod register;
mod shop;

use std::io::Write;
use std::time::Duration;

use emulator::scenario::{self, Place, Scenario};
use emulator::{BotState, Bubble, Call, UserState};
use line_module::Module;
use shared::domain::{Trace, Verdict};

use crate::stack::{Options, Stack};
use crate::talk::{Chat, Link, Unexpected};

pub use register::Register;

type Done = Result<(), Unexpected>;

/// The part of it that is a scenario.
const SCENARIO: &str = include_str!("../../emulator/scenarios/demo.scenario.toml");

/// Runs the demo on a stack of its own, started as `options` say, with the example
/// module, whose words it speaks and which tells `register`; says how many steps there were.
///
/// # Errors
/// The first step that did not do what it should.
pub async fn run<M: Module + Clone>(
    options: &Options,
    example: M,
    register: &Register,
    out: &mut impl Write,
) -> Result<usize, Unexpected> {
    let stack = Stack::start(options, example.clone())
        .await
        .map_err(|error| Unexpected(error.to_string()))?;
    let cast = Cast::of(&stack).await?;
    let mut demo = Demo {
        stack: &stack,
        account: &cast.account,
        out,
        steps: 0,
    };
    demo.scenario().await?;
    let register = Some(register).filter(|_| !options.lambda);
    demo.shop(&cast, &example, register).await?;
    let mut guest = stack.chat(&cast.account.bot_id, &cast.guest.user_id);
    guest.heard().await?;
    let mut admin = demo.attach().await?;
    stack.line.advance_clock(BREATH).await;
    demo.lives(&cast, &mut guest, &mut admin).await?;
    demo.on_the_wire().await?;
    Ok(demo.steps)
}

/// An attach counts to the end of LINE's second: nobody suspends an account within it.
const BREATH: Duration = Duration::from_secs(2);

fn unexpected(error: impl std::fmt::Display) -> Unexpected {
    Unexpected(error.to_string())
}

/// Who takes part.
struct Cast {
    account: BotState,
    guest: UserState,
    other: UserState,
    /// An account that is attached later, and one of its users.
    second: BotState,
    patron: UserState,
}

impl Cast {
    /// The first account of the world and two users of it; the second and one of its.
    async fn of(stack: &Stack) -> Result<Self, Unexpected> {
        let world = stack.line.state().await;
        let missing = || Unexpected("the LINE world has not enough accounts and users".into());
        let [account, second, ..] = world.bots.as_slice() else {
            return Err(missing());
        };
        let users_of = |bot: &BotState| {
            let users = world.users.iter().filter(|user| user.bot == bot.bot_id);
            users.cloned().collect::<Vec<_>>()
        };
        let (users, patrons) = (users_of(account), users_of(second));
        let ([guest, other, ..], [patron, ..]) = (users.as_slice(), patrons.as_slice()) else {
            return Err(missing());
        };
        Ok(Self {
            account: account.clone(),
            guest: guest.clone(),
            other: other.clone(),
            second: second.clone(),
            patron: patron.clone(),
        })
    }
}

/// Of two workers that give a rich menu its image, LINE refuses the second.
fn is_second_image(call: &Call) -> bool {
    call.method == "POST" && call.status == 400 && call.path.ends_with("/content")
}

struct Demo<'a, W> {
    stack: &'a Stack,
    account: &'a BotState,
    out: &'a mut W,
    steps: usize,
}

impl<W: Write> Demo<'_, W> {
    /// All that can be seen at LINE.
    async fn scenario(&mut self) -> Done {
        let scenario = Scenario::parse(SCENARIO).map_err(unexpected)?;
        let [emulator, bundle] = [
            &self.stack.addresses.line_url,
            &self.stack.addresses.public_url,
        ]
        .map(|url| url.trim_end_matches('/').to_owned());
        let place = Place { emulator, bundle };
        let report = scenario::run(&scenario, &place, self.out)
            .await
            .map_err(unexpected)?;
        self.steps += report.outcomes().len();
        match report.failed() {
            true => Err(Unexpected("a step of the scenario failed".into())),
            false => self.stack.settled().await,
        }
    }

    async fn attach(&mut self) -> Result<Link, Unexpected> {
        self.step("The admin links the account once more, and sees what is linked")?;
        let link = self.stack.link(&self.account.bot_id, "ja").await?;
        let page = &link.page;
        self.expect(
            page.status == 200 && page.body.contains(&self.account.display_name),
            &page.body,
        )?;
        let world = self.stack.line.state().await;
        let bot = world
            .bots
            .iter()
            .find(|bot| bot.bot_id == self.account.bot_id && bot.attached);
        let scopes = bot
            .ok_or_else(|| Unexpected("the emulator does not show it attached".into()))?
            .scopes
            .join(" ");
        self.line(&format!("linked: {} ({scopes})", self.account.display_name))?;
        Ok(link)
    }

    /// Every call for an account had the bot header, and none was refused.
    async fn on_the_wire(&mut self) -> Done {
        self.step("Every call for an account carried its bot header, and LINE took every one")?;
        let header = self.stack.line.settings().bot_header.to_lowercase();
        let calls = self.stack.line.calls(0).await;
        // These two are calls of the channel, which LINE wants without the header.
        let of_channel = ["/v2/bot/list", "/v2/bot/channel/detach"];
        let calls: Vec<_> = calls
            .iter()
            .filter(|call| call.path.starts_with("/v2/bot/"))
            .collect();
        let named = calls.iter().all(|call| {
            call.headers.contains_key(&header) != of_channel.contains(&call.path.as_str())
        });
        // 401: a token that had grown old when the clock was moved, and was replaced. 409: on a
        // slow machine the answer came too late, and the retry met what LINE had taken before.
        let refused: Vec<_> = calls
            .iter()
            .filter(|call| ![200, 401, 409].contains(&call.status) && !is_second_image(call))
            .map(|call| {
                format!(
                    "{} {}: {} {}",
                    call.method, call.path, call.status, call.response
                )
            })
            .collect();
        let replies = calls
            .iter()
            .filter(|call| call.path.ends_with("/reply"))
            .count();
        self.line(&format!("{} calls, {replies} of them replies", calls.len()))?;
        self.expect(named, "a call had not the header that it needs")?;
        self.expect(
            refused.is_empty(),
            &format!("LINE refused {}", refused.join(", ")),
        )
    }

    /// Shows the last event's trace, which must have this verdict.
    async fn trace(&mut self, chat: &Chat<'_>, verdict: Verdict) -> Done {
        let trace = chat.trace().await?;
        self.show(&trace)?;
        self.expect(
            trace.verdict == verdict,
            &format!("{verdict:?} was expected"),
        )
    }

    fn show(&mut self, trace: &Trace) -> Done {
        let mut words = vec![format!("trace of the {}: {}", trace.kind, trace.verdict)];
        words.extend(trace.reason.clone());
        self.line(&words.join(" – "))
    }

    fn expect_none(&self, answers: &[Bubble]) -> Done {
        let texts: Vec<_> = answers.iter().filter_map(Bubble::text).collect();
        self.expect(
            texts.is_empty(),
            &format!("silence was expected, not {texts:?}"),
        )
    }

    fn step(&mut self, what: &str) -> Done {
        self.steps += 1;
        let number = self.steps;
        self.print(&format!("\n{number}. {what}"))
    }

    fn hear(&mut self, name: &str, said: &str, answers: &[Bubble]) -> Done {
        self.line(&format!("{name}: {said}"))?;
        self.answered(answers)
    }

    fn answered(&mut self, answers: &[Bubble]) -> Done {
        for answer in answers {
            let text = answer.text().unwrap_or_default().replace('\n', "\n     ");
            self.line(&format!("{}: {text}", self.account.display_name))?;
        }
        Ok(())
    }

    fn line(&mut self, text: &str) -> Done {
        self.print(&format!("   {text}"))
    }

    fn print(&mut self, text: &str) -> Done {
        writeln!(self.out, "{text}").map_err(|error| Unexpected(error.to_string()))
    }

    fn expect(&self, good: bool, otherwise: &str) -> Done {
        if good {
            Ok(())
        } else {
            Err(Unexpected(format!("step {}: {otherwise}", self.steps)))
        }
    }

    fn expect_one(&self, answers: &[Bubble], part: &str) -> Done {
        let texts: Vec<_> = answers.iter().filter_map(Bubble::text).collect();
        let good = texts.len() == 1 && texts[0].contains(part);
        self.expect(
            good,
            &format!("one answer with {part:?} was expected, not {texts:?}"),
        )
    }
}
