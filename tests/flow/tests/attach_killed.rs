//! The callback's process is killed, at each of its calls to the table and to LINE, before the call
//! is done and after: the account ends attached, here and at LINE, or not attached in both places,
//! within one reconciliation, and the admin reads something true. Also: what can be tried later can
//! be tried later.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use attach::TIMEOUT;
use flow::Bundle;
use flow::attach::Attach;
use flow::faulty::{Fate, Faulty, Held};
use shared::domain::BotId;

const EXCHANGE: &str = "/module/auth/v1/token";

/// Where the process is killed.
#[derive(Debug, Clone, Copy)]
enum At {
    Table,
    Line,
}

impl At {
    /// The connection, and what every call on it ends with.
    fn connection(self, attach: &Attach) -> (&Faulty, &'static str) {
        match self {
            Self::Table => (&attach.table, "Item"),
            Self::Line => (&attach.line, ""),
        }
    }
}

/// Links an account, and kills the callback at its call number `call`; none if it made fewer.
async fn killed(
    bundle: &Bundle,
    attach: &Attach,
    (at, call): (At, usize),
    fate: fn(Held) -> Fate,
) -> Option<String> {
    let back = attach.begins(bundle, "/attach", &bundle.bot).await;
    let (connection, operation) = at.connection(attach);
    for _ in 0..call {
        connection.next(operation, Fate::Done);
    }
    let held = Held::default();
    connection.next(operation, fate(held.clone()));
    let was_killed = tokio::select! {
        _ = attach.opens(&back) => false,
        () = held.is_there() => true, // and its process ends
    };
    was_killed.then_some(back)
}

#[tokio::test]
async fn a_callback_that_is_killed_at_any_call_leaves_the_account_attached_or_not() {
    let places = [
        (At::Table, "before", Fate::RequestHeld as fn(Held) -> Fate),
        (At::Table, "after", Fate::AnswerHeld),
        (At::Line, "before", Fate::RequestHeld),
        (At::Line, "after", Fate::AnswerHeld),
    ];
    let each = places.map(|(at, when, fate)| kills_at(at, when, fate));
    let kills: usize = futures::future::join_all(each).await.into_iter().sum();
    assert!(kills >= 14, "{kills} kills");
}

/// Kills at each call on a connection; gives how many there were.
async fn kills_at(at: At, when: &str, fate: fn(Held) -> Fate) -> usize {
    for call in 0.. {
        let bundle = Bundle::start().await;
        let attach = Attach::new(&bundle);
        let Some(back) = killed(&bundle, &attach, (at, call), fate).await else {
            return call;
        };
        ends_whole(&bundle, &attach, &back, &format!("{at:?} {call} {when}")).await;
    }
    unreachable!("it makes fewer calls than there are numbers")
}

/// The admin loads the page again, the hour's reconciliation runs, and all agree.
async fn ends_whole(bundle: &Bundle, attach: &Attach, back: &str, case: &str) {
    let stack = &bundle.stack;
    stack.line.advance_clock(TIMEOUT).await;
    let page = attach.opens(back).await;
    assert!(
        [200, 503].contains(&page.status_code),
        "{case}: {}",
        page.body
    );
    stack.run_schedule("ReconcilerFunction").await.unwrap();
    stack.settled().await.unwrap();
    let at_line = stack.line.state().await.bots[0].attached;
    let bot = BotId::new(&bundle.bot).unwrap();
    let row = stack.store.bot(&bot).await.unwrap();
    let here = row.as_ref().is_some_and(|row| row.state.is_attached());
    assert_eq!(here, at_line, "{case}");
    let says_linked = page.body.contains("Your account is linked");
    assert!(!says_linked || at_line, "{case}");
    let unreported = row.and_then(|row| row.state.unreported());
    assert_eq!(unreported, None, "{case}: the module has heard of it");

    let back = attach.begins(bundle, "/attach", &bundle.bot).await;
    let page = attach.opens(&back).await;
    assert!(
        page.body.contains("Your account is linked"),
        "{case}: {}",
        page.body
    );
}

#[tokio::test]
async fn what_line_has_not_taken_can_be_tried_again_by_the_same_page() {
    for refusal in [
        Fate::Unreachable,
        Fate::Answered(429, r#"{"message":"Too many requests"}"#.into()),
    ] {
        let bundle = Bundle::start().await;
        let attach = Attach::new(&bundle);
        let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
        // As often as it is tried by itself.
        for _ in 0..5 {
            attach.line.next("/token", refusal.clone());
        }
        let page = attach.opens(&back).await;
        assert_eq!(page.status_code, 503, "{}", page.body);
        assert!(page.body.contains("Try again"), "{}", page.body);
        attach.line.forget();
        let page = attach.opens(&back).await;
        assert!(
            page.body.contains("Your account is linked"),
            "{}",
            page.body
        );
        assert_eq!(bundle.calls(EXCHANGE).await.len(), 1, "LINE was asked once");
    }
}

#[tokio::test]
async fn where_line_may_have_taken_the_code_the_page_leads_to_the_start() {
    let bundle = Bundle::start().await;
    let attach = Attach::new(&bundle);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    attach.line.loses("/token", 5);
    let page = attach.opens(&back).await;
    assert_eq!(page.status_code, 503, "{}", page.body);
    attach.line.forget();
    assert!(page.body.contains("href=\"/attach\""), "{}", page.body);
    let back = attach.begins(&bundle, "/attach", &bundle.bot).await;
    let page = attach.opens(&back).await;
    assert!(
        page.body.contains("Your account is linked"),
        "{}",
        page.body
    );
}
