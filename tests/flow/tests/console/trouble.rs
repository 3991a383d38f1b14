//! What the screen says where something does not answer.

use console::Page;
use emulator::DeliverOptions;
use flow::Bundle;
use flow::faulty::Fate;
use flow::screen::Screen;
use line_module::{About, Active, Context, Handled, ModuleError, Router, Routes, TextMessage};
use serde_json::json;
use shared::domain::{BotId, ChatId};

use super::screen;

#[tokio::test]
async fn where_the_table_is_away_the_page_says_so_and_tells_no_more() {
    let (_bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    for page in [Page::Overview, Page::Settings, Page::Chats, Page::Data] {
        // As often as the SDK tries.
        for _ in 0..10 {
            screen.table.next("BatchGetItem", Fate::Unreachable);
        }
        let answer = screen.asks(&admin, &bot, &page).await;
        assert_eq!(answer.status_code, 503, "{page:?}");
        assert!(answer.body.contains("This page cannot be shown right now"));
        assert!(!answer.body.contains("dynamodb") && !answer.body.contains("BatchGetItem"));
        screen.table.forget();
    }
    assert_eq!(
        screen.asks(&admin, &bot, &Page::Overview).await.status_code,
        200
    );
}

#[tokio::test]
async fn what_the_account_has_not_allowed_is_named_with_what_is_gone_without_it() {
    let (bundle, screen, bot) = screen().await;
    let admin = screen.admin_of(&[&bot]).await;
    // An attach counts until the end of its second.
    let second = std::time::Duration::from_secs(2);
    bundle.stack.line.advance_clock(second).await;
    bundle
        .stack
        .store
        .update_bot(&bot, |row| row.state.deny("profile:read", screen.now()))
        .await
        .unwrap();
    let page = screen.asks(&admin, &bot, &Page::Permissions).await.body;
    assert!(page.contains("Refused by LINE") && page.contains("To greet guests by their name"));
    let row = bundle.stack.store.bot(&bot).await.unwrap().unwrap();
    let id = row.basic_id.unwrap().replace('@', "%40");
    assert!(
        page.contains(&format!(
            "href=\"/attach?basic_search_id={id}&#38;invitation="
        )),
        "{page}"
    );
    let overview = screen.asks(&admin, &bot, &Page::Overview).await.body;
    assert!(overview.contains("LINE has refused something for want of a permission"));
}

async fn fails(_: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    Err(ModuleError::park("a fault"))
}

#[tokio::test]
async fn what_went_wrong_is_told_in_words_with_what_to_do() {
    let module = Router::new().active(Routes::new().any_text(fails));
    let bundle = Bundle::with(module.clone()).await;
    let screen = Screen::new(&bundle, module);
    let bot = BotId::new(&bundle.bot).unwrap();
    let admin = screen.admin_of(&[&bot]).await;
    let overview = screen.asks(&admin, &bot, &Page::Overview).await.body;
    assert!(overview.contains("Nothing in the last seven days."));
    for text in ["one", "two"] {
        let message = json!({"type": "text", "text": text});
        let event = json!({"type": "message", "message": message});
        let how = DeliverOptions::default();
        bundle
            .line_sends(Some(&bundle.guest), vec![event], how)
            .await;
    }
    let overview = screen.asks(&admin, &bot, &Page::Overview).await.body;
    let told = "2 messages or taps could not be handled because of a fault in the extension.";
    assert!(overview.contains(told), "{overview}");
    assert!(overview.contains("The provider sees them"));
    assert!(
        !overview.contains("a fault</"),
        "the module's own words are the company's"
    );
    let chat = Page::Chat(ChatId::new(&bundle.guest).unwrap());
    let chat = screen.asks(&admin, &bot, &chat).await.body;
    assert!(chat.contains("A fault of the extension."), "{chat}");
    assert!(
        !chat.contains("<blockquote>"),
        "nor is what users have written"
    );
}

#[tokio::test]
async fn what_users_have_written_is_shown_where_the_module_lets_admins_read_it() {
    let module = Router::new()
        .about(About::unnamed().shows_messages())
        .active(Routes::new().any_text(fails));
    let bundle = Bundle::with(module.clone()).await;
    let screen = Screen::new(&bundle, module);
    let bot = BotId::new(&bundle.bot).unwrap();
    let admin = screen.admin_of(&[&bot]).await;
    let message = json!({"type": "text", "text": "may I come at <9>?"});
    let event = json!({"type": "message", "message": message});
    let how = DeliverOptions::default();
    bundle
        .line_sends(Some(&bundle.guest), vec![event], how)
        .await;
    let chat = Page::Chat(ChatId::new(&bundle.guest).unwrap());
    let chat = screen.asks(&admin, &bot, &chat).await.body;
    assert!(
        chat.contains("<blockquote>may I come at &#60;9&#62;?</blockquote>"),
        "{chat}"
    );
}

#[tokio::test]
async fn the_months_messages_are_drawn_against_the_plan_and_told_in_numbers() {
    let (bundle, screen, bot) = screen().await;
    bundle
        .stack
        .line
        .set_quota(&bundle.bot, Some(200))
        .await
        .unwrap();
    let admin = screen.admin_of(&[&bot]).await;
    let overview = screen.asks(&admin, &bot, &Page::Overview).await.body;
    assert!(overview.contains("<svg class=\"chart\""), "{overview}");
    assert!(
        overview
            .contains("0 of 200 messages are used, and 0 are expected by the end of the month.")
    );
    assert!(overview.contains("Your plan&#39;s limit"));
}
