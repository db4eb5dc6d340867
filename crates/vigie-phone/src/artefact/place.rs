//! Where artefacts lie: paths with stars.
//!
//! Evidence may have hundreds of thousands of files, and each is held against every place. So what a path must begin and end
//! with is known beforehand, and nearly every path is told apart by that.

/// A path in which `*` stands for any characters of one part, and `**/` at the front for any parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    parts: &'p str,
    /// Whether it may lie in any folder.
    anywhere: bool,
    /// What stands before the first star.
    start: &'p str,
    /// What stands after the last.
    end: &'p str,
}

impl<'p> Place<'p> {
    pub(super) fn new(place: &'p str) -> Self {
        let below = place.strip_prefix("**/");
        let parts = below.unwrap_or(place);
        let start = parts.split_once('*').map_or(parts, |it| it.0);
        let end = parts.rsplit_once('*').map_or(parts, |it| it.1);
        let anywhere = below.is_some();
        Self { parts, anywhere, start: if anywhere { "" } else { start }, end }
    }

    /// Whether a path is at it.
    pub(super) fn has(&self, path: &str) -> bool {
        if !path.starts_with(self.start) || !path.ends_with(self.end) {
            return false;
        }
        let path = if self.anywhere { last_parts(path, self.parts.matches('/').count() + 1) } else { path };
        let (mut parts, mut wanted) = (path.split('/'), self.parts.split('/'));
        loop {
            match (wanted.next(), parts.next()) {
                (None, None) => return true,
                (Some(wanted), Some(part)) if fits(wanted, part) => {}
                _ => return false,
            }
        }
    }
}

/// So many parts of a path, from its end.
fn last_parts(path: &str, parts: usize) -> &str {
    path.rmatch_indices('/').nth(parts - 1).and_then(|it| path.get(it.0 + 1..)).unwrap_or(path)
}

/// Whether a part of a path is as wanted.
fn fits(wanted: &str, part: &str) -> bool {
    let Some((before, after)) = wanted.split_once('*') else { return wanted == part };
    let Some(mut rest) = part.strip_prefix(before) else { return false };
    let mut pieces = after.split('*');
    let Some(last) = pieces.next_back() else { return true };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_characters_of_one_part() {
        #[track_caller]
        fn check(place: &str, path: &str, want: bool) {
            assert_eq!(Place::new(place).has(path), want, "{place} {path}");
        }
        check("a/b.db", "a/b.db", true);
        check("a/b.db", "a/b.db-wal", false);
        check("a/b.db", "c/a/b.db", false);
        check("a/*.db", "a/b.db", true);
        check("a/*.db", "a/b/c.db", false);
        check("AppDomain-*/Documents/x", "AppDomain-com.example/Documents/x", true);
        check("a/profile-*.*b", "a/profile-1.stub", true);
        check("a/*", "a", false);
        check("**/Cache.db", "a/b/Cache.db", true);
        check("**/Cache.db", "Cache.db", true);
        check("**/Cache.db", "a/NoCache.db", false);
        check("**/c/*.db", "a/b/c/d.db", true);
        check("**/c/*.db", "d.db", false);
        check("shutdown*.log", "shutdown.0.log", true);
        check("ab*ba", "aba", false);
    }
}
