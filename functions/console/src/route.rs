//! Which page a request is for.

use shared::domain::{BotId, ChatId};

/// Where everything of this function is.
const ROOT: &str = "/console/";

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It looks.
    Get,
    /// It changes something.
    Post,
}

impl Method {
    /// By HTTP's word; none of one that no page is asked by.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            _ => None,
        }
    }
}

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// The accounts of this browser, or how to sign in.
    Accounts,
    /// A link to sign in by was opened; nothing is used up yet.
    SignInLink,
    /// The link is used.
    SignIn,
    /// This browser is signed out.
    SignOut,
    /// A page of one account.
    OfAccount(BotId, Page),
}

/// A page of an account, or a change to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// How it is going.
    Overview,
    /// What the account can set.
    Settings,
    /// The settings are saved.
    SaveSettings,
    /// A change of the settings is taken back.
    UndoSettings,
    /// Its chats.
    Chats,
    /// What happened in one chat.
    Chat(ChatId),
    /// The chat is taken.
    Take(ChatId),
    /// The chat is given back.
    GiveBack(ChatId),
    /// What the account has allowed.
    Permissions,
    /// What gets in the way of the extension.
    Interference,
    /// What is kept, and how to leave.
    Data,
    /// What is kept, as a file.
    Export,
    /// The account is unlinked.
    Leave,
    /// Every session of the account ends.
    SignOutEverywhere,
}

impl Page {
    /// Every page, those of a chat for `chat`.
    pub fn all(chat: &ChatId) -> Vec<Self> {
        vec![
            Self::Overview,
            Self::Settings,
            Self::SaveSettings,
            Self::UndoSettings,
            Self::Chats,
            Self::Chat(chat.clone()),
            Self::Take(chat.clone()),
            Self::GiveBack(chat.clone()),
            Self::Permissions,
            Self::Interference,
            Self::Data,
            Self::Export,
            Self::Leave,
            Self::SignOutEverywhere,
        ]
    }

    /// How it is asked for.
    pub fn method(&self) -> Method {
        match self {
            Self::SaveSettings
            | Self::UndoSettings
            | Self::Take(_)
            | Self::GiveBack(_)
            | Self::Leave
            | Self::SignOutEverywhere => Method::Post,
            _ => Method::Get,
        }
    }

    /// Whether it is one of those that a session may ask for only so often: it changes something,
    /// reads the whole account, or asks LINE for several things.
    pub(crate) fn is_counted(&self) -> bool {
        self.method() == Method::Post || matches!(self, Self::Export | Self::Interference)
    }

    /// Where it is for this account.
    pub fn path(&self, bot: &BotId) -> String {
        let rest = match self {
            Self::Overview => "overview".to_owned(),
            Self::Settings | Self::SaveSettings => "settings".to_owned(),
            Self::UndoSettings => "settings/undo".to_owned(),
            Self::Chats => "chats".to_owned(),
            Self::Chat(chat) => format!("chats/{chat}"),
            Self::Take(chat) => format!("chats/{chat}/take"),
            Self::GiveBack(chat) => format!("chats/{chat}/give-back"),
            Self::Permissions => "permissions".to_owned(),
            Self::Interference => "interference".to_owned(),
            Self::Data => "data".to_owned(),
            Self::Export => "data/export".to_owned(),
            Self::Leave => "data/leave".to_owned(),
            Self::SignOutEverywhere => "data/sign-out-everywhere".to_owned(),
        };
        format!("{ROOT}{bot}/{rest}")
    }

    fn read(method: Method, segments: &[&str]) -> Option<Self> {
        use Method::{Get, Post};
        let chat = |id: &str| ChatId::new(id).ok();
        Some(match (method, segments) {
            (Get, ["overview"]) => Self::Overview,
            (Get, ["settings"]) => Self::Settings,
            (Post, ["settings"]) => Self::SaveSettings,
            (Post, ["settings", "undo"]) => Self::UndoSettings,
            (Get, ["chats"]) => Self::Chats,
            (Get, ["chats", id]) => Self::Chat(chat(id)?),
            (Post, ["chats", id, "take"]) => Self::Take(chat(id)?),
            (Post, ["chats", id, "give-back"]) => Self::GiveBack(chat(id)?),
            (Get, ["permissions"]) => Self::Permissions,
            (Get, ["interference"]) => Self::Interference,
            (Get, ["data"]) => Self::Data,
            (Get, ["data", "export"]) => Self::Export,
            (Post, ["data", "leave"]) => Self::Leave,
            (Post, ["data", "sign-out-everywhere"]) => Self::SignOutEverywhere,
            _ => return None,
        })
    }
}

impl Route {
    /// The route of a method and a decoded path; none if there is no such page.
    pub(crate) fn read(method: Method, path: &str) -> Option<Self> {
        let segments: Vec<_> = path.strip_prefix(ROOT)?.split('/').collect();
        Some(match (method, segments.as_slice()) {
            (Method::Get, ["accounts"]) => Self::Accounts,
            (Method::Get, ["sign-in"]) => Self::SignInLink,
            (Method::Post, ["sign-in"]) => Self::SignIn,
            (Method::Post, ["sign-out"]) => Self::SignOut,
            (_, [bot, rest @ ..]) => {
                let bot = BotId::new(*bot).ok()?;
                Self::OfAccount(bot, Page::read(method, rest)?)
            }
            _ => return None,
        })
    }
}

/// Where the accounts of this browser are.
pub(crate) const ACCOUNTS: &str = "/console/accounts";
/// Where a link to sign in by leads, and where it is used.
pub(crate) const SIGN_IN: &str = "/console/sign-in";
/// Where this browser is signed out.
pub(crate) const SIGN_OUT: &str = "/console/sign-out";

#[cfg(test)]
mod tests {
    use super::*;

    fn bot() -> BotId {
        BotId::new("U00000000000000000000000000000001").unwrap()
    }

    #[test]
    fn every_page_is_found_where_it_says_that_it_is_and_by_its_method_alone() {
        let chat = ChatId::new("C1").unwrap();
        for page in Page::all(&chat) {
            let path = page.path(&bot());
            let route = Some(Route::OfAccount(bot(), page.clone()));
            for method in [Method::Get, Method::Post] {
                let is_its = Route::read(method, &path) == route;
                assert_eq!(is_its, method == page.method(), "{method:?} {path}");
            }
        }
    }

    #[test]
    fn what_is_no_page_is_none() {
        for path in [
            "/console/",
            "/console/x/",
            "/console/U1/nothing",
            "/console/U1/overview/",
            "/console/U1/chats//take",
            "/consoles/accounts",
        ] {
            assert_eq!(Route::read(Method::Get, path), None, "{path}");
        }
        assert_eq!(Method::read("DELETE"), None);
        assert_eq!(Route::read(Method::Get, SIGN_OUT), None);
        assert_eq!(Route::read(Method::Get, ACCOUNTS), Some(Route::Accounts));
        assert_eq!(Route::read(Method::Post, SIGN_IN), Some(Route::SignIn));
    }
}
