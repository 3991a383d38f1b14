use line_module::Tap;

struct Table {
    number: u32,
}

#[derive(Tap)]
#[tap("seat")]
struct Seat {
    table: Table,
}

#[derive(Tap)]
#[tap("price")]
struct Price {
    price: f64,
}

fn main() {}
