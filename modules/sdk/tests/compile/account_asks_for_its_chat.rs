use line_module::{Account, Attached, Context, Handled, Router, Routes};

async fn handler(cx: &mut Context<'_, Account>, _: &Attached) -> Handled {
    let _ = cx.chat();
    Ok(())
}

fn main() {
    let _ = Router::new().account(Routes::new().attached(handler));
}
