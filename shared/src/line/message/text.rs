//! Texts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::UserId;
use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, at_most, each, made_of, units, within};
use crate::line::message::message;

/// Maximum length of a text.
const LONGEST: usize = 5_000;
/// Maximum number of emojis of a text.
const MOST_EMOJIS: usize = 20;
/// Maximum number of mentions of a text.
const MOST_MENTIONS: usize = 20;
/// Maximum number of substitutions of a text.
const MOST_PLACES: usize = 100;
/// Maximum length of a place's name.
const LONGEST_NAME: usize = 20;

/// A text, with LINE's own emojis and a quote if wanted
/// (<https://developers.line.biz/en/reference/messaging-api/#text-message>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "text",
    rename_all = "camelCase"
)]
pub struct Text {
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emojis: Vec<Emoji>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_token: Option<String>,
    #[serde(flatten)]
    around: Around,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Emoji {
    index: usize,
    product_id: String,
    emoji_id: String,
}

impl Text {
    /// A text of 1 to 5,000 UTF-16 units.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            emojis: Vec::new(),
            quote_token: None,
            around: Around::default(),
        }
    }

    /// With an emoji of LINE's in place of the `$` at `index`, counted in UTF-16
    /// units; up to 20.
    #[must_use]
    pub fn emoji(
        mut self,
        index: usize,
        product: impl Into<String>,
        emoji: impl Into<String>,
    ) -> Self {
        self.emojis.push(Emoji {
            index,
            product_id: product.into(),
            emoji_id: emoji.into(),
        });
        self
    }

    /// As an answer to the message with this quote token.
    #[must_use]
    pub fn quoting(mut self, quote_token: impl Into<String>) -> Self {
        self.quote_token = Some(quote_token.into());
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("text", units(&self.text), 1, LONGEST)?;
        at_most("emojis", self.emojis.len(), MOST_EMOJIS)?;
        each("emojis", &self.emojis, |emoji| {
            match self.text.encode_utf16().nth(emoji.index) == Some(u16::from(b'$')) {
                true => Ok(()),
                false => Err(OverLimit::new("index", "there is no $ in the text")),
            }
        })
    }
}

/// A text with places that are filled in: up to 20 mentions and 20 of LINE's own emojis.
/// A place is a word of up to 20 letters, digits and `_` in braces; a brace itself is
/// written twice
/// (<https://developers.line.biz/en/reference/messaging-api/#text-message-v2>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "textV2",
    rename_all = "camelCase"
)]
pub struct TextV2 {
    text: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    substitution: BTreeMap<String, Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_token: Option<String>,
    #[serde(flatten)]
    around: Around,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Place {
    Mention {
        mentionee: Mentionee,
    },
    Emoji {
        product_id: String,
        emoji_id: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Mentionee {
    User { user_id: UserId },
    All,
}

impl TextV2 {
    /// A text of 1 to 5,000 UTF-16 units.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            substitution: BTreeMap::new(),
            quote_token: None,
            around: Around::default(),
        }
    }

    /// With a member of the group named where `{place}` stands.
    #[must_use]
    pub fn mention(self, place: impl Into<String>, user: &UserId) -> Self {
        let user_id = user.clone();
        let mentionee = Mentionee::User { user_id };
        self.with(place, Place::Mention { mentionee })
    }

    /// With everybody in the group named where `{place}` stands.
    #[must_use]
    pub fn mention_all(self, place: impl Into<String>) -> Self {
        let mentionee = Mentionee::All;
        self.with(place, Place::Mention { mentionee })
    }

    /// With an emoji of LINE's where `{place}` stands.
    #[must_use]
    pub fn emoji(
        self,
        place: impl Into<String>,
        product: impl Into<String>,
        emoji: impl Into<String>,
    ) -> Self {
        let emoji = Place::Emoji {
            product_id: product.into(),
            emoji_id: emoji.into(),
        };
        self.with(place, emoji)
    }

    /// As an answer to the message with this quote token.
    #[must_use]
    pub fn quoting(mut self, quote_token: impl Into<String>) -> Self {
        self.quote_token = Some(quote_token.into());
        self
    }

    fn with(mut self, place: impl Into<String>, what: Place) -> Self {
        self.substitution.insert(place.into(), what);
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("text", units(&self.text), 1, LONGEST)?;
        at_most("substitution", self.substitution.len(), MOST_PLACES)?;
        let named = places(&self.text)?;
        for place in self.substitution.keys() {
            let member = format!("substitution.{place}");
            within(&member, units(place), 1, LONGEST_NAME)?;
            made_of(&member, place, "_")?;
            if !named.contains(&place.as_str()) {
                return Err(OverLimit::new(&member, "the text has no such place"));
            }
        }
        if let Some(place) = named
            .iter()
            .find(|it| !self.substitution.contains_key(**it))
        {
            let problem = format!("nothing is given for {{{place}}}");
            return Err(OverLimit::new("text", problem));
        }
        let mentions =
            |it: &&str| matches!(self.substitution.get(*it), Some(Place::Mention { .. }));
        let mentions = named.iter().filter(|it| mentions(it)).count();
        at_most("substitution", mentions, MOST_MENTIONS)?;
        at_most("substitution", named.len() - mentions, MOST_EMOJIS)
    }
}

/// The words in braces, in order. Braces come in pairs; one that is written twice is itself.
fn places(text: &str) -> Result<Vec<&str>, OverLimit> {
    let unpaired = || OverLimit::new("text", "a brace is not paired: write it twice");
    let mut places = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (brace, behind) = (&rest[at..=at], &rest[at + 1..]);
        if let Some(behind) = behind.strip_prefix(brace) {
            rest = behind;
            continue;
        }
        let (place, behind) = behind.split_once('}').ok_or_else(unpaired)?;
        if brace == "}" || place.contains('{') {
            return Err(unpaired());
        }
        places.push(place);
        rest = behind;
    }
    Ok(places)
}

message!(Text TextV2);
