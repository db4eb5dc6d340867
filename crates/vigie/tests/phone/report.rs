//! The report in a real browser: nothing runs off the page at any width, what is read from right to left begins at the
//! right, Arabic and Hebrew are drawn as such, and the page asks nothing of anybody.
//!
//! `cargo xtask test` says in `VIGIE_TEST_BROWSER` where a Chromium is. The pictures stay in `target/tmp/phone`, for people to
//! look at. `measure.js` measures.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Each language, whether it is read from right to left, and how its headline is measured in a picture.
const LANGUAGES: [(&str, bool); 4] = [("en", false), ("fr", false), ("ar", true), ("he", true)];

#[test]
fn a_browser_shows_the_report() {
    let Some(browser) = browser() else { return };
    let desk = tempfile::tempdir().unwrap();
    let out = check(desk.path());
    let pages = LANGUAGES.map(|(language, _)| {
        let name =
            if language == "en" { "report.html".to_owned() } else { format!("report.{language}.html") };
        (language, fs::read_to_string(out.join(name)).unwrap())
    });
    for (language, page) in &pages {
        asks_nothing(language, page);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("phone");
    fs::create_dir_all(&folder).unwrap();
    let ink = LANGUAGES.map(|(language, from_right)| {
        let name =
            if language == "en" { "report.html".to_owned() } else { format!("report.{language}.html") };
        let narrow = picture(&browser, &out.join(&name), &folder.join(format!("{language}-narrow.png")), 500);
        narrow.headline();
        let wide = picture(&browser, &out.join(&name), &folder.join(format!("{language}.png")), 1280);
        (language, from_right, wide.headline())
    });
    let told = measure(&browser, desk.path(), &pages);
    if told["arabic"]["boxes"] != 0 || told["hebrew"]["boxes"] != 0 {
        assert!(std::env::var_os("CI").is_none(), "no font has Arabic and Hebrew; install fonts-dejavu-core");
        println!("skipped: no font here has Arabic and Hebrew; fonts-dejavu-core has");
        return;
    }
    let script = |letters: u64, joined| json!({ "letters": letters, "different": letters, "boxes": 0, "joined": joined });
    assert_eq!(told["arabic"], script(28, true));
    assert_eq!(told["hebrew"], script(22, false));
    for (language, from_right) in LANGUAGES {
        for form in ["wide", "narrow", "print"] {
            let name = format!("{language}-{form}");
            check_frame(&name, &told["shown"][&name], from_right);
        }
    }
    for (language, from_right, (left, right)) in ink {
        let (begins, ends) = if from_right { (right, left) } else { (left, right) };
        // The body is 960 wide in the middle of 1280; then come its padding, the bar and the padding of the verdict.
        assert!((208..=218).contains(&begins), "{language}: the headline begins {begins} from its edge");
        assert!(ends > begins + 100, "{language}: the headline ends {ends} from the other edge");
    }
}

fn browser() -> Option<PathBuf> {
    let browser = std::env::var_os("VIGIE_TEST_BROWSER").map(PathBuf::from);
    if browser.is_none() {
        assert!(std::env::var_os("CI").is_none(), "VIGIE_TEST_BROWSER is not set; run `cargo xtask test`");
        println!("skipped: VIGIE_TEST_BROWSER does not say where a Chromium is");
    }
    browser
}

/// Checks a phone of which there is something to tell in every part of the report, with long words in all of them.
fn check(desk: &Path) -> PathBuf {
    let phone = desk.join("phone");
    let long = "a-name-without-any-place-to-break-it-".repeat(4);
    let mut events = String::new();
    for (number, host) in
        [&format!("{}.evil.example", "label".repeat(9)), "b.evil.example", "evil.example"].iter().enumerate()
    {
        let time = 1_700_000_000_000_u64 + 40 * 86_400_000 * number as u64;
        let event = json!({"dns_event": {"event_time": time, "package_name": "com.example.spy", "hostname": host, "ip_addresses": ["192.0.2.1"]}});
        writeln!(events, "{event}").unwrap();
    }
    for (name, text) in [
        ("acquisition.json", json!({"uuid": "1", "started": "2026-03-21T10:00:00Z"}).to_string()),
        ("packages.json", json!([{"name": "com.example.spy", "files": [{"path": format!("/data/app/{long}/base.apk")}], "installer": "null"}, {"files": []}]).to_string()),
        ("root_binaries.json", json!(["/system/xbin/su"]).to_string()),
        ("files.json", format!("{}\n{{broken\n", json!({"path": format!("/data/local/tmp/{long}/تقرير"), "size": 1, "modified_time": 1_700_000_000}))),
        ("settings_global.txt", "adb_enabled=1\n".to_owned()),
        ("intrusion-logs/security.json", events),
    ] {
        let path = phone.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(desk.join("indicators-with-a-long-name-of-a-file.txt"), "evil.example\nabc\n198.51.100.7\n")
        .unwrap();
    let spy = "[app:id = 'com.example.spy']";
    let bundle = json!({"type": "bundle", "id": "bundle--00000001-17d4-4cbf-938f-98ee46b3cd3f", "objects": [
        {"type": "indicator", "spec_version": "2.1", "id": "indicator--00000002-17d4-4cbf-938f-98ee46b3cd3f", "created": "2026-01-01T00:00:00.000Z",
         "modified": "2026-01-01T00:00:00.000Z", "pattern": spy, "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z",
         "external_references": [{"source_name": "report", "url": format!("https://reports.example/{long}")}]},
    ]});
    fs::write(desk.join("spy.stix2"), bundle.to_string()).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args([
            "phone",
            "check",
            "phone",
            "--indicators",
            "indicators-with-a-long-name-of-a-file.txt",
            "spy.stix2",
        ])
        .args(["--out", "out", "--consent-given-by", "أمل Amal"])
        .current_dir(desk)
        .env_remove("VIGIE_DATA")
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    desk.join("out")
}

/// The page names nothing that a browser would fetch or run.
#[track_caller]
fn asks_nothing(language: &str, page: &str) {
    for word in [
        "<script",
        "<link",
        "<img",
        "<iframe",
        "<object",
        "@import",
        "url(",
        " src=",
        " onload",
        "javascript:",
    ] {
        assert!(!page.contains(word), "{language}: {word}");
    }
    for link in page.split(" href=\"").skip(1) {
        assert!(link.starts_with("report."), "{language}: {}", link.split('"').next().unwrap());
    }
    assert!(page.contains("default-src 'none'; style-src 'sha256-"), "{language}");
}

/// What the browser measured.
fn measure(browser: &Path, desk: &Path, pages: &[(&str, String)]) -> Value {
    let reports: serde_json::Map<String, Value> = pages
        .iter()
        .map(|(language, page)| {
            // The style of a printed page, on a page that is not printed: its policy knows only the sheet as it is.
            let (before, policy) = page.split_once("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
            let printed = before.to_owned() + policy.split_once('>').unwrap().1;
            let printed = printed.replace("@media print", "@media screen");
            ((*language).to_owned(), json!({ "page": page, "printed": printed }))
        })
        .collect();
    let reports = Value::from(reports).to_string().replace('<', "\\u003c");
    let script = include_str!("measure.js");
    let html = format!(
        "<!DOCTYPE html><html><body style=\"margin:0\"><script>const reports = {reports};\n{script}</script></body></html>"
    );
    let file = desk.join("measure.html");
    fs::write(&file, html).unwrap();
    let made =
        open(browser, &file, &["--dump-dom", "--virtual-time-budget=20000", "--window-size=1400,1000"]);
    let told = made.split_once("<pre id=\"told\">").and_then(|it| it.1.split_once("</pre>"));
    let told = told
        .unwrap_or_else(|| {
            panic!("the browser did not come to an end: {}", &made[made.len().saturating_sub(2000)..])
        })
        .0;
    let told = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&told).unwrap()
}

/// One page at one width.
#[track_caller]
fn check_frame(name: &str, told: &Value, from_right: bool) {
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{name}: {told}"));
    assert_eq!(told["direction"], if from_right { "rtl" } else { "ltr" }, "{name}");
    assert_eq!(told["styled"], "2px", "{name}: the style sheet is in force");
    assert_eq!(told["bar"], "8px", "{name}: the verdict's bar stands where reading begins");
    assert_eq!(told["page_is"], told["width"], "{name}: {}", told["too_wide"]);
    assert_eq!(told["too_wide"], json!([]), "{name}");
    // All headings begin at one edge, but for that of the verdict, which stands behind its bar.
    let headings = told["headings"].as_array().unwrap();
    assert!(headings.len() > 8, "{name}: {headings:?}");
    let begins: Vec<f64> = headings.iter().map(|it| number(&it["begins"])).collect();
    assert!(begins[1..].iter().all(|it| (it - begins[1]).abs() < 2.0), "{name}: {begins:?}");
    assert!(begins[0] > begins[1] + 10.0, "{name}: {begins:?}");
    assert!(headings[1..].iter().any(|it| number(&it["ends"]) > number(&it["begins"]) + 100.0), "{name}");
    // Lists are indented, with room for their numbers.
    let items = told["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|it| number(it) > 15.0), "{name}: {items:?}");
    assert!(number(&told["labels"]) >= 5.0 && number(&told["marks"]) >= 6.0, "{name}: {told}");
    assert_eq!(told["outside_drawing"], json!([]), "{name}: the timeline leaves its box");
    assert_eq!(told["touching"], 0, "{name}: words of the timeline touch");
    assert!(number(&told["smallest_text"]) >= 9.0, "{name}: words of the timeline are too small: {told}");
    assert_eq!((&told["fetched"], &told["scripts"]), (&json!([]), &json!(0)), "{name}");
}

/// What a page looks like.
struct Picture {
    width: usize,
    /// Whether each pixel has the colour of text, row by row.
    ink: Vec<Vec<bool>>,
}

fn picture(browser: &Path, page: &Path, to: &Path, width: u32) -> Picture {
    let _ = fs::remove_file(to);
    open(browser, page, &[&format!("--screenshot={}", to.display()), &format!("--window-size={width},5600")]);
    let mut reader =
        png::Decoder::new(std::io::BufReader::new(fs::File::open(to).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.bit_depth), (width, png::BitDepth::Eight));
    let dark = |it: &[u8]| it[..3].iter().all(|it| *it < 0x60);
    let rows = pixels.chunks(info.line_size);
    let ink = rows.map(|it| it.chunks(info.color_type.samples()).map(dark).collect()).collect();
    Picture { width: width as usize, ink }
}

impl Picture {
    /// How far the highest large letters stand from the left and the right edge: the first band of rows with ink that is
    /// higher than the letters of plain text. The bar beside them has another colour.
    fn headline(&self) -> (usize, usize) {
        let mut band: Vec<&Vec<bool>> = Vec::new();
        for row in &self.ink {
            if row.iter().any(|it| *it) {
                band.push(row);
            } else if band.len() >= 20 {
                break;
            } else {
                band.clear();
            }
        }
        assert!((20..90).contains(&band.len()), "the headline is {} pixels high", band.len());
        let inked = |at: &usize| band.iter().any(|row| row[*at]);
        let left = (0..self.width).find(inked).unwrap();
        let right = (0..self.width).rev().find(inked).unwrap();
        (left, self.width - 1 - right)
    }
}

fn open(browser: &Path, page: &Path, arguments: &[&str]) -> String {
    let profile = TempDir::new().unwrap();
    let run = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg("--hide-scrollbars")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}: {}", page.display(), String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).into_owned()
}
