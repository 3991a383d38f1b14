//! What a user does with a rich menu.

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::error::Error;
use crate::platform::Platform;
use crate::world::menu::Tap;
use crate::world::record::Delivery;

impl Emulator {
    /// The user taps an area of the rich menu that they see; the first is 0. A date picker needs the
    /// value that is picked. What leads out of the chat sends the module no event.
    pub async fn tap_menu(
        &self,
        bot: &str,
        user: &str,
        area: usize,
        value: Option<&str>,
    ) -> Result<Option<Delivery>, Error> {
        self.known(bot)?;
        self.can_write(bot, user)?;
        let action = tapped(&mut self.platform(), bot, user, area)?;
        self.changed();
        let text = |member: &str| action[member].as_str().unwrap_or_default();
        match text("type") {
            "message" => self.user_says(bot, user, text("text")).await,
            "postback" => {
                let display = action["displayText"].as_str();
                self.user_taps(bot, user, text("data"), display).await
            }
            "datetimepicker" => {
                let (data, value) = (text("data"), value.unwrap_or_default());
                self.user_picks(bot, user, data, text("mode"), value).await
            }
            "richmenuswitch" => self.user_switches(bot, user, &action).await,
            _ => Ok(None),
        }
    }

    /// The user sees another menu from now on, and the module gets a postback.
    ///
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#postback-params-object-for-richmenu-switch-action>
    async fn user_switches(
        &self,
        bot: &str,
        user: &str,
        action: &Value,
    ) -> Result<Option<Delivery>, Error> {
        let alias = action["richMenuAliasId"].as_str().unwrap_or_default();
        let status = switched(&mut self.platform(), bot, user, alias);
        let params = json!({"newRichMenuAliasId": alias, "status": status});
        let postback = json!({"data": action["data"], "params": params});
        let event = json!({"type": "postback", "postback": postback});
        self.notify(bot, Some(user), vec![event]).await
    }
}

/// Counts a tap. Gives what it does.
fn tapped(platform: &mut Platform, bot: &str, user: &str, area: usize) -> Result<Value, Error> {
    let at = platform.now();
    platform.world.settle(at);
    let shown = platform.world.menu_of(bot, user);
    let menu = shown.ok_or_else(|| Error::request("the user sees no rich menu"))?;
    let found = menu.areas().get(area);
    let action = found.map(|area| area["action"].clone()).ok_or_else(|| {
        let areas = menu.areas().len();
        Error::request(format!("the rich menu has {areas} areas; the first is 0"))
    })?;
    let tap = Tap {
        menu: menu.id.clone(),
        area,
        user: user.to_owned(),
        at,
    };
    platform.world.of(bot).menus.taps.push(tap);
    Ok(action)
}

fn switched(platform: &mut Platform, bot: &str, user: &str, alias: &str) -> &'static str {
    let menus = &mut platform.world.of(bot).menus;
    let Some(menu) = menus.aliases.get(alias).cloned() else {
        return "RICHMENU_ALIAS_ID_NOTFOUND";
    };
    if menus.get(&menu).is_none() {
        return "RICHMENU_NOTFOUND";
    }
    menus.links.insert(user.to_owned(), menu);
    "SUCCESS"
}
