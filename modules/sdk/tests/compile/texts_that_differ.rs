mod texts {
    line_module::texts!("./texts_that_differ", first = "ja");
}

fn main() {}
