use line_module::{Account, Attached, Context, Handled, Router, Routes};

async fn set_up(cx: &mut Context<'_, Account>, _: &Attached) -> Handled {
    cx.set_state(&1)
}

fn main() {
    let _ = Router::new().account(Routes::new().attached(set_up));
}
