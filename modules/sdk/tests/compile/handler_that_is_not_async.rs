use line_module::{Active, Context, Handled, Routes, TextMessage};

fn answer(_: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    Ok(())
}

fn main() {
    let _: Routes<Active> = Routes::new().text("hello", answer);
}
