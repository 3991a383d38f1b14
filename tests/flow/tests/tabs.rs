//! A rich menu with tabs: made at LINE with its aliases, switched by its taps, found again,
//! replaced as a whole, and taken away with the account.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use line_module::{
    Action, Area, Bounds, Context, Event, EventKind, Menu, Module, ModuleError, RichMenu, Text,
};
use serde_json::json;
use shared::detach::detach;
use shared::domain::BotId;
use shared::line::endpoints::rich_menu::ListRichMenus;
use shared::line::endpoints::rich_menu_alias::{Alias, DeleteAlias, ListAliases};
use shared::queue::Job;
use worker::App;

const MENUS: &str = "/v2/bot/richmenu";

/// Gives whoever writes the tab of that name, and answers a switch with its data. Sees to its
/// menu when an account is resumed.
#[derive(Clone)]
struct Tabbed {
    menus: Vec<Menu>,
}

impl Tabbed {
    /// Two tabs, whose first area leads to the other one. The second one's bar has these words.
    fn with(bar: &str) -> Self {
        let book = tab("book", "Book", "orders");
        let menus = vec![book.tab(tab("orders", bar, "book"))];
        Self { menus }
    }
}

fn tab(name: &str, bar: &str, other: &str) -> Menu {
    let model = &Module::menus(&reservation::module())[0].clone();
    let bounds = Bounds {
        x: 0,
        y: 0,
        width: 800,
        height: 200,
    };
    let action = Action::switch(other);
    let menu = RichMenu {
        name: name.into(),
        chat_bar_text: bar.into(),
        areas: vec![Area { bounds, action }],
        ..model.menu.clone()
    };
    Menu::png(menu, model.image.clone())
}

impl Module for Tabbed {
    fn menus(&self) -> &[Menu] {
        &self.menus
    }

    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        match &event.kind {
            EventKind::Resumed => cx.account().unwrap().ensure_menu("book"),
            EventKind::Message(message) => {
                let name = message.text().unwrap_or_default();
                cx.active().unwrap().link_menu(name)
            }
            EventKind::Postback { data, .. } => {
                let words = format!("switched: {data}");
                cx.active().unwrap().reply(&[Text::new(words)])
            }
            _ => Ok(()),
        }
    }
}

/// An attached account, and a worker whose module has the tabs.
struct Scene {
    bundle: Bundle,
    worker: Worker<Tabbed>,
    bot: BotId,
}

impl Scene {
    async fn begin() -> Self {
        let bundle = Bundle::attached().await;
        let worker = Worker::new(&bundle, Tabbed::with("Orders"));
        worker.clock.advance(Duration::from_secs(5)); // newer than the attach
        let bot = BotId::new(&bundle.bot).unwrap();
        Self {
            bundle,
            worker,
            bot,
        }
    }

    async fn says(&self, user: &str, id: &str, text: &str) -> Message {
        let message = json!({"type": "text", "text": text});
        let event = json!({"type": "message", "webhookEventId": id, "message": message});
        self.bundle.message(user, vec![event]).await
    }

    async fn resumed(&self, id: &str) -> Message {
        let now = self.worker.clock.timestamp();
        let event = json!({"type": "botResumed", "webhookEventId": id, "timestamp": now});
        self.bundle.message_of(None, vec![event]).await
    }

    async fn aliases(&self) -> Vec<Alias> {
        let line = self.worker.app.line.bot(&self.bot);
        line.call(&ListAliases).await.unwrap().aliases
    }

    /// The ids of the tabs at LINE.
    async fn tabs(&self) -> Vec<String> {
        let line = self.worker.app.line.bot(&self.bot);
        let all = line.call(&ListRichMenus).await.unwrap().richmenus;
        let ours = all.into_iter().filter(|known| {
            let name = &known.menu.name;
            name.starts_with("book ") || name.starts_with("orders ")
        });
        ours.map(|known| known.rich_menu_id).collect()
    }

    async fn bar(&self, user: &str) -> String {
        let menu = self.bundle.stack.line.menu(&self.bundle.bot, user).await;
        menu.unwrap()["chatBarText"].as_str().unwrap().to_owned()
    }

    async fn taps(&self, user: &str) {
        let line = &self.bundle.stack.line;
        let tapped = line.tap_menu(&self.bundle.bot, user, 0, None).await;
        tapped.unwrap();
    }

    /// How many menus, images and aliases were made so far.
    async fn made(&self) -> [usize; 3] {
        let calls = self.bundle.stack.line.calls(0).await;
        let posted = |end: &str| {
            let such = calls
                .iter()
                .filter(|call| call.method == "POST" && call.path.starts_with(MENUS));
            such.filter(|call| call.path.ends_with(end)).count()
        };
        [posted("/richmenu"), posted("/content"), posted("/alias")]
    }
}

#[tokio::test]
async fn a_tap_on_a_tab_shows_the_other_and_the_module_hears_of_it() {
    let bundle = Bundle::with(Tabbed::with("Orders")).await;
    let (line, bot) = (&bundle.stack.line, &bundle.bot);
    let bar = || async {
        let menu = line.menu(bot, &bundle.guest).await.unwrap();
        menu["chatBarText"].as_str().unwrap().to_owned()
    };
    let mut guest = bundle.stack.chat(bot, &bundle.guest);
    guest.says("book").await.unwrap();
    assert_eq!(bar().await, "Book");
    for (shown, heard) in [
        ("Orders", "switched: tab orders"),
        ("Book", "switched: tab book"),
        ("Orders", "switched: tab orders"),
    ] {
        line.tap_menu(bot, &bundle.guest, 0, None).await.unwrap();
        bundle.stack.settled().await.unwrap();
        assert_eq!(bar().await, shown);
        assert_eq!(bundle.received().await.last().unwrap(), heard);
    }
}

#[tokio::test]
async fn tabs_and_aliases_are_made_once_for_all_and_each_tab_can_be_shown() {
    let scene = Scene::begin().await;
    let before = scene.made().await;
    let (guest, rival) = (&scene.bundle.guest, &scene.bundle.rival);
    for (user, id, tab, bar) in [
        (guest, "a", "book", "Book"),
        (rival, "b", "orders", "Orders"),
    ] {
        scene.worker.settles(&scene.says(user, id, tab).await).await;
        let row = scene.bundle.record(Some(user), id).await.unwrap();
        assert_eq!(states(&row), ["sent"]);
        assert_eq!(scene.bar(user).await, bar);
    }
    let resumed = scene.resumed("c").await;
    scene.worker.settles(&resumed).await;
    let after = scene.made().await;
    let new: Vec<_> = after
        .iter()
        .zip(before)
        .map(|(now, then)| now - then)
        .collect();
    // LINE refuses the images of the second run, and so tells that they are there.
    assert_eq!((new[0], new[2]), (2, 2));
    assert_eq!(
        (scene.tabs().await.len(), scene.aliases().await.len()),
        (2, 2)
    );
    scene.taps(guest).await;
    assert_eq!(scene.bar(guest).await, "Orders");
}

/// The worker that made the menus has stopped before an image, then before the aliases.
#[tokio::test]
async fn what_is_missing_of_a_menus_tabs_is_made_when_the_event_comes_again() {
    let scene = Scene::begin().await;
    let before = scene.made().await[0];
    let alias = format!("{MENUS}/alias");
    let line = &scene.worker.line;
    let resumed = scene.resumed("a").await;
    for path in ["/content", &alias] {
        line.next(path, Fate::Answered(500, "{}".into()));
        scene.worker.gives_back(&resumed).await;
        assert!(line.is_spent());
    }
    scene.worker.settles(&resumed).await;
    let row = scene.bundle.record(None, "a").await.unwrap();
    assert_eq!(states(&row), ["sent"]);
    assert_eq!(scene.made().await[0] - before, 2);
    assert_eq!(
        (scene.tabs().await.len(), scene.aliases().await.len()),
        (2, 2)
    );
}

/// The admin's own tool has deleted an alias, or two workers have made it at once.
#[tokio::test]
async fn an_alias_that_is_gone_is_made_again_and_one_that_is_there_already_is_changed() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.resumed("a").await).await;
    let known = scene.aliases().await;
    let line = scene.worker.app.line.bot(&scene.bot);
    let alias = &known[0].rich_menu_alias_id;
    line.call(&DeleteAlias { alias }).await.unwrap();
    scene.worker.clock.advance(Duration::from_secs(1));
    scene.worker.settles(&scene.resumed("b").await).await;
    assert_eq!(scene.aliases().await, known);

    // LINE's list does not have them yet.
    let nothing = Fate::Answered(200, r#"{"aliases":[]}"#.into());
    scene.worker.line.next("/alias/list", nothing);
    scene.worker.clock.advance(Duration::from_secs(1));
    scene.worker.settles(&scene.resumed("c").await).await;
    assert!(scene.worker.line.is_spent());
    let row = scene.bundle.record(None, "c").await.unwrap();
    assert_eq!(states(&row), ["sent"]);
    assert_eq!(scene.aliases().await, known);
}

#[tokio::test]
async fn a_new_look_of_one_tab_takes_the_place_of_all_old_tabs_and_aliases() {
    let scene = Scene::begin().await;
    let old = Worker::new(&scene.bundle, Tabbed::with("My orders"));
    old.clock.advance(Duration::from_secs(5));
    old.settles(&scene.resumed("old").await).await;
    let (old_tabs, old_aliases) = (scene.tabs().await, scene.aliases().await);
    assert_eq!((old_tabs.len(), old_aliases.len()), (2, 2));

    scene.worker.clock.advance(Duration::from_secs(1));
    scene.worker.settles(&scene.resumed("new").await).await;
    let (tabs, aliases) = (scene.tabs().await, scene.aliases().await);
    assert_eq!((tabs.len(), aliases.len()), (2, 2));
    assert!(tabs.iter().all(|tab| !old_tabs.contains(tab)));
    assert!(
        aliases
            .iter()
            .all(|alias| tabs.contains(&alias.rich_menu_id))
    );
    let is_old = |alias: &Alias| {
        let mut old = old_aliases.iter();
        old.any(|old| old.rich_menu_alias_id == alias.rich_menu_alias_id)
    };
    assert!(!aliases.iter().any(is_old));
    let guest = &scene.bundle.guest;
    scene
        .worker
        .settles(&scene.says(guest, "a", "book").await)
        .await;
    scene.taps(guest).await;
    assert_eq!(scene.bar(guest).await, "Orders");
}

/// An alias would outlive its menu, and count among the 1,000 that an account may have.
#[tokio::test]
async fn an_account_that_is_detached_keeps_no_tab_and_no_alias() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.resumed("a").await).await;
    let (tabs, aliases) = (scene.tabs().await, scene.aliases().await);
    assert_eq!((tabs.len(), aliases.len()), (2, 2));
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
    let deleted: Vec<_> = scene
        .bundle
        .stack
        .line
        .calls(0)
        .await
        .into_iter()
        .filter(|call| call.method == "DELETE" && call.status == 200)
        .map(|call| call.path)
        .collect();
    let place = |end: &String| deleted.iter().position(|path| path.ends_with(end));
    for alias in aliases {
        let gone = place(&alias.rich_menu_alias_id).unwrap();
        assert!(gone < place(&alias.rich_menu_id).unwrap());
    }
    assert!(tabs.iter().all(|tab| place(tab).is_some()));
}
