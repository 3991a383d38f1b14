//! The tables row by row, each with what keeps it and what breaks it.

use serde_json::Value;

use super::action::{PLACES, Place};
use super::{Member, Object, Rule, Shape, check, objects, sample};
use crate::api::Findings;

/// One limit.
#[derive(Debug)]
pub struct Row {
    /// What it is about: an object, and its member if it is one's.
    pub name: String,
    /// The limit in words.
    pub says: String,
    /// Where LINE says so.
    pub source: String,
    object: Judged,
    /// Where mistakes are reported, from the object on.
    at: String,
    kept: Vec<Value>,
    broken: Vec<(&'static str, Value)>,
}

#[derive(Debug)]
enum Judged {
    Object(&'static Object),
    Action(&'static Place),
}

/// All limits.
pub fn rows() -> Vec<Row> {
    let of_objects = objects().flat_map(|object| {
        let members = object
            .members()
            .map(move |member| of_member(object, member));
        let rules = object.rules.iter().map(move |rule| of_rule(object, rule));
        members.chain(rules)
    });
    let of_places = PLACES.iter().flat_map(|place| {
        let rules = place.rules.iter().map(|rule| of_place_rule(place, rule));
        [of_types(place), of_label(place)].into_iter().chain(rules)
    });
    of_objects.chain(of_places).collect()
}

impl Row {
    /// Holds the row against the check: nothing is found in what keeps it, and something at its
    /// place in each value that breaks it. Gives what is otherwise.
    pub fn judge(&self) -> Result<(), String> {
        for value in &self.kept {
            let found = self.found(value);
            if found.iter().any(|(property, _)| self.is_here(property)) {
                return Err(format!("{value} is refused: {found:?}"));
            }
        }
        for (what, value) in &self.broken {
            let found = self.found(value);
            if !found.iter().any(|(property, _)| self.is_here(property)) {
                return Err(format!("{value} is {what} and not refused: {found:?}"));
            }
        }
        Ok(())
    }

    fn found(&self, value: &Value) -> Vec<(String, String)> {
        let mut findings = Findings::default();
        match self.object {
            Judged::Object(object) => check(&mut findings, object, value, "it"),
            Judged::Action(place) => super::check::action(&mut findings, place, value, "it"),
        }
        findings.all()
    }

    fn is_here(&self, property: &str) -> bool {
        let at = match self.at.as_str() {
            "" => "it".to_owned(),
            at => format!("it.{at}"),
        };
        // A missing label is reported of the whole action.
        let is_of_label = self.at == "label" && property == "it";
        property == at || property == format!("{at}.type") || is_of_label
    }
}

fn of_member(object: &'static Object, member: &'static Member) -> Row {
    let whole = sample::object(object);
    let taken = sample::taken(&member.shape).into_iter();
    let refused = sample::refused(&member.shape).into_iter();
    let mut broken: Vec<_> = refused
        .map(|(what, value)| (what, sample::with(&whole, member.name, value)))
        .collect();
    if member.is_required {
        broken.push(("without it", sample::without(&whole, member)));
    }
    Row {
        name: format!("{}: {}", object.name, member.name),
        says: words(member),
        source: object.source(),
        object: Judged::Object(object),
        at: member.name.to_owned(),
        kept: taken
            .map(|it| sample::with(&whole, member.name, it))
            .collect(),
        broken,
    }
}

/// A member in words.
fn words(member: &Member) -> String {
    let need = if member.is_required {
        "required"
    } else {
        "optional"
    };
    format!("{need}, {}", member.shape.words())
}

fn of_rule(object: &'static Object, rule: &'static Rule) -> Row {
    let whole = sample::object(object);
    Row {
        name: format!("{}: {}", object.name, rule.says),
        says: rule.says.to_owned(),
        source: object.source(),
        object: Judged::Object(object),
        at: rule.at.to_owned(),
        kept: vec![sample::added(&whole, &(rule.kept)())],
        broken: vec![("against the rule", sample::added(&whole, &(rule.broken)()))],
    }
}

const LABELS: &str =
    "https://developers.line.biz/en/reference/messaging-api/#action-object-label-spec";

fn of_label(place: &'static Place) -> Row {
    let action = sample::action(place.takes[0]);
    let label = Shape::Text(super::Text { ..place.label });
    let label = Member {
        name: "label",
        is_required: place.is_label_required,
        shape: label,
    };
    let mut broken = vec![(
        "too long",
        sample::with(&action, "label", "a".repeat(place.label.most + 1).into()),
    )];
    let mut kept = vec![sample::with(
        &action,
        "label",
        "a".repeat(place.label.most).into(),
    )];
    let without = [
        sample::without(&action, &label),
        sample::with(&action, "label", "".into()),
    ];
    match place.is_label_required {
        true => broken.extend(without.map(|it| ("without it", it))),
        false => kept.extend(without),
    }
    Row {
        name: format!("label in {}", place.name),
        says: words(&label),
        source: LABELS.into(),
        object: Judged::Action(place),
        at: "label".into(),
        kept,
        broken,
    }
}

fn of_types(place: &'static Place) -> Row {
    let takes = |kind: &Object| place.takes.iter().any(|it| it.kind == kind.kind);
    let others = super::action::KINDS.iter().filter(|kind| !takes(kind));
    let known: Vec<&str> = place.takes.iter().map(|kind| kind.kind).collect();
    Row {
        name: format!("types of actions in {}", place.name),
        says: format!("one of {}", known.join(", ")),
        source: "https://developers.line.biz/en/reference/messaging-api/#action-objects".into(),
        object: Judged::Action(place),
        at: "type".into(),
        kept: place
            .takes
            .iter()
            .map(|kind| sample::action(kind))
            .collect(),
        broken: others
            .map(|kind| ("not for here", sample::action(kind)))
            .collect(),
    }
}

fn of_place_rule(place: &'static Place, rule: &'static Rule) -> Row {
    Row {
        name: format!("actions in {}: {}", place.name, rule.says),
        says: rule.says.to_owned(),
        source: "https://developers.line.biz/en/reference/messaging-api/#action-objects".into(),
        object: Judged::Action(place),
        at: rule.at.to_owned(),
        kept: vec![(rule.kept)()],
        broken: vec![("against the rule", (rule.broken)())],
    }
}
