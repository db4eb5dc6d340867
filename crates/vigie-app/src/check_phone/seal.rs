//! The signature over a manifest, and through the digests in it over every output.
//!
//! The key is the node's own, that of its certificate, or one made for the run and forgotten. `openssl dgst -sha256
//! -verify signer.pem -signature manifest.json.sig manifest.json` checks it.

use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};
use serde::Serialize;
use vigie_stix::timestamp::Timestamp;

use super::custody::sha256;
use crate::init_node::Node;

/// A signature and all that is needed to check it.
pub(super) struct Seal {
    /// The bytes of `manifest.json.sig`.
    pub(super) signature: Vec<u8>,
    /// The text of `signer.pem`.
    pub(super) public_key: String,
    /// The text of `signature.json`.
    pub(super) about: String,
}

/// What `signature.json` says.
#[derive(Serialize)]
struct About<'a> {
    signed: &'static str,
    signed_sha256: String,
    signature: &'static str,
    algorithm: String,
    public_key: &'static str,
    public_key_sha256: String,
    /// Whose key it is: `node`, or `made for this run`.
    key: &'static str,
    /// The node, if it is its key.
    node: Option<&'a str>,
    /// The node's certificate, by which its peers know it.
    certificate_sha256: Option<String>,
    checked_at: String,
}

/// Does what the first key of a process waits for, so that the wait is over when a check is to be signed.
pub(super) fn gather_entropy() {
    let _only_for_its_time = KeyPair::generate();
}

/// Signs a manifest.
pub(super) fn seal(manifest: &[u8], node: Option<&Node>, now: i64) -> Result<Seal, rcgen::Error> {
    let key = match node {
        Some(node) => KeyPair::from_pem(&node.key)?,
        None => KeyPair::generate()?,
    };
    let public_key = key.public_key_pem();
    let about = About {
        signed: "manifest.json",
        signed_sha256: sha256(manifest),
        signature: "manifest.json.sig",
        algorithm: format!("{:?}", key.algorithm()),
        public_key: "signer.pem",
        public_key_sha256: sha256(&key.subject_public_key_info()),
        key: if node.is_some() { "node" } else { "made for this run" },
        node: node.map(|it| it.name.as_str()),
        certificate_sha256: node.map(|it| it.fingerprint.to_string()),
        checked_at: Timestamp::from_nanos_millis(now.into()).to_string(),
    };
    let mut text = serde_json::to_string_pretty(&about).unwrap_or_default();
    text.push('\n');
    Ok(Seal { signature: key.sign(manifest)?, public_key, about: text })
}
