//! Fields that are made of other fields, under the names that Sigma's rules use.

use std::borrow::Cow;
use vigie_model::event::{Field, Scalar};

/// A way to make fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Derive {
    /// `md5`, `sha1`, `sha256`, `imphash` of `Hashes` (`MD5=…,SHA256=…`).
    Hashes,
    /// `TargetObject` and `Details` of the Security log's `ObjectName`, `ObjectValueName` and `NewValue`.
    Registry,
    /// `Initiated` of the Security log's `Direction`.
    Direction,
    /// `cs-uri-stem` and `cs-uri-query` of `c-uri`.
    Uri,
    /// The lines `Name=value` of the classic PowerShell log's `Data`, or of its message.
    PowerShell,
}

impl Derive {
    /// By its word in mapping files.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "hashes" => Self::Hashes,
            "registry" => Self::Registry,
            "direction" => Self::Direction,
            "uri" => Self::Uri,
            "powershell" => Self::PowerShell,
            _ => return None,
        })
    }

    /// Adds what can be made of these fields.
    pub(super) fn add(self, fields: &mut Vec<Field<'_>>) {
        match self {
            Self::Hashes => hashes(fields),
            Self::Registry => registry(fields),
            Self::Direction => direction(fields),
            Self::Uri => uri(fields),
            Self::PowerShell => powershell(fields),
        }
    }
}

/// The first text under a name.
fn text<'f, 'a>(fields: &'f [Field<'a>], name: &str) -> Option<&'f Cow<'a, str>> {
    let field = fields.iter().find(|it| it.name == name)?;
    match &field.value {
        Scalar::Text(it) | Scalar::Number(it) => Some(it),
        Scalar::Null | Scalar::Bool(_) => None,
    }
}

fn push<'a>(fields: &mut Vec<Field<'a>>, name: &'static str, value: Cow<'a, str>) {
    fields.push(Field { name: Cow::Borrowed(name), value: Scalar::Text(value) });
}

/// A part of a text, borrowed where the text is.
fn part<'a>(text: &Cow<'a, str>, from: usize, to: usize) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(it) => Cow::Borrowed(it.get(from..to).unwrap_or_default()),
        Cow::Owned(it) => Cow::Owned(it.get(from..to).unwrap_or_default().to_owned()),
    }
}

fn hashes(fields: &mut Vec<Field<'_>>) {
    const NAMES: &[(&str, &str)] =
        &[("MD5", "md5"), ("SHA1", "sha1"), ("SHA256", "sha256"), ("IMPHASH", "imphash")];
    let Some(all) = text(fields, "Hashes").or_else(|| text(fields, "Hash")).cloned() else { return };
    let mut start = 0;
    for piece in all.split(',') {
        let end = start + piece.len();
        if let Some((written, _)) = piece.split_once('=')
            && let Some((_, name)) = NAMES.iter().find(|it| it.0.eq_ignore_ascii_case(written.trim()))
        {
            push(fields, name, part(&all, start + written.len() + 1, end));
        }
        start = end + 1;
    }
}

fn registry(fields: &mut Vec<Field<'_>>) {
    const HIVES: &[(&str, &str)] = &[("\\REGISTRY\\MACHINE", "HKLM"), ("\\REGISTRY\\USER", "HKU")];
    let Some(key) = text(fields, "ObjectName").cloned() else { return };
    let hive =
        HIVES.iter().find(|it| key.get(..it.0.len()).is_some_and(|head| head.eq_ignore_ascii_case(it.0)));
    let mut target = match hive {
        Some((long, short)) => format!("{short}{}", key.get(long.len()..).unwrap_or_default()),
        None => key.into_owned(),
    };
    if let Some(value) = text(fields, "ObjectValueName").filter(|it| !it.is_empty() && **it != "-") {
        target.push('\\');
        target.push_str(value);
    }
    push(fields, "TargetObject", Cow::Owned(target));
    if let Some(data) = text(fields, "NewValue").cloned() {
        push(fields, "Details", data);
    }
}

/// `%%14592` is an incoming connection, `%%14593` an outgoing one.
fn direction(fields: &mut Vec<Field<'_>>) {
    let initiated = match text(fields, "Direction").map(|it| &**it) {
        Some("%%14592" | "Inbound") => "false",
        Some("%%14593" | "Outbound") => "true",
        _ => return,
    };
    push(fields, "Initiated", Cow::Borrowed(initiated));
}

/// The path and the query of `c-uri`, which may be a path or a whole URL.
fn uri(fields: &mut Vec<Field<'_>>) {
    let Some(uri) = text(fields, "c-uri").cloned() else { return };
    let host = uri.find("://").map_or(0, |it| it + 3);
    let rest = uri.get(host..).unwrap_or_default();
    let path = if host == 0 { 0 } else { host + rest.find('/').unwrap_or(rest.len()) };
    let end = uri.find('#').unwrap_or(uri.len()).max(path);
    let query = uri.get(path..end).and_then(|it| it.find('?')).map(|it| path + it);
    push(fields, "cs-uri-stem", part(&uri, path, query.unwrap_or(end)));
    if let Some(query) = query {
        push(fields, "cs-uri-query", part(&uri, query + 1, end));
    }
}

/// `\tHostApplication=powershell.exe …` in lines, as events 400, 600 and 800 have them in their last part.
fn powershell(fields: &mut Vec<Field<'_>>) {
    const LINES: usize = 64;
    let mut found = Vec::new();
    for field in fields.iter().filter(|it| matches!(&*it.name, "Data" | "Message" | "message")) {
        for line in field.value.text().unwrap_or_default().lines() {
            let Some((name, value)) = line.trim().split_once('=') else { continue };
            let plain = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric());
            if plain && found.len() < LINES && fields.iter().all(|it| it.name != name) {
                found.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    for (name, value) in found {
        if fields.iter().all(|it| it.name != name) {
            fields.push(Field { name: Cow::Owned(name), value: Scalar::Text(Cow::Owned(value)) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, given: &[(&'static str, &'static str)], want: &[&str]) {
        let mut fields = Vec::new();
        for (name, value) in given {
            push(&mut fields, name, Cow::Borrowed(value));
        }
        Derive::named(word).expect("a word").add(&mut fields);
        let got: Vec<_> = fields
            .iter()
            .skip(given.len())
            .map(|it| format!("{}={}", it.name, it.value.text().unwrap_or("null")))
            .collect();
        assert_eq!(got, want, "{word} {given:?}");
    }

    #[test]
    fn fields_are_made_of_others() {
        check("hashes", &[("Hashes", "SHA1=aa,MD5=BB,IMPHASH=cc,X=1")], &["sha1=aa", "md5=BB", "imphash=cc"]);
        check("hashes", &[("Hashes", "")], &[]);
        check(
            "registry",
            &[
                ("ObjectName", "\\REGISTRY\\MACHINE\\SOFTWARE\\Run"),
                ("ObjectValueName", "a"),
                ("NewValue", "b.exe"),
            ],
            &["TargetObject=HKLM\\SOFTWARE\\Run\\a", "Details=b.exe"],
        );
        check("registry", &[("ObjectName", "C:\\x")], &["TargetObject=C:\\x"]);
        check("direction", &[("Direction", "%%14593")], &["Initiated=true"]);
        check("direction", &[("Direction", "x")], &[]);
        check("uri", &[("c-uri", "/a/b?c=d")], &["cs-uri-stem=/a/b", "cs-uri-query=c=d"]);
        check("uri", &[("c-uri", "http://h.example/a?b?c#d")], &["cs-uri-stem=/a", "cs-uri-query=b?c"]);
        check("uri", &[("c-uri", "http://h.example")], &["cs-uri-stem="]);
        check("uri", &[("c-uri", "/a#b?c")], &["cs-uri-stem=/a"]);
        check(
            "powershell",
            &[("Data", "Stopped"), ("Data", "\tHostName=x\r\n\tHostApplication=p -c a=b\r\n\tHostName=y\n")],
            &["HostName=x", "HostApplication=p -c a=b"],
        );
    }
}
