use line_module::{Active, Context, Handled, Routes, TextMessage};

struct Register;

async fn answer(_: &mut Context<'_, Active>, _: &TextMessage, _: Register) -> Handled {
    Ok(())
}

fn main() {
    let _: Routes<Active> = Routes::new().text("hello", answer);
}
