//! Finding what is wrong in a body: all errors are reported at once, each with its place.
//!
//! Source of the shape and of the texts for empty texts and wrong values:
//! <https://developers.line.biz/en/reference/messaging-api/#error-responses>. The other texts are in
//! their style.

use serde_json::{Value, json};

use super::Refusal;
use crate::schema::{Shape, check_member, one_of, utf16};
use crate::settings::Settings;

/// One error in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    /// What is wrong.
    pub(super) message: String,
    /// Where.
    pub(super) property: String,
}

/// The errors found so far. In all methods `at` is the place of `object`, empty for the body.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    details: Vec<Detail>,
    /// Whether a member that LINE does not know is an error.
    refuses_unknown: bool,
    /// Whether a member that is `null` is an error; else it counts as left out.
    refuses_null: bool,
}

impl Findings {
    /// None yet, of a body that is looked at as the settings want it.
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            details: Vec::new(),
            refuses_unknown: settings.refuse_unknown_members,
            refuses_null: settings.refuse_null_members,
        }
    }

    /// With an error that was found before.
    pub(super) fn with(mut self, detail: Option<&Detail>) -> Self {
        self.details.extend(detail.cloned());
        self
    }

    /// Adds an error, unless there is one of the same place.
    pub(crate) fn add(&mut self, message: impl Into<String>, property: impl Into<String>) {
        let property = property.into();
        if !self.has(&property) {
            let message = message.into();
            self.details.push(Detail { message, property });
        }
    }

    /// Whether there is an error of this place.
    pub(crate) fn has(&self, property: &str) -> bool {
        self.details.iter().any(|known| known.property == property)
    }

    /// A member that is given. `null` counts as left out, unless that is an error.
    pub(crate) fn given<'a>(&self, object: &'a Value, member: &str) -> Option<&'a Value> {
        let given = object.get(member);
        given.filter(|value| self.refuses_null || !value.is_null())
    }

    /// Adds an error for each member of an object that is not known, if that is one.
    pub(crate) fn unknown(&mut self, object: &Value, at: &str, is_known: impl Fn(&str) -> bool) {
        if !self.refuses_unknown {
            return;
        }
        let names = object.as_object().into_iter().flatten();
        for (name, _) in names.filter(|(name, _)| !is_known(name)) {
            self.add("unknown field", place(at, name));
        }
    }

    /// Where each error is, and what it is.
    pub(crate) fn all(self) -> Vec<(String, String)> {
        let pairs = self.details.into_iter();
        pairs.map(|it| (it.property, it.message)).collect()
    }

    /// The refusal, if anything was found.
    pub(super) fn done(self) -> Result<(), Refusal> {
        if self.details.is_empty() {
            Ok(())
        } else {
            Err(self.details.into())
        }
    }

    /// A text that must be there, of at most so many UTF-16 units.
    pub(super) fn text(&mut self, object: &Value, at: &str, member: &str, longest: usize) {
        self.look(object, at, member, (true, &utf16(longest)));
    }

    /// A text that may be left out.
    pub(super) fn optional_text(&mut self, object: &Value, at: &str, member: &str, longest: usize) {
        self.look(object, at, member, (false, &utf16(longest)));
    }

    fn look(&mut self, object: &Value, at: &str, member: &str, expected: (bool, &Shape)) {
        let given = self.given(object, member);
        check_member(self, expected, given, &place(at, member));
    }

    /// A whole number that must be there and within bounds. Gives it.
    pub(super) fn whole(
        &mut self,
        object: &Value,
        at: &str,
        member: &str,
        bounds: (i64, i64),
    ) -> Option<i64> {
        let (least, most) = bounds;
        self.look(object, at, member, (true, &Shape::Whole(least, most)));
        let number = object.get(member).and_then(Value::as_i64);
        number.filter(|number| (least..=most).contains(number))
    }

    /// A truth value that may be left out.
    pub(super) fn optional_truth(&mut self, object: &Value, at: &str, member: &str) {
        self.look(object, at, member, (false, &Shape::Truth));
    }

    /// A text that must be one of some.
    pub(super) fn one_of(&mut self, object: &Value, at: &str, member: &str, known: &[&str]) {
        let text = object.get(member).and_then(Value::as_str);
        if !text.is_some_and(|text| known.contains(&text)) {
            self.add(one_of(known), place(at, member));
        }
    }

    /// A list that must be there with a number of entries.
    pub(super) fn list<'a>(
        &mut self,
        object: &'a Value,
        at: &str,
        member: &str,
        sizes: (usize, usize),
    ) -> &'a [Value] {
        let Some(list) = object.get(member).and_then(Value::as_array) else {
            self.add("May not be null", place(at, member));
            return &[];
        };
        if !(sizes.0..=sizes.1).contains(&list.len()) {
            let text = format!("Size must be between {} and {}", sizes.0, sizes.1);
            self.add(text, place(at, member));
        }
        list
    }

    /// A list of texts that must be there with a number of entries. Gives the texts.
    pub(super) fn texts(
        &mut self,
        object: &Value,
        member: &str,
        sizes: (usize, usize),
    ) -> Vec<String> {
        let list = self.list(object, "", member, sizes);
        let mut texts = Vec::with_capacity(list.len());
        for (number, value) in list.iter().enumerate() {
            match value.as_str().filter(|text| !text.is_empty()) {
                Some(text) => texts.push(text.to_owned()),
                None => self.add("May not be empty", format!("{member}[{number}]")),
            }
        }
        texts
    }
}

impl From<Option<Detail>> for Findings {
    fn from(first: Option<Detail>) -> Self {
        Self {
            details: first.into_iter().collect(),
            ..Self::default()
        }
    }
}

impl From<Vec<Detail>> for Refusal {
    fn from(details: Vec<Detail>) -> Self {
        let message = format!("The request body has {} error(s)", details.len());
        let details: Vec<Value> = details
            .into_iter()
            .map(|detail| json!({"message": detail.message, "property": detail.property}))
            .collect();
        Self::new(400, json!({"message": message, "details": details}))
    }
}

/// A member of the body that must be a text.
pub(super) fn text<'a>(body: &'a Value, member: &str) -> Result<&'a str, Detail> {
    let text = body.get(member).and_then(Value::as_str);
    text.filter(|text| !text.is_empty()).ok_or_else(|| Detail {
        message: "May not be empty".into(),
        property: member.into(),
    })
}

/// A body with one error.
pub(super) fn wrong(property: &str, message: impl Into<String>) -> Refusal {
    Refusal::from(vec![Detail {
        message: message.into(),
        property: property.into(),
    }])
}

/// The place of a member of what is at a place; the body is at none.
pub(crate) fn place(at: &str, member: &str) -> String {
    if at.is_empty() {
        member.to_owned()
    } else {
        format!("{at}.{member}")
    }
}
