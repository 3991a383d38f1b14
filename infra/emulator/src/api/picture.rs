//! What a picture's first bytes tell: its media type and how large it is.

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// Its media type.
    pub(super) kind: &'static str,
    /// How wide it is, in pixels.
    pub(super) width: u32,
    /// How high it is, in pixels.
    pub(super) height: u32,
}

impl Picture {
    /// Reads the head of a PNG or JPEG.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let sized = |kind| {
            move |(width, height)| Self {
                kind,
                width,
                height,
            }
        };
        let png = png(bytes).map(sized("image/png"));
        png.or_else(|| jpeg(bytes).map(sized("image/jpeg")))
    }
}

/// Source: <https://www.w3.org/TR/png-3/#11IHDR>
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    let number = |at: usize| Some(u32::from_be_bytes(*head.get(at..)?.first_chunk()?));
    Some((number(0)?, number(4)?))
}

/// The size stands in the frame header, whose marker is one of `SOF0` to `SOF15`.
///
/// Source: <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, B.2.2
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    while let [0xff, marker, high, low, inner @ ..] = rest {
        match marker {
            0xff => rest = &rest[1..],
            // Huffman tables, extensions and arithmetic coding stand among the frames.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => return frame(inner),
            _ => rest = rest.get(2 + usize::from(u16::from_be_bytes([*high, *low]))..)?,
        }
    }
    None
}

fn frame(inner: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u16::from_be_bytes(*inner.get(at..)?.first_chunk()?));
    Some((number(3)?.into(), number(1)?.into()))
}

#[cfg(test)]
mod tests {
    use super::Picture;

    #[test]
    fn a_png_is_measured() {
        let bytes = include_bytes!("../../tests/fixtures/menu.png");
        let expected = Picture {
            kind: "image/png",
            width: 800,
            height: 540,
        };
        assert_eq!(Picture::read(bytes), Some(expected));
        assert_eq!(Picture::read(&bytes[..20]), None);
    }

    #[test]
    fn a_jpeg_is_measured_behind_its_other_segments() {
        let bytes = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x02\xff\xc2\x00\x0b\x08\x02\x1c\x03\x20\x03";
        let expected = Picture {
            kind: "image/jpeg",
            width: 800,
            height: 540,
        };
        assert_eq!(Picture::read(bytes), Some(expected));
        assert_eq!(Picture::read(&bytes[..12]), None);
        assert_eq!(Picture::read(b"GIF89a"), None);
    }
}
