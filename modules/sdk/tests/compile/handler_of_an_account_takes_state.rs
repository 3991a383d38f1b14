use line_module::{Account, Attached, Context, Handled, Routes, State};

async fn set_up(_: &mut Context<'_, Account>, _: &Attached, _: State<u32>) -> Handled {
    Ok(())
}

fn main() {
    let _: Routes<Account> = Routes::new().attached(set_up);
}
