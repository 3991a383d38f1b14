//! Signing in by the attach and by a link, and signing out.

use console::Page;
use flow::screen::{Admin, value_of};
use local::talk::Browser;
use shared::domain::BotId;
use shared::store::SignInLink;

use super::screen;

#[tokio::test]
async fn who_has_just_linked_an_account_is_signed_in_and_a_page_loaded_again_signs_nobody_in() {
    let bundle = flow::Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let back = flow::attach::links(&mut browser, &bundle).await;
    let page = browser.open(&back).await.unwrap();
    assert!(
        page.body.contains("You are signed in to it"),
        "{}",
        page.body
    );
    let overview = format!("/console/{}/overview", bundle.bot);
    assert!(page.body.contains(&format!("href=\"{overview}\"")));
    let page = browser.open(&overview).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.body);

    let first = session(&browser);
    bundle
        .stack
        .line
        .advance_clock(std::time::Duration::from_secs(61))
        .await;
    let page = browser.open(&back).await.unwrap();
    assert!(!page.body.contains("You are signed in to it"));
    assert_eq!(session(&browser), first);
}

fn session(browser: &Browser) -> String {
    let mut cookies = browser.cookies().iter();
    let cookie = cookies.find(|(name, _)| name == "session");
    cookie.expect("a session").1.clone()
}

#[tokio::test]
async fn linking_again_is_a_new_id_with_all_that_was_proven() {
    let (bundle, screen, bot) = screen().await;
    let bots = bundle.stack.line.state().await.bots;
    let other = BotId::new(&bots[1].bot_id).unwrap();
    bundle.stack.attach(other.as_str(), "en").await.unwrap();
    let first = screen.admin_of(&[&bot]).await;
    let store = &bundle.stack.store;
    let random = shared::random::Random::system();
    let id =
        shared::session::sign_in(store, &random, first.id.as_ref(), &other, screen.now()).await;
    let both = Admin {
        id: Some(id.unwrap()),
        ..Admin::default()
    };
    for account in [&bot, &other] {
        let page = screen.asks(&both, account, &Page::Overview).await;
        assert_eq!(page.status_code, 200);
    }
    assert_eq!(
        screen.asks(&first, &bot, &Page::Overview).await.status_code,
        401
    );
    let accounts = screen.get(&both, "/console/accounts").await.body;
    assert_eq!(accounts.matches("/overview\"").count(), 2);
}

#[tokio::test]
async fn a_link_signs_in_once_by_its_button_and_not_by_being_looked_at() {
    let (bundle, screen, bot) = screen().await;
    let link = SignInLink {
        bot: bot.clone(),
        expires_at: screen.now().seconds() + 900,
    };
    bundle
        .stack
        .store
        .put_sign_in_link("a-token", &link)
        .await
        .unwrap();
    let nobody = Admin::default();
    for _ in 0..3 {
        let page = screen.get(&nobody, "/console/sign-in?link=a-token").await;
        assert_eq!(
            (page.status_code, value_of(&page, "link").as_str()),
            (200, "a-token")
        );
        assert!(page.cookies.is_empty());
    }
    let used = screen
        .post(&nobody, "/console/sign-in", &[("link", "a-token")])
        .await;
    assert_eq!(used.status_code, 303, "{}", used.body);
    assert_eq!(used.headers["location"], Page::Overview.path(&bot));
    assert!(
        used.cookies[0].contains("HttpOnly; SameSite=Lax"),
        "{}",
        used.cookies[0]
    );
    for token in ["a-token", "another", ""] {
        let again = screen
            .post(&nobody, "/console/sign-in", &[("link", token)])
            .await;
        assert_eq!(again.status_code, 401);
    }
}

#[tokio::test]
async fn a_link_that_has_run_out_signs_nobody_in() {
    let (bundle, screen, bot) = screen().await;
    let link = SignInLink {
        bot,
        expires_at: screen.now().seconds(),
    };
    bundle
        .stack
        .store
        .put_sign_in_link("late", &link)
        .await
        .unwrap();
    let answer = screen
        .post(&Admin::default(), "/console/sign-in", &[("link", "late")])
        .await;
    assert_eq!(answer.status_code, 401);
}

#[tokio::test]
async fn signing_out_ends_this_browsers_session_alone() {
    let (_bundle, screen, bot) = screen().await;
    let (one, other) = (
        screen.admin_of(&[&bot]).await,
        screen.admin_of(&[&bot]).await,
    );
    let forged = Admin {
        token: Some("x".into()),
        ..one.clone()
    };
    assert_eq!(
        screen
            .post(&forged, "/console/sign-out", &[])
            .await
            .status_code,
        403
    );
    let out = screen.post(&one, "/console/sign-out", &[]).await;
    assert_eq!(out.status_code, 303);
    assert!(out.cookies[0].contains("Max-Age=0"));
    assert_eq!(
        screen.asks(&one, &bot, &Page::Overview).await.status_code,
        401
    );
    assert_eq!(
        screen.asks(&other, &bot, &Page::Overview).await.status_code,
        200
    );
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_of_the_account_and_of_no_other() {
    let (bundle, screen, bot) = screen().await;
    let bots = bundle.stack.line.state().await.bots;
    let second = BotId::new(&bots[1].bot_id).unwrap();
    bundle.stack.attach(second.as_str(), "en").await.unwrap();
    let (one, both) = (
        screen.admin_of(&[&bot]).await,
        screen.admin_of(&[&bot, &second]).await,
    );
    let out = screen.asks(&one, &bot, &Page::SignOutEverywhere).await;
    assert_eq!(out.status_code, 303, "{}", out.body);
    for admin in [&one, &both] {
        assert_eq!(
            screen.asks(admin, &bot, &Page::Overview).await.status_code,
            401
        );
    }
    assert_eq!(
        screen
            .asks(&both, &second, &Page::Overview)
            .await
            .status_code,
        200
    );
    bundle
        .stack
        .line
        .advance_clock(std::time::Duration::from_secs(1))
        .await;
    let again = screen.admin_of(&[&bot]).await;
    assert_eq!(
        screen.asks(&again, &bot, &Page::Overview).await.status_code,
        200
    );
}

#[tokio::test]
async fn a_detach_ends_what_was_proven_and_attaching_again_does_not_bring_it_back() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let path = Page::Leave.path(&bot);
    let name = bundle
        .stack
        .store
        .bot(&bot)
        .await
        .unwrap()
        .unwrap()
        .display_name
        .unwrap();
    let wrong = screen
        .post(&admin, &path, &[("name", "another name")])
        .await;
    assert_eq!(wrong.status_code, 422);
    assert!(
        wrong.body.contains("This is not the account&#39;s name")
            && wrong.body.contains("another name")
    );
    assert!(
        bundle
            .stack
            .store
            .bot(&bot)
            .await
            .unwrap()
            .unwrap()
            .state
            .is_attached()
    );
    let left = screen.post(&admin, &path, &[("name", &name)]).await;
    assert_eq!(left.status_code, 200);
    assert!(left.body.contains("The account is being unlinked"));
    assert_eq!(
        screen.asks(&admin, &bot, &Page::Overview).await.status_code,
        401
    );
    bundle
        .stack
        .line
        .advance_clock(std::time::Duration::from_secs(60))
        .await;
    bundle.stack.settled().await.unwrap();
    bundle.stack.attach(bot.as_str(), "en").await.unwrap();
    assert_eq!(
        screen.asks(&admin, &bot, &Page::Overview).await.status_code,
        401
    );
    let audit = bundle
        .stack
        .store
        .audit(Some(&bot), shared::domain::Timestamp(0), None)
        .await
        .unwrap();
    let made: Vec<_> = audit.rows.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(made, ["detach"]);
}
