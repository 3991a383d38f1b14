//! Runs programs with one mutant or none, within a time.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::scratch::TRIED;

/// How often a program is looked at.
const LOOKED_AT: Duration = Duration::from_millis(20);

/// How a program has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    /// Its code; none if it was killed, by us or by a signal.
    pub(super) code: Option<i32>,
    /// Whether its time was up.
    pub(super) is_late: bool,
    /// What it has written.
    pub(super) said: String,
}

/// Runs a program with a mutant, if there is one. It is killed when its time is up.
pub(super) fn run(mut command: Command, mutant: Option<&str>, limit: Duration) -> io::Result<End> {
    command.env_remove(TRIED);
    command.envs(mutant.map(|name| (TRIED, name)));
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let reading = [read(out), read(err)];
    let (code, is_late) = wait(&mut child, limit)?;
    // What a test has started itself may hold the pipe open: it is not waited for.
    let said = reading.into_iter().map(|it| match is_late {
        true => String::new(),
        false => it.join().unwrap_or_default(),
    });
    Ok(End {
        code,
        is_late,
        said: said.collect::<Vec<_>>().join("\n"),
    })
}

fn read(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut all = Vec::new();
        let _ = from.map(|mut from| from.read_to_end(&mut all));
        String::from_utf8_lossy(&all).into_owned()
    })
}

fn wait(child: &mut Child, limit: Duration) -> io::Result<(Option<i32>, bool)> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok((status.code(), false));
        }
        thread::sleep(LOOKED_AT);
    }
    child.kill()?;
    child.wait()?;
    Ok((None, true))
}

/// How many cores there are.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does something with each of these, on a number of threads; gives the results, in order.
pub(super) fn in_parallel<T: Sync, R: Send>(
    threads: usize,
    all: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = Mutex::new(0);
    let done = Mutex::new(Vec::new());
    let thread = || {
        loop {
            let at = match next.lock() {
                Ok(mut next) => {
                    *next += 1;
                    *next - 1
                }
                Err(_) => return,
            };
            let Some(one) = all.get(at) else { return };
            let result = work(one);
            if let Ok(mut done) = done.lock() {
                done.push((at, result));
            }
        }
    };
    thread::scope(|scope| {
        (0..threads).for_each(|_| {
            scope.spawn(thread);
        });
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
