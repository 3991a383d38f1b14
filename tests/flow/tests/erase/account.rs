//! The data of an account ends some time after its detach, if it has not come back.

use std::time::Duration;

use emulator::Settings;
use flow::emulators::Emulators;
use flow::measured::Lines;
use flow::reconciler::Reconciler;
use flow::worker::Message;
use shared::domain::{Attachment, BotId, Scopes, Timestamp};
use shared::erase::{EraseError, erase_account};
use shared::metrics::Metrics;
use shared::queue::{Erasure, Job};
use shared::store::Store;

use crate::dump::{Dump, dump, item, places, put, rows};
use crate::{Scene, WISH, text};

const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

impl Scene {
    async fn has_been_used(&self) {
        let (guest, rival) = (self.bundle.guest.clone(), self.bundle.rival.clone());
        self.says(&rival, "r0", text("90", "listen")).await;
        self.says(&guest, "g1", text("1", WISH)).await;
        self.fails(&guest, "g2", text("2", &format!("fail {WISH}")))
            .await;
        let named = self.worker.app.store.update_bot(&self.bot, |row| {
            row.display_name = Some("A shop".into());
            row.settings.insert("word".into(), WISH.into());
        });
        named.await.unwrap();
        let usage = [("replies", 3), ("v", 1)];
        put(
            &self.bundle,
            item(self.bot.as_str(), "@usage#2026-11", &[], &usage),
        )
        .await;
        let audit = [("who", "an operator")];
        put(
            &self.bundle,
            item(self.bot.as_str(), "@audit#1", &audit, &[("v", 1)]),
        )
        .await;
        let other = [("state", WISH)];
        let numbers = [("epoch", 1), ("v", 1)];
        put(
            &self.bundle,
            item("Uanother0account", "U1", &other, &numbers),
        )
        .await;
    }

    /// It is detached now, as LINE says.
    async fn detached(&self) -> Timestamp {
        // An attach counts as of the end of LINE's second.
        self.worker.clock.advance(Duration::from_secs(2));
        let at = self.worker.clock.timestamp();
        let detach = |row: &mut shared::store::BotRow| {
            row.state.detach(at);
            if let Some(change) = row.state.unreported() {
                row.state.mark_reported(change);
            }
        };
        let row = self.worker.app.store.update_bot(&self.bot, detach);
        assert_eq!(
            row.await.unwrap().state.attachment(),
            Attachment::Detached(at)
        );
        at
    }

    fn job(&self, detached_at: Timestamp) -> Message {
        let erasure = Erasure::of_detach(detached_at);
        let now = self.worker.clock.timestamp();
        Message::of(Job::to_erase(self.bot.clone(), None, &erasure, now).unwrap())
    }

    async fn attached_again(&self) -> Timestamp {
        let at = self.worker.clock.timestamp().plus(Duration::from_millis(5));
        let attach = |row: &mut shared::store::BotRow| {
            row.state.attach(at, &Scopes::Unknown);
            if let Some(change) = row.state.unreported() {
                row.state.mark_reported(change);
            }
        };
        self.worker
            .app
            .store
            .update_bot(&self.bot, attach)
            .await
            .unwrap();
        at
    }
}

fn of_bot(dump: &Dump, bot: &BotId) -> Vec<String> {
    // Usage is counted beside all that, and has no end.
    let rows = rows(dump, bot.as_str(), |sort, _| sort != "@usage#open");
    rows.keys().map(|sort| (*sort).to_owned()).collect()
}

#[tokio::test]
async fn all_that_an_account_has_left_behind_goes_and_what_names_nobody_stays() {
    let scene = Scene::begin().await;
    scene.has_been_used().await;
    let at = scene.detached().await;
    scene.worker.settles(&scene.job(at)).await;
    let after = dump(&scene.bundle).await;
    let receipt = format!("@erase#detach-{}", at.0);
    let kept = ["@audit#1", "@bot", &receipt, "@usage#2026-11"];
    assert_eq!(of_bot(&after, &scene.bot), kept);
    let others = places(&after, WISH);
    assert!(
        others
            .iter()
            .all(|place| place.contains("Uanother0account")),
        "{others:#?}"
    );
    assert_eq!(places(&after, "A shop"), [""; 0]);
    let store = &scene.worker.app.store;
    let row = store.bot(&scene.bot).await.unwrap().unwrap();
    assert_eq!(row.state.attachment(), Attachment::Detached(at));
    assert!(row.state.erased_at.is_some());
    let id = format!("detach-{}", at.0);
    let receipt = store.receipt(&scene.bot, &id).await.unwrap().unwrap();
    assert!(receipt.ended_at.is_some() && receipt.removed.total() > 10);
    assert_eq!(scene.worker.lines.sum("AccountsErased"), 1);
}

#[tokio::test]
async fn an_account_that_is_back_loses_nothing() {
    let scene = Scene::begin().await;
    scene.has_been_used().await;
    let at = scene.detached().await;
    scene.attached_again().await;
    let before = dump(&scene.bundle).await;
    scene.worker.settles(&scene.job(at)).await;
    assert_eq!(dump(&scene.bundle).await, before);
    let app = &scene.worker.app;
    let now = scene.worker.clock.timestamp();
    let asked = erase_account(&app.store, &app.queue, &scene.bot, now).await;
    assert!(matches!(asked, Err(EraseError::StillAttached)));
}

/// Another detach has its own time.
#[tokio::test]
async fn an_erase_is_for_the_detach_that_it_was_queued_for() {
    let scene = Scene::begin().await;
    scene.has_been_used().await;
    let first = scene.detached().await;
    scene.worker.clock.advance(HOUR);
    scene.attached_again().await;
    scene.worker.clock.advance(HOUR);
    scene.detached().await;
    let before = dump(&scene.bundle).await;
    scene.worker.settles(&scene.job(first)).await;
    assert_eq!(dump(&scene.bundle).await, before);
}

async fn pages(store: &Store, bot: &BotId, at: Timestamp) -> u64 {
    let (mut removed, mut from) = (0, None);
    loop {
        let page = store.erase_ended(bot, at, from.as_deref()).await.unwrap();
        removed += page.removed.total();
        from = page.next;
        if from.is_none() {
            return removed;
        }
    }
}

#[tokio::test]
async fn what_is_of_a_new_attachment_stays_though_the_erase_is_under_way() {
    let scene = Scene::begin().await;
    scene.has_been_used().await;
    for number in 0..450 {
        let sort = format!("@m#old/{number}");
        let numbers = [("epoch", 1), ("v", 1)];
        put(
            &scene.bundle,
            item(scene.bot.as_str(), &sort, &[("value", WISH)], &numbers),
        )
        .await;
    }
    let at = scene.detached().await;
    let store = &scene.worker.app.store;
    // One page, and then the account is back.
    let first = store.erase_ended(&scene.bot, at, None).await.unwrap();
    assert!(first.next.is_some() && first.removed.total() > 100);
    scene.worker.clock.advance(HOUR);
    scene.attached_again().await;
    scene
        .says(scene.guest.as_str(), "g9", text("9", "a new word"))
        .await;
    let before = dump(&scene.bundle).await;
    assert!(places(&before, "a new word").len() > 3);
    pages(store, &scene.bot, at).await;
    store.end_erase(&scene.bot, at, at).await.unwrap();
    let after = dump(&scene.bundle).await;
    assert_eq!(places(&after, "a new word"), places(&before, "a new word"));
    assert_eq!(places(&after, "old/"), [""; 0]);
    let row = store.bot(&scene.bot).await.unwrap().unwrap();
    assert_eq!(row.display_name.as_deref(), Some("A shop"));
    assert_eq!(row.state.erased_at, None);
}

/// LINE may tell of it again, and the row that said that it was handled is gone.
#[tokio::test]
async fn an_event_from_before_an_erased_detach_is_only_recorded() {
    let scene = Scene::begin().await;
    scene.has_been_used().await;
    let mut event = text("1", WISH);
    event["webhookEventId"] = "g1".into();
    let copy = scene
        .bundle
        .message(scene.guest.as_str(), vec![event])
        .await;
    let at = scene.detached().await;
    scene.worker.clock.advance(HOUR);
    scene.worker.settles(&scene.job(at)).await;
    scene.attached_again().await;
    let sent = scene.bundle.received().await.len();
    scene.worker.settles(&copy).await;
    assert_eq!(scene.bundle.received().await.len(), sent);
    let row = scene.bundle.recorded("g1").await;
    let reason = row.reason().unwrap();
    assert!(reason.contains("erased"), "{reason}");
}

#[tokio::test]
async fn a_worker_whose_time_is_up_leaves_the_rest_to_another() {
    let scene = Scene::begin().await;
    scene.has_been_used().await;
    let at = scene.detached().await;
    let job = scene.job(at);
    // Nothing is begun in so little time.
    let given_back = scene
        .worker
        .is_given_within([&job], Duration::from_secs(2))
        .await;
    assert!(given_back.is_empty());
    // The stack's own worker is given the next part.
    scene.bundle.stack.settled().await.unwrap();
    let after = dump(&scene.bundle).await;
    assert!(
        of_bot(&after, &scene.bot)
            .iter()
            .all(|sort| sort.starts_with('@'))
    );
    let row = scene
        .worker
        .app
        .store
        .bot(&scene.bot)
        .await
        .unwrap()
        .unwrap();
    assert!(row.state.erased_at.is_some());
}

#[tokio::test]
async fn the_reconciler_queues_it_when_the_grace_is_over_and_again_for_what_came_later() {
    let emulators = Emulators::start(Settings::default()).await;
    let reconciler = Reconciler::new(&emulators);
    let bot = BotId::new("Uaccount").unwrap();
    let (attached, detached) = (emulators.now(), emulators.now().plus(HOUR));
    let change = emulators.store.update_bot(&bot, |row| {
        row.state.attach(attached, &Scopes::Unknown);
        row.state.detach(detached);
        if let Some(change) = row.state.unreported() {
            row.state.mark_reported(change);
        }
    });
    change.await.unwrap();
    // The queue would take a second one within minutes of its own clock for a copy.
    let erasures = async || {
        let lines = Lines::default();
        let mut reconciler = reconciler.clone();
        reconciler.app.metrics = Metrics::new(Some(lines.sink()), emulators.clock());
        reconciler.succeeds().await;
        lines.sum("ErasuresQueued")
    };
    assert_eq!(erasures().await, 0);
    emulators.advance(DAY * 30).await;
    assert_eq!(erasures().await, 0);
    emulators.advance(HOUR).await;
    assert_eq!(erasures().await, 1);
    let now = emulators.now();
    emulators
        .store
        .end_erase(&bot, detached, now)
        .await
        .unwrap();
    emulators.advance(DAY * 29).await;
    assert_eq!(erasures().await, 0);
    emulators.advance(DAY).await;
    assert_eq!(erasures().await, 1);
}
