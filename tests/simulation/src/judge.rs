//! Who may speak, written down anew from the design's own words, over all that is
//! known and not over registers: what the bundle does is held against it.

use crate::line::Told;
use crate::schedule::What;

/// Control counts as lapsed so long before its end.
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

/// What a walk over LINE's list has entered for an account: when it began.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Entered {
    /// It was in the list.
    pub(crate) attached: Option<i64>,
    /// It was not, twice, and LINE has refused its info.
    pub(crate) detached: Option<i64>,
}

/// What someone knows of an account and one of its chats.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    /// The account's events.
    pub(crate) of_bot: Vec<&'a Told>,
    /// The chat's.
    pub(crate) of_chat: Vec<&'a Told>,
    /// Our own entries.
    pub(crate) own: Vec<Own>,
    /// The reconciler's.
    pub(crate) entered: Entered,
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

    fn detached_at(&self) -> Option<i64> {
        let told = self.newest(|what| *what == What::Detached);
        told.max(self.entered.detached)
    }

    fn attached_at(&self) -> Option<i64> {
        let told = self.newest(|what| matches!(what, What::Attached(_)));
        told.max(self.entered.attached)
    }

    /// Whether the account is attached.
    pub(crate) fn is_attached(&self) -> bool {
        self.detached_at()
            .is_none_or(|at| self.attached_at() > Some(at))
    }

    fn is_suspended(&self) -> bool {
        let suspended = self.newest(|what| *what == What::Suspended);
        let resumed = self.newest(|what| *what == What::Resumed);
        suspended > resumed && suspended >= self.attached_at()
    }

    /// Known scopes beat unknown ones of the same life.
    fn lacks(&self, scope: &str) -> bool {
        let told = self.of_bot.iter().filter_map(|event| match &event.what {
            What::Attached(Some(words)) if Some(event.at) > self.detached_at() => {
                Some((event.at, words))
            }
            _ => None,
        });
        told.max()
            .is_some_and(|(_, words)| !words.split(' ').any(|word| word == scope))
    }

    /// What stands against doing anything for the account.
    fn account(&self, scope: &str) -> Result<(), Silence> {
        match () {
            () if !self.is_attached() => Err("not attached"),
            () if self.is_suspended() => Err("suspended"),
            () if self.lacks(scope) => Err("scope not granted"),
            () => Ok(()),
        }
    }

    fn of_present(&self) -> impl Iterator<Item = &Told> {
        let detached = self.detached_at();
        let events = self.of_chat.iter().copied();
        events.filter(move |event| Some(event.at) > detached)
    }

    fn is_gone(&self) -> bool {
        let told = self.of_present().filter_map(|event| {
            let here = match event.what {
                What::Follow => Some(true),
                What::Unfollow => Some(false),
                _ => event.token.then_some(true),
            };
            Some((event.at, &event.id, here?))
        });
        told.max().is_some_and(|(_, _, here)| !here)
    }

    /// The newest word on control: when, by what, and what it says.
    fn control(&self) -> Option<(i64, String, Holds)> {
        let detached = self.detached_at();
        let told = self.of_present().filter_map(|event| {
            let holds = match event.what {
                What::Activated(_) => Holds::Ours(event.expire_at),
                What::Deactivated => Holds::Theirs,
                What::Follow => Holds::Default,
                _ => return None,
            };
            Some((event.at, event.id.clone(), holds))
        });
        let own = self.own.iter().filter(|own| Some(own.at) > detached);
        let own = own.map(|own| {
            let holds = own.ours.map_or(Holds::Theirs, Holds::Ours);
            (own.at, own.by.clone(), holds)
        });
        told.chain(own).max_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)))
    }

    /// The newest mode of a user's event: when, by what, and whether it is active.
    fn mode(&self) -> Option<(i64, String, bool)> {
        let told = self.of_present();
        let told =
            told.filter(|event| !matches!(event.what, What::Activated(_) | What::Deactivated));
        told.map(|event| (event.at, event.id.clone(), event.active))
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
            (Some((c, by, holds)), Some((m, told, active))) => match c.cmp(&m) {
                std::cmp::Ordering::Less => by_mode(m, active, holds),
                std::cmp::Ordering::Greater => by_control(holds),
                std::cmp::Ordering::Equal if by == told => by_mode(m, active, holds),
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
