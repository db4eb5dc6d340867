//! Every statement can be prepared, and those that a page waits for use the index made for them.

use std::path::{Path, PathBuf};

use super::*;

fn database() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vigie.db");
    let mut connection = connect(&path, &Options::default(), 0).unwrap();
    prepare(&mut connection, &path).unwrap();
    (folder, connection)
}

fn queries() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/sqlite/queries");
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    files.map(|it| (it.clone(), std::fs::read_to_string(&it).unwrap())).collect()
}

#[test]
fn every_statement_can_be_prepared_and_names_its_columns() {
    let (_folder, connection) = database();
    let queries = queries();
    assert!(queries.len() > 50);
    for (path, sql) in &queries {
        connection.prepare(sql).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!sql.contains('*'), "{} does not name its columns", path.display());
    }
}

#[test]
fn every_statement_is_used() {
    let sources: String = ["", "/sqlite"]
        .iter()
        .flat_map(|it| std::fs::read_dir(format!("{}/src{it}", env!("CARGO_MANIFEST_DIR"))).unwrap())
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == "rs"))
        .map(|it| std::fs::read_to_string(it).unwrap())
        .collect();
    for (path, _) in queries() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(sources.contains(&format!("query!(\"{name}\")")), "nothing uses {}", path.display());
    }
}

#[track_caller]
fn check(sql: &str, want: &[&str]) {
    let (_folder, connection) = database();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let count = statement.parameter_count();
    let zeros = rusqlite::params_from_iter(std::iter::repeat_n(0, count));
    let plan: Vec<String> =
        statement.query_map(zeros, |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
    assert_eq!(plan, want, "{sql}");
}

#[test]
fn pages_are_read_in_the_order_of_an_index() {
    check(
        query!("run_label"),
        &["SEARCH holding USING PRIMARY KEY (collection=? AND label=? AND newest=? AND added>?)"],
    );
    check(
        query!("run_type"),
        &[
            "SEARCH holding USING INDEX holding_by_type (collection=? AND label=? AND type=? AND newest=? AND added>?)",
        ],
    );
    check(
        query!("run_instant"),
        &[
            "SEARCH slot USING COVERING INDEX holding_by_instant (collection=? AND <expr>=? AND added>?)",
            "SEARCH holding USING PRIMARY KEY (collection=? AND label=? AND newest=? AND added=?)",
        ],
    );
    check(
        query!("run_collection"),
        &["SEARCH holding USING INDEX holding_by_added (collection=? AND added>?)"],
    );
    check(
        query!("newest_label"),
        &["SEARCH holding USING PRIMARY KEY (collection=? AND label=? AND newest=? AND added<?)"],
    );
    check(
        query!("newest_type"),
        &[
            "SEARCH holding USING INDEX holding_by_type (collection=? AND label=? AND type=? AND newest=? AND added<?)",
        ],
    );
    check(
        query!("newest_collection"),
        &["SEARCH holding USING INDEX holding_by_added (collection=? AND added<?)"],
    );
    check(query!("alert_by_label"), &["SEARCH alert USING INDEX alert_by_label (label=? AND noticed<?)"]);
    check(
        query!("alert_of_indicator"),
        &["SEARCH alert USING INDEX alert_of_indicator (indicator=? AND label=? AND noticed<?)"],
    );
    check(
        query!("sighting_by_label"),
        &["SEARCH sighting USING INDEX sighting_by_label (label=? AND noticed<?)"],
    );
    check(
        query!("sighting_of_indicator"),
        &["SEARCH sighting USING INDEX sighting_by_indicator (indicator=? AND label=? AND noticed<?)"],
    );
}

#[test]
fn what_is_asked_for_each_object_is_one_seek() {
    check(query!("object_by_id"), &["SEARCH object USING INDEX object_by_digest (digest=?)"]);
    check(
        query!("holding_at"),
        &[
            "SEARCH holding USING INDEX holding_of_object (object=? AND collection=? AND label=? AND spec=? AND instant=?)",
        ],
    );
    check(
        query!("holding_top"),
        &["SEARCH holding USING INDEX holding_of_object (object=? AND collection=? AND label=? AND spec=?)"],
    );
    check(
        query!("holding_next_group"),
        &[
            "SEARCH holding USING COVERING INDEX holding_of_object (object=? AND collection=? AND (label,spec)>(?,?))",
        ],
    );
    check(query!("shelf_after"), &["SEARCH shelf USING PRIMARY KEY (collection=?)"]);
}
