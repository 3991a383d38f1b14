//! What `template.yaml` says, for the local stack and for the tests of the template.
//!
//! The template is the one place that names routes, queues, tables and limits. The local stack reads them from it, so
//! that what is not deployed does not work locally either. References resolve to parameters' defaults and to the
//! names and ARNs that the local stack gives.

mod error;
mod function;
mod intrinsics;
mod members;
mod queue;
mod table;
mod yaml;

use std::path::Path;

use serde_json::Value;

pub use error::TemplateError;
pub use function::{
    EventSource, FunctionDefinition, Route, Schedule, ScheduleKeeper, StreamSource,
};
pub use members::{ACCOUNT_ID, REGION};
pub use queue::QueueDefinition;
pub use table::TableDefinition;

use intrinsics::Resolver;

/// A template, short forms written out and nothing resolved yet.
#[derive(Debug, Clone)]
pub struct Template {
    document: Value,
}

impl Template {
    /// Reads the template in the file at `path`.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, TemplateError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| TemplateError::Unreadable {
            path: path.display().to_string(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Reads a template from its text.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let document = yaml::parse(text)?;
        if !document["Resources"].is_object() {
            return Err(TemplateError::missing("Resources", "its document"));
        }
        Ok(Self { document })
    }

    /// The template as it is written, short forms such as `!Ref` in their long form.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// A resource as it is written, by its logical name.
    pub fn resource(&self, logical: &str) -> Result<&Value, TemplateError> {
        self.document["Resources"]
            .get(logical)
            .ok_or_else(|| TemplateError::missing(logical, "Resources"))
    }

    /// Logical name and text of every resource of one type, as `AWS::SQS::Queue`.
    pub fn resources_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.document["Resources"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(logical, resource)| (logical.as_str(), resource))
    }

    /// The routes of the HTTP API.
    pub fn routes(&self) -> Result<Vec<Route>, TemplateError> {
        let functions = self.functions()?;
        Ok(functions.into_iter().flat_map(|f| f.routes).collect())
    }

    /// Every function.
    pub fn functions(&self) -> Result<Vec<FunctionDefinition>, TemplateError> {
        let globals = self.resolve(&self.document["Globals"]["Function"])?;
        self.resources_of("AWS::Serverless::Function")
            .map(|(logical, resource)| {
                let own = self.resolve(&resource["Properties"])?;
                FunctionDefinition::read(logical, &function::merge(&globals, &own))
            })
            .collect()
    }

    /// The function of this logical name.
    pub fn function(&self, logical: &str) -> Result<FunctionDefinition, TemplateError> {
        self.functions()?
            .into_iter()
            .find(|function| function.logical_name == logical)
            .ok_or_else(|| TemplateError::missing(format!("function {logical}"), "Resources"))
    }

    /// Every DynamoDB table.
    pub fn tables(&self) -> Result<Vec<TableDefinition>, TemplateError> {
        self.resources_of("AWS::DynamoDB::Table")
            .map(|(logical, resource)| {
                TableDefinition::read(logical, &self.resolve(&resource["Properties"])?)
            })
            .collect()
    }

    /// The DynamoDB table of this logical name.
    pub fn table(&self, logical: &str) -> Result<TableDefinition, TemplateError> {
        self.tables()?
            .into_iter()
            .find(|table| table.logical_name == logical)
            .ok_or_else(|| TemplateError::missing(format!("table {logical}"), "Resources"))
    }

    /// Every SQS queue, one that others redrive to before those others, so that they can be created in this order.
    pub fn queues(&self) -> Result<Vec<QueueDefinition>, TemplateError> {
        let mut queues = self
            .resources_of("AWS::SQS::Queue")
            .map(|(logical, resource)| {
                QueueDefinition::read(logical, &self.resolve(&resource["Properties"])?)
            })
            .collect::<Result<Vec<_>, _>>()?;
        queues.sort_by_key(QueueDefinition::redrives);
        Ok(queues)
    }

    /// The SQS queue of this logical name.
    pub fn queue(&self, logical: &str) -> Result<QueueDefinition, TemplateError> {
        self.queues()?
            .into_iter()
            .find(|queue| queue.logical_name == logical)
            .ok_or_else(|| TemplateError::missing(format!("queue {logical}"), "Resources"))
    }

    /// The template with this value given for a parameter, in place of its default.
    pub fn with_parameter(
        mut self,
        name: &str,
        value: impl Into<Value>,
    ) -> Result<Self, TemplateError> {
        match self.document["Parameters"].get_mut(name) {
            Some(parameter) => parameter["Default"] = value.into(),
            None => return Err(TemplateError::missing(name, "Parameters")),
        }
        Ok(self)
    }

    /// What the template's rules say against the values of its parameters. CloudFormation neither creates nor updates
    /// a stack while a rule says anything.
    pub fn refusals(&self) -> Result<Vec<String>, TemplateError> {
        let mut refusals = Vec::new();
        for (_, rule) in members::members(&self.document["Rules"]) {
            let applies = match rule.get("RuleCondition") {
                Some(condition) => self.resolve(condition)? == true,
                None => true,
            };
            let assertions = rule["Assertions"].as_array().into_iter().flatten();
            for assertion in assertions.filter(|_| applies) {
                if self.resolve(&assertion["Assert"])? != true {
                    refusals.push(members::string(assertion, "AssertDescription", "a rule")?);
                }
            }
        }
        Ok(refusals)
    }

    /// A value of the template with everything in it resolved: parameters to their defaults, resources to what the
    /// local stack has in their place.
    pub fn resolve(&self, value: &Value) -> Result<Value, TemplateError> {
        Resolver::new(&self.document).resolve(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");

    fn own() -> Template {
        Template::load(ROOT).unwrap()
    }

    #[test]
    fn the_projects_template_has_its_routes() {
        let routes: Vec<String> = own()
            .routes()
            .unwrap()
            .iter()
            .map(|r| format!("{} -> {}", r.key(), r.function))
            .collect();
        for route in [
            "GET / -> AttachFunction",
            "GET /attach -> AttachFunction",
            "GET /attach/callback -> AttachFunction",
            "GET /health -> AttachFunction",
            "POST /webhook -> WebhookFunction",
        ] {
            assert!(routes.iter().any(|r| r == route), "{route} in {routes:?}");
        }
    }

    #[test]
    fn the_projects_queue_redrives_to_its_dead_letter_queue() {
        let template = own();
        let names: Vec<String> = template
            .queues()
            .unwrap()
            .into_iter()
            .map(|q| q.name)
            .collect();
        let expected = ["DeadLetterQueue.fifo", "UsageFailures", "EventQueue.fifo"];
        assert_eq!(names, expected);
        let queue = template.queue("EventQueue").unwrap();
        assert_eq!(queue.attributes["VisibilityTimeout"], "20");
        assert_eq!(queue.attributes["FifoQueue"], "true");
        assert_eq!(
            serde_json::from_str::<Value>(&queue.attributes["RedrivePolicy"]).unwrap(),
            serde_json::json!({
                "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:DeadLetterQueue.fifo",
                "maxReceiveCount": 1000,
            })
        );
    }

    #[test]
    fn the_projects_worker_has_its_event_source() {
        let worker = own().function("WorkerFunction").unwrap();
        assert_eq!(worker.timeout.as_secs(), 8);
        let [source] = &worker.event_sources[..] else {
            panic!("one event source, not {:?}", worker.event_sources);
        };
        assert_eq!(source.queue, "EventQueue.fifo");
        assert_eq!(source.batch_size, 10);
        assert!(source.report_batch_item_failures);
        assert!(source.maximum_concurrency.is_some());
    }

    #[test]
    fn a_rule_refuses_what_it_asserts_against() {
        let template = Template::parse(
            "
            Parameters:
              Name: {Default: ''}
              Key: {Default: ''}
            Rules:
              KeyIsForName:
                RuleCondition: !Equals [!Ref Name, '']
                Assertions:
                  - Assert: !Equals [!Ref Key, '']
                    AssertDescription: Key is for Name.
            Resources: {}
            ",
        )
        .unwrap();
        let refusals = |name: &str, key: &str| {
            let template = template.clone().with_parameter("Name", name).unwrap();
            let template = template.with_parameter("Key", key).unwrap();
            template.refusals().unwrap()
        };
        assert_eq!(refusals("", "k"), ["Key is for Name."]);
        assert_eq!(refusals("n", "k"), [""; 0]);
        assert_eq!(refusals("", ""), [""; 0]);
        let error = template.with_parameter("Nmae", "n").unwrap_err();
        assert_eq!(error.to_string(), "the template has no Nmae in Parameters");
    }

    #[test]
    fn an_error_names_what_is_missing() {
        let template = Template::parse("Resources: {}").unwrap();
        assert_eq!(
            template.queue("EventQueue").unwrap_err().to_string(),
            "the template has no queue EventQueue in Resources"
        );
        assert_eq!(
            Template::parse("Outputs: {}").unwrap_err().to_string(),
            "the template has no Resources in its document"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Template::load("no-such-folder/template.yaml").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot read the template no-such-folder/template.yaml"
        );
    }
}
