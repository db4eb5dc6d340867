//! Processes that read apart: this very program, started again to do nothing else ([`crate::read_apart`]).

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use vigie_phone::apart::{Apart, Worker};

/// How this program is told to be such a process.
pub const ARGUMENTS: [&str; 2] = ["phone", "read-apart"];

/// Starts them.
pub(super) struct Processes {
    program: PathBuf,
}

impl Processes {
    /// With this program.
    pub(super) fn of(program: PathBuf) -> Self {
        Self { program }
    }
}

impl Apart for Processes {
    fn start(&mut self) -> Result<Box<dyn Worker>, String> {
        let mut command = Command::new(&self.program);
        command.args(ARGUMENTS);
        let process = Process::start(&mut command);
        process.map(|it| Box::new(it) as Box<dyn Worker>).map_err(|error| {
            format!(
                "the process that would read it cannot be started from `{}`: {error}",
                self.program.display()
            )
        })
    }
}

/// A process, and who watches how long it takes. It is ended with this value.
struct Process {
    child: Arc<Mutex<Child>>,
    to: ChildStdin,
    from: ChildStdout,
    until: mpsc::Sender<Instant>,
    late: Arc<AtomicBool>,
}

impl Process {
    fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (to, from) = ends.ok_or_else(|| std::io::Error::other("it has no pipes"))?;
        let (child, late) = (Arc::new(Mutex::new(child)), Arc::new(AtomicBool::new(false)));
        let (until, times) = mpsc::channel();
        let (watched, told) = (Arc::clone(&child), Arc::clone(&late));
        std::thread::spawn(move || watch(&times, &watched, &told));
        Ok(Self { child, to, from, until, late })
    }

    fn stop(&self) -> Option<ExitStatus> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is no more cannot be ended again.
        let _gone = child.kill();
        child.wait().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Ends a process that takes longer than it was last allowed to.
fn watch(times: &mpsc::Receiver<Instant>, child: &Mutex<Child>, late: &AtomicBool) {
    let Ok(mut until) = times.recv() else { return };
    loop {
        match times.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(next) => until = next,
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                late.store(true, Ordering::Relaxed);
                let _gone = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
                return;
            }
        }
    }
}

impl Worker for Process {
    fn allow(&mut self, time: Duration) {
        // Nobody watches one any more that was ended.
        let _ended = self.until.send(Instant::now() + time);
    }

    fn to(&mut self) -> &mut dyn Write {
        &mut self.to
    }

    fn from(&mut self) -> &mut dyn Read {
        &mut self.from
    }

    fn end(self: Box<Self>) -> String {
        // What ended by itself shall tell why before it is ended.
        let by_itself =
            || self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait().ok().flatten();
        let patience = Instant::now() + Duration::from_secs(2);
        let mut status = by_itself();
        while status.is_none() && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(5));
            status = by_itself();
        }
        if self.late.load(Ordering::Relaxed) {
            return "it took too long and was ended".to_owned();
        }
        status.map_or_else(|| "it said nothing more and was ended".to_owned(), words)
    }
}

/// How a process ended, in words.
fn words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;

    match status.signal() {
        Some(6) => "it gave up, as a program does that needs more memory than it may have".to_owned(),
        Some(9 | 24) => "it was ended, as is a program that uses more processor time than it may".to_owned(),
        Some(11) => "it fell over what it read".to_owned(),
        Some(signal) => format!("it was ended by signal {signal}"),
        None => format!("it ended with {}", status.code().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a process of the system that does this, once it is allowed so many milliseconds.
    #[track_caller]
    fn check(script: &str, time: u64, want: &str) {
        let mut process = Box::new(Process::start(Command::new("/bin/sh").args(["-c", script])).unwrap());
        process.allow(Duration::from_millis(time));
        let mut heard = Vec::new();
        let _ended = process.from().read_to_end(&mut heard);
        assert_eq!(process.end(), want, "{script}");
    }

    #[test]
    fn the_end_of_a_process_is_told() {
        check("exit 7", 60_000, "it ended with 7");
        check(
            "kill -ABRT $$",
            60_000,
            "it gave up, as a program does that needs more memory than it may have",
        );
        check("kill -SEGV $$", 60_000, "it fell over what it read");
        check(
            "ulimit -t 1; while :; do :; done",
            60_000,
            "it was ended, as is a program that uses more processor time than it may",
        );
        check("exec sleep 600", 100, "it took too long and was ended");
        check("exec >&-; sleep 60", 60_000, "it said nothing more and was ended");
        check("while :; do :; done", 100, "it took too long and was ended");
    }

    #[test]
    fn what_does_not_listen_is_ended_too() {
        let mut process = Process::start(Command::new("/bin/sleep").arg("600")).unwrap();
        process.allow(Duration::from_millis(100));
        // More than a pipe holds.
        assert!(process.to().write_all(&vec![0; 1 << 20]).is_err());
        assert_eq!(Box::new(process).end(), "it took too long and was ended");
    }
}
