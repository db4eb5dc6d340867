//! A TAXII 2.1 client that gets along with the servers there are.
//!
//! One [`Client`] speaks with one API root. Lists that have pages are [`Walk`]s: each `next` is one request, and holds one
//! page in memory.
//!
//! Start with [`Client::objects`], then `client/walk.rs`.

mod add;
mod query;
mod walk;

use url::Url;

pub use self::add::AddError;
pub use self::query::Query;
pub use self::walk::{Page, PageItem, Walk};
use super::wire::{self, ApiRoot, Collection, Collections, Discovery, ManifestRecord};
use crate::transport::{ExchangeError, Settings, Transport};

/// Speaks with one API root of one server. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    transport: Transport,
    root: Url,
}

impl Client {
    /// For the API root at `address`. Where only the server is known, any of its addresses will do for
    /// [`Client::discovery`], and [`Client::at_root`] goes on from there.
    pub fn new(address: &str, settings: &Settings) -> Result<Self, ExchangeError> {
        let root = Url::parse(address).map_err(|source| address_error(address, source))?;
        let transport = Transport::new(&root, settings)?;
        Ok(Self { transport, root: as_folder(root) })
    }

    /// The same server and connections at another of its API roots, named as discovery does: absolute, or a path.
    pub fn at_root(&self, api_root: &str) -> Result<Self, ExchangeError> {
        let root = self.root.join(api_root).map_err(|source| address_error(api_root, source))?;
        if root.origin() != self.root.origin() {
            let origin = self.root.origin().ascii_serialization();
            return Err(ExchangeError::Elsewhere { url: root.into(), origin });
        }
        Ok(Self { transport: self.transport.clone(), root: as_folder(root) })
    }

    /// The address of the API root, ending in `/`.
    pub fn root(&self) -> &Url {
        &self.root
    }

    /// The way to the server.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// What the server says of itself (section 4.1).
    pub async fn discovery(&self) -> Result<Discovery, ExchangeError> {
        let mut url = self.root.clone();
        url.set_path(wire::DISCOVERY_PATH);
        self.transport.get(&url).await?.document()
    }

    /// What the API root says of itself (section 4.2).
    pub async fn api_root(&self) -> Result<ApiRoot, ExchangeError> {
        self.transport.get(&self.root).await?.document()
    }

    /// The collections that we may know of (section 5.1).
    pub async fn collections(&self) -> Result<Vec<Collection>, ExchangeError> {
        let answer = self.transport.get(&self.url(&["collections"])).await?;
        Ok(answer.document::<Collections>()?.collections)
    }

    /// One collection, by id or alias (section 5.2).
    pub async fn collection(&self, collection: &str) -> Result<Collection, ExchangeError> {
        self.transport.get(&self.url(&["collections", collection])).await?.document()
    }

    /// The objects of a collection, each as its exact text, in the order in which they were added (section 5.4).
    pub fn objects(&self, collection: &str, query: Query) -> Walk<Box<str>> {
        Walk::new(self.transport.clone(), self.url(&["collections", collection, "objects"]), query)
    }

    /// The versions of one object, each as its exact text (section 5.6).
    pub fn object(&self, collection: &str, object: &str, query: Query) -> Walk<Box<str>> {
        let url = self.url(&["collections", collection, "objects", object]);
        Walk::new(self.transport.clone(), url, query)
    }

    /// What a collection holds, without the objects (section 5.3).
    pub fn manifest(&self, collection: &str, query: Query) -> Walk<ManifestRecord> {
        Walk::new(self.transport.clone(), self.url(&["collections", collection, "manifest"]), query)
    }

    /// The versions of one object, as version texts (section 5.8).
    pub fn versions(&self, collection: &str, object: &str, query: Query) -> Walk<String> {
        let url = self.url(&["collections", collection, "objects", object, "versions"]);
        Walk::new(self.transport.clone(), url, query)
    }

    /// Deletes versions of one object (section 5.7): those that the query names, else all.
    pub async fn delete_object(
        &self,
        collection: &str,
        object: &str,
        query: &Query,
    ) -> Result<(), ExchangeError> {
        let mut url = self.url(&["collections", collection, "objects", object]);
        query.write_matches(&mut url);
        self.transport.delete(&url).await.map(drop)
    }

    /// An address below the API root; each segment is escaped, so that no name leads out of it.
    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.root.clone();
        // An http or https address always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments).push("");
        }
        url
    }
}

fn address_error(text: &str, source: url::ParseError) -> ExchangeError {
    ExchangeError::Address { text: text.chars().take(200).collect(), source }
}

fn as_folder(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}
