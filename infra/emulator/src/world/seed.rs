//! The demo world. The ids are fixed, so that scripts, pages and notes can name them.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::account::{Account, AccountStatus, BrandType, Region};
use super::membership::Membership;
use super::user::{Traits, User};
use crate::ids;

/// A person of the demo world.
struct Person {
    name: &'static str,
    language: &'static str,
    /// Whether they are a friend of the accounts already.
    friend: bool,
    phone: Option<&'static str>,
    gender: &'static str,
    age: u8,
    area: &'static str,
    app: &'static str,
}

const PEOPLE: [Person; 3] = [
    Person {
        name: "青木さくら",
        language: "ja",
        friend: true,
        phone: Some("+818000001234"),
        gender: "female",
        age: 34,
        area: "jp_13",
        app: "ios",
    },
    Person {
        name: "林小明",
        language: "zh-Hant",
        friend: true,
        phone: Some("+886900001234"),
        gender: "male",
        age: 27,
        area: "tw_01",
        app: "android",
    },
    Person {
        name: "Aki",
        language: "en",
        friend: false,
        phone: None,
        gender: "female",
        age: 51,
        area: "jp_27",
        app: "ios",
    },
];

/// The account that is in a group and a room, and has a membership plan.
const SOCIABLE: &str = "U2e9d4b7f81a6435c9f03d1b86ca57e40";
const GROUP: &str = "C8d3f61b0a9e2475bb1c7e5f04a6d92e3";
const ROOM: &str = "R17c4ae58f3b04d6e9a2b6c0d8f5e7143";

/// Four accounts, with the same three people in each; a group, a room and a plan of one of them.
pub(super) fn demo() -> World {
    let mut world = World::default();
    for account in accounts() {
        world.add_account(account);
    }
    for account in &world.accounts {
        let users = PEOPLE
            .iter()
            .map(|person| user(&account.bot_id, person))
            .map(|user| (user.user_id.clone(), user));
        world.users.insert(account.bot_id.clone(), users.collect());
    }
    company(&mut world);
    world
}

/// Everybody is in the group; all but one are in the room.
fn company(world: &mut World) {
    let everybody: BTreeSet<String> = PEOPLE
        .iter()
        .map(|person| ids::module_user(SOCIABLE, person.name))
        .collect();
    let some = everybody.iter().skip(1).cloned().collect();
    let group = world.chat_mut(SOCIABLE, GROUP);
    group.name = Some("読書会".into());
    group.members = everybody;
    world.chat_mut(SOCIABLE, ROOM).members = some;
    world.of(SOCIABLE).memberships.push(Membership {
        id: 3189,
        title: "読書クラブ".into(),
        description: "A book every month.".into(),
        benefits: vec!["A book every month".into()],
        price: 500.0,
        currency: "JPY".into(),
        limit: None,
        members: BTreeMap::new(),
    });
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
        primary_channel: true,
        other_module: false,
        other_scopes: Vec::new(),
        deleted_at: None,
        lingers_until: None,
        pushed: (String::new(), 0),
        monthly_limit: None,
    }
}

fn user(bot: &str, person: &Person) -> User {
    User {
        user_id: ids::module_user(bot, person.name),
        name: person.name.to_owned(),
        language: person.language.to_owned(),
        friend: person.friend,
        blocked: false,
        phone: person.phone.map(str::to_owned),
        traits: Traits {
            gender: Some(person.gender.into()),
            age: Some(person.age),
            area: Some(person.area.into()),
            app: Some(person.app.into()),
        },
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
