//! SQLite databases, and the log beside them: what is counted is what was given, and no more than has room in the bytes;
//! and it is the same whether the file is held or read page by page.

use vigie_phone::Limits;
use vigie_phone::sqlite::Database;

/// By itself; and in two halves, the second one being the log.
pub fn run(data: &[u8]) {
    read(data, None);
    let (main, wal) = data.split_at(data.len() / 2);
    read(main, Some(wal));
}

/// Reads everything that any reader could ask for; gives how many rows there were.
pub fn read(main: &[u8], wal: Option<&[u8]>) -> u64 {
    let (held, paged) = (main, main.to_vec());
    let held = Database::open(held, wal, &Limits::default());
    let paged = Database::open_paged(&paged, wal, &Limits::default());
    let (held, paged) = match (held, paged) {
        (Ok(held), Ok(paged)) => (held, paged),
        (held, paged) => {
            assert_eq!(held.err(), paged.err());
            return 0;
        }
    };
    assert_eq!(held.damage(), paged.damage());
    let room = (main.len() + wal.map_or(0, <[u8]>::len)) as u64;
    let count = rows(&held, room);
    assert_eq!(count, rows(&paged, room));
    count
}

fn rows(database: &Database<'_>, room: u64) -> u64 {
    let names: Vec<String> = database.tables().map(str::to_owned).collect();
    let mut all = 0;
    for name in names.iter().take(50) {
        let Ok(table) = database.table(name) else { continue };
        let columns = table.columns().count();
        let mut rows = database.rows(&table);
        let mut count = 0_u64;
        for row in &mut rows {
            count += 1;
            for column in 0..columns {
                row.at(column);
            }
        }
        let outcome = rows.outcome();
        assert_eq!(outcome.read, count);
        assert!(outcome.of.is_none_or(|it| it >= count));
        assert_eq!(outcome.is_whole(), !outcome.state().is_incomplete());
        // A record takes at least four bytes of its own.
        assert!(count <= room / 4);
        all += count;
    }
    all
}
