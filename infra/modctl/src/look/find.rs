//! A chat as a person names it: by its id, or by a part of its id or of its user's name.

use shared::domain::{BotId, ChatId};
use shared::store::{ChatRow, LedgerKey};

use crate::failure::Failure;
use crate::output::Progress;
use crate::site::Site;

/// Chats read at once.
pub(crate) const PAGE: usize = 100;
/// An id of LINE's has so many characters at least.
const SHORTEST_ID: usize = 33;
/// More than these are not listed where one was wanted.
const MOST_LISTED: usize = 10;

/// A chat that was found.
#[derive(Debug, Clone)]
pub(crate) struct FoundChat {
    pub(crate) id: ChatId,
    pub(crate) row: ChatRow,
}

impl FoundChat {
    /// The name of the chat's user, if the module has read it.
    pub(crate) fn name(&self) -> Option<String> {
        name(&self.row)
    }

    fn is_meant_by(&self, named: &str) -> bool {
        let named = named.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&named);
        has(self.id.as_str()) || self.name().is_some_and(|name| has(&name))
    }
}

/// The name of a chat's user, if the module has read it: LINE tells names to nobody else.
pub(crate) fn name(row: &ChatRow) -> Option<String> {
    row.profile.as_ref()?.display_name()
}

/// The one chat that is meant.
///
/// # Errors
/// [`Failure`]: none is, several are, or the table's.
pub(crate) async fn chat(site: &Site, bot: &BotId, named: &str) -> Result<FoundChat, Failure> {
    if let Some(found) = by_id(site, bot, named).await? {
        return Ok(found);
    }
    let found = chats(site, bot, named).await?;
    one(found, named, bot)
}

/// The chat of this very id: a part of a name would be too little to change something, to give data
/// away or to end it.
///
/// # Errors
/// [`Failure::NotFound`]: it is no id, but a name or a part of one; else the table's.
pub(crate) async fn by_whole_id(site: &Site, bot: &BotId, named: &str) -> Result<ChatId, Failure> {
    let none = || {
        Failure::NotFound(format!(
            "{named:?} is no chat's id of {bot}: it takes the whole id, as `modctl chats {bot}` \
             lists it, and no name"
        ))
    };
    let chat = ChatId::new(named).map_err(|_| none())?;
    // Who has written in groups alone has no chat, and is named in others' rows.
    let is_id = named.len() >= SHORTEST_ID && named.bytes().all(|it| it.is_ascii_graphic());
    match is_id || site.store.chat(bot, &chat).await?.is_some() {
        true => Ok(chat),
        false => Err(none()),
    }
}

/// Of those found, if there is one.
///
/// # Errors
/// [`Failure`]: there is none, or there are several.
pub(crate) fn one(
    mut found: Vec<FoundChat>,
    named: &str,
    bot: &BotId,
) -> Result<FoundChat, Failure> {
    match (found.len(), found.pop()) {
        (1, Some(chat)) => Ok(chat),
        (_, None) => Err(Failure::NotFound(format!(
            "{bot} has no chat {named:?}, nor one with that in its name: `modctl chats {bot}` \
             lists them. A name is known where the module has read it"
        ))),
        (number, Some(last)) => {
            found.push(last);
            let listed = found.iter().take(MOST_LISTED).map(|chat| {
                let name = chat.name().unwrap_or_else(|| "without a name".into());
                format!("\n  {} {name}", chat.id)
            });
            Err(Failure::Refused(format!(
                "{number} chats of {bot} have {named:?} in their id or name: name one of them by \
                 its id{}",
                listed.collect::<String>()
            )))
        }
    }
}

/// The chat of exactly this id, if there is one.
async fn by_id(site: &Site, bot: &BotId, named: &str) -> Result<Option<FoundChat>, Failure> {
    let Ok(id) = ChatId::new(named) else {
        return Ok(None);
    };
    let row = site.store.chat(bot, &id).await?;
    Ok(row.map(|row| FoundChat { id, row }))
}

/// All chats that have this in their id or name.
async fn chats(site: &Site, bot: &BotId, named: &str) -> Result<Vec<FoundChat>, Failure> {
    let mut found = Vec::new();
    each_page(site, bot, async |page| {
        let meant = page.iter().filter(|chat| chat.is_meant_by(named));
        found.extend(meant.cloned());
        Ok(true)
    })
    .await?;
    Ok(found)
}

/// Goes through all chats of an account, page after page, until `visit` says false.
///
/// # Errors
/// The table's, or those of `visit`.
pub(crate) async fn each_page(
    site: &Site,
    bot: &BotId,
    mut visit: impl AsyncFnMut(&[FoundChat]) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let progress = Progress::of("chats looked through");
    let mut after = None;
    loop {
        let page = site.store.chats(bot, after.as_ref(), PAGE).await?;
        let rows = page.rows.into_iter();
        let chats: Vec<_> = rows.map(|(id, row)| FoundChat { id, row }).collect();
        progress.add(chats.len());
        after = page.next;
        if !visit(&chats).await? || after.is_none() {
            return Ok(());
        }
    }
}

/// What a search for an event or a chat has come to.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// The event of this id.
    pub(crate) event: Option<LedgerKey>,
    /// Chats with this in their id or name.
    pub(crate) chats: Vec<FoundChat>,
}

/// Looks through the chats of an account for an event of this id, or for chats that are named so.
///
/// # Errors
/// The table's.
pub(crate) async fn event_or_chats(
    site: &Site,
    bot: &BotId,
    named: &str,
) -> Result<Search, Failure> {
    let mut search = Search::default();
    let keys_of = |chats: &[FoundChat]| -> Vec<LedgerKey> {
        let chats = chats.iter().map(|chat| Some(chat.id.clone()));
        chats.filter_map(|chat| key(bot, chat, named)).collect()
    };
    let of_account = key(bot, None, named).into_iter().collect::<Vec<_>>();
    let found = site.store.events(&of_account, site.now()).await?;
    search.event = found.into_iter().next().map(|it| it.key);
    if search.event.is_some() {
        return Ok(search);
    }
    each_page(site, bot, async |page| {
        let found = site.store.events(&keys_of(page), site.now()).await?;
        search.event = found.into_iter().next().map(|it| it.key);
        let meant = page.iter().filter(|chat| chat.is_meant_by(named));
        search.chats.extend(meant.cloned());
        Ok(search.event.is_none())
    })
    .await?;
    Ok(search)
}

fn key(bot: &BotId, chat: Option<ChatId>, event: &str) -> Option<LedgerKey> {
    Some(LedgerKey {
        bot: bot.clone(),
        chat,
        event: shared::domain::EventId::new(event).ok()?,
    })
}
