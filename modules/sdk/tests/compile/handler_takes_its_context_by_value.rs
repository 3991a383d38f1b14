use line_module::{Active, Context, Handled, Routes, TextMessage};

async fn answer(_: Context<'_, Active>, _: &TextMessage) -> Handled {
    Ok(())
}

fn main() {
    let _: Routes<Active> = Routes::new().text("hello", answer);
}
