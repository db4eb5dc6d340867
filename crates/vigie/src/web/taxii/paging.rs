//! One page of a collection, from the client's question to the dates and the token of the answer.

use axum::http::Uri;
use vigie_app::read_objects;
use vigie_app::session::Session;
use vigie_exchange::taxii::date::DateAdded;
use vigie_model::intel::Intel;
use vigie_model::query::Query;
use vigie_policy::Released;

use super::cursor::{self, Scope};
use super::parameters::{self, Endpoint, PageSize};
use super::respond::Dates;
use crate::web::error::Failure;
use crate::web::routes::Site;

/// What is asked, by whom and where.
pub(super) struct Paging<'a> {
    site: &'a Site,
    session: &'a Session,
    member: String,
    path: &'a str,
    filters: String,
    /// The question, with the position of the paging token if one was given.
    pub query: Query,
}

impl<'a> Paging<'a> {
    /// Reads the parameters of an address, and its paging token.
    pub(super) fn begin(
        site: &'a Site,
        session: &'a Session,
        endpoint: Endpoint,
        uri: &'a Uri,
    ) -> Result<Self, Failure> {
        let limits = &site.app.settings().limits;
        let size = PageSize { default: limits.default_page, max: limits.max_page };
        let asked = parameters::read(endpoint, uri.query(), size)?;
        let member = session.viewer.member.to_string();
        let mut paging =
            Self { site, session, member, path: uri.path(), filters: asked.filters, query: asked.query };
        if let Some(token) = asked.next {
            let position = cursor::open(&site.app.node().cursor_key, paging.scope(), &token)?;
            paging.query.resume_after = Some(position);
        }
        Ok(paging)
    }

    fn scope(&self) -> Scope<'_> {
        Scope { member: &self.member, path: self.path, filters: &self.filters, epoch: self.session.epoch }
    }

    /// The token for the page after these rows, if there is one.
    pub(super) fn next(&self, items: &[Released<Intel>], more: bool) -> Option<String> {
        let last = items.last().filter(|_| more)?;
        Some(cursor::seal(&self.site.app.node().cursor_key, self.scope(), micros(last)))
    }

    /// Between which dates the rows lie. An empty page lies where the client already was, or where the collection began
    /// (the standard leaves this open; `OpenCTI-Platform/opencti#6973` is what comes of no answer).
    pub(super) async fn dates(&self, items: &[Released<Intel>], collection: &str) -> Result<Dates, Failure> {
        let (first, last) =
            match (items.first(), items.last(), self.query.resume_after.max(self.query.added_after)) {
                (Some(first), Some(last), _) => (micros(first), micros(last)),
                (_, _, Some(position)) => (position, position),
                _ => {
                    let collection = read_objects::find(&self.site.app, self.session, collection).await?;
                    (collection.created / 1000, collection.created / 1000)
                }
            };
        let date = |it| DateAdded::from_micros(it).map_err(|error| Failure::internal(&error));
        Ok(Dates { first: date(first)?, last: date(last)?, epoch: self.session.epoch })
    }
}

/// When a row came into the collection, microseconds since 1970.
pub(super) fn micros(row: &Released<Intel>) -> i64 {
    i64::try_from(row.get().date_added.nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}
