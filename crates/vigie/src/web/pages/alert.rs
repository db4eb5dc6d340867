//! `/alert`: what this node's sensors saw, the newest first; and one alert with its proof.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use vigie_app::overview::Mark;
use vigie_app::{browse_intel, export_intel, overview};
use vigie_model::alert::{Alert, Matched};
use vigie_model::id::AlertId;
use vigie_model::intel::Intel;
use vigie_model::label::Label;
use vigie_policy::Released;
use vigie_stix::object::Object;

use super::intel::called;
use super::shown::{Foreign, Handling, Moment};
use super::{Asked, Frame, ROWS, Section, html, own_only};
use crate::web::authenticate::Caller;
use crate::web::error::Failure;
use crate::web::routes::{At, Site};

/// Comparisons of one alert that are shown.
const COMPARISONS: usize = 32;

/// Characters of a record that are shown.
const RECORD: usize = 20_000;

/// Alerts.
#[derive(Template)]
#[template(path = "alert/list.html")]
pub(super) struct List {
    pub(super) frame: Frame,
    pub(super) rows: Vec<Row>,
    /// Where the list goes on.
    pub(super) next: Option<String>,
}

/// An alert in a list.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) rule: Foreign,
    /// The first comparison's value.
    pub(super) value: Foreign,
    /// Where the record stands.
    pub(super) file: Foreign,
    pub(super) line: u64,
    pub(super) noticed: Option<Moment>,
}

/// One alert.
#[derive(Template)]
#[template(path = "alert/show.html")]
pub(super) struct Show {
    pub(super) frame: Frame,
    pub(super) id: Foreign,
    pub(super) rule: Foreign,
    pub(super) language: Foreign,
    pub(super) noticed: Option<Moment>,
    pub(super) happened: Option<Moment>,
    /// Where the record stands.
    pub(super) file: Foreign,
    pub(super) line: u64,
    pub(super) format: Foreign,
    pub(super) indicator: Option<Indicator>,
    /// Path and value.
    pub(super) matched: Vec<(Foreign, Foreign)>,
    /// The record in pieces; true for what a comparison found.
    pub(super) event: Vec<(bool, Foreign)>,
}

/// The indicator that fired, as it is now.
pub(super) struct Indicator {
    pub(super) href: String,
    pub(super) title: Foreign,
    pub(super) pattern: Option<Foreign>,
    pub(super) label: Handling,
    pub(super) revoked: bool,
}

/// `GET /alert`
pub(in crate::web) async fn list(
    State(site): State<Site>,
    Caller(session): Caller,
    asked: Asked,
) -> Result<Response, Failure> {
    own_only(&site, &session)?;
    let _room = site.room_for_page().await?;
    let after = asked.value("after").and_then(read_mark);
    let found = overview::alerts(&site.app, &session, None, after, ROWS).await?;
    let frame = Frame::new(&site, &session, asked, Section::Alert);
    let next = found.next.map(|it| frame.to_with("/alert", &[("after", &write_mark(it))]));
    html(&List { frame, rows: found.items.iter().map(Row::of).collect(), next })
}

/// `GET /alert/{id}`
pub(in crate::web) async fn show(
    State(site): State<Site>,
    Caller(session): Caller,
    asked: Asked,
    id: Result<At<AlertId>, Failure>,
) -> Result<Response, Failure> {
    let At(id) = id?;
    own_only(&site, &session)?;
    let _room = site.room_for_page().await?;
    let found = overview::alert(&site.app, &session, id).await?;
    let alert = found.ok_or(Failure::NotFound("alert"))?;
    let indicator = match &alert.get().indicator {
        Some(id) => export_intel::versions(&site.app, &session, id).await?.pop(),
        None => None,
    };
    let title = match &indicator {
        Some((_, intel)) => browse_intel::title_of(&site.app, &session, intel.get()).await?,
        None => None,
    };
    let hit = &alert.get().hit;
    html(&Show {
        frame: Frame::new(&site, &session, asked, Section::Alert),
        id: Foreign::code(&id.to_string()),
        rule: Foreign::words(&hit.rule.name),
        language: Foreign::code(&hit.rule.language),
        noticed: Moment::of_nanos(alert.get().noticed),
        happened: hit.time.as_deref().and_then(Moment::of_text),
        file: Foreign::code(&hit.source.file),
        line: hit.source.line,
        format: Foreign::code(&hit.source.format),
        indicator: indicator.map(|(label, intel)| Indicator::of(title.as_deref(), &label, intel.get())),
        matched: hit.matched.iter().take(COMPARISONS).map(comparison).collect(),
        event: pieces(&serde_json::to_string_pretty(&hit.event).unwrap_or_default(), &hit.matched),
    })
}

impl Row {
    pub(super) fn of(alert: &Released<Alert>) -> Self {
        let alert = alert.get();
        Self {
            href: format!("/alert/{}", alert.id),
            rule: Foreign::words(&alert.hit.rule.name),
            value: Foreign::code(alert.hit.matched.first().map_or("", |it| &it.value)),
            file: Foreign::code(&alert.hit.source.file),
            line: alert.hit.source.line,
            noticed: Moment::of_nanos(alert.noticed),
        }
    }
}

impl Indicator {
    fn of(title: Option<&str>, label: &Label, intel: &Intel) -> Self {
        let object = Object::parse(&intel.text).ok();
        let pattern = object.as_ref().and_then(|it| it.get("pattern")?.as_str());
        Self {
            href: format!("/intel/{}", intel.id),
            title: called(title, &intel.id),
            pattern: pattern.map(Foreign::long_code),
            label: Handling::of(label),
            revoked: intel.revoked,
        }
    }
}

fn comparison(matched: &Matched) -> (Foreign, Foreign) {
    (Foreign::code(&matched.path), Foreign::code(&matched.value))
}

/// Cuts a record where the values stand that a comparison found, whole words only.
fn pieces(record: &str, matched: &[Matched]) -> Vec<(bool, Foreign)> {
    let end = record.char_indices().nth(RECORD).map_or(record.len(), |(at, _)| at);
    let (record, rest) = record.split_at(end);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for value in matched.iter().take(COMPARISONS).map(|it| &it.value).filter(|it| it.len() > 1) {
        let written = serde_json::to_string(value).unwrap_or_default();
        let written = written.trim_matches('"');
        let places = record.match_indices(written).map(|(at, it)| (at, at + it.len()));
        found.extend(places.filter(|(from, to)| stands_alone(record, *from, *to)).take(COMPARISONS));
    }
    found.sort_unstable();
    let mut pieces = Vec::new();
    let mut done = 0;
    for (from, to) in found {
        if from >= done {
            let (before, value) = (record.get(done..from), record.get(from..to));
            pieces.extend(before.map(|it| (false, Foreign::block(it))));
            pieces.extend(value.map(|it| (true, Foreign::block(it))));
            done = to;
        }
    }
    let tail = record.get(done..).unwrap_or_default();
    pieces.push((false, Foreign::block(tail).without(rest)));
    pieces
}

fn stands_alone(text: &str, from: usize, to: usize) -> bool {
    let part_of_word = |it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_');
    let before = text.get(..from).and_then(|it| it.chars().next_back());
    let after = text.get(to..).and_then(|it| it.chars().next());
    !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
}

/// A place in the list as it stands in an address.
fn write_mark(mark: Mark) -> String {
    format!("{}.{}", mark.noticed, mark.row)
}

fn read_mark(text: &str) -> Option<Mark> {
    let (noticed, row) = text.split_once('.')?;
    Some(Mark { noticed: noticed.parse().ok()?, row: row.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(record: &str, value: &str, want: &[&str]) {
        let matched = [Matched { path: "url:value".to_owned(), value: value.to_owned() }];
        let found = pieces(record, &matched).into_iter().filter(|it| it.0).map(|it| it.1.plain());
        assert_eq!(found.collect::<Vec<_>>(), want, "{value} in {record}");
    }

    #[test]
    fn what_a_comparison_found_is_marked() {
        check(r#"{"a": "evil.example", "b": "not-evil.example", "c": 1}"#, "evil.example", &["evil.example"]);
        check(r#"{"port": 443, "bytes": 4431}"#, "443", &["443"]);
        check(r#"{"a": "q\"q"}"#, "q\"q", &[r#"q\"q"#]);
        check(r#"{"a": 1}"#, "1", &[]);
        check(r#"{"a": "é"}"#, "absent", &[]);
    }

    #[test]
    fn a_place_in_the_list_survives_the_address() {
        let mark = Mark { noticed: -5, row: 9 };
        assert_eq!(read_mark(&write_mark(mark)), Some(mark));
        assert_eq!(read_mark("x"), None);
        assert_eq!(read_mark("1."), None);
    }
}
