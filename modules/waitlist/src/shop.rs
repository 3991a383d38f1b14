//! What each restaurant sets.

use line_module::TimeOfDay;
use line_module::settings::{Field, Kind, Place, Schema};
use serde::Deserialize;
use serde_json::Value;

use crate::admin;
use crate::texts::Language;

/// One restaurant's settings.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Shop {
    /// Of those whose language is not known.
    pub(crate) language: Language,
    /// For how many people it has tables.
    pub(crate) tables: Vec<u32>,
    /// How many can sit side by side at the counter; 0 where there is none.
    pub(crate) counter: u32,
    /// How long a party that is called may take to come, in minutes.
    pub(crate) minutes: u64,
    pub(crate) closes: TimeOfDay,
    pub(crate) place: Option<Place>,
    /// How far from it a guest may wait.
    pub(crate) metres: f64,
    /// What staff write in their group; empty where they have none.
    pub(crate) staff_word: String,
}

impl Shop {
    pub(crate) fn largest_party(&self) -> u32 {
        let tables = self.tables.iter().copied();
        tables.chain([self.counter]).max().unwrap_or_default()
    }
}

/// What can be set.
pub(crate) fn schema() -> Schema {
    let languages = vec![("ja", admin::JAPANESE), ("en", admin::ENGLISH)];
    let seats = Kind::list(Kind::number(1, 12), 6);
    let near = Kind::decimal(50.0, 5000.0);
    Schema::new([
        Field::new("language", admin::LANGUAGE, Kind::Choice(languages), "ja"),
        Field::new("zone", admin::ZONE, Kind::TimeZone, "Asia/Tokyo"),
        Field::new("tables", admin::TABLES, seats, vec![2, 4, 6]),
        Field::new("counter", admin::COUNTER, Kind::number(0, 6), 2),
        Field::new("minutes", admin::MINUTES, Kind::number(1, 60), 10),
        Field::new("closes", admin::CLOSES, Kind::Time, "22:00"),
        Field::new("place", admin::PLACE, Kind::Place, Value::Null),
        Field::new("metres", admin::METRES, near, 400),
        Field::new("staff_word", admin::STAFF_WORD, Kind::text(30), ""),
    ])
}
