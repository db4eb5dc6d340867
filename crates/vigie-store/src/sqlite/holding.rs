//! Rows of holdings: which collection holds which version under which label.

use rusqlite::{Connection, Row, params};
use vigie_model::label::LabelId;

/// A collection holds a version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holding {
    pub(crate) collection: i64,
    pub(crate) label: LabelId,
    /// Nothing later is held of the object under this label and STIX version.
    pub(crate) newest: bool,
    /// Microseconds since 1970, unique in the collection.
    pub(crate) added: i64,
    pub(crate) object: i64,
    pub(crate) spec: i64,
    pub(crate) instant: i64,
    /// The number of the object's type.
    pub(crate) kind: i64,
    pub(crate) version: i64,
}

/// Under which label and STIX version something of an object is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) collection: i64,
    pub(crate) label: LabelId,
    pub(crate) spec: i64,
}

/// Holdings of one collection that lie in the order of `added`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    Label {
        label: LabelId,
        newest: bool,
    },
    Type {
        label: LabelId,
        newest: bool,
        kind: i64,
    },
    /// These are sorted, as many as are asked for.
    Object {
        label: LabelId,
        newest: bool,
        object: i64,
    },
    /// Whoever may see it.
    Instant {
        instant: i64,
    },
    /// Everything, whoever may see it.
    Collection,
}

/// Last versions of one collection that are read from the newest back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Newest {
    Label {
        label: LabelId,
    },
    Type {
        label: LabelId,
        kind: i64,
    },
    /// Everything, whoever may see it, superseded versions too.
    Collection,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Holding> {
    Ok(Holding {
        collection: row.get(0)?,
        label: LabelId(row.get(1)?),
        newest: row.get(2)?,
        added: row.get(3)?,
        object: row.get(4)?,
        spec: row.get(5)?,
        instant: row.get(6)?,
        kind: row.get(7)?,
        version: row.get(8)?,
    })
}

fn read_group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group { collection: row.get(0)?, label: LabelId(row.get(1)?), spec: row.get(2)? })
}

/// At most so many rows of a run after a date.
pub(crate) fn fetch(
    connection: &Connection,
    collection: i64,
    run: &Run,
    after: i64,
    rows: usize,
) -> rusqlite::Result<Vec<Holding>> {
    let rows = super::limit(rows);
    match *run {
        Run::Label { label, newest } => super::all(
            connection,
            query!("run_label"),
            params![collection, label.0, newest, after, rows],
            read,
        ),
        Run::Type { label, newest, kind: it } => super::all(
            connection,
            query!("run_type"),
            params![collection, label.0, newest, after, rows, it],
            read,
        ),
        Run::Object { label, newest, object: it } => super::all(
            connection,
            query!("run_object"),
            params![collection, label.0, newest, after, rows, it],
            read,
        ),
        Run::Instant { instant } => {
            super::all(connection, query!("run_instant"), params![collection, after, rows, instant], read)
        }
        Run::Collection => {
            super::all(connection, query!("run_collection"), params![collection, after, rows], read)
        }
    }
}

/// At most so many rows before a date, the newest first.
pub(crate) fn fetch_newest(
    connection: &Connection,
    collection: i64,
    run: &Newest,
    before: i64,
    rows: usize,
) -> rusqlite::Result<Vec<Holding>> {
    let rows = super::limit(rows);
    match *run {
        Newest::Label { label } => {
            super::all(connection, query!("newest_label"), [collection, label.0, before, rows], read)
        }
        Newest::Type { label, kind: it } => {
            super::all(connection, query!("newest_type"), [collection, label.0, before, rows, it], read)
        }
        Newest::Collection => {
            super::all(connection, query!("newest_collection"), [collection, before, rows], read)
        }
    }
}

pub(crate) fn add(connection: &Connection, it: &Holding) -> rusqlite::Result<()> {
    let row = params![
        it.collection,
        it.label.0,
        it.newest,
        it.added,
        it.object,
        it.spec,
        it.instant,
        it.kind,
        it.version
    ];
    super::run(connection, query!("holding_add"), row)?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, it: &Holding) -> rusqlite::Result<()> {
    let key = params![it.collection, it.label.0, it.newest, it.added];
    super::run(connection, query!("holding_remove"), key)?;
    Ok(())
}

pub(crate) fn set_newest(connection: &Connection, it: &Holding, newest: bool) -> rusqlite::Result<()> {
    let row = params![it.collection, it.label.0, it.added, newest];
    super::run(connection, query!("holding_set_newest"), row)?;
    Ok(())
}

/// The holding of one version under one label.
pub(crate) fn at(
    connection: &Connection,
    object: i64,
    collection: i64,
    label: LabelId,
    spec: i64,
    instant: i64,
) -> rusqlite::Result<Option<Holding>> {
    super::one(connection, query!("holding_at"), [object, collection, label.0, spec, instant], read)
}

/// The holding of the last version under one label.
pub(crate) fn top(
    connection: &Connection,
    object: i64,
    collection: i64,
    label: LabelId,
    spec: i64,
) -> rusqlite::Result<Option<Holding>> {
    super::one(connection, query!("holding_top"), [object, collection, label.0, spec], read)
}

/// The first and last instant in a group; None when it is empty.
pub(crate) fn ends(
    connection: &Connection,
    object: i64,
    group: &Group,
) -> rusqlite::Result<Option<(i64, i64)>> {
    let key = [object, group.collection, group.label.0, group.spec];
    let ends = super::one(connection, query!("holding_ends"), key, |row| {
        Ok(row.get::<_, Option<i64>>(0)?.zip(row.get(1)?))
    })?;
    Ok(ends.flatten())
}

/// The groups of an object in one collection. Jumps from each to the next, so it does not matter how much they hold.
pub(crate) fn groups(connection: &Connection, object: i64, collection: i64) -> rusqlite::Result<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    loop {
        let (label, spec) = groups.last().map_or((i64::MIN, 0), |it| (it.label.0, it.spec));
        let key = [object, collection, label, spec];
        match super::one(connection, query!("holding_next_group"), key, read_group)? {
            Some(group) => groups.push(group),
            None => return Ok(groups),
        }
    }
}

/// All holdings of one version, in every collection.
pub(crate) fn of_version(
    connection: &Connection,
    object: i64,
    spec: i64,
    instant: i64,
) -> rusqlite::Result<Vec<Holding>> {
    let mut held = Vec::new();
    let mut last = Group { collection: i64::MIN, label: LabelId(i64::MIN), spec: 0 };
    loop {
        let key = [object, last.collection, last.label.0, last.spec];
        match super::one(connection, query!("holding_next_group_anywhere"), key, read_group)? {
            Some(group) => last = group,
            None => return Ok(held),
        }
        if last.spec == spec {
            held.extend(at(connection, object, last.collection, last.label, spec, instant)?);
        }
    }
}
