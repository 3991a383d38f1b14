//! A file's code, as far as mutants need to know it: an operator's operands, a match arm's
//! pattern, where a constant is used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::list::CargoMutant;
use super::weave::{Change, Edit, asks};

const NO_PLACE: &str = "there is no such place in the code";
const LET: &str = "a condition with `let` is no expression of its own";
const CONSTANT: &str = "a constant that is used where nothing can be asked";
const OPAQUE: &str = "a function that returns `impl` returns one type";

/// One file.
pub(super) struct Code {
    source: String,
    places: Places,
}

/// What is where, by the byte at which it begins; operators by their own.
#[derive(Default)]
struct Places {
    operators: BTreeMap<usize, Operator>,
    structs: BTreeMap<usize, Range<usize>>,
    patterns: BTreeMap<usize, usize>,
    guards: BTreeMap<usize, Range<usize>>,
    constants: BTreeMap<String, Range<usize>>,
    /// Where names stand alone that may be constants': in code that runs, or not.
    names: Vec<(String, Range<usize>, bool)>,
    inside_constant: bool,
}

struct Operator {
    whole: Range<usize>,
    has_let: bool,
}

impl Code {
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let source = fs::read_to_string(path)?;
        let file = syn::parse_file(&source).map_err(io::Error::other)?;
        let mut places = Places::default();
        places.visit_file(&file);
        Ok(Self { source, places })
    }

    /// What a mutant changes, so that it can be chosen while the program runs.
    pub(super) fn edits(&self, id: &str, mutant: &CargoMutant) -> Result<Vec<Edit>, &'static str> {
        let span = mutant.span.start.byte(&self.source)..mutant.span.end.byte(&self.source);
        let edit = |span, change| Edit {
            mutant: id.to_owned(),
            span,
            change,
        };
        let whole = match mutant.genre.as_str() {
            "FnValue" => {
                let opaque =
                    |function: &super::list::Function| function.return_type.contains("impl ");
                if mutant.function.as_ref().is_some_and(opaque) {
                    return Err(OPAQUE);
                }
                let text = format!("if {} {{ return {}; }}\n", asks(id), mutant.replacement);
                return Ok(vec![edit(span.start..span.start, Change::Insert(text))]);
            }
            "MatchArm" => {
                let end = *self.places.patterns.get(&span.start).ok_or(NO_PLACE)?;
                let text = format!(" if !{}", asks(id));
                return Ok(vec![edit(end..end, Change::Insert(text))]);
            }
            "MatchArmGuard" => self.places.guards.get(&span.start).ok_or(NO_PLACE)?,
            "StructField" => self.places.structs.get(&span.start).ok_or(NO_PLACE)?,
            _ => {
                let operator = self.places.operators.get(&span.start).ok_or(NO_PLACE)?;
                if operator.has_let {
                    return Err(LET);
                }
                &operator.whole
            }
        };
        let replacement = format!(" {} ", mutant.replacement.trim());
        let text = [
            &self.source[whole.start..span.start],
            &replacement,
            &self.source[span.end..whole.end],
        ]
        .concat();
        match self.constant_around(whole) {
            None => Ok(vec![edit(whole.clone(), Change::Replace(text))]),
            Some((name, value)) => {
                let text = [
                    &self.source[value.start..whole.start],
                    &text,
                    &self.source[whole.end..value.end],
                ]
                .concat();
                let uses = self.uses(name)?;
                let change = |at| edit(at, Change::Replace(format!("({text})")));
                Ok(uses.into_iter().map(change).collect())
            }
        }
    }

    /// In which constant a mutant is, if in one.
    pub(super) fn constant_of(&self, mutant: &CargoMutant) -> Option<&str> {
        let at = mutant.span.start.byte(&self.source);
        self.constant_around(&(at..at)).map(|(name, _)| name)
    }

    fn constant_around(&self, span: &Range<usize>) -> Option<(&str, &Range<usize>)> {
        let mut constants = self.places.constants.iter();
        let around = constants.find(|(_, it)| it.start <= span.start && span.end <= it.end);
        around.map(|(name, value)| (name.as_str(), value))
    }

    /// Where a constant is used, each place in code that runs.
    fn uses(&self, constant: &str) -> Result<Vec<Range<usize>>, &'static str> {
        let names = self.places.names.iter();
        let uses: Vec<_> = names.filter(|(name, ..)| name == constant).collect();
        let all_run = uses.iter().all(|(_, _, runs)| *runs);
        // Once where it is made; the rest may be in macros, patterns or other files.
        let code = self
            .source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let is_part = |it: char| !it.is_alphanumeric() && it != '_';
        let words = code.flat_map(|line| line.split(is_part));
        let times = words.filter(|word| *word == constant).count();
        match all_run && !uses.is_empty() && times == uses.len() + 1 {
            true => Ok(uses.into_iter().map(|(_, at, _)| at.clone()).collect()),
            false => Err(CONSTANT),
        }
    }
}

impl Places {
    fn constant(&mut self, name: &syn::Ident, value: &syn::Expr) {
        let span = value.span().byte_range();
        self.constants.insert(name.to_string(), span);
        let outside = std::mem::replace(&mut self.inside_constant, true);
        self.visit_expr(value);
        self.inside_constant = outside;
    }
}

impl<'ast> Visit<'ast> for Places {
    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let mut lets = Lets(false);
        lets.visit_expr_binary(binary);
        self.operators.insert(
            binary.op.span().byte_range().start,
            Operator {
                whole: binary.span().byte_range(),
                has_let: lets.0,
            },
        );
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        self.operators.insert(
            unary.op.span().byte_range().start,
            Operator {
                whole: unary.span().byte_range(),
                has_let: false,
            },
        );
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_struct(&mut self, it: &'ast syn::ExprStruct) {
        for field in &it.fields {
            let at = field.span().byte_range().start;
            self.structs.insert(at, it.span().byte_range());
        }
        visit::visit_expr_struct(self, it);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let end = arm.pat.span().byte_range().end;
        self.patterns.insert(arm.span().byte_range().start, end);
        if let Some((_, guard)) = &arm.guard {
            let span = guard.span().byte_range();
            self.guards.insert(span.start, span);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_item_const(&mut self, it: &'ast syn::ItemConst) {
        self.constant(&it.ident, &it.expr);
    }

    fn visit_item_static(&mut self, it: &'ast syn::ItemStatic) {
        self.constant(&it.ident, &it.expr);
    }

    fn visit_impl_item_const(&mut self, it: &'ast syn::ImplItemConst) {
        self.constant(&it.ident, &it.expr);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(name) = path.path.get_ident() {
            let runs = !self.inside_constant;
            let at = path.span().byte_range();
            self.names.push((name.to_string(), at, runs));
        }
        visit::visit_expr_path(self, path);
    }
}

/// Whether there is a `let` in a condition.
struct Lets(bool);

impl<'ast> Visit<'ast> for Lets {
    fn visit_expr_let(&mut self, _: &'ast syn::ExprLet) {
        self.0 = true;
    }

    fn visit_block(&mut self, _: &'ast syn::Block) {}
}
