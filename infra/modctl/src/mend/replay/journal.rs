//! The file of a run: what is to be queued, each event with the number of its replay, and how
//! far the run has come. It is written before anything is queued. A number is used once whatever
//! becomes of the run: what is queued again under it, the worker does not run again.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::domain::{BotId, ChatId, EventId, Timestamp};
use shared::hash::sha256_hex;
use shared::replay::{Mode, next_number};
use shared::store::LedgerKey;

use crate::failure::Failure;

use super::select::Selected;

/// One event of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Planned {
    bot: BotId,
    chat: Option<ChatId>,
    event: EventId,
    /// Of its replay.
    pub(super) number: u32,
}

impl Planned {
    pub(super) fn of(it: &Selected) -> Self {
        let LedgerKey { bot, chat, event } = it.key.clone();
        let number = next_number(Some(&it.row));
        Self {
            bot,
            chat,
            event,
            number,
        }
    }

    pub(super) fn key(&self) -> LedgerKey {
        LedgerKey {
            bot: self.bot.clone(),
            chat: self.chat.clone(),
            event: self.event.clone(),
        }
    }
}

/// What a run says of itself: the first line of its file.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    begun_at: Timestamp,
    events: usize,
}

/// A run that is under way.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    pub(super) begun_at: Timestamp,
    pub(super) planned: Vec<Planned>,
    /// How many of them, from the first, are done with.
    pub(super) done: usize,
}

impl Journal {
    /// Where the file of such a run is: one for each event queue, mode and selection.
    pub(super) fn place(queue: &str, mode: Mode, selection: &str) -> Result<PathBuf, Failure> {
        let folder = state_folder().ok_or_else(|| {
            Failure::Refused(
                "there is no folder for the run's file: set HOME or XDG_STATE_HOME".into(),
            )
        })?;
        let mode = match mode {
            Mode::Respect => "respect",
            Mode::Force => "force",
        };
        let name = sha256_hex([queue, "\0", mode, "\0", selection]);
        Ok(folder
            .join("modctl")
            .join(format!("replay-{}.jsonl", &name[..16])))
    }

    /// The run of this file that was interrupted, if there is one.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken(path, &error)),
        };
        let mut lines = text.lines();
        let head: Head = serde_json::from_str(lines.next().unwrap_or_default())
            .map_err(|error| broken(path, &error))?;
        let planned = lines.by_ref().take(head.events).map(serde_json::from_str);
        let planned: Vec<Planned> = planned
            .collect::<Result<_, _>>()
            .map_err(|error| broken(path, &error))?;
        // A line for each that is done with. One that was cut short does not count: to queue
        // its event again under its number changes nothing.
        let done = lines.filter(|line| *line == DONE).count();
        let file = OpenOptions::new().append(true).open(path);
        let mut file = file.map_err(|error| broken(path, &error))?;
        if !text.ends_with('\n') {
            writeln!(file).map_err(|error| broken(path, &error))?;
        }
        Ok(Some(Self {
            path: path.to_owned(),
            file,
            begun_at: head.begun_at,
            planned,
            done,
        }))
    }

    /// Begins a run. The file is there as a whole, or not at all.
    pub(super) fn begin(
        path: &Path,
        planned: Vec<Planned>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let written = || -> std::io::Result<File> {
            fs::create_dir_all(folder)?;
            let draft = path.with_extension("draft");
            let _ = fs::remove_file(&draft);
            let mut options = OpenOptions::new();
            // For this user alone: ids of chats are in it.
            let mut file = options
                .append(true)
                .create_new(true)
                .mode(0o600)
                .open(&draft)?;
            let head = Head {
                begun_at: now,
                events: planned.len(),
            };
            let mut text = serde_json::to_string(&head)? + "\n";
            for event in &planned {
                text += &(serde_json::to_string(event)? + "\n");
            }
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, path)?;
            Ok(file)
        };
        let file = written().map_err(|error| broken(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            begun_at: now,
            planned,
            done: 0,
        })
    }

    /// The next event is done with.
    pub(super) fn advance(&mut self) -> Result<(), Failure> {
        writeln!(self.file, "{DONE}").map_err(|error| broken(&self.path, &error))?;
        self.done += 1;
        Ok(())
    }

    /// The run is over.
    pub(super) fn end(self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Forgets a run that was interrupted.
    pub(super) fn forget(path: &Path) -> Result<(), Failure> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(broken(path, &error)),
            _ => Ok(()),
        }
    }
}

/// The line of an event that is done with.
const DONE: &str = "\"done\"";

fn broken(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Refused(format!(
        "the run's file {}: {error}; --anew begins another run",
        path.display()
    ))
}

fn state_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty());
    let state = named("XDG_STATE_HOME").map(PathBuf::from);
    state.or_else(|| named("HOME").map(|home| Path::new(&home).join(".local/state")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(event: &str) -> Planned {
        Planned {
            bot: BotId::new("U1").unwrap(),
            chat: None,
            event: EventId::new(event).unwrap(),
            number: 3,
        }
    }

    #[test]
    fn a_run_goes_on_where_its_file_ends_with_the_numbers_that_it_had() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/run.jsonl");
        assert!(Journal::open(&path).unwrap().is_none());
        let all = vec![planned("a"), planned("b")];
        let mut run = Journal::begin(&path, all.clone(), Timestamp(5)).unwrap();
        run.advance().unwrap();
        drop(run);
        let run = Journal::open(&path).unwrap().unwrap();
        assert_eq!((run.done, &run.planned), (1, &all));
        run.end();
        assert!(Journal::open(&path).unwrap().is_none());
    }

    #[test]
    fn a_line_that_was_cut_short_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let all = vec![planned("a"), planned("b")];
        let mut run = Journal::begin(&path, all, Timestamp(5)).unwrap();
        run.advance().unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        text += "\"do";
        fs::write(&path, text).unwrap();
        let mut run = Journal::open(&path).unwrap().unwrap();
        assert_eq!(run.done, 1);
        run.advance().unwrap();
        assert_eq!(Journal::open(&path).unwrap().unwrap().done, 2);
    }
}
