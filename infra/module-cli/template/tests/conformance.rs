//! The module holds to what every module must.

line_module_kit::conformance!(
    my_module::module(),
    script = [
        follows(),
        says("hello"),
        says("hello"),
        taps("my-module again"),
        says("hello"),
    ]
);
