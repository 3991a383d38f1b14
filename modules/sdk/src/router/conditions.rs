//! Routes that are there under a condition: by the chat, its state, the account's settings.

use crate::hold::{Hold, OneChat};
use crate::router::{Failed, Match, Route, Routes};
use crate::{ChatKind, Context, ModuleError};
use shared::domain::Event;

impl<H: Hold> Routes<H> {
    /// These routes, where the condition holds. It is asked with each event that one of them may
    /// take, before any handler runs: it looks at the chat, its state and the settings, and reads
    /// nothing. Where it fails, the event fails as by a handler's error.
    ///
    /// ```
    /// use line_module::{Active, Context, Handled, Routes, Text, TextMessage};
    ///
    /// #[derive(Default, serde::Serialize, serde::Deserialize)]
    /// struct Guest {
    ///     ticket: Option<u32>,
    /// }
    ///
    /// async fn give_up(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    ///     cx.set_state(&Guest::default())?;
    ///     cx.reply(&[Text::new("Your ticket is given up.")])
    /// }
    ///
    /// let has_ticket = |cx: &Context<'_, Active>| Ok(cx.state::<Guest>()?.ticket.is_some());
    /// let routes = Routes::new().when(has_ticket, Routes::new().text("give up", give_up));
    /// # let _ = routes;
    /// ```
    #[must_use]
    pub fn when<C>(mut self, condition: C, mut routes: Self) -> Self
    where
        C: Fn(&Context<'_, H>) -> Result<bool, ModuleError> + Send + Sync + 'static,
    {
        self.adopt(&mut routes);
        self.add(Conditional { condition, routes })
    }
}

impl<H: OneChat> Routes<H> {
    /// These routes, in groups and rooms.
    #[must_use]
    pub fn in_group(self, routes: Self) -> Self {
        self.when(|cx| Ok(cx.chat().kind != ChatKind::User), routes)
    }

    /// These routes, in chats with one user.
    #[must_use]
    pub fn in_user_chat(self, routes: Self) -> Self {
        self.when(|cx| Ok(cx.chat().kind == ChatKind::User), routes)
    }
}

struct Conditional<C, H> {
    condition: C,
    routes: Routes<H>,
}

impl<C, H> Route<H> for Conditional<C, H>
where
    H: Hold,
    C: Fn(&Context<'_, H>) -> Result<bool, ModuleError> + Send + Sync,
{
    fn may_take(&self, event: &Event) -> bool {
        self.routes.may_take(event)
    }

    fn find<'r>(&'r self, cx: &Context<'_, H>) -> Option<Box<dyn Match<H> + 'r>> {
        if !self.may_take(cx.event()) {
            return None;
        }
        match (self.condition)(cx) {
            Ok(true) => self.routes.find(cx),
            Ok(false) => None,
            Err(error) => Some(Box::new(Failed(error))),
        }
    }
}
