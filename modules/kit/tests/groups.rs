//! Groups, and what users do there and elsewhere that is no text.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};

use line_module::{
    Action, Active, Context, Event, EventKind, Handled, Mentioned, MessageContent, Module,
    ModuleError, PickMode, Postback, QuickReply, Router, Routes, Text, TextMessage, UserId,
};
use line_module_kit::{Harness, Verdict};

/// What happened, and by whom.
type Heard = (EventKind, Option<UserId>);

/// Keeps what it hears.
#[derive(Clone, Default)]
struct Hears(Arc<Mutex<Vec<Heard>>>);

impl Hears {
    /// What was heard since the last look.
    fn news(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn one(&self) -> EventKind {
        let news = self.news();
        assert_eq!(news.len(), 1, "{news:?}");
        news[0].0.clone()
    }
}

impl Module for Hears {
    async fn handle(&self, _: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let heard = (event.kind.clone(), event.user.clone());
        self.0.lock().unwrap().push(heard);
        Ok(())
    }
}

async fn shop() -> (Harness, Hears) {
    let hears = Hears::default();
    let shop = Harness::new(hears.clone()).await;
    hears.news();
    (shop, hears)
}

#[tokio::test]
async fn several_users_come_into_a_group_speak_there_and_leave_it() {
    let (shop, hears) = shop().await;
    shop.account().joins("Friends").await.is(Verdict::Handled);
    assert_eq!(hears.one(), EventKind::Join);
    let mut mari = shop.user("Mari").in_group("Friends");
    let mut ken = shop.user("Ken").in_group("Friends");
    assert_eq!(mari.chat(), ken.chat());
    let (id_of_mari, id_of_ken) = (UserId::new(mari.id()), UserId::new(ken.id()));
    ken.joins().await.is(Verdict::Handled);
    let users = vec![id_of_ken.unwrap()];
    let joined = EventKind::MemberJoined {
        users: users.clone(),
    };
    assert_eq!(hears.one(), joined);
    mari.says("Hello, Ken").await;
    ken.says("Hello, Mari").await;
    let said: Vec<_> = hears
        .news()
        .into_iter()
        .filter_map(|(_, user)| user)
        .collect();
    assert_eq!(said, [id_of_mari.unwrap(), users[0].clone()]);
    ken.leaves().await;
    assert_eq!(hears.one(), EventKind::MemberLeft { users });
    shop.account().leaves("Friends").await;
    assert_eq!(hears.one(), EventKind::Leave);
    insta::assert_snapshot!(shop.transcript(), @r"
    The account is attached
    The account joins Friends
    Ken joins Friends
    Mari in Friends: Hello, Ken
    Ken in Friends: Hello, Mari
    Ken leaves Friends
    The account leaves Friends
      = gone: the chat is gone: blocked, or left
    ");
}

#[tokio::test]
async fn staff_take_a_group() {
    let (shop, _) = shop().await;
    let mut mari = shop.user("Mari").in_group("Friends");
    mari.says("hello").await.is(Verdict::Handled);
    shop.staff(&mari).takes_control().await;
    mari.says("hello").await.is(Verdict::Standby);
    shop.user("Mari").says("hello").await.is(Verdict::Handled);
}

#[tokio::test]
async fn users_mention_each_other() {
    let (shop, hears) = shop().await;
    let ken = shop.user("Ken");
    let mut mari = shop.user("Mari").in_group("Friends");
    mari.mentions("😀 @Ken, see you", &[&ken]).await;
    let EventKind::Message(message) = hears.one() else {
        panic!("no message");
    };
    let MessageContent::Text(text) = message.content else {
        panic!("no text");
    };
    let mention = &text.mentions[0];
    assert_eq!((mention.index, mention.length), (3, 4));
    let Mentioned::User { id, .. } = &mention.who else {
        panic!("{:?}", mention.who);
    };
    assert_eq!(id.as_ref().unwrap().as_str(), ken.id());
}

#[tokio::test]
async fn users_watch_videos_and_meet_beacons() {
    let (shop, hears) = shop().await;
    let mut mari = shop.user("Mari");
    mari.watches_video("tour").await.is(Verdict::Handled);
    let tracking_id = "tour".into();
    assert_eq!(hears.one(), EventKind::VideoViewed { tracking_id });
    mari.meets_beacon("d41d8cd98f", "enter").await;
    let beacon = EventKind::Beacon {
        hwid: "d41d8cd98f".into(),
        kind: "enter".into(),
        device_message: None,
    };
    assert_eq!(hears.one(), beacon);
    shop.account().notification_arrives("order 7").await;
    let data = "order 7".into();
    assert_eq!(hears.one(), EventKind::Delivered { data });
}

#[tokio::test]
async fn a_user_picks_a_day_by_what_is_on_the_screen() {
    async fn ask(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        let day = Action::pick(PickMode::Date, "Choose a day", "day");
        cx.reply(&[Text::new("When?").quick_replies([QuickReply::new(day)])])
    }
    async fn picked(cx: &mut Context<'_, Active>, picked: &Postback) -> Handled {
        cx.reply(&[Text::new(format!("{:?}", picked.params.get("date")))])
    }
    let routes = Routes::new().any_text(ask).postback("day", picked);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut mari = shop.user("Mari");
    mari.says("hello").await;
    mari.picks_label("Choose a day", "2026-11-24").await;
    mari.sees(["When?", "Some(\"2026-11-24\")"]);
}
