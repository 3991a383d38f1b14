//! The list: who waits, in their order, and which party fits a place that is free.

use line_module::{Chat, Context, Handled, Hold, ModuleError, OneChat, Row, Tap};
use serde::{Deserialize, Serialize};

use crate::news::{self, News, What};
use crate::staff::GROUP;

/// What the keys of tickets begin with. They are in the order of their numbers.
pub(crate) const TICKETS: &str = "ticket/";
/// The row that counts the day's numbers.
pub(crate) const NUMBER: &str = "number";

/// Where a party would sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tap)]
#[tap("seating")]
pub(crate) enum Seating {
    Counter,
    Table,
    Either,
}

/// A place that is free, as staff tap it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tap)]
#[tap("free")]
pub(crate) struct Free {
    pub(crate) seating: Seating,
    pub(crate) seats: u32,
}

/// A party that waits, or is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) number: i64,
    pub(crate) chat: Chat,
    pub(crate) people: u32,
    pub(crate) seating: Seating,
    pub(crate) name: String,
    /// The place that they are called to, if they are.
    pub(crate) called: Option<Free>,
    /// Whether they were told that they are next but one.
    pub(crate) is_told: bool,
}

impl Ticket {
    fn fits(&self, free: Free) -> bool {
        let is_there = self.seating == Seating::Either || self.seating == free.seating;
        is_there && self.people <= free.seats
    }

    fn key(number: i64) -> String {
        format!("{TICKETS}{number:06}")
    }
}

/// Those who are not called yet, in their order.
pub(crate) async fn waiting<H>(cx: &Context<'_, H>) -> Result<Vec<Row<Ticket>>, ModuleError> {
    let mut rows = cx.rows::<Ticket>(TICKETS).await?;
    rows.retain(|row| row.value.called.is_none());
    Ok(rows)
}

/// The ticket of this number, if it is open and this chat's: the numbers start again each day.
pub(crate) async fn ticket<H: OneChat>(
    cx: &Context<'_, H>,
    number: i64,
) -> Result<Option<Row<Ticket>>, ModuleError> {
    let row = cx.row::<Ticket>(&Ticket::key(number)).await?;
    Ok(row.filter(|row| row.value.chat == *cx.chat()))
}

/// Adds the chat's party; gives its number.
pub(crate) async fn add<H: OneChat>(
    cx: &mut Context<'_, H>,
    people: u32,
    seating: Seating,
    name: String,
) -> Result<i64, ModuleError> {
    let ticket = Ticket {
        number: cx.count(NUMBER, 1).await?,
        chat: cx.chat().clone(),
        people,
        seating,
        name,
        called: None,
        is_told: false,
    };
    cx.create(Ticket::key(ticket.number), &ticket)?;
    tell_next_but_one(cx).await?;
    Ok(ticket.number)
}

/// Calls the first party that fits, in its own chat.
pub(crate) async fn call<H: Hold>(
    cx: &mut Context<'_, H>,
    free: Free,
) -> Result<Option<Ticket>, ModuleError> {
    let mut waiting = waiting(cx).await?.into_iter();
    let Some(mut row) = waiting.find(|row| row.value.fits(free)) else {
        return Ok(None);
    };
    row.value.called = Some(free);
    let ticket = row.value.clone();
    news::send(cx, What::Called, &ticket)?;
    row.keep(cx)?;
    tell_next_but_one(cx).await?;
    Ok(Some(ticket))
}

/// Takes a party off the list. The place that it was called to is the next one's.
pub(crate) async fn end<H: Hold>(cx: &mut Context<'_, H>, row: Row<Ticket>, what: What) -> Handled {
    let ticket = row.value.clone();
    cx.delete(row);
    let Some(free) = ticket.called else {
        return tell_next_but_one(cx).await;
    };
    cx.signal_to(GROUP, &News { what, ticket }).await?;
    let Some(ticket) = call(cx, free).await? else {
        return Ok(());
    };
    let what = What::StaffCalled;
    cx.signal_to(GROUP, &News { what, ticket }).await
}

/// Who is called has not come in time, whoever has their chat.
pub(crate) async fn miss<H: OneChat>(cx: &mut Context<'_, H>, number: &i64) -> Handled {
    let row = ticket(cx, *number).await?;
    let Some(row) = row.filter(|row| row.value.called.is_some()) else {
        return Ok(());
    };
    news::send(cx, What::Missed, &row.value)?;
    end(cx, row, What::StaffMissed).await
}

/// Who is next but one is told so, once.
async fn tell_next_but_one<H: Hold>(cx: &mut Context<'_, H>) -> Handled {
    let second = waiting(cx).await?.into_iter().nth(1);
    let Some(mut row) = second.filter(|row| !row.value.is_told) else {
        return Ok(());
    };
    row.value.is_told = true;
    news::send(cx, What::NextButOne, &row.value)?;
    row.keep(cx)
}
