//! IAM's decision, as far as the template's policies need it: statements that allow actions on resources, with
//! wildcards. A statement with anything else in it is refused, so that nothing is judged that is not understood.

use serde_json::Value;

use crate::error::{Failed, expect};

/// What somebody does: one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Access {
    /// As in `dynamodb:GetItem`.
    pub(crate) action: String,
    /// Its ARN.
    pub(crate) resource: String,
}

/// A statement of a policy.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) actions: Vec<String>,
    pub(crate) resources: Vec<String>,
}

impl Statement {
    /// The statements of a policy's document.
    pub(crate) fn of(document: &Value) -> Result<Vec<Self>, Failed> {
        let statements = document["Statement"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        statements.iter().map(Self::read).collect()
    }

    fn read(statement: &Value) -> Result<Self, Failed> {
        let members = statement
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::keys);
        let known = ["Action", "Effect", "Resource", "Sid"];
        let unknown: Vec<_> = members
            .filter(|name| !known.contains(&name.as_str()))
            .collect();
        let understood = unknown.is_empty() && statement["Effect"] == "Allow";
        expect(understood, || {
            format!("a policy has a statement that is not understood here: {statement}")
        })?;
        Ok(Self {
            actions: texts(&statement["Action"]),
            resources: texts(&statement["Resource"]),
        })
    }

    /// Each action with each resource.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&String, &String)> {
        let with_all = |action| {
            self.resources
                .iter()
                .map(move |resource| (action, resource))
        };
        self.actions.iter().flat_map(with_all)
    }

    /// Whether it allows it.
    pub(crate) fn allows(&self, access: &Access) -> bool {
        let action = access.action.to_lowercase();
        let mut actions = self.actions.iter();
        let mut resources = self.resources.iter();
        actions.any(|it| matches(&it.to_lowercase(), &action))
            && resources.any(|it| matches(it, &access.resource))
    }
}

/// One text, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    let one = value.as_str().map(str::to_owned).into_iter();
    let many = value.as_array().into_iter().flatten();
    one.chain(many.filter_map(|it| it.as_str().map(str::to_owned)))
        .collect()
}

/// `*` stands for any characters, `?` for one.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| matches(rest, &text[at..]))
        }
        Some(wanted) => {
            let mut left = text.chars();
            let good = left
                .next()
                .is_some_and(|seen| wanted == '?' || wanted == seen);
            good && matches(&pattern[wanted.len_utf8()..], left.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn access(action: &str, resource: &str) -> Access {
        Access {
            action: action.to_owned(),
            resource: resource.to_owned(),
        }
    }

    fn statement(action: &Value, resource: &Value) -> Statement {
        let document =
            json!({"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]});
        Statement::of(&document).unwrap().remove(0)
    }

    #[test]
    fn an_action_is_allowed_on_the_resource_that_is_named() {
        let statement = statement(&json!("sqs:SendMessage"), &json!("arn:aws:sqs:r:1:queue"));
        assert!(statement.allows(&access("sqs:SendMessage", "arn:aws:sqs:r:1:queue")));
        assert!(!statement.allows(&access("sqs:SendMessage", "arn:aws:sqs:r:1:queue2")));
        assert!(!statement.allows(&access("sqs:ReceiveMessage", "arn:aws:sqs:r:1:queue")));
    }

    #[test]
    fn one_of_several_actions_and_resources_is_enough() {
        let statement = statement(&json!(["a:X", "a:Y"]), &json!(["one", "two"]));
        assert!(statement.allows(&access("a:Y", "one")));
        assert!(statement.allows(&access("a:X", "two")));
        assert!(!statement.allows(&access("a:Z", "two")));
    }

    #[test]
    fn a_table_is_not_its_index() {
        let statement = statement(&json!("dynamodb:Query"), &json!("arn:table/t"));
        assert!(!statement.allows(&access("dynamodb:Query", "arn:table/t/index/bots")));
    }

    #[test]
    fn wildcards_stand_for_characters() {
        for (pattern, text, good) in [
            ("*", "", true),
            ("*", "anything", true),
            ("a*", "abc", true),
            ("a*c", "abcbc", true),
            ("a*d", "abc", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("arn:*:table/t/index/*", "arn:x:y:table/t/index/bots", true),
            ("日*", "日本", true),
        ] {
            assert_eq!(matches(pattern, text), good, "{pattern} {text}");
        }
    }

    #[test]
    fn actions_have_no_case_and_resources_have() {
        let statement = statement(&json!("SQS:sendmessage"), &json!("Queue"));
        assert!(statement.allows(&access("sqs:SendMessage", "Queue")));
        assert!(!statement.allows(&access("sqs:SendMessage", "queue")));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for more in [
            json!({"Condition": {}}),
            json!({"NotAction": "x"}),
            json!({"Effect": "Deny"}),
        ] {
            let mut statement = json!({"Effect": "Allow", "Action": "a:X", "Resource": "*"});
            for (name, value) in more.as_object().unwrap() {
                statement[name] = value.clone();
            }
            let document = json!({"Statement": [statement]});
            assert!(Statement::of(&document).is_err(), "{document}");
        }
    }
}
