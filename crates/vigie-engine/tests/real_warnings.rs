//! MISP's own warning lists against MISP's own feeds of indicators.
//!
//! The data lies beside the checkout (`../shared/data`, or where `VIGIE_SHARED_DATA` says) and is never committed; without
//! it the test says that it was skipped.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use vigie_engine::{Builder, Image, Options, Reason, State};

fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    folder.join("misp").is_dir().then_some(folder)
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let packed = File::open(path).expect("the data can be opened");
    zstd::Decoder::new(packed).expect("it is zstd").read_to_end(&mut bytes).expect("the data is whole");
    bytes
}

/// The files of a tar archive: 512 bytes of header, with the size in octal at 124, then the content in full blocks.
fn files(archive: &[u8]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut rest = archive;
    while let Some((header, after)) = rest.split_at_checked(512) {
        let text = |from: usize, to: usize| {
            String::from_utf8_lossy(&header[from..to]).trim_matches(['\0', ' ']).to_owned()
        };
        let size = usize::from_str_radix(&text(124, 136), 8).unwrap_or(0);
        let content = after.get(..size).unwrap_or_default();
        if header[156] == b'0' {
            files.push((text(0, 100), String::from_utf8_lossy(content).into_owned()));
        }
        rest = after.get(size.div_ceil(512) * 512..).unwrap_or_default();
    }
    files
}

#[test]
fn misp_s_own_lists_are_read_and_mark_real_feeds() {
    let Some(folder) = data() else {
        eprintln!(
            "skipped: there is no `../shared/data` beside the checkout, and VIGIE_SHARED_DATA names none"
        );
        return;
    };
    let lists = files(&unpacked(&folder.join("misp/warninglists.tar.zst")));
    let lists: Vec<_> = lists.iter().filter(|(name, _)| name.strip_suffix(".json").is_some()).collect();
    let mut builder = Builder::new(Options::default());
    for (name, text) in &lists {
        builder.add_warning_list(name, text);
    }
    for (list, one_in) in [("ipv4", 40), ("md5", 1), ("sha256", 4)] {
        let text = unpacked(&folder.join(format!("ioc-load/{list}.shared.tsv.zst")));
        let lines: Vec<&[u8]> = text.split(|it| *it == b'\n').step_by(one_in).collect();
        builder.add_list(list, &lines.join(&b'\n'));
    }
    builder.add_list("mine", b"8.8.8.8\ngoogle.com\nevil.blogspot.com\n");
    let image = Image::new(builder.build());
    let counts = image.rules(None);
    println!("{} lists, {:?}, {} lists say something", lists.len(), counts.states, counts.warned.len());
    assert_eq!(image.warnings().names().len(), lists.len());
    // Fuzzy hashes, Azure's application ids and the like are no values that an event is asked about.
    assert!(counts.reasons.get(&Reason::UnreadableLine).copied().unwrap_or(0) < 50, "{:?}", counts.reasons);
    assert_eq!(counts.reasons.get(&Reason::TooLarge), None);
    assert!(counts.of(State::Suppressed) > 10, "{:?}", counts.states);
    assert!(counts.of(State::Active) > 20 * counts.of(State::Suppressed), "{:?}", counts.states);
    assert!(counts.warned.contains_key("List of known Amazon AWS IP address ranges"));
}
