//! LINE's continuation token: any answer to who asks for the list of accounts, and
//! any text as the place where the list goes on.

use shared::line::LineClient;
use shared::line::endpoints::module::BotPage;
use shared::line::error::{LineError, LineErrorKind};

use crate::doors::mutate::hostile;
use crate::doors::world::World;
use crate::doors::{Dice, Door, Verdict};

const LIST: &str = "/v2/bot/list?limit=100";
/// An address has this many bytes at most, for the HTTP client.
const LONGEST_ADDRESS: usize = 65_000;

const PAGES: [&str; 3] = [
    r#"{"bots":[{"userId":"U1","basicId":"@shop","displayName":"Shop","pictureUrl":"https://x"}],"next":"jxEWCEEP+/=&x y"}"#,
    r#"{"bots":[{"userId":"U2","basicId":"@b","displayName":"B"},{"userId":"U3"}],"next":"%2B%25 ?#"}"#,
    r#"{"bots":[]}"#,
];

/// LINE's list of accounts, with any answer and any token.
pub struct Token {
    world: World,
    line: LineClient,
}

impl Default for Token {
    fn default() -> Self {
        let world = World::default();
        Self {
            line: world.line(),
            world,
        }
    }
}

impl Door for Token {
    const NAME: &'static str = "token";

    fn input(dice: &mut Dice) -> Vec<u8> {
        let sample = dice.pick(&PAGES);
        hostile(dice, sample.as_bytes())
    }

    async fn judge(&self, input: &[u8]) -> Verdict {
        self.world.line.bot_list().answer = input.to_vec();
        let any = String::from_utf8_lossy(input);
        drop(self.ask(Some(&any)).await?);
        match self.ask(None).await? {
            Ok(page) => match page.next {
                Some(next) => self.ask(Some(&next)).await.map(|_| "a page".to_owned()),
                None => Ok("the last page".to_owned()),
            },
            Err(error) => Ok(error.kind.to_string()),
        }
    }
}

impl Token {
    /// Asks for a page, and judges the address that it was asked at.
    async fn ask(&self, start: Option<&str>) -> Result<Result<BotPage, LineError>, String> {
        let answer = self.line.bots(start).await;
        let asked = std::mem::take(&mut self.world.line.bot_list().asked);
        let begin = start.map(|start| format!("{LIST}&start={}", encoded(start)));
        let expected = begin.unwrap_or_else(|| LIST.to_owned());
        let refused = matches!(&answer, Err(error) if error.kind == LineErrorKind::Invalid);
        match asked.as_slice() {
            [address] if *address == expected => Ok(answer),
            [] if refused && expected.len() > LONGEST_ADDRESS => Ok(answer),
            _ => Err(format!("{start:?} is asked for as {asked:?}: {answer:?}")),
        }
    }
}

/// RFC 3986, 2.1 and 2.3.
fn encoded(text: &str) -> String {
    let each = text.bytes().map(|byte| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    each.collect()
}
