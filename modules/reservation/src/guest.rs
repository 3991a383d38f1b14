//! A guest: what is kept of their chat, and how they are greeted.

use line_module::{
    Action, Active, Argument, ChatKind, Context, Erased, Follow, Handled, ModuleError, OneChat,
    Profile, QuickReply, Text,
};
use serde::{Deserialize, Serialize};

use crate::crm::{self, Change, Crm, Entry};
use crate::menu;
use crate::reserve;
use crate::shop::Shop;
use crate::slot::Slot;
use crate::texts::{Language, Texts};
use crate::waiting;

/// What is kept of a chat.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Guest {
    /// Theirs, once it is known.
    pub(crate) language: Option<Language>,
    pub(crate) reservations: Vec<Slot>,
    /// The key of their row, if they wait for a time.
    pub(crate) waits: Option<String>,
}

/// What every handler of a chat begins with: who it is, and the shop.
pub(crate) struct Visit {
    pub(crate) guest: Guest,
    pub(crate) shop: Shop,
    /// Their rich menu is to be another.
    needs_menu: bool,
}

/// A chat that is ours.
pub(crate) type Ours<'a> = Context<'a, Active>;

impl<H: OneChat> Argument<H> for Visit {
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        let (mut guest, shop): (Guest, Shop) = (cx.state()?, cx.settings()?);
        let now = shop.local(cx.now());
        guest.reservations.retain(|slot| !slot.is_past(now));
        // They speak the language of the words that they use.
        let language = Language::heard(cx.event()).or(guest.language);
        let needs_menu = language != guest.language;
        guest.language = language;
        Ok(Self {
            guest,
            shop,
            needs_menu,
        })
    }
}

impl Visit {
    pub(crate) fn language(&self) -> Language {
        self.guest.language.unwrap_or(self.shop.language)
    }

    pub(crate) fn texts(&self) -> Texts {
        self.language().texts()
    }

    /// Keeps what is known of the guest. Groups have no menu.
    pub(crate) fn keep(&self, cx: &mut Ours<'_>) -> Handled {
        if self.needs_menu && cx.chat().kind == ChatKind::User {
            cx.link_menu(menu::name(self.language()))?;
        }
        cx.set_state(&self.guest)
    }

    /// Keeps it, and answers.
    pub(crate) fn reply(&self, cx: &mut Ours<'_>, answer: impl Serialize) -> Handled {
        self.keep(cx)?;
        cx.reply(&[answer])
    }

    /// The same, with what can be said next.
    pub(crate) fn say(&self, cx: &mut Ours<'_>, text: impl Into<String>) -> Handled {
        self.reply(cx, self.text(cx, text))
    }

    /// With what guests can say and, where there are branches, a way to send their place.
    pub(crate) fn text(&self, cx: &Ours<'_>, text: impl Into<String>) -> Text {
        let words = self.texts().menu().map(QuickReply::say);
        let asks_for_place = cx.chat().kind == ChatKind::User;
        let branch = self.shop.branches().next().filter(|_| asks_for_place);
        let label = branch.map(|_| self.texts().location_label());
        let place = label.map(|label| QuickReply::new(Action::location(label)));
        Text::new(text).quick_replies(words.into_iter().chain(place))
    }
}

/// Someone new, or back.
pub(crate) async fn greet(
    cx: &mut Ours<'_>,
    _: &Follow,
    mut visit: Visit,
    profile: Option<Profile>,
) -> Handled {
    let tag = profile.as_ref().and_then(|it| it.language.as_deref());
    visit.guest.language = tag.map(|tag| Language::known(tag).unwrap_or(Language::En));
    visit.needs_menu = true;
    let greeting = match profile {
        Some(profile) => visit.texts().greeting_name(profile.display_name),
        None => visit.texts().greeting(),
    };
    visit.say(cx, greeting)
}

/// Someone asks to be forgotten: their times are free again, and the register hears of it at once,
/// as a signal would be kept of them. Their rows and reminders go by themselves.
pub(crate) async fn forget<C: Crm, H: OneChat>(
    cx: &mut Context<'_, H>,
    _: &Erased,
    mut visit: Visit,
) -> Handled {
    for slot in &visit.guest.reservations {
        if reserve::give_back(cx, *slot).await? {
            crm::tell::<C, H>(cx, &Entry::of(cx.chat(), *slot, Change::Cancelled)).await?;
        }
    }
    // Each who waits is offered one time.
    if let Some(first) = visit.guest.reservations.first() {
        waiting::offer(cx, &visit, *first).await?;
    }
    waiting::end(cx, &mut visit).await
}
