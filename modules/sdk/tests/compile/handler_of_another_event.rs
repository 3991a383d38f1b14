use line_module::{Active, Context, Follow, Handled, Routes};

async fn greet(_: &mut Context<'_, Active>, _: &Follow) -> Handled {
    Ok(())
}

fn main() {
    let _ = Routes::new().text("hello", greet);
}
