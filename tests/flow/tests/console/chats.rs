//! Chats on the screen: who holds each, taking and giving back, and what happened.

use std::time::Duration;

use console::Page;
use emulator::DeliverOptions;
use flow::Bundle;
use flow::screen::{Admin, Screen};
use line_module::Router;
use serde_json::json;
use shared::domain::{BotId, ChatId};

use super::screen;

/// The guest writes.
async fn says(bundle: &Bundle, id: &str, text: &str) {
    let message = json!({"type": "text", "text": text});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    let how = DeliverOptions::default();
    bundle
        .line_sends(Some(&bundle.guest), vec![event], how)
        .await;
}

async fn chat(bundle: &Bundle, screen: &Screen<Router>, admin: &Admin, bot: &BotId) -> String {
    let page = Page::Chat(ChatId::new(&bundle.guest).unwrap());
    screen.asks(admin, bot, &page).await.body
}

#[tokio::test]
async fn a_chat_is_given_to_staff_and_taken_back_and_line_knows() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let id = ChatId::new(&bundle.guest).unwrap();
    says(&bundle, "01J0000000000000000000000A", "予約する").await;
    let page = chat(&bundle, &screen, &admin, &bot).await;
    assert!(page.contains("Let staff answer"), "{page}");

    let given = screen.asks(&admin, &bot, &Page::GiveBack(id.clone())).await;
    assert_eq!(given.status_code, 303, "{}", given.body);
    let page = screen.get(&admin, &given.headers["location"]).await.body;
    assert!(
        page.contains("Your staff answer in this chat now.")
            && page.contains("Let the extension answer")
    );
    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(2))
        .await;
    says(&bundle, "01J0000000000000000000000B", "予約する").await;
    let page = chat(&bundle, &screen, &admin, &bot).await;
    assert!(page.contains("Nothing was sent: staff or another system had the chat."));

    let taken = screen.asks(&admin, &bot, &Page::Take(id)).await;
    assert_eq!(taken.status_code, 303, "{}", taken.body);
    let page = screen.get(&admin, &taken.headers["location"]).await.body;
    assert!(page.contains("The extension answers in this chat now.") && page.contains("until"));
    let calls = bundle.stack.line.calls(0).await;
    let control = calls.iter().filter(|call| call.path.contains("/control/"));
    assert_eq!(control.count(), 2);
    let audit = bundle
        .stack
        .store
        .audit(Some(&bot), shared::domain::Timestamp(0), None)
        .await;
    let rows = audit.unwrap().rows;
    let made: Vec<_> = rows
        .iter()
        .map(|row| (row.what.as_str(), row.result.as_deref()))
        .collect();
    assert_eq!(
        made,
        [
            ("chat release", Some("done")),
            ("chat acquire", Some("done"))
        ]
    );
}

#[tokio::test]
async fn a_user_who_has_blocked_the_account_is_told_of_and_cannot_be_taken() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let id = ChatId::new(&bundle.guest).unwrap();
    says(&bundle, "01J0000000000000000000000A", "予約する").await;
    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(2))
        .await;
    let how = DeliverOptions::default();
    bundle
        .line_sends(Some(&bundle.guest), vec![json!({"type": "unfollow"})], how)
        .await;
    let page = chat(&bundle, &screen, &admin, &bot).await;
    assert!(page.contains("The customer has blocked the account"));
    assert!(!page.contains("<form"), "{page}");
    let taken = screen.asks(&admin, &bot, &Page::Take(id)).await;
    assert_eq!(taken.status_code, 409);
    assert!(taken.body.contains("That is not possible at the moment"));
}

#[tokio::test]
async fn a_chat_tells_what_happened_without_what_users_have_written() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    says(&bundle, "01J0000000000000000000000A", "a secret wish").await;
    says(&bundle, "01J0000000000000000000000B", "予約する").await;
    let page = chat(&bundle, &screen, &admin, &bot).await;
    assert!(page.contains("The customer wrote"));
    assert!(
        page.contains("The extension sent one message.")
            || page.contains("The extension sent 2 messages."),
        "{page}"
    );
    assert!(!page.contains("secret wish") && !page.contains("予約する"));
}

#[tokio::test]
async fn an_account_without_chats_says_what_comes_here() {
    let (_bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let page = screen.asks(&admin, &bot, &Page::Chats).await.body;
    assert!(page.contains("There are no chats yet"));
}

#[tokio::test]
async fn a_name_cannot_become_markup() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    let evil = "<img src=x onerror=alert(1)>";
    let store = &bundle.stack.store;
    store
        .update_bot(&bot, |row| row.display_name = Some(evil.to_owned()))
        .await
        .unwrap();
    for page in [Page::Overview, Page::Data, Page::Chats] {
        let body = screen.asks(&admin, &bot, &page).await.body;
        assert!(!body.contains("<img src=x"), "{page:?}");
        assert!(body.contains("&#60;img src=x"), "{page:?}");
    }
}
