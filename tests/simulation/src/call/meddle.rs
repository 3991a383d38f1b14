//! Someone else settles an event while a worker is at it, and leaves its chat alone:
//! only the ledger's own condition keeps the worker from doing it again.

use serde_json::json;

use crate::call::Request;
use crate::rows::{row, s};
use crate::world::World;

/// What the row then says.
pub(crate) const BY_ANOTHER: &str = "settled by another";

/// How long the ledger keeps what is settled.
const LEDGER_DAYS: i64 = 30;

/// Settles the event of a commit, if nobody has.
pub(super) fn settle(world: &World, commit: &Request) {
    let request = commit.json();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let mut items = puts.map(|action| &action["Put"]["Item"]);
    let Some(ledger) = items.find(|item| !s(item, "outcome").is_empty()) else {
        return;
    };
    let there = row(world, s(ledger, "bot_id"), s(ledger, "chat_id"));
    if there.as_ref().is_some_and(|row| row["outcome"] != "failed") {
        return;
    }
    let mut done = ledger.clone();
    let writes = there.and_then(|row| row["writes"].as_u64());
    done["writes"] = json!({ "N": (writes.unwrap_or_default() + 1).to_string() });
    done["outcome"] = json!({ "S": "done" });
    done["reason"] = json!({ "S": BY_ANOTHER });
    if let Some(fields) = done.as_object_mut() {
        for field in [
            "plan",
            "planned_at",
            "effects",
            "open",
            "silence",
            "parked",
            "parked_at",
        ] {
            fields.remove(field);
        }
        // What was about to be parked has no end.
        let end = world.time.millis(0) / 1_000 + LEDGER_DAYS * 86_400;
        let expires_at = json!({ "N": end.to_string() });
        fields.entry("expires_at").or_insert(expires_at);
    }
    let put =
        json!({ "TableName": &request["TransactItems"][0]["Put"]["TableName"], "Item": done });
    let body = put.to_string().into_bytes();
    let (status, _) = world.table().handle("DynamoDB_20120810.PutItem", &body);
    assert_eq!(status, 200, "the row can be written");
    let sort = s(ledger, "chat_id");
    let event = sort.rsplit('#').next().unwrap_or_default().to_owned();
    world.note(|| format!("another settles {event}"));
    let at = world.time.elapsed();
    let mut history = world.history();
    history.judges.settled_by_another(&event, at);
    history.settled_by_another.insert(event);
}
