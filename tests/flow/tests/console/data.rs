//! What is kept, as a file.

use console::Page;
use emulator::DeliverOptions;
use serde_json::{Value, json};

use super::screen;

#[tokio::test]
async fn a_download_has_what_is_kept_of_the_account_alone_and_no_secret() {
    let (bundle, screen, bot) = screen().await;
    let event = json!({"type": "message", "message": {"type": "text", "text": "予約する"}});
    let how = DeliverOptions::default();
    bundle
        .line_sends(Some(&bundle.guest), vec![event], how)
        .await;
    let admin = screen.admin_of(&[&bot]).await;
    screen.asks(&admin, &bot, &Page::Export).await;
    let file = screen.asks(&admin, &bot, &Page::Export).await;
    assert_eq!(file.status_code, 200);
    let disposition = &file.headers["content-disposition"];
    assert!(
        disposition.starts_with("attachment; filename=\"U"),
        "{disposition}"
    );
    assert_eq!(file.headers["cache-control"], "no-store");
    let rows: Vec<Value> = file
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    for kind in ["account", "chat", "event"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert!(
        !kinds.contains(&"audit"),
        "what operators did is the company's"
    );
    assert!(!file.body.contains("replyToken") && !file.body.contains("@session"));
    let audit = bundle
        .stack
        .store
        .audit(Some(&bot), shared::domain::Timestamp(0), None)
        .await;
    assert_eq!(audit.unwrap().rows[0].what, "export");
}
