//! Clients that dawdle, hang up, or come in crowds; and a node that stops while they are there.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::node::{Answer, Home, Node, OBJECTS, TAXII};
use crate::samples::{envelope, indicator, long_indicator};

/// Connections that one address may hold, by default.
const OF_ONE_ADDRESS: usize = 256;

fn serve(folder: &tempfile::TempDir) -> Node {
    Home::new(folder.path()).serve()
}

/// A connection from another address of this machine.
fn from_elsewhere(node: &Node) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = node.client.address;
    let tcp = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        socket.connect(address).await.unwrap().into_std().unwrap()
    });
    tcp.set_nonblocking(false).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    tcp
}

#[track_caller]
fn answers_elsewhere(node: &Node) {
    let began = Instant::now();
    let mut tcp = from_elsewhere(node);
    tcp.write_all(node.client.head("GET", "/api/", "").as_bytes()).unwrap();
    let answer = Answer::read(&mut tcp).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn two_thousand_idle_connections_leave_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let idle: Vec<TcpStream> = (0..2_000).map(|_| node.client.connect()).collect();
    answers_elsewhere(&node);
    // The system takes connections before the node does; those beyond the bound are closed at once.
    let closed = |mut tcp: &TcpStream| {
        tcp.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        !matches!(tcp.read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    };
    let open = idle.iter().filter(|it| !closed(it)).count();
    assert!(open <= OF_ONE_ADDRESS, "{open}");
    assert!(node.peak_mib() < 200, "{} MiB", node.peak_mib());
    drop(idle);
    std::thread::sleep(Duration::from_millis(200));
    node.works(1);
}

/// Heads that come a byte at a time. `listen/tests.rs` shows that they are given up; here the node works meanwhile.
#[test]
fn slow_heads_hold_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let mut slow: Vec<TcpStream> = (0..200).map(|_| node.client.connect()).collect();
    for (number, byte) in node.client.head("GET", "/api/", "X-Slow: ").bytes().take(30).enumerate() {
        for tcp in &mut slow {
            tcp.write_all(&[byte]).unwrap();
        }
        let asked = Instant::now();
        node.works(number);
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
    assert!(node.peak_mib() < 200, "{} MiB", node.peak_mib());
}

#[test]
fn half_closed_connections_get_their_answer_or_end() {
    let folder = tempfile::tempdir().unwrap();
    let node = serve(&folder);
    let mut whole = node.client.connect();
    whole.write_all(node.client.head("GET", "/api/", "").as_bytes()).unwrap();
    whole.shutdown(Shutdown::Write).unwrap();
    // hyper takes the end of sending for the end of the client; both are orderly.
    assert!(Answer::read(&mut whole).is_none_or(|it| it.status == 200));
    for (sent, announced) in [("", 100), ("{\"objects\":[", 1_000)] {
        let more = format!("Content-Type: {TAXII}\r\nContent-Length: {announced}\r\n");
        let mut tcp = node.client.connect();
        tcp.write_all((node.client.head("POST", OBJECTS, &more) + sent).as_bytes()).unwrap();
        tcp.shutdown(Shutdown::Write).unwrap();
        let began = Instant::now();
        let answer = Answer::read(&mut tcp);
        assert!(answer.is_none_or(|it| (400..500).contains(&it.status)));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    for half in ["G", "GET /api/ HTTP/1.1\r\n", "\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00"]
    {
        let mut tcp = node.client.connect();
        tcp.write_all(half.as_bytes()).unwrap();
        tcp.shutdown(Shutdown::Write).unwrap();
        assert!(Answer::read(&mut tcp).is_none_or(|it| it.status == 400), "{half:?}");
    }
    node.works(1);
}

/// A download that is under way when the node is told to stop comes to its end.
#[test]
fn a_download_is_finished_before_the_node_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = serve(&folder);
    let texts: Vec<String> = (0..20).map(|it| long_indicator(it, 1 << 20)).collect();
    assert_eq!(node.client.post(&envelope(&texts)).json()["success_count"], 20);
    let want = node.client.get(OBJECTS);
    assert!(want.body.len() > 4 << 20, "more than the system buffers: {}", want.body.len());
    let mut tcp = node.client.connect();
    tcp.write_all(node.client.head("GET", OBJECTS, "").as_bytes()).unwrap();
    tcp.peek(&mut [0]).unwrap();
    node.terminate();
    std::thread::sleep(Duration::from_secs(1));
    assert!(TcpStream::connect(node.client.address).is_err(), "nobody new is let in");
    let got = Answer::read(&mut tcp).unwrap();
    let objects = |it: &Answer| it.json()["objects"].clone();
    assert!(got.status == 200 && objects(&got) == objects(&want), "{} bytes", got.body.len());
    assert!(node.ended_within(Duration::from_secs(15)).success(), "{}", node.told());
}

/// A client that takes nothing more does not keep the node from stopping.
#[test]
fn a_download_that_nobody_takes_does_not_hold_the_node() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = serve(&folder);
    let texts: Vec<String> = (0..20).map(|it| long_indicator(it, 1 << 20)).collect();
    assert_eq!(node.client.post(&envelope(&texts)).json()["success_count"], 20);
    let mut tcp = node.client.connect();
    tcp.write_all(node.client.head("GET", OBJECTS, "").as_bytes()).unwrap();
    tcp.read_exact(&mut [0; 12]).unwrap();
    node.terminate();
    assert!(node.ended_within(Duration::from_secs(20)).success(), "{}", node.told());
}

/// Two nodes on one folder would tell every alert twice.
#[test]
fn a_folder_is_served_once() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut node = home.serve();
    let told = home.serve_by(std::process::Command::new(env!("CARGO_BIN_EXE_vigie"))).err().unwrap();
    assert!(told.contains("another process serves") && told.contains(home.data()), "{told}");
    assert_eq!(node.client.post(&envelope(&[indicator(1)])).status, 202);
    node.kill();
    home.serve().works(2);
}
