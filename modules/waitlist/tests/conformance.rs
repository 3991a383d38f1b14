//! The module holds to what every module must.

line_module_kit::conformance!(
    waitlist::module(),
    script = [
        follows(),
        says("順番を取る"),
        says("2名"),
        taps_label("どちらでも"),
        says("真理"),
        says("受付票を見る"),
        says("取り消し"),
        says("スタッフに相談"),
        says("受付に戻る"),
    ]
);
