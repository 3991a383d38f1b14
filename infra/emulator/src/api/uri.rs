//! Addresses in a body.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#url-encoding>

use serde_json::Value;

use super::findings::Findings;

/// What a tap can open.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#uri-action>
const OPENED: [&str; 4] = ["http", "https", "line", "tel"];
/// Its most UTF-16 units.
const LONGEST: usize = 1000;

/// An address that a tap opens; it must be there.
pub(super) fn opened(findings: &mut Findings, object: &Value, at: &str, member: &str) {
    let Some(text) = findings.some_text(object, at, member) else {
        return;
    };
    let property = format!("{at}.{member}");
    if text.encode_utf16().count() > LONGEST {
        findings.add(format!("size must be between 0 and {LONGEST}"), property);
    } else if !OPENED.contains(&text.split(':').next().unwrap_or_default()) || !text.contains(':') {
        findings.add("invalid uri scheme", property);
    } else if !is_well_formed(text) {
        findings.add("invalid uri", property);
    }
}

/// Whether an address is one of https.
pub(super) fn is_https(text: &str) -> bool {
    text.starts_with("https:") && is_well_formed(text)
}

/// Whether it has a host or a number, and nothing that must be percent-encoded. Letters
/// outside ASCII should be too, but LINE does not say that it refuses them.
fn is_well_formed(text: &str) -> bool {
    let host = match text.split_once(':') {
        Some(("tel", number)) => number,
        Some((_, rest)) if rest.starts_with("//") => {
            rest[2..].split(['/', '?', '#']).next().unwrap_or_default()
        }
        _ => return false,
    };
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let may_stand = match character {
            '%' => [characters.next(), characters.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
            _ => !character.is_whitespace() && !character.is_control(),
        };
        if !may_stand {
            return false;
        }
    }
    !host.is_empty()
}
