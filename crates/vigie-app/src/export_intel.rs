//! Looking at intelligence from the command line: a whole collection, one object, or a search.

use std::io::{self, Write};

use vigie_model::intel::{Intel, SpecVersion};
use vigie_model::label::Label;
use vigie_model::query::{Query, VersionFilter};
use vigie_policy::{Action, Released};
use vigie_stix::id::StixId;

use crate::app::{App, AppError};
use crate::read_objects::{self, CollectionError};
use crate::session::Session;

/// Objects read from the store in one go.
const PAGE: usize = 1_000;

/// Why a collection was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be read.
    #[error(transparent)]
    Collection(#[from] CollectionError),
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
}

/// Every version of every object, in whatever version of STIX.
fn all() -> Query {
    let spec_versions = [SpecVersion::V20, SpecVersion::V21].into();
    Query { versions: VersionFilter::All, spec_versions, ..Query::everything(PAGE) }
}

/// Writes a collection as one bundle, every object and version with its exact text.
pub async fn run(
    app: &App,
    session: &Session,
    collection: &str,
    out: &mut impl Write,
) -> Result<u64, ExportError> {
    let id = read_objects::find(app, session, collection).await?.id;
    write!(out, "{{\"type\":\"bundle\",\"id\":\"bundle--{id}\",\"objects\":[")?;
    let mut query = all();
    let mut written = 0;
    loop {
        let page = read_objects::run(app, session, collection, query.clone()).await?;
        for item in &page.items {
            let comma = if written == 0 { "" } else { "," };
            write!(out, "{comma}\n{}", item.get().text)?;
            written += 1;
        }
        if !page.more {
            break;
        }
        query.resume_after = page.last;
    }
    writeln!(out, "\n]}}")?;
    Ok(written)
}

/// Every version of an object in every collection that the session may read, the oldest first, with its label.
pub async fn versions(
    app: &App,
    session: &Session,
    id: &StixId,
) -> Result<Vec<(Label, Released<Intel>)>, AppError> {
    let (own, session, id) = (app.clone(), session.clone(), id.clone());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &session.viewer, Action::View)?;
        let query = Query { ids: [id].into(), ..all() };
        let mut found = Vec::new();
        for collection in reader.collections()?.iter().filter(|it| session.read.covers(it.id)) {
            for item in reader.intel(collection.id, &query, &clearance)?.items {
                let label = reader.label(item.get().label)?;
                found.extend(label.map(|it| (it, item)));
            }
        }
        found.sort_by(|(_, a), (_, b)| a.get().version.cmp(&b.get().version));
        Ok(found)
    })
    .await
}

/// The newest versions whose text holds these words, upper and lower case alike, collection by collection.
pub async fn search(
    app: &App,
    session: &Session,
    words: &str,
    limit: usize,
) -> Result<Vec<Released<Intel>>, AppError> {
    let (own, viewer, words) = (app.clone(), session.viewer.clone(), words.to_lowercase());
    app.read(move |reader| {
        let clearance = own.clearance(reader, &viewer, Action::View)?;
        let mut found = Vec::new();
        for collection in reader.collections()? {
            let mut query = Query::everything(PAGE);
            loop {
                let page = reader.intel(collection.id, &query, &clearance)?;
                query.resume_after = page.next;
                found.extend(
                    page.items.into_iter().filter(|it| it.get().text.to_lowercase().contains(&words)),
                );
                if !page.more || found.len() >= limit {
                    break;
                }
            }
        }
        found.truncate(limit);
        Ok(found)
    })
    .await
}
