//! The module's rich menus at LINE: made once, replaced by a new look, shown to users, and
//! taken away with the account.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Message, Worker, states};
use line_module::{Context, Event, EventKind, Menu, Module, ModuleError, RichMenu};
use serde_json::json;
use shared::detach::detach;
use shared::domain::{BotId, Delivery, Scope, Scopes, Silence};
use shared::line::endpoints::rich_menu::{DeleteRichMenu, ListRichMenus};
use shared::queue::Job;
use worker::App;

const MENUS: &str = "/v2/bot/richmenu";

/// Has one rich menu. Links it to whoever writes, and plans to make it when an account is
/// suspended or resumed.
#[derive(Clone)]
struct Shows {
    menus: Vec<Menu>,
}

impl Shows {
    /// The menu is called `name`, and its bar has these words.
    fn with(name: &str, bar: &str) -> Self {
        let model = &Module::menus(&reservation::module())[0].clone();
        let menu = RichMenu {
            name: name.into(),
            chat_bar_text: bar.into(),
            ..model.menu.clone()
        };
        let menus = vec![Menu::png(menu, model.image.clone())];
        Self { menus }
    }
}

impl Module for Shows {
    fn menus(&self) -> &[Menu] {
        &self.menus
    }

    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let menu = self.menus[0].menu.name.as_str();
        match &event.kind {
            EventKind::Suspended | EventKind::Resumed => cx.account().unwrap().ensure_menu(menu),
            EventKind::Message(_) => cx.active().unwrap().link_menu(menu),
            _ => Ok(()),
        }
    }
}

/// Makes its menu the default of an account that is resumed.
struct Defaults(Shows);

impl Module for Defaults {
    fn menus(&self) -> &[Menu] {
        self.0.menus()
    }

    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        match event.kind {
            EventKind::Resumed => cx.account().unwrap().set_default_menu("Main"),
            _ => Ok(()),
        }
    }
}

/// An attached account, and a worker whose module has the menu `Main`.
struct Scene {
    bundle: Bundle,
    worker: Worker<Shows>,
    bot: BotId,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, Shows::with("Main", "Menu"));
        worker.clock.advance(Duration::from_secs(5)); // newer than the attach
        let bot = BotId::new(&bundle.bot).unwrap();
        Self {
            bundle,
            worker,
            bot,
        }
    }

    /// Another worker, whose module makes the menu the account's default.
    fn defaults(&self) -> Worker<Defaults> {
        let module = Defaults(self.worker.app.module.clone());
        let worker = Worker::new(&self.bundle, module);
        worker.clock.advance(Duration::from_secs(10));
        worker
    }

    async fn says(&self, user: &str, id: &str) -> Message {
        let message = json!({"type": "text", "text": "hello"});
        let event = json!({"type": "message", "webhookEventId": id, "message": message});
        self.bundle.message(user, vec![event]).await
    }

    async fn guest_says(&self, id: &str) -> Message {
        self.says(&self.bundle.guest, id).await
    }

    async fn account_is(&self, kind: &str, id: &str) -> Message {
        let now = self.worker.clock.timestamp();
        let event = json!({"type": kind, "webhookEventId": id, "timestamp": now});
        self.bundle.message_of(None, vec![event]).await
    }

    /// The names and ids of the menus that LINE has and that begin with this.
    async fn at_line(&self, name: &str) -> Vec<(String, String)> {
        let line = self.worker.app.line.bot(&self.bot);
        let all = line.call(&ListRichMenus).await.unwrap().richmenus;
        let ours = all.into_iter().filter(|it| it.menu.name.starts_with(name));
        ours.map(|it| (it.menu.name, it.rich_menu_id)).collect()
    }

    async fn deleted_by_hand(&self, menu: &str) {
        let line = self.worker.app.line.bot(&self.bot);
        line.call(&DeleteRichMenu { menu }).await.unwrap();
    }

    /// The words on the bar of the menu that a user sees.
    async fn bar(&self, user: &str) -> Option<String> {
        let menu = self.bundle.stack.line.menu(&self.bundle.bot, user).await?;
        Some(menu["chatBarText"].as_str().unwrap().to_owned())
    }

    async fn remembered(&self) -> Vec<String> {
        let row = self.worker.app.store.bot(&self.bot).await.unwrap().unwrap();
        row.menus.into_keys().collect()
    }

    /// The calls to LINE so far, of one method, whose path begins and ends so.
    async fn calls(&self, method: &str, begin: &str, end: &str) -> usize {
        let calls = self.bundle.stack.line.calls(0).await.into_iter();
        let such = calls.filter(|call| {
            let path = call.path.as_str();
            call.method == method && path.starts_with(begin) && path.ends_with(end)
        });
        such.count()
    }

    /// How many menus were made, and how many images uploaded.
    async fn made(&self) -> (usize, usize) {
        let made = self.calls("POST", MENUS, "/richmenu").await;
        (made, self.calls("POST", MENUS, "/content").await)
    }
}

#[tokio::test]
async fn a_menu_is_made_once_with_its_image_for_all_who_are_shown_it() {
    let scene = Scene::begin().await;
    let before = scene.made().await;
    let (guest, rival) = (&scene.bundle.guest, &scene.bundle.rival);
    for (user, id) in [(guest, "a"), (rival, "b"), (guest, "c")] {
        scene.worker.settles(&scene.says(user, id).await).await;
        let row = scene.bundle.record(Some(user), id).await.unwrap();
        assert_eq!(states(&row), ["sent"]);
        assert_eq!(scene.bar(user).await.unwrap(), "Menu");
    }
    let (menus, images) = scene.made().await;
    assert_eq!((menus - before.0, images - before.1), (1, 1));
    let at_line = scene.at_line("Main ").await;
    assert_eq!(at_line.len(), 1);
    assert!(scene.remembered().await.contains(&at_line[0].0));
}

/// The admin has deleted it in the meantime.
#[tokio::test]
async fn a_menu_that_line_no_longer_has_is_made_again() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.guest_says("a").await).await;
    let first = scene.at_line("Main ").await;
    scene.deleted_by_hand(&first[0].1).await;
    assert_ne!(scene.bar(&scene.bundle.guest).await.unwrap(), "Menu");
    scene.worker.settles(&scene.guest_says("b").await).await;
    assert_eq!(states(&scene.bundle.recorded("b").await), ["sent"]);
    assert_eq!(scene.bar(&scene.bundle.guest).await.unwrap(), "Menu");
    let second = scene.at_line("Main ").await;
    assert_eq!((second.len(), &second[0].0), (1, &first[0].0));
    assert_ne!(second[0].1, first[0].1);
}

/// LINE says of a menu that was just made that it does not know it: that is its last word.
#[tokio::test]
async fn a_menu_that_line_does_not_know_though_it_was_just_made_is_left_out() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.guest_says("a").await).await;
    let id = scene.at_line("Main ").await[0].1.clone();
    let refusal = r#"{"message":"Not found"}"#;
    for _ in 0..2 {
        let gone = Fate::Answered(404, refusal.into());
        scene.worker.line.next(&format!("richmenu/{id}"), gone);
    }
    scene.worker.settles(&scene.guest_says("b").await).await;
    assert!(scene.worker.line.is_spent());
    assert_eq!(states(&scene.bundle.recorded("b").await), ["skipped"]);
}

#[tokio::test]
async fn a_menu_that_line_refuses_to_show_is_left_out_and_not_looked_for() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.guest_says("a").await).await;
    let id = scene.at_line("Main ").await[0].1.clone();
    let refusal = r#"{"message":"Access to this API is not available for your account"}"#;
    let refused = Fate::Answered(403, refusal.into());
    scene.worker.line.next(&format!("richmenu/{id}"), refused);
    let message = scene.guest_says("b").await;
    let before = scene.bundle.stack.line.calls(0).await.len();
    scene.worker.settles(&message).await;
    assert_eq!(states(&scene.bundle.recorded("b").await), ["skipped"]);
    assert_eq!(scene.bundle.stack.line.calls(0).await.len(), before);
}

/// To make a menu and its image takes several calls, and the chat may be lost by then.
#[tokio::test]
async fn a_menu_that_is_made_too_late_is_not_shown() {
    let scene = Scene::begin().await;
    let at = scene.worker.clock.timestamp();
    let until = at.plus(Duration::from_secs(60)).0;
    let ours = json!({"type": "activated", "timestamp": at, "chatControl": {"expireAt": until}});
    let says = json!({"type": "message", "webhookEventId": "a", "timestamp": at.0 + 1,
        "message": {"type": "text", "text": "hello"}});
    let events = vec![ours, says];
    let message = scene.bundle.message(&scene.bundle.guest, events).await;
    let held = Held::default();
    let image = Fate::AnswerHeld(held.clone());
    scene.worker.line.next("/content", image);
    let meanwhile = async {
        held.is_there().await;
        scene.worker.clock.advance(Duration::from_secs(59));
        held.let_go();
    };
    tokio::join!(scene.worker.settles(&message), meanwhile);
    let row = scene.bundle.recorded("a").await;
    assert_eq!(states(&row), ["dropped"], "{row:?}");
    assert_ne!(scene.bar(&scene.bundle.guest).await.unwrap(), "Menu");
}

#[tokio::test]
async fn a_new_look_takes_the_place_of_the_old_one_and_of_no_other_menu() {
    let scene = Scene::begin().await;
    for (name, bar) in [("Main", "Old"), ("Main menu", "Another")] {
        let worker = Worker::new(&scene.bundle, Shows::with(name, bar));
        let id = format!("resumed {name}");
        worker
            .settles(&scene.account_is("botResumed", &id).await)
            .await;
    }
    let old = scene.at_line("Main ").await;
    assert_eq!(old.len(), 2);
    scene
        .worker
        .settles(&scene.account_is("botResumed", "new").await)
        .await;
    let new = scene.at_line("Main ").await;
    let name = scene.worker.app.module.menus[0].name_at_line();
    assert_eq!(new.len(), 2);
    assert!(new.contains(&old[1]), "another menu stays");
    assert!(new.iter().any(|(it, _)| it == name));
    let mut remembered = scene.remembered().await;
    remembered.retain(|it| it.starts_with("Main "));
    let mut names: Vec<_> = new.into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(remembered, names);
}

/// Somebody has deleted the old version between our list and our call.
#[tokio::test]
async fn an_old_version_that_is_gone_already_is_no_trouble_and_one_that_stays_is_tried_again() {
    let scene = Scene::begin().await;
    let old = Worker::new(&scene.bundle, Shows::with("Main", "Old"));
    old.settles(&scene.account_is("botResumed", "old").await)
        .await;
    let id = scene.at_line("Main ").await[0].1.clone();
    let path = format!("{MENUS}/{id}");
    let line = &scene.worker.line;
    line.next(&path, Fate::Answered(500, "{}".into()));
    let new = scene.account_is("botResumed", "new").await;
    scene.worker.gives_back(&new).await;
    assert_eq!(scene.at_line("Main ").await.len(), 2);

    line.next(
        &path,
        Fate::Answered(404, r#"{"message":"Not found"}"#.into()),
    );
    scene.worker.settles(&new).await;
    assert!(line.is_spent());
    let row = scene.bundle.record(None, "new").await.unwrap();
    assert_eq!(states(&row), ["sent"]);
}

/// Whoever made it stopped before its image.
#[tokio::test]
async fn a_menu_without_its_image_gets_it_when_the_event_comes_again() {
    let scene = Scene::begin().await;
    let before = scene.made().await;
    let resumed = scene.account_is("botResumed", "e").await;
    for _ in 0..2 {
        scene
            .worker
            .line
            .next("/content", Fate::Answered(500, "{}".into()));
        scene.worker.gives_back(&resumed).await;
    }
    scene.worker.settles(&resumed).await;
    let (menus, images) = scene.made().await;
    assert_eq!((menus - before.0, images - before.1), (1, 1));
    assert_eq!(scene.at_line("Main ").await.len(), 1);
    let row = scene.bundle.record(None, "e").await.unwrap();
    assert_eq!(states(&row), ["sent"]);
}

/// One worker has made the menu; before its image is at LINE, another finds the menu there.
#[tokio::test]
async fn a_menu_whose_image_another_worker_has_set_meanwhile_is_shown_by_both() {
    let scene = Scene::begin().await;
    let first = scene.guest_says("a").await;
    let second = scene.says(&scene.bundle.rival, "b").await;
    let held = Held::default();
    let image = Fate::RequestHeld(held.clone());
    scene.worker.line.next("/content", image);
    let meanwhile = async {
        held.is_there().await;
        scene.worker.settles(&second).await;
        held.let_go();
    };
    tokio::join!(scene.worker.settles(&first), meanwhile);
    for (user, id) in [(&scene.bundle.guest, "a"), (&scene.bundle.rival, "b")] {
        let row = scene.bundle.record(Some(user), id).await.unwrap();
        assert_eq!(states(&row), ["sent"], "{row:?}");
        assert_eq!(scene.bar(user).await.unwrap(), "Menu");
    }
    assert_eq!(scene.at_line("Main ").await.len(), 1);
}

/// The table is away when the menu's id is to be remembered: LINE's list has it.
#[tokio::test]
async fn a_menu_whose_id_was_not_remembered_is_found_by_its_name() {
    let scene = Scene::begin().await;
    let message = scene.guest_says("a").await;
    let before = scene.made().await.0;
    for _ in 0..20 {
        let away = Fate::Answered(500, "{}".into());
        scene.worker.table.next("PutItem", away);
    }
    scene.worker.gives_back(&message).await;
    scene.worker.table.forget();
    assert_eq!(states(&scene.bundle.recorded("a").await), ["pending"]);
    scene.worker.settles(&message).await;
    assert_eq!(states(&scene.bundle.recorded("a").await), ["sent"]);
    assert_eq!(scene.made().await.0 - before, 1);
    assert_eq!(scene.bar(&scene.bundle.guest).await.unwrap(), "Menu");
}

/// A deploy has taken the menu out of the module, between plan and send.
#[tokio::test]
async fn a_menu_that_the_module_no_longer_has_is_left_out() {
    let scene = Scene::begin().await;
    let message = scene.guest_says("a").await;
    let list = "/richmenu/list";
    scene
        .worker
        .line
        .next(list, Fate::Answered(500, "{}".into()));
    scene.worker.gives_back(&message).await;
    let newer = Worker::new(&scene.bundle, Shows::with("Other", "Menu"));
    newer.settles(&message).await;
    let row = scene.bundle.recorded("a").await;
    assert_eq!(states(&row), ["skipped"]);
    assert!(row.effects()[0].reason().unwrap().contains("no such"));
    assert!(scene.at_line("Main ").await.is_empty());
}

/// What LINE names a scope for needs it; a menu that is only kept does not.
#[tokio::test]
async fn the_default_menu_needs_its_scope_and_a_kept_one_an_account_that_is_attached() {
    let scene = Scene::begin().await;
    let store = &scene.worker.app.store;
    let now = scene.worker.clock.timestamp();
    let scopes = Scopes::from_words("message:send");
    let attach = store.update_bot(&scene.bot, |row| row.state.attach(now, &scopes));
    attach.await.unwrap();

    scene.worker.clock.advance(Duration::from_secs(1));
    let kept = scene.account_is("botResumed", "kept").await;
    scene.worker.settles(&kept).await;
    let row = scene.bundle.record(None, "kept").await.unwrap();
    assert_eq!(states(&row), ["sent"]);

    let default = scene.account_is("botResumed", "no scope").await;
    scene.defaults().settles(&default).await;
    let row = scene.bundle.record(None, "no scope").await.unwrap();
    let silence = Silence::ScopeMissing;
    assert_eq!(row.effects(), [Delivery::Dropped { silence }]);
    assert_ne!(scene.bar(&scene.bundle.guest).await.unwrap(), "Menu");

    scene.worker.clock.advance(Duration::from_secs(1));
    let suspended = scene.account_is("botSuspended", "suspended").await;
    let before = scene.bundle.stack.line.calls(0).await.len();
    scene.worker.settles(&suspended).await;
    let row = scene.bundle.record(None, "suspended").await.unwrap();
    let silence = Silence::Suspended;
    assert_eq!(row.effects(), [Delivery::Dropped { silence }]);
    let after = scene.bundle.stack.line.calls(0).await.len();
    assert_eq!(before, after, "LINE is asked nothing");
}

#[tokio::test]
async fn the_default_menu_is_seen_by_who_has_none_of_their_own_and_a_refusal_counts() {
    let scene = Scene::begin().await;
    let defaults = scene.defaults();
    let first = scene.account_is("botResumed", "first").await;
    defaults.settles(&first).await;
    let row = scene.bundle.record(None, "first").await.unwrap();
    assert_eq!(states(&row), ["sent"]);
    assert_eq!(scene.bar(&scene.bundle.rival).await.unwrap(), "Menu");

    let menu = scene.at_line("Main ").await[0].1.clone();
    let refusal = r#"{"message":"Access to this API is not available for your account"}"#;
    let set = format!("/v2/bot/user/all/richmenu/{menu}");
    defaults
        .line
        .next(&set, Fate::Answered(403, refusal.into()));
    let second = scene.account_is("botResumed", "second").await;
    defaults.settles(&second).await;
    let row = scene.bundle.record(None, "second").await.unwrap();
    assert_eq!(states(&row), ["skipped"]);
    let row = defaults.app.store.bot(&scene.bot).await.unwrap().unwrap();
    let now = defaults.clock.timestamp();
    assert!(!row.state.may(Scope::ACCOUNT_MANAGE, now));
    assert!(row.state.may(Scope::MESSAGE_SEND, now));
}

/// Nobody would answer its taps.
#[tokio::test]
async fn an_account_that_is_detached_keeps_no_menu_of_the_modules() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.guest_says("a").await).await;
    let ids = scene.at_line("").await;
    assert!(!ids.is_empty());
    assert_eq!(ids.len(), scene.remembered().await.len());
    let App {
        store,
        queue,
        clock,
        ..
    } = &scene.worker.app;
    detach(store, queue, &scene.bot, clock).await.unwrap();
    let sent = scene.worker.queue.requests("SendMessageBatch");
    let body = sent[0]["Entries"][0]["MessageBody"].as_str().unwrap();
    let message = Message::of(Job::read(body).unwrap());
    scene.worker.clock.advance(Duration::from_secs(60));
    scene.worker.settles(&message).await;
    for (name, id) in ids {
        let deleted = scene.calls("DELETE", MENUS, &id).await;
        assert_eq!(deleted, 1, "{name}");
    }
}
