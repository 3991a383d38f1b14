//! The reconciler over the real table, queue and list: what it heals, what it
//! leaves alone, and when it stops.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use emulator::{Fault, FaultKind, Settings};
use flow::Bundle;
use flow::emulators::Emulators;
use flow::faulty::{Fate, Held};
use flow::reconciler::{INFO, LIST, Reconciler};
use reconciler::{Failure, TIMEOUT};
use shared::domain::{
    Attachment, BotId, Entitlement, LifecycleChange, Pause, PauseMode, Scopes, Verdict,
};
use shared::line::endpoints::module::Detached;
use shared::store::WalkRow;

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// The emulators, the reconciler, and the accounts that LINE lists.
struct Scene {
    emulators: Emulators,
    reconciler: Reconciler,
    bots: Vec<BotId>,
}

impl Scene {
    /// This many accounts are attached at LINE, in pages of four, and nothing is known here.
    async fn of(accounts: usize) -> Self {
        let settings = Settings {
            list_page: 4,
            ..Settings::default()
        };
        let emulators = Emulators::start(settings).await;
        let bots = emulators.attached(accounts).await;
        let reconciler = Reconciler::new(&emulators);
        Self {
            emulators,
            reconciler,
            bots,
        }
    }

    /// The same; the accounts are known, and were reported to the module.
    async fn known(accounts: usize) -> Self {
        let scene = Self::of(accounts).await;
        scene.reconciler.succeeds().await;
        scene.emulators.queued().await;
        for bot in &scene.bots {
            scene.emulators.is_heard(bot).await;
        }
        scene.emulators.advance(MINUTE).await;
        scene
    }

    /// They are unlinked at LINE, and no event tells of it.
    async fn unlinked(&self, bots: &[BotId]) {
        for bot in bots {
            let detached = self.reconciler.app.line.detach(bot).await.unwrap();
            assert!(matches!(detached, Detached::At(_)));
        }
    }

    async fn attachment(&self, bot: &BotId) -> Attachment {
        self.emulators.row(bot).await.state.attachment()
    }

    async fn is_attached(&self, bot: &BotId) -> bool {
        self.attachment(bot).await == Attachment::Attached
    }

    async fn marks(&self) -> usize {
        let rows = self.emulators.rows().await;
        let marked = rows
            .iter()
            .filter(|(_, row)| row.state.missing_since.is_some());
        marked.count()
    }

    async fn list_will(&self, kind: FaultKind, times: u32) {
        let matches = format!("GET {LIST}");
        let fault = Fault::new(matches, times, kind);
        self.emulators.line.add_faults(vec![fault]).await.unwrap();
    }

    async fn fingerprint(&self) -> String {
        let walk = self.emulators.store.walk().await.unwrap().unwrap();
        walk.stopped.unwrap().fingerprint
    }
}

#[tokio::test]
async fn an_attach_without_its_event_is_healed_and_the_module_hears_of_it_once() {
    let bundle = Bundle::start().await;
    let made = bundle.stack.line.make_accounts(
        1,
        Some(vec!["message:send".into(), "account:manage".into()]),
    );
    let bot = BotId::new(made.await.unwrap().remove(0)).unwrap();
    for _ in 0..2 {
        let run = bundle.stack.run_schedule("ReconcilerFunction");
        run.await.unwrap();
        bundle.stack.settled().await.unwrap();
    }
    let row = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    assert!(row.state.is_attached());
    assert_eq!(row.state.unreported(), None);
    assert!(row.display_name.unwrap().starts_with("Official Account"));
    let key = shared::store::LedgerKey {
        bot,
        chat: None,
        event: format!("attached-{}", row.state.attached_at.unwrap().0)
            .try_into()
            .unwrap(),
    };
    let record = bundle.stack.store.ledger(&key).await.unwrap().unwrap();
    assert_eq!(record.verdict(), Verdict::Handled);
}

#[tokio::test]
async fn what_is_listed_is_attached_with_its_name_and_reported() {
    let scene = Scene::of(9).await;
    let walk = scene.reconciler.succeeds().await;
    assert_eq!((walk.listed, walk.attached, walk.writes), (9, 9, 9));
    for bot in &scene.bots {
        let row = scene.emulators.row(bot).await;
        assert!(row.state.is_attached());
        assert_eq!(row.state.scopes(), &Scopes::Unknown);
        assert!(row.basic_id.is_some() && row.display_name.is_some());
    }
    let queued = scene.emulators.queued().await;
    assert_eq!(queued.len(), 9);
    assert!(queued.iter().all(|(_, id, event)| {
        id.starts_with("attached-") && event["module"]["type"] == "attached"
    }));
    assert_eq!(scene.emulators.store.walk().await.unwrap().unwrap(), walk);
}

#[tokio::test]
async fn where_nothing_has_changed_no_account_is_written() {
    let scene = Scene::known(9).await;
    let before = scene.reconciler.table.writes_of_bots();
    let walk = scene.reconciler.succeeds().await;
    assert_eq!(scene.reconciler.table.writes_of_bots() - before, 0);
    let quiet = WalkRow {
        began_at: walk.began_at,
        ended_at: walk.ended_at,
        listed: 9,
        known: 9,
        ..WalkRow::default()
    };
    assert_eq!(walk, quiet);
    assert!(scene.emulators.queued().await.is_empty());
}

#[tokio::test]
async fn a_listed_account_that_was_detached_a_minute_ago_stays_detached_for_a_day() {
    let scene = Scene::known(3).await;
    let bot = &scene.bots[0];
    let at = scene.emulators.now().minus(MINUTE);
    let detach = scene.emulators.store.update_bot(bot, |row| {
        row.state.detach(at);
        row.state.mark_reported(LifecycleChange::Detached(at));
    });
    detach.await.unwrap();
    assert_eq!(scene.reconciler.succeeds().await.writes, 0);
    scene.emulators.advance(23 * HOUR).await;
    assert_eq!(scene.reconciler.succeeds().await.writes, 0);
    assert_eq!(scene.attachment(bot).await, Attachment::Detached(at));
    scene.emulators.advance(HOUR).await;
    assert_eq!(scene.reconciler.succeeds().await.attached, 1);
    assert!(scene.is_attached(bot).await);
}

#[tokio::test]
async fn two_listings_an_hour_apart_and_a_refusal_detach_an_account() {
    let scene = Scene::known(9).await;
    let bot = &scene.bots[4];
    scene.unlinked(std::slice::from_ref(bot)).await;
    scene.emulators.advance(MINUTE).await;
    let walk = scene.reconciler.succeeds().await;
    assert_eq!((walk.marked, walk.writes, walk.asked), (1, 1, 0));
    let began = walk.began_at;
    assert_eq!(scene.emulators.row(bot).await.state.missing_since, began);

    scene.emulators.advance(59 * MINUTE).await;
    let walk = scene.reconciler.succeeds().await;
    assert_eq!((walk.writes, walk.asked), (0, 0));
    assert_eq!(scene.emulators.row(bot).await.state.missing_since, began);

    scene.emulators.advance(MINUTE).await;
    let walk = scene.reconciler.succeeds().await;
    assert_eq!((walk.detached, walk.writes, walk.asked), (1, 1, 1));
    let at = walk.began_at.unwrap();
    assert_eq!(scene.attachment(bot).await, Attachment::Detached(at));
    let queued = scene.emulators.queued().await;
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].1, format!("detached-{}", at.0));
}

#[tokio::test]
async fn an_account_whose_info_line_gives_or_does_not_refuse_is_kept() {
    let scene = Scene::known(9).await;
    for answer in [None, Some(500), Some(429), Some(401)] {
        // The last page is cut: one account is not in the list.
        for _ in 0..2 {
            for _ in 0..2 {
                scene.reconciler.line.next(LIST, Fate::Done);
            }
            let empty = r#"{"bots":[]}"#.to_owned();
            scene.reconciler.line.next(LIST, Fate::Answered(200, empty));
            for _ in 0..5 {
                let fate = answer.map(|status| Fate::Answered(status, "{}".into()));
                scene.reconciler.line.next(INFO, fate.unwrap_or(Fate::Done));
            }
            scene.reconciler.succeeds().await;
            assert_eq!(scene.marks().await, 1);
            scene.emulators.advance(HOUR + MINUTE).await;
            scene.reconciler.line.forget();
        }
        assert!(scene.is_attached(&scene.bots[8]).await);
        assert_eq!(scene.reconciler.succeeds().await.unmarked, 1);
    }
}

#[tokio::test]
async fn an_empty_list_changes_nothing_and_is_an_error() {
    let scene = Scene::known(3).await;
    scene.list_will(FaultKind::EmptyList, 1).await;
    let before = scene.reconciler.table.writes_of_bots();
    let sentence = scene.reconciler.fails().await;
    assert!(sentence.starts_with("3 of 3 accounts are missing in LINE's list"));
    assert_eq!(scene.reconciler.table.writes_of_bots(), before);
    assert_eq!(scene.marks().await, 0);
    let walk = scene.emulators.store.walk().await.unwrap().unwrap();
    let stopped = walk.stopped.unwrap();
    assert_eq!(stopped.first.len(), 3);
    assert!(sentence.contains(&stopped.fingerprint));
    assert_eq!(walk.failure.unwrap(), sentence);
}

#[tokio::test]
async fn an_approval_lets_exactly_these_accounts_go() {
    let scene = Scene::known(10).await;
    scene.unlinked(&scene.bots[..6]).await;
    scene.emulators.advance(MINUTE).await;
    let sentence = scene.reconciler.fails().await;
    assert!(sentence.starts_with("6 of 10 accounts"), "{sentence}");
    let store = &scene.emulators.store;
    store.approve("another").await.unwrap();
    scene.reconciler.fails().await;
    assert_eq!(store.approval().await.unwrap(), None, "it has ended");

    store.approve(&scene.fingerprint().await).await.unwrap();
    assert_eq!(scene.reconciler.succeeds().await.marked, 6);
    scene.emulators.advance(HOUR).await;
    assert_eq!(scene.reconciler.succeeds().await.detached, 6);
    for (number, bot) in scene.bots.iter().enumerate() {
        assert_eq!(scene.is_attached(bot).await, number >= 6);
    }
    assert_eq!(scene.reconciler.succeeds().await.writes, 0);
    assert_eq!(store.approval().await.unwrap(), None, "it has ended");
}

#[tokio::test]
async fn an_approval_is_not_for_one_more() {
    let scene = Scene::known(10).await;
    scene.unlinked(&scene.bots[..6]).await;
    scene.emulators.advance(MINUTE).await;
    scene.reconciler.fails().await;
    let fingerprint = scene.fingerprint().await;
    scene.emulators.store.approve(&fingerprint).await.unwrap();
    scene.unlinked(&scene.bots[6..7]).await;
    scene.reconciler.fails().await;
    assert_eq!(scene.marks().await, 0);
    assert_ne!(scene.fingerprint().await, fingerprint);
}

#[tokio::test]
async fn a_walk_whose_place_has_expired_begins_again() {
    let scene = Scene::known(9).await;
    let held = Held::default();
    scene.reconciler.line.next(LIST, Fate::Done);
    scene
        .reconciler
        .line
        .next(LIST, Fate::RequestHeld(held.clone()));
    let a_day_passes = async {
        held.is_there().await;
        scene.emulators.advance(25 * HOUR).await;
        held.let_go();
    };
    let (walk, ()) = tokio::join!(scene.reconciler.succeeds(), a_day_passes);
    assert_eq!((walk.listed, walk.writes), (9, 0));
    let calls = scene.emulators.line.calls(0).await;
    let expired = calls
        .iter()
        .filter(|call| call.path == LIST && call.status == 400);
    assert_eq!(expired.count(), 1);
}

#[tokio::test]
async fn a_list_that_is_not_whole_is_no_list() {
    let scene = Scene::known(9).await;
    scene.list_will(FaultKind::RepeatToken, 2).await;
    let circles = scene.reconciler.fails().await;
    assert!(circles.contains("goes round in circles"), "{circles}");
    scene.list_will(FaultKind::ServerError, 5).await;
    let broken = scene.reconciler.fails().await;
    assert!(
        broken.starts_with("LINE's list of accounts is not whole"),
        "{broken}"
    );
    scene.list_will(FaultKind::ServerError, 4).await;
    assert_eq!(scene.reconciler.succeeds().await.writes, 0);
    assert_eq!(scene.marks().await, 0);
}

#[tokio::test]
async fn what_happens_during_the_walk_counts() {
    let scene = Scene::known(9).await;
    let (gone, new) = (&scene.bots[0], &scene.bots[8]);
    scene.unlinked(&[new.clone(), gone.clone()]).await;
    scene.emulators.advance(MINUTE).await;
    scene.reconciler.succeeds().await;
    scene.emulators.advance(2 * HOUR).await;
    // Both are missing again. Before that is entered, one is attached again.
    let held = Held::default();
    scene
        .reconciler
        .line
        .next(INFO, Fate::AnswerHeld(held.clone()));
    let attached_again = async {
        held.is_there().await;
        let at = scene.emulators.now();
        let attach = scene
            .emulators
            .store
            .update_bot(new, |row| row.state.attach(at, &Scopes::Unknown));
        attach.await.unwrap();
        scene.reconciler.line.next(INFO, Fate::Done);
        held.let_go();
    };
    scene
        .reconciler
        .line
        .next(INFO, Fate::AnswerHeld(held.clone()));
    let release = async {
        attached_again.await;
        held.is_there().await;
        held.let_go();
    };
    let (walk, ()) = tokio::join!(scene.reconciler.succeeds(), release);
    assert_eq!((walk.asked, walk.detached), (2, 1));
    assert!(scene.is_attached(new).await);
    assert!(!scene.is_attached(gone).await);
}

#[tokio::test]
async fn one_runs_at_a_time_and_a_lease_past_its_time_is_none() {
    let scene = Scene::known(3).await;
    let held = Held::default();
    scene
        .reconciler
        .line
        .next(LIST, Fate::RequestHeld(held.clone()));
    let second = async {
        held.is_there().await;
        let refused = scene.reconciler.runs().await.unwrap_err();
        held.let_go();
        refused
    };
    let (walk, refused) = tokio::join!(scene.reconciler.succeeds(), second);
    assert!(matches!(refused, Failure::AnotherAtWork), "{refused}");
    assert_eq!(walk.known, 3);
    let store = &scene.emulators.store;
    assert!(
        store
            .take_lease("crashed", scene.emulators.now(), TIMEOUT)
            .await
            .unwrap()
    );
    assert!(matches!(
        scene.reconciler.runs().await,
        Err(Failure::AnotherAtWork)
    ));
    scene.emulators.advance(TIMEOUT).await;
    scene.reconciler.succeeds().await;
}

#[tokio::test]
async fn a_reconciler_whose_lease_was_taken_changes_nothing() {
    let scene = Scene::of(3).await;
    let held = Held::default();
    scene
        .reconciler
        .line
        .next(LIST, Fate::RequestHeld(held.clone()));
    let another = async {
        held.is_there().await;
        scene.emulators.advance(TIMEOUT).await;
        let now = scene.emulators.now();
        assert!(
            scene
                .emulators
                .store
                .take_lease("another", now, TIMEOUT)
                .await
                .unwrap()
        );
        held.let_go();
    };
    let (walk, ()) = tokio::join!(scene.reconciler.runs(), another);
    assert!(matches!(walk, Err(Failure::LeaseLost)));
    assert!(scene.emulators.rows().await.is_empty());
    // The other's lease is left to it.
    assert!(matches!(
        scene.reconciler.runs().await,
        Err(Failure::AnotherAtWork)
    ));
}

#[tokio::test]
async fn it_stops_before_lambda_would_stop_it() {
    let scene = Scene::of(3).await;
    let held = Held::default();
    scene.reconciler.line.next(LIST, Fate::AnswerHeld(held));
    let walk = scene.reconciler.runs_within(Duration::from_secs(16)).await;
    assert!(matches!(walk, Err(Failure::TimeUp)));
    scene.reconciler.line.forget();
    assert!(scene.emulators.rows().await.is_empty());
    assert_eq!(scene.reconciler.succeeds().await.attached, 3);
}

#[tokio::test]
async fn a_table_that_is_away_is_an_error_and_lost_answers_are_none() {
    let scene = Scene::of(3).await;
    for operation in ["PutItem", "Query", "GetItem"] {
        scene.reconciler.table.loses(operation, 3);
    }
    scene.reconciler.table.loses("DeleteItem", 1);
    assert_eq!(scene.reconciler.succeeds().await.known, 0);
    assert!(scene.reconciler.table.is_spent());
    assert_eq!(scene.emulators.rows().await.len(), 3);
    // Also of those whose write was not answered.
    assert_eq!(scene.emulators.queued().await.len(), 3);
    for _ in 0..20 {
        scene.reconciler.table.next("PutItem", Fate::Unreachable);
    }
    let sentence = scene.reconciler.fails().await;
    assert!(
        sentence.starts_with("take the lease: the table is not available"),
        "{sentence}"
    );
}

#[tokio::test]
async fn what_the_module_has_not_heard_and_old_marks_are_queued_again_whatever_line_lists() {
    let scene = Scene::of(3).await;
    scene.reconciler.succeeds().await;
    scene.emulators.queued().await;
    scene.emulators.is_heard(&scene.bots[0]).await;
    scene.emulators.is_heard(&scene.bots[1]).await;
    let now = scene.emulators.now();
    let mark = scene.emulators.store.update_bot(&scene.bots[1], |row| {
        row.state.begin_detach(now);
    });
    let Attachment::Detaching(mark) = mark.await.unwrap().state.attachment() else {
        panic!("it is not marked");
    };
    // Before an hour is over, a mark is the job's that was queued with it.
    scene.emulators.advance(59 * MINUTE).await;
    scene.list_will(FaultKind::ServerError, 5).await;
    scene.reconciler.fails().await;
    let queued = scene.emulators.queued().await;
    assert!(
        queued
            .iter()
            .all(|(bot, _, _)| bot == scene.bots[2].as_str())
    );
    scene.emulators.advance(2 * MINUTE).await;
    let walk = scene.reconciler.succeeds().await;
    assert_eq!((walk.queued, walk.writes), (2, 0));
    let queued = scene.emulators.queued().await;
    let detach = format!("detach-{}", mark.0);
    assert!(
        queued
            .iter()
            .any(|(bot, id, _)| bot == scene.bots[1].as_str() && *id == detach)
    );
}

#[tokio::test]
async fn a_new_name_is_entered_and_a_suspended_account_is_not_judged() {
    let settings = Settings {
        list_suspended: false,
        ..Settings::default()
    };
    let emulators = Emulators::start(settings).await;
    let bots = emulators.attached(3).await;
    let reconciler = Reconciler::new(&emulators);
    reconciler.succeeds().await;
    let renamed = emulators.store.update_bot(&bots[0], |row| {
        row.display_name = Some("An old name".into());
        row.state.missing_since = None;
    });
    renamed.await.unwrap();
    emulators.advance(MINUTE).await;
    let now = emulators.now();
    let suspended = emulators
        .store
        .update_bot(&bots[1], |row| row.state.suspended_at = Some(now));
    suspended.await.unwrap();
    emulators.line.suspend(bots[1].as_str()).await.unwrap();
    let walk = reconciler.succeeds().await;
    assert_eq!((walk.named, walk.writes), (1, 1));
    assert_ne!(
        emulators.row(&bots[0]).await.display_name.unwrap(),
        "An old name"
    );
    emulators.advance(99 * 24 * HOUR).await;
    assert_eq!(reconciler.succeeds().await.writes, 0);
    emulators.advance(25 * HOUR).await;
    assert_eq!(reconciler.succeeds().await.marked, 1);
}

#[tokio::test]
async fn a_pause_that_was_forgotten_rings() {
    let scene = Scene::known(2).await;
    let (store, app) = (&scene.emulators.store, &scene.reconciler.app);
    let lines = &scene.reconciler.lines;
    let said_no = store.set_entitlement(&scene.bots[1], Entitlement::No, app.clock.now().into());
    assert!(said_no.await.unwrap());
    let pause = Pause {
        how: PauseMode::Wait,
        since: app.clock.now().into(),
        by: "mika".into(),
        reason: "a test".into(),
    };
    let bot = &scene.bots[0];
    assert!(
        store
            .set_pause(Some(bot), Some(pause.clone()))
            .await
            .unwrap()
    );
    let counted = |metric| lines.all().last().unwrap()[metric].as_u64();
    scene.emulators.advance(6 * HOUR - MINUTE).await;
    scene.reconciler.succeeds().await;
    assert_eq!(counted("AccountsPaused"), Some(1));
    assert_eq!(counted("AccountsNotEntitled"), Some(1));
    assert!(!lines.set_off("LongPauseAlarm"));
    // That of the channel counts too.
    assert!(store.set_pause(Some(bot), None).await.unwrap());
    assert!(store.set_pause(None, Some(pause)).await.unwrap());
    scene.emulators.advance(2 * MINUTE).await;
    scene.reconciler.succeeds().await;
    assert_eq!(counted("AccountsPaused"), Some(2));
    assert!(lines.set_off("LongPauseAlarm"));
}
