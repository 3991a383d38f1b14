//! What gets in the way of the extension is found, and told with what to do.

use std::time::Duration;

use console::Page;
use emulator::{DeliverOptions, Fault, FaultKind};
use flow::Bundle;
use serde_json::{Value, json};

use super::screen;

async fn sends(bundle: &Bundle, event: Value) {
    let how = DeliverOptions::default();
    bundle
        .line_sends(Some(&bundle.guest), vec![event], how)
        .await;
}

#[tokio::test]
async fn where_nothing_is_in_the_way_it_says_so() {
    let (bundle, screen, bot) = screen().await;
    sends(&bundle, json!({"type": "follow"})).await;
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Interference).await.body;
    assert!(page.contains("All good"), "{page}");
}

#[tokio::test]
async fn rich_menus_that_are_not_ours_are_found() {
    let (bundle, screen, bot) = screen().await;
    sends(&bundle, json!({"type": "follow"})).await;
    // Menus at LINE that this channel's row knows nothing of: another system's.
    let store = &bundle.stack.store;
    store
        .update_bot(&bot, |row| row.menus.clear())
        .await
        .unwrap();
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Interference).await.body;
    assert!(
        page.contains("The account&#39;s rich menu is not the extension&#39;s"),
        "{page}"
    );
    assert!(page.contains("Some customers see another rich menu"));
    assert!(page.contains("Ask whoever runs the other system"));
    assert!(!page.contains("All good"));
}

#[tokio::test]
async fn taps_on_buttons_of_others_are_found_with_the_chats_that_they_are_in() {
    let (bundle, screen, bot) = screen().await;
    sends(
        &bundle,
        json!({"type": "postback", "postback": {"data": "another-system buy 7"}}),
    )
    .await;
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Interference).await.body;
    assert!(
        page.contains("Taps on buttons that are not the extension&#39;s"),
        "{page}"
    );
    assert!(page.contains(&format!("/chats/{}", bundle.guest)));
}

#[tokio::test]
async fn a_chat_that_others_have_for_long_is_found_and_one_that_staff_have_just_taken_is_not() {
    let (bundle, screen, bot) = screen().await;
    let message = json!({"type": "text", "text": "hello"});
    let event = json!({"type": "message", "mode": "standby", "message": message});
    sends(&bundle, event).await;
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Interference).await.body;
    assert!(page.contains("All good"), "{page}");
    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(25 * 3600))
        .await;
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Interference).await.body;
    assert!(
        page.contains("Somebody else answers in chats for more than a day"),
        "{page}"
    );
}

#[tokio::test]
async fn where_line_cannot_be_asked_the_rest_is_shown_and_that_is_said() {
    let (bundle, screen, bot) = screen().await;
    let fault = Fault::new("GET /v2/bot/user/all/richmenu", 9, FaultKind::ServerError);
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Interference).await;
    assert_eq!(page.status_code, 200);
    assert!(
        page.body
            .contains("LINE could not be asked about rich menus"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("All good"));
}
