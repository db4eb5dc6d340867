//! Setting up a node: its folder, keys, certificate, own member and first collections.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vigie_model::collection::{Collection, RECEIVED, SHARED};
use vigie_model::country::Country;
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::journal::Act;
use vigie_model::member::{Member, Membership};
use vigie_model::peer::Fingerprint;
use vigie_stix::id::StixId;
use vigie_store::{Options, Store, StoreError};

use crate::clock;

/// The database's file in a node's folder.
pub const DATABASE: &str = "vigie.db";
const NODE: &str = "node.toml";
const CERTIFICATE: &str = "tls/certificate.pem";
const KEY: &str = "tls/key.pem";
const CURSOR_KEY: &str = "keys/cursor";

/// Who a node is. Written once by [`run`], read at every start.
#[derive(Clone, Debug)]
pub struct Node {
    /// For people to read.
    pub name: String,
    /// Whose node it is.
    pub country: Country,
    /// Its own member, the same id at every ally.
    pub member: MemberId,
    /// The STIX identity under which it creates objects.
    pub identity: StixId,
    /// Its own certificate, PEM.
    pub certificate: String,
    /// The certificate's private key, PEM (PKCS #8).
    pub key: String,
    /// By what peers know it.
    pub fingerprint: Fingerprint,
    /// Authenticates the paging tokens that it hands out.
    pub cursor_key: [u8; 32],
}

/// The public part of [`Node`], as it stands in `node.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeFile {
    name: String,
    nation: Country,
    member: MemberId,
    identity: String,
}

/// Why a folder is no node's, or could not become one.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// `vigie init` was not run there.
    #[error("`{}` holds no node; make one with `vigie init --data {}`", .0.display(), .0.display())]
    Absent(PathBuf),
    /// There is a node already, and it is not overwritten.
    #[error("`{}` already holds a node; choose another folder", .0.display())]
    Present(PathBuf),
    /// A file of the node cannot be understood.
    #[error("`{}` is damaged: {why}; restore it from a backup", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file could not be read or written.
    #[error("`{}`: {source}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No certificate could be made.
    #[error("the node's certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The database could not be made.
    #[error("the database could not be made")]
    Store(#[from] StoreError),
}

/// Makes a node in an empty or new folder.
pub fn run(data: &Path, country: Country, name: &str) -> Result<Node, NodeError> {
    let marker = data.join(NODE);
    if marker.exists() {
        return Err(NodeError::Present(data.to_owned()));
    }
    for folder in [data.to_owned(), data.join("tls"), data.join("keys")] {
        make_private_folder(&folder)?;
    }
    let member = MemberId::new(Uuid::new_v4());
    let identity = StixId::new("identity", Uuid::new_v4());
    let (certificate, key) = make_certificate(name)?;
    let mut cursor_key = [0; 32];
    getrandom::fill(&mut cursor_key)?;
    write_private(&data.join(CERTIFICATE), certificate.as_bytes())?;
    write_private(&data.join(KEY), key.as_bytes())?;
    write_private(&data.join(CURSOR_KEY), &cursor_key)?;
    let own = Member {
        id: member,
        name: name.to_owned(),
        country,
        identity: identity.clone(),
        groups: std::collections::BTreeSet::new(),
        state: Membership::Active,
    };
    fill_store(data, &own)?;
    let file = NodeFile { name: name.to_owned(), nation: country, member, identity: identity.to_string() };
    let text = toml::to_string(&file)
        .map_err(|error| NodeError::Damaged { file: marker.clone(), why: error.to_string() })?;
    // Written last: a folder with this file is a whole node.
    write_private(&marker, text.as_bytes())?;
    Node::load(data)
}

impl Node {
    /// Reads who the node in a folder is.
    pub fn load(data: &Path) -> Result<Self, NodeError> {
        let marker = data.join(NODE);
        if !marker.exists() {
            return Err(NodeError::Absent(data.to_owned()));
        }
        let damaged =
            |file: &str, why: &str| NodeError::Damaged { file: data.join(file), why: why.to_owned() };
        let file: NodeFile =
            toml::from_str(&read_text(&marker)?).map_err(|error| damaged(NODE, error.message()))?;
        let identity =
            file.identity.parse().map_err(|_| damaged(NODE, "`identity` is no STIX identifier"))?;
        let certificate = read_text(&data.join(CERTIFICATE))?;
        let fingerprint =
            fingerprint_of(&certificate).ok_or_else(|| damaged(CERTIFICATE, "no PEM certificate in it"))?;
        let cursor_key = fs::read(data.join(CURSOR_KEY))
            .map_err(|source| NodeError::File { file: data.join(CURSOR_KEY), source })?
            .try_into()
            .map_err(|_| damaged(CURSOR_KEY, "it is not 32 bytes"))?;
        let key = read_text(&data.join(KEY))?;
        Ok(Self {
            name: file.name,
            country: file.nation,
            member: file.member,
            identity,
            certificate,
            key,
            fingerprint,
            cursor_key,
        })
    }
}

/// SHA-256 of the first certificate in a PEM text.
pub fn fingerprint_of(pem: &str) -> Option<Fingerprint> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    Some(Fingerprint::from_digest(Sha256::digest(&certificate).into()))
}

/// A self-signed certificate for this node and its key, both PEM. Peers pin it, so no authority is needed.
fn make_certificate(name: &str) -> Result<(String, String), rcgen::Error> {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let mut parameters = rcgen::CertificateParams::new(names)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
    let key = rcgen::KeyPair::generate()?;
    Ok((parameters.self_signed(&key)?.pem(), key.serialize_pem()))
}

fn fill_store(data: &Path, own: &Member) -> Result<(), NodeError> {
    let store = Store::open(&data.join(DATABASE), &Options::default())?;
    let now = clock::now();
    store.write("node", now, |tx| {
        tx.set_member(own)?;
        for (alias, title) in [(SHARED, "Shared by this node"), (RECEIVED, "Received from allies")] {
            tx.add_collection(&Collection {
                id: CollectionId::new(Uuid::new_v4()),
                title: title.to_owned(),
                description: None,
                alias: Some(alias.to_owned()),
                created: now,
            })?;
        }
        tx.journal(&Act::Initialised {})
    })?;
    Ok(())
}

fn make_private_folder(folder: &Path) -> Result<(), NodeError> {
    use std::os::unix::fs::DirBuilderExt as _;

    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| NodeError::File { file: folder.to_owned(), source })
}

fn write_private(file: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let write = || {
        let mut open =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
        open.write_all(bytes)?;
        open.sync_all()
    };
    write().map_err(|source| NodeError::File { file: file.to_owned(), source })
}

fn read_text(file: &Path) -> Result<String, NodeError> {
    fs::read_to_string(file).map_err(|source| NodeError::File { file: file.to_owned(), source })
}
