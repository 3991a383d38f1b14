//! LINE's limits as data: which objects a body is made of, which members each has, and what those
//! may be. The [check](check()) of a body, the [document](document()) of all limits and a test of
//! each row are made from these tables.
//!
//! Source of all: <https://developers.line.biz/en/reference/messaging-api/>; each object names its
//! heading there.

mod action;
mod check;
mod document;
mod flex;
mod form;
mod imagemap;
mod look;
mod message;
mod rich_menu;
mod row;
mod sample;
mod template;
#[cfg(test)]
mod tests;

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::api::Findings;

pub(crate) use self::check::{check, check_member, check_members, one_of};
pub use self::document::document;
pub(crate) use self::form::Form;
pub(crate) use self::message::{COUNTED, SENT};
pub(crate) use self::rich_menu::RICH_MENU;
pub use self::row::{Row, rows};

/// An object of a body.
#[derive(Debug)]
pub(crate) struct Object {
    /// What LINE's reference calls it.
    pub(crate) name: &'static str,
    /// Its heading in the reference.
    pub(crate) anchor: &'static str,
    /// Its `type`. Empty where it has none.
    pub(crate) kind: &'static str,
    /// Its members beside `type`. Several lists, as some have members in common.
    pub(crate) members: &'static [&'static [Member]],
    /// What is to be kept beyond what a member may be by itself.
    pub(crate) rules: &'static [Rule],
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
    pub(crate) shape: Shape,
}

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A text.
    Text(Text),
    /// A whole number from the least to the most.
    Whole(i64, i64),
    /// Any number.
    Number,
    /// A truth value.
    Truth,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// How a component looks: a keyword, or a number with a unit.
    Look(look::Look),
    /// A list with a number of entries, from the least to the most.
    List(usize, usize, &'static Shape),
    /// An object.
    Object(&'static Object),
    /// One of these objects, told apart by `type`.
    Typed(&'static [&'static Object]),
    /// A `{name}` and what stands for it, as often as the number says.
    Named(usize, &'static [&'static Object]),
    /// What a tap does, at a place.
    Action(&'static action::Place),
}

/// How long a text may be, and what may be in it.
#[derive(Debug)]
pub(crate) struct Text {
    /// Whether it may be empty.
    pub(crate) may_be_empty: bool,
    pub(crate) most: usize,
    pub(crate) unit: Unit,
    pub(crate) form: Form,
}

/// In what a text is measured.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/text-character-count/>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// As most texts are.
    Utf16,
    /// As those of actions, templates and rich menus are.
    Graphemes,
}

impl Unit {
    pub(crate) fn length(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }
}

/// A rule about several members, or about what is in them.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The rule, as a sentence.
    pub(crate) says: &'static str,
    /// Adds what is wrong with an object at a place.
    pub(crate) check: fn(&mut Findings, &Value, &str),
    /// Members that keep the rule, for its test. They are added to those that the object needs.
    pub(crate) kept: fn() -> Value,
    /// Members that break it.
    pub(crate) broken: fn() -> Value,
    /// Where the mistake is reported, from the object on.
    pub(crate) at: &'static str,
}

/// No limit that LINE's reference has.
pub(crate) const ANY: usize = usize::MAX;
/// The greatest number of pixels.
const PIXELS: i64 = i32::MAX as i64;

/// All objects, in the order of LINE's reference.
fn objects() -> impl Iterator<Item = &'static Object> {
    [
        message::ALL,
        imagemap::ALL,
        template::ALL,
        flex::ALL,
        action::KINDS,
        rich_menu::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

impl Object {
    pub(crate) fn members(&self) -> impl Iterator<Item = &'static Member> {
        self.members.iter().flat_map(|some| some.iter())
    }

    /// The page that has its limits.
    pub(crate) fn source(&self) -> String {
        format!(
            "https://developers.line.biz/en/reference/messaging-api/#{}",
            self.anchor
        )
    }
}

const fn required(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        is_required: true,
        shape,
    }
}

const fn optional(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        is_required: false,
        shape,
    }
}

/// A text of at most so many UTF-16 units.
pub(crate) const fn utf16(most: usize) -> Shape {
    text(most, Unit::Utf16, Form::Any)
}

/// A text of at most so many grapheme clusters.
const fn graphemes(most: usize) -> Shape {
    text(most, Unit::Graphemes, Form::Any)
}

/// A text with a form.
const fn formed(most: usize, form: Form) -> Shape {
    text(most, Unit::Utf16, form)
}

/// The address of a file that LINE fetches.
const fn https() -> Shape {
    formed(2000, Form::Https)
}

const fn text(most: usize, unit: Unit, form: Form) -> Shape {
    Shape::Text(Text {
        may_be_empty: false,
        most,
        unit,
        form,
    })
}
