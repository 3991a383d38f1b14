//! LINE's words for lengths, as CSS lengths. How many pixels a word has is not documented; these are near what a
//! phone shows.

/// What a word means, if it is one.
pub(super) type Words = fn(&str) -> Option<&'static str>;

/// Of a margin, a padding, an offset, the space between components, a rounded corner.
pub(super) fn space(word: &str) -> Option<&'static str> {
    Some(match word {
        "none" => "0",
        "xs" => "2px",
        "sm" => "4px",
        "md" => "8px",
        "lg" => "12px",
        "xl" => "16px",
        "xxl" => "20px",
        _ => return None,
    })
}

/// Of a border.
pub(super) fn border(word: &str) -> Option<&'static str> {
    Some(match word {
        "none" => "0",
        "light" => "0.5px",
        "normal" => "1px",
        "medium" => "2px",
        "semi-bold" => "3px",
        "bold" => "4px",
        _ => return None,
    })
}

/// Of letters and icons.
pub(super) fn font(word: &str) -> Option<&'static str> {
    Some(match word {
        "xxs" => "11px",
        "xs" => "13px",
        "sm" => "14px",
        "md" => "16px",
        "lg" => "19px",
        "xl" => "22px",
        "xxl" => "29px",
        "3xl" => "35px",
        "4xl" => "48px",
        "5xl" => "74px",
        _ => return None,
    })
}

/// Of an image's width.
pub(super) fn picture(word: &str) -> Option<&'static str> {
    Some(match word {
        "xxs" => "40px",
        "xs" => "60px",
        "sm" => "80px",
        "md" => "100px",
        "lg" => "120px",
        "xl" => "140px",
        "xxl" => "160px",
        "3xl" => "180px",
        "4xl" => "200px",
        "5xl" => "220px",
        "full" => "100%",
        _ => return None,
    })
}

/// Of a box's width or height, which has none.
pub(super) fn none(_: &str) -> Option<&'static str> {
    None
}

/// Of a bubble's width.
pub(super) fn bubble(size: &str) -> &'static str {
    match size {
        "nano" => "120px",
        "micro" => "160px",
        "deca" => "220px",
        "hecto" => "241px",
        "kilo" => "260px",
        "giga" => "386px",
        _ => "300px",
    }
}

/// Of the space inside a block, in a bubble of that size.
pub(super) fn padding(block: &str, size: &str) -> &'static str {
    match (block, size) {
        ("hero", _) => "0",
        ("footer", _) | (_, "nano" | "micro") => "10px",
        (_, "deca" | "hecto" | "kilo") => "13px",
        _ => "20px",
    }
}
