use line_module::Tap;

#[derive(Tap)]
#[tap("")]
struct Seat;

#[derive(Tap)]
#[tap("seat/table")]
struct Table;

#[derive(Tap)]
#[tap("seat~")]
struct Stool;

#[derive(Tap)]
#[tap("bench", version = 0)]
struct Bench;

#[derive(Tap)]
#[tap("chair", v = 2)]
struct Chair;

fn main() {}
