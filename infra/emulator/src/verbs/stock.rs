//! Putting things into the world that LINE's own screens would: plans, keys, quotas, contents.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::error::Error;
use crate::ids;
use crate::world::channel::Side;
use crate::world::grant::AssertionKey;
use crate::world::membership::Membership;
use crate::world::record::Delivery;

impl Emulator {
    /// Adds a membership plan to an account, or changes the one with its id.
    pub async fn set_membership(&self, bot: &str, plan: Membership) -> Result<(), Error> {
        self.status(bot)?;
        {
            let mut platform = self.platform();
            let plans = &mut platform.world.of(bot).memberships;
            plans.retain(|known| known.id != plan.id);
            plans.push(plan);
        }
        self.changed();
        Ok(())
    }

    /// Sets how many messages an account has each month; `None` leaves it to the setting.
    pub async fn set_quota(&self, bot: &str, limit: Option<u64>) -> Result<(), Error> {
        self.status(bot)?;
        if let Some(account) = self.platform().world.account_mut(bot) {
            account.monthly_limit = limit;
        }
        self.changed();
        Ok(())
    }

    /// Sets the media type and bytes of what a user sent.
    pub async fn set_content(
        &self,
        message: &str,
        kind: &str,
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        let mut platform = self.platform();
        let known = platform.world.contents.get_mut(message);
        let at_line = known.filter(|content| content.at_line && !content.unsent);
        let content = at_line.ok_or_else(|| {
            Error::request(format!(
                "there is no message {message:?} with content at LINE"
            ))
        })?;
        content.given = Some((kind.to_owned(), bytes));
        Ok(())
    }

    /// Registers a public key for assertions, as LINE's console does: a JWK of RSA with at least
    /// 2048 bits, for RS256. Gives its `kid`.
    pub async fn register_key(&self, channel_id: &str, jwk: &Value) -> Result<String, Error> {
        let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
        let (modulus, exponent) = part("n").zip(part("e")).ok_or_else(no_key)?;
        if jwk["kty"] != "RSA" || modulus.len() < 256 {
            return Err(no_key());
        }
        let mut platform = self.platform();
        let side = if channel_id == platform.settings.channel_id {
            Side::Ours
        } else if channel_id == platform.settings.other_channel_id {
            Side::Other
        } else {
            return Err(Error::request(format!(
                "there is no channel {channel_id:?}"
            )));
        };
        let kid = ids::token::<16>();
        let key = AssertionKey {
            side,
            modulus,
            exponent,
        };
        platform.world.assertion_keys.insert(kid.clone(), key);
        Ok(kid)
    }

    /// The user signs in at the provider's service and comes back with a link token and the
    /// provider's nonce. The module gets an `accountLink` event; it failed if the token is
    /// unknown to that bot, used or over.
    pub async fn link_account(
        &self,
        bot: &str,
        token: &str,
        nonce: &str,
    ) -> Result<Option<Delivery>, Error> {
        self.status(bot)?;
        let known = {
            let mut platform = self.platform();
            let now = platform.now();
            let known = platform.world.link_tokens.remove(token);
            known.filter(|known| known.bot == bot && now < known.ends)
        };
        let result = if known.is_some() { "ok" } else { "failed" };
        let event = json!({"type": "accountLink", "link": {"result": result, "nonce": nonce}});
        let user = known.map(|known| known.user);
        self.notify(bot, user.as_deref(), vec![event]).await
    }
}

fn no_key() -> Error {
    Error::request("a key is a JWK with kty RSA, n of at least 2048 bits, and e")
}
