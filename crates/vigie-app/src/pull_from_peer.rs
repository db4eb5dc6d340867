//! Getting what an ally published: notices say when, an ordinary TAXII pull brings it.
//!
//! Every batch is taken in as the ally's member, and the cursor is stored after it: being cut off in between costs a
//! repetition, never an object.

use vigie_exchange::federation::{Cursor, NoticeStream, Pull, Signal};
use vigie_exchange::taxii::client::{Client, Query};
use vigie_exchange::taxii::date::BadDate;
use vigie_exchange::tls::{Identity, TlsError, Trust};
use vigie_exchange::transport::{Credentials, ExchangeError, Limits, Settings};
use vigie_model::collection::RECEIVED;
use vigie_model::id::{CollectionId, PeerId};
use vigie_model::member::Membership;
use vigie_model::peer::Peer;
use vigie_model::token::Scope;
use vigie_policy::Viewer;

use crate::app::{App, AppError};
use crate::ingest_intel::{self, Fate, IngestError};
use crate::session::Session;

/// Why a pull came to an end before its time.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The ally's node could not be asked, or answered badly.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// Our own certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The stored cursor is damaged.
    #[error("the stored cursor is damaged: {0}")]
    Cursor(#[from] BadDate),
    /// What came could not be taken in.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Holds the channel to one ally, and pulls whenever there is something. Ends only with the node, or with the peer.
pub(crate) async fn run(app: App, peer: PeerId) {
    loop {
        match hold(&app, peer).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%peer, error = %chain(&error), "the channel to an ally failed");
                tokio::time::sleep(app.settings().change_poll.max(AGAIN)).await;
            }
        }
    }
}

/// Before a channel whose failure was ours is tried again.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

async fn hold(app: &App, id: PeerId) -> Result<(), PullError> {
    let Some(peer) = app.read(move |it| it.peer(id)).await? else { return Ok(()) };
    let client = client(app, &peer)?;
    let mut notices = NoticeStream::new(&client);
    let mut retry = false;
    loop {
        let signal = if retry {
            // What failed is tried again soon, unless a notice comes first.
            tokio::time::timeout(AGAIN, notices.next()).await.ok()
        } else {
            Some(notices.next().await)
        };
        match signal {
            Some(Signal::Lost { why, again_in }) => {
                app.set_connected(id, false);
                tracing::info!(peer = %id, error = %chain(&why), again_in_s = again_in.as_secs_f64(), "not connected");
                continue;
            }
            Some(Signal::Connected) => app.set_connected(id, true),
            Some(Signal::Notice(_)) | None => {}
        }
        if app.read(move |it| it.peer(id)).await?.is_none() {
            return Ok(());
        }
        retry = match pull(app, id, &client).await {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(peer = %id, error = %chain(&error), "a pull failed");
                true
            }
        };
    }
}

/// Pulls everything new from one ally.
async fn pull(app: &App, id: PeerId, client: &Client) -> Result<(), PullError> {
    let Some((peer, session, received)) = app.read(move |it| prepared(it, id)).await? else { return Ok(()) };
    let collection = peer.collection.to_string();
    let mut pull = Pull::new(client.clone(), &collection, Query::default(), Cursor::of_peer(&peer)?);
    while let Some(batch) = pull.next().await? {
        if !batch.objects.is_empty() {
            let envelope = format!("{{\"objects\":[{}]}}", batch.objects.join(","));
            let taken = ingest_intel::run(app, &session, received, envelope.into_bytes()).await?;
            for one in &taken {
                if let Fate::Refused(why) = &one.fate {
                    tracing::warn!(peer = %id, object = %one.id, why, "an object of an ally was refused");
                }
            }
        }
        let cursor = batch.cursor;
        let member = peer.member.to_string();
        let after = cursor.after.map(|it| it.to_string());
        app.write(&member, move |tx, _| tx.set_cursor(id, after.as_deref(), cursor.epoch)).await?;
    }
    Ok(())
}

/// What a pull needs to know; none when the peer is gone or its member may not bring anything.
fn prepared(
    reader: &vigie_store::Reader<'_>,
    id: PeerId,
) -> Result<Option<(Peer, Session, CollectionId)>, vigie_store::StoreError> {
    let Some(peer) = reader.peer(id)? else { return Ok(None) };
    let Some(member) = reader.member(peer.member)?.filter(|it| it.state == Membership::Active) else {
        return Ok(None);
    };
    let Some(received) = reader.collection(RECEIVED)? else { return Ok(None) };
    let session = Session {
        viewer: Viewer::of(&member),
        name: id.to_string(),
        read: Scope::none(),
        write: Scope::none(),
    };
    Ok(Some((peer, session, received.id)))
}

fn client(app: &App, peer: &Peer) -> Result<Client, PullError> {
    let node = app.node();
    let settings = Settings {
        trust: Trust::Pinned(peer.fingerprint.clone()),
        identity: Some(Identity::from_pem(node.certificate.as_bytes(), node.key.as_bytes())?),
        credentials: Credentials::None,
        limits: Limits::default(),
    };
    Ok(Client::new(&peer.api_root, &settings)?)
}

fn chain(error: &dyn std::error::Error) -> String {
    crate::check_node::chain(error)
}
