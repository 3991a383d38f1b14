//! The tests that the files of rules come to.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use crate::chapter::{self, Base, Case, Chapter, Rule};
use crate::judge::{Expected, difference};
use crate::known::{self, Known};
use crate::notation::{self, Scope, join};
use crate::world::World;

/// A test before it is run.
struct Planned {
    name: String,
    case: Case,
    /// Changes of the case's body.
    changes: Vec<(String, Value)>,
    expected: Expected,
}

pub(crate) fn all() -> Vec<Trial> {
    let known = known::read();
    let mut names = BTreeSet::new();
    let mut trials = Vec::new();
    for (name, chapter) in chapter::all() {
        let planned = planned(&name, &chapter);
        let chapter = Arc::new(chapter);
        for planned in planned {
            assert!(names.insert(planned.name.clone()), "{} twice", planned.name);
            trials.push(trial(planned, &chapter, &known));
        }
    }
    let gone = known.keys().find(|name| !names.contains(*name));
    assert_eq!(gone, None, "known.toml has a test that there is not");
    trials
}

fn trial(planned: Planned, chapter: &Arc<Chapter>, known: &Known) -> Trial {
    let chapter = Arc::clone(chapter);
    let known = known.get(&planned.name).cloned();
    let doubted = planned.case.doubt.is_some();
    Trial::test(planned.name.clone(), move || {
        let difference = runtime().block_on(run(&planned, &chapter));
        known::verdict(difference, known.as_ref()).map_err(|seen| failed(&planned, &chapter, &seen))
    })
    .with_ignored_flag(doubted)
}

fn failed(planned: &Planned, chapter: &Chapter, seen: &str) -> Failed {
    let source = planned.case.source.as_ref().unwrap_or(&chapter.source);
    let page = match source {
        source if source.starts_with("https://") => source.clone(),
        source if source.contains('/') => format!("https://developers.line.biz/en/{source}"),
        anchor => format!("https://developers.line.biz/en/reference/messaging-api/#{anchor}"),
    };
    format!("{seen}\nLINE's rule: {page}").into()
}

async fn run(planned: &Planned, chapter: &Chapter) -> Option<String> {
    let parts = &chapter.parts;
    let fresh = match &planned.case.given {
        Some(_) => Some(World::new().await),
        None => None,
    };
    match fresh {
        Some(mut world) => {
            let names = world.names.clone();
            let mut scope = Scope { parts, names };
            for step in given(planned, chapter) {
                world.step(step, &mut scope).await;
            }
            compare(planned, &world, &scope).await
        }
        None => {
            let world = shared().await;
            let names = world.names.clone();
            compare(planned, world, &Scope { parts, names }).await
        }
    }
}

fn given<'a>(planned: &Planned, chapter: &'a Chapter) -> &'a [chapter::Step] {
    let name = planned.case.given.as_deref().unwrap_or_default();
    match chapter.given.get(name) {
        Some(steps) => steps,
        None => panic!("nothing is given as {name:?}"),
    }
}

async fn compare(planned: &Planned, world: &World, scope: &Scope<'_>) -> Option<String> {
    let mut case = planned.case.clone();
    if let Some(body) = &mut case.body {
        *body = scope.value(body);
        for (path, value) in &planned.changes {
            notation::set(body, path, scope.value(value));
        }
    }
    let answer = world.call(&case, scope).await;
    difference(&planned.expected, &answer, scope)
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

/// The world of all cases that need nothing to happen before.
async fn shared() -> &'static World {
    static SHARED: OnceCell<World> = OnceCell::const_new();
    SHARED.get_or_init(World::new).await
}

fn planned(file: &str, chapter: &Chapter) -> Vec<Planned> {
    let bases = chapter.base.iter().map(|(name, base)| Planned {
        name: format!("{file}: {name} as in the reference"),
        case: call(base),
        changes: Vec::new(),
        expected: Expected::Status(base.status),
    });
    let rules = chapter.rule.iter();
    let rules = rules.flat_map(|rule| of_rule(file, chapter, rule));
    let cases = chapter.case.iter().map(|case| Planned {
        name: format!("{file}: {}", case.says),
        case: case.clone(),
        changes: Vec::new(),
        expected: Expected::Case(Box::new(case.clone())),
    });
    bases.chain(rules).chain(cases).collect()
}

fn of_rule(file: &str, chapter: &Chapter, rule: &Rule) -> Vec<Planned> {
    let mut planned = Vec::new();
    for name in rule.of.iter() {
        let Some(base) = chapter.base.get(name) else {
            panic!("{file}: {} is about {name}, which is not there", rule.says);
        };
        for at in rule.at.iter() {
            let lists = [
                ("accepts", &rule.accepts),
                ("refuses", &rule.refuses),
                ("mistypes", &rule.mistypes),
            ];
            for (verb, values) in lists {
                for value in values {
                    let place = join(name, at);
                    let value_shown = shown(value);
                    planned.push(Planned {
                        name: format!("{file}: {} [{place}]: {verb} {value_shown}", rule.says),
                        case: of_base(base, rule),
                        changes: changes(base, rule, at, value),
                        expected: expected(base, rule, at, verb),
                    });
                }
            }
        }
    }
    planned
}

/// A value as a test's name has it.
fn shown(value: &Value) -> String {
    match (value, value.get("times")) {
        (Value::String(text), _) => format!("`{}`", text.replace('\n', "\\n")),
        (value, Some(times)) => format!("{times} of {}", shown(&value["of"])),
        (value, None) => abridged(&value.to_string().replace('"', "")),
    }
}

fn abridged(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn of_base(base: &Base, rule: &Rule) -> Case {
    let case = call(base);
    Case {
        says: rule.says.clone(),
        source: rule.source.clone().or(case.source),
        doubt: rule.doubt.clone().or(case.doubt),
        ..case
    }
}

fn call(base: &Base) -> Case {
    let (call, body) = match (&base.message, &base.call) {
        (Some(message), None) => {
            let to = base.to.as_deref().unwrap_or("${user}");
            let body = json!({"to": to, "messages": [message]});
            ("POST /v2/bot/message/push".into(), Some(body))
        }
        (None, Some(call)) => (call.clone(), base.body.clone()),
        _ => panic!("a base has a message or a call"),
    };
    Case {
        says: String::new(),
        source: base.source.clone(),
        given: base.given.clone(),
        call,
        body,
        file: None,
        kind: None,
        headers: Default::default(),
        status: base.status,
        names: None,
        message: None,
        answer: Default::default(),
        doubt: base.doubt.clone(),
    }
}

fn root(base: &Base) -> String {
    let outer = if base.message.is_some() {
        "messages[0]"
    } else {
        ""
    };
    join(outer, &base.root)
}

fn changes(base: &Base, rule: &Rule, at: &str, value: &Value) -> Vec<(String, Value)> {
    let root = root(base);
    let with = rule.with.iter();
    with.map(|(path, value)| (join(&root, path), value.clone()))
        .chain([(join(&root, at), value.clone())])
        .collect()
}

fn expected(base: &Base, rule: &Rule, at: &str, verb: &str) -> Expected {
    let member = match rule.names.as_deref() {
        Some("-") => None,
        Some(names) => Some(join(&root(base), names)),
        None => Some(join(&root(base), at)),
    };
    match (verb, member) {
        ("accepts", _) => Expected::Status(base.status),
        (_, None) => Expected::Refused,
        ("mistypes", Some(member)) => Expected::Mistyped(member),
        (_, Some(member)) => Expected::Named(member, rule.words.clone()),
    }
}
