//! Every fuzz target of `fuzz/`, each for a moment: from its seeds and the cases of its crate, changed at random but
//! always in the same way. Nothing panics and no input takes long.
//!
//! `VIGIE_FUZZ_SECONDS` gives each target more time than a moment, `VIGIE_FUZZ_TARGET` chooses one. An input that fails
//! is kept, and the message says where. `docs/fuzzing.md` says how to fuzz in earnest.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

mod mutate;
#[path = "../../../../fuzz/targets/lib.rs"]
pub mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutate::Mutator;
use targets::{ALL, Target};

/// How long each target runs where nothing else is asked.
const MOMENT: Duration = Duration::from_millis(300);

/// The longest that one input may take.
const LONGEST: Duration = Duration::from_secs(2);

#[test]
fn no_input_is_too_much_for_a_reader() {
    let seconds = std::env::var("VIGIE_FUZZ_SECONDS").ok().map(|it| it.parse().unwrap());
    let time = seconds.map_or(MOMENT, Duration::from_secs);
    let chosen = std::env::var("VIGIE_FUZZ_TARGET").ok();
    let tokens = tokens();
    let mut ran = 0;
    for target in ALL.iter().filter(|it| chosen.as_deref().is_none_or(|name| name == it.name)) {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "`{}` has no seeds", target.name);
        let start = Instant::now();
        let mut executions = 0_u64;
        let mut mutator = Mutator::new(&seeds, &tokens);
        for seed in &seeds {
            check(target, seed);
        }
        while start.elapsed() < time {
            check(target, &mutator.next());
            executions += 1;
        }
        println!("{:>16}: {} seeds, {executions} mutants", target.name, seeds.len());
        ran += 1;
    }
    assert!(ran > 0, "there is no target `{}`", chosen.unwrap_or_default());
}

/// Runs an input, and keeps it where it fails.
fn check(target: &Target, input: &[u8]) {
    let timed = || {
        let start = Instant::now();
        catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map(|()| start.elapsed())
    };
    // A machine that is busy with other things is not the input's fault.
    let quickest = (0..3).map(|_| timed()).find(|it| it.as_ref().map_or(true, |it| *it <= LONGEST));
    let why = match quickest {
        Some(Ok(_)) => return,
        Some(Err(_)) => "panics",
        None => "takes too long",
    };
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}", target.name));
    std::fs::write(&kept, input).unwrap();
    panic!("`{}` {why} on {} ({} bytes)", target.name, kept.display(), input.len());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The target's own seeds and the inputs of its cases, in the order of their bytes.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    // A target with cases needs no seeds beside them.
    let own = Some(root().join("fuzz/seeds").join(target.name)).filter(|it| it.exists());
    let mut folders: Vec<PathBuf> = target.cases.iter().map(|it| root().join(it)).chain(own).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with("README") && !name.starts_with("want") {
                found.push(std::fs::read(path).unwrap());
            }
        }
    }
    found.sort();
    found
}

/// The dictionary: one token a line, in quotes, with `\"`, `\\` and `\xNN` for what cannot stand there itself.
fn tokens() -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(root().join("fuzz/tokens.dict")).unwrap();
    let quoted = text.lines().filter_map(|it| it.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescaped).collect()
}

fn unescaped(token: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = token;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend(plain.bytes());
        let (byte, length) = match escape.as_bytes()[0] {
            b'x' => (u8::from_str_radix(&escape[1..3], 16).unwrap(), 3),
            other => (other, 1),
        };
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend(rest.bytes());
    bytes
}

#[test]
fn every_target_can_be_fuzzed_in_earnest_and_is_described() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let (manifest, book) = (read("fuzz/Cargo.toml"), read("docs/fuzzing.md"));
    assert_eq!(manifest.matches("[[bin]]").count(), ALL.len());
    for Target { name, .. } in ALL {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"bin/{name}.rs\"")), "{name}");
        assert!(
            read(&format!("fuzz/bin/{name}.rs")).contains(&format!("vigie_fuzz::{name}::run(data)")),
            "{name}"
        );
        assert!(book.contains(&format!("| `{name}` |")), "docs/fuzzing.md: {name}");
    }
}

#[test]
fn escapes_of_the_dictionary() {
    assert_eq!(unescaped(r#"a\"\\u\x00\xffb"#), b"a\"\\u\x00\xffb");
    assert!(tokens().contains(&b"\\ud800".to_vec()));
}
