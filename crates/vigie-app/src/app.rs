//! The running node as a value: store, policy, rules, and the signal that something changed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::watch;
use vigie_engine::Image;
use vigie_model::id::PeerId;
use vigie_policy::{Policy, PolicyError};
use vigie_store::{Options, Reader, Store, StoreError, Tx};

use crate::clearance::Clearances;
use crate::clock;
use crate::init_node::{Node, NodeError};
use crate::read_figures::Done;
use crate::read_rules::FileError;
use crate::settings::Settings;
use crate::windows::Remembered;

/// Requests that read the store at one time.
const READERS: usize = 4;

/// A node. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) node: Node,
    pub(crate) store: Store,
    pub(crate) policy: Policy,
    pub(crate) clearances: Mutex<Clearances>,
    pub(crate) image: ArcSwap<Image>,
    /// Held while a new image is made out of the one in force, so that none is lost.
    pub(crate) image_change: Mutex<()>,
    /// Held while segments of the image are merged.
    pub(crate) merging: Mutex<()>,
    /// What is remembered of events for patterns over several of them, whichever logs they stand in.
    pub(crate) windows: Mutex<Remembered>,
    /// Under which the engine hashes, so that nobody outside can choose values that collide.
    pub(crate) secret: u64,
    pub(crate) changed: watch::Sender<u64>,
    pub(crate) connected: Mutex<BTreeSet<PeerId>>,
    pub(crate) done: Done,
}

/// Why a verb could not do its work, for reasons that are not the caller's.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store failed.
    #[error("the store could not do it")]
    Store(#[from] StoreError),
    /// The policies could not be loaded.
    #[error("the handling policy could not be loaded")]
    Policy(#[from] PolicyError),
    /// The node's folder is not that of a node.
    #[error("this is no node's folder")]
    Node(#[from] NodeError),
    /// A rule file that the configuration names cannot be read.
    #[error("a rule file of the configuration cannot be read")]
    Rules(#[from] FileError),
    /// The runtime is stopping.
    #[error("the node is stopping")]
    Stopping,
    /// Two that serve one folder would tell every alert twice.
    #[error("another process serves `{}`; stop that one first", .0.display())]
    Served(PathBuf),
    /// The folder does not take the mark of the process that serves it.
    #[error("`{}` cannot be written; check the rights of the folder, and that its disk is not read-only", path.display())]
    Unwritable {
        /// The mark.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl AppError {
    /// Whether the same may succeed in a moment.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Stopping | Self::Store(StoreError::Locked(_)))
    }

    /// Whether there is no room left on the disk.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Store(StoreError::Full(_)))
    }
}

impl App {
    /// Opens the node in a folder that `vigie init` has prepared.
    pub fn open(settings: Settings) -> Result<Self, AppError> {
        let node = Node::load(&settings.data)?;
        let limits = &settings.limits;
        let options = Options {
            writer_cache_bytes: limits.cache_bytes as u64 / 2,
            reader_cache_bytes: limits.cache_bytes as u64 / 2 / READERS as u64,
            readers: READERS,
            status_retention: limits.keep_status,
            ..Options::default()
        };
        let store = Store::open(&settings.data.join(crate::init_node::DATABASE), &options)?;
        let inner = Inner {
            node,
            store,
            policy: Policy::new()?,
            clearances: Mutex::default(),
            image: ArcSwap::from_pointee(Image::default()),
            image_change: Mutex::default(),
            merging: Mutex::default(),
            windows: Mutex::new(Remembered::new(settings.windows.clone())),
            secret: uuid::Uuid::new_v4().as_u64_pair().0,
            changed: watch::Sender::new(0),
            connected: Mutex::default(),
            done: Done::default(),
            settings,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Who this node is.
    pub fn node(&self) -> &Node {
        &self.0.node
    }

    /// What it was told.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The rules in force.
    pub fn image(&self) -> Arc<Image> {
        self.0.image.load_full()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// The peers whose notice channel stands.
    pub fn connected_peers(&self) -> BTreeSet<PeerId> {
        self.0.connected.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Records whether the channel to a peer stands.
    pub(crate) fn set_connected(&self, peer: PeerId, stands: bool) {
        let mut connected = self.0.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if stands {
            connected.insert(peer)
        } else {
            connected.remove(&peer)
        };
    }

    /// Tells everybody who waits that the store changed.
    pub(crate) fn announce(&self) {
        self.0.changed.send_modify(|it| *it += 1);
    }

    /// Reads one snapshot of the store without holding up the runtime.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    {
        let app = self.clone();
        let task = tokio::task::spawn_blocking(move || app.0.store.read(read));
        Ok(task.await.map_err(|_| AppError::Stopping)??)
    }

    /// Writes one transaction; it is durable when this returns.
    pub(crate) async fn write<T, F>(&self, actor: &str, write: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx, i64) -> Result<T, StoreError> + Send + 'static,
    {
        let (app, actor) = (self.clone(), actor.to_owned());
        let task = tokio::task::spawn_blocking(move || {
            let now = clock::now();
            let done = app.0.store.write(&actor, now, |tx| write(tx, now));
            app.announce();
            done
        });
        Ok(task.await.map_err(|_| AppError::Stopping)??)
    }
}
