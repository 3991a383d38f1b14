//! The tables as a document.

use std::fmt::Write as _;

use super::action::PLACES;
use super::{ANY, Shape, Text, Unit, objects};

/// All limits as Markdown.
pub fn document() -> String {
    let mut text = String::from(HEAD);
    for object in objects() {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n## {}\n\n[LINE's page]({})\n",
            object.heading(),
            object.source()
        );
        if object.members().next().is_some() {
            text += "\n| Member | | What it may be |\n| --- | --- | --- |\n";
        }
        for member in object.members() {
            let need = if member.is_required { "required" } else { "" };
            let _ = writeln!(
                text,
                "| `{}` | {need} | {} |",
                member.name,
                member.shape.words()
            );
        }
        if !object.rules.is_empty() {
            text += "\n";
        }
        for rule in object.rules {
            let _ = writeln!(text, "- {}.", rule.says);
        }
    }
    text += PLACES_HEAD;
    for place in PLACES {
        let kinds: Vec<String> = place
            .takes
            .iter()
            .map(|it| format!("`{}`", it.kind))
            .collect();
        let label = if place.is_label_required {
            "required"
        } else {
            "optional"
        };
        let _ = writeln!(
            text,
            "| {} | {} | {label}, at most {} |",
            place.name,
            kinds.join(", "),
            place.label.most
        );
    }
    for rule in PLACES.iter().flat_map(|place| place.rules) {
        let _ = writeln!(text, "\n- {}.", rule.says);
    }
    text
}

const HEAD: &str = "# LINE's limits

What the emulator refuses in the body of a call, object by object, as LINE's Messaging API reference has it. \
This page is made from the tables in `src/schema/` by `emulator limits`; a test of each row is made from them too.

Lengths are in UTF-16 units where nothing else is said, and in grapheme clusters where that is said. A required text \
may not be empty.
";

const PLACES_HEAD: &str = "
## Where actions stand

[LINE's page](https://developers.line.biz/en/reference/messaging-api/#action-objects)

| Place | Types | Label, in grapheme clusters |
| --- | --- | --- |
";

impl super::Object {
    fn heading(&self) -> String {
        let mut letters = self.name.chars();
        let first = letters
            .next()
            .map(|letter| letter.to_uppercase().to_string());
        let kind = match self.kind {
            "" => String::new(),
            kind => format!(" (`{kind}`)"),
        };
        first.unwrap_or_default() + letters.as_str() + &kind
    }
}

impl Shape {
    /// What it may be.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(text) => text.words(),
            Self::Whole(least, most) if least == most => format!("{least}"),
            Self::Whole(least, most) if *most == super::PIXELS => {
                format!("a whole number, {least} or more")
            }
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Number => "a number".into(),
            Self::Truth => "true or false".into(),
            Self::OneOf(known) => format!("one of {}", code(known)),
            Self::Look(look) => {
                let units: Vec<String> =
                    look.units.iter().map(|unit| format!("`{unit}`")).collect();
                let numbers = match units.as_slice() {
                    [] => None,
                    units => Some(format!("a number with {}", units.join(" or "))),
                };
                let words =
                    (!look.words.is_empty()).then(|| format!("one of {}", code(look.words)));
                let parts: Vec<String> = words.into_iter().chain(numbers).collect();
                parts.join(", or ")
            }
            Self::List(0, ANY, of) => format!("a list, each {}", of.words()),
            Self::List(0, most, of) => format!("a list of at most {most}, each {}", of.words()),
            Self::List(least, most, of) if least == most => {
                format!("a list of {least}, each {}", of.words())
            }
            Self::List(least, most, of) => {
                format!("a list of {least} to {most}, each {}", of.words())
            }
            Self::Object(object) => format!("an object: {}", object.name),
            Self::Typed(objects) => {
                let names: Vec<&str> = objects.iter().map(|object| object.name).collect();
                match names.as_slice() {
                    [one] => format!("an object: {one}"),
                    names => format!("an object, one of: {}", names.join("; ")),
                }
            }
            Self::Named(most, objects) => {
                let names: Vec<&str> = objects.iter().map(|object| object.name).collect();
                format!("at most {most} names, each with: {}", names.join(" or "))
            }
            Self::Action(place) => format!("an action for {}", place.name),
        }
    }
}

impl Text {
    fn words(&self) -> String {
        let length = match (self.most, self.unit) {
            (ANY, _) => String::new(),
            (most, Unit::Utf16) => format!(" of at most {most}"),
            (most, Unit::Graphemes) => format!(" of at most {most} grapheme clusters"),
        };
        format!("a text{length}{}", self.form.words())
    }
}

fn code(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
