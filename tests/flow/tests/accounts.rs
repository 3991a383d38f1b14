//! The accounts that the module channel is attached to, as LINE lists them.

use std::collections::BTreeSet;
use std::time::Duration;

use flow::Bundle;
use flow::worker::Worker;
use shared::domain::BotId;
use shared::line::LineClient;
use shared::line::endpoints::module::Detached;
use shared::line::error::{LineError, LineErrorKind};

fn line(bundle: &Bundle) -> LineClient {
    Worker::new(bundle, reservation::module()).app.line
}

/// Every page of the list, one after the other.
async fn walk(line: &LineClient) -> Result<Vec<String>, LineError> {
    let (mut all, mut start) = (Vec::new(), None);
    loop {
        let page = line.bots(start.as_deref()).await?;
        all.extend(page.bots.into_iter().map(|bot| bot.user_id.to_string()));
        start = page.next;
        if start.is_none() {
            return Ok(all);
        }
    }
}

#[tokio::test]
async fn the_list_comes_in_pages_and_names_each_account_once() {
    let bundle = Bundle::attached().await;
    bundle
        .stack
        .line
        .make_accounts(250, Some(vec!["message:send".into()]))
        .await
        .unwrap();
    let all = walk(&line(&bundle)).await.unwrap();
    assert_eq!(all.len(), 251);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 251);
    assert!(all.contains(&bundle.bot));
    let calls = bundle.calls("/v2/bot/list").await;
    let header = bundle.stack.line.settings().bot_header.to_lowercase();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| !call.headers.contains_key(&header)));
}

#[tokio::test]
async fn a_walk_that_rests_for_a_day_must_begin_again() {
    let bundle = Bundle::attached().await;
    bundle
        .stack
        .line
        .make_accounts(150, Some(vec!["message:send".into()]))
        .await
        .unwrap();
    let line = line(&bundle);
    let next = line.bots(None).await.unwrap().next;
    bundle
        .stack
        .line
        .advance_clock(Duration::from_secs(25 * 3600))
        .await;
    let error = line.bots(next.as_deref()).await.unwrap_err();
    assert_eq!(error.kind, LineErrorKind::StartExpired);
}

#[tokio::test]
async fn an_account_is_detached_and_detached_again() {
    let bundle = Bundle::attached().await;
    let line = line(&bundle);
    let bot = BotId::new(&bundle.bot).unwrap();
    assert!(matches!(line.detach(&bot).await.unwrap(), Detached::At(_)));
    let again = line.detach(&bot).await.unwrap();
    assert!(matches!(again, Detached::Already(_)), "{again:?}");
    assert!(walk(&line).await.unwrap().is_empty());
    let refused = line.bot(&bot).info().await.unwrap_err();
    assert_eq!(refused.kind, LineErrorKind::Forbidden);
}
