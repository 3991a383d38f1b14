use line_module::{Tap, TapField};

#[derive(Tap)]
#[tap("seat")]
enum Seat {
    Table { number: u32 },
    #[tap("Table")]
    Counter,
}

#[derive(TapField)]
enum Meal {
    Lunch { time: u32 },
}

#[derive(TapField)]
struct Person {
    name: String,
}

#[derive(TapField)]
enum Nothing {}

fn main() {}
