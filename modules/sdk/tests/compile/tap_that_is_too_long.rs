use line_module::Tap;

#[derive(Tap)]
#[tap("numbers")]
struct Numbers {
    a: u128,
    b: u128,
    c: u128,
    d: u128,
    e: u128,
    f: u128,
    g: u128,
    h: u128,
}

#[derive(Tap)]
#[tap("choice")]
enum Choice {
    Short { a: u128 },
    Long { a: u128, b: u128, c: u128, d: u128, e: u128, f: u128, g: u128, h: u128 },
}

fn main() {}
