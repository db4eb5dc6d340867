//! All pages of a list, from servers that page as the standard says and from those that do not.
//!
//! Two ways lead to the next page (section 3.5): the server's `next`, and asking for what was added after the page's last
//! object. The first is taken as long as it leads on. Where it does not (`next` is missing, empty or repeats itself, the same
//! page comes again, the server cannot combine it with the query), the walk goes on by date, and looks back one microsecond,
//! so that objects added in the same microsecond as the last one are not lost; what comes twice is handed out once.
//!
//! Invariants
//! - Every request either brings something new or uses up one of a few attempts; a walk ends on any server.
//! - What was read is handed out before the error that ends the walk.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};
use std::marker::PhantomData;
use std::time::Duration;

use url::Url;

use super::Query;
use crate::taxii::date::DateAdded;
use crate::taxii::wire::{Envelope, Manifest, ManifestRecord, Versions};
use crate::transport::{Answer, ExchangeError, Transport};

/// How often in a row a page may bring nothing while the server says that there is more.
const EMPTY_PAGES: u32 = 16;

/// The page size to ask for by date if the query names none.
const DEFAULT_LIMIT: usize = 1000;

/// By how much larger a page to ask for when a whole page was added in one microsecond.
const LIMIT_GROWTH: usize = 8;

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What it holds, without what the walk handed out before.
    pub items: Vec<T>,
    /// When its first item was added, if the server says.
    pub first: Option<DateAdded>,
    /// The latest date added that the walk has seen, or was asked to begin after. It never goes back.
    pub reached: Option<DateAdded>,
    /// The server's audience epoch, if it is a node of Vigie.
    pub epoch: Option<u64>,
    /// Whether the server says that there is more.
    pub more: bool,
}

/// What a list consists of: object texts, manifest records, or version texts.
pub trait PageItem: Hash + Sized {
    /// Reads the body of a page with at most `limit` items.
    #[doc(hidden)]
    fn read(body: &[u8], limit: usize) -> Result<Body<Self>, String>;
}

/// What the body of a page says.
#[doc(hidden)]
#[derive(Debug)]
pub struct Body<T> {
    more: bool,
    next: Option<String>,
    items: Vec<T>,
}

impl PageItem for Box<str> {
    fn read(body: &[u8], limit: usize) -> Result<Body<Self>, String> {
        let Envelope { more, next, objects } = Envelope::read(body, limit).map_err(|it| it.to_string())?;
        Ok(Body { more, next, items: objects.into_iter().map(|it| it.get().into()).collect() })
    }
}

impl PageItem for ManifestRecord {
    fn read(body: &[u8], limit: usize) -> Result<Body<Self>, String> {
        let Manifest { more, next, objects } = serde_json::from_slice(body).map_err(|it| it.to_string())?;
        at_most(limit, &objects)?;
        Ok(Body { more, next, items: objects })
    }
}

impl PageItem for String {
    fn read(body: &[u8], limit: usize) -> Result<Body<Self>, String> {
        let Versions { more, next, versions } = serde_json::from_slice(body).map_err(|it| it.to_string())?;
        at_most(limit, &versions)?;
        Ok(Body { more, next, items: versions })
    }
}

fn at_most<T>(limit: usize, items: &[T]) -> Result<(), String> {
    if items.len() <= limit { Ok(()) } else { Err(format!("more than {limit} items, which is the limit")) }
}

/// Reads page after page.
#[derive(Debug)]
pub struct Walk<T> {
    transport: Transport,
    url: Url,
    query: Query,
    position: Position,
    /// Whether `next` has failed to lead on.
    by_date: bool,
    reached: Option<DateAdded>,
    pages: u64,
    empty_in_a_row: u32,
    hasher: RandomState,
    /// Every `next` that was followed.
    followed: HashSet<u64>,
    /// Every page that held anything.
    seen_pages: HashSet<u64>,
    /// What the last pages held, as far back as a walk by date looks.
    recent: HashSet<u64>,
    item: PhantomData<fn() -> T>,
}

#[derive(Clone, Debug)]
enum Position {
    Start,
    Next(String),
    After(DateAdded),
    Stuck(&'static str),
    Done,
}

impl<T: PageItem> Walk<T> {
    pub(super) fn new(transport: Transport, url: Url, query: Query) -> Self {
        Self {
            transport,
            url,
            reached: query.added_after,
            query,
            position: Position::Start,
            by_date: false,
            pages: 0,
            empty_in_a_row: 0,
            hasher: RandomState::new(),
            followed: HashSet::new(),
            seen_pages: HashSet::new(),
            recent: HashSet::new(),
            item: PhantomData,
        }
    }

    /// The next page, or `None` after the last. The first page is handed out even if it is empty, others are not. After an
    /// error, asking again tries the same page again.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, ExchangeError> {
        loop {
            let answer = match self.fetch().await {
                Ok(Some(answer)) => answer,
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.distrust_next(error)?;
                    continue;
                }
            };
            let page = self.take_in(&answer)?;
            if !page.items.is_empty() || self.pages == 1 {
                return Ok(Some(page));
            }
        }
    }

    /// Asks for the page at the current position; `None` after the last.
    async fn fetch(&self) -> Result<Option<Answer>, ExchangeError> {
        let limit = self.transport.limits().pages;
        match &self.position {
            Position::Done => return Ok(None),
            Position::Stuck(why) => {
                return Err(ExchangeError::NoProgress {
                    url: self.url.clone().into(),
                    pages: self.pages,
                    why,
                });
            }
            _ if self.pages == limit => {
                return Err(ExchangeError::TooManyPages { url: self.url.clone().into(), limit });
            }
            _ => {}
        }
        self.transport.get(&self.address()).await.map(Some)
    }

    fn address(&self) -> Url {
        let mut url = self.url.clone();
        let added_after = match self.position {
            Position::After(date) => Some(date),
            _ => self.query.added_after,
        };
        if let Some(date) = added_after {
            url.query_pairs_mut().append_pair("added_after", &date.to_string());
        }
        if let Some(limit) = self.query.limit {
            url.query_pairs_mut().append_pair("limit", &limit.to_string());
        }
        self.query.write_matches(&mut url);
        if let Position::Next(next) = &self.position {
            url.query_pairs_mut().append_pair("next", next);
        }
        url
    }

    /// Goes on by date if it was `next` that the server could not deal with.
    fn distrust_next(&mut self, error: ExchangeError) -> Result<(), ExchangeError> {
        let server_refused = error.status().is_some_and(|it| !matches!(it, 401 | 403 | 429 | 503));
        if !server_refused
            || !matches!(self.position, Position::Next(_))
            || self.reached == self.query.added_after
        {
            return Err(error);
        }
        self.position = self.onward_by_date(true);
        Ok(())
    }

    /// Makes a page of the answer and decides where to go on.
    fn take_in(&mut self, answer: &Answer) -> Result<Page<T>, ExchangeError> {
        let limit = self.transport.limits().page_items;
        let Body { more, next, items } =
            T::read(&answer.body, limit).map_err(|why| answer.not_taxii(&why))?;
        self.pages += 1;
        let advanced = answer.last().is_some_and(|last| self.reached.is_none_or(|it| last > it));
        if advanced {
            self.reached = answer.last();
        }
        let (items, repeats) = self.new_among(items, advanced);
        let onward = match next.filter(|it| !it.is_empty()) {
            _ if !more => Position::Done,
            Some(next) if !self.by_date && !repeats && self.followed.insert(self.hasher.hash_one(&next)) => {
                self.onward_by_next(next, items.is_empty())
            }
            _ => self.onward_by_date(items.is_empty()),
        };
        self.position = onward;
        Ok(Page { items, first: answer.first(), reached: self.reached, epoch: answer.epoch(), more })
    }

    /// What of a page is new, and whether the whole page came before.
    fn new_among(&mut self, items: Vec<T>, advanced: bool) -> (Vec<T>, bool) {
        if items.is_empty() {
            return (items, false);
        }
        let hashes: Vec<u64> = items.iter().map(|it| self.hasher.hash_one(it)).collect();
        if !self.seen_pages.insert(self.hasher.hash_one(&hashes)) {
            return (Vec::new(), true);
        }
        let looks_back = matches!(self.position, Position::After(_));
        let known = if looks_back { self.recent.clone() } else { HashSet::new() };
        if advanced {
            self.recent.clear();
        }
        self.recent.extend(&hashes);
        let new = items.into_iter().zip(hashes).filter(|(_, hash)| !known.contains(hash));
        (new.map(|(item, _)| item).collect(), false)
    }

    fn onward_by_next(&mut self, next: String, empty: bool) -> Position {
        self.empty_in_a_row = if empty { self.empty_in_a_row + 1 } else { 0 };
        if self.empty_in_a_row > EMPTY_PAGES {
            return Position::Stuck("its pages are empty");
        }
        Position::Next(next)
    }

    fn onward_by_date(&mut self, empty: bool) -> Position {
        let first_time = !std::mem::replace(&mut self.by_date, true);
        let Some(reached) = self.reached.filter(|it| Some(*it) != self.query.added_after) else {
            return Position::Stuck("names no next page and no date of its last object");
        };
        if empty && !first_time {
            // Perhaps more objects than fit on a page were added in the same microsecond.
            let limit = self.query.limit.unwrap_or(DEFAULT_LIMIT);
            if limit >= self.transport.limits().page_items {
                return Position::Stuck("asking for what was added after its last object brings nothing new");
            }
            self.query.limit =
                Some(limit.saturating_mul(LIMIT_GROWTH).min(self.transport.limits().page_items));
        }
        match reached.before(Duration::from_micros(1)) {
            Some(date) => Position::After(date),
            None => Position::Stuck("dates its last object with the beginning of time"),
        }
    }
}
