//! What each restaurant sets.

use line_module::TimeOfDay;
use line_module::settings::{Field, Kind, Place, Schema, Words};
use serde::Deserialize;
use serde_json::Value;

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
    let words = |ja, en| Words::ja(ja).en(en);
    let number = |least, most| Kind::Number { least, most };
    let languages = vec![
        ("ja", words("日本語", "Japanese")),
        ("en", words("英語", "English")),
    ];
    let near = Kind::Decimal {
        least: 50.0,
        most: 5000.0,
    };
    let field = |key, (ja, en), kind, default: Value| Field::new(key, words(ja, en), kind, default);
    Schema::new([
        field("language", LANGUAGE, Kind::Choice(languages), "ja".into()),
        field("zone", ZONE, Kind::TimeZone, "Asia/Tokyo".into()),
        field(
            "tables",
            TABLES,
            Kind::list(number(1, 12), 6),
            vec![2, 4, 6].into(),
        ),
        field("counter", COUNTER, number(0, 6), 2.into()),
        field("minutes", MINUTES, number(1, 60), 10.into()),
        field("closes", CLOSES, Kind::Time, "22:00".into()),
        field("place", PLACE, Kind::Place, Value::Null),
        field("metres", METRES, near, 400.into()),
        field("staff_word", STAFF_WORD, Kind::Text { most: 30 }, "".into()),
    ])
}

/// A setting's name in Japanese and in English.
type Name = (&'static str, &'static str);

const LANGUAGE: Name = ("既定の言語", "Default language");
const ZONE: Name = ("タイムゾーン", "Time zone");
const TABLES: Name = (
    "テーブルの席数（1行に1つ）",
    "Seats of the tables, one a line",
);
const COUNTER: Name = (
    "カウンターに並んで座れる人数",
    "People side by side at the counter",
);
const MINUTES: Name = (
    "お呼び出しからお待ちする時間（分）",
    "Minutes to come when called",
);
const CLOSES: Name = ("受付終了時刻", "Closing time");
const PLACE: Name = ("お店の場所", "Where you are");
const METRES: Name = (
    "お店の近くとみなす距離（メートル）",
    "Metres that count as near",
);
const STAFF_WORD: Name = (
    "スタッフのグループの合言葉",
    "Word that makes a group your staff's",
);
