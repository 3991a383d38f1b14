use line_module::{Active, Context, Handled, Router, Routes, Text, TextMessage};

async fn answer(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.push(&[Text::new("hello")])
}

fn main() {
    let _ = Router::new().standby(Routes::new().text("hello", answer));
}
