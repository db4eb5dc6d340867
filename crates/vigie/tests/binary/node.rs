//! A node of the real binary, and a client that sends what it is told, byte for byte.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// Where the tests add and read objects.
pub(crate) const OBJECTS: &str = "/api/collections/shared/objects/";

/// Everything that a collection holds, for `GET`.
pub(crate) const EVERYTHING: &str = "match[version]=all&match[spec_version]=2.0,2.1";

/// Runs the binary to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vigie")).args(arguments).env_remove("VIGIE_DATA").output().unwrap()
}

/// Runs a command that must succeed, and gives what it printed.
#[track_caller]
pub(crate) fn succeed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The folder of a node, with a token that may do everything.
pub(crate) struct Home {
    pub(crate) folder: PathBuf,
    secret: String,
}

impl Home {
    /// A node within a folder.
    pub(crate) fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let folder = folder.join("node");
        let data = folder.to_str().unwrap();
        succeed(&["init", "--data", data, "--nation", "MA", "--name", "CERT of the test"]);
        let all = ["--read", "all", "--write", "all"];
        let secret = succeed(&[&["token", "add", "--data", data, "--name", "tester"][..], &all].concat());
        Self { folder, secret }
    }

    pub(crate) fn data(&self) -> &str {
        self.folder.to_str().unwrap()
    }

    pub(crate) fn serve(&self) -> Node {
        self.serve_by(Command::new(env!("CARGO_BIN_EXE_vigie"))).unwrap()
    }

    /// Serves with a command that ends in the binary; gives what it told if it ended before it was ready.
    pub(crate) fn serve_by(&self, mut command: Command) -> Result<Node, String> {
        command.args(["serve", "--plain-http", "--listen", "127.0.0.1:0", "--data"]).arg(&self.folder);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let told = Arc::new(Mutex::new(String::new()));
        let tell = |told: &Mutex<String>, line: &str| told.lock().unwrap().extend([line, "\n"]);
        let ready = lines.find_map(|line| {
            tell(&told, &line);
            line.strip_prefix("listening on http://").map(str::to_owned)
        });
        let Some(address) = ready else {
            let status = child.wait().unwrap();
            return Err(format!("{status}: {}", told.lock().unwrap()));
        };
        let log = Arc::clone(&told);
        std::thread::spawn(move || lines.for_each(|line| tell(&log, &line)));
        let client = Client { address: address.parse().unwrap(), secret: self.secret.clone() };
        Ok(Node { child, client, told })
    }
}

/// A node that is stopped when the test ends, however it ends.
pub(crate) struct Node {
    child: Child,
    pub(crate) client: Client,
    told: Arc<Mutex<String>>,
}

impl Node {
    /// What it wrote to standard error so far.
    pub(crate) fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Whether it writes these words to standard error: they may come after its answer.
    pub(crate) fn tells(&self, words: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.told().contains(words) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.told().contains(words)
    }

    /// The most memory that it ever held, in MiB.
    pub(crate) fn peak_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() / 1024
    }

    /// Asks it to stop, as an operator does.
    pub(crate) fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended.
    #[track_caller]
    pub(crate) fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it still runs after {limit:?}:\n{}", self.told());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// It still does all its work: it takes an object in and gives it back.
    #[track_caller]
    pub(crate) fn works(&self, number: usize) {
        let text = crate::samples::indicator(number);
        let answer = self.client.post(&crate::samples::envelope(std::slice::from_ref(&text)));
        assert_eq!(answer.status, 202, "{}\n{}", answer.text(), self.told());
        assert_eq!(answer.json()["success_count"], 1, "{}", answer.text());
        let path = format!("{OBJECTS}{}/", crate::samples::id("indicator", number));
        let back = self.client.get(&path);
        assert_eq!(back.text(), crate::samples::envelope(&[text]), "{}", self.told());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself, which the checks have shown by then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who asks a node, one connection a request.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    secret: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// An open connection to the node.
    pub(crate) fn connect(&self) -> TcpStream {
        let tcp = TcpStream::connect(self.address).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        tcp
    }

    /// The head of a request, with more headers, each ending in a line break.
    pub(crate) fn head(&self, method: &str, path: &str, more: &str) -> String {
        let Self { address, secret } = self;
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: {TAXII}\r\n\
             Authorization: Bearer {secret}\r\n{more}\r\n"
        )
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_send(&self.head("GET", path, ""), b"").unwrap()
    }

    pub(crate) fn post(&self, body: &str) -> Answer {
        self.send(body.as_bytes(), "")
    }

    /// Adds a body, with more headers.
    pub(crate) fn send(&self, body: &[u8], more: &str) -> Answer {
        self.try_post(body, more).unwrap()
    }

    /// The same from a node that may end meanwhile: none when no whole answer came.
    pub(crate) fn try_post(&self, body: &[u8], more: &str) -> Option<Answer> {
        let more = format!("Content-Type: {TAXII}\r\nContent-Length: {}\r\n{more}", body.len());
        self.try_send(&self.head("POST", OBJECTS, &more), body)
    }

    fn try_send(&self, head: &str, body: &[u8]) -> Option<Answer> {
        let mut tcp = TcpStream::connect(self.address).ok()?;
        tcp.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
        tcp.write_all(head.as_bytes()).ok()?;
        // The node may answer before it has read the whole body.
        let _ = tcp.write_all(body);
        Answer::read(&mut tcp)
    }

    /// The exact texts of all that the collection holds, by pages of this size.
    pub(crate) fn everything(&self, limit: usize) -> Vec<String> {
        let (mut texts, mut next) = (Vec::new(), String::new());
        loop {
            let answer = self.get(&format!("{OBJECTS}?limit={limit}&{EVERYTHING}{next}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            texts.extend(crate::dataset::texts_of("a page", &answer.body));
            match answer.json()["next"].as_str() {
                Some(token) => next = format!("&next={token}"),
                None => return texts,
            }
        }
    }
}

impl Answer {
    /// Reads to the end of the connection; none if what came is not a whole answer.
    pub(crate) fn read(tcp: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut piece = [0; 8192];
        while let Ok(count @ 1..) = tcp.read(&mut piece) {
            bytes.extend_from_slice(&piece[..count]);
        }
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
        let head = String::from_utf8(bytes[..end].to_vec()).ok()?.to_ascii_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = bytes[end + 4..].to_vec();
        let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
        let whole = length.is_none_or(|it| it == body.len().to_string());
        whole.then_some(Self { status, head, body })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}
