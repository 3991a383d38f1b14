//! A link that is for one account: `/attach?basic_search_id=@…`. The limit is never dropped,
//! and never without a word.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use flow::Bundle;
use flow::attach::Attach;
use flow::faulty::Fate;
use local::talk::{Browser, Page};
use serde_json::json;
use shared::domain::{Attachment, BotId};

const EXCHANGE: &str = "/module/auth/v1/token";

/// The bundle's first account, as LINE knows it.
struct Shop {
    bundle: Bundle,
    basic_id: String,
}

impl Shop {
    async fn open() -> Self {
        let bundle = Bundle::start().await;
        let basic_id = bundle.stack.line.state().await.bots[0].basic_id.clone();
        Self { bundle, basic_id }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.bundle.stack, "en").unwrap()
    }

    /// The path of the link that is for it.
    fn link(&self) -> String {
        format!("/attach?basic_search_id={}", self.basic_id)
    }

    /// Whether every button of the page leads to this account only.
    fn is_led_to_by(&self, page: &str) -> bool {
        let name = self.basic_id.trim_start_matches('@');
        let limited = format!(r#"href="/attach?basic_search_id=%40{name}""#);
        let buttons = page.matches(r#"<a class="button"#).count();
        buttons > 0 && page.matches(&limited).count() == buttons
    }

    async fn attachment(&self) -> Attachment {
        let bot = BotId::new(&self.bundle.bot).unwrap();
        let row = self.bundle.stack.store.bot(&bot).await.unwrap();
        row.unwrap().state.attachment()
    }
}

#[tokio::test]
async fn a_link_for_one_account_leads_to_a_link_screen_for_that_account() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let start = browser
        .open(&shop.link().replace("/attach", "/"))
        .await
        .unwrap();
    let only = format!("This link is for {} only.", shop.basic_id);
    assert!(start.body.contains(&only), "{}", start.body);
    assert!(shop.is_led_to_by(&start.body), "{}", start.body);

    let begun = browser.open(&shop.link()).await.unwrap();
    let url = begun.leads_to().unwrap();
    let line = &shop.bundle.stack.line;
    let other = line.state().await.bots[1].bot_id.clone();
    assert!(line.link(url, &other).await.is_err());
    let back = line.link(url, &shop.bundle.bot).await.unwrap();
    let page = browser.open(&back).await.unwrap();
    assert!(page.body.contains("Your account is linked"));
}

#[tokio::test]
async fn a_link_with_a_wrong_limit_is_refused_and_nothing_begins() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    for (query, sentence) in [
        (
            "basic_search_id=381sakur",
            "open the link with basic_search_id=@381sakur instead.",
        ),
        ("basic_search_id=", "is not a basic ID such as @381sakur"),
        (
            "basic_search_id=%3Cb%3E",
            "is not a basic ID such as @381sakur",
        ),
        ("region=JP", "cannot be limited by region"),
        ("brand_type=premium", "cannot be limited by brand_type"),
    ] {
        for path in ["/", "/attach"] {
            let page = browser.open(&format!("{path}?{query}")).await.unwrap();
            assert_eq!(page.status, 400, "{path}?{query}");
            assert!(page.body.contains(sentence), "{}", page.body);
            assert!(!page.body.contains("class=\"button"), "{}", page.body);
        }
    }
    assert!(browser.cookies().is_empty());
}

/// Opens the way back, as LINE's link screen gives it or changed.
async fn comes_back(shop: &Shop, browser: &mut Browser, change: impl Fn(String) -> String) -> Page {
    let begun = browser.open(&shop.link()).await.unwrap();
    let line = &shop.bundle.stack.line;
    let back = line.cancel_link(begun.leads_to().unwrap()).await.unwrap();
    browser.open(&change(back)).await.unwrap()
}

#[tokio::test]
async fn whoever_starts_again_keeps_the_limit_of_the_link() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let replaced = |from: &'static str, to: &'static str| {
        move |back: String| {
            assert!(back.contains(from), "{back}");
            back.replace(from, to)
        }
    };
    for (change, title) in [
        (replaced("&", "&"), "Your account was not linked"),
        (replaced("access_denied", "server_error"), "not possible"),
        (
            replaced("access_denied", "invalid_scope"),
            "cannot be linked now",
        ),
        (
            replaced("error=access_denied", "code=invented"),
            "cannot be used",
        ),
        (replaced("error=access_denied", "code="), "cannot be used"),
    ] {
        let page = comes_back(&shop, &mut browser, change).await;
        assert!(page.body.contains(title), "{}", page.body);
        assert!(shop.is_led_to_by(&page.body), "{}", page.body);
    }

    // In another browser; and when the attach is long gone.
    let begun = browser.open(&shop.link()).await.unwrap();
    let line = &shop.bundle.stack.line;
    let back = line.cancel_link(begun.leads_to().unwrap()).await.unwrap();
    let elsewhere = shop.browser().open(&back).await.unwrap();
    assert!(
        elsewhere
            .body
            .contains("Please use the browser you began with")
    );
    assert!(shop.is_led_to_by(&elsewhere.body), "{}", elsewhere.body);
    line.advance_clock(Duration::from_secs(16 * 60)).await;
    let late = browser.open(&back).await.unwrap();
    assert!(late.body.contains("This link cannot be used"));
    assert!(shop.is_led_to_by(&late.body), "{}", late.body);
}

/// LINE says that it has attached `@other`, by a link that is for the shop.
async fn another_comes_back(shop: &Shop, attach: &Attach) -> String {
    let back = attach
        .begins(&shop.bundle, &shop.link(), &shop.bundle.bot)
        .await;
    let info = json!({"userId": shop.bundle.bot, "basicId": "@other", "displayName": "Other"});
    let fate = Fate::Answered(200, info.to_string());
    attach.line.next("/v2/bot/info", fate);
    let page = attach.opens(&back).await;
    assert_eq!(page.status_code, 403);
    assert!(page.body.contains("Another account was chosen"));
    assert!(page.body.contains("@other was chosen"), "{}", page.body);
    assert!(shop.is_led_to_by(&page.body), "{}", page.body);
    assert_eq!(attach.opens(&back).await.body, page.body);
    page.body
}

#[tokio::test]
async fn another_account_than_the_links_is_unlinked_and_the_page_says_so() {
    let shop = Shop::open().await;
    let attach = Attach::new(&shop.bundle);
    let page = another_comes_back(&shop, &attach).await;
    assert!(page.contains("that one is being unlinked"), "{page}");
    // The worker does the rest, when no other worker can still be sending for it.
    assert!(matches!(shop.attachment().await, Attachment::Detaching(_)));
}

#[tokio::test]
async fn another_account_that_was_linked_before_stays_linked() {
    let shop = Shop::open().await;
    let stack = &shop.bundle.stack;
    assert_eq!(
        stack.attach(&shop.bundle.bot, "en").await.unwrap().status,
        200
    );
    stack.settled().await.unwrap();
    stack.line.advance_clock(Duration::from_secs(60)).await;
    let attach = Attach::new(&shop.bundle);
    let page = another_comes_back(&shop, &attach).await;
    assert!(page.contains("That one stays linked"), "{page}");
    assert_eq!(shop.attachment().await, Attachment::Attached);
}

#[tokio::test]
async fn an_account_that_lines_info_cannot_tell_is_believed_to_be_the_links() {
    let shop = Shop::open().await;
    let attach = Attach::new(&shop.bundle);
    let back = attach
        .begins(&shop.bundle, &shop.link(), &shop.bundle.bot)
        .await;
    let fate = Fate::Answered(403, "{}".into());
    attach.line.next("/v2/bot/info", fate);
    let page = attach.opens(&back).await;
    assert!(
        page.body.contains("Your account is linked"),
        "{}",
        page.body
    );
    assert_eq!(shop.attachment().await, Attachment::Attached);
    assert_eq!(shop.bundle.calls(EXCHANGE).await.len(), 1);
}
