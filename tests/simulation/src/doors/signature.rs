//! The signature's header. Only LINE's own two signatures of these bytes open.

use serde_json::json;
use shared::line::{Signature as Signed, VerifiedBody};

use crate::doors::mutate::hostile;
use crate::doors::samples::{NEIGHBOUR, SECRETS, body, sign};
use crate::doors::world::World;
use crate::doors::{Dice, Door, Verdict};

/// HTTP does not tell cases apart.
const NAMES: [&str; 3] = ["x-line-signature", "X-Line-Signature", "X-LINE-SIGNATURE"];

/// The webhook's door, with any signature. An empty one is none.
pub struct Signature {
    world: World,
    webhook: webhook::App,
    body: Vec<u8>,
}

impl Default for Signature {
    fn default() -> Self {
        let world = World::default();
        Self {
            webhook: world.webhook(),
            world,
            body: body(&[NEIGHBOUR.into()]),
        }
    }
}

impl Door for Signature {
    const NAME: &'static str = "signature";

    fn input(dice: &mut Dice) -> Vec<u8> {
        let secret = dice.pick(&[SECRETS[0], SECRETS[1], "another", ""]);
        let signed = sign(secret, &body(&[NEIGHBOUR.into()]));
        let sample = match dice.below(8) {
            0 => signed.replace('+', "-").replace('/', "_"),
            1 => signed.trim_end_matches('=').to_owned(),
            2 => format!("{signed},{signed}"),
            3 => format!("sha256={signed}"),
            _ => signed,
        };
        hostile(dice, sample.as_bytes())
    }

    async fn judge(&self, input: &[u8]) -> Verdict {
        let header = String::from_utf8_lossy(input).into_owned();
        let good = SECRETS
            .iter()
            .any(|secret| sign(secret, &self.body) == header);
        let given = (!header.is_empty()).then_some(header.as_str());
        let opens = Signed::read(given).is_ok_and(|signature| {
            VerifiedBody::check(self.body.clone(), &signature, &SECRETS.map(Into::into)).is_ok()
        });
        if opens != good {
            return Err(format!("{header:?} opens: {}, and should: {good}", !good));
        }
        let status = self.answer(given, input.len()).await;
        let queued = self.world.queue.taken().len();
        match (good, status, queued) {
            (true, 200, 1) | (false, 401, 0) => Ok(status.to_string()),
            _ => Err(format!(
                "{header:?}: {status}, and {queued} messages are queued"
            )),
        }
    }
}

impl Signature {
    async fn answer(&self, signature: Option<&str>, length: usize) -> u16 {
        let body = String::from_utf8_lossy(&self.body);
        let headers = match signature {
            Some(signature) => json!({ NAMES[length % NAMES.len()]: signature }),
            None => json!({}),
        };
        let payload = json!({"version": "2.0", "headers": headers, "body": body});
        let request = serde_json::from_value(payload).expect("a request");
        webhook::handle(&self.webhook, request).await.status_code
    }
}
