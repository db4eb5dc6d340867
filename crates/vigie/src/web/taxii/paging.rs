//! One page of a collection, from the client's question to the dates and the token of the answer.

use axum::http::Uri;
use vigie_app::read_objects::Page;
use vigie_app::session::Session;
use vigie_exchange::taxii::date::DateAdded;
use vigie_model::query::Query;

use super::cursor::{self, Position, Scope};
use super::parameters::{self, BadParameter, Endpoint, PageSize};
use super::respond::Dates;
use crate::web::error::Failure;
use crate::web::routes::Site;

/// What is asked, by whom and where.
pub(super) struct Paging<'a> {
    key: &'a [u8; 32],
    member: String,
    path: &'a str,
    filters: String,
    /// The epoch of the paging token, if one was given.
    epoch: Option<u64>,
    /// The question, with the position of the paging token.
    pub(super) query: Query,
}

/// What goes with the rows of a page.
pub(super) struct Around {
    /// The token for the page after it, if there is one.
    pub(super) next: Option<String>,
    /// Between which dates it lies.
    pub(super) dates: Dates,
}

impl<'a> Paging<'a> {
    /// Reads the parameters of an address, and its paging token.
    pub(super) fn begin(
        site: &'a Site,
        session: &Session,
        endpoint: Endpoint,
        uri: &'a Uri,
    ) -> Result<Self, Failure> {
        let limits = &site.app.settings().limits;
        let rows = PageSize { default: limits.default_page, max: limits.max_page };
        let asked = parameters::read(endpoint, uri.query(), rows)?;
        let mut paging = Self {
            key: &site.app.node().cursor_key,
            member: session.viewer.member.to_string(),
            path: uri.path(),
            filters: asked.filters,
            epoch: None,
            query: asked.query,
        };
        if let Some(token) = asked.next {
            let position = cursor::open(paging.key, paging.scope(), &token)?;
            paging.query.resume_after = Some(position.micros);
            paging.epoch = Some(position.epoch);
        }
        Ok(paging)
    }

    fn scope(&self) -> Scope<'_> {
        Scope { member: &self.member, path: self.path, filters: &self.filters }
    }

    /// What goes with a page that was read. Refused if what the caller may see has changed since the page before: rows
    /// that lie before this one may have become visible, and would be missed.
    pub(super) fn around<T>(&self, page: &Page<T>) -> Result<Around, Failure> {
        if self.epoch.is_some_and(|it| it != page.epoch) {
            return Err(BadParameter::Next.into());
        }
        let (first, last) = (page.first, page.last);
        // The standard does not say where an empty page lies (`OpenCTI-Platform/opencti#6973` is what comes of leaving
        // it out): where the client already was, else where the collection begins.
        let empty =
            self.query.resume_after.max(self.query.added_after).unwrap_or(page.created.div_euclid(1000));
        let next = last
            .filter(|_| page.more)
            .map(|micros| cursor::seal(self.key, self.scope(), Position { micros, epoch: page.epoch }));
        let dates = Dates {
            first: date(first.unwrap_or(empty))?,
            last: date(last.unwrap_or(empty))?,
            epoch: page.epoch,
        };
        Ok(Around { next, dates })
    }
}

/// A date added, as TAXII writes it.
pub(super) fn date(micros: i64) -> Result<DateAdded, Failure> {
    DateAdded::from_micros(micros).map_err(|error| Failure::internal(&error))
}
