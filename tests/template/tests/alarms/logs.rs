//! The logs: saved queries find what the functions write, and no level stops the metrics.

use super::*;

#[test]
fn the_queries_look_into_log_groups_of_the_stack() {
    let template = template().unwrap();
    let groups = template.resources_of("AWS::Logs::LogGroup");
    let groups: BTreeSet<&str> = groups.map(|(name, _)| name).collect();
    let mut number = 0;
    for (name, query) in template.resources_of("AWS::Logs::QueryDefinition") {
        let of = listed(&query["Properties"]["LogGroupNames"]);
        assert!(!of.is_empty(), "{name}");
        for group in of {
            let group = group["Ref"].as_str().unwrap();
            assert!(groups.contains(group), "{name}: {group}");
        }
        let folder = template.resolve(&query["Properties"]["Name"]).unwrap();
        assert!(folder.as_str().unwrap().starts_with("local/"), "{name}");
        number += 1;
    }
    assert!(number > 0);
}

#[test]
fn one_events_way_leads_through_every_log_group() {
    let template = template().unwrap();
    let groups = template.resources_of("AWS::Logs::LogGroup").count();
    let query = &template.resource("OneEventQuery").unwrap()["Properties"];
    assert_eq!(listed(&query["LogGroupNames"]).len(), groups);
}

/// A function's properties with the globals under those that are objects.
fn logging(template: &Template, function: &str) -> Value {
    let mut merged = template.document()["Globals"]["Function"]["LoggingConfig"].clone();
    let own = &template.resource(function).unwrap()["Properties"]["LoggingConfig"];
    let own = own.as_object().unwrap().clone();
    merged.as_object_mut().unwrap().extend(own);
    template.resolve(&merged).unwrap()
}

/// A line of metrics has no level, and Lambda takes it for one of INFO: a filter of Lambda's above INFO would end all
/// metrics.
#[test]
fn no_log_level_stops_the_metrics() {
    let template = with(&[("LogLevel", "ERROR"), ("SystemLogLevel", "INFO")]);
    for function in template.functions().unwrap() {
        let name = &function.logical_name;
        let logging = logging(&template, name);
        assert_eq!(logging["LogFormat"], "JSON", "{name}");
        assert_eq!(logging["ApplicationLogLevel"], "TRACE", "{name}");
        assert_eq!(logging["SystemLogLevel"], "INFO", "{name}");
        assert_eq!(function.variables["LOG_LEVEL"], "ERROR", "{name}");
        let namespace = &function.variables["METRICS_NAMESPACE"];
        assert_eq!(namespace, "LineModule/local", "{name}");
    }
}

/// The text of all sources of the functions.
fn sources() -> String {
    let mut folders = vec![root().join("functions"), root().join("shared/src")];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

#[test]
fn queries_look_for_what_the_functions_log() {
    let template = template().unwrap();
    let queries = template.resources_of("AWS::Logs::QueryDefinition");
    let mut text: String = queries
        .map(|(_, query)| query["Properties"]["QueryString"].to_string())
        .collect();
    text += &runbook();
    let sources = sources();
    let lists = r#"[^@\w]message (?:in|like|=) (\[[^\]]*\]|"[^"]*"|'[^']*')"#;
    let mut number = 0;
    for list in found(lists, &text) {
        for message in found(r#"["']([^"']+)["']"#, &list) {
            assert!(sources.contains(&message), "nobody logs {message:?}");
            number += 1;
        }
    }
    assert!(number >= 10, "{number} messages");
}
