//! From the root of a tree to each of its cells, in their order, past everything that is damaged.

use super::page::{Cell, Fault, Node};
use super::pages::{Pages, Seen};

/// Pages inside each other. SQLite itself stops at 20.
const DEPTH: usize = 40;

/// How many of the lost pages are told one by one.
const TOLD: usize = 16;

/// How many gaps in the rowids are kept apart.
const GAPS: usize = 4_096;

/// What a walk could not reach.
#[derive(Clone, Debug, Default)]
pub(super) struct Lost {
    /// Pages.
    pub(super) pages: u64,
    /// The first of them by number.
    pub(super) told: Vec<(u32, Fault)>,
    /// Cells on pages that were read.
    pub(super) cells: u64,
    /// Between which rowids, both included, a subtree is missing.
    pub(super) gaps: Vec<(i64, i64)>,
}

impl Lost {
    fn page(&mut self, number: u32, fault: Fault) {
        self.pages += 1;
        if self.told.len() < TOLD {
            self.told.push((number, fault));
        }
    }

    fn gap(&mut self, low: i64, high: i64) {
        if self.gaps.len() < GAPS {
            self.gaps.push((low, high));
        } else if let Some(last) = self.gaps.last_mut() {
            *last = (last.0.min(low), last.1.max(high));
        }
    }

    /// Whether nothing is missing.
    pub(super) fn is_nothing(&self) -> bool {
        self.pages == 0 && self.cells == 0 && self.gaps.is_empty()
    }
}

/// A page on the way down.
struct Level<'t> {
    number: u32,
    node: Node<'t>,
    /// Children count twice in trees of indexes: once for the child, once for the cell after it.
    next: usize,
    /// Bytes that its cells took until now.
    used: usize,
    damaged: bool,
    low: i64,
    high: i64,
}

/// A walk through one tree.
pub(super) struct Walk<'t> {
    pages: &'t Pages<'t>,
    of_table: bool,
    stack: Vec<Level<'t>>,
    /// Pages of trees that were read, in this walk and those before it.
    pub(super) seen: Seen,
    pub(super) lost: Lost,
}

impl<'t> Walk<'t> {
    /// Begins at a root. What `seen` has is not read again.
    pub(super) fn new(pages: &'t Pages<'t>, root: u32, of_table: bool, seen: Seen) -> Self {
        let mut walk = Self { pages, of_table, stack: Vec::new(), seen, lost: Lost::default() };
        walk.enter(root, i64::MIN, i64::MAX);
        walk
    }

    /// The next cell of a leaf, or of any page in the tree of an index.
    pub(super) fn next_cell(&mut self) -> Option<Cell<'t>> {
        loop {
            let level = self.stack.last_mut()?;
            let cells = level.node.cells();
            let twice = !level.node.is_leaf() && !self.of_table;
            let (index, step) = if twice { (level.next / 2, level.next % 2) } else { (level.next, 0) };
            let interior = !level.node.is_leaf();
            level.next += 1;
            if index == cells && interior && step == 0 {
                let (right, low, high) = (level.node.right(), level.low, level.high);
                self.enter(right, low, high);
                continue;
            }
            if index >= cells {
                self.stack.pop();
                continue;
            }
            let cell = level.node.cell(index, self.pages.usable);
            let cell = cell.filter(|cell| step == 1 || level.fits(cell, self.pages.usable));
            let Some(cell) = cell else {
                self.bad_cell(index, step, interior);
                continue;
            };
            if !interior || step == 1 {
                return Some(cell);
            }
            let (low, high) = (level.low, if self.of_table { cell.rowid } else { level.high });
            if self.of_table {
                level.low = cell.rowid.saturating_add(1);
            }
            self.enter(cell.child, low, high);
        }
    }

    /// The cell that was given last turned out to be none.
    pub(super) fn reject(&mut self) {
        self.lost.cells += 1;
        self.damaged();
    }

    fn bad_cell(&mut self, index: usize, step: usize, interior: bool) {
        let Some(level) = self.stack.last_mut() else { return };
        if interior && step == 0 {
            // Where its child is cannot be told.
            let (low, high) = (level.low, level.high);
            self.lost.gap(low, high);
        }
        if !interior || step == 1 {
            self.lost.cells += 1;
        }
        let level = self.stack.last_mut();
        if let Some(level) = level.filter(|it| it.used > self.pages.usable) {
            // Cells that lie over each other: the page is not what it seems.
            let rest = level.node.cells().saturating_sub(index + 1);
            self.lost.cells += if interior && self.of_table { 0 } else { rest as u64 };
            level.next = usize::MAX / 4;
        }
        self.damaged();
    }

    /// Notes once that the page at hand is damaged in part.
    fn damaged(&mut self) {
        if let Some(level) = self.stack.last_mut().filter(|it| !it.damaged) {
            level.damaged = true;
            let number = level.number;
            self.lost.page(number, Fault::Cells);
        }
    }

    fn enter(&mut self, number: u32, low: i64, high: i64) {
        let fault = match self.pages.get(number) {
            None => Fault::Missing,
            Some(_) if self.stack.len() >= DEPTH => Fault::TooDeep,
            Some(_) if !self.seen.mark(number) => Fault::Twice,
            Some(page) => match Node::read(page.clone(), number) {
                Ok(node) if node.is_table() != self.of_table => Fault::OtherTree,
                Ok(node) => {
                    let short = page.len() < self.pages.usable;
                    if short {
                        self.lost.page(number, Fault::Short);
                    }
                    let level = Level { number, node, next: 0, used: 0, damaged: short, low, high };
                    self.stack.push(level);
                    return;
                }
                Err(fault) => fault,
            },
        };
        self.lost.page(number, fault);
        self.lost.gap(low, high);
    }
}

impl Level<'_> {
    /// Whether all cells until this one have room in the page beside each other.
    fn fits(&mut self, cell: &Cell<'_>, usable: usize) -> bool {
        self.used += cell.length.max(1);
        self.used <= usable
    }
}
