//! Running the tests.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;

use crate::chapter::{self, Chapter};
use crate::judge::difference;
use crate::known::{self, Known};
use crate::notation::{self, Scope};
use crate::plan::{Planned, planned};
use crate::worlds::ready;

pub(crate) fn all() -> Vec<Trial> {
    let known = known::read();
    let mut names = BTreeSet::new();
    let mut trials = Vec::new();
    for chapter in chapter::all() {
        let planned = planned(&chapter);
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
    let ready = ready(chapter, planned.case.given.as_deref()).await;
    let mut scope = Scope {
        parts: &chapter.parts,
        names: ready.names.clone(),
    };
    let mut case = planned.case.clone();
    case.body = case.body.map(|body| scope.value(&body));
    for (path, value) in &planned.changes {
        let value = scope.value(value);
        match &mut case.body {
            Some(body) => notation::set(body, path, value),
            None => drop(scope.names.insert("value".into(), value)),
        }
    }
    let answer = ready.world.call(&case, &scope).await;
    difference(&planned.expected, &answer, &scope)
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}
