//! TLS and certificates, the notice channel, health and figures.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, ProtocolVersion, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};
use vigie_app::add_peer::{self, Card};
use vigie_app::init_node;
use vigie_model::token::Scope;

use crate::http::{Answer, Client};
use crate::node::{Node, Stage, Wire};
use crate::stix::{RED, envelope, id, indicator, indicator_at};

/// Takes the node's certificate unseen: these tests look at the other side.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A certificate and its key, PEM.
type Identity<'a> = Option<(&'a str, &'a str)>;

fn config(version: &'static SupportedProtocolVersion, identity: Identity<'_>) -> Arc<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])
        .expect("a version that there is")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer(provider)));
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => builder
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate")],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key"),
            )
            .expect("a pair"),
    };
    config.enable_early_data = true;
    Arc::new(config)
}

fn connect(node: &Node, config: &Arc<ClientConfig>) -> Stream {
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::clone(config), name).expect("a client");
    StreamOwned::new(connection, TcpStream::connect(node.address).expect("the node listens"))
}

fn ask(stream: &mut Stream, path: &str, authorization: Option<&str>) -> Answer {
    let proof = authorization.map(|it| format!("Authorization: {it}\r\n")).unwrap_or_default();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{proof}\r\n");
    stream.write_all(head.as_bytes()).expect("the node takes the head");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok();
    Answer::parse(&bytes)
}

#[test]
fn tls_12_and_13_are_spoken_without_early_data() {
    let stage = Stage::on(Node::start_with(Wire::Tls, |_, _| {}));
    let proof = stage.home.authorization.as_deref();
    for (version, want) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let config = config(version, None);
        for round in 0..2 {
            let mut stream = connect(&stage.node, &config);
            assert!(stream.conn.early_data().is_none(), "round {round}: the server offered early data");
            assert_eq!(ask(&mut stream, "/taxii2/", proof).status, 200, "{want:?} round {round}");
            assert_eq!(stream.conn.protocol_version(), Some(want));
        }
    }
}

#[test]
fn a_peer_is_known_by_its_certificate() {
    let stage = Stage::on(Node::start_with(Wire::Tls, |_, _| {}));
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str| init_node::run(&folder.path().join(name), "IL".parse().unwrap(), name).unwrap();
    let (peer, stranger) = (make("peer"), make("stranger"));
    let card = Card {
        member: peer.member,
        name: peer.name.clone(),
        nation: peer.country,
        identity: peer.identity.to_string(),
        groups: Vec::new(),
        api_root: "https://127.0.0.1:1/api/".to_owned(),
        collection: stage.id,
        fingerprint: peer.fingerprint.to_string(),
    };
    stage.node.runtime.block_on(add_peer::run(&stage.node.app, card)).unwrap();
    let own = (peer.certificate.as_str(), peer.key.as_str());
    let other = (stranger.certificate.as_str(), stranger.key.as_str());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let get = |identity, path| ask(&mut connect(&stage.node, &config(version, identity)), path, None);
        let listed = get(Some(own), "/api/collections/");
        assert_eq!(listed.status, 200, "{}", listed.text());
        let collections = listed.json();
        assert_eq!(
            collections["collections"].as_array().unwrap().len(),
            1,
            "what is offered to peers, no more"
        );
        assert_eq!(collections["collections"][0]["alias"], "shared");
        assert_eq!(get(Some(own), &stage.objects).status, 404);
        assert_eq!(get(Some(other), "/api/collections/").status, 401);
        assert_eq!(get(None, "/api/collections/").status, 401);
    }
}

#[test]
fn notices_tell_what_is_new_to_the_listener_and_nothing_else() {
    let stage = Stage::new();
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "GET /federation/notices HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\n\r\n",
        stage.ally.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    tcp.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut so_far = String::new();
    let mut listen = |until: &str, patience: Duration| {
        let began = Instant::now();
        while !so_far.contains(until) && began.elapsed() < patience {
            let mut piece = [0; 4096];
            if let Ok(count) = tcp.read(&mut piece) {
                so_far.push_str(&String::from_utf8_lossy(&piece[..count]));
            }
        }
        std::mem::take(&mut so_far)
    };
    let opening = listen(":\n\n", Duration::from_secs(5));
    assert!(
        opening.starts_with("HTTP/1.1 200") && opening.contains("content-type: text/event-stream"),
        "{opening}"
    );
    stage.add(&[indicator_at(1, "2016-01-01T00:00:00.000Z", Some(RED))]);
    let silence = listen("notice", Duration::from_millis(600));
    assert!(!silence.contains("notice"), "{silence}");
    let began = Instant::now();
    stage.add(&[indicator(2)]);
    let news = listen("\n\n", Duration::from_secs(5));
    assert!(news.contains("event: notice") && news.contains(&stage.id.to_string()), "{news}");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    // The node stops although the channel would last for ever.
    let began = Instant::now();
    stage.node.stop();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn notices_are_not_for_strangers() {
    let stage = Stage::new();
    Client::nobody(stage.node.address).get("/federation/notices").expect(401);
}

#[test]
fn health_is_told_to_everybody_and_figures_to_this_machine() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    stage.ally.get(&stage.objects).expect(200);
    let nobody = Client::nobody(stage.node.address);
    assert_eq!(nobody.raw("GET", "/healthz", &[], b"").expect(200).text(), "alive\n");
    assert_eq!(nobody.raw("GET", "/readyz", &[], b"").expect(200).text(), "ready\n");
    let figures = nobody.raw("GET", "/metrics", &[], b"").expect(200);
    assert_eq!(
        figures.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let text = figures.text();
    assert!(text.contains("vigie_taxii_objects_sent_total 1\n"), "{text}");
    assert!(text.contains("vigie_taxii_objects_received_total{fate=\"taken\"} 1\n"), "{text}");
    assert!(text.contains("route=\"/api/collections/{collection}/objects/\",status=\"200\"} 1\n"), "{text}");
    assert!(!text.contains(&stage.id.to_string()), "patterns of addresses, never addresses");
    for figure in ["vigie_peers 0", "vigie_peers_connected 0", "vigie_alerts_total 0", "vigie_store_bytes "] {
        assert!(text.lines().any(|it| it.starts_with(figure)), "{figure} is not in\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn every_answer_is_kept_from_caches_and_frames_and_has_an_id() {
    let stage = Stage::new();
    let answers = [
        stage.ally.get("/taxii2/").expect(200),
        stage.ally.get("/nowhere/").expect(404),
        Client::nobody(stage.node.address).get("/taxii2/").expect(401),
    ];
    for answer in answers {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(
            answer.header("content-security-policy"),
            Some("default-src 'none'; frame-ancestors 'none'")
        );
        assert!(answer.header("x-request-id").is_some_and(|it| it.parse::<uuid::Uuid>().is_ok()));
    }
}

#[test]
fn a_method_that_an_address_does_not_take_is_named() {
    let stage = Stage::new();
    let answer = stage.ally.send("PUT", &stage.objects, &[], b"").expect(405);
    let mut allowed: Vec<&str> =
        answer.header("allow").unwrap_or_default().split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[test]
fn a_head_request_has_the_head_alone() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let path = format!("{}{}/", stage.objects, id("indicator", 1));
    let length = envelope(&[indicator(1)]).len().to_string();
    let mut tcp = TcpStream::connect(stage.node.address).unwrap();
    let head = format!(
        "HEAD {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: {}\r\n\r\n",
        stage.ally.authorization.as_ref().unwrap()
    );
    tcp.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    tcp.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("\r\n\r\n"), "{text}");
    assert!(text.contains(&format!("content-length: {length}\r\n")), "{text}");
}

#[test]
fn a_token_that_was_withdrawn_opens_nothing() {
    let stage = Stage::new();
    let issued = vigie_app::add_token::run(&stage.node.app, "temporary", None, Scope::All, Scope::none());
    let issued = stage.node.runtime.block_on(issued).unwrap();
    let client = Client::basic(stage.node.address, "temporary", &issued.secret);
    client.get("/taxii2/").expect(200);
    Client::basic(stage.node.address, "other name", &issued.secret).get("/taxii2/").expect(401);
    let removed = vigie_app::add_token::remove(&stage.node.app, "temporary");
    assert!(stage.node.runtime.block_on(removed).unwrap());
    client.get("/taxii2/").expect(401);
}
