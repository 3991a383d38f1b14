//! The module holds to what every module must.

use serde_json::json;

line_module_kit::conformance!(
    reservation::module(),
    script = [
        follows(),
        says("予約する"),
        taps("reserve/1/2026-11-24T10:00"),
        taps("wait/1"),
        commands("booked", &json!({"time": "2026-11-24T11:00"})),
        does(json!({"type": "message", "message": {
            "type": "location", "title": "Hanazono", "address": "Shinjuku",
            "latitude": 35.6938, "longitude": 139.7034,
        }})),
        says("予約を確認"),
        says("キャンセル"),
        taps("cancel/1/2026-11-24T10:00"),
        signals("news", &json!({"freed": "2026-11-25T10:00"})),
        signals("digest", &json!({"tomorrow": ["2026-11-25T10:00"]})),
        says("スタッフに相談"),
        says("予約に戻る"),
    ]
);
