//! An account that is suspended while its screen is open.

use std::time::Duration;

use console::Method;
use flow::screen::{Admin, pages};

use super::screen;

#[tokio::test]
async fn while_it_is_suspended_every_page_is_the_notice_and_nothing_else_and_then_it_is_back() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let line = &bundle.stack.line;
    // An attach counts until the end of its second.
    line.advance_clock(Duration::from_secs(2)).await;
    line.suspend(&bundle.bot).await.unwrap();
    bundle.stack.settled().await.unwrap();
    let before = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    for page in pages(&bundle.guest) {
        let answer = screen.asks(&admin, &bot, &page).await;
        assert_eq!(answer.status_code, 200, "{page:?}");
        assert!(
            answer
                .body
                .contains("is unavailable, so this page cannot be used")
        );
        for tag in ["<a ", "<form", "<nav", "<footer", "<table"] {
            assert!(!answer.body.contains(tag), "{tag} in {page:?}");
        }
        let nobody = screen.asks(&Admin::default(), &bot, &page).await;
        assert_eq!(
            nobody.status_code, 401,
            "its name is nobody else's business"
        );
    }
    let after = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    assert_eq!(before, after, "all is kept, and nothing is changed");
    line.resume(&bundle.bot).await.unwrap();
    bundle.stack.settled().await.unwrap();
    for page in pages(&bundle.guest)
        .into_iter()
        .filter(|it| it.method() == Method::Get)
    {
        let answer = screen.asks(&admin, &bot, &page).await;
        assert_eq!(answer.status_code, 200);
        assert!(!answer.body.contains("is unavailable"), "{page:?}");
    }
}
