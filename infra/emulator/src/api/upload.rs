//! Forms with files, RFC 7578.

use super::{Context, Refusal};

/// The parts of a form: name and bytes.
pub(super) struct Parts(Vec<(String, Vec<u8>)>);

/// The most bytes that are read. LINE tells a number of ids and no size.
const MOST: usize = 32 * 1024 * 1024;

impl Parts {
    /// Takes the body apart.
    pub(super) fn read(cx: &Context<'_>) -> Result<Self, Refusal> {
        cx.fits(MOST)?;
        cx.content_type("multipart/form-data")?;
        let kind = cx.header("content-type").unwrap_or_default();
        let boundary = kind
            .split(';')
            .find_map(|part| part.trim().strip_prefix("boundary="))
            .map(|boundary| boundary.trim_matches('"'));
        let parts = boundary.and_then(|boundary| parts(&cx.incoming.body, boundary));
        parts
            .map(Self)
            .ok_or_else(|| Refusal::message(400, "The request body could not be parsed"))
    }

    /// A part as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let part = self.0.iter().find(|(own, _)| own == name);
        part.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
    }
}

fn parts(body: &[u8], boundary: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, delimiter.as_bytes())?;
        parts.push(one(&part[..end])?);
        rest = &part[end + delimiter.len()..];
    }
    rest.starts_with(b"--").then_some(parts)
}

fn one(part: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]);
    let disposition = head.lines().find(|line| {
        let name = line.split(':').next().unwrap_or_default();
        name.eq_ignore_ascii_case("content-disposition")
    })?;
    let name = disposition
        .split(';')
        .find_map(|word| word.trim().strip_prefix("name="))?;
    Some((name.trim_matches('"').to_owned(), part[end + 4..].to_vec()))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_form_is_taken_apart_to_the_byte() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\nVIP\r\n\
                    --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\nU1\nU2\n\r\n--b--\r\n";
        let found = parts(body.as_bytes(), "b").unwrap();
        assert_eq!(found[0], ("description".into(), b"VIP".to_vec()));
        assert_eq!(found[1], ("file".into(), b"U1\nU2\n".to_vec()));
        assert!(parts(body.as_bytes(), "other").is_none());
        assert!(parts(b"--b\r\n", "b").is_none());
    }
}
