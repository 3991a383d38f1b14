//! Each evening the shop's staff are told of tomorrow's reservations, in a group of theirs.

use jiff::civil::Date;
use line_module::{
    Account, Active, Chat, Context, Handled, ModuleError, Signal, Text, TextMessage,
};
use serde::{Deserialize, Serialize};

use crate::guest::Visit;
use crate::reserve::Booking;
use crate::slot::{Day, Slot};

/// The daily handler's name.
pub(crate) const DAILY: &str = "digest";
/// The row that says which chat is the staff's.
const STAFF: &str = "staff chat";

/// What the account tells the staff's chat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Digest {
    tomorrow: Vec<Slot>,
}

impl Signal for Digest {
    const NAME: &'static str = "digest";
}

/// The group in which the shop's own word is written is the staff's from now on.
pub(crate) async fn name_group(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let visit = Visit::begin(cx)?;
    if said.text.trim() != visit.shop.staff_word {
        return Ok(());
    }
    let chat = visit.cx.chat().clone();
    match visit.cx.row::<Chat>(STAFF).await? {
        Some(row) => visit.cx.replace(row, &chat)?,
        None => visit.cx.create(STAFF, &chat)?,
    }
    let answer = visit.texts().staff_chat(visit.shop.digest_at.to_string());
    visit.say(Text::new(answer))
}

/// The evening has come.
pub(crate) async fn send(cx: &mut Context<'_, Account>, today: &line_module::Day) -> Handled {
    let Some(staff) = cx.row::<Chat>(STAFF).await? else {
        return Ok(());
    };
    let rows = cx.rows::<Booking>(&after(today)?.key_prefix()).await?;
    let slots = rows.iter().filter_map(|row| Slot::of_key(&row.key));
    let digest = Digest {
        tomorrow: slots.collect(),
    };
    cx.signal(&staff.value, &digest)
}

fn after(today: &line_module::Day) -> Result<Day, ModuleError> {
    let today: Result<Date, _> = today.date.parse();
    let tomorrow = today.and_then(Date::tomorrow);
    tomorrow
        .map(Day)
        .map_err(|error| ModuleError::bug(error.to_string()))
}

/// The staff's chat hears of it.
pub(crate) async fn tell(cx: &mut Context<'_, Active>, digest: &Digest) -> Handled {
    let visit = Visit::begin(cx)?;
    let text = visit.texts().digest(&digest.tomorrow);
    visit.cx.push(&[Text::new(text)])
}
