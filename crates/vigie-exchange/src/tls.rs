//! Whom we believe to be the server, and who we say we are.
//!
//! Invariants
//! - TLS 1.2 or newer with the aws-lc-rs provider, no early data.
//! - A pinned server proves possession of the key of exactly the pinned certificate: the signature of the handshake is
//!   verified as for any other.

use std::error::Error;
use std::sync::Arc;
use std::{fmt, io};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
};
use sha2::{Digest, Sha256};
use vigie_model::peer::Fingerprint;

/// How a server proves that it is the one we mean.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Its certificate is this one, whoever signed it, whatever name and dates it carries: how peers know each other.
    Pinned(Fingerprint),
    /// Its certificate leads to one of these roots and carries the name that we asked for.
    Roots(Arc<RootCertStore>),
}

/// The certificate and key by which a server knows us.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// What is wrong with keys or certificates.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Not PEM, or PEM of something else.
    #[error("could not read the {what} as PEM")]
    Pem {
        /// What was to be read.
        what: &'static str,
        /// What the reader found.
        source: rustls::pki_types::pem::Error,
    },
    /// The file holds no certificate.
    #[error("the {0} holds no certificate")]
    Empty(&'static str),
    /// The key is no PKCS#8, PKCS#1 or SEC1 key.
    #[error("could not read the private key: {0}")]
    Key(&'static str),
    /// The library refused the material: key and certificate do not belong together, or a root is malformed.
    #[error("could not set up TLS; check that the key belongs to the certificate")]
    Refused(#[from] rustls::Error),
}

impl Trust {
    /// The roots in a file of PEM certificates.
    pub fn roots_from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        for certificate in certificates(pem, "file of root certificates")? {
            store.add(certificate)?;
        }
        Ok(Self::Roots(Arc::new(store)))
    }
}

impl Identity {
    /// From PEM: the certificate, then those that lead from it to its root, if any; and its private key.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = certificates(chain, "client certificate")?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|source| TlsError::Pem { what: "private key", source })?;
        Ok(Self { chain, key })
    }

    /// From DER: as [`Identity::from_pem`].
    pub fn from_der(chain: Vec<Vec<u8>>, key: Vec<u8>) -> Result<Self, TlsError> {
        if chain.is_empty() {
            return Err(TlsError::Empty("client certificate"));
        }
        let chain = chain.into_iter().map(CertificateDer::from).collect();
        let key = PrivateKeyDer::try_from(key).map_err(TlsError::Key)?;
        Ok(Self { chain, key })
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl fmt::Debug for Identity {
    /// Never the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fingerprint = self.chain.first().map(|it| fingerprint(it));
        f.debug_struct("Identity").field("certificate", &fingerprint).finish_non_exhaustive()
    }
}

/// SHA-256 of a certificate's DER bytes.
pub fn fingerprint(der: &[u8]) -> Fingerprint {
    Fingerprint::from_digest(Sha256::digest(der).into())
}

/// The configuration of one client.
pub(crate) fn client_config(trust: &Trust, identity: Option<&Identity>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&versions)?;
    let builder = match trust {
        Trust::Pinned(want) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { want: want.clone(), algorithms })),
        Trust::Roots(roots) => builder.with_root_certificates(Arc::clone(roots)),
    };
    let mut config = match identity {
        Some(it) => builder.with_client_auth_cert(it.chain.clone(), it.key.clone_key())?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// What is wrong with a server's certificate, if that is why a request failed.
pub(crate) fn certificate_fault(error: &(dyn Error + 'static)) -> Option<String> {
    let mut at = error;
    loop {
        match at.downcast_ref::<rustls::Error>() {
            Some(rustls::Error::InvalidCertificate(CertificateError::Other(other))) => {
                return Some(other.to_string());
            }
            Some(error @ rustls::Error::InvalidCertificate(_)) => return Some(error.to_string()),
            _ => {}
        }
        // An error of input and output does not count the error that it wraps among its sources.
        at = match at.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => wrapped,
            None => at.source()?,
        };
    }
}

fn certificates(pem: &[u8], what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = read.map_err(|source| TlsError::Pem { what, source })?;
    if found.is_empty() { Err(TlsError::Empty(what)) } else { Ok(found) }
}

#[derive(Debug)]
struct Pinned {
    want: Fingerprint,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "the certificate's fingerprint is {got}, not the pinned {want}; if the peer changed its key, pin the new one"
)]
struct WrongCertificate {
    got: Fingerprint,
    want: Fingerprint,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let got = fingerprint(end_entity);
        if got == self.want {
            return Ok(ServerCertVerified::assertion());
        }
        let wrong = WrongCertificate { got, want: self.want.clone() };
        Err(CertificateError::Other(OtherError(Arc::new(wrong))).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
