//! Each evening the shop's staff are told of tomorrow's reservations, in a group of theirs.

use jiff::civil::Date;
use line_module::{Account, Chat, Context, Handled, ModuleError, Signal, Text, TextMessage};
use serde::{Deserialize, Serialize};

use crate::guest::{Ours, Visit};
use crate::reserve::Booking;
use crate::slot::{Day, Slot};

/// The daily handler's name.
pub(crate) const DAILY: &str = "digest";
/// The row that says which chat is the staff's.
const STAFF: &str = "staff chat";

/// What the account tells the staff's chat.
#[derive(Debug, Serialize, Deserialize, Signal)]
#[signal("digest")]
pub(crate) struct Digest {
    tomorrow: Vec<Slot>,
}

/// The group in which the shop's own word is written is the staff's from now on.
pub(crate) async fn name_group(
    cx: &mut Ours<'_>,
    said: &TextMessage,
    visit: Visit,
    chat: Chat,
) -> Handled {
    if said.text.trim() != visit.shop.staff_word {
        return Ok(());
    }
    cx.put(STAFF, &chat).await?;
    let at = visit.shop.digest_at.to_string();
    visit.reply(cx, Text::new(visit.texts().staff_chat(at)))
}

/// The evening has come.
pub(crate) async fn send(cx: &mut Context<'_, Account>, today: &line_module::Day) -> Handled {
    let rows = cx.rows::<Booking>(&after(today)?.key_prefix()).await?;
    let slots = rows.iter().filter_map(|row| Slot::of_key(&row.key));
    let tomorrow = slots.collect();
    cx.signal_to(STAFF, &Digest { tomorrow }).await
}

fn after(today: &line_module::Day) -> Result<Day, ModuleError> {
    let today: Result<Date, _> = today.date.parse();
    let tomorrow = today.and_then(Date::tomorrow);
    tomorrow
        .map(Day)
        .map_err(|error| ModuleError::bug(error.to_string()))
}

/// The staff's chat hears of it.
pub(crate) async fn tell(cx: &mut Ours<'_>, digest: &Digest, visit: Visit) -> Handled {
    cx.push(&[Text::new(visit.texts().digest(&digest.tomorrow))])
}
