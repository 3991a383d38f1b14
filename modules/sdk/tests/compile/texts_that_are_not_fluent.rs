mod texts {
    line_module::texts!("./texts_that_are_not_fluent");
}

mod no_folder {
    line_module::texts!("./no_such_folder");
}

mod nothing {
    line_module::texts!(texts);
}

fn main() {}
