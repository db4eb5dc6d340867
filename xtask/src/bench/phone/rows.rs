//! Rows: how many each program reads of the same artefact, and why where the numbers differ.
//!
//! A difference that the table in `rows/explained.rs` does not explain fails the command: so does one that is explained
//! with other numbers.

mod explained;
pub(super) mod phones;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::json::{document, elements, text};
use super::outcome::{Outcome, Table};
use super::programs::{Bench, How};
use explained::{DIFFERENCES, Difference};
use phones::Phone;

/// What MVT calls its outputs, and the artefacts of Vigie that hold the same.
const MODULES: [(&str, &[&str]); 41] = [
    ("aqf_files", &["files"]),
    ("aqf_get_prop", &["getprop"]),
    ("aqf_packages", &["packages"]),
    ("aqf_processes", &["processes"]),
    ("aqf_settings", &["settings"]),
    ("backup_info", &["backup_info"]),
    ("bugreport_timestamps", &["files"]),
    ("cache_files", &["cache"]),
    ("calendar", &["calendar"]),
    ("chrome_favicon", &["chrome_favicons"]),
    ("chrome_history", &["chrome_history"]),
    ("configuration_profiles", &["configuration_profiles"]),
    ("contacts", &["contacts"]),
    ("datausage", &["datausage"]),
    ("dumpsys_accessibility", &["accessibility"]),
    ("dumpsys_activities", &["activities"]),
    ("dumpsys_adb_state", &["adb"]),
    ("dumpsys_appops", &["appops"]),
    ("dumpsys_battery_daily", &["battery_daily"]),
    ("dumpsys_battery_history", &["battery_history"]),
    ("dumpsys_db_info", &["dbinfo"]),
    ("dumpsys_get_prop", &["getprop"]),
    ("dumpsys_packages", &["packages"]),
    ("dumpsys_platform_compat", &["platform_compat"]),
    ("dumpsys_receivers", &["receivers"]),
    ("filesystem", &["filesystem"]),
    ("global_preferences", &["global_preferences"]),
    ("interaction_c", &["interactions"]),
    ("manifest", &["manifest"]),
    ("mounts", &["mounts"]),
    ("netusage", &["netusage"]),
    ("os_analytics_ad_daily", &["osanalytics_addaily"]),
    ("processes", &["processes"]),
    ("root_binaries", &["root_binaries"]),
    ("safari_browser_state", &["safari_tabs"]),
    ("safari_history", &["safari_history"]),
    ("settings", &["settings"]),
    ("sms", &["sms", "mms"]),
    ("tcc", &["tcc"]),
    ("tombstones", &["tombstones"]),
    ("webkit_resource_load_statistics", &["webkit_statistics"]),
];

/// The same, for those whose artefacts in Vigie are several.
const SEVERAL: [(&str, &[&str]); 2] =
    [("whatsapp", &["whatsapp", "whatsapp_lid"]), ("whatsapp_contacts", &["whatsapp_contacts"])];

/// What MVT writes beside the outputs of its modules.
const BESIDE: [&str; 3] = ["alerts", "info", "urls"];

/// Rows of one artefact of one phone.
struct Compared {
    phone: &'static str,
    artefact: String,
    vigie: u64,
    mvt: u64,
}

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let mut table = Table::new(&["phone", "artefact", "Vigie", "MVT", "why they differ"]);
    let (mut all, mut broken, mut met) = (Vec::new(), Vec::new(), Vec::new());
    let mut only_ours: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut equal = 0;
    for phone in phones::lay_out(bench)? {
        let (compared, ours) = compare(bench, &phone, &mut broken)?;
        only_ours.insert(phone.name, ours);
        for row in compared {
            let why = explained(&row);
            match &why {
                None if row.vigie == row.mvt => equal += 1,
                None => broken.push(format!(
                    "{}: of `{}` Vigie reads {} and MVT {}, which nothing explains",
                    row.phone, row.artefact, row.vigie, row.mvt
                )),
                Some(it) => met.push((it.phone, it.artefact)),
            }
            let why = why.map_or("", |it| it.why);
            let unexplained = if row.vigie == row.mvt { "" } else { "**not explained**" };
            let said = if why.is_empty() { unexplained } else { why };
            table.row(&[row.phone, &row.artefact, &row.vigie.to_string(), &row.mvt.to_string(), said]);
            all.push(json!({
                "phone": row.phone, "artefact": row.artefact, "vigie": row.vigie, "mvt": row.mvt, "why": said,
            }));
        }
    }
    let seen: Vec<&str> = only_ours.keys().copied().collect();
    for it in DIFFERENCES.iter().filter(|it| seen.contains(&it.phone)) {
        if !met.contains(&(it.phone, it.artefact)) {
            broken.push(format!(
                "{}: the difference of `{}` that is explained is not there",
                it.phone, it.artefact
            ));
        }
    }
    let mut text = table.text();
    text.push_str("\nWhat Vigie reads of these phones and MVT does not (records):\n\n");
    for (phone, ours) in &only_ours {
        let ours = if ours.is_empty() { "nothing".to_owned() } else { ours.join(", ") };
        text.extend([format!("- {phone}: {ours}\n")]);
    }
    let count = all.len();
    Ok(Outcome {
        json: json!({"compared": count, "equal": equal, "rows": all, "only_vigie": only_ours}),
        text: format!(
            "{equal} of {count} numbers are equal, {} differ for a stated reason.\n\n{text}",
            met.len()
        ),
        broken,
    })
}

fn explained(row: &Compared) -> Option<&'static Difference> {
    DIFFERENCES.iter().find(|it| {
        (it.phone, it.artefact, it.vigie, it.mvt) == (row.phone, row.artefact.as_str(), row.vigie, row.mvt)
    })
}

/// Checks a phone with both programs: what both read, and what only Vigie does.
fn compare(
    bench: &Bench,
    phone: &Phone,
    broken: &mut Vec<String>,
) -> anyhow::Result<(Vec<Compared>, Vec<String>)> {
    let how = How { password: phone.password, ..How::default() };
    let name = format!("rows-{}", phone.name);
    let ours = bench.vigie(&name, &phone.path, how)?;
    let theirs = bench.mvt(&name, phone.command, &phone.path, how)?;
    let mut read = if [0, 3, 4].contains(&ours.ran.status) {
        vigie(&ours.out)?
    } else {
        broken.push(format!("{}: Vigie could not check it: {}", phone.name, ours.ran.log.trim_end()));
        BTreeMap::new()
    };
    let mut compared = Vec::new();
    for (module, rows) in mvt(&theirs.out)? {
        let known = MODULES.iter().chain(&SEVERAL).find(|it| it.0 == module);
        let Some((_, artefacts)) = known else {
            broken.push(format!("{}: MVT's output `{module}` is compared with nothing", phone.name));
            continue;
        };
        let ours = artefacts.iter().filter_map(|it| read.remove(*it)).sum();
        let artefact = artefacts.first().map_or(module.as_str(), |it| it).to_owned();
        compared.push(Compared { phone: phone.name, artefact, vigie: ours, mvt: rows });
    }
    let rest = read.into_iter().filter(|it| it.1 > 0).map(|(name, rows)| format!("{name} {rows}"));
    Ok((compared, rest.collect()))
}

/// Records that Vigie read, by artefact.
fn vigie(out: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
    let completeness = document(&out.join("completeness.json"))?;
    let mut read = BTreeMap::new();
    for part in elements(completeness.get("artefacts").unwrap_or(&Value::Null)) {
        let records = part.get("read").and_then(Value::as_u64).unwrap_or_default();
        *read.entry(text(part, "/artefact").to_owned()).or_default() += records;
    }
    Ok(read)
}

/// Rows of each output of a module of MVT. A module that is one record writes a map.
fn mvt(out: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut rows = BTreeMap::new();
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_json = path.extension().is_some_and(|it| it == "json");
        if !is_json || name.ends_with("_detected") || BESIDE.contains(&name.as_str()) {
            continue;
        }
        let written = document(&path)?;
        rows.insert(name, if written.is_object() { 1 } else { elements(&written).len() as u64 });
    }
    Ok(rows)
}
