//! Who the server is, and who we are.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme, SupportedProtocolVersion,
};
use vigie_exchange::taxii::client::Client;
use vigie_exchange::tls::{Identity, TlsError, Trust, fingerprint};
use vigie_exchange::transport::ExchangeError;

use super::server::{Server, settings, taxii, whole};

const ROOT: &str = r#"{"title":"t","versions":[],"max_content_length":9}"#;

struct Pair {
    der: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl Pair {
    /// Signed by itself, for a name that is not the server's: what a node makes for itself.
    fn own() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["node.invalid".to_owned()]).unwrap().self_signed(&key).unwrap();
        Self { der: certificate.der().clone(), pem: certificate.pem(), key }
    }

    fn private(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()))
    }

    fn trust(&self) -> Trust {
        Trust::Pinned(fingerprint(&self.der))
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn serving(pair: &Pair, version: &'static SupportedProtocolVersion) -> ServerConfig {
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
    builder.with_no_client_auth().with_single_cert(vec![pair.der.clone()], pair.private()).unwrap()
}

async fn ask(server: &Server, trust: Trust) -> String {
    let client = Client::new(&server.address, &settings(|it| it.trust = trust)).unwrap();
    match client.api_root().await {
        Ok(root) => root.title,
        Err(error) => whole(&error),
    }
}

#[tokio::test]
async fn a_pinned_server_is_believed_whatever_its_name() {
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let pair = Pair::own();
        let server = Server::start_tls(serving(&pair, version), |_| taxii(ROOT)).await;
        assert_eq!(ask(&server, pair.trust()).await, "t");
    }
}

#[tokio::test]
async fn another_certificate_than_the_pinned_is_refused_and_told() {
    let (pair, other) = (Pair::own(), Pair::own());
    let server = Server::start_tls(serving(&pair, &rustls::version::TLS13), |_| taxii(ROOT)).await;
    let error = ask(&server, other.trust()).await;
    assert!(error.contains("is not the server that is trusted"), "{error}");
    assert!(error.contains(&format!("not the pinned {}", fingerprint(&other.der))), "{error}");
    assert_eq!(server.lines().len(), 0);
}

/// Shows one certificate and signs with the key of another.
#[derive(Debug)]
struct Impostor(Arc<CertifiedKey>);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

#[tokio::test]
async fn the_pinned_certificate_without_its_key_is_refused() {
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let (pair, other) = (Pair::own(), Pair::own());
        let key = provider().key_provider.load_private_key(other.private()).unwrap();
        let impostor = Impostor(Arc::new(CertifiedKey::new(vec![pair.der.clone()], key)));
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
        let config = builder.with_no_client_auth().with_cert_resolver(Arc::new(impostor));
        let server = Server::start_tls(config, |_| taxii(ROOT)).await;
        let error = ask(&server, pair.trust()).await;
        assert!(error.contains("invalid peer certificate: BadSignature"), "{error}");
        assert_eq!(server.lines().len(), 0);
    }
}

#[tokio::test]
async fn a_certificate_of_a_known_root_is_believed_for_its_name_only() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let trust = Trust::roots_from_pem(root.pem().as_bytes()).unwrap();
    for (name, want) in [("127.0.0.1", "t"), ("127.0.0.2", "not valid for name")] {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &root).unwrap();
        let pair = Pair { der: certificate.der().clone(), pem: certificate.pem(), key };
        let server = Server::start_tls(serving(&pair, &rustls::version::TLS13), |_| taxii(ROOT)).await;
        let got = ask(&server, trust.clone()).await;
        assert!(got.contains(want), "{name}: {got}");
    }
    let own = Pair::own();
    let server = Server::start_tls(serving(&own, &rustls::version::TLS13), |_| taxii(ROOT)).await;
    let got = ask(&server, trust).await;
    assert!(got.contains("invalid peer certificate"), "{got}");
}

/// Asks every client for a certificate and believes any: the tests look at what came.
#[derive(Debug)]
struct AnyClient;

impl ClientCertVerifier for AnyClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: rustls::pki_types::UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

#[tokio::test]
async fn we_show_our_certificate_from_pem_and_from_der() {
    let (theirs, ours) = (Pair::own(), Pair::own());
    let pem = Identity::from_pem(ours.pem.as_bytes(), ours.key.serialize_pem().as_bytes()).unwrap();
    let der = Identity::from_der(vec![ours.der.to_vec()], ours.key.serialize_der()).unwrap();
    for identity in [pem, der] {
        let builder =
            ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_client_cert_verifier(Arc::new(AnyClient));
        let config = builder.with_single_cert(vec![theirs.der.clone()], theirs.private()).unwrap();
        let server = Server::start_tls(config, |_| taxii(ROOT)).await;
        let settings = settings(|it| {
            it.trust = theirs.trust();
            it.identity = Some(identity);
        });
        Client::new(&server.address, &settings).unwrap().api_root().await.unwrap();
        assert_eq!(server.requests()[0].certificate.as_deref(), Some(&*ours.der));
    }
}

#[test]
fn unusable_keys_are_named() {
    let pair = Pair::own();
    let error = Identity::from_pem(b"", pair.key.serialize_pem().as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "the client certificate holds no certificate");
    let error = Identity::from_pem(pair.pem.as_bytes(), b"").unwrap_err();
    assert_eq!(error.to_string(), "could not read the private key as PEM");
    assert!(matches!(Identity::from_der(vec![pair.der.to_vec()], vec![1, 2, 3]), Err(TlsError::Key(_))));
    assert!(Trust::roots_from_pem(b"nothing").is_err());

    let other = Pair::own();
    let identity = Identity::from_der(vec![pair.der.to_vec()], other.key.serialize_der()).unwrap();
    let settings = settings(|it| it.identity = Some(identity));
    let error = Client::new("https://ally.example/", &settings).unwrap_err();
    assert!(matches!(error, ExchangeError::Tls(TlsError::Refused(_))), "{error:?}");
}
