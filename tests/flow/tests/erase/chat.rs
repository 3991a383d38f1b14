//! A user asks for all that is kept of them to be erased.

use std::time::Duration;

use flow::faulty::Fate;
use flow::worker::Message;
use serde_json::json;
use shared::domain::{ChatId, Timestamp};
use shared::erase::erase_chat;
use shared::line::own_event::{Ringing, of_timer};
use shared::queue::{Erasure, Job, JobEvent, TIMER};

use crate::busy::user_chat;
use crate::dump::{Dump, dump, item, places, put, rows};
use crate::{GROUP, Scene, WISH, logged, text};

/// An account of the same table that has nothing to do with this one.
const OTHER: &str = "Uanother0account";

impl Scene {
    /// All that leaves something behind: chats, a group, failures, timers, signals, odd events, and the same from
    /// somebody else.
    async fn full_run(&self) {
        let (guest, rival) = (self.bundle.guest.clone(), self.bundle.rival.clone());
        self.says(&rival, "r0", text("90", "listen")).await;
        self.says(&guest, "g1", text("1", WISH)).await;
        self.says(&rival, "r1", text("91", "the rival's own word"))
            .await;
        let in_group = |user: &str, id: &str, said: &str| {
            let mut event = text(id, said);
            event["source"] = json!({"type": "group", "groupId": GROUP, "userId": user});
            event
        };
        let names_guest = format!("greet {guest} of {}", self.name);
        self.says(GROUP, "c1", in_group(&guest, "2", WISH)).await;
        self.says(GROUP, "c2", in_group(&rival, "92", &names_guest))
            .await;
        self.fails(GROUP, "c3", in_group(&guest, "3", &format!("fail {WISH}")))
            .await;
        self.fails(
            GROUP,
            "c4",
            in_group(&rival, "93", &format!("fail {names_guest}")),
        )
        .await;
        self.fails(&guest, "g2", text("4", &format!("fail {WISH}")))
            .await;
        // Tried once, and left so.
        self.says(&guest, "g3", text("5", &format!("fail {WISH}")))
            .await;
        let odd = json!({"type": "tomorrow", "said": WISH});
        self.says(&guest, "g4", odd).await;
        let unread = format!("no job: {} {guest} {WISH}", self.bot);
        self.worker.settles(&Message::raw("unread", &unread)).await;
        self.timer_has_rung(&guest).await;
        // Another account, where the same id is somebody else's; and rows that are not of users.
        let theirs = [("state", WISH), ("outcome", "done")];
        put(
            &self.bundle,
            item(OTHER, &guest, &theirs, &[("v", 1), ("epoch", 1)]),
        )
        .await;
        let usage = [("replies", 3), ("v", 1)];
        put(
            &self.bundle,
            item(self.bot.as_str(), "@usage#2026-11", &[], &usage),
        )
        .await;
    }

    /// The event of a timer that was cancelled meanwhile.
    async fn timer_has_rung(&self, guest: &str) {
        let payload = serde_json::value::to_raw_value(&json!({"say": WISH})).unwrap();
        let ringing = Ringing {
            chat: Some(&user_chat(guest)),
            due: Timestamp(1),
            name: "later",
            payload: &payload,
            epoch: Timestamp(i64::MAX),
            is_named: true,
        };
        let event = JobEvent {
            id: shared::domain::EventId::new("rung").unwrap(),
            kind: TIMER.into(),
            raw: of_timer(&ringing).unwrap(),
        };
        let now = self.worker.clock.timestamp();
        let job = Job::new(self.bot.clone(), Some(self.guest.clone()), now, vec![event]);
        self.worker.settles(&Message::of(job)).await;
    }

    async fn erases(&self, chat: &ChatId, id: &str) {
        let app = &self.worker.app;
        let now = self.worker.clock.timestamp();
        let asked = erase_chat(&app.store, &app.queue, &self.bot, chat, id, now);
        asked.await.unwrap();
        self.bundle.stack.settled().await.unwrap();
    }

    fn of_nobody_else(&self, dump: &Dump) -> Vec<String> {
        let texts = [self.guest.as_str(), &self.name, WISH];
        let found = texts.into_iter().flat_map(|text| places(dump, text));
        found.filter(|place| !place.contains(OTHER)).collect()
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_user_who_asks_for_it_and_nothing_of_others_has_changed() {
    let scene = Scene::begin().await;
    scene.full_run().await;
    let before = dump(&scene.bundle).await;
    assert!(places(&before, scene.guest.as_str()).len() > 20);
    assert!(places(&before, WISH).len() > 10);
    assert!(places(&before, &scene.name).len() > 5);

    scene.erases(&scene.guest.clone(), "a-request").await;

    let after = dump(&scene.bundle).await;
    let left = scene.of_nobody_else(&after);
    assert!(left.is_empty(), "{left:#?}");
    let log = logged();
    for text in [scene.guest.as_str(), &scene.name, WISH] {
        assert!(!log.contains(text), "the log has {text}");
    }
    // Whatever does not name them is as it was.
    let guest = scene.guest.clone();
    let mark = shared::domain::ledger::user_mark(
        &scene.bot,
        &line_module::UserId::new(guest.as_str()).unwrap(),
    );
    let is_others = |sort: &str, row: &str| {
        let texts = [guest.as_str(), &scene.name, WISH, &mark];
        let named = texts
            .iter()
            .any(|text| sort.contains(text) || row.contains(text));
        // Usage goes on: the erasure's own events count.
        !named && !["@m#erased", "@erase#a-request", "@usage#open"].contains(&sort)
    };
    for bot in [scene.bot.as_str(), OTHER, "@message", "@reconciler"] {
        let of_others = rows(&before, bot, is_others);
        let now = rows(&after, bot, |_, _| true);
        for (sort, row) in of_others {
            assert_eq!(now.get(sort), Some(&row), "{sort}");
        }
    }
    let theirs = |dump: &Dump| rows(dump, OTHER, |_, _| true).len();
    assert_eq!(theirs(&after), 1);
    let rivals = rows(&after, scene.bot.as_str(), |sort, _| {
        sort.starts_with(&scene.bundle.rival)
    });
    assert!(rivals.len() > 3);
}

#[tokio::test]
async fn a_receipt_says_what_was_done_and_the_module_was_told_first() {
    let scene = Scene::begin().await;
    scene.full_run().await;
    scene.erases(&scene.guest.clone(), "a-request").await;
    let store = &scene.worker.app.store;
    let receipt = store
        .receipt(&scene.bot, "a-request")
        .await
        .unwrap()
        .unwrap();
    assert!(receipt.ended_at >= Some(receipt.requested_at));
    assert!(receipt.is_of_chat && receipt.next.is_none());
    assert_eq!(receipt.removed.0["chat"], 1);
    for kind in ["event", "module", "timer"] {
        assert!(receipt.removed.0[kind] > 0, "{receipt:?}");
    }
    for kind in ["event", "chat", "message"] {
        assert!(receipt.changed.0.contains_key(kind), "{receipt:?}");
    }
    assert_eq!(receipt.left.total(), 0);
    let told = store.module_row(&scene.bot, "erased", None).await.unwrap();
    assert_eq!(told.unwrap().value, "1");
    // The same request again does nothing: the message came twice.
    let erasure = Erasure {
        id: "a-request".into(),
        detached_at: None,
        part: 0,
    };
    let chat = user_chat(scene.guest.as_str());
    let now = scene.worker.clock.timestamp();
    let job = Job::to_erase(scene.bot.clone(), Some(&chat), &erasure, now).unwrap();
    let before = dump(&scene.bundle).await;
    scene.worker.settles(&Message::of(job).received(2)).await;
    assert_eq!(dump(&scene.bundle).await, before);
}

#[tokio::test]
async fn what_comes_after_the_erasure_is_of_a_new_chat() {
    let scene = Scene::begin().await;
    scene
        .says(scene.guest.as_str(), "g1", text("1", WISH))
        .await;
    scene.erases(&scene.guest.clone(), "a-request").await;
    scene
        .says(scene.guest.as_str(), "g5", text("6", "hello again"))
        .await;
    let after = dump(&scene.bundle).await;
    assert_eq!(places(&after, WISH), [""; 0]);
    let row = scene.bundle.recorded("g5").await;
    assert_eq!(flow::worker::states(&row), ["sent", "sent"][..1]);
}

/// A group's data goes as a user's does.
#[tokio::test]
async fn a_group_is_erased_as_well() {
    let scene = Scene::begin().await;
    scene.full_run().await;
    let group = ChatId::new(GROUP).unwrap();
    scene.erases(&group, "a-request").await;
    let after = dump(&scene.bundle).await;
    assert_eq!(places(&after, GROUP), [""; 0]);
    assert!(!places(&after, scene.guest.as_str()).is_empty());
}

/// A worker that is stopped in the middle leaves the rest to the next.
#[tokio::test]
async fn a_table_that_fails_in_the_middle_is_gone_on_with() {
    let scene = Scene::begin().await;
    scene.full_run().await;
    let erasure = Erasure {
        id: "a-request".into(),
        detached_at: None,
        part: 0,
    };
    let chat = user_chat(scene.guest.as_str());
    let now = scene.worker.clock.timestamp();
    let job = Job::to_erase(scene.bot.clone(), Some(&chat), &erasure, now).unwrap();
    let message = Message::of(job);
    let mut tries = 0;
    for received in 1.. {
        // In the end all is well, as it is one day.
        if received < 6 {
            scene.worker.table.next("DeleteItem", Fate::Done);
            scene.worker.table.loses("DeleteItem", 10);
        }
        let given_back = scene
            .worker
            .is_given([&message.clone().received(received)])
            .await;
        scene.worker.table.forget();
        tries += 1;
        if given_back.is_empty() {
            break;
        }
        scene.worker.clock.advance(Duration::from_secs(1));
    }
    assert!(tries > 1);
    let left = scene.of_nobody_else(&dump(&scene.bundle).await);
    assert!(left.is_empty(), "{left:#?}");
}
