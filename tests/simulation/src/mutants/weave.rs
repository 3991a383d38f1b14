//! Weaves mutants into a file: each change is chosen while the program runs, so that one
//! build has all of them.

use std::collections::BTreeMap;
use std::ops::Range;

/// One change to a file, in force while its mutant is the one that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Whose change it is.
    pub mutant: String,
    /// The bytes of the file that it changes.
    pub span: Range<usize>,
    /// What it does to them.
    pub change: Change,
}

/// What a change does to its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Puts other code in the place of an expression, or of whole statements.
    Replace(String),
    /// Puts code in front. It asks itself which mutant is tried.
    Insert(String),
}

/// A file with its mutants, and whose each part of it is.
#[derive(Debug, Default)]
pub(super) struct Woven {
    /// The file's new text.
    pub text: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    span: Range<usize>,
    mutants: Vec<String>,
}

impl Woven {
    /// The mutants of the smallest part that has these bytes of the new text: the one whose
    /// code it is, or those that are chosen there.
    pub(super) fn mutants_at(&self, bytes: &Range<usize>) -> &[String] {
        let has = |part: &&Part| part.span.start <= bytes.start && bytes.end <= part.span.end;
        let around = self.parts.iter().filter(has);
        around
            .min_by_key(|part| part.span.len())
            .map_or(&[], |part| &part.mutants)
    }
}

/// The expression that asks whether a mutant is the one that is tried.
pub(super) fn asks(mutant: &str) -> String {
    format!("crate::mutant::is({mutant:?})")
}

/// Weaves the edits into a file.
///
/// # Errors
/// Two of them overlap, and neither is within the other.
pub(super) fn weave(source: &str, edits: &[Edit]) -> Result<Woven, String> {
    let mut places: BTreeMap<Key, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        places.entry(Key::of(edit)).or_default().push(edit);
    }
    let places: Vec<_> = places.into_values().collect();
    let mut woven = Woven::default();
    let mut loom = Loom {
        source,
        places: &places,
        woven: &mut woven,
    };
    loom.weave(0..source.len(), 0..places.len())?;
    Ok(woven)
}

/// The order in which places are woven: from the front, and the larger one first.
/// What is inserted stands before what is replaced.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(usize, bool, std::cmp::Reverse<usize>);

impl Key {
    fn of(edit: &Edit) -> Self {
        let replaces = matches!(edit.change, Change::Replace(_));
        Self(edit.span.start, replaces, std::cmp::Reverse(edit.span.end))
    }
}

struct Loom<'a> {
    source: &'a str,
    places: &'a [Vec<&'a Edit>],
    woven: &'a mut Woven,
}

impl Loom<'_> {
    /// Weaves a part of the source, in which all of these places are.
    fn weave(&mut self, source: Range<usize>, places: Range<usize>) -> Result<(), String> {
        let mut at = source.start;
        let mut next = places.start;
        while next < places.end {
            let edits = &self.places[next];
            let span = edits[0].span.clone();
            let inner = self.places[next + 1..places.end].iter();
            let inside = next + 1 + inner.take_while(|it| it[0].span.start < span.end).count();
            if let Some(other) = self.places[next..inside]
                .iter()
                .find(|it| it[0].span.end > span.end)
            {
                return Err(overlap(edits[0], other[0]));
            }
            self.woven.text.push_str(&self.source[at..span.start]);
            at = self.place(edits, next + 1..inside)?;
            next = inside.max(next + 1);
        }
        self.woven.text.push_str(&self.source[at..source.end]);
        Ok(())
    }

    /// Weaves one place; tells where in the source it goes on.
    fn place(&mut self, edits: &[&Edit], inside: Range<usize>) -> Result<usize, String> {
        let begun = self.woven.text.len();
        let span = edits[0].span.clone();
        let original = &self.source[span.clone()];
        let is_statement = original.ends_with([';', '}']);
        if is_replaced(edits) && !is_statement {
            self.woven.text.push('(');
        }
        for edit in edits {
            match &edit.change {
                Change::Insert(text) => self.own(edit, text),
                Change::Replace(text) => {
                    self.own(edit, &format!("if {} {{ {text} }}", asks(&edit.mutant)));
                    self.woven.text.push_str(" else ");
                }
            }
        }
        if !is_replaced(edits) {
            return Ok(span.start);
        }
        self.woven.text.push_str("{ ");
        self.weave(span.clone(), inside)?;
        // On a line of its own: what it ends may end with a comment.
        let end = if is_statement { "\n}" } else { "\n})" };
        self.woven.text.push_str(end);
        self.woven.parts.push(Part {
            span: begun..self.woven.text.len(),
            mutants: edits.iter().map(|edit| edit.mutant.clone()).collect(),
        });
        Ok(span.end)
    }

    fn own(&mut self, edit: &Edit, text: &str) {
        let begun = self.woven.text.len();
        self.woven.text.push_str(text);
        self.woven.parts.push(Part {
            span: begun..self.woven.text.len(),
            mutants: vec![edit.mutant.clone()],
        });
    }
}

fn is_replaced(edits: &[&Edit]) -> bool {
    matches!(edits[0].change, Change::Replace(_))
}

fn overlap(one: &Edit, other: &Edit) -> String {
    format!(
        "{} and {} change code that overlaps, at bytes {:?} and {:?}: let one of them take in \
         all that the other changes",
        one.mutant, other.mutant, one.span, other.span
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(mutant: &str, source: &str, original: &str, text: &str) -> Edit {
        let start = source.find(original).unwrap();
        Edit {
            mutant: mutant.into(),
            span: start..start + original.len(),
            change: Change::Replace(text.into()),
        }
    }

    #[test]
    fn mutants_of_one_place_and_mutants_inside_others_are_chosen_one_at_a_time() {
        let source = "let x = a + b * c;";
        let edits = [
            edit("outer", source, "a + b * c", "a - b * c"),
            edit("inner", source, "b * c", "b / c"),
            edit("same", source, "b * c", "0"),
        ];
        let woven = weave(source, &edits).unwrap();
        let is = |name: &str| format!("if {} ", asks(name));
        let expected = format!(
            "let x = ({}{{ a - b * c }} else {{ a + ({}{{ b / c }} else {}{{ 0 }} else {{ b * c\n}})\n}});",
            is("outer"),
            is("inner"),
            is("same")
        );
        assert_eq!(woven.text, expected);
        let at = |text: &str| {
            let at = woven.text.find(text).unwrap();
            woven.mutants_at(&(at..at + text.len()))
        };
        assert_eq!(at("b / c"), ["inner"]);
        assert_eq!(at("b * c\n}"), ["inner", "same"]);
        assert_eq!(at("a + ("), ["outer"]);
        assert_eq!(at("let"), [""; 0]);
    }

    #[test]
    fn statements_stay_statements_and_what_is_inserted_stands_before_them() {
        let source = "f(); g();";
        let mut inserted = edit("first", source, "f();", "first();");
        inserted.change = Change::Insert("first(); ".into());
        inserted.span = 0..0;
        let edits = [edit("without", source, "f();", ""), inserted];
        let expected = format!(
            "first(); if {} {{  }} else {{ f();\n}} g();",
            asks("without")
        );
        assert_eq!(weave(source, &edits).unwrap().text, expected);
    }

    #[test]
    fn what_overlaps_is_refused_by_name() {
        let source = "a + b + c";
        let edits = [
            edit("one", source, "a + b", "a"),
            edit("two", source, "b + c", "c"),
        ];
        let refusal = weave(source, &edits).unwrap_err();
        assert!(refusal.starts_with("one and two change code that overlaps"));
    }
}
