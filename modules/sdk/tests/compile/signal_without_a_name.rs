use line_module::Signal;

#[derive(serde::Serialize, Signal)]
struct Freed {
    table: u32,
}

#[derive(serde::Serialize, Signal)]
#[signal("@freed")]
struct Taken {
    table: u32,
}

fn main() {}
