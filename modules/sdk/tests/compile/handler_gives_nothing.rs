use line_module::{Active, Context, Routes, TextMessage};

async fn answer(_: &mut Context<'_, Active>, _: &TextMessage) {}

fn main() {
    let _: Routes<Active> = Routes::new().text("hello", answer);
}
