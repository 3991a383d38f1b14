//! A guest: what is kept of their chat, and how they are greeted.

use line_module::{
    Action, Active, ChatKind, Context, Erased, Follow, Handled, InChat, ModuleError, OneChat,
    QuickReply, Text, TextMessage,
};
use serde::{Deserialize, Serialize};

use crate::crm::{self, Change, Crm};
use crate::menu;
use crate::news::News;
use crate::reserve;
use crate::shop::Shop;
use crate::slot::Slot;
use crate::staff;
use crate::texts::{Language, Texts};
use crate::waiting;

/// What is kept of a chat.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Guest {
    /// Theirs, once it is known.
    #[serde(default)]
    pub(crate) language: Option<Language>,
    pub(crate) reservations: Vec<Slot>,
    /// They asked to be answered by the module again.
    #[serde(default)]
    pub(crate) returns: bool,
    /// The key of their row, if they wait for a time.
    #[serde(default)]
    pub(crate) waits: Option<String>,
    /// What is to be said when the chat is ours again.
    #[serde(default)]
    pub(crate) news: Vec<News>,
}

/// One event of a guest's: the chat, who it is, and the shop.
pub(crate) struct Visit<'v, 'cx, H = Active> {
    pub(crate) cx: &'v mut Context<'cx, H>,
    pub(crate) guest: Guest,
    pub(crate) shop: Shop,
}

/// Someone new, or back.
pub(crate) async fn greet(cx: &mut Context<'_, Active>, _: &Follow) -> Handled {
    let profile = cx.profile().await?;
    let mut visit = Visit::begin(cx)?;
    let language = profile
        .as_ref()
        .and_then(|profile| profile.language.as_deref());
    visit.guest.language = language.map(|tag| Language::known(tag).unwrap_or(Language::En));
    let name = profile.map(|profile| profile.display_name);
    let texts = visit.texts();
    let greeting = name.map_or_else(|| texts.greeting(), |name| texts.greeting_name(name));
    visit.give_menu()?;
    visit.say_with_menu(greeting)
}

/// Someone asks to be forgotten: their times are free again, and the register hears of it. Their
/// rows and reminders go by themselves.
pub(crate) async fn forget<C: Crm, H: OneChat>(cx: &mut Context<'_, H>, _: &Erased) -> Handled {
    let mut visit = Visit::begin(cx)?;
    visit.forget_past();
    let reservations = std::mem::take(&mut visit.guest.reservations);
    for slot in &reservations {
        if reserve::give_back(&mut visit, *slot).await? {
            crm::note::<C, H>(visit.cx, *slot, Change::Cancelled).await?;
        }
    }
    // Each who waits is offered one time.
    if let Some(first) = reservations.first() {
        waiting::offer(&mut visit, *first).await?;
    }
    waiting::end(&mut visit).await
}

impl<'v, 'cx, H: InChat> Visit<'v, 'cx, H> {
    pub(crate) fn begin(cx: &'v mut Context<'cx, H>) -> Result<Self, ModuleError> {
        Ok(Self {
            guest: cx.state()?,
            shop: cx.settings()?,
            cx,
        })
    }

    pub(crate) fn language(&self) -> Language {
        self.guest.language.unwrap_or(self.shop.language)
    }

    pub(crate) fn texts(&self) -> Texts {
        self.language().texts()
    }

    /// What is over is no longer listed.
    pub(crate) fn forget_past(&mut self) {
        let now = self.shop.local(self.cx.now());
        self.guest.reservations.retain(|slot| !slot.is_past(now));
    }
}

/// What only a chat that is ours can have.
impl Visit<'_, '_> {
    /// What they say by a word of the menu tells their language, and that they go on with us.
    pub(crate) fn hear(&mut self, said: &TextMessage) -> Handled {
        self.forget_past();
        self.cx.cancel_timer(staff::TIMER)?;
        let language = Language::said(said).or(self.guest.language);
        if self.guest.language == language {
            return Ok(());
        }
        self.guest.language = language;
        self.give_menu()
    }

    /// Which branch is near, and how far, in kilometres.
    pub(crate) fn nearest(&self, branch: &str, kilometres: f64) -> String {
        self.texts().nearest(branch, format!("{kilometres:.1}"))
    }

    /// Groups have none.
    fn give_menu(&mut self) -> Handled {
        match self.cx.chat().kind {
            ChatKind::User => self.cx.link_menu(menu::name(self.language())),
            ChatKind::Group | ChatKind::Room => Ok(()),
        }
    }

    /// What guests can say and, where there are branches, a way to send their place.
    pub(crate) fn menu(&self) -> Vec<QuickReply> {
        let texts = self.texts();
        let labels = [
            texts.reserve_label(),
            texts.list_label(),
            texts.staff_label(),
        ];
        let words = labels.map(|label| QuickReply::message(label.clone(), label));
        let asks_for_place = self.cx.chat().kind == ChatKind::User;
        let branch = self.shop.branches().next().filter(|_| asks_for_place);
        let place = branch.map(|_| QuickReply::new(Action::location(texts.location_label())));
        words.into_iter().chain(place).collect()
    }

    pub(crate) fn say_with_menu(self, text: impl Into<String>) -> Handled {
        let menu = self.menu();
        self.say(Text::new(text).quick_replies(menu))
    }

    /// Answers, and keeps what is known of the guest.
    pub(crate) fn say(self, answer: impl Serialize) -> Handled {
        self.cx.set_state(&self.guest)?;
        self.cx.reply(&[answer])?;
        Ok(())
    }
}
