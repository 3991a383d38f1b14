//! Who gets to an account, and who does not.

use std::time::Duration;

use console::{Method, Page};
use flow::screen::{Admin, pages};
use shared::domain::BotId;
use shared::domain::session::{ABSOLUTE, IDLE};

use super::screen;

#[tokio::test]
async fn every_page_is_refused_without_a_session_with_anothers_and_with_an_old_cookie() {
    let (bundle, screen, bot) = screen().await;
    let bots = bundle.stack.line.state().await.bots;
    let other = BotId::new(&bots[1].bot_id).unwrap();
    bundle.stack.attach(other.as_str(), "en").await.unwrap();
    let foreign = screen.admin_of(&[&other]).await;
    let old = screen.admin_of(&[&bot]).await;
    let end = old.id.as_ref().unwrap().secret();
    bundle.stack.store.end_session(end).await.unwrap();
    let calls = bundle.stack.line.calls(0).await.len();
    for page in pages(&bundle.guest) {
        for (who, admin) in [
            ("nobody", &Admin::default()),
            ("foreign", &foreign),
            ("old", &old),
        ] {
            let answer = screen.asks(admin, &bot, &page).await;
            assert_eq!(answer.status_code, 401, "{page:?} for {who}");
            assert!(answer.body.contains("You are not signed in"), "{page:?}");
        }
    }
    let row = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    assert!(row.state.is_attached() && row.settings.is_empty());
    assert_eq!(
        bundle.stack.line.calls(0).await.len(),
        calls,
        "LINE is not asked"
    );
}

#[tokio::test]
async fn whoever_has_proven_the_account_sees_each_page() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    for page in pages(&bundle.guest)
        .into_iter()
        .filter(|page| page.method() == Method::Get)
    {
        let answer = screen.asks(&admin, &bot, &page).await;
        assert_eq!(answer.status_code, 200, "{page:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_change_with_a_forged_token_is_refused_and_nothing_is_done() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let another = screen.admin_of(&[&bot]).await;
    let of_another = another.id.as_ref().unwrap().form_token();
    for page in pages(&bundle.guest)
        .into_iter()
        .filter(|page| page.method() == Method::Post)
    {
        for token in ["", "forged", &of_another] {
            let forged = Admin {
                token: Some(token.to_owned()),
                ..admin.clone()
            };
            let answer = screen.asks(&forged, &bot, &page).await;
            assert_eq!(answer.status_code, 403, "{page:?}");
        }
    }
    let row = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    assert!(row.state.is_attached());
    assert_eq!(
        screen.asks(&admin, &bot, &Page::Overview).await.status_code,
        200
    );
}

#[tokio::test]
async fn a_change_that_another_site_sends_is_refused_though_the_cookie_comes_with_it() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    for page in pages(&bundle.guest)
        .into_iter()
        .filter(|page| page.method() == Method::Post)
    {
        for evil in [
            admin.with("sec-fetch-site", "cross-site"),
            admin.with("sec-fetch-site", "same-site"),
            admin.with("origin", "https://evil.example"),
        ] {
            let answer = screen.asks(&evil, &bot, &page).await;
            assert_eq!(answer.status_code, 403, "{page:?}");
        }
    }
}

#[tokio::test]
async fn no_page_is_shown_in_a_frame() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let framed = admin
        .with("sec-fetch-dest", "iframe")
        .with("sec-fetch-site", "cross-site");
    for page in pages(&bundle.guest) {
        let answer = screen.asks(&framed, &bot, &page).await;
        assert_eq!(answer.status_code, 403, "{page:?}");
    }
    let page = screen.asks(&admin, &bot, &Page::Overview).await;
    let policy = &page.headers["content-security-policy"];
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
}

#[tokio::test]
async fn a_picture_of_another_site_does_not_load_a_page_and_a_link_does() {
    let (_bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let picture = admin
        .with("sec-fetch-site", "cross-site")
        .with("sec-fetch-mode", "no-cors")
        .with("sec-fetch-dest", "image");
    let export = screen.asks(&picture, &bot, &Page::Export).await;
    assert_eq!(export.status_code, 403);
    let link = admin.with("sec-fetch-site", "cross-site");
    assert_eq!(
        screen.asks(&link, &bot, &Page::Overview).await.status_code,
        200
    );
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let (bundle, screen, bot) = screen().await;
    let line = &bundle.stack.line;
    let idle = screen.admin_of(&[&bot]).await;
    line.advance_clock(IDLE).await;
    assert_eq!(
        screen.asks(&idle, &bot, &Page::Overview).await.status_code,
        401
    );

    let used = screen.admin_of(&[&bot]).await;
    let half = IDLE / 2;
    let mut passed = Duration::ZERO;
    while passed + half < ABSOLUTE {
        line.advance_clock(half).await;
        passed += half;
        let answer = screen.asks(&used, &bot, &Page::Permissions).await;
        assert_eq!(answer.status_code, 200, "after {passed:?}");
    }
    line.advance_clock(half).await;
    assert_eq!(
        screen
            .asks(&used, &bot, &Page::Permissions)
            .await
            .status_code,
        401
    );
}

#[tokio::test]
async fn too_many_changes_are_told_to_wait() {
    let (_bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let undo = Page::UndoSettings.path(&bot);
    for _ in 0..30 {
        assert_eq!(screen.post(&admin, &undo, &[]).await.status_code, 409);
    }
    let answer = screen.post(&admin, &undo, &[]).await;
    assert_eq!(answer.status_code, 429);
    let wait: u64 = answer.headers["retry-after"].parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let other = screen.admin_of(&[&bot]).await;
    for _ in 0..30 {
        assert_eq!(screen.post(&other, &undo, &[]).await.status_code, 409);
    }
    let third = screen.admin_of(&[&bot]).await;
    let answer = screen.post(&third, &undo, &[]).await;
    assert_eq!(answer.status_code, 429, "the account's own limit");
}

#[tokio::test]
async fn what_is_costly_to_show_is_counted_and_the_rest_is_not() {
    let (_bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    for _ in 0..30 {
        let file = screen.asks(&admin, &bot, &Page::Export).await;
        assert_eq!(file.status_code, 200);
    }
    for page in [Page::Export, Page::Interference] {
        let answer = screen.asks(&admin, &bot, &page).await;
        assert_eq!(answer.status_code, 429, "{page:?}");
    }
    let overview = screen.asks(&admin, &bot, &Page::Overview).await;
    assert_eq!(overview.status_code, 200);
}
