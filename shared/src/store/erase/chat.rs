//! One chat: its own rows, and where others' rows name its user.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::ledger::{Change, Person, user_mark};
use crate::domain::{BotId, ChatId, EventId, LedgerEntry, Timestamp, UserId, words};
use crate::store::erase::{Counts, PAGE, has_text, key_of, text};
use crate::store::kind::RowKind;
use crate::store::row::Place;
use crate::store::{BotRow, ChatRow, Item, LedgerKey, Store, StoreError, if_held, keys, s};

const OPERATION: &str = "erase a chat";
/// Maximum number of times that a row is looked at again, as others have written it meanwhile.
const ROUNDS: u32 = 16;

/// What is erased.
#[derive(Debug)]
pub struct Target {
    bot: BotId,
    chat: ChatId,
    /// What the keys of its events begin with.
    prefix: String,
    /// These go last: the event that asks for the erasure is known by its row, and the name by
    /// the chat's.
    last: Vec<String>,
    person: Person,
    mark: Option<String>,
}

/// What became of a page of an account's rows.
#[derive(Debug, Default)]
pub struct ChatPage {
    /// The chat's rows that are gone, and the module's that named it.
    pub removed: Counts,
    /// Others' rows in which the user is named no more.
    pub changed: Counts,
    /// Rows that name the user, of kinds that are not ours to write.
    pub left: Counts,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

/// What is done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Goes,
    /// It is another's, and names the user.
    IsRewritten,
    /// It is of a kind that only its writer may change.
    IsLeft,
}

impl Store {
    /// What is to be erased for the event `by`, with the name that the chat's user is known by.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn erasure_of(
        &self,
        bot: &BotId,
        chat: &ChatId,
        by: &EventId,
        alias: String,
    ) -> Result<Target, StoreError> {
        let name = self.known_name(bot, chat).await?;
        let key = keys::chat(chat);
        let own = LedgerKey {
            bot: bot.clone(),
            chat: Some(chat.clone()),
            event: by.clone(),
        };
        let user = UserId::new(chat.as_str()).ok();
        Ok(Target {
            prefix: format!("{key}#"),
            last: vec![own.sort(), key],
            mark: user.map(|user| user_mark(bot, &user)),
            person: Person {
                id: chat.as_str().to_owned(),
                name,
                alias,
            },
            bot: bot.clone(),
            chat: chat.clone(),
        })
    }

    /// The name in the profile that is kept, however old.
    async fn known_name(&self, bot: &BotId, chat: &ChatId) -> Result<Option<String>, StoreError> {
        let row = self.chat(bot, chat).await?;
        let name = row.and_then(|row| row.profile?.display_name());
        // A name of one letter would be found everywhere.
        Ok(name.filter(|name| name.chars().count() > 1))
    }

    /// Erases the chat from a page of its account's rows.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read; some of the page may be done.
    pub async fn erase_from(
        &self,
        target: &Target,
        from: Option<&str>,
        now: Timestamp,
    ) -> Result<ChatPage, StoreError> {
        let rows = self.partition(OPERATION, &target.bot, from, PAGE).await?;
        let mut page = ChatPage {
            next: rows.next,
            ..ChatPage::default()
        };
        for item in rows.items {
            self.erase_row(target, item, now, &mut page).await?;
        }
        Ok(page)
    }

    /// Ends the erasure: the rows that were kept until now go, and messages of the queue that
    /// name the chat.
    ///
    /// # Errors
    /// The table is not available; some of it may be done.
    pub async fn erase_last(
        &self,
        target: &Target,
        now: Timestamp,
    ) -> Result<ChatPage, StoreError> {
        let mut page = ChatPage::default();
        let messages = self
            .end_messages_of(&target.bot, &target.person.id, now)
            .await?;
        if messages > 0 {
            page.changed.0.insert("message".into(), messages);
        }
        for sort in &target.last {
            let delete = self
                .client
                .delete_item()
                .table_name(&self.table)
                .set_key(Some(keys::key(&keys::bot(&target.bot), sort)));
            let condition = delete.condition_expression("attribute_exists(chat_id)");
            if if_held(OPERATION, condition.send().await)?.is_some() {
                page.removed.count(RowKind::of(sort));
            }
        }
        Ok(page)
    }

    async fn erase_row(
        &self,
        target: &Target,
        item: Item,
        now: Timestamp,
        page: &mut ChatPage,
    ) -> Result<(), StoreError> {
        let kind = RowKind::of(keys::sort_of(&item));
        let mut item = Some(item);
        for _ in 0..ROUNDS {
            let Some(row) = &item else {
                return Ok(());
            };
            let is_done = match target.fate(row) {
                Fate::Stays => return Ok(()),
                Fate::IsLeft => {
                    page.left.count(kind);
                    return Ok(());
                }
                Fate::Goes => {
                    let is_gone = self.delete_row(OPERATION, row, as_seen(kind, row)).await?;
                    page.removed.extend(is_gone.then_some(kind));
                    is_gone
                }
                Fate::IsRewritten => {
                    let is_changed = self.rewrite(target, kind, row, now).await?;
                    page.changed.extend(is_changed.then_some(kind));
                    return Ok(());
                }
            };
            if is_done {
                return Ok(());
            }
            // Others have written it since it was read.
            item = self.read_again(row).await?;
        }
        Err(StoreError::Unavailable {
            operation: OPERATION,
            reason: "a row keeps changing".into(),
        })
    }

    async fn read_again(&self, item: &Item) -> Result<Option<Item>, StoreError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(item)))
            .consistent_read(true);
        let answer = get.send().await;
        Ok(answer.map_err(StoreError::unavailable(OPERATION))?.item)
    }

    /// Takes the user out of another's row; tells whether that has changed it.
    async fn rewrite(
        &self,
        target: &Target,
        kind: RowKind,
        item: &Item,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match kind {
            RowKind::Event => {
                let is_theirs = target.is_theirs(item);
                let take_out = |entry: &LedgerEntry| {
                    let entry = entry.clone().without(&target.person);
                    match is_theirs {
                        true => entry.of_nobody(),
                        false => entry,
                    }
                };
                self.rewrite_event(OPERATION, item, now, take_out).await
            }
            RowKind::Chat => self.rewrite_state(target, item).await,
            RowKind::Audit => self.rewrite_audit(target, item).await,
            _ => {
                let out = |row: &mut BotRow| {
                    let settings = std::mem::take(&mut row.settings);
                    let out = |text: &str| target.person.out_of(text);
                    let settings = settings
                        .into_iter()
                        .map(|(key, value)| (key, words::changed(value, &out)));
                    row.settings = settings.collect();
                };
                self.update_bot(&target.bot, out).await.map(|_| true)
            }
        }
    }

    /// What a person has done stays, without about whom. Its row has an end, and none is made anew.
    async fn rewrite_audit(&self, target: &Target, item: &Item) -> Result<bool, StoreError> {
        let words = ["about", "reason", "result"].into_iter();
        let named = words.filter_map(|name| Some((name, text(item, name)?)));
        let named: Vec<_> = named
            .filter(|(_, words)| target.person.is_named_by_id(words))
            .collect();
        let sets: Vec<_> = named
            .iter()
            .map(|(name, _)| format!("#{name} = :{name}"))
            .collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(item)))
            .condition_expression("attribute_exists(chat_id)")
            .update_expression(format!("SET {}", sets.join(", ")));
        for (name, words) in named {
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), s(target.person.out_of(words)));
        }
        Ok(if_held(OPERATION, update.send().await)?.is_some())
    }

    /// The module's state of another chat, and its dialogue: a group's, say.
    async fn rewrite_state(&self, target: &Target, item: &Item) -> Result<bool, StoreError> {
        let place = Place {
            operation: OPERATION,
            key: key_of(item),
            now: Timestamp::default(),
        };
        let out = |text: &str| target.person.out_of(text);
        let change = |row: &ChatRow| {
            let mut rewritten = row.clone();
            let dialogue = rewritten.dialogue.as_mut();
            let progress = dialogue.map(|dialogue| &mut dialogue.progress);
            for json in rewritten.state.iter_mut().chain(progress) {
                *json = words::with_texts(json, &out);
            }
            match rewritten == *row {
                true => Change::Keep(false),
                false => Change::Write(rewritten, true),
            }
        };
        Ok(self.change(&place, None, change).await?.1)
    }
}

impl Target {
    fn fate(&self, item: &Item) -> Fate {
        let sort = keys::sort_of(item);
        if self.last.iter().any(|last| last == sort) {
            return Fate::Stays; // until the end
        }
        let names_id = |text: &str| self.person.is_named_by_id(text);
        let has_id = |name: &str| text(item, name).is_some_and(names_id);
        let has_id_in_dialogue = || {
            let dialogue = item.get("dialogue").and_then(|it| it.as_m().ok());
            dialogue.is_some_and(|dialogue| has_text(dialogue, &names_id))
        };
        let is_named = has_text(item, &names_id);
        match RowKind::of(sort) {
            RowKind::Event if sort.starts_with(&self.prefix) => Fate::Goes,
            RowKind::Event if self.is_theirs(item) => Fate::IsRewritten,
            RowKind::Event if is_named || self.is_named_in_words(item) => Fate::IsRewritten,
            RowKind::Timer if text(item, "chat") == Some(self.chat.as_str()) => Fate::Goes,
            RowKind::Timer | RowKind::Module if is_named => Fate::Goes,
            RowKind::Chat if has_id("state") || has_id_in_dialogue() => Fate::IsRewritten,
            RowKind::Account | RowKind::Audit if is_named => Fate::IsRewritten,
            RowKind::Other if is_named => Fate::IsLeft,
            _ => Fate::Stays,
        }
    }

    /// Whether the event is of this user, in a group or room.
    fn is_theirs(&self, item: &Item) -> bool {
        self.mark.is_some() && text(item, "user_mark") == self.mark.as_deref()
    }

    /// Whether what was sent in another chat has their name.
    fn is_named_in_words(&self, item: &Item) -> bool {
        let words = ["plan", "raw", "reason"].into_iter();
        let mut words = words.filter_map(|name| text(item, name));
        words.any(|it| self.person.is_named(it))
    }
}

/// The condition that a row is as it was seen: its counter, or what tells one write from another.
fn as_seen(kind: RowKind, item: &Item) -> (&'static str, Item) {
    let (condition, name) = match kind {
        RowKind::Module => ("version = :seen", "version"),
        RowKind::Timer => ("id = :seen", "id"),
        _ => ("attribute_exists(chat_id)", ""),
    };
    let seen: Option<&AttributeValue> = item.get(name);
    match seen {
        Some(seen) => (condition, Item::from([(":seen".into(), seen.clone())])),
        None => ("attribute_exists(chat_id)", Item::new()),
    }
}
