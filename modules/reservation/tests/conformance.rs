//! The module holds to what every module must.

line_module_kit::conformance!(
    reservation::module(),
    script = [
        follows(),
        says("予約する"),
        taps("reserve 2026-11-24T10:00"),
        says("予約を確認"),
        says("キャンセル"),
        says("スタッフに相談"),
        says("予約に戻る"),
    ]
);
