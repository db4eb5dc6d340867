//! System calls as `strace -f -y` writes them down, and which of them change something.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// What is traced: everything that takes a path or a file, that speaks to others, or that does either in another way.
pub(crate) const TRACED: &str =
    "trace=%file,%desc,%network,io_uring_setup,memfd_create,ptrace,process_vm_writev";

/// A call, from its begin to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
}

/// Reads what strace wrote. A call that another thread interrupts stands in two lines.
pub(crate) fn read(text: &str) -> Vec<Call> {
    let mut begun: HashMap<&str, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let (process, rest) = line.split_once(' ').unwrap();
        let rest = rest.trim_start();
        // Ends, signals, and what a thread would have called had the process not ended.
        if ["+++", "---", "???("].iter().any(|it| rest.starts_with(it)) {
            continue;
        }
        if let Some(begin) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(process, begin.to_owned());
            continue;
        }
        let whole = match rest.strip_prefix("<... ").and_then(|it| it.split_once(" resumed>")) {
            Some((_, end)) => begun.remove(process).unwrap() + end,
            None => rest.to_owned(),
        };
        calls.push(call(&whole));
    }
    calls.extend(begun.into_values().map(|it| call(&it)));
    calls
}

fn call(line: &str) -> Call {
    let (name, rest) = line.split_once('(').unwrap_or_else(|| panic!("no call: {line}"));
    Call { name: name.to_owned(), arguments: arguments(rest) }
}

/// The arguments up to the bracket that ends them; commas and brackets within texts and structures are part of one.
fn arguments(text: &str) -> Vec<String> {
    let (mut all, mut one, mut depth) = (Vec::new(), String::new(), 0);
    let mut characters = text.chars();
    let mut quoted = false;
    while let Some(it) = characters.next() {
        match it {
            '\\' if quoted => {
                one.push(it);
                one.extend(characters.next());
                continue;
            }
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' | '(' => depth += 1,
            ')' if depth == 0 => break,
            '}' | ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                all.push(one.trim().to_owned());
                one.clear();
                continue;
            }
            _ => {}
        }
        one.push(it);
    }
    all.push(one.trim().to_owned());
    all
}

/// Calls that only look, or change nothing but this process.
const HARMLESS: &[&str] = &[
    "access",
    "chdir",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "execve",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fcntl",
    "fdatasync",
    "flock",
    "fstat",
    "fstatfs",
    "fsync",
    "getcwd",
    "getdents64",
    "ioctl",
    "lseek",
    "lstat",
    "newfstatat",
    "pidfd_open",
    "pidfd_send_signal",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "pread64",
    "preadv",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "select",
    "stat",
    "statfs",
    "statx",
];

/// Calls that write into the file that their first argument is.
const WRITING: &[&str] = &[
    "fallocate",
    "fchmod",
    "fchown",
    "fsetxattr",
    "ftruncate",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "write",
    "writev",
];

/// Calls that change what stands at the paths that they name.
const CHANGING: &[&str] = &[
    "chmod",
    "chown",
    "creat",
    "fchmodat",
    "fchownat",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "symlink",
    "symlinkat",
    "truncate",
    "unlink",
    "unlinkat",
    "utimensat",
];

/// What a call may change: a path, or what is no file of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// What stands at a path.
    Path(PathBuf),
    /// A pipe, or a counter that wakes threads.
    Pipe,
    /// Something that is not known to do no harm.
    Other,
}

impl Call {
    /// What the call changes outside its process. A call that is not known counts as one that does.
    pub(crate) fn changes(&self, folder: &Path) -> Vec<Change> {
        let name = self.name.as_str();
        if HARMLESS.contains(&name) {
            return Vec::new();
        }
        if WRITING.contains(&name) {
            return vec![self.arguments.first().map_or(Change::Other, |it| described(it))];
        }
        if CHANGING.contains(&name) {
            return self.paths(folder);
        }
        match name {
            "open" | "openat" | "openat2" if !self.opens_to_write() => Vec::new(),
            "open" | "openat" | "openat2" => self.paths(folder),
            // Memory that is shared with a file, and written.
            "mmap" => {
                let has = |at: usize, flag| self.arguments.get(at).is_some_and(|it| it.contains(flag));
                let shared = has(3, "MAP_SHARED") && has(2, "PROT_WRITE");
                if shared { vec![described(&self.arguments[4])] } else { Vec::new() }
            }
            _ => vec![Change::Other],
        }
    }

    fn opens_to_write(&self) -> bool {
        let flags = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"];
        let given = self.arguments.iter().filter(|it| !it.starts_with('"'));
        given.into_iter().any(|it| flags.iter().any(|flag| it.contains(flag)))
    }

    /// The paths that are named: each text, seen from the folder before it.
    fn paths(&self, folder: &Path) -> Vec<Change> {
        let mut from = folder.to_owned();
        let mut paths = Vec::new();
        for argument in &self.arguments {
            if let Some(text) = argument.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
                paths.push(Change::Path(plain(&from.join(text))));
            } else if let Change::Path(at) = described(argument) {
                from = at;
            }
        }
        if paths.is_empty() { vec![Change::Other] } else { paths }
    }
}

/// What a file is, by the path that strace puts after its number.
fn described(argument: &str) -> Change {
    let path = argument.split_once('<').and_then(|it| it.1.strip_suffix('>'));
    match path {
        Some(path) if path.starts_with('/') => Change::Path(plain(Path::new(path))),
        Some(path) if path.starts_with("pipe:") || path.starts_with("anon_inode:[eventfd") => Change::Pipe,
        _ => Change::Other,
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn lines_become_calls() {
    let text = "7 openat(AT_FDCWD</w>, \"a, (b\\\"\", O_RDONLY|O_CLOEXEC) = 3</w/a>\n\
        8 write(4</w/out/x>, \"a) = 1\", 6 <unfinished ...>\n\
        7 ???( <unfinished ...>\n\
        7 +++ exited with 0 +++\n\
        8 <... write resumed>)   = 6\n\
        9 newfstatat(3</w/a>, \"\", {st_mode=S_IFREG|0644, st_size=3, ...}, AT_EMPTY_PATH) = 0\n";
    let want = [
        ("openat", vec!["AT_FDCWD</w>", "\"a, (b\\\"\"", "O_RDONLY|O_CLOEXEC"]),
        ("write", vec!["4</w/out/x>", "\"a) = 1\"", "6"]),
        ("newfstatat", vec!["3</w/a>", "\"\"", "{st_mode=S_IFREG|0644, st_size=3, ...}", "AT_EMPTY_PATH"]),
    ];
    let calls = read(text);
    let calls: Vec<_> = calls
        .iter()
        .map(|it| (it.name.as_str(), it.arguments.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    assert_eq!(calls, want);
}

#[test]
fn changes_are_seen() {
    #[track_caller]
    fn check(line: &str, want: &str) {
        let changes = call(line).changes(Path::new("/w"));
        let told: Vec<String> = changes
            .iter()
            .map(|it| match it {
                Change::Path(path) => path.display().to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(told.join(" "), want, "{line}");
    }
    check("read(3</w/a>, \"x\", 1) = 1", "");
    check("openat(AT_FDCWD</w>, \"a\", O_RDONLY) = 3</w/a>", "");
    check("openat(AT_FDCWD</w>, \"O_CREAT\", O_RDONLY) = 3</w/O_CREAT>", "");
    check("openat(AT_FDCWD</w>, \"a\", O_WRONLY|O_CREAT, 0666) = 3</w/a>", "/w/a");
    check("openat(5</w/out>, \"../a\", O_RDWR) = 3</w/a>", "/w/a");
    check("openat(AT_FDCWD</w>, \"a\", O_RDONLY|O_TRUNC) = -1 EACCES (Permission denied)", "/w/a");
    check("open(\"/tmp/x\", O_RDWR|O_CREAT, 0600) = 3", "/tmp/x");
    check("mkdir(\"out/./x\", 0700) = 0", "/w/out/x");
    check("rename(\"out/a\", \"/tmp/b\") = 0", "/w/out/a /tmp/b");
    check("renameat2(5</w/out>, \"a\", AT_FDCWD</w>, \"b\", 0) = 0", "/w/out/a /w/b");
    check("unlinkat(AT_FDCWD</w>, \"a\", 0) = 0", "/w/a");
    check("write(3</w/a>, \"x\", 1) = 1", "/w/a");
    check("write(1<pipe:[7]>, \"x\", 1) = 1", "Pipe");
    check("write(5<anon_inode:[eventfd]>, \"\\1\", 8) = 8", "Pipe");
    check("write(5<socket:[7]>, \"x\", 1) = 1", "Other");
    check("write(5, \"x\", 1) = -1 EBADF (Bad file descriptor)", "Other");
    check("mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3</w/a>, 0) = 0x7f", "");
    check("mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f", "");
    check("mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3</w/a>, 0) = 0x7f", "/w/a");
    check("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3", "Other");
    check("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0", "Other");
    check("io_uring_setup(8, {}) = 3", "Other");
    check("sendfile(4</w/b>, 3</w/a>, NULL, 9) = 9", "Other");
}
