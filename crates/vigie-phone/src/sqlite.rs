//! SQLite databases, sound or damaged, as bytes in memory.
//!
//! A reader of our own rather than SQLite's, because
//! - evidence is hostile: this one is memory-safe and bounded, and needs no child process to be kept in;
//! - decrypted backups are never written to disk: this one takes the bytes in memory, the write-ahead log beside them;
//! - a damaged file must not look like a clean one: this one says which pages and rows could not be read, and a bad page
//!   costs only the rows on it;
//! - nothing is changed: the log is laid over the file (`wal.rs`), neither is written, no page is marked as seen.
//!
//! ```text
//! bytes ─► Pages (file + log) ─► Walk (pages of one tree) ─► Record ─► Row
//!                                   └─ lost pages ─► salvage: leaves that no tree leads to
//! ```
//!
//! Invariants
//! - Each page of a tree is read once in a walk and each page of a long record once, so time and memory are in proportion
//!   to the file, whatever its pointers say. Cells that lie over each other end their page.
//! - Only whole transactions of the log are seen.
//! - Rows found without their tree say so ([`Row::is_salvaged`]); `salvage.rs` says how their table is told.
//!
//! Not read: free pages and free room in pages (what was deleted), rollback journals, virtual tables.
//!
//! ```no_run
//! use vigie_phone::{Limits, sqlite::Database};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let main = std::fs::read("sms.db")?;
//! let database = Database::open(&main, None, &Limits::default())?;
//! let table = database.table("message")?;
//! let mut rows = database.rows(&table);
//! for row in &mut rows {
//!     // A phone of another version may have no such column: then this is none, too.
//!     println!("{:?} {:?}", row.rowid(), row.text("text"));
//! }
//! println!("{:?}", rows.outcome().state());
//! # Ok(())
//! # }
//! ```

mod bytes;
mod definition;
mod header;
mod page;
mod pages;
mod payload;
mod record;
mod rows;
mod salvage;
mod schema;
mod token;
mod wal;
mod walk;

use std::collections::HashMap;
use std::sync::OnceLock;

use definition::Definition;
use header::{Encoding, Header};
use pages::{Main, Pages};
use schema::Entry;
use walk::Walk;

pub use page::Fault;
pub use pages::Source;
pub use record::Value;
pub use rows::{Outcome, Row, Rows};
pub use wal::Wal;

use crate::Limits;

/// So many indexes of a table are asked how many rows it has.
const INDEXES: usize = 8;

/// Why a file is not read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// Not a byte.
    #[error("the file is empty (0 bytes); a database has at least one page")]
    Empty,
    /// Nothing but zeros.
    #[error("the file begins with nothing but zeros; it was wiped or never written")]
    Blank,
    /// More than is read whole.
    #[error("the file has {got} bytes; the limit is {limit}")]
    TooLarge {
        /// Its bytes.
        got: u64,
        /// [`Limits::file_bytes`].
        limit: u64,
    },
    /// Its bytes look like chance.
    #[error(
        "the file is encrypted or packed: its bytes look random; if it is from a backup, the password may be missing"
    )]
    Encrypted,
    /// Something else.
    #[error("the file is no SQLite database: it begins with `{begins}`")]
    Foreign {
        /// Its first bytes.
        begins: String,
    },
    /// The size of pages is damaged.
    #[error("the header of the database is damaged: it does not say how large a page is")]
    PageSize,
    /// The list of tables is damaged.
    #[error("the list of tables is damaged, and nothing of it could be read: {why}")]
    NoTables {
        /// Which pages.
        why: String,
    },
}

/// Why a table is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTable {
    /// The database has none of that name.
    #[error("the database has no table `{0}`")]
    Absent(String),
    /// The list of tables is damaged.
    #[error("table `{name}` is not in what could be read of the list of tables: {why}")]
    Unknown {
        /// Its name.
        name: String,
        /// What is wrong with the list.
        why: String,
    },
    /// It is a view or a virtual table.
    #[error("`{0}` has no rows of its own: it is a view or a virtual table")]
    NoRows(String),
    /// What it was created by cannot be read.
    #[error("the definition of table `{0}` cannot be read")]
    Definition(String),
}

/// A database.
pub struct Database<'a> {
    pages: Pages<'a>,
    header: Header,
    encoding: Encoding,
    wal: Wal,
    /// What is wrong with the header.
    header_damage: Option<String>,
    entries: Vec<Entry>,
    /// What is wrong with the list of tables.
    entries_damage: Option<String>,
    orphans: OnceLock<salvage::Orphans>,
}

/// A table: its columns, and where its rows are.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    root: u32,
    definition: Definition,
    columns: HashMap<String, usize>,
}

impl<'a> Database<'a> {
    /// Opens the bytes of a file, and those of the write-ahead log beside it (`-wal`).
    pub fn open(main: &'a [u8], wal: Option<&'a [u8]>, limits: &Limits) -> Result<Self, NotRead> {
        for bytes in [Some(main), wal].into_iter().flatten() {
            if bytes.len() as u64 > limits.file_bytes {
                return Err(NotRead::TooLarge { got: bytes.len() as u64, limit: limits.file_bytes });
            }
        }
        Self::new(Main::Held(main), main, wal)
    }

    /// Opens a database whose pages are read when they are asked for, and not held longer than they are looked at.
    pub fn open_paged(main: &'a dyn Source, wal: Option<&'a [u8]>, limits: &Limits) -> Result<Self, NotRead> {
        if let Some(wal) = wal.filter(|it| it.len() as u64 > limits.file_bytes) {
            return Err(NotRead::TooLarge { got: wal.len() as u64, limit: limits.file_bytes });
        }
        let mut head = vec![0; header::SAMPLE];
        let read = main.read_at(0, &mut head);
        head.truncate(read);
        Self::new(Main::Source(main), &head, wal)
    }

    /// The head is as much of the file as tells how it is written.
    fn new(main: Main<'a>, head: &[u8], wal: Option<&'a [u8]>) -> Result<Self, NotRead> {
        let (page_size, header_damage) = match header::page_size(head) {
            Ok(found) => found,
            Err(why) => match first_page_of_log(wal) {
                Some(size) => (size, Some(why.to_string())),
                None => return Err(why),
            },
        };
        let (wal, overlay) = wal::read(wal, page_size);
        let mut pages = Pages { main, overlay, page_size, usable: page_size };
        let first = pages.get(1);
        let first = first.as_deref().unwrap_or_default();
        let mut header = Header::read(first, page_size);
        header.pages = pages.overlay.as_ref().map(|it| it.pages).or(header.pages);
        if !header::is_tree(first, page_size) && header::looks_random(first) {
            return Err(NotRead::Encrypted);
        }
        pages.usable = header.usable;
        let encoding = header.encoding;
        let (entries, entries_damage, orphans) = (Vec::new(), None, OnceLock::new());
        let mut database =
            Self { pages, header, encoding, wal, header_damage, entries, entries_damage, orphans };
        let (entries, entries_damage) = schema::read(&database);
        match entries_damage {
            Some(why) if entries.is_empty() => return Err(NotRead::NoTables { why }),
            damage => (database.entries, database.entries_damage) = (entries, damage),
        }
        Ok(database)
    }

    /// The names of all tables that could be found.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|it| it.is_table() && it.root > 0).map(|it| &*it.name)
    }

    /// A table by its name; case counts for nothing.
    pub fn table(&self, name: &str) -> Result<Table, NoTable> {
        let mut same =
            self.entries.iter().filter(|it| it.name.eq_ignore_ascii_case(name) && it.kind != "index");
        let Some(entry) = same.find(|it| it.kind != "trigger") else {
            return Err(match &self.entries_damage {
                None => NoTable::Absent(name.to_owned()),
                Some(why) => NoTable::Unknown { name: name.to_owned(), why: why.clone() },
            });
        };
        if !entry.is_table() || entry.root == 0 {
            return Err(NoTable::NoRows(name.to_owned()));
        }
        let definition = entry.definition().ok_or_else(|| NoTable::Definition(name.to_owned()))?;
        Ok(Table::new(&entry.name, entry.root, definition))
    }

    /// The rows of a table, as they lie in its tree: by rowid or by primary key. Those salvaged come last.
    pub fn rows<'t>(&'t self, table: &'t Table) -> Rows<'t> {
        Rows::new(self, table)
    }

    /// What became of the write-ahead log.
    pub fn wal(&self) -> &Wal {
        &self.wal
    }

    /// What is wrong with the file as a whole: its header, its list of tables, its log.
    pub fn damage(&self) -> Option<String> {
        let list = self.entries_damage.as_ref().map(|it| format!("the list of tables is damaged: {it}"));
        let parts: Vec<_> = self.doubt().into_iter().chain(list).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// What makes any table of the file doubtful.
    fn doubt(&self) -> Option<String> {
        let parts = [self.header_damage.clone(), self.header.damage.clone(), self.wal.complaint()];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// How many rows a table has, if an index of all of them is whole.
    fn entries_of_an_index(&self, table: &Table) -> Option<u64> {
        let indexes = self.entries.iter().filter(|it| it.is_full_index_of(&table.name) && it.root > 0);
        indexes.take(INDEXES).find_map(|index| {
            let mut walk = Walk::new(&self.pages, index.root, false, self.pages.none_seen());
            let mut count = 0;
            while walk.next_cell().is_some() {
                count += 1;
            }
            walk.lost.is_nothing().then_some(count)
        })
    }

    fn orphans(&self) -> &salvage::Orphans {
        self.orphans.get_or_init(|| salvage::find(self))
    }

    /// The root of every tree, and for tables what they were created by.
    fn roots(&self) -> impl Iterator<Item = (u32, Option<Definition>)> {
        let listed = self.entries.iter().filter(|it| it.root > 0);
        std::iter::once((1, None)).chain(listed.map(|it| (it.root, it.definition())))
    }
}

impl std::fmt::Debug for Database<'_> {
    /// Nothing of what it holds, which is personal.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Database")
            .field("header", &self.header)
            .field("wal", &self.wal)
            .finish_non_exhaustive()
    }
}

impl Table {
    fn new(name: &str, root: u32, definition: Definition) -> Self {
        let columns = definition::by_name(&definition.columns);
        Self { name: name.to_owned(), root, definition, columns }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.definition.columns.iter().map(|it| &*it.name)
    }

    /// The place of a column, to be asked for once where there are many rows; none if the table has no such column.
    pub fn column(&self, name: &str) -> Option<usize> {
        match self.columns.get(name) {
            Some(at) => Some(*at),
            None if name.bytes().any(|it| it.is_ascii_uppercase()) => {
                self.columns.get(&name.to_ascii_lowercase()).copied()
            }
            None => None,
        }
    }
}

/// The size of pages, from a log that has the first page.
fn first_page_of_log(wal: Option<&[u8]>) -> Option<usize> {
    let size = wal::page_size(wal?)?;
    wal::read(wal, size).1?.page(1).map(|_| size)
}
