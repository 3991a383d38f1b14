//! CloudWatch's metric math, as far as our alarms use it: numbers, metrics, `+ - * /`, comparisons, `AND`, `OR`,
//! `IF(condition, then, otherwise)` and `FILL(metric, number)`.

/// An expression over metrics. It gives one value for each period, from the metrics' values of that period.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    /// A metric, by its id in the alarm.
    Metric(String),
    Binary(Operator, Box<(Expression, Expression)>),
    If(Box<(Expression, Expression, Expression)>),
    Fill(Box<(Expression, Expression)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
}

/// Each operator as it is written, weakest first.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("OR", Operator::Or), ("||", Operator::Or)],
    &[("AND", Operator::And), ("&&", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Divided)],
];

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is not understood in it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            tokens: tokens(text)?,
            at: 0,
        };
        let expression = parser.level(0)?;
        match parser.peek() {
            None => Ok(expression),
            Some(rest) => Err(format!("{rest:?} is too much in {text:?}")),
        }
    }

    /// Its value in a period; none where a metric that it needs has none there, or after a division by zero.
    pub(super) fn value(&self, metric: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Metric(id) => metric(id),
            Self::Binary(operator, sides) => {
                operator.of(sides.0.value(metric)?, sides.1.value(metric)?)
            }
            Self::If(parts) => match parts.0.value(metric)? != 0.0 {
                true => parts.1.value(metric),
                false => parts.2.value(metric),
            },
            Self::Fill(parts) => parts.0.value(metric).or_else(|| parts.1.value(metric)),
        }
    }

    /// The metrics' ids in it.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect(&mut names);
        names
    }

    fn collect<'a>(&'a self, names: &mut Vec<&'a str>) {
        let parts = match self {
            Self::Number(_) => vec![],
            Self::Metric(id) => return names.push(id),
            Self::Binary(_, parts) | Self::Fill(parts) => vec![&parts.0, &parts.1],
            Self::If(parts) => vec![&parts.0, &parts.1, &parts.2],
        };
        for part in parts {
            part.collect(names);
        }
    }
}

impl Operator {
    fn of(self, left: f64, right: f64) -> Option<f64> {
        let truth = |is_true: bool| Some(f64::from(u8::from(is_true)));
        match self {
            Self::Or => truth(left != 0.0 || right != 0.0),
            Self::And => truth(left != 0.0 && right != 0.0),
            Self::Equal => truth(left == right),
            Self::NotEqual => truth(left != right),
            Self::Less => truth(left < right),
            Self::LessOrEqual => truth(left <= right),
            Self::Greater => truth(left > right),
            Self::GreaterOrEqual => truth(left >= right),
            Self::Plus => Some(left + right),
            Self::Minus => Some(left - right),
            Self::Times => Some(left * right),
            Self::Divided => (right != 0.0).then(|| left / right),
        }
    }
}

/// Numbers and names, brackets, commas and operators.
fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let length = match rest.get(..2) {
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            Some("==" | "!=" | "<=" | ">=" | "&&" | "||") => 2,
            _ if "()+-*/<>,".contains(first) => 1,
            _ => return Err(format!("{first:?} is not understood in {text:?}")),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token.to_owned());
        rest = after.trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Result<String, String> {
        let token = self.peek().ok_or("it ends too early")?.to_owned();
        self.at += 1;
        Ok(token)
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        let token = self.next()?;
        match token == wanted {
            true => Ok(()),
            false => Err(format!("{token:?} where {wanted:?} should be")),
        }
    }

    /// Operators of this level or of a stronger one.
    fn level(&mut self, level: usize) -> Result<Expression, String> {
        let Some(operators) = LEVELS.get(level) else {
            return self.operand();
        };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new((left, right)));
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let token = self.peek()?;
        let (_, operator) = operators.iter().find(|(word, _)| *word == token)?;
        self.at += 1;
        Some(*operator)
    }

    fn operand(&mut self) -> Result<Expression, String> {
        let token = self.next()?;
        if let Ok(number) = token.parse() {
            return Ok(Expression::Number(number));
        }
        match token.as_str() {
            "(" => {
                let inner = self.level(0)?;
                self.expect(")")?;
                Ok(inner)
            }
            "IF" => {
                let [condition, then, otherwise] = self.arguments()?;
                Ok(Expression::If(Box::new((condition, then, otherwise))))
            }
            "FILL" => {
                let [metric, number] = self.arguments()?;
                Ok(Expression::Fill(Box::new((metric, number))))
            }
            // CloudWatch's ids begin with a small letter, and its functions are in capitals.
            id if id.starts_with(|c: char| c.is_ascii_lowercase()) => Ok(Expression::Metric(token)),
            other => Err(format!("{other:?} is not understood")),
        }
    }

    fn arguments<const N: usize>(&mut self) -> Result<[Expression; N], String> {
        self.expect("(")?;
        let mut arguments = vec![self.level(0)?];
        while self.peek() == Some(",") {
            self.at += 1;
            arguments.push(self.level(0)?);
        }
        self.expect(")")?;
        let number = arguments.len();
        <[Expression; N]>::try_from(arguments)
            .map_err(|_| format!("{number} arguments where {N} should be"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value where `a` is 6, `b` is 3, and everything else is missing.
    fn value(text: &str) -> Option<f64> {
        let metric = |id: &str| match id {
            "a" => Some(6.0),
            "b" => Some(3.0),
            _ => None,
        };
        Expression::parse(text).unwrap().value(&metric)
    }

    #[test]
    fn arithmetic_has_its_usual_order() {
        assert_eq!(value("a + b * 2"), Some(12.0));
        assert_eq!(value("(a + b) * 2"), Some(18.0));
        assert_eq!(value("a - b - 1"), Some(2.0));
        assert_eq!(value("100*b/a"), Some(50.0));
    }

    #[test]
    fn comparisons_give_one_or_zero_and_can_be_joined() {
        assert_eq!(value("a > b"), Some(1.0));
        assert_eq!(value("a <= b"), Some(0.0));
        assert_eq!(value("a > b AND b == 3"), Some(1.0));
        assert_eq!(value("a < b OR b != 3"), Some(0.0));
        assert_eq!(value("a < b OR a > b AND b > 1"), Some(1.0));
    }

    #[test]
    fn if_takes_one_of_two() {
        assert_eq!(value("IF(a > b, a, b)"), Some(6.0));
        assert_eq!(value("IF(a < b, a, b)"), Some(3.0));
        assert_eq!(value("IF(a > b, 1, missing)"), Some(1.0));
    }

    #[test]
    fn what_is_missing_stays_missing_unless_it_is_filled() {
        assert_eq!(value("a + missing"), None);
        assert_eq!(value("IF(missing > 0, 1, 0)"), None);
        assert_eq!(value("a + FILL(missing, 0)"), Some(6.0));
        assert_eq!(value("FILL(a, 0)"), Some(6.0));
        assert_eq!(value("a / (b - 3)"), None);
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for text in [
            "",
            "a +",
            "a b",
            "FILL(a)",
            "FILL(a, REPEAT)",
            "RATE(a)",
            "(a",
            "a % b",
        ] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }
}
