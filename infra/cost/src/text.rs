//! Tables of Markdown, and numbers in them.

use std::fmt::Write as _;

pub(crate) fn head(out: &mut String, first: &str, columns: &[String]) {
    row(out, first, columns);
    let _ = writeln!(out, "|---|{}", "---:|".repeat(columns.len()));
}

pub(crate) fn row(out: &mut String, first: &str, cells: &[String]) {
    let _ = writeln!(out, "| {first} | {} |", cells.join(" | "));
}

pub(crate) fn money(dollars: f64) -> String {
    format!("{dollars:.2}")
}

pub(crate) fn cents(dollars: f64) -> String {
    format!("{dollars:.4}")
}

/// At most two digits after the point, and none that are 0.
pub(crate) fn number(amount: f64) -> String {
    let text = format!("{amount:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(crate) fn round(amount: f64) -> String {
    format!("{amount:.0}")
}

/// A whole number, its thousands apart.
pub(crate) fn thousands(amount: f64) -> String {
    let digits = format!("{amount:.0}");
    let groups: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy)
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [number(5.0), number(0.1), number(2.345)],
            ["5", "0.1", "2.35"]
        );
        assert_eq!([thousands(648_000.0), thousands(100.0)], ["648,000", "100"]);
    }
}
