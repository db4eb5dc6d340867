//! Opening a store, and the two ways into it: many readers, one writer.
//!
//! Several processes may use one database: a writer waits for another for at most [`Options::busy_timeout`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

/// A node's database. Cheap to clone; all clones share its connections.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    options: Options,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    reader_came_back: Condvar,
    watcher: Mutex<Connection>,
}

/// What an operator may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Readers at one time; another waits. At least 1.
    pub readers: usize,
    /// Page cache of the writer, in bytes.
    pub writer_cache_bytes: u64,
    /// Page cache of each reader, in bytes.
    pub reader_cache_bytes: u64,
    /// How long to wait for another process that writes.
    pub busy_timeout: Duration,
    /// How large the write-ahead log grows before it is folded into the database, in bytes.
    pub checkpoint_bytes: u64,
    /// The database grows no larger than this, in bytes; None: as large as the disk allows.
    pub size_limit: Option<u64>,
    /// A page of objects ends after so many bytes of text, though never before its first object.
    pub page_bytes: u64,
    /// With more labels than this in a page's range, a collection is read through instead of label by label.
    pub merged_labels: usize,
    /// How long the status of a request is kept. TAXII 2.1 section 4.3 asks for 24 hours.
    pub status_retention: Duration,
    /// How many outbox messages are kept for those who fall behind.
    pub outbox_kept: u64,
}

impl Default for Options {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            readers: 4,
            writer_cache_bytes: 64 * MIB,
            reader_cache_bytes: 8 * MIB,
            busy_timeout: Duration::from_secs(10),
            checkpoint_bytes: 128 * MIB,
            size_limit: None,
            page_bytes: 8 * MIB,
            merged_labels: 1_000,
            status_retention: Duration::from_hours(48),
            outbox_kept: 100_000,
        }
    }
}

impl Store {
    /// Opens the database file at this path, making or upgrading it where needed. Only its owner may read a new file.
    pub fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let connect = |cache| sqlite::connect(path, options, cache).map_err(|it| it.at(path));
        let mut writer = connect(options.writer_cache_bytes)?;
        {
            let _alone = sqlite::alone(path, options.busy_timeout)?;
            sqlite::prepare(&mut writer, path).map_err(|it| it.at(path))?;
        }
        let readers = (0..options.readers.max(1)).map(|_| connect(options.reader_cache_bytes));
        Ok(Self(Arc::new(Inner {
            path: path.to_path_buf(),
            options: options.clone(),
            writer: Mutex::new(writer),
            readers: Mutex::new(readers.collect::<Result<_, _>>()?),
            reader_came_back: Condvar::new(),
            watcher: Mutex::new(connect(0)?),
        })))
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Reads on one snapshot: what others commit meanwhile is not seen.
    pub fn read<T>(&self, run: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut lent = Lent::from(&self.0);
        lent.snapshot(run).map_err(|it| it.at(&self.0.path))
    }

    /// Writes as the one writer. `actor` is a member's or token's id, or `node`; `now` is in nanoseconds since 1970.
    ///
    /// When this returns Ok, everything is on disk; when it returns an error, nothing is.
    pub fn write<T>(
        &self,
        actor: &str,
        now: i64,
        run: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = locked(&self.0.writer);
        let written = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)
            .and_then(|it| {
                let mut tx = Tx::new(it, &self.0.options, actor, now);
                let value = run(&mut tx)?;
                tx.commit()?;
                Ok(value)
            });
        written.map_err(|it| it.at(&self.0.path))
    }

    /// A number that changes whenever somebody, here or in another process, has committed. Costs a few microseconds.
    pub fn data_version(&self) -> Result<u64, StoreError> {
        let watcher = locked(&self.0.watcher);
        sqlite::data_version(&watcher).map_err(|it| StoreError::from(it).at(&self.0.path))
    }

    /// Reads the whole database and says what is damaged in it; nothing when it is sound. Takes seconds per gigabyte.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let lent = Lent::from(&self.0);
        lent.connection().and_then(|it| Ok(sqlite::check(it)?)).map_err(|it| it.at(&self.0.path))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.0.path).finish_non_exhaustive()
    }
}

/// A reader's connection out of the pool; it goes back when dropped, also when the reader panics.
struct Lent<'s> {
    inner: &'s Inner,
    connection: Option<Connection>,
}

impl<'s> From<&'s Arc<Inner>> for Lent<'s> {
    fn from(inner: &'s Arc<Inner>) -> Self {
        let mut idle = locked(&inner.readers);
        while idle.is_empty() {
            idle = inner.reader_came_back.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
        Self { inner, connection: idle.pop() }
    }
}

impl Lent<'_> {
    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Sqlite(rusqlite::Error::InvalidQuery))
    }

    fn snapshot<T>(
        &mut self,
        run: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection()?;
        let snapshot = connection.unchecked_transaction()?;
        let value = run(&Reader::new(&snapshot, &self.inner.options))?;
        snapshot.finish()?;
        Ok(value)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        locked(&self.inner.readers).extend(self.connection.take());
        self.inner.reader_came_back.notify_one();
    }
}

/// A panic elsewhere leaves no half-done work behind: a transaction that was not committed is undone.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
