//! Many schedules, or one of them in words.

use std::process::ExitCode;

use clap::Parser;
use simulation::live::{self, Plan};
use simulation::profile::Profile;
use simulation::schedule::Schedule;
use simulation::seeds::{self, Seeds};
use simulation::{doors, mutants};

/// A fifth of a schedule's time is memory that is taken and given back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the bundle through many schedules, and tells of the first that break a promise.
#[derive(Parser)]
struct Arguments {
    /// How many schedules.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first one's seed.
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// Only schedules of this profile.
    #[arg(long)]
    profile: Option<Profile>,
    /// Exactly these, with commas between them, in place of --seeds.
    #[arg(long, value_delimiter = ',')]
    exactly: Vec<u64>,
    /// Tells what happens in the first one, in words.
    #[arg(long)]
    tell: bool,
    /// Maximum number of failures that are printed.
    #[arg(long, default_value_t = 3)]
    failures: usize,
    /// Ends with the first failure.
    #[arg(long)]
    stop: bool,
    /// Ends with the first failure of this check.
    #[arg(long)]
    until: Option<String>,
    /// How many cores to use; all, if not given.
    #[arg(long)]
    cores: Option<usize>,
    /// Breaks the code on purpose, one way at a time in a scratch copy, and tells which
    /// ways the schedules notice.
    #[arg(long, conflicts_with_all = ["live", "tell"])]
    mutants: bool,
    /// The same with what `cargo mutants` lists, against unit tests and stories too.
    #[arg(long, conflicts_with_all = ["live", "mutants", "tell"])]
    cargo_mutants: bool,
    /// With --mutants or --cargo-mutants: only those whose name has one of these in it,
    /// with commas between them.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// With --mutants: only those that few schedules notice.
    #[arg(long, requires = "mutants")]
    quick: bool,
    /// With --mutants: takes for granted that the code as it is passes.
    #[arg(long, requires = "mutants")]
    trusted: bool,
    /// Sends hostile inputs to each door of the bundle instead.
    #[arg(long, conflicts_with_all = ["live", "mutants", "tell"])]
    doors: bool,
    /// With --doors: how many inputs at each.
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,
    /// Runs the bundle with real processes instead, which are killed while LINE fails.
    #[arg(long, conflicts_with = "tell")]
    live: bool,
    /// With --live: how many events,
    #[arg(long, default_value_t = 2_000)]
    events: usize,
    /// over how many chats,
    #[arg(long, default_value_t = 200)]
    chats: usize,
    /// and how many kills.
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Be the functions of a live run, with these variables.
    #[arg(long, hide = true)]
    functions: Option<String>,
    #[arg(long, hide = true, default_value_t = 0)]
    port: u16,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(variables) = &arguments.functions {
        return live::be_functions(variables, arguments.port);
    }
    if arguments.live {
        return live::report(&Plan {
            events: arguments.events,
            chats: arguments.chats,
            kills: arguments.kills,
        });
    }
    if arguments.doors {
        return doors::report(arguments.first_seed, arguments.inputs);
    }
    if arguments.mutants {
        return mutants::report(&mutants::Choice {
            seeds: arguments.seeds,
            some: arguments.only,
            quick: arguments.quick,
            trusted: arguments.trusted,
        });
    }
    if arguments.cargo_mutants {
        return mutants::generated::report(&arguments.only);
    }
    if arguments.tell {
        let first = arguments.first_seed;
        let profile = arguments.profile.unwrap_or(Profile::of(first));
        return seeds::tell(&Schedule::of(profile.seed(first, 0)));
    }
    seeds::report(&Seeds {
        first: arguments.first_seed,
        count: arguments.seeds,
        profile: arguments.profile,
        exactly: arguments.exactly,
        printed: arguments.failures,
        stop: arguments.stop,
        until: arguments.until,
        cores: arguments.cores,
    })
}
