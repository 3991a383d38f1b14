use std::rc::Rc;

use line_module::{Active, Context, Handled, Routes, TextMessage};

async fn answer(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let count = Rc::new(1);
    cx.profile().await?;
    drop(count);
    Ok(())
}

fn main() {
    let _: Routes<Active> = Routes::new().text("hello", answer);
}
