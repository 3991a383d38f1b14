//! `chats`: the chats of an account, and who holds each.

use clap::Args;
use serde::Serialize;
use shared::domain::{BotId, ChatId, Timestamp};

use crate::failure::Failure;
use crate::look::find::FoundChat;
use crate::look::holder::Held;
use crate::output::{Report, Screen, Table};
use crate::site::Site;

#[derive(Args)]
pub(crate) struct Chats {
    /// The account's bot id, or its basic id, such as @demo.
    bot: String,
    /// Those behind this chat: the last of the page before.
    #[arg(long, value_name = "CHAT")]
    after: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 100, value_name = "NUMBER")]
    most: usize,
}

/// Some of the chats, in the order of their ids.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    bot: BotId,
    chats: Vec<Line>,
    /// What to give as --after for the next page; absent on the last.
    next: Option<ChatId>,
}

#[derive(Debug, Serialize)]
struct Line {
    chat: ChatId,
    /// Absent where the module has not read it.
    name: Option<String>,
    held: Held,
    /// When its registers moved last: by an event of its user's, or of who holds it.
    last_heard: Option<Timestamp>,
    /// Whether the module keeps a state of it.
    has_state: bool,
}

impl Chats {
    pub(crate) async fn run(&self, site: &Site, screen: &Screen) -> Result<Found, Failure> {
        let bot = site.account(&self.bot).await?;
        let account = site.store.bot(&bot).await?.unwrap_or_default().state;
        let after = self.after.as_deref().map(ChatId::new).transpose();
        let after = after.map_err(|error| Failure::Refused(format!("--after: {error}")))?;
        let most = self.most.max(1);
        let page = site.store.chats(&bot, after.as_ref(), most).await?;
        let line = |(id, row)| {
            let chat = FoundChat { id, row };
            Line {
                name: chat.name(),
                held: Held::of(site, &account, &chat.row.registers, screen),
                last_heard: chat.row.registers.last_heard(),
                has_state: chat.row.state.is_some(),
                chat: chat.id,
            }
        };
        Ok(Found {
            chats: page.rows.into_iter().map(line).collect(),
            next: page.next,
            bot,
        })
    }
}

impl Report for Found {
    fn print(&self, screen: &mut Screen) {
        let headings = [
            "chat",
            "name",
            "held by",
            "since",
            "until",
            "last heard",
            "state",
        ];
        let mut table = Table::new(&headings);
        let time = |at: Option<Timestamp>, screen: &Screen| {
            at.map_or_else(String::new, |at| screen.time(at))
        };
        for line in &self.chats {
            let held = &line.held;
            let cells = [
                line.chat.to_string(),
                line.name.clone().unwrap_or_default(),
                held.by.name().to_owned(),
                time(held.since, screen),
                time(held.until, screen),
                time(line.last_heard, screen),
                if line.has_state { "yes" } else { "" }.to_owned(),
            ];
            table.toned_row(held.by.tone(), cells);
        }
        table.print(screen, "No chat.");
        if let Some(next) = &self.next {
            screen.line(&format!("There are more: --after {next}"));
        }
    }
}
