//! What happens to a deployment, one story after the other on the same stack.

mod attach;
mod delete;
mod edges;
mod leave;
mod operator;
mod parameters;
mod restore;
mod rollback;
mod scenario;
mod schedules;
mod storm;
mod update;

use futures::future::LocalBoxFuture;

use crate::error::Failed;
use crate::privileges;
use crate::world::World;

/// A story: it says in figures what it saw.
type Story = for<'a> fn(&'a mut World) -> LocalBoxFuture<'a, Result<String, Failed>>;

/// A story as the list wants it.
macro_rules! story {
    ($name:literal, $module:ident) => {
        ($name, |world| Box::pin($module::run(world)))
    };
}

/// All of them, in their order.
pub(crate) const STORIES: &[(&str, Story)] = &[
    story!("attach", attach),
    // Before the scenario, which moves the clock of LINE and not that of AWS.
    story!("schedules", schedules),
    story!("scenario", scenario),
    story!("storm", storm),
    story!("operator", operator),
    story!("edges", edges),
    story!("update", update),
    story!("rollback", rollback),
    story!("parameters", parameters),
    story!("leave", leave),
    ("privileges", |world| Box::pin(privileges::judge(world))),
    story!("restore", restore),
    story!("delete", delete),
];
