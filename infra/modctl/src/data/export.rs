//! `export`: everything that is kept of an account or of one chat.

use clap::Args;

use crate::data::{about, chat};
use crate::failure::Failure;
use crate::mend::audited::{Change, Why, audited};
use crate::output::{Progress, Screen};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Export {
    /// The account: its bot id, or its basic id.
    account: String,
    /// One chat of it, by its id. Without it, all that the account has.
    chat: Option<String>,
    #[command(flatten)]
    why: Why,
}

impl Export {
    /// Writes one JSON object a line to the standard output.
    pub(crate) async fn run(&self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        self.why.required()?;
        let bot = site.account(&self.account).await?;
        let chat = chat(site, &bot, self.chat.as_deref()).await?;
        let change = Change {
            bot: Some(&bot),
            what: "export".into(),
            // Whose data was given is not kept: it may be to be erased.
            about: Some(about(chat.as_ref()).into()),
            why: &self.why,
            count: 1,
        };
        let work = async {
            let progress = Progress::of("rows read");
            let (mut rows, mut from) = (0_usize, None);
            loop {
                let page = site.store.export(&bot, chat.as_ref(), from.as_deref());
                let page = page.await?;
                for row in &page.rows {
                    screen.line(&row.to_string());
                }
                rows += page.rows.len();
                progress.add(page.rows.len());
                from = page.next;
                if from.is_none() {
                    return Ok(rows);
                }
            }
        };
        let rows = audited(site, change, work, |rows| format!("{rows} rows")).await?;
        eprintln!("{rows} rows.");
        Ok(())
    }
}
