//! A program of its own beside the stack, that ends with it.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may take to end what it has started itself.
const GRACE: Duration = Duration::from_secs(4);
/// How often is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A running program, in a process group of its own. The group ends when this is dropped, in a panic too.
#[derive(Debug)]
pub(crate) struct Program(Child);

impl Program {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        command.process_group(0).spawn().map(Self)
    }

    /// Waits until it ends by itself.
    pub(crate) async fn end(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn signal(&self, signal: Signal) {
        // It fails where nobody is left in the group.
        let _ = kill_process_group(Pid::from_child(&self.0), signal);
    }

    fn ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Program {
    /// Asks it to end, since it may have started programs outside its group, and after a while does not ask.
    fn drop(&mut self) {
        if self.ended() {
            return;
        }
        self.signal(Signal::TERM);
        let patience = Instant::now() + GRACE;
        while !self.ended() && Instant::now() < patience {
            thread::sleep(LOOK);
        }
        if !self.ended() {
            self.signal(Signal::KILL);
            let _ = self.0.wait(); // so that it leaves no zombie; of a killed one nothing is to be learnt
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    use super::*;

    /// A shell that does not end when asked to, if it is stubborn, and whose child's end can be seen at its output.
    fn shell(script: &str) -> (Program, BufReader<std::process::ChildStdout>) {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped());
        let mut program = Program::start(&mut command).unwrap();
        let output = BufReader::new(program.0.stdout.take().unwrap());
        (program, output)
    }

    #[test]
    fn all_that_it_has_started_ends_with_it() {
        let (program, mut output) = shell("sleep 600 & echo started; wait");
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "started\n");
        drop(program);
        assert_eq!(output.read_line(&mut line).unwrap(), 0); // nobody holds the other end
    }

    #[tokio::test]
    async fn its_end_is_reported() {
        let (mut program, _output) = shell("exit 3");
        assert_eq!(program.end().await.unwrap().code(), Some(3));
    }
}
