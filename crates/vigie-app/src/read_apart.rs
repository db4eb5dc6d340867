//! What a process does that reads the unified log of a phone apart from all else: shuts itself in, then reads what it is sent.
//!
//! The library that reads these logs is large, and a log may be written to attack its reader. So the process gives up,
//! before it reads a byte, all that it does not need: from then on it can read what it is sent, answer, and use memory up to
//! a bound. It opens no file, makes no socket and starts no program, whoever has taken it over.
//!
//! `check_phone/apart.rs` starts such processes.

use std::io;

use vigie_phone::ios::read_unified_log_apart;

/// The memory that it may use, in bytes.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 2 << 30;

/// The processor time that it may use, in seconds.
#[cfg(target_os = "linux")]
const SECONDS: u64 = 1800;

/// Reads what is sent on standard input and answers on standard output, until the input ends.
pub fn run() -> io::Result<()> {
    // Nobody reads what would be said of a reader that gives up; that it did is told.
    std::panic::set_hook(Box::new(|_| {}));
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    let shut_in = shut_in();
    read_unified_log_apart(input, output, shut_in)
}

/// Gives up what is not needed, for good.
#[cfg(target_os = "linux")]
fn shut_in() -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let bounds = [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ];
    for (resource, most) in bounds {
        let both = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, both).map_err(|error| format!("no limit can be set: {error}"))?;
    }
    filter::apply().map_err(|error| format!("system calls cannot be filtered: {error}"))
}

/// Other systems have other ways, which are not known here.
#[cfg(not(target_os = "linux"))]
fn shut_in() -> Result<(), String> {
    Err("this system is not Linux".to_owned())
}

#[cfg(target_os = "linux")]
mod filter {
    //! The calls of the system that are left.

    use std::collections::BTreeMap;

    use libc::{MAP_ANONYMOUS, PROT_EXEC};
    use seccompiler::SeccompCmpOp::{Eq, MaskedEq};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter,
    };

    /// Calls that change nothing but this process: memory, locks, signals to itself, the clock, chance, the end.
    const OWN: [libc::c_long; 16] = [
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_madvise,
        libc::SYS_munmap,
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
    ];

    type Made<T> = Result<T, seccompiler::Error>;

    /// Lets through what is on the list, and refuses everything else.
    pub(super) fn apply() -> Made<()> {
        let own = u64::from(std::process::id());
        let (no_code, anonymous) = (|at| is(at, MaskedEq(PROT_EXEC as u64), 0), MAP_ANONYMOUS as u64);
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = OWN.iter().map(|it| (*it, Vec::new())).collect();
        rules.insert(libc::SYS_read, vec![rule(vec![is(0, Eq, 0)?])?]);
        rules.insert(libc::SYS_write, vec![rule(vec![is(0, Eq, 1)?])?]);
        rules.insert(libc::SYS_tgkill, vec![rule(vec![is(0, Eq, own)?])?]);
        rules.insert(libc::SYS_mprotect, vec![rule(vec![no_code(2)?])?]);
        rules.insert(libc::SYS_mremap, Vec::new());
        let plain = vec![no_code(2)?, is(3, MaskedEq(anonymous), anonymous)?];
        rules.insert(libc::SYS_mmap, vec![rule(plain)?]);
        let refused = SeccompAction::Errno(libc::EPERM as u32);
        let machine = std::env::consts::ARCH.try_into()?;
        let filter: BpfProgram =
            SeccompFilter::new(rules, refused, SeccompAction::Allow, machine)?.try_into()?;
        apply_filter(&filter)
    }

    fn is(argument: u8, how: SeccompCmpOp, value: u64) -> Made<SeccompCondition> {
        Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, how, value)?)
    }

    fn rule(conditions: Vec<SeccompCondition>) -> Made<SeccompRule> {
        Ok(SeccompRule::new(conditions)?)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::ErrorKind::{self, PermissionDenied};
    use std::net::TcpStream;
    use std::os::unix::net::UnixStream;
    use std::process::Command;

    use super::*;

    /// Says to a process that it is the one inside.
    const INSIDE: &str = "VIGIE_TEST_SHUT_IN";

    /// What the process inside ends with if all was refused.
    const REFUSED: i32 = 42;

    /// A test that shuts itself in can do nothing more; so another process does.
    #[test]
    fn nothing_is_left_but_reading_and_answering() {
        if std::env::var_os(INSIDE).is_some() {
            inside();
        }
        let name = "read_apart::tests::nothing_is_left_but_reading_and_answering";
        let mut command = Command::new(std::env::current_exe().unwrap());
        let ran =
            command.args([name, "--exact", "--test-threads=1", "--nocapture"]).env(INSIDE, "1").output();
        let ran = ran.unwrap();
        assert_eq!(ran.status.code(), Some(REFUSED), "{}", String::from_utf8_lossy(&ran.stdout));
    }

    fn inside() {
        // All of this is let through before.
        assert!(std::fs::File::open("/dev/null").is_ok() && UnixStream::pair().is_ok());
        assert_eq!(shut_in(), Ok(()));
        let mut wrong = Vec::new();
        let mut refused = |what: &str, why: Option<ErrorKind>| {
            if why != Some(PermissionDenied) {
                wrong.push(format!("{what}: {why:?}"));
            }
        };
        let kind = |error: io::Error| error.kind();
        refused("reading a file", std::fs::read("/etc/hostname").err().map(kind));
        refused("looking at a file", std::fs::metadata("/etc/hostname").err().map(kind));
        refused("writing a file", std::fs::write("/tmp/vigie-shut-in", b"x").err().map(kind));
        refused("deleting a file", std::fs::remove_file("/tmp/vigie-shut-in").err().map(kind));
        refused("listing a folder", std::fs::read_dir("/").err().map(kind));
        refused("speaking to others", TcpStream::connect("127.0.0.1:9").err().map(kind));
        refused("speaking to this machine", UnixStream::pair().err().map(kind));
        refused("starting a program", Command::new("/bin/true").spawn().err().map(kind));
        refused("starting a thread", std::thread::Builder::new().spawn(|| ()).err().map(kind));
        refused("telling anybody else", tell_another().err().map(kind));
        let too_much = Vec::<u8>::new().try_reserve_exact(3 << 30);
        assert!(too_much.is_err(), "memory is bounded");
        assert!(Vec::<u8>::new().try_reserve_exact(64 << 20).is_ok(), "there is memory");
        assert!(wrong.is_empty(), "{wrong:?}");
        std::process::exit(REFUSED);
    }

    /// Writes to standard error, which is neither input nor output.
    fn tell_another() -> io::Result<usize> {
        rustix::io::write(io::stderr(), b"x").map_err(Into::into)
    }
}
