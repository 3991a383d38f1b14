//! Random runs of the reconciler while LINE's list lies, calls fail, and accounts
//! come and go, between the runs and during them. LINE knows the truth.

mod accounts;
pub(crate) mod dice;
mod faults;
mod figures;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use emulator::{AccountStatus, AttachedEvent, BotState, FaultKind, Settings};
use reconciler::Failure;
use shared::domain::{Attachment, BotId, Timestamp};
use shared::env::Env;
use shared::line::attach::AttachClient;
use shared::store::BotRow;

use crate::emulators::Emulators;
use crate::faulty::{Fate, Held};
use crate::reconciler::{LIST, Reconciler};
use crate::worker::TIMEOUTS;

use dice::Dice;
pub use figures::Figures;

/// Number of runs with the same accounts.
const RUNS_OF_A_WORLD: usize = 20;
/// Maximum number of quiet runs until the table is right again.
const QUIET_RUNS: usize = 20;
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const REDIRECT: &str = "https://example.com/attach/callback";

/// Runs the reconciler this many times.
///
/// # Panics
/// If an account is detached that is attached at LINE, or if the table is not
/// right again after some quiet runs. The seed is in the message.
pub async fn hostile_list(seed: u64, runs: usize) -> Figures {
    let dice = Dice::new(seed);
    let mut figures = Figures::default();
    while figures.runs < runs {
        let mut world = World::new(seed, &dice).await;
        for _ in 0..RUNS_OF_A_WORLD.min(runs - figures.runs) {
            world.hostile_run(&mut figures).await;
        }
        world.becomes_right(&mut figures).await;
    }
    figures
}

/// Some accounts, some of them attached, and a table that may know.
struct World {
    seed: u64,
    dice: Dice,
    emulators: Emulators,
    reconciler: Reconciler,
    /// What accounts' owners do goes over a connection that does not fail.
    owners: Reconciler,
    attach: AttachClient,
    /// For this many runs the list lacks the end of its last page.
    lies: usize,
    /// Accounts whose rows were changed in this run by others than the reconciler.
    changed: BTreeSet<BotId>,
}

impl World {
    async fn new(seed: u64, dice: &Dice) -> Self {
        let settings = Settings {
            list_page: 3 + dice.below(8),
            list_suspended: dice.one_in(2),
            attached_event: AttachedEvent::Lost,
            redirect_urls: vec![REDIRECT.into()],
            ..Settings::default()
        };
        let emulators = Emulators::start(settings).await;
        emulators.attached(10 + dice.below(40)).await;
        let unattached = emulators.line.make_accounts(5 + dice.below(6), None).await;
        unattached.expect("accounts are made");
        let mut variables = emulators.places.variables();
        variables.insert("LINE_SCOPES".into(), "message:send".into());
        let config = attach::Config::read(&Env::from_map(variables)).expect("its variables");
        let stands_on = emulators
            .places
            .ground()
            .with_clock(emulators.clock())
            .with_timeouts(TIMEOUTS);
        Self {
            seed,
            dice: dice.clone(),
            reconciler: Reconciler::new(&emulators),
            owners: Reconciler::new(&emulators),
            attach: attach::App::new(config, shared::domain::About::unnamed(), &stands_on).attach,
            lies: 0,
            changed: BTreeSet::new(),
            emulators,
        }
    }

    /// Time passes, things happen, and the reconciler runs while more happens.
    async fn hostile_run(&mut self, figures: &mut Figures) {
        let most = 3 * 24 * 60;
        let minutes = 1 + match self.dice.one_in(2) {
            true => self.dice.below(120),
            false => self.dice.below(most - 1),
        };
        let seconds = 60 * u64::try_from(minutes).unwrap_or_default();
        self.emulators.advance(Duration::from_secs(seconds)).await;
        for _ in 0..self.dice.below(4) {
            self.something_happens().await;
        }
        self.changed.clear();
        let before = self.rows().await;
        let began = self.emulators.now();
        self.calls_will_fail().await;
        let result = self.run_while_things_happen().await;
        self.reconciler.line.forget();
        self.reconciler.table.forget();
        figures.runs += 1;
        figures.count(&result);
        self.count_walk(figures, began).await;
        self.check(&before, began).await;
        self.operator(&result).await;
    }

    /// The run; between two of its pages something may happen.
    async fn run_while_things_happen(&mut self) -> Result<(), Failure> {
        let held = Held::default();
        let before = match self.lies {
            0 => self.dice.below(4),
            _ => self.pages().await.saturating_sub(1),
        };
        if self.lies > 0 || self.dice.one_in(2) {
            for _ in 0..before {
                self.reconciler.line.next(LIST, Fate::Done);
            }
            let fate = Fate::RequestHeld(held.clone());
            self.reconciler.line.next(LIST, fate);
        }
        let reconciler = self.reconciler.clone();
        let run = reconciler.runs();
        tokio::pin!(run);
        tokio::select! {
            result = &mut run => return result.map(drop),
            () = held.is_there() => {}
        }
        self.more_happens().await;
        held.let_go();
        run.await.map(drop)
    }

    async fn more_happens(&mut self) {
        if self.lies > 0 {
            return self.list_will(FaultKind::CutPage).await;
        }
        for _ in 0..1 + self.dice.below(3) {
            self.attach_or_detach().await;
        }
        match self.dice.below(6) {
            0 => self.emulators.advance(25 * HOUR).await,
            1 => self.list_will(FaultKind::CutPage).await,
            _ => {}
        }
    }

    async fn pages(&self) -> usize {
        let attached = self.attached_at_line().await.len();
        attached.div_ceil(self.emulators.line.settings().list_page)
    }

    /// Nothing that LINE has attached is detached by the reconciler, and what was
    /// detached within a day stays so.
    async fn check(&self, before: &BTreeMap<BotId, BotRow>, began: Timestamp) {
        let truth = self.attached_at_line().await;
        let after = self.rows().await;
        for (bot, row) in after.iter().filter(|(bot, _)| !self.changed.contains(bot)) {
            let Some(earlier) = before.get(bot) else {
                continue;
            };
            let detached = earlier.state.detached_at != row.state.detached_at;
            assert!(
                !detached || !truth.contains(bot),
                "seed {}: {bot} is attached at LINE, and was detached: {earlier:?}, then {row:?}",
                self.seed
            );
            if let Attachment::Detached(at) = earlier.state.attachment() {
                let kept = row.state.attachment() == Attachment::Detached(at);
                let long_ago = began.since(at) >= DAY - HOUR;
                assert!(
                    kept || long_ago || self.day_passed(began),
                    "seed {}: {bot} was attached too soon: {earlier:?}, then {row:?}",
                    self.seed
                );
            }
        }
    }

    /// The clock was moved during the run.
    fn day_passed(&self, began: Timestamp) -> bool {
        self.emulators.now().since(began) >= DAY
    }

    /// An operator may approve, whether it is right or not.
    async fn operator(&self, result: &Result<(), Failure>) {
        if let Err(Failure::TooMany(stopped)) = result
            && self.dice.one_in(2)
        {
            let approved = self.emulators.store.approve(&stopped.fingerprint).await;
            approved.expect("the table answers");
        }
    }

    /// All is quiet, and whoever is suspended is resumed: the table becomes right.
    async fn becomes_right(&mut self, figures: &mut Figures) {
        while self
            .one_of(|bot| bot.status == AccountStatus::Suspended)
            .await
            .is_some()
        {
            self.resumes().await;
        }
        self.emulators.advance(101 * DAY).await;
        for _ in 0..QUIET_RUNS {
            let began = self.emulators.now();
            if let Err(Failure::TooMany(stopped)) = self.reconciler.runs().await {
                let approved = self.emulators.store.approve(&stopped.fingerprint).await;
                approved.expect("the table answers");
            }
            figures.quiet += 1;
            self.count_walk(figures, began).await;
            if self.is_right().await {
                return;
            }
            self.emulators.advance(2 * HOUR).await;
        }
        panic!(
            "seed {}: after {QUIET_RUNS} quiet runs LINE has {:?}, and the table {:?}",
            self.seed,
            self.attached_at_line().await,
            self.rows().await
        );
    }

    async fn is_right(&self) -> bool {
        let rows = self.rows().await.into_iter();
        let attached: BTreeSet<_> = rows
            .filter(|(_, row)| row.state.is_attached())
            .map(|(bot, _)| bot)
            .collect();
        attached == self.attached_at_line().await
    }

    async fn change_row(&mut self, bot: &BotId, change: impl Fn(&mut BotRow)) {
        self.changed.insert(bot.clone());
        let updated = self.emulators.store.update_bot(bot, change).await;
        updated.expect("the table answers");
    }

    async fn count_walk(&self, figures: &mut Figures, began: Timestamp) {
        let walk = self
            .emulators
            .store
            .walk()
            .await
            .expect("the table answers");
        let Some(walk) = walk.filter(|walk| walk.ended_at >= began) else {
            return;
        };
        figures.attached += walk.attached;
        figures.marked += walk.marked;
        figures.unmarked += walk.unmarked;
        figures.asked += walk.asked;
        figures.detached += walk.detached;
    }

    async fn rows(&self) -> BTreeMap<BotId, BotRow> {
        self.emulators.rows().await.into_iter().collect()
    }

    async fn bots(&self) -> Vec<BotState> {
        self.emulators.line.state().await.bots
    }

    async fn one_of(&self, wanted: impl Fn(&BotState) -> bool) -> Option<BotId> {
        let bots: Vec<_> = self.bots().await.into_iter().filter(wanted).collect();
        let bot = self.dice.pick(&bots)?;
        Some(id(&bot.bot_id))
    }

    async fn an_active_account(&self) -> Option<BotId> {
        self.one_of(|bot| bot.attached && bot.status == AccountStatus::Active)
            .await
    }

    async fn attached_at_line(&self) -> BTreeSet<BotId> {
        let bots = self.bots().await.into_iter().filter(|bot| bot.attached);
        bots.map(|bot| id(&bot.bot_id)).collect()
    }
}

fn id(bot: &str) -> BotId {
    BotId::new(bot).expect("an id")
}
