//! Tests of `scan_files.rs`.

use std::fs;

use vigie_engine::{Builder, Options};

use super::*;

const SHA256_OF_X: &str = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
const MD5_OF_X: &str = "9dd4e461268c8034f5c8564e155c67a6";

/// A folder with files, a link and a folder in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("b")).expect("a folder");
    for (name, text) in [("a.bin", "x"), ("b/deep.exe", "x"), ("c", "y")] {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
    folder
}

fn scan(folder: &Path, image: &Image, limits: Limits) -> (Vec<String>, Outcome) {
    let request = Request {
        files: vec![folder.to_owned()],
        limits,
        yara: YaraLimits::default(),
        threads: NonZero::new(3).expect("three is not zero"),
    };
    let mut hits = Vec::new();
    let outcome = run(&request, image, 0, |hit| {
        let file = hit.source.file.replace(&folder.display().to_string(), "").replace('\\', "/");
        for one in &hit.found.matches {
            hits.push(format!("{file} {} {}", one.rule.language, one.rule.name));
        }
    });
    (hits, outcome)
}

#[test]
fn hashes_are_compared_in_the_order_of_the_files() {
    let folder = folder();
    let mut builder = Builder::new(Options::default());
    builder.add_list("list", format!("{SHA256_OF_X}\n{MD5_OF_X}\n").as_bytes());
    let image = Image::new(builder.build());
    let (hits, outcome) = scan(folder.path(), &image, Limits::default());
    let want: Vec<String> = ["/a.bin", "/b/deep.exe"]
        .iter()
        .flat_map(|file| [SHA256_OF_X, MD5_OF_X].map(|it| format!("{file} list {it}")))
        .collect();
    let mut sorted = hits.clone();
    sorted.sort_unstable();
    let mut wanted = want.clone();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
    assert!(hits.iter().take(2).all(|it| it.starts_with("/a.bin")), "{hits:?}");
    assert_eq!((outcome.files, outcome.bytes), (3, 3));
    #[cfg(unix)]
    assert_eq!(outcome.left_out, BTreeMap::from([("link", 1)]));
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = folder();
    let image = Image::new(Builder::new(Options::default()).build());
    let (_, outcome) = scan(folder.path(), &image, Limits { file_bytes: 0, depth: 1 });
    assert_eq!(outcome.files, 0);
    assert_eq!((outcome.left_out.get("unreadable"), outcome.left_out.get("too-deep")), (Some(&2), Some(&1)));
    assert_eq!(outcome.problems.len(), 3, "{:?}", outcome.problems);
    let (_, outcome) = scan(&folder.path().join("none"), &image, Limits::default());
    assert!(outcome.problems.first().is_some_and(|it| it.contains("none")), "{:?}", outcome.problems);
}

#[cfg(feature = "yara")]
#[test]
fn yara_rules_fire_on_bytes() {
    let folder = folder();
    let mut builder = Builder::new(Options::default());
    builder.add_yara("x.yar", r#"rule x { condition: filesize == 1 and extension == ".exe" }"#);
    let image = Image::new(builder.build());
    let (hits, _) = scan(folder.path(), &image, Limits::default());
    assert_eq!(hits, ["/b/deep.exe yara x"]);
}

#[test]
fn the_first_bytes_tell_the_kind() {
    assert_eq!(
        ["MZ\u{90}", "%PDF-1.7", "text", ""].map(|it| content::kind(it.as_bytes())),
        ["EXE", "PDF", "", ""]
    );
}
