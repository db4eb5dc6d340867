//! The extended log format of the W3C, as IIS, Amazon's `CloudFront`, Blue Coat, Exchange and the Windows firewall write it: `#Fields`
//! names the columns, and may change in the middle of a file.
//!
//! Each column stands under its own name. A header, `cs(User-Agent)`, stands under a name like `cs-user-agent` as well;
//! IIS writes its blanks as `+`, which are blanks again there. A request gets its whole target as `c-uri`.

use crate::flat::Flat;
use crate::source::Reason;
use crate::time::{self, log};
use std::borrow::Cow;

/// How many columns a log can have; rows with more do not fit.
const COLUMNS: usize = 1_024;

/// Whether a line is a header of such a log.
pub(crate) fn recognise(line: &str) -> bool {
    ["#Fields:", "#Software:", "#Version:", "#Date:", "#Start-Date:"].iter().any(|it| line.starts_with(it))
}

/// Reads the rows of one stream; remembers what the `#` lines have said.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    columns: Vec<Column>,
    kind: &'static str,
    /// Of the last `#Date`, for logs whose rows hold the time of day alone.
    date: String,
    by_comma: bool,
}

#[derive(Debug)]
struct Column {
    /// As `#Fields` has it.
    name: String,
    /// The name of the header that it holds, as Sigma has it.
    header: Option<String>,
}

impl Reader {
    /// Takes in a line that begins with `#`. False: it does not.
    pub(crate) fn directive(&mut self, line: &str) -> bool {
        if let Some(names) = line.strip_prefix("#Fields:") {
            self.fields(names.trim());
        } else if let Some(date) = line.strip_prefix("#Date:").or_else(|| line.strip_prefix("#Start-Date:")) {
            date.split_ascii_whitespace().next().unwrap_or_default().clone_into(&mut self.date);
        }
        line.starts_with('#')
    }

    fn fields(&mut self, names: &str) {
        self.by_comma = names.contains(',') && !names.contains(' ');
        let split = |it: char| if self.by_comma { it == ',' } else { it.is_ascii_whitespace() };
        let names = names.split(split).filter(|it| !it.is_empty());
        self.columns = names.take(COLUMNS).map(Column::new).collect();
        let has = |name: &str| self.columns.iter().any(|it| it.name == name);
        self.kind = if has("cs-uri-stem") && !has("cs-uri-scheme") {
            "web"
        } else if has("cs-host") || has("c-uri") || has("cs-uri") || has("cs-uri-scheme") {
            "proxy"
        } else if has("src-ip") && has("dst-port") {
            "firewall"
        } else {
            "w3c"
        };
    }

    /// Reads one row.
    pub(crate) fn read<'a>(&'a self, line: &'a str) -> Result<Flat<'a>, Reason> {
        if self.columns.is_empty() {
            return Err(Reason::NoFields);
        }
        let cells = self.cells(line);
        let (got, want) = (cells.len(), self.columns.len());
        if got != want {
            return Err(Reason::Columns { got, want });
        }
        let mut flat = Flat { kind: self.kind.into(), ..Flat::default() };
        for (column, cell) in self.columns.iter().zip(&cells) {
            flat.given(&*column.name, *cell);
            if let Some(header) = &column.header {
                flat.given(&**header, blanks(cell));
            }
        }
        let cell = |name: &str| {
            let at = self.columns.iter().position(|it| it.name == name)?;
            cells.get(at).copied().filter(|it| !matches!(*it, "" | "-"))
        };
        flat.time = self.time(&cell);
        request(&mut flat, &cell);
        Ok(flat)
    }

    /// The cells of a row: between tabs where it has any, else between blanks or commas; `"` holds a cell together.
    fn cells<'a>(&self, line: &'a str) -> Vec<&'a str> {
        let separator = match line.contains('\t') {
            true => '\t',
            false if self.by_comma => ',',
            false => ' ',
        };
        let mut rest = line.trim_end_matches([' ', '\t']);
        let mut cells = Vec::with_capacity(self.columns.len());
        // One cell too many says that the row does not fit; there is no need to hold more.
        while cells.len() <= self.columns.len() {
            if let Some(inside) = rest.strip_prefix('"')
                && let Some((cell, after)) = inside.split_once('"')
                && (after.is_empty() || after.starts_with(separator))
            {
                cells.push(cell);
                rest = after;
            } else {
                let end = rest.find(separator).unwrap_or(rest.len());
                let (cell, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                cells.push(cell);
                rest = after;
            }
            match rest.strip_prefix(separator) {
                Some(after) => rest = after,
                None => break,
            }
        }
        cells
    }

    fn time<'a>(&self, cell: &impl Fn(&str) -> Option<&'a str>) -> Option<i64> {
        if let Some(clock) = cell("time") {
            return log::civil(cell("date").unwrap_or(&self.date), clock);
        }
        let whole = ["date-time", "timestamp", "x-timestamp", "gmttime"].iter().find_map(|it| cell(it))?;
        time::iso(whole).or_else(|| time::epoch(whole))
    }
}

impl Column {
    fn new(name: &str) -> Self {
        let header = name.strip_suffix(')').and_then(|it| it.split_once('('));
        let header = header.map(|(side, header)| format!("{side}-{}", header.to_ascii_lowercase()));
        Self { name: name.to_owned(), header }
    }
}

/// Adds what the columns say together: the whole target, and for a proxy the whole URL.
fn request<'a>(flat: &mut Flat<'a>, cell: &impl Fn(&str) -> Option<&'a str>) {
    let Some(stem) = cell("cs-uri-stem").or_else(|| cell("cs-uri-path")) else { return };
    let query = cell("cs-uri-query");
    let mut target = stem.to_owned();
    if let Some(query) = query {
        target.push_str(if query.starts_with('?') { "" } else { "?" });
        target.push_str(query);
    }
    match (cell("cs-uri-scheme"), cell("cs-host")) {
        (Some(scheme), Some(host)) => {
            let port =
                cell("cs-uri-port").filter(|it| !matches!((scheme, *it), ("http", "80") | ("https", "443")));
            let colon = if port.is_some() { ":" } else { "" };
            flat.text("c-uri", format!("{scheme}://{host}{colon}{}{target}", port.unwrap_or_default()));
        }
        _ => flat.text("c-uri", target),
    }
    if let Some((_, extension)) = stem.rsplit('/').next().and_then(|it| it.rsplit_once('.'))
        && cell("cs-uri-extension").is_none()
    {
        flat.given("c-uri-extension", extension);
    }
}

/// A header as it was sent: IIS writes blanks as `+`.
fn blanks(text: &str) -> Cow<'_, str> {
    if text.contains('+') && !text.contains(' ') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::told;

    #[track_caller]
    fn check(header: &str, row: &str, want: &str) {
        let mut reader = Reader::default();
        for line in header.lines() {
            assert!(recognise(line) && reader.directive(line), "{line}");
        }
        assert_eq!(reader.read(row).map_or_else(|it| it.to_string(), |it| told(&it)), want, "{row}");
    }

    #[test]
    fn iis() {
        check(
            "#Software: IIS\n#Date: 2021-04-01 00:00:21\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status",
            "2021-04-01 00:00:21 192.0.2.1 GET /a.asp x=1 80 198.51.100.2 Mozilla/5.0+(X) 200",
            "web at 1617235221 date=2021-04-01 time=00:00:21 s-ip=192.0.2.1 cs-method=GET cs-uri-stem=/a.asp cs-uri-query=x=1 s-port=80 c-ip=198.51.100.2 cs(User-Agent)=Mozilla/5.0+(X) cs-user-agent=Mozilla/5.0 (X) sc-status=200 c-uri=/a.asp?x=1 c-uri-extension=asp",
        );
        check(
            "#Date: 2013-07-30 00:00:00\n#Fields: time cs-method cs-uri-stem ",
            "00:00:03 GET /a ",
            "web at 1375142403 time=00:00:03 cs-method=GET cs-uri-stem=/a c-uri=/a",
        );
    }

    #[test]
    fn proxies_and_firewalls() {
        check(
            "#Fields: date time c-ip cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent)",
            "2021-04-01 00:00:21 192.0.2.1 https a.example 8443 /x ?y \"A B\"",
            "proxy at 1617235221 date=2021-04-01 time=00:00:21 c-ip=192.0.2.1 cs-uri-scheme=https cs-host=a.example cs-uri-port=8443 cs-uri-path=/x cs-uri-query=?y cs(User-Agent)=A B cs-user-agent=A B c-uri=https://a.example:8443/x?y",
        );
        check(
            "#Version: 1.5\n#Fields: date time action protocol src-ip dst-ip src-port dst-port",
            "2005-04-11 08:05:57 DROP UDP 192.0.2.1 192.0.2.255 137 137",
            "firewall at 1113206757 date=2005-04-11 time=08:05:57 action=DROP protocol=UDP src-ip=192.0.2.1 dst-ip=192.0.2.255 src-port=137 dst-port=137",
        );
    }

    #[test]
    fn tabs_and_commas() {
        check(
            "#Fields: date time cs(Host) x",
            "2021-04-01\t00:00:21\ta b\t-",
            "w3c at 1617235221 date=2021-04-01 time=00:00:21 cs(Host)=a b cs-host=a b",
        );
        check(
            "#Fields: date-time,client-ip",
            "2021-04-01T00:00:21Z,192.0.2.1",
            "w3c at 1617235221 date-time=2021-04-01T00:00:21Z client-ip=192.0.2.1",
        );
    }

    #[test]
    fn rows_that_do_not_fit() {
        check("", "a b", "a row before any `#fields` line, so its columns have no names");
        check("#Fields: a b", "1", "1 columns where `#fields` names 2");
        check("#Fields: a b", "1 2 3 4", "3 columns where `#fields` names 2");
        check("#Fields: a b", "\"1 2", "w3c a=\"1 b=2");
    }
}
