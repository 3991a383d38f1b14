//! What is parked for too long ends, and there is an alarm before.

use std::time::Duration;

use emulator::Settings;
use flow::emulators::Emulators;
use flow::measured::Lines;
use flow::reconciler::Reconciler;
use shared::domain::ledger::ParkKind;
use shared::domain::{BotId, ChatId, EventId, LedgerEntry, Outcome, Timestamp};
use shared::store::LedgerKey;

use crate::WISH;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn key() -> LedgerKey {
    LedgerKey {
        bot: BotId::new("Uaccount").unwrap(),
        chat: Some(ChatId::new("Uguest").unwrap()),
        event: EventId::new("e").unwrap(),
    }
}

async fn parked_at(emulators: &Emulators, now: Timestamp) {
    let raw = format!(r#"{{"type":"message","message":{{"text":"{WISH}"}}}}"#);
    let entry = LedgerEntry::done("message", now, now, now);
    let parked = entry.into_parked(ParkKind::ByModule, WISH, &raw, now);
    let key = key();
    let written = emulators.store.replace_ledger(&key, &parked, now);
    assert!(written.await.unwrap());
    let body = format!("no job: {WISH}");
    let parked = emulators.store.park_message("m", &body, "no job", now);
    parked.await.unwrap();
}

#[tokio::test]
async fn what_was_parked_for_ninety_days_ends_with_an_alarm_before() {
    let emulators = Emulators::start(Settings::default()).await;
    let mut reconciler = Reconciler::new(&emulators);
    let lines = Lines::default();
    reconciler.app.metrics = shared::metrics::Metrics::new(Some(lines.sink()), emulators.clock());
    parked_at(&emulators, emulators.now()).await;
    // Days until then, whether the alarm has rung by then, and how many have ended.
    for (days, soon, ended) in [
        (1, 0, 0),
        (74, 0, 0),
        (2, 1, 0),
        (12, 2, 0),
        (2, 2, 2),
        (1, 2, 2),
    ] {
        emulators.advance(DAY * days).await;
        reconciler.succeeds().await;
        assert_eq!(lines.sum("ParkedExpiringSoon"), soon);
        assert_eq!(lines.sum("ParkedExpired"), ended);
    }
    let row = emulators.store.ledger(&key()).await.unwrap().unwrap();
    assert_eq!((row.outcome(), row.raw()), (Outcome::Done, None));
    assert!(
        row.ends_at()
            .is_some_and(|end| end > emulators.now().seconds())
    );
    assert!(!format!("{row:?}").contains(WISH));
    assert!(row.reason().unwrap().contains("by_module"));
    assert_eq!(emulators.store.parked_message("m").await.unwrap(), None);
    assert_eq!(emulators.store.oldest_parked().await.unwrap(), None);
}

#[tokio::test]
async fn what_was_parked_again_meanwhile_waits_anew() {
    let emulators = Emulators::start(Settings::default()).await;
    parked_at(&emulators, emulators.now()).await;
    let store = &emulators.store;
    let old = store.parked_before(emulators.now()).await.unwrap();
    let row = store.ledger(&key()).await.unwrap().unwrap();
    let later = emulators.now().plus(DAY);
    let again = row.into_parked(ParkKind::ByModule, "again", "{}", later);
    assert!(store.replace_ledger(&key(), &again, later).await.unwrap());
    for event in old.iter().filter(|event| event.names().0 == "Uaccount") {
        assert!(!store.expire_parked(event, later).await.unwrap());
    }
    let row = store.ledger(&key()).await.unwrap().unwrap();
    assert_eq!(row.outcome(), Outcome::Parked);
}
