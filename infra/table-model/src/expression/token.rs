//! An expression's tokens.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword, a function or an attribute.
    Word(&'a str),
    /// `#name`
    Name(&'a str),
    /// `:value`
    Value(&'a str),
    /// A place in a list.
    Index(usize),
    /// An operator, a bracket, a comma or a dot.
    Sign(&'static str),
}

/// Cuts a text into tokens; what is none is a syntax error.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let (token, length) = first(rest).ok_or_else(|| {
            let odd = rest.chars().next().unwrap_or_default();
            format!("Syntax error; token: \"{odd}\"")
        })?;
        tokens.push(token);
        rest = rest[length..].trim_ascii_start();
    }
    Ok(tokens)
}

fn first(rest: &str) -> Option<(Token<'_>, usize)> {
    if let Some(sign) = sign(rest) {
        return Some((Token::Sign(sign), sign.len()));
    }
    let prefixed = matches!(rest.as_bytes()[0], b'#' | b':');
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let word = rest
        .bytes()
        .skip(usize::from(prefixed))
        .take_while(in_word)
        .count();
    let length = word + usize::from(prefixed);
    let text = &rest[..length];
    let token = match rest.as_bytes()[0] {
        _ if word == 0 => return None,
        b'#' => Token::Name(text),
        b':' => Token::Value(text),
        b'0'..=b'9' => Token::Index(text.parse().ok()?),
        _ => Token::Word(text),
    };
    Some((token, length))
}

/// The sign that a text begins with; of two that fit it is the longer one.
fn sign(text: &str) -> Option<&'static str> {
    let mut bytes = text.bytes();
    Some(match (bytes.next()?, bytes.next()) {
        (b'<', Some(b'>')) => "<>",
        (b'<', Some(b'=')) => "<=",
        (b'>', Some(b'=')) => ">=",
        (b'<', _) => "<",
        (b'>', _) => ">",
        (b'=', _) => "=",
        (b'(', _) => "(",
        (b')', _) => ")",
        (b'[', _) => "[",
        (b']', _) => "]",
        (b'.', _) => ".",
        (b',', _) => ",",
        (b'+', _) => "+",
        (b'-', _) => "-",
        _ => return None,
    })
}
