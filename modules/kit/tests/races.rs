//! What several do at the same moment.

use std::sync::atomic::{AtomicUsize, Ordering};

use line_module::{Active, Context, Handled, Router, Routes, Text, TextMessage};
use line_module_kit::{Harness, User, Verdict};

/// How many handlers were at work at once.
#[derive(Default)]
struct AtOnce {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// The next number, by a row that all chats share.
async fn draw(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let at_once = cx.shared::<AtOnce>()?;
    let now = at_once.now.fetch_add(1, Ordering::SeqCst) + 1;
    at_once.most.fetch_max(now, Ordering::SeqCst);
    let last = cx.row::<u32>("last").await;
    at_once.now.fetch_sub(1, Ordering::SeqCst);
    let most = at_once.most.load(Ordering::SeqCst);
    let number = match last? {
        None => {
            cx.create("last", &1)?;
            1
        }
        Some(last) => {
            let next = last.value + 1;
            cx.replace(last, &next)?;
            next
        }
    };
    cx.reply(&[Text::new(format!("{number}, {most} at once"))])
}

async fn shop() -> Harness {
    let routes = Routes::new().any_text(draw);
    Harness::new(Router::new().share(AtOnce::default()).active(routes)).await
}

#[tokio::test]
async fn what_is_joined_happens_at_the_same_moment() {
    let shop = shop().await;
    let draws = async |mut user: User| {
        user.says("draw").await.is(Verdict::Handled);
        user.news()[0].text().unwrap().to_owned()
    };
    let drawn = tokio::join!(draws(shop.user("Mari")), draws(shop.user("Ken")));
    let mut drawn = [drawn.0, drawn.1];
    drawn.sort();
    assert_eq!(shop.rows::<u32>("last")["last"], 2);
    assert!(drawn[0].starts_with("1, "), "{drawn:?}");
    assert_eq!(drawn[1], "2, 2 at once");
}

#[tokio::test]
async fn what_is_not_joined_is_done_one_after_the_other() {
    let shop = shop().await;
    for (name, wanted) in [("Mari", "1, 1 at once"), ("Ken", "2, 1 at once")] {
        let mut user = shop.user(name);
        user.says("draw").await.is(Verdict::Handled);
        user.sees([wanted]);
    }
}

#[tokio::test]
async fn each_of_several_deeds_tells_what_became_of_its_own_event() {
    let shop = shop().await;
    let (mut mari, mut ken) = (shop.user("Mari"), shop.user("Ken"));
    shop.staff(&ken).takes_control().await;
    let (first, second) = tokio::join!(mari.says("draw"), ken.says("draw"));
    first.is(Verdict::Handled);
    second.is(Verdict::Standby);
    assert_eq!((first.traces().count(), second.traces().count()), (1, 1));
}
