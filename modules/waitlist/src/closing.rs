//! At closing time all open tickets end, and the numbers start again from 1.

use std::time::Duration;

use line_module::{Account, Context, Day, Handled};

use crate::list::{NUMBER, TICKETS, Ticket};
use crate::news::{self, What};

/// The timer that goes on where one event cannot end them all.
pub(crate) const TIMER: &str = "close";
/// Maximum number of tickets that one event ends: a handler may send 50 signals.
const MOST: u16 = 40;

pub(crate) async fn close(cx: &mut Context<'_, Account>, _: &Day) -> Handled {
    cx.remove(NUMBER).await?;
    close_rest(cx, &()).await
}

pub(crate) async fn close_rest(cx: &mut Context<'_, Account>, (): &()) -> Handled {
    let page = cx.rows_page::<Ticket>(TICKETS, None, MOST).await?;
    for row in page.rows {
        news::send(cx, What::Closed, &row.value)?;
        cx.delete(row);
    }
    match page.next {
        Some(_) => cx.after(TIMER, Duration::ZERO, &()),
        None => Ok(()),
    }
}
