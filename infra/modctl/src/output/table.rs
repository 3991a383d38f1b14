//! Rows and columns.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table as Drawn};

use crate::output::Screen;

/// A table under construction.
pub(crate) struct Table {
    drawn: Drawn,
    rows: usize,
}

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut drawn = Drawn::new();
        drawn
            .load_preset(NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(headings.iter().map(|it| it.to_uppercase()));
        Self { drawn, rows: 0 }
    }

    pub(crate) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        self.drawn.add_row(cells);
        self.rows += 1;
    }

    /// Prints it, or `empty` if it has no row.
    pub(crate) fn print(&self, screen: &mut Screen, empty: &str) {
        match self.rows {
            0 => screen.line(empty),
            _ => screen.line(&self.drawn.trim_fmt()),
        }
    }
}
