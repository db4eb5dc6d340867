//! The pages in a real browser, without a screen.
//!
//! `cargo xtask test` says in `VIGIE_TEST_BROWSER` where a Chromium is. The screenshots stay in
//! `target/tmp/pages`, for people to look at.

use std::path::{Path, PathBuf};
use std::process::Command;

use vigie_model::member::Membership;
use vigie_model::token::Scope;

use crate::node::{Node, Token};

#[test]
fn a_browser_shows_the_pages() {
    let Some(browser) = std::env::var_os("VIGIE_TEST_BROWSER").map(PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "VIGIE_TEST_BROWSER is not set; run `cargo xtask test`");
        eprintln!("skipped: VIGIE_TEST_BROWSER does not say where a Chromium is");
        return;
    };
    let node = Node::start();
    let own = node.token(None, Scope::All);
    node.ally("AE", "aeCERT", Membership::Active);
    node.ally("BH", "CERT.bh", Membership::Suspended);
    node.ally("US", "US-CERT", Membership::Left);
    let id = node.publish("Cold Harbour command server", "updates.cold-harbour.example", Some("AE"));
    node.sensor_sees("updates.cold-harbour.example", &own, 1);
    let alert = node.wait_for(&own, "/alert", "cold-harbour").links("/alert/").remove(0);

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    let shown = Shown { browser, node: &node, own: &own, folder: &folder };
    shown.check(
        "overview",
        "/",
        1280,
        &["Newest intelligence", "Cold Harbour command server", "1 not reached"],
    );
    shown.check("overview-narrow", "/?lang=fr", 500, &["Derniers renseignements", "1 suspendu"]);
    shown.check("intel-list", "/intel", 1280, &["Handling", "REL AE,MA"]);
    shown.check("intel-show", &format!("/intel/{id}"), 1280, &["Newest version", "Second line."]);
    shown.check("alert-show", &alert, 1280, &["The comparisons that were true", "domain-name:value"]);
    shown.check("peer-list", "/peer", 1280, &["Allies by country", "US-CERT"]);
}

struct Shown<'n> {
    browser: PathBuf,
    node: &'n Node,
    own: &'n Token,
    folder: &'n Path,
}

impl Shown<'_> {
    /// Opens a page, keeps how it looks, and finds these texts in what the browser made of it.
    #[track_caller]
    fn check(&self, name: &str, path: &str, width: u32, texts: &[&str]) {
        let picture = self.folder.join(format!("{name}.png"));
        let _ = std::fs::remove_file(&picture);
        let made = self.open(
            path,
            &[
                &format!("--screenshot={}", picture.display()),
                &format!("--window-size={width},900"),
                "--dump-dom",
            ],
        );
        for text in texts {
            assert!(made.contains(text), "{name}: no `{text}` in {made}");
        }
        let png = std::fs::read(&picture).unwrap_or_else(|error| panic!("{name}: no picture: {error}"));
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n", "{name}");
        assert_eq!((number(16), number(20)), (width, 900), "{name}");
        // An empty page of this size is a few kilobytes.
        assert!(png.len() > 20_000, "{name}: {} bytes", png.len());
    }

    fn open(&self, path: &str, arguments: &[&str]) -> String {
        let profile = tempfile::TempDir::new().unwrap();
        let Token { name, secret } = self.own;
        let run = Command::new(&self.browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--hide-scrollbars")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(arguments)
            .arg(format!("http://{name}:{secret}@{}{path}", self.node.address))
            .output()
            .unwrap();
        assert!(run.status.success(), "{path}: {}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).into_owned()
    }
}
