//! Pages with rows that no tree leads to any more, because a page above them is lost, and whose they are.
//!
//! A page is taken for a table only if
//! - no root leads to it, it is not on the list of free pages, and it holds whole records with ascending rowids;
//! - the pointer map, where the file has one, leads from it to the root of the table; or else
//! - its rowids lie in a gap of the table's tree, each record has as many fields as the table had columns at some time,
//!   no value is impossible in its column, and of all the tables with such a gap this one fits best, alone.
//!
//! A record is impossible in a table if it has NULL where that is forbidden, a value where the rowid's other name is, or
//! a number where SQLite would have stored text. Among tables in which it is possible, the one wins that has fewer
//! columns with values of another kind than declared and no missing fields. Tables without rowids are told by the pointer
//! map only, since nothing tells their pages from those of indexes.

use std::collections::HashMap;

use super::bytes::u32_at;
use super::definition::{Affinity, Definition};
use super::page::Node;
use super::pages::{Pages, Seen};
use super::record::{Class, Fields};
use super::walk::Walk;
use super::{Database, Table};

/// So many damaged tables are compared with each lost page.
const TABLES: usize = 512;

/// Pages above a page, at most.
const DEPTH: usize = 40;

/// Lost pages by the root of the table that they are of.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    of: HashMap<u32, Vec<u32>>,
    /// How many fit a table and others as well.
    doubtful: HashMap<u32, u64>,
}

/// The pages to salvage for a table, and how many more may be its.
pub(super) fn pages_of(database: &Database<'_>, table: &Table) -> (Vec<u32>, u64) {
    let orphans = database.orphans();
    let pages = orphans.of.get(&table.root).cloned().unwrap_or_default();
    (pages, orphans.doubtful.get(&table.root).copied().unwrap_or(0))
}

/// A table whose tree is damaged.
struct Broken {
    root: u32,
    definition: Definition,
    gaps: Vec<(i64, i64)>,
}

/// Looks at every page that no root leads to.
pub(super) fn find(database: &Database<'_>) -> Orphans {
    let pages = &database.pages;
    let mut seen = pages.none_seen();
    for number in free_pages(database) {
        seen.mark(number);
    }
    let mut broken = Vec::new();
    let mut without_rowid = HashMap::new();
    for (root, definition) in database.roots() {
        let as_defined = definition.as_ref().is_some_and(|it| !it.without_rowid);
        let page = pages.get(root).and_then(|it| Node::read(it, root).ok());
        let of_table = page.map_or(as_defined, |it| it.is_table());
        if seen.has(root) {
            continue;
        }
        let mut walk = Walk::new(pages, root, of_table, seen);
        while walk.next_cell().is_some() {}
        seen = walk.seen;
        let Some(definition) = definition else { continue };
        if definition.without_rowid {
            without_rowid.insert(root, definition);
        } else if !walk.lost.gaps.is_empty() {
            broken.push(Broken { root, definition, gaps: walk.lost.gaps });
        }
    }
    let mut orphans = Orphans::default();
    let last = database.header.pages.map_or(pages.last(), |it| it.min(pages.last()));
    for number in (2..=last).filter(|it| !seen.has(*it)) {
        let Some(page) = pages.get(number) else { continue };
        let there = page.len();
        let Ok(node) = Node::read(page, number) else { continue };
        let mapped = if database.header.maps { root_by_map(pages, number) } else { Mapped::Unknown };
        match mapped {
            Mapped::NoTree => {}
            Mapped::Root(root) if !node.is_table() && without_rowid.contains_key(&root) => {
                orphans.of.entry(root).or_default().push(number);
            }
            _ if !node.is_table() || !node.is_leaf() => {}
            Mapped::Root(root) => {
                let shape = Shape::read(&node, pages.usable, there);
                let fits = broken.iter().find(|it| it.root == root).zip(shape);
                if fits.is_some_and(|(it, shape)| shape.fits(it, false).is_some()) {
                    orphans.of.entry(root).or_default().push(number);
                }
            }
            Mapped::Unknown => {
                if let Some(shape) = Shape::read(&node, pages.usable, there) {
                    orphans.assign(number, &shape, &broken);
                }
            }
        }
    }
    orphans
}

impl Orphans {
    /// To the only table that fits best.
    fn assign(&mut self, number: u32, shape: &Shape, broken: &[Broken]) {
        let fits = broken.iter().take(TABLES).filter_map(|it| Some((shape.fits(it, true)?, it.root)));
        let fits: Vec<_> = fits.collect();
        let Some(least) = fits.iter().map(|it| it.0).min() else { return };
        let best: Vec<_> = fits.iter().filter(|it| it.0 == least).collect();
        if let [(_, root)] = *best {
            self.of.entry(*root).or_default().push(number);
        } else {
            for (_, root) in best {
                *self.doubtful.entry(*root).or_default() += 1;
            }
        }
    }
}

/// Every page that the list of free pages names.
fn free_pages(database: &Database<'_>) -> Vec<u32> {
    let pages = &database.pages;
    let mut free = Vec::new();
    let mut trunks: Seen = pages.none_seen();
    let mut trunk = database.header.free.0;
    while let Some(page) = pages.get(trunk).filter(|_| trunks.mark(trunk)) {
        free.push(trunk);
        let most = (page.len() / 4).saturating_sub(2);
        let leaves = (u32_at(&page, 4).unwrap_or(0) as usize).min(most);
        free.extend((0..leaves).filter_map(|it| u32_at(&page, 8 + it * 4)));
        trunk = u32_at(&page, 0).unwrap_or(0);
    }
    free
}

/// What the pointer map says of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mapped {
    /// It is in the tree with this root.
    Root(u32),
    /// It is free, or part of a long record.
    NoTree,
    /// The map is damaged.
    Unknown,
}

/// Follows the pointer map up from a page.
fn root_by_map(pages: &Pages<'_>, number: u32) -> Mapped {
    let mut number = number;
    for step in 0..DEPTH {
        match map_entry(pages, number) {
            Some((1, _)) => return Mapped::Root(number),
            Some((5, parent)) if parent > 0 => number = parent,
            Some((2..=4, _)) if step == 0 => return Mapped::NoTree,
            _ => return Mapped::Unknown,
        }
    }
    Mapped::Unknown
}

/// The kind of a page and the page that leads to it.
fn map_entry(pages: &Pages<'_>, number: u32) -> Option<(u8, u32)> {
    let described = u32::try_from(pages.usable / 5).ok()? + 1;
    let map = number.checked_sub(2)? / described * described + 2;
    // The page with the byte at 1 GiB is never used; a map that would be there is on the next one.
    let locked = u32::try_from((1_usize << 30) / pages.page_size).ok()? + 1;
    let map = if map == locked { map + 1 } else { map };
    let at = usize::try_from(number.checked_sub(map + 1)?).ok()? * 5;
    let page = pages.get(map)?;
    Some((*page.get(at)?, u32_at(&page, at + 1)?))
}

/// What the records of one page have in common.
struct Shape {
    least: usize,
    most: usize,
    /// For each field, the classes of its values, one bit each.
    classes: Vec<u8>,
    low: i64,
    high: i64,
}

impl Shape {
    /// None if the page holds anything but records. The end of a page that is cut off may be missing.
    fn read(node: &Node<'_>, usable: usize, there: usize) -> Option<Self> {
        let mut shape =
            Self { least: usize::MAX, most: 0, classes: Vec::new(), low: i64::MAX, high: i64::MIN };
        let (mut used, mut last) = (0, None);
        for index in 0..node.cells() {
            let Some(cell) = node.cell(index, usable) else {
                if there < usable {
                    continue;
                }
                return None;
            };
            used += cell.length;
            let payload = cell.payload.filter(|_| used <= usable && last.is_none_or(|it| it < cell.rowid))?;
            last = Some(cell.rowid);
            let fields = Fields::read(payload.local()).filter(|it| it.end <= payload.size)?;
            shape.least = shape.least.min(fields.len());
            shape.most = shape.most.max(fields.len());
            shape.classes.resize(shape.most, 0);
            for (at, classes) in shape.classes.iter_mut().enumerate() {
                *classes |= fields.class(at).map_or(0, bit);
            }
            shape.low = shape.low.min(cell.rowid);
            shape.high = shape.high.max(cell.rowid);
        }
        (shape.most > 0).then_some(shape)
    }

    /// How badly the records fit a table, 0 being best; none if they cannot be its.
    fn fits(&self, table: &Broken, in_gap: bool) -> Option<usize> {
        let definition = &table.definition;
        let gap = !in_gap || table.gaps.iter().any(|(low, high)| *low <= self.low && self.high <= *high);
        let fields = definition.fields();
        if !gap || self.most > fields || self.least < definition.least_fields() {
            return None;
        }
        let mut badness = usize::from(self.least < fields);
        for (index, column) in definition.columns.iter().enumerate() {
            let Some(classes) = column.place.and_then(|it| self.classes.get(it)).copied() else { continue };
            let has = |class| classes & bit(class) != 0;
            if definition.rowid == Some(index) {
                if classes != bit(Class::Null) {
                    return None;
                }
                continue;
            }
            if column.not_null && has(Class::Null) {
                return None;
            }
            let other = match column.affinity {
                Affinity::Text if has(Class::Integer) || has(Class::Real) => return None,
                Affinity::Text => has(Class::Blob),
                Affinity::Integer => has(Class::Real) || has(Class::Text) || has(Class::Blob),
                Affinity::Numeric | Affinity::Real => has(Class::Text) || has(Class::Blob),
                Affinity::Blob => false,
            };
            badness += usize::from(other);
        }
        Some(badness)
    }
}

fn bit(class: Class) -> u8 {
    match class {
        Class::Null => 1,
        Class::Integer => 2,
        Class::Real => 4,
        Class::Text => 8,
        Class::Blob => 16,
    }
}
