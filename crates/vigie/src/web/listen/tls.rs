//! TLS: who this server is, and which clients' certificates it takes.
//!
//! A client may show any certificate, self-signed ones above all: the handshake proves that it holds the key, and the
//! certificate's fingerprint is looked up afterwards. No authority vouches for a peer, so none has to be trusted.
//! TLS 1.2 and 1.3; early data, which could be replayed, is never taken (TAXII 2.1 section 8.2.2).

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use sha2::{Digest as _, Sha256};
use vigie_model::peer::Fingerprint;

/// A certificate with what it needs above it, and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why a certificate and key cannot be served with.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The certificates could not be read.
    #[error("the certificate file is no PEM: {0}")]
    Certificate(#[source] pem::Error),
    /// There was no certificate.
    #[error("the certificate file holds no certificate")]
    NoCertificate,
    /// The key could not be read.
    #[error("the key file holds no private key in PEM: {0}")]
    Key(#[source] pem::Error),
    /// They do not fit each other, or the key's kind is not supported.
    #[error("the certificate and the key do not work together: {0}")]
    Mismatch(#[from] rustls::Error),
}

impl Identity {
    /// Reads PEM texts: certificates, the server's own first, and its private key.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(IdentityError::Certificate)?;
        if chain.is_empty() {
            return Err(IdentityError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(IdentityError::Key)?;
        Ok(Self { chain, key })
    }
}

/// Never shows the key.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

/// What the server does in a handshake.
pub(super) fn config(identity: Identity) -> Result<ServerConfig, IdentityError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let clients = Arc::new(AnyCertificate::new(&provider));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_client_cert_verifier(clients)
        .with_single_cert(identity.chain, identity.key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(config)
}

/// The fingerprint of the certificate that a client proved to hold the key of.
pub(super) fn fingerprint(shown: Option<&[CertificateDer<'_>]>) -> Option<Fingerprint> {
    let own = shown?.first()?;
    Some(Fingerprint::from_digest(Sha256::digest(own).into()))
}

/// Takes every certificate whose holder proves to have the key, and clients without any.
#[derive(Debug)]
struct AnyCertificate {
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyCertificate {
    fn new(provider: &CryptoProvider) -> Self {
        Self { algorithms: provider.signature_verification_algorithms }
    }
}

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
