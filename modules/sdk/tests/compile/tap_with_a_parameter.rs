use line_module::Tap;

#[derive(Tap)]
#[tap("seat")]
struct Seat<T> {
    table: T,
}

#[derive(Tap)]
#[tap("room")]
struct Room {
    #[tap("n")]
    number: u32,
}

fn main() {}
