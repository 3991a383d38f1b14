//! What must not be written does not compile, and the compiler says what to do instead.

#[test]
fn what_a_handler_must_not_do_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile/*.rs");
}
