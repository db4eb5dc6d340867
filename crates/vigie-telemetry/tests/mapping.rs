//! The tables of `docs/spec/telemetry.md` are those that the readers use. `BLESS=1` rewrites them.

use std::path::Path;
use vigie_telemetry::mapping;

const BEGIN: &str = "<!-- the tables: BLESS=1 cargo test -p vigie-telemetry --test mapping -->\n";
const END: &str = "<!-- end of the tables -->\n";

#[test]
fn the_documented_mapping_is_the_one_in_use() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/telemetry.md");
    let text = std::fs::read_to_string(&path).expect("docs/spec/telemetry.md is there");
    let (before, rest) = text.split_once(BEGIN).expect("the tables have a beginning");
    let (tables, after) = rest.split_once(END).expect("the tables have an end");
    let want = mapping::markdown();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{want}{END}{after}")).expect("the page can be written");
    } else {
        assert_eq!(tables, want, "BLESS=1 rewrites the tables");
    }
}
