//! Plans of rows as text: the store deflates the long ones, and judges read what is planned.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use shared::store::inflated_plan;

/// A request with each plan in it as text.
pub(super) fn with_plans(mut request: Json) -> Json {
    open(&mut request);
    request
}

fn open(json: &mut Json) {
    match json {
        Json::Array(values) => values.iter_mut().for_each(open),
        Json::Object(members) => {
            if let Some(plan) = members.get_mut("plan") {
                open_plan(plan);
            }
            members.values_mut().for_each(open);
        }
        _ => {}
    }
}

fn open_plan(plan: &mut Json) {
    let bytes = plan["B"].as_str().and_then(|it| STANDARD.decode(it).ok());
    if let Some(text) = bytes.and_then(|bytes| inflated_plan(&bytes)) {
        *plan = json!({ "S": text });
    }
}
