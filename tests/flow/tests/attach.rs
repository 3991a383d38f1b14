//! An admin links an Official Account.

use std::time::Duration;

use flow::Bundle;
use flow::attach::links;
use local::talk::Browser;
use shared::domain::{BotId, Scopes};

#[tokio::test]
async fn an_admin_links_an_account_and_sees_its_name() {
    let bundle = Bundle::start().await;
    let page = bundle.stack.attach(&bundle.bot, "ja").await.unwrap();
    assert_eq!(page.status, 200);
    let name = bundle.stack.line.state().await.bots[0].display_name.clone();
    assert!(
        page.body.contains("連携が完了しました") && page.body.contains(&name),
        "{}",
        page.body
    );

    let row = bundle
        .stack
        .store
        .bot(&BotId::new(&bundle.bot).unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(row.state.is_attached());
    assert_eq!(
        *row.state.scopes(),
        Scopes::from_words("message:send message:receive profile:read account:manage")
    );
    assert_eq!(row.display_name.as_deref(), Some(name.as_str()));
}

#[tokio::test]
async fn an_admin_says_no_and_nothing_is_linked() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let begun = browser.open("/attach").await.unwrap();
    let back = bundle
        .stack
        .line
        .cancel_link(begun.leads_to().unwrap())
        .await
        .unwrap();
    let page = browser.open(&back).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("Your account was not linked"),
        "{}",
        page.body
    );
    assert!(!bundle.stack.line.state().await.bots[0].attached);
}

#[tokio::test]
async fn a_result_page_can_be_loaded_again_and_does_not_link_again() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let begun = browser.open("/attach").await.unwrap();
    let back = bundle
        .stack
        .line
        .link(begun.leads_to().unwrap(), &bundle.bot)
        .await
        .unwrap();
    let first = browser.open(&back).await.unwrap();
    let again = browser.open(&back).await.unwrap();
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert!(again.body.contains("Your account is linked"));
    assert_eq!(bundle.calls("/module/auth/v1/token").await.len(), 1);

    let elsewhere = Browser::new(&bundle.stack, "en").unwrap().open(&back).await;
    assert_eq!(elsewhere.unwrap().status, 400);
}

#[tokio::test]
async fn while_the_account_is_suspended_its_page_shows_the_notice_and_nothing_else() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let begun = browser.open("/attach").await.unwrap();
    let line = &bundle.stack.line;
    let back = line
        .link(begun.leads_to().unwrap(), &bundle.bot)
        .await
        .unwrap();
    browser.open(&back).await.unwrap();
    bundle.stack.settled().await.unwrap();

    // An attach counts until the end of its second.
    line.advance_clock(Duration::from_secs(2)).await;
    line.suspend(&bundle.bot).await.unwrap();
    bundle.stack.settled().await.unwrap();
    let page = browser.open(&back).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("is unavailable, so this page cannot be used")
    );
    assert!(!page.body.contains("<a "), "{}", page.body);

    line.resume(&bundle.bot).await.unwrap();
    bundle.stack.settled().await.unwrap();
    let page = browser.open(&back).await.unwrap();
    assert!(page.body.contains("Your account is linked"));
}

#[tokio::test]
async fn another_browser_cannot_finish_what_this_one_began_and_does_not_spoil_it() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let begun = browser.open("/attach").await.unwrap();
    let back = bundle
        .stack
        .line
        .link(begun.leads_to().unwrap(), &bundle.bot)
        .await
        .unwrap();
    let mut other = Browser::new(&bundle.stack, "en").unwrap();
    let page = other.open(&back).await.unwrap();
    assert_eq!(page.status, 400);
    assert!(
        page.body.contains("Please use the browser you began with"),
        "{}",
        page.body
    );
    assert_eq!(browser.open(&back).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_code_that_line_does_not_take_is_sent_to_the_start() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let back = links(&mut browser, &bundle).await;
    let invented = back.replace("code=", "code=x");
    let page = browser.open(&invented).await.unwrap();
    assert_eq!(page.status, 400);
    assert!(page.body.contains("This link cannot be used"));
}

#[tokio::test]
async fn a_callback_with_an_empty_code_starts_over_and_line_is_not_asked() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let back = links(&mut browser, &bundle).await;
    let (address, query) = back.split_once('?').unwrap();
    let state = query.split('&').find(|it| it.starts_with("state="));
    let empty = format!("{address}?code=&{}", state.unwrap());
    let page = browser.open(&empty).await.unwrap();
    assert_eq!(page.status, 400);
    assert!(page.body.contains("This link cannot be used"));
    assert!(bundle.calls("/module/auth/v1/token").await.is_empty());
    // Nothing is spoilt by it.
    let page = browser.open(&back).await.unwrap();
    assert!(page.body.contains("Your account is linked"));
}

#[tokio::test]
async fn each_error_of_the_link_screen_has_the_page_that_fits_it() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    for (error, status, title) in [
        ("access_denied", 200, "Your account was not linked"),
        (
            "temporarily_unavailable",
            503,
            "Linking is not possible right now",
        ),
        ("server_error", 503, "Linking is not possible right now"),
        (
            "invalid_request",
            502,
            "This extension cannot be linked now",
        ),
        (
            "unauthorized_client",
            502,
            "This extension cannot be linked now",
        ),
        (
            "unsupported_response_type",
            502,
            "This extension cannot be linked now",
        ),
        ("invalid_scope", 502, "This extension cannot be linked now"),
        (
            "something%0Aelse",
            502,
            "This extension cannot be linked now",
        ),
    ] {
        let begun = browser.open("/attach").await.unwrap();
        let line = &bundle.stack.line;
        let back = line.cancel_link(begun.leads_to().unwrap()).await.unwrap();
        let back = back.replace("access_denied", error);
        let page = browser.open(&back).await.unwrap();
        assert_eq!(page.status, status, "{error}");
        assert!(page.body.contains(title), "{error}: {}", page.body);
    }
}

#[tokio::test]
async fn a_channel_secret_that_line_refuses_is_called_a_mistake_of_ours() {
    let bundle = Bundle::start().await;
    let mut variables = bundle.stack.variables.clone();
    variables.insert("LINE_CHANNEL_SECRET".into(), "another".into());
    let env = shared::env::Env::from_map(variables);
    let mut attach = flow::attach::Attach::new(&bundle);
    let config = attach::Config::read(&env).unwrap();
    attach.app = attach::App::new(
        config,
        shared::domain::About::unnamed(),
        &bundle.stack.ground,
    );
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let page = attach.opens(&back).await;
    assert_eq!(page.status_code, 502);
    assert!(page.body.contains("This extension cannot be linked now"));
}

#[tokio::test]
async fn many_starts_leave_a_handful_of_cookies_and_the_newest_can_be_finished() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let mut starts = Vec::new();
    for _ in 0..200 {
        starts.push(browser.open("/attach").await.unwrap());
    }
    let cookies = browser.cookies().iter();
    let bytes: usize = cookies.map(|(name, value)| name.len() + value.len()).sum();
    assert_eq!(browser.cookies().len(), 5);
    assert!(bytes < 500, "{bytes}");
    let line = &bundle.stack.line;
    for start in &starts[195..] {
        let back = line.link(start.leads_to().unwrap(), &bundle.bot).await;
        let page = browser.open(&back.unwrap()).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
    }
    let back = line
        .link(starts[194].leads_to().unwrap(), &bundle.bot)
        .await;
    let page = browser.open(&back.unwrap()).await.unwrap();
    assert!(page.body.contains("Please use the browser you began with"));
    assert!(of_attaches(&browser) <= 5);
}

/// Cookies of attaches; there is one more, of the session.
fn of_attaches(browser: &Browser) -> usize {
    let cookies = browser.cookies().iter();
    cookies
        .filter(|(name, _)| name.starts_with("attach-"))
        .count()
}

#[tokio::test]
async fn a_finished_attach_leaves_one_small_cookie() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    for _ in 0..3 {
        let back = links(&mut browser, &bundle).await;
        let page = browser.open(&back).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
    }
    let cookies = browser.cookies();
    assert!(of_attaches(&browser) <= 3, "one for each: {cookies:?}");
    assert!(
        cookies
            .iter()
            .all(|(name, value)| name.len() + value.len() < 100)
    );
}

#[tokio::test]
async fn two_tabs_do_not_disturb_each_other() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let first = browser.open("/attach").await.unwrap();
    let second = browser.open("/attach").await.unwrap();
    let link = async |page: &local::talk::Page| {
        bundle
            .stack
            .line
            .link(page.leads_to().unwrap(), &bundle.bot)
            .await
    };
    let back = link(&first).await.unwrap();
    assert_eq!(browser.open(&back).await.unwrap().status, 200);
    let back = link(&second).await.unwrap();
    assert_eq!(browser.open(&back).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_callback_that_nobody_began_is_sent_to_the_start() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "ja").unwrap();
    for place in [
        "/attach/callback",
        "/attach/callback?code=x",
        "/attach/callback?state=&code=x",
    ] {
        let page = browser.open(place).await.unwrap();
        assert_eq!(page.status, 400, "{place}");
        assert!(page.body.contains("最初からやり直す"));
    }
}

#[tokio::test]
async fn the_pages_are_private_and_the_start_page_speaks_each_language() {
    let bundle = Bundle::start().await;
    for (language, title) in [
        ("ja", "連携する"),
        ("zh-TW", "連結LINE官方帳號"),
        ("en", "Link your LINE Official Account"),
        ("ja; q=0.5, en; q=0.9", "Link your LINE Official Account"),
        ("zh-Hant-TW, ja;q=0.1", "連結LINE官方帳號"),
        ("ja;q=0, en-GB;q=0.1", "Link your LINE Official Account"),
        ("th-TH,th;q=0.9", "เชื่อมต่อบัญชี LINE Official Account"),
    ] {
        let mut browser = Browser::new(&bundle.stack, language).unwrap();
        assert!(browser.open("/").await.unwrap().body.contains(title));
    }
    let answer = reqwest::get(format!("{}/", bundle.stack.addresses.public_url))
        .await
        .unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    assert!(
        answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
}

#[tokio::test]
async fn what_is_not_routed_is_not_found() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    for place in ["/webhook", "/attach/", "/attach/other", "/favicon.ico"] {
        assert_eq!(browser.open(place).await.unwrap().status, 404, "{place}");
    }
    assert_eq!(browser.open("/health").await.unwrap().body, "ok");
}
