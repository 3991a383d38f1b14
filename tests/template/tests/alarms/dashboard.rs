//! The dashboard shows the state of every alarm, and every metric.

use super::*;

fn widgets(template: &Template) -> Vec<Value> {
    let dashboard = template.resource("Dashboard").unwrap();
    let body = template.resolve(&dashboard["Properties"]["DashboardBody"]);
    let body: Value = serde_json::from_str(body.unwrap().as_str().unwrap()).unwrap();
    body["widgets"].as_array().unwrap().clone()
}

/// Namespace, name and statistic of each metric in a widget.
fn shown(widget: &Value) -> Vec<[String; 3]> {
    let properties = &widget["properties"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let metrics = listed(&properties["metrics"]).into_iter();
    metrics
        .map(|metric| {
            let own = &metric.as_array().unwrap().last().unwrap()["stat"];
            let statistic = if own.is_null() {
                &properties["stat"]
            } else {
                own
            };
            [text(&metric[0]), text(&metric[1]), text(statistic)]
        })
        .collect()
}

#[test]
fn the_dashboard_shows_each_metric_of_the_functions() {
    let namespace = namespace();
    let mut names = BTreeSet::new();
    for widget in widgets(&full()) {
        let title = widget["properties"]["title"].as_str().unwrap();
        for [of, name, statistic] in shown(&widget) {
            if of == namespace {
                assert_fits(&name, &statistic, title);
                names.insert(name);
            }
        }
    }
    let all = Metric::ALL.iter().map(|metric| metric.name().to_owned());
    assert_eq!(names, all.collect());
}

#[test]
fn the_dashboard_begins_with_the_state_of_every_alarm() {
    for template in [template().unwrap(), full()] {
        let first = &widgets(&template)[0];
        assert_eq!(first["type"], "alarm");
        let arns = listed(&first["properties"]["alarms"]);
        let shown: BTreeSet<String> = arns
            .iter()
            .map(|arn| arn.as_str().unwrap().trim_end_matches(".Arn").to_owned())
            .collect();
        let mut expected = names(&template);
        expected.retain(|name| template::is_made(&template, name));
        assert_eq!(shown, expected);
    }
}

/// CloudWatch's grid is 24 wide.
#[test]
fn the_dashboards_widgets_fit_beside_each_other() {
    let mut taken = BTreeSet::new();
    for widget in widgets(&full()) {
        let number = |name: &str| widget[name].as_u64().unwrap();
        let (x, y) = (number("x"), number("y"));
        assert!(x + number("width") <= 24, "{widget}");
        for cell in (x..x + number("width")).map(|column| (column, y)) {
            assert!(taken.insert(cell), "{widget}");
        }
    }
}
