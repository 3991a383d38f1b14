use line_module::{Context, Handled, Router, Routes, Standby, Text, TextMessage};

async fn answer(cx: &mut Context<'_, Standby>, _: &TextMessage) -> Handled {
    cx.push(&[Text::new("hello")])
}

fn main() {
    let _ = Router::new().standby(Routes::new().text("hello", answer));
}
