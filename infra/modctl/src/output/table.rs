//! Rows and columns.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table as Drawn};

use crate::output::{Screen, Tone};

/// A table under construction.
pub(crate) struct Table {
    drawn: Drawn,
    tones: Vec<Option<Tone>>,
}

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut drawn = Drawn::new();
        drawn
            .load_preset(NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(headings.iter().map(|it| it.to_uppercase()));
        Self {
            drawn,
            tones: vec![Some(Tone::Quiet)],
        }
    }

    pub(crate) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.toned_row(None, cells);
    }

    /// A row in a colour.
    pub(crate) fn toned_row<T: Into<String>>(
        &mut self,
        tone: Option<Tone>,
        cells: impl IntoIterator<Item = T>,
    ) {
        // What somebody has named may have lines of its own.
        let one_line = |cell: T| cell.into().split_whitespace().collect::<Vec<_>>().join(" ");
        let cells: Vec<String> = cells.into_iter().map(one_line).collect();
        self.drawn.add_row(cells);
        self.tones.push(tone);
    }

    /// Prints it, or `empty` if it has no row.
    pub(crate) fn print(&self, screen: &mut Screen, empty: &str) {
        if self.tones.len() == 1 {
            return screen.line(empty);
        }
        for (line, tone) in self.drawn.trim_fmt().lines().zip(&self.tones) {
            let line = match tone {
                Some(tone) => screen.toned(line, *tone),
                None => line.to_owned(),
            };
            screen.line(&line);
        }
    }
}
