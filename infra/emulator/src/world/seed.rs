//! The demo world. The ids are fixed, so that scripts, pages and notes can name them.

use super::World;
use super::account::{Account, AccountStatus, BrandType, Region};
use super::user::User;
use crate::ids;

/// Name of the person, language, and whether they are a friend of the accounts already.
const PEOPLE: [(&str, &str, bool); 3] = [
    ("青木さくら", "ja", true),
    ("林小明", "zh-Hant", true),
    ("Aki", "en", false),
];

/// Four accounts, with the same three people in each.
pub(super) fn demo() -> World {
    let mut world = World::default();
    for account in accounts() {
        world.add_account(account);
    }
    for account in &world.accounts {
        let users =
            PEOPLE.map(|(name, language, friend)| user(&account.bot_id, name, language, friend));
        let users = users.into_iter().map(|user| (user.user_id.clone(), user));
        world.users.insert(account.bot_id.clone(), users.collect());
    }
    world
}

fn accounts() -> Vec<Account> {
    use {BrandType::*, Region::*};
    vec![
        account(
            "U7c1f0a52d9b84e63a1c5f28e904b6d31",
            "@381sakur",
            "さくら美容室",
            Jp,
            Verified,
        ),
        Account {
            premium_id: Some("@minato-books".into()),
            ..account(
                "U2e9d4b7f81a6435c9f03d1b86ca57e40",
                "@207mnato",
                "みなと書店",
                Jp,
                Premium,
            )
        },
        account(
            "Ub85c3e1690f7427da4e2916f7d08c3ba",
            "@945linnr",
            "林家牛肉麵",
            Tw,
            Verified,
        ),
        account(
            "U40d6a8f3b2e1497c8550ce7391fa6b2d",
            "@612hbyga",
            "Harbour Yoga",
            Jp,
            Unverified,
        ),
    ]
}

/// The account with a number: one of the many that can be made at once. It has no users yet; each
/// third has a premium id and a picture.
pub(super) fn numbered(number: usize) -> Account {
    let digits = ids::digest(&format!("account {number}"));
    let bot = format!("U{}", &digits[..32]);
    let special = number.is_multiple_of(3);
    Account {
        premium_id: special.then(|| format!("@account-{number}")),
        picture_url: special.then(|| format!("https://profile.line-scdn.net/0h{}", &digits[32..])),
        ..account(
            &bot,
            &format!("@{number:08}"),
            &format!("Official Account {number}"),
            Region::Jp,
            BrandType::Verified,
        )
    }
}

fn account(bot: &str, basic: &str, name: &str, region: Region, brand_type: BrandType) -> Account {
    Account {
        bot_id: bot.to_owned(),
        basic_id: basic.to_owned(),
        premium_id: None,
        picture_url: None,
        display_name: name.to_owned(),
        region,
        brand_type,
        status: AccountStatus::Active,
        attached: false,
        scopes: Vec::new(),
        other_module: false,
        deleted_at: None,
        lingers_until: None,
        pushed: (String::new(), 0),
    }
}

fn user(bot: &str, name: &str, language: &str, friend: bool) -> User {
    User {
        user_id: ids::module_user(bot, name),
        name: name.to_owned(),
        language: language.to_owned(),
        friend,
        blocked: false,
        wrote_at: None,
        presence_at: 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::world::World;

    #[test]
    fn the_demo_world_is_the_same_each_time() {
        let (one, two) = (World::demo(), World::demo());
        assert_eq!(one.accounts, two.accounts);
        assert_eq!(one.users, two.users);
        let is_bot_id = |id: &str| id.len() == 33 && id.starts_with('U');
        assert!(
            one.accounts
                .iter()
                .all(|account| is_bot_id(&account.bot_id))
        );
        assert_eq!(
            one.users
                .values()
                .map(std::collections::BTreeMap::len)
                .sum::<usize>(),
            12
        );
    }
}
