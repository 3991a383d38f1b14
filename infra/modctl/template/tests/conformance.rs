//! The module holds to what every module must.

kit::conformance!(
    my_module::module(),
    script = [
        follows(),
        says("hello"),
        says("hello"),
        taps("my-module again"),
        says("hello"),
    ]
);
