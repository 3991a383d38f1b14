//! The stories in one program: a module for each file and folder beside this one. Programs of their own would each be
//! linked with all of the bundle. Those that need the process to themselves, as they look at its log, are in
//! Cargo.toml: `logs` and `erase`.

// The console's futures are deep.
#![recursion_limit = "256"]

mod accounts;
mod alarms;
mod attach;
mod attach_killed;
mod attach_links;
mod attach_twice;
mod busy;
mod console;
mod control;
mod daily;
mod deadline;
mod decorations;
mod entitled;
mod hostile_list;
mod inbox;
mod invitations;
mod kept_at_line;
mod lifecycle;
mod limits;
mod line_events;
mod many_chats;
mod menus;
mod message;
mod module_failures;
mod neighbours;
mod odd_events;
mod outage;
mod parking;
mod paused;
mod profile;
mod reconciler;
mod redelivery;
mod registers;
mod replay;
mod reservation;
mod rows;
mod scenarios;
mod sending;
mod signals;
mod steps;
mod tabs;
mod texts;
mod timers;
mod to_many;
mod tries;
mod usage;

/// A story that stands in no list would not be run.
#[test]
fn every_file_of_stories_is_a_module_or_a_program() {
    let [modules, programs] = [include_str!("main.rs"), include_str!("../Cargo.toml")];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let module = modules.contains(&format!("mod {name};\n"));
        let program = programs.contains(&format!("\nname = \"{name}\"\n"));
        assert!(name == "main" || module || program, "{}", path.display());
    }
}
