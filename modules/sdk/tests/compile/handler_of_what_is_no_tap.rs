use line_module::{Active, Context, Handled, Routes};

struct Seat;

async fn seat(_: &mut Context<'_, Active>, _: &Seat) -> Handled {
    Ok(())
}

fn main() {
    let _: Routes<Active> = Routes::new().tap(seat);
}
