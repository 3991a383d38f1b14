//! What reading conditions and updates has in common.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::expression::path::{Path, Step};
use crate::expression::scope::Scope;
use crate::expression::token::{Token, tokens};
use crate::failure::Failure;
use crate::value::Value;

/// From <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>.
static RESERVED: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("reserved.txt").lines().collect());

/// The longest expression.
const MOST_BYTES: usize = 4096;

/// One expression while it is read.
pub(crate) struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    scope: &'a mut Scope,
}

impl<'a> Parser<'a> {
    /// Reads a whole expression; errors say `what` it is for.
    pub(crate) fn read<T>(
        what: &str,
        text: &'a str,
        scope: &'a mut Scope,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let whole = || {
            let tokens = checked_tokens(text)?;
            let mut parser = Self {
                tokens,
                at: 0,
                scope,
            };
            let read = read(&mut parser)?;
            match parser.peek() {
                None => Ok(read),
                Some(_) => Err(parser.unexpected()),
            }
        };
        whole().map_err(|message: String| Failure::Validation(format!("Invalid {what}: {message}")))
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    /// The error that the next token is none that can be here.
    pub(super) fn unexpected(&self) -> String {
        match self.peek() {
            Some(token) => format!("Syntax error; token: {token:?}"),
            None => "Syntax error; token: \"<EOF>\"".to_owned(),
        }
    }

    /// Takes this sign, if it is next.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Sign(next)) if next == sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes this keyword, if it is next.
    pub(super) fn takes_word(&mut self, keyword: &str) -> bool {
        let is_next =
            matches!(self.peek(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes this sign, which must be next.
    pub(super) fn expect(&mut self, sign: &str) -> Result<(), String> {
        match self.takes(sign) {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    /// Takes this keyword, which must be next.
    pub(super) fn expect_word(&mut self, keyword: &str) -> Result<(), String> {
        match self.takes_word(keyword) {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    /// Takes a function's name and its bracket, if they are next.
    pub(super) fn function(&mut self) -> Option<&'a str> {
        match self.tokens.get(self.at..self.at + 2)? {
            [Token::Word(name), Token::Sign("(")] if !name.eq_ignore_ascii_case("NOT") => {
                self.at += 2;
                Some(name)
            }
            _ => None,
        }
    }

    /// One or more of something, with commas between.
    pub(super) fn list<T>(
        &mut self,
        one: impl Fn(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut all = vec![one(self)?];
        while self.takes(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    /// A value that must be next.
    pub(super) fn value(&mut self) -> Result<Value, String> {
        let Some(Token::Value(alias)) = self.peek() else {
            return Err(self.unexpected());
        };
        self.at += 1;
        self.scope.value(alias)
    }

    /// Whether a path is next, and not a value.
    pub(super) fn path_is_next(&self) -> bool {
        matches!(self.peek(), Some(Token::Word(_) | Token::Name(_)))
    }

    /// A path that must be next.
    pub(super) fn path(&mut self) -> Result<Path, String> {
        let attribute = self.name()?;
        let mut steps = Vec::new();
        loop {
            if self.takes(".") {
                steps.push(Step::Name(self.name()?));
            } else if self.takes("[") {
                steps.push(Step::Index(self.index()?));
                self.expect("]")?;
            } else {
                return Ok(Path { attribute, steps });
            }
        }
    }

    fn name(&mut self) -> Result<String, String> {
        let name = match self.peek() {
            Some(Token::Word(word)) if RESERVED.contains(word.to_ascii_uppercase().as_str()) => {
                return Err(format!(
                    "Attribute name is a reserved keyword; reserved keyword: {word}"
                ));
            }
            Some(Token::Word(word)) => word.to_owned(),
            Some(Token::Name(alias)) => self.scope.name(alias)?,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(name)
    }

    fn index(&mut self) -> Result<usize, String> {
        let Some(Token::Index(index)) = self.peek() else {
            return Err(self.unexpected());
        };
        self.at += 1;
        Ok(index)
    }
}

fn checked_tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    match text.len() {
        0 => Err("The expression can not be empty;".to_owned()),
        bytes if bytes > MOST_BYTES => {
            Err("Expression size has exceeded the maximum allowed size;".to_owned())
        }
        _ => tokens(text),
    }
}

/// The error of a value that an operator cannot take.
pub(super) fn wrong_operand(operator: &str, value: &Value) -> String {
    format!(
        "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {}",
        value.kind()
    )
}
