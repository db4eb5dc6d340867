//! Every text is there in every language, with the same variables, and every one is used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

use super::*;

/// The keys of a file with the variables of each.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let source = language.source();
    assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{}.ftl cannot be read", language.code());
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = None;
    for line in source.lines().filter(|it| !it.starts_with('#')) {
        if !line.starts_with([' ', '}'])
            && let Some((name, _)) = line.split_once(" =")
        {
            assert!(keys.insert(name.to_owned(), BTreeSet::new()).is_none(), "`{name}` stands twice");
            key = Some(name.to_owned());
        }
        let Some(variables) = key.as_ref().and_then(|it| keys.get_mut(it)) else { continue };
        let names = line
            .split('$')
            .skip(1)
            .map(|it| it.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
        variables.extend(names);
    }
    keys
}

/// Every file that may name a key.
fn sources() -> Vec<String> {
    fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() { gather(&entry.path(), found) } else { found.push(entry.path()) }
        }
    }
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![crate_folder.join("src/web/pages.rs")];
    gather(&crate_folder.join("templates"), &mut found);
    gather(&crate_folder.join("src/web/pages"), &mut found);
    found.iter().filter_map(|it| std::fs::read_to_string(it).ok()).collect()
}

#[test]
fn all_languages_say_the_same() {
    let english = keys(Language::English);
    assert!(english.len() > 50);
    for language in Language::ALL {
        assert_eq!(keys(language), english, "{}.ftl", language.code());
    }
}

#[test]
fn every_text_is_used_and_every_text_used_is_there() {
    let known = keys(Language::English);
    let sources = sources();
    let mut asked = BTreeSet::new();
    for source in &sources {
        for call in [".say(\"", ".count(\""] {
            asked.extend(source.split(call).skip(1).filter_map(|it| it.split('"').next()));
        }
    }
    for key in &asked {
        assert!(known.contains_key(*key), "no language has `{key}`");
    }
    for key in known.keys() {
        let quoted = format!("\"{key}\"");
        assert!(sources.iter().any(|it| it.contains(&quoted)), "nothing says `{key}`");
    }
}

#[test]
fn every_text_can_be_said_without_a_gap() {
    for language in Language::ALL {
        for (key, variables) in keys(language) {
            for count in [0, 1, 2, 5, 1_000_000] {
                let text =
                    if variables.is_empty() { language.say(&key) } else { language.count(&key, count) };
                assert!(!text.is_empty() && !text.contains(['{', '$']) && text != key, "{key}: {text}");
            }
        }
    }
}

#[track_caller]
fn check(header: &str, want: Language) {
    assert_eq!(Language::preferred(header), want, "{header}");
}

#[test]
fn the_reader_chooses() {
    check("", Language::English);
    check("fr", Language::French);
    check("fr-MA,fr;q=0.9,en;q=0.8", Language::French);
    check("en;q=0.5, fr-CA;q=0.7", Language::French);
    check("he,ar;q=0.9", Language::English);
    check("fr;q=0", Language::English);
    check("*;q=0.5,;q=,fr;q=x", Language::English);
    check("EN-gb, FR", Language::English);
}

#[test]
fn numbers_are_grouped() {
    assert_eq!(Language::English.number(0), "0");
    assert_eq!(Language::English.number(999), "999");
    assert_eq!(Language::English.number(1_234_567), "1,234,567");
    assert_eq!(Language::French.number(1_234), "1\u{202f}234");
}
