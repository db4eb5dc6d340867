//! Every page, from a sample in every language, held to what all pages promise and to `tests/pages/golden`.
//!
//! The samples hold what a hostile ally would send. `BLESS=1` rewrites the folder.

use std::collections::BTreeSet;
use std::path::Path;

use askama::Template as _;
use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Label, Party, Tlp};

use super::peer::{Ring, Standing};
use super::shown::{Handling, Moment};
use super::*;

/// What an ally might call something.
const HOSTILE: &str = "<script>alert('x')</script>\"'&\u{202e}gpj.exe\u{0}";

fn frame(language: Language, section: Section) -> Frame {
    let asked = Asked::of(&format!("/?lang={}&words=a%26b", language.code()).parse().unwrap(), None);
    Frame {
        language,
        section,
        node: Some(Foreign::words("maCERT")),
        country: "MA".to_owned(),
        caller: Some(Foreign::words(HOSTILE)),
        own: true,
        asked,
    }
}

fn moment() -> Option<Moment> {
    Moment::of_nanos(1_795_377_600_000_000_000_i64)
}

fn handling(tlp: Option<Tlp>) -> Handling {
    let mut label = Label { tlp, ..Label::originator_only(MemberId::new(uuid::Uuid::nil())) };
    let parties = ["AE", "IL", "US"].map(|it| Party::Country(it.parse().unwrap()));
    let named = [Party::Group(HOSTILE.to_owned())].into_iter().chain(parties);
    label.audience.insert(Clause { any_of: named.collect(), ..Clause::default() });
    label.statements.insert(HOSTILE.to_owned());
    Handling::of(&label)
}

fn intel_rows() -> Vec<intel::Row> {
    let row = |(at, tlp): (usize, Option<Tlp>)| intel::Row {
        href: format!("/intel/indicator--{at}"),
        title: Foreign::words(if at == 0 { HOSTILE } else { "Command and control of the Atlas campaign" }),
        kind: Foreign::code("indicator"),
        label: handling(tlp),
        added: moment(),
        revoked: at == 1,
        producer: (at != 2).then(|| Foreign::words("aeCERT")),
    };
    Tlp::ALL.map(Some).into_iter().chain([None]).enumerate().map(row).collect()
}

fn alert_rows() -> Vec<alert::Row> {
    let value = |value| alert::Row {
        href: "/alert/alert--1".to_owned(),
        rule: Foreign::words(HOSTILE),
        value: Foreign::code(value),
        file: Foreign::code("/var/log/suricata/eve.json"),
        line: 1_234,
        noticed: moment(),
    };
    ["198.51.100.7", &"a".repeat(100_000)].into_iter().map(value).collect()
}

fn sightings() -> Vec<overview::Sighting> {
    vec![overview::Sighting {
        href: "/intel/indicator--0".to_owned(),
        title: Foreign::words("إنذار"),
        member: Foreign::words(HOSTILE),
        count: 12_345,
        last: moment(),
    }]
}

fn ring() -> Ring {
    let nodes = ["AE", "BH", "IL", "US"].map(str::to_owned).into_iter().zip(Standing::ALL);
    Ring::drawn("MA", nodes.collect())
}

fn peers() -> Vec<peer::Row> {
    let row = |(country, standing): (&str, Standing)| peer::Row {
        name: Foreign::words(HOSTILE),
        country: country.to_owned(),
        standing,
        address: Foreign::code("https://127.0.0.1:6443/api/"),
        fingerprint: Foreign::code(&"0f".repeat(32)),
        pulled: moment().filter(|_| standing != Standing::Left),
        epoch: 3,
    };
    ["AE", "BH", "IL", "US"].into_iter().zip(Standing::ALL).map(row).collect()
}

fn version() -> intel::Version {
    intel::Version {
        said: Foreign::code("2026-11-21T20:00:00.000Z"),
        standard: "STIX 2.1",
        added: moment(),
        label: handling(Some(Tlp::AmberStrict)),
        revoked: true,
        properties: vec![
            (Foreign::code("pattern"), Foreign::long_code("[domain-name:value = 'evil.example']")),
            (Foreign::code(HOSTILE), Foreign::prose(HOSTILE)),
        ],
        text: Foreign::block("{\n\t\"type\": \"indicator\"\n}"),
        bytes: 26,
    }
}

fn proof(frame: Frame) -> alert::Show {
    alert::Show {
        frame,
        id: Foreign::code("alert--1"),
        rule: Foreign::words(HOSTILE),
        language: Foreign::code("stix"),
        noticed: moment(),
        happened: None,
        file: Foreign::code("/var/log/suricata/eve.json"),
        line: 1_234,
        format: Foreign::code("eve"),
        indicator: Some(alert::Indicator {
            href: "/intel/indicator--1".to_owned(),
            title: Foreign::words(HOSTILE),
            pattern: Some(Foreign::long_code("[domain-name:value = 'evil.example']")),
            label: handling(Some(Tlp::Red)),
            revoked: false,
        }),
        matched: vec![(Foreign::code("domain-name:value"), Foreign::code(HOSTILE))],
        event: vec![(false, Foreign::block("{\n  \"query\": \"")), (true, Foreign::block(HOSTILE))],
    }
}

/// Every page under its name.
fn pages(language: Language) -> Vec<(&'static str, String)> {
    let frame = |section| frame(language, section);
    let overview = |newest, own| overview::Show {
        frame: Frame { own: Option::is_some(&own), ..frame(Section::Overview) },
        name: Foreign::words("maCERT"),
        member: Foreign::code("member--1"),
        fingerprint: Foreign::code(&"0f".repeat(32)),
        held: vec![(Foreign::words("Shared by this node"), 1), (Foreign::words(HOSTILE), 1_234_567)],
        newest,
        own,
    };
    let own = overview::Own {
        ring: ring(),
        rules: vec![("rule-active", 2_000_000), ("rule-refused", 17)],
        alerts: alert_rows(),
        sightings: sightings(),
    };
    let list = intel::List {
        frame: frame(Section::Intel),
        kind: "x-ours".to_owned(),
        words: HOSTILE.to_owned(),
        rows: intel_rows(),
        next: Some("/intel?words=a%26b&before=1".to_owned()),
        searched: Some(2_000),
    };
    let show = intel::Show {
        frame: frame(Section::Intel),
        title: Foreign::words(HOSTILE),
        id: Foreign::code("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"),
        kind: Foreign::code("indicator"),
        current: version(),
        earlier: vec![version()],
        older: 3,
        sightings: sightings(),
        alerts: alert_rows(),
    };
    let alerts = alert::List { frame: frame(Section::Alert), rows: alert_rows(), next: None };
    let proof = proof(frame(Section::Alert));
    let peers = peer::List { frame: frame(Section::Peer), ring: ring(), rows: peers() };
    let problem = problem::Show {
        frame: Frame { node: None, caller: None, own: false, ..frame(Section::Nowhere) },
        status: 500,
        title: language.say("problem-inside"),
        advice: language.say("problem-inside-advice"),
        error_id: Some(Foreign::code("8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f")),
    };
    [
        ("overview", overview(intel_rows(), Some(own)).render()),
        ("overview-of-guest", overview(Vec::new(), None).render()),
        ("intel-list", list.render()),
        ("intel-show", show.render()),
        ("alert-list", alerts.render()),
        ("alert-show", proof.render()),
        ("peer-list", peers.render()),
        ("problem", problem.render()),
    ]
    .map(|(name, text)| (name, text.unwrap()))
    .into()
}

#[test]
fn every_page_in_every_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/golden");
    for language in Language::ALL {
        for (name, text) in pages(language) {
            check(&format!("{name} in {}", language.code()), language, &text);
            let file = folder.join(format!("{name}.{}.html", language.code()));
            if std::env::var_os("BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&file, &text).unwrap();
            }
            let want = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(want == text, "{} differs; look at it, then BLESS=1", file.display());
        }
    }
}

/// What holds for every page.
#[track_caller]
fn check(name: &str, language: Language, text: &str) {
    let (tags, visible) = well_formed(name, text);
    assert!(text.starts_with("<!DOCTYPE html>\n<html lang="), "{name}");
    assert_eq!(
        tags[0],
        format!("html lang=\"{}\" dir=\"{}\"", language.code(), language.direction()),
        "{name}"
    );
    let count = |it: &str| tags.iter().filter(|tag| tag.split(' ').next() == Some(it)).count();
    for once in ["main", "h1", "footer"] {
        assert_eq!(count(once), 1, "{name}: {once}");
    }
    for never in ["script", "style", "iframe", "object", "embed", "base"] {
        assert_eq!(count(never), 0, "{name} has {never}");
    }
    for tag in &tags {
        for never in [" style=", " onload", " onclick", "javascript:", "<"] {
            assert!(!tag.contains(never), "{name}: {tag}");
        }
    }
    assert!(
        !visible.contains(['\u{202e}', '\u{0}']),
        "{name}: what turns the line round is shown, not obeyed"
    );
    assert_eq!(count("table"), count("caption"), "{name}: a table has a caption");
    assert!(
        tags.iter()
            .filter(|it| it.starts_with("th"))
            .all(|it| !it.starts_with("th ") || it.contains("scope=")),
        "{name}"
    );
    assert!(!tags.iter().any(|it| it == "th"), "{name}: a heading cell says of what");
    let mut level = 0;
    for heading in tags.iter().filter_map(|it| it.split(' ').next()?.strip_prefix('h')?.parse::<u8>().ok()) {
        assert!(heading <= level + 1, "{name}: h{heading} after h{level}");
        level = heading;
    }
    let ids: Vec<&str> = tags.iter().filter_map(|it| it.split(" id=\"").nth(1)?.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
    for tag in &tags {
        for reference in ["aria-labelledby=\"", " for=\""] {
            if let Some(id) = tag.split(reference).nth(1).and_then(|it| it.split('"').next()) {
                assert!(ids.contains(&id), "{name}: nothing has the id `{id}`");
            }
        }
    }
}

/// The opening tags of a page, without their brackets, and the text between. Every tag must be closed in its place.
fn well_formed(name: &str, text: &str) -> (Vec<String>, String) {
    const VOID: [&str; 5] = ["meta", "link", "br", "input", "!DOCTYPE"];
    let (mut open, mut tags, mut visible) = (Vec::new(), Vec::new(), String::new());
    for piece in text.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').unwrap_or_else(|| panic!("{name}: `<{piece}` does not end"));
        visible.push_str(after);
        let kind = tag.split([' ', '/']).find(|it| !it.is_empty()).unwrap().to_owned();
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(kind.as_str()), "{name}: </{kind}> closes something else");
        } else {
            assert_eq!(tag.matches('"').count() % 2, 0, "{name}: {tag}");
            if kind != "!DOCTYPE" {
                tags.push(tag.trim_end_matches('/').to_owned());
            }
            if !VOID.contains(&kind.as_str()) && !tag.ends_with('/') {
                open.push(kind);
            }
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} are not closed");
    (tags, visible)
}

#[test]
fn the_style_sheet_knows_no_left_and_right() {
    let style = include_str!("../../../assets/vigie.css");
    for word in style.split(|it: char| !it.is_ascii_alphanumeric() && it != '-') {
        let physical =
            word.split('-').any(|it| matches!(it, "left" | "right" | "top" | "bottom" | "width" | "height"));
        // `left` is also how it stands with an ally; the others are questions to the screen and names of SVG.
        let allowed =
            matches!(word, "left" | "max-width" | "stroke-width" | "line-height" | "top" | "bottom");
        assert!(!physical || allowed, "`{word}`: use the logical property");
    }
    for property in ["left:", "right:", "top:", "bottom:", "text-align: left", "text-align: right", "float:"]
    {
        for line in style.lines() {
            assert!(
                !line.trim_start().starts_with(property) && !line.contains(&format!(" {property}")),
                "{line}"
            );
        }
    }
    assert!(!style.contains("url(") && !style.contains("@import"));
}

/// How far apart two colours `#rrggbb` are (WCAG 2.2, relative luminance).
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_colour_can_be_read_on_every_ground_by_day_and_night() {
    let style = include_str!("../../../assets/vigie.css");
    let schemes: Vec<&str> =
        style.split(":root {").skip(1).take(2).map(|it| it.split('}').next().unwrap()).collect();
    assert_eq!(schemes.len(), 2);
    for scheme in schemes {
        let colour = |name: &str| {
            let value = scheme.split(&format!("--{name}: ")).nth(1).and_then(|it| it.get(..7));
            value.unwrap_or_else(|| panic!("--{name} is not in {scheme}"))
        };
        for ink in ["ink", "quiet", "accent", "good", "wait", "bad"] {
            for ground in ["paper", "raised", "accent-wash"] {
                let contrast = contrast(colour(ink), colour(ground));
                assert!(contrast >= 4.5, "--{ink} on --{ground}: {contrast:.2} in {scheme}");
            }
        }
        assert!(contrast(colour("ink"), colour("found")) >= 4.5, "{scheme}");
        assert!(contrast(colour("strong-line"), colour("paper")) >= 3.0, "{scheme}");
    }
    for light in ["#ff2b2b", "#ffc000", "#33ff00", "#ffffff"] {
        assert!(style.contains(light) && contrast(light, "#000000") >= 4.5, "{light}");
    }
}
