use line_module::Tap;

#[derive(Tap)]
#[tap("seat")]
struct Seat(u32);

#[derive(Tap)]
#[tap("room")]
enum Room {
    Large { number: u32 },
    Small(u32),
}

fn main() {}
