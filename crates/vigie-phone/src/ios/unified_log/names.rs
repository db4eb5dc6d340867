//! What a message of the log names, and whether anything of it is new.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;

use vigie_model::event::{Observable, Observed};

use crate::ios::draft::Draft;
use crate::ios::texts;
use crate::link;

/// No message names more of a sort than this.
const NAMED: usize = 64;

/// Adds what a message names: what any line of a log names, and hosts and addresses that stand alone.
pub(super) fn named(draft: &mut Draft, message: &str) {
    texts::named(draft, message);
    for link in link::of(message).filter(|it| !it.contains("://")).take(NAMED) {
        draft.link(link);
    }
    let stops = |it: char| !(it.is_ascii_alphanumeric() || ".-_:".contains(it));
    let words = message.split(stops).map(|it| it.trim_end_matches(['.', ':', '-', '_']));
    for host in words.filter_map(host).take(NAMED) {
        draft.host(host);
    }
}

/// A word that is a host, perhaps with a port: an address that others can reach, or a name below a public suffix.
fn host(word: &str) -> Option<&str> {
    if word.len() < 4 || word.len() > 260 {
        return None;
    }
    let port = |it: &(&str, &str)| !it.0.contains(':') && it.1.bytes().all(|it| it.is_ascii_digit());
    let host = word.rsplit_once(':').filter(port).map_or(word, |it| it.0);
    if let Ok(address) = host.parse::<IpAddr>() {
        let own = match address {
            IpAddr::V4(it) => it.is_private() || it.is_link_local(),
            IpAddr::V6(it) => it.is_unique_local() || it.is_unicast_link_local(),
        };
        let nobody = address.is_loopback() || address.is_unspecified() || address.is_multicast();
        return (!own && !nobody).then_some(host);
    }
    // Names of programs read like names of hosts, backwards: `com.example.app`.
    let backwards = ["com.", "net.", "org."].iter().any(|it| host.starts_with(it));
    let name = host.contains('.') && !host.contains(':') && !backwards;
    let suffix = name.then(|| psl::suffix(host.as_bytes())).flatten()?;
    (suffix.is_known() && suffix.as_bytes().len() < host.len()).then_some(host)
}

/// What was named before. So many things are remembered.
pub(super) struct Known {
    hashes: HashSet<u64>,
    // Of this run alone, so that nobody can write two names that are taken for one.
    by: RandomState,
    most: usize,
}

impl Known {
    pub(super) fn new(most: usize) -> Self {
        Self { hashes: HashSet::new(), by: RandomState::new(), most }
    }

    /// Whether any of it was not named before; remembers all of it.
    pub(super) fn is_news(&mut self, named: &[Observable<'_>]) -> bool {
        let mut news = false;
        for seen in named {
            let hash = match &seen.value {
                Observed::Text(text) => self.by.hash_one((seen.path, &**text)),
                other => self.by.hash_one((seen.path, format!("{other:?}"))),
            };
            if self.hashes.len() >= self.most {
                news |= !self.hashes.contains(&hash);
            } else {
                news |= self.hashes.insert(hash);
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::told_of;

    #[test]
    fn messages_name_hosts() {
        #[track_caller]
        fn check(message: &str, want: &str) {
            let mut draft = Draft::of("entry", 1);
            named(&mut draft, message);
            assert_eq!(told_of(draft), want, "{message}");
        }
        check("[C1 c2.example.org:443 tcp] start", "domain-name:value=c2.example.org");
        check("Query for bad-site.com. A", "domain-name:value=bad-site.com");
        check("to 203.0.113.7:443 by 192.168.1.2 and 127.0.0.1", "ipv4-addr:value=203.0.113.7");
        check("to 2001:db8::1 by fe80::1", "ipv6-addr:value=2001:db8::1");
        check("com.apple.app main.swift 1.2.3 12:34:56.789", "app:id=com.apple.app");
        check("open https://bad.example/x", "url:value=https://bad.example/x domain-name:value=bad.example");
        check("", "");
    }

    #[test]
    fn what_was_named_is_no_news() {
        let mut known = Known::new(3);
        let mut is_news = |message: &str| {
            let mut draft = Draft::of("entry", 1);
            named(&mut draft, message);
            known.is_news(&draft.record("x", &"x".into(), 0).seen)
        };
        assert!(is_news("https://a.example/x"));
        assert!(!is_news("again https://a.example/x"));
        assert!(is_news("https://a.example/x https://b.example/y"));
        // There is no more room, and nothing is held back for that.
        assert!(is_news("https://c.example/x"));
        assert!(is_news("https://c.example/x"));
        assert!(!is_news("nothing"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}", near in "[:@. A-Fa-f0-9é/-]{0,60}") {
            for text in [&text, &near] {
                named(&mut Draft::of("entry", 1), text);
            }
        }
    }
}
