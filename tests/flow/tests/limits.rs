//! LINE's hourly limits, kept by several functions together through the table.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use flow::Bundle;
use shared::domain::BotId;
use shared::line::LineClient;
use shared::line::endpoints::insight::GetDemographics;
use shared::line::endpoints::table::INSIGHT_DEMOGRAPHIC;
use shared::line::error::LineErrorKind;
use worker::{App, Config};

/// The worker's client, with limits of a tenth.
fn client(bundle: &Bundle) -> LineClient {
    let config = Config::read(&bundle.env()).unwrap();
    let app = App::new(config, (), &bundle.stack.ground);
    app.line.limits_divided_by(10)
}

/// How many of ten calls were made, and how many were stopped before LINE.
async fn ten_calls(line: LineClient, bot: BotId) -> (usize, usize) {
    let (mut made, mut stopped) = (0, 0);
    for _ in 0..10 {
        match line.bot(&bot).call(&GetDemographics).await {
            Err(error) if error.kind == LineErrorKind::Throttled && error.status.is_none() => {
                assert!(error.free_at.is_some());
                stopped += 1;
            }
            _ => made += 1,
        }
    }
    (made, stopped)
}

#[tokio::test]
async fn four_functions_together_make_no_call_over_an_hourly_limit() {
    let bundle = Bundle::attached().await;
    let bot = BotId::new(&bundle.bot).unwrap();
    let four_callers = (0..4).map(|_| ten_calls(client(&bundle), bot.clone()));
    let counts = futures::future::join_all(four_callers).await;
    let (made, stopped) = counts
        .iter()
        .fold((0, 0), |(made, stopped), (m, s)| (made + m, stopped + s));
    assert_eq!((made, stopped), (6, 34));
    assert_eq!(bundle.calls(INSIGHT_DEMOGRAPHIC.path).await.len(), 6);
    // Another account has a limit of its own.
    let other = BotId::new("Uother").unwrap();
    assert_eq!(ten_calls(client(&bundle), other).await, (6, 4));
}
