//! Recall: which planted traces are found, and whether a hit of MVT is lost.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::case::{self, PASSWORD, SMALL, planted};
use super::json::{document, elements, lines, text};
use super::outcome::{Outcome, Table};
use super::programs::{Bench, How};
use super::speed;

/// A hit: the artefact, as Vigie calls it, and the indicator's value.
pub(super) type Hit = (String, String);

/// What MVT calls artefacts otherwise.
const NAMES: [(&str, &str); 1] = [("os_analytics_ad_daily", "osanalytics_addaily")];

/// Hits, and how many findings have a time.
pub(super) type Hits = (BTreeSet<Hit>, usize);

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let [(found, timed), (found_encrypted, _)] = of_vigie(bench)?;
    let [(alerted, alerts_timed), (alerted_encrypted, _)] = of_mvt(bench)?;

    let mut table =
        Table::new(&["planted", "artefact", "Vigie", "Vigie, encrypted", "MVT", "MVT, encrypted"]);
    let mut broken = Vec::new();
    let mut planted_hits = BTreeSet::new();
    for (what, artefact, value) in planted() {
        let hit = (artefact.to_owned(), value.to_owned());
        let is_in = |set: &BTreeSet<Hit>| if set.contains(&hit) { "found" } else { "missed" };
        table.row(&[
            what,
            artefact,
            is_in(&found),
            is_in(&found_encrypted),
            is_in(&alerted),
            is_in(&alerted_encrypted),
        ]);
        for (set, how) in [(&found, "plain"), (&found_encrypted, "encrypted")] {
            if !set.contains(&hit) {
                broken.push(format!("{what} in {artefact} is missed in the {how} backup"));
            }
        }
        planted_hits.insert(hit);
    }
    let count = |set: &BTreeSet<Hit>| planted_hits.intersection(set).count();
    let of = planted_hits.len();
    let lost: Vec<&Hit> = alerted.difference(&found).collect();
    broken.extend(lost.iter().map(|it| format!("a hit of MVT is lost: {it:?}")));
    let other = |set: &BTreeSet<Hit>| set.difference(&planted_hits).count();
    let total = |set| format!("**{} of {of}**", count(set));
    table.row(&[
        "**all**",
        "",
        &total(&found),
        &total(&found_encrypted),
        &total(&alerted),
        &total(&alerted_encrypted),
    ]);
    let cell = |it: usize| it.to_string();
    table.row(&[
        "hits beside these",
        "",
        &cell(other(&found)),
        &cell(other(&found_encrypted)),
        &cell(other(&alerted)),
        &cell(other(&alerted_encrypted)),
    ]);
    table.row(&["hits with a time", "", &cell(timed), "", &cell(alerts_timed), ""]);
    table.row(&["hits of MVT that Vigie lacks", "", &cell(lost.len()), "", "", ""]);
    Ok(Outcome {
        json: json!({
            "planted": of,
            "vigie": count(&found), "vigie_encrypted": count(&found_encrypted), "mvt": count(&alerted),
            "mvt_encrypted": count(&alerted_encrypted),
            "vigie_with_time": timed, "mvt_with_time": alerts_timed,
            "beside": {"vigie": other(&found), "mvt": other(&alerted)},
            "lost": lost,
        }),
        text: table.text(),
        broken,
    })
}

/// What Vigie finds in the plain and in the encrypted backup.
fn of_vigie(bench: &Bench) -> anyhow::Result<[Hits; 2]> {
    let plain = case::backup(bench, &SMALL, None)?;
    let encrypted = case::backup(bench, &SMALL, Some(PASSWORD))?;
    let how = How { password: Some(PASSWORD), ..How::default() };
    let plain = bench.vigie("recall-plain", &plain, How::default())?;
    let encrypted = bench.vigie("recall-encrypted", &encrypted, how)?;
    Ok([findings(&plain.out)?, findings(&encrypted.out)?])
}

/// What MVT finds in the plain backup, and in the encrypted one after it was decrypted to the disk.
fn of_mvt(bench: &Bench) -> anyhow::Result<[Hits; 2]> {
    let check = |name, backup: &Path| bench.mvt(name, "mvt-ios check-backup", backup, How::default());
    let plain = check("recall-plain", &case::backup(bench, &SMALL, None)?)?;
    let (_, decrypted) = speed::decrypt(bench, &case::backup(bench, &SMALL, Some(PASSWORD))?)?;
    let encrypted = check("recall-encrypted", &decrypted)?;
    Ok([alerts(&plain.out)?, alerts(&encrypted.out)?])
}

/// Vigie's findings, and how many of them have a time.
pub(super) fn findings(out: &Path) -> anyhow::Result<Hits> {
    let all = lines(&out.join("findings.jsonl"))?;
    let (mut hits, mut timed) = (BTreeSet::new(), 0);
    for finding in all {
        // `[domain-name:value = 'bad.example']`: the value stands between the quotes.
        let pattern = text(&finding, "/indicator/pattern");
        let Some(value) = pattern.split('\'').rev().nth(1) else { continue };
        hits.insert((text(&finding, "/artefact").to_owned(), value.to_owned()));
        timed += usize::from(!text(&finding, "/time").is_empty());
    }
    Ok((hits, timed))
}

/// MVT's alerts that name an indicator, and how many of them have a time.
pub(super) fn alerts(out: &Path) -> anyhow::Result<Hits> {
    let all = document(&out.join("alerts.json"))?;
    let (mut hits, mut timed) = (BTreeSet::new(), 0);
    for alert in elements(&all) {
        let value = text(alert, "/matched_indicator/value");
        if value.is_empty() {
            continue;
        }
        let module = text(alert, "/module");
        let artefact = NAMES.iter().find(|it| it.0 == module).map_or(module, |it| it.1);
        hits.insert((artefact.to_owned(), value.to_owned()));
        timed += usize::from(!text(alert, "/event_time").is_empty());
    }
    Ok((hits, timed))
}
