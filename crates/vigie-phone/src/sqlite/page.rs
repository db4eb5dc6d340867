//! One page of a tree: its kind, its cells, its children.

use std::ops::Range;

use super::bytes::{u16_at, u32_at, varint_at};
use super::pages::Page;

/// Why a page is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file ends before it, or it is page 0.
    Missing,
    /// It holds nothing but zeros.
    Blank,
    /// It is no page of a tree.
    Garbage,
    /// It belongs to another kind of tree.
    OtherTree,
    /// Two pointers lead to it; it was read once.
    Twice,
    /// Pages lie in each other deeper than any sound tree.
    TooDeep,
    /// The file ends within it.
    Short,
    /// Some of what it holds is damaged.
    Cells,
}

impl Fault {
    /// For people, after the number of the page.
    pub fn why(self) -> &'static str {
        match self {
            Self::Missing => "is not in the file",
            Self::Blank => "is blank",
            Self::Garbage => "is damaged",
            Self::OtherTree => "belongs to another kind of tree",
            Self::Twice => "is pointed to twice",
            Self::TooDeep => "lies too deep",
            Self::Short => "is cut off",
            Self::Cells => "is damaged in part",
        }
    }
}

/// The four kinds of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    IndexInterior,
    TableInterior,
    IndexLeaf,
    TableLeaf,
}

/// A page of a tree.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    page: Page<'a>,
    kind: Kind,
    /// Where the pointers to cells begin.
    pointers: usize,
    cells: u16,
    right: u32,
}

/// One cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell<'a> {
    /// The page with what comes before it.
    pub(super) child: u32,
    /// The key, in the tree of a table.
    pub(super) rowid: i64,
    /// What it holds, in leaves and in trees of indexes.
    pub(super) payload: Option<Payload<'a>>,
    /// How many bytes of the page it takes.
    pub(super) length: usize,
}

/// What a cell holds, and where the rest is.
#[derive(Clone, Debug)]
pub(super) struct Payload<'a> {
    /// All of its bytes.
    pub(super) size: u64,
    /// The page, and where in it those are that it has.
    pub(super) page: Page<'a>,
    pub(super) at: Range<usize>,
    /// The page with more, or 0.
    pub(super) overflow: u32,
}

impl Payload<'_> {
    /// The bytes in the page.
    pub(super) fn local(&self) -> &[u8] {
        self.page.get(self.at.clone()).unwrap_or_default()
    }
}

impl<'a> Node<'a> {
    /// A page by its number, since the first one begins with the header of the file.
    pub(super) fn read(page: Page<'a>, number: u32) -> Result<Self, Fault> {
        let start = if number == 1 { 100 } else { 0 };
        let (kind, length) = match page.get(start).ok_or(Fault::Short)? {
            2 => (Kind::IndexInterior, 12),
            5 => (Kind::TableInterior, 12),
            10 => (Kind::IndexLeaf, 8),
            13 => (Kind::TableLeaf, 8),
            0 if page.iter().all(|it| *it == 0) => return Err(Fault::Blank),
            _ => return Err(Fault::Garbage),
        };
        let cells = u16_at(&page, start + 3).ok_or(Fault::Short)?;
        let content = match u16_at(&page, start + 5).ok_or(Fault::Short)? {
            0 => 65_536,
            at => usize::from(at),
        };
        let right = if length == 12 { u32_at(&page, start + 8).ok_or(Fault::Short)? } else { 0 };
        let pointers = start + length;
        if pointers + usize::from(cells) * 2 > content {
            return Err(Fault::Garbage);
        }
        Ok(Self { page, kind, pointers, cells, right })
    }

    /// Whether it belongs to the tree of a table with rowids.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.kind, Kind::TableInterior | Kind::TableLeaf)
    }

    /// Whether it has no children.
    pub(super) fn is_leaf(&self) -> bool {
        matches!(self.kind, Kind::TableLeaf | Kind::IndexLeaf)
    }

    /// How many cells it says it has.
    pub(super) fn cells(&self) -> usize {
        usize::from(self.cells)
    }

    /// The last child.
    pub(super) fn right(&self) -> u32 {
        self.right
    }

    /// Where a cell begins.
    pub(super) fn cell_start(&self, index: usize) -> Option<usize> {
        u16_at(&self.page, self.pointers + index * 2).map(usize::from)
    }

    /// A cell, if what is there can be one.
    pub(super) fn cell(&self, index: usize, usable: usize) -> Option<Cell<'a>> {
        let start = self.cell_start(index)?;
        if start < self.pointers + self.cells() * 2 {
            return None;
        }
        let mut at = start;
        let mut cell = Cell::default();
        if !self.is_leaf() {
            cell.child = u32_at(&self.page, at)?;
            at += 4;
        }
        let size = if self.kind == Kind::TableInterior {
            None
        } else {
            let (size, next) = varint_at(&self.page, at)?;
            at = next;
            Some(size)
        };
        if self.is_table() {
            let (key, next) = varint_at(&self.page, at)?;
            cell.rowid = key.cast_signed();
            at = next;
        }
        if let Some(size) = size {
            let local = self.local(size, usable)?;
            let bytes = at..at + local;
            self.page.get(bytes.clone())?;
            at += local;
            let overflow = if local as u64 == size { 0 } else { u32_at(&self.page, at)? };
            at += if overflow == 0 { 0 } else { 4 };
            if local as u64 != size && overflow == 0 {
                return None;
            }
            cell.payload = Some(Payload { size, page: self.page.clone(), at: bytes, overflow });
        }
        cell.length = at - start;
        Some(cell)
    }

    /// How many bytes of so much payload stay in the page.
    fn local(&self, size: u64, usable: usize) -> Option<usize> {
        let most = if self.is_table() { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
        if size <= most as u64 {
            return usize::try_from(size).ok();
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let wanted = least + usize::try_from((size - least as u64) % (usable as u64 - 4)).ok()?;
        Some(if wanted <= most { wanted } else { least })
    }
}
