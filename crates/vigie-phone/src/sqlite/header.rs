//! The first hundred bytes: how large pages are and how text is written; and what a file is that is no database.

use super::NotRead;
use super::bytes::{u16_at, u32_at};
use super::page::Node;
use super::pages::Page;

/// How every database begins.
pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// How text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// What the first page says of the file.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// Bytes of a page without those reserved for others.
    pub(super) usable: usize,
    /// How text is written.
    pub(super) encoding: Encoding,
    /// How many pages there should be, where the file can be believed.
    pub(super) pages: Option<u32>,
    /// The first page of the list of free pages, and how many are free.
    pub(super) free: (u32, u32),
    /// What it says that cannot be.
    pub(super) damage: Option<String>,
    /// Whether every page's parent is written down in pointer maps.
    pub(super) maps: bool,
}

impl Header {
    /// From the first page, whatever of it is there.
    pub(super) fn read(page: &[u8], page_size: usize) -> Self {
        let number = |at| u32_at(page, at).unwrap_or(0);
        let reserved = usize::from(page.get(20).copied().unwrap_or(0));
        let usable = page_size.saturating_sub(reserved);
        let (usable, reserved_damage) = if is_usable(page, usable) {
            (usable, None)
        } else {
            (page_size, Some("the header says that part of each page is not used, and it is".to_owned()))
        };
        let (encoding, damage) = match number(56) {
            // Nothing is set where nothing was written yet.
            0 | 1 => (Encoding::Utf8, None),
            2 => (Encoding::Utf16Le, None),
            3 => (Encoding::Utf16Be, None),
            other => (Encoding::Utf8, Some(format!("the header says that text is written in a way {other}"))),
        };
        // The count is right only if the last writer knew of it.
        let pages = Some(number(28)).filter(|it| *it > 0 && number(24) == number(92));
        Self {
            usable,
            encoding,
            pages,
            free: (number(32), number(36)),
            maps: number(52) > 0,
            damage: damage.or(reserved_damage),
        }
    }
}

/// Whether the first page is written as if so many bytes of it were used.
fn is_usable(page: &[u8], usable: usize) -> bool {
    // Three numbers beside it that are always the same; and SQLite refuses fewer than 480 bytes.
    let sound = page.get(21..24).is_none_or(|it| it == [64, 32, 32]) && usable >= 480;
    let Ok(node) = Node::read(Page::Held(page), 1) else { return sound || usable == page.len() };
    let end = |index| Some(node.cell_start(index)? + node.cell(index, usable.max(480))?.length);
    let last = (0..node.cells()).filter_map(end).max();
    usable >= 480 && last.is_none_or(|it| it <= usable) && (sound || usable == page.len())
}

/// So many bytes of a file tell how it is written.
pub(super) const SAMPLE: usize = 1 << 20;

/// The size of pages as the header gives it: a power of two from 512 to 65,536.
pub(super) fn stated_size(bytes: &[u8]) -> Option<usize> {
    match u16_at(bytes, 16)? {
        1 => Some(65_536),
        size if size.is_power_of_two() && size >= 512 => Some(usize::from(size)),
        _ => None,
    }
}

/// The size of pages, and what is wrong with how the file begins.
pub(super) fn page_size(main: &[u8]) -> Result<(usize, Option<String>), NotRead> {
    if main.is_empty() {
        return Err(NotRead::Empty);
    }
    if main.iter().take(65_536).all(|it| *it == 0) {
        return Err(NotRead::Blank);
    }
    let begins = main.starts_with(MAGIC);
    match stated_size(main) {
        Some(size) if begins => Ok((size, None)),
        Some(size) if is_tree(main, size) => {
            Ok((size, Some("the first bytes are not those of a database".to_owned())))
        }
        None if begins => match guessed_size(main) {
            Some(size) => {
                Ok((size, Some(format!("the size of its pages is damaged; {size} bytes fit best"))))
            }
            None if looks_random(main) => Err(NotRead::Encrypted),
            None => Err(NotRead::PageSize),
        },
        _ if looks_random(main) => Err(NotRead::Encrypted),
        _ => Err(NotRead::Foreign { begins: shown(main) }),
    }
}

/// Whether the first page holds what it must: a page of a table's tree, after the header.
pub(super) fn is_tree(main: &[u8], size: usize) -> bool {
    let page = main.get(..size.min(main.len())).unwrap_or_default();
    Node::read(Page::Held(page), 1).is_ok_and(|node| node.is_table())
}

/// The size that most of the file is written in. Cells are laid down from the end of a page, so that the right size has
/// some in the second half of its pages and none beyond them.
fn guessed_size(main: &[u8]) -> Option<usize> {
    let sample = main.get(..SAMPLE).unwrap_or(main);
    let written = |size: usize| {
        let pages = sample.chunks(size).zip(1_u32..);
        let good = pages.filter(|(page, number)| {
            let Ok(node) = Node::read(Page::Held(page), *number) else { return false };
            let last = (0..node.cells()).filter_map(|it| node.cell_start(it)).max();
            last.is_some_and(|it| it >= size / 2 && it < size)
        });
        good.count() * size
    };
    let sizes = (9..=16).map(|it| 1_usize << it);
    let best = sizes.map(|size| (written(size), size)).max_by_key(|(written, _)| *written);
    best.filter(|(written, size)| *written > 0 && is_tree(main, *size)).map(|(_, size)| size)
}

/// Whether every byte is about as frequent as every other: encrypted or packed.
pub(super) fn looks_random(main: &[u8]) -> bool {
    let sample = main.get(100..).unwrap_or_default();
    let sample = sample.get(..sample.len().min(8_192)).unwrap_or_default();
    if sample.len() < 924 {
        return false;
    }
    let mut counts = [0_u32; 256];
    for byte in sample {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let expected = sample.len() as f64 / 256.0;
    let squares: f64 = counts.iter().map(|it| (f64::from(*it) - expected).powi(2)).sum();
    // Chi-squared with 255 degrees of freedom: 400 is six standard deviations off.
    squares / expected < 400.0
}

/// The first bytes, for people.
fn shown(main: &[u8]) -> String {
    main.iter().take(16).flat_map(|it| std::ascii::escape_default(*it)).map(char::from).collect()
}
