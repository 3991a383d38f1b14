//! The worlds that the calls are made in.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use tokio::sync::{Mutex, OnceCell};

use crate::chapter::Chapter;
use crate::notation::{Names, Scope};
use crate::world::World;

/// A world in which everything has happened that is to happen before a call.
pub(crate) struct Ready {
    pub(crate) world: World,
    /// Who and what there is.
    pub(crate) names: Names,
}

type Cell = Arc<OnceCell<Arc<Ready>>>;

/// The worlds that many calls share.
static STANDING: LazyLock<Mutex<HashMap<String, Cell>>> = LazyLock::new(Default::default);

/// The world for a call: one of its own, unless nothing is to happen before or what happens is
/// enough for all calls of the file.
pub(crate) async fn ready(chapter: &Chapter, given: Option<&str>) -> Arc<Ready> {
    let standing = given.is_none_or(|given| chapter.standing.iter().any(|name| name == given));
    if !standing {
        return Arc::new(made(chapter, given).await);
    }
    let key = given.map_or(String::new(), |given| format!("{}: {given}", chapter.name));
    let cell = STANDING.lock().await.entry(key).or_default().clone();
    let make = async || Arc::new(made(chapter, given).await);
    cell.get_or_init(make).await.clone()
}

async fn made(chapter: &Chapter, given: Option<&str>) -> Ready {
    let (mut world, names) = World::new().await;
    let parts = &chapter.parts;
    let mut scope = Scope { parts, names };
    for name in given.into_iter().flat_map(str::split_whitespace) {
        let Some(steps) = chapter.given.get(name) else {
            panic!("{}: nothing is given as {name}", chapter.name);
        };
        for step in steps {
            world.step(step, &mut scope).await;
        }
    }
    let names = scope.names;
    Ready { world, names }
}
