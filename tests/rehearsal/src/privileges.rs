//! Least privilege, from the recording: each role allows what its function has called, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Failed, because, expect};
use crate::policy::{Access, Statement};
use crate::recording::Call;
use crate::world::World;

/// What no call of a function's own code shows, and why its role allows it. A function of "" is any.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("", "logs:CreateLogStream", "Lambda writes the logs"),
    ("", "logs:PutLogEvents", "Lambda writes the logs"),
    (
        "Timer",
        "dynamodb:DeleteItem",
        "a timer that an older release has set",
    ),
    (
        "Worker",
        "dynamodb:UpdateItem",
        "a job that a newer release has queued; words of an erased user in a row of the module's",
    ),
    (
        "Worker",
        "sqs:GetQueueAttributes",
        "Lambda's event source mapping",
    ),
    (
        "Worker",
        "sqs:ReceiveMessage",
        "Lambda's event source mapping",
    ),
    (
        "Usage",
        "dynamodb:DescribeStream",
        "Lambda's event source mapping",
    ),
    (
        "Usage",
        "dynamodb:GetRecords",
        "Lambda's event source mapping",
    ),
    (
        "Usage",
        "dynamodb:GetShardIterator",
        "Lambda's event source mapping",
    ),
    (
        "Usage",
        "dynamodb:ListStreams",
        "Lambda's event source mapping",
    ),
    (
        "Usage",
        "sqs:SendMessage",
        "Lambda's event source mapping names what it has given up",
    ),
];

/// A function's role: its statements, each with the name of the function in front.
struct Role {
    function: String,
    statements: Vec<Statement>,
}

/// What a story has called.
pub(crate) type Stories = BTreeMap<String, Vec<Call>>;

/// Holds every role against the calls of all stories; tells in figures what it saw.
pub(crate) async fn judge(world: &mut World) -> Result<String, Failed> {
    let stories = &world.stories;
    let mut told = Vec::new();
    let mut wrong = Vec::new();
    let mut statements = 0;
    for role in roles(world).await? {
        let name = world
            .deployed
            .resource(&format!("{}Function", role.function))?;
        let called = accesses(stories, name);
        wrong.extend(not_allowed(&role, &called));
        wrong.extend(not_used(&role, &called));
        for statement in &role.statements {
            statements += 1;
            let broken = breaks(&role, statement, &called);
            let Some(story) = broken.first() else {
                continue;
            };
            told.push(format!(
                "{} without {}: {story} fails",
                role.function,
                statement.actions.join(", ")
            ));
        }
    }
    expect(wrong.is_empty(), || wrong.join("\n"))?;
    std::fs::write(world.folder.join("privileges.txt"), told.join("\n"))
        .map_err(because("privileges.txt"))?;
    let example = told
        .iter()
        .find(|line| line.starts_with("Worker"))
        .cloned()
        .unwrap_or_default();
    Ok(format!(
        "{statements} statements; {} break a story when they are taken away, the others are Lambda's own\nas: {example}",
        told.len()
    ))
}

/// The accesses of a function, and which stories made each.
fn accesses(stories: &Stories, function: &str) -> BTreeMap<Access, BTreeSet<String>> {
    let mut made: BTreeMap<Access, BTreeSet<String>> = BTreeMap::new();
    for (story, calls) in stories {
        let calls = calls.iter().filter(|call| call.function == function);
        for access in calls.flat_map(|call| &call.accesses) {
            made.entry(access.clone())
                .or_default()
                .insert(story.clone());
        }
    }
    made
}

fn not_allowed(role: &Role, called: &BTreeMap<Access, BTreeSet<String>>) -> Vec<String> {
    let allowed = |access: &Access| role.statements.iter().any(|it| it.allows(access));
    let refused = called.keys().filter(|access| !allowed(access));
    refused
        .map(|access| {
            format!(
                "{} calls {} on {}, and may not",
                role.function, access.action, access.resource
            )
        })
        .collect()
}

/// What a role allows and nothing has called, save the exceptions.
fn not_used(role: &Role, called: &BTreeMap<Access, BTreeSet<String>>) -> Vec<String> {
    let mut unused = Vec::new();
    for statement in &role.statements {
        for (action, resource) in statement.pairs() {
            let one = Statement {
                actions: vec![action.clone()],
                resources: vec![resource.clone()],
            };
            let used = called.keys().any(|access| one.allows(access));
            let excepted = EXCEPTIONS.iter().any(|(function, it, _)| {
                (function.is_empty() || *function == role.function) && *it == action
            });
            if !used && !excepted {
                unused.push(format!(
                    "{} may {action} on {resource}, and no story has called it",
                    role.function
                ));
            }
        }
    }
    unused
}

/// The stories that fail without the statement.
fn breaks(
    role: &Role,
    without: &Statement,
    called: &BTreeMap<Access, BTreeSet<String>>,
) -> Vec<String> {
    let others = |access: &Access| {
        role.statements
            .iter()
            .any(|it| !std::ptr::eq(it, without) && it.allows(access))
    };
    let refused = called.iter().filter(|(access, _)| !others(access));
    refused
        .flat_map(|(_, stories)| stories.iter().cloned())
        .collect()
}

/// The functions' roles, as they stand in AWS.
async fn roles(world: &World) -> Result<Vec<Role>, Failed> {
    let functions = world
        .deployed
        .resources
        .keys()
        .filter_map(|name| name.strip_suffix("Function"));
    let mut roles = Vec::new();
    for function in functions {
        let role = world.deployed.resource(&format!("{function}Role"))?;
        let document = world
            .aws
            .role_policy(role, &function.to_lowercase())
            .await?;
        roles.push(Role {
            function: function.to_owned(),
            statements: Statement::of(&document)?,
        });
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role() -> Role {
        let document = json!({"Statement": [
            {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": "table"},
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "queue"},
            {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "logs"},
        ]});
        Role {
            function: "Timer".to_owned(),
            statements: Statement::of(&document).unwrap(),
        }
    }

    fn called(accesses: &[(&str, &str)]) -> BTreeMap<Access, BTreeSet<String>> {
        let of = |(action, resource): &(&str, &str)| Access {
            action: (*action).to_owned(),
            resource: (*resource).to_owned(),
        };
        accesses
            .iter()
            .map(|it| (of(it), BTreeSet::from(["ringing".to_owned()])))
            .collect()
    }

    const ALL: [(&str, &str); 3] = [
        ("dynamodb:GetItem", "table"),
        ("dynamodb:Query", "table"),
        ("sqs:SendMessage", "queue"),
    ];

    #[test]
    fn a_role_that_fits_is_not_wrong() {
        assert_eq!(not_allowed(&role(), &called(&ALL)), Vec::<String>::new());
        assert_eq!(not_used(&role(), &called(&ALL)), Vec::<String>::new());
    }

    #[test]
    fn a_call_that_is_not_allowed_is_named() {
        let more = called(&[("dynamodb:PutItem", "table")]);
        assert_eq!(
            not_allowed(&role(), &more),
            ["Timer calls dynamodb:PutItem on table, and may not"]
        );
    }

    #[test]
    fn a_right_that_nobody_used_is_named() {
        let less = called(&ALL[1..]);
        assert_eq!(
            not_used(&role(), &less),
            ["Timer may dynamodb:GetItem on table, and no story has called it"]
        );
    }

    #[test]
    fn a_statement_that_is_taken_away_breaks_the_stories_that_need_it() {
        let role = role();
        assert_eq!(
            breaks(&role, &role.statements[1], &called(&ALL)),
            ["ringing"]
        );
        assert_eq!(
            breaks(&role, &role.statements[2], &called(&ALL)),
            Vec::<String>::new()
        );
    }
}
