//! Paths in archives.

/// A path within the evidence: parts joined by `/`, none of them `.`, none at the front. `None` where it leads out of the
/// evidence, or nowhere. An absolute path is taken from the root of the evidence.
pub(super) fn within(path: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(path);
    if text.contains('\0') {
        return None;
    }
    let parts: Vec<&str> = text.split('/').filter(|it| !it.is_empty() && *it != ".").collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, want: Option<&str>) {
        assert_eq!(within(path.as_bytes()).as_deref(), want);
    }

    #[test]
    fn paths() {
        check("a/b", Some("a/b"));
        check("./a//b/", Some("a/b"));
        check("/private/var/a", Some("private/var/a"));
        check("a/..b/c..", Some("a/..b/c.."));
        check("../a", None);
        check("a/../../b", None);
        check("/..", None);
        check("", None);
        check("./", None);
        check("a\0b", None);
    }
}
