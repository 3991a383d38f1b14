use line_module::Tap;

#[derive(Tap)]
struct Seat {
    table: u32,
}

#[derive(Tap)]
#[tap]
struct Room {
    number: u32,
}

fn main() {}
