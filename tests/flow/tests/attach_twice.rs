//! The callback of one attach is asked more than once: by a double click, two tabs, or a
//! browser that repeats a request. LINE takes the code once.

use std::time::Duration;

use attach::TIMEOUT;
use flow::Bundle;
use flow::attach::{Attach, links};
use flow::faulty::{Fate, Held};
use local::talk::Browser;
use shared::domain::BotId;
use shared::gateway::Response;

const EXCHANGE: &str = "/module/auth/v1/token";
const LINKED: &str = "Your account is linked";

/// The code is exchanged when the test lets it go.
fn hold_exchange(attach: &Attach) -> Held {
    let held = Held::default();
    attach.line.next(EXCHANGE, Fate::RequestHeld(held.clone()));
    held
}

/// What both visits are shown; the second comes while the first waits for LINE.
async fn both(attach: &Attach, held: &Held, back: &str) -> (Response, Response) {
    let second = async {
        held.is_there().await;
        let let_go = async {
            // The second has found the attach taken.
            while attach.table.requests(".GetItem").is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            held.let_go();
        };
        futures::join!(attach.opens(back), let_go).0
    };
    futures::join!(attach.opens(back), second)
}

#[tokio::test]
async fn a_double_click_ends_on_the_linked_page_both_times() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let back = links(&mut browser, &bundle).await;
    let mut other = browser.clone();
    let (first, second) = futures::join!(browser.open(&back), other.open(&back));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.status, second.status), (200, 200));
    assert!(first.body.contains(LINKED), "{}", first.body);
    assert_eq!(first.body, second.body);
    let cookies = (browser.cookies().len(), other.cookies().len());
    assert_eq!(cookies, (2, 2), "of the attach, and of the session");
    assert_eq!(bundle.calls(EXCHANGE).await.len(), 1);
}

#[tokio::test]
async fn the_second_waits_while_the_first_asks_line_and_shows_the_same_page() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let held = hold_exchange(&attach);
    let (first, second) = both(&attach, &held, &back).await;
    assert!(first.body.contains(LINKED), "{}", first.body);
    assert_eq!((first.status_code, &first.body), (200, &second.body));
    assert_eq!(bundle.calls(EXCHANGE).await.len(), 1);
}

#[tokio::test]
async fn a_code_that_line_refuses_is_refused_on_both_pages() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let held = hold_exchange(&attach);
    let invented = back.replace("code=", "code=x");
    let (first, second) = both(&attach, &held, &invented).await;
    assert!(first.body.contains("This link cannot be used"));
    assert_eq!((first.status_code, &first.body), (400, &second.body));
    assert_eq!(bundle.calls(EXCHANGE).await.len(), 1);
}

#[tokio::test]
async fn a_page_of_an_attach_that_was_not_allowed_says_so_each_time() {
    let bundle = Bundle::start().await;
    let mut browser = Browser::new(&bundle.stack, "en").unwrap();
    let begun = browser.open("/attach").await.unwrap();
    let line = &bundle.stack.line;
    let back = line.cancel_link(begun.leads_to().unwrap()).await.unwrap();
    for _ in 0..2 {
        let page = browser.open(&back).await.unwrap();
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Your account was not linked"));
    }
}

#[tokio::test]
async fn who_has_waited_long_is_shown_a_page_that_reloads_itself() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let held = hold_exchange(&attach);
    let second = async {
        held.is_there().await;
        let time_passes = async {
            while attach.table.requests(".GetItem").is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let line = &bundle.stack.line;
            line.advance_clock(Duration::from_secs(6)).await;
        };
        let page = futures::join!(attach.opens(&back), time_passes).0;
        held.let_go();
        page
    };
    let (first, second) = futures::join!(attach.opens(&back), second);
    assert_eq!(second.status_code, 202);
    assert!(second.body.contains("Linking is still in progress"));
    assert!(second.body.contains(r#"http-equiv="refresh""#));
    assert!(second.cookies.is_empty());
    let reloaded = attach.opens(&back).await;
    assert!(first.body.contains(LINKED), "{}", first.body);
    assert_eq!((first.status_code, &first.body), (200, &reloaded.body));
}

#[tokio::test]
async fn after_a_crash_in_the_middle_the_next_page_says_to_start_again_and_line_is_not_asked() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let held = hold_exchange(&attach);
    tokio::select! {
        _ = attach.opens(&back) => unreachable!("LINE does not answer"),
        () = held.is_there() => {} // and its process ends
    }
    bundle.stack.line.advance_clock(TIMEOUT).await;
    let page = attach.opens(&back).await;
    assert_eq!(page.status_code, 503);
    assert!(page.body.contains("may or may not be linked"));
    assert_eq!(bundle.calls(EXCHANGE).await.len(), 0);

    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    assert!(attach.opens(&back).await.body.contains(LINKED));
}

#[tokio::test]
async fn another_browser_with_the_state_alone_does_not_wait_and_sees_nothing() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let held = hold_exchange(&attach);
    let other = async {
        held.is_there().await;
        let page = attach.is_opened_elsewhere(&back).await;
        held.let_go();
        page
    };
    let (first, other) = futures::join!(attach.opens(&back), other);
    assert_eq!(other.status_code, 400);
    assert!(other.body.contains("This link cannot be used"));
    let name = bundle.stack.line.state().await.bots[0].display_name.clone();
    assert!(first.body.contains(&name));
    let later = attach.is_opened_elsewhere(&back).await;
    assert_eq!(later.status_code, 400);
    assert!(!later.body.contains(&name), "{}", later.body);
}

#[tokio::test]
async fn an_attach_whose_account_could_not_be_saved_is_linked_on_both_pages() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let refusal = r#"{"__type":"com.amazon.coral.validate#ValidationException"}"#;
    for _ in 0..2 {
        let fate = Fate::Answered(400, refusal.into());
        attach.table.next(".PutItem", fate);
    }
    let first = attach.opens(&back).await;
    assert!(attach.table.is_spent());
    let second = attach.opens(&back).await;
    for page in [first, second] {
        assert_eq!(page.status_code, 200);
        assert!(page.body.contains(LINKED), "{}", page.body);
    }
}

#[tokio::test]
async fn the_page_of_an_account_that_was_unlinked_since_says_so() {
    let bundle = Bundle::start().await;
    let mut link = bundle.stack.link(&bundle.bot, "en").await.unwrap();
    bundle.stack.settled().await.unwrap();
    let bot = BotId::new(&bundle.bot).unwrap();
    bundle.stack.detach(&bot).await.unwrap();
    let page = link.open_again().await.unwrap();
    assert!(page.body.contains("Your account is no longer linked"));
}

#[tokio::test]
async fn what_is_kept_of_an_attach_has_neither_its_code_nor_a_token() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let code = back.split_once("code=").unwrap().1;
    let code = code.split('&').next().unwrap();
    assert_eq!(attach.opens(&back).await.status_code, 200);
    let written = [".UpdateItem", ".PutItem"].map(|action| attach.table.requests(action));
    let written = format!("{written:?}");
    assert!(written.contains("taken_at") && written.contains("ended"));
    assert!(!written.contains(code) && !written.contains("access_token"));
}
