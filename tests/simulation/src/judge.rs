//! Who may speak, written down a second time, from the design's own words, over all that is
//! known and not over registers: what the bundle does is held against it.

use std::collections::BTreeSet;

use crate::judges::accounts::Entry;
use crate::line::LineEvent;
use crate::schedule::What;

/// How long before its end control counts as lapsed.
const LAPSE: i64 = 2_000;

/// A control entry of our own: we took the chat, or gave it back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Own {
    /// When, as it is entered.
    pub(crate) at: i64,
    /// By which event or deed.
    pub(crate) by: String,
    /// Until when it is ours, or without limit; not at all if it was given back.
    pub(crate) ours: Option<Option<i64>>,
}

/// What someone knows of an account and one of its chats.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    /// The account's events.
    pub(crate) of_bot: Vec<&'a LineEvent>,
    /// The chat's.
    pub(crate) of_chat: Vec<&'a LineEvent>,
    /// Our own entries.
    pub(crate) own: Vec<Own>,
    /// What was entered of the account beside them.
    pub(crate) entered: Vec<Entry>,
}

/// Why nothing may be sent.
pub(crate) type Silence = &'static str;

/// Whether we hold a chat, as one control entry says it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Holds {
    Ours(Option<i64>),
    Theirs,
    Default,
}

impl Known<'_> {
    fn newest(&self, is: impl Fn(&What) -> bool) -> Option<i64> {
        let events = self.of_bot.iter().filter(|event| is(&event.what));
        events.map(|event| event.at).max()
    }

    fn entered(&self, is: impl Fn(&Entry) -> Option<i64>) -> Option<i64> {
        self.entered.iter().filter_map(is).max()
    }

    /// The newest detach.
    pub(crate) fn detached_at(&self) -> Option<i64> {
        let by_event = self.newest(|what| *what == What::Detached);
        by_event.max(self.entered(|entry| match entry {
            Entry::Detached { at } => Some(*at),
            _ => None,
        }))
    }

    /// The newest attach.
    pub(crate) fn attached_at(&self) -> Option<i64> {
        let by_event = self.newest(|what| matches!(what, What::Attached(_)));
        by_event.max(self.entered(|entry| match entry {
            Entry::Attached { at, .. } => Some(*at),
            _ => None,
        }))
    }

    /// The newest attach or detach.
    pub(crate) fn newest_change(&self) -> Option<i64> {
        self.attached_at().max(self.detached_at())
    }

    /// Whether we are to detach the account.
    pub(crate) fn is_marked(&self) -> bool {
        let marked = self.entered(|entry| match entry {
            Entry::Marked { at } => Some(*at),
            _ => None,
        });
        marked > self.newest_change()
    }

    /// Whether its attachment has ended, and is not to be ended once more.
    pub(crate) fn is_detached(&self) -> bool {
        let ended = self.detached_at();
        ended.is_some() && ended >= self.attached_at() && !self.is_marked()
    }

    /// Whether the account is attached, and is not to be detached.
    pub(crate) fn is_attached(&self) -> bool {
        !self.is_marked() && !self.is_detached()
    }

    /// Since when it is suspended, if it is.
    pub(crate) fn suspended_at(&self) -> Option<i64> {
        let suspended = self.newest(|what| *what == What::Suspended);
        let resumed = self.newest(|what| *what == What::Resumed);
        suspended.filter(|_| suspended > resumed && suspended >= self.attached_at())
    }

    /// When it was last attached or came back from a suspension.
    pub(crate) fn newest_start(&self) -> Option<i64> {
        let resumed = self.newest(|what| *what == What::Resumed);
        resumed.max(self.attached_at())
    }

    /// What is granted, if that is known. Known scopes beat unknown ones of the same
    /// attachment.
    pub(crate) fn scopes(&self) -> Option<BTreeSet<String>> {
        self.newest_scopes().map(|(_, scopes)| scopes)
    }

    /// The same, with when they were granted.
    pub(crate) fn newest_scopes(&self) -> Option<(i64, BTreeSet<String>)> {
        let by_event = self.of_bot.iter().filter_map(|event| match &event.what {
            What::Attached(Some(words)) => Some((event.at, words)),
            _ => None,
        });
        let entered = self.entered.iter().filter_map(|entry| match entry {
            Entry::Attached {
                at,
                scopes: Some(words),
            } => Some((*at, words)),
            _ => None,
        });
        let known = by_event.chain(entered);
        let of_present = known.filter(|(at, _)| Some(*at) > self.detached_at());
        let sets = of_present.map(|(at, words)| {
            let words = words.split(' ').map(str::to_owned);
            (at, words.collect::<BTreeSet<_>>())
        });
        sets.max()
    }

    /// Whether a scope is known not to be granted.
    pub(crate) fn lacks(&self, scope: &str) -> bool {
        self.scopes().is_some_and(|scopes| !scopes.contains(scope))
    }

    /// What stands against doing anything for the account.
    fn account(&self, scope: &str) -> Result<(), Silence> {
        match () {
            () if !self.is_attached() => Err("not attached"),
            () if self.suspended_at().is_some() => Err("suspended"),
            () if self.lacks(scope) => Err("scope not granted"),
            () => Ok(()),
        }
    }

    fn of_present(&self) -> impl Iterator<Item = &LineEvent> {
        let detached = self.detached_at();
        let events = self.of_chat.iter().copied();
        events.filter(move |event| Some(event.at) > detached)
    }

    fn is_gone(&self) -> bool {
        let signs = self.of_present().filter_map(|event| {
            let here = match event.what {
                What::Follow => Some(true),
                What::Unfollow => Some(false),
                _ => event.token.then_some(true),
            };
            Some((event.at, &event.id, here?))
        });
        signs.max().is_some_and(|(_, _, here)| !here)
    }

    /// The newest word on control: when, by what, and what it says.
    fn control(&self) -> Option<(i64, String, Holds)> {
        let detached = self.detached_at();
        let by_event = self.of_present().filter_map(|event| {
            let holds = match event.what {
                What::Activated(_) => Holds::Ours(event.expire_at),
                What::Deactivated => Holds::Theirs,
                What::Follow => Holds::Default,
                _ => return None,
            };
            Some((event.at, event.id.clone(), holds))
        });
        let own_of_present = self.own.iter().filter(|own| Some(own.at) > detached);
        let by_own = own_of_present.map(|own| {
            let holds = own.ours.map_or(Holds::Theirs, Holds::Ours);
            (own.at, own.by.clone(), holds)
        });
        by_event
            .chain(by_own)
            .max_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)))
    }

    /// The newest mode of a user's event: when, by what, and whether it is active.
    fn mode(&self) -> Option<(i64, String, bool)> {
        let is_control = |what: &What| matches!(what, What::Activated(_) | What::Deactivated);
        self.of_present()
            .filter(|event| !is_control(&event.what))
            .map(|event| (event.at, event.id.clone(), event.active))
            .max()
    }

    /// Whether anything may be sent into the chat.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_speak(&self, now: i64, default_active: bool) -> Result<(), Silence> {
        self.account("message:send")?;
        if self.is_gone() {
            return Err("gone");
        }
        let by_control = |holds| match holds {
            Holds::Ours(until) => until.is_none_or(|until| now < until - LAPSE),
            Holds::Theirs => false,
            Holds::Default => default_active,
        };
        let by_mode = |at, active, holds| match holds {
            Holds::Ours(Some(until)) if until > at => active && now < until - LAPSE,
            _ => active,
        };
        let ours = match (self.control(), self.mode()) {
            (None, None) => default_active,
            (None, Some((_, _, active))) => active,
            (Some((_, _, holds)), None) => by_control(holds),
            (Some((c, by, holds)), Some((m, event, active))) => match c.cmp(&m) {
                std::cmp::Ordering::Less => by_mode(m, active, holds),
                std::cmp::Ordering::Greater => by_control(holds),
                std::cmp::Ordering::Equal if by == event => by_mode(m, active, holds),
                std::cmp::Ordering::Equal => by_control(holds) && by_mode(m, active, holds),
            },
        };
        if ours { Ok(()) } else { Err("standby") }
    }

    /// Whether the chat may be taken or given back for an event of that time.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_control(&self, event_at: i64) -> Result<(), Silence> {
        self.account("message:receive")?;
        if self.is_gone() {
            return Err("gone");
        }
        match self.control() {
            Some((at, _, _)) if at > event_at => Err("someone has decided since"),
            _ => Ok(()),
        }
    }
}
