//! Making an account of one's own, with its users.

use serde::{Deserialize, Serialize};

use crate::emulator::Emulator;
use crate::error::Error;
use crate::ids;
use crate::world::World;
use crate::world::account::{Account, AccountStatus, BrandType, Region};
use crate::world::user::{Traits, User};

/// An account to be made. What is not given is as usual.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewAccount {
    /// The name that users see.
    pub display_name: String,
    /// The bought id, if it has one.
    pub premium_id: Option<String>,
    /// Where the account is at home.
    pub region: Region,
    /// What LINE has checked of it.
    pub brand_type: BrandType,
    /// Whether it has a Messaging API channel of its own.
    pub primary_channel: bool,
    /// The scopes by which the module channel is attached; not attached if there are none.
    pub scopes: Vec<String>,
    /// The people it knows.
    pub users: Vec<NewUser>,
}

/// A person whom an account knows. Their id is made of the account's and the name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub name: String,
    /// The language, as in the profile.
    #[serde(default = "japanese")]
    pub language: String,
    /// Whether they are a friend.
    #[serde(default)]
    pub friend: bool,
    /// The phone number, in E.164 form.
    #[serde(default)]
    pub phone: Option<String>,
    /// What LINE knows of them, or guesses.
    #[serde(default)]
    pub traits: Traits,
}

fn japanese() -> String {
    "ja".into()
}

impl Default for NewAccount {
    fn default() -> Self {
        Self {
            display_name: "Official Account".into(),
            premium_id: None,
            region: Region::Jp,
            brand_type: BrandType::Verified,
            primary_channel: true,
            scopes: Vec::new(),
            users: Vec::new(),
        }
    }
}

impl Emulator {
    /// Makes an account with its users. No event is sent. Gives its bot.
    pub async fn make_account(&self, account: NewAccount) -> Result<String, Error> {
        let names: std::collections::BTreeSet<&String> =
            account.users.iter().map(|user| &user.name).collect();
        if names.len() < account.users.len() {
            return Err(Error::request(
                "two users of an account cannot have the same name",
            ));
        }
        let bot = add(&mut self.platform().world, account);
        self.changed();
        Ok(bot)
    }

    /// Makes a person known to an account. No event is sent. Gives their id.
    pub async fn make_user(&self, bot: &str, user: NewUser) -> Result<String, Error> {
        self.status(bot)?;
        let id = ids::module_user(bot, &user.name);
        let all = &mut self.platform().world.users;
        let users = all.entry(bot.to_owned()).or_default();
        if users.contains_key(&id) {
            let sentence = "two users of an account cannot have the same name";
            return Err(Error::request(sentence));
        }
        users.insert(id.clone(), known(&id, user));
        Ok(id)
    }

    /// The admin takes a scope back from the module channel. The module gets no event: its calls
    /// that need it are refused from now on.
    pub async fn revoke(&self, bot: &str, scope: &str) -> Result<(), Error> {
        self.status(bot)?;
        if let Some(account) = self.platform().world.account_mut(bot) {
            account.scopes.retain(|granted| granted != scope);
        }
        self.changed();
        Ok(())
    }
}

fn add(world: &mut World, account: NewAccount) -> String {
    let number = world.accounts.len() + 1;
    let bot = world.make_accounts(1, None).remove(0);
    let users = account.users.into_iter().map(|user| {
        let id = ids::module_user(&bot, &user.name);
        (id.clone(), known(&id, user))
    });
    let users = users.collect();
    world.users.insert(bot.clone(), users);
    if let Some(made) = world.account_mut(&bot) {
        *made = Account {
            basic_id: format!("@{number:08}"),
            premium_id: account.premium_id,
            display_name: account.display_name,
            region: account.region,
            brand_type: account.brand_type,
            status: AccountStatus::Active,
            attached: !account.scopes.is_empty(),
            scopes: account.scopes,
            primary_channel: account.primary_channel,
            ..made.clone()
        };
    }
    bot
}

fn known(user_id: &str, user: NewUser) -> User {
    User {
        name: user.name,
        language: user.language,
        friend: user.friend,
        phone: user.phone,
        traits: user.traits,
        ..User::invented(user_id)
    }
}
