//! Query parameters (section 3.4 of TAXII 2.1): filters and paging, read strictly.
//!
//! A parameter that is malformed or given twice is refused; one that the endpoint does not define is ignored, as the
//! section allows. Only DELETE ignores nothing: a filter that is not understood would delete more than was meant.
//!
//! Start with [`Endpoint`], then [`read`].

use std::collections::BTreeSet;

use vigie_exchange::taxii::date::{BadDate, DateAdded};
use vigie_model::intel::SpecVersion;
use vigie_model::query::{Query, VersionFilter};
use vigie_stix::id::StixId;

/// Values in one comma list, at most.
const MAX_VALUES: usize = 1000;

/// An endpoint that takes parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Objects of a collection (section 5.4).
    Objects,
    /// Manifest of a collection (section 5.3).
    Manifest,
    /// One object (section 5.6).
    Object,
    /// Versions of one object (section 5.8).
    Versions,
    /// Deletion of one object (section 5.7).
    Delete,
}

/// How many rows a page may have.
#[derive(Clone, Copy, Debug)]
pub struct PageSize {
    /// When the client does not say.
    pub default: usize,
    /// Whatever the client says.
    pub max: usize,
}

/// What a client asks, read but for the paging token.
#[derive(Debug)]
pub struct Asked {
    /// The question. `resume_after` is still open.
    pub query: Query,
    /// The paging token, not to be trusted.
    pub next: Option<String>,
    /// The filters as given, in a fixed order: a paging token is good for these only.
    pub filters: String,
}

/// Why a query parameter cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum BadParameter {
    /// One parameter, two values.
    #[error("`{0}` is given twice")]
    Twice(String),
    /// Not percent-encoded UTF-8.
    #[error("`{0}` is no percent-encoded UTF-8")]
    Encoding(String),
    /// Nothing where a value should be.
    #[error("`{0}` has an empty value")]
    Empty(String),
    /// A list that is too long.
    #[error("`{0}` lists more than {MAX_VALUES} values")]
    TooMany(String),
    /// No number of rows.
    #[error("`{0}` is no limit; expected a whole number above 0")]
    Limit(String),
    /// No timestamp.
    #[error("`added_after`: {0}")]
    Date(BadDate),
    /// No version of an object.
    #[error("`{0}` is no version; expected `first`, `last`, `all` or a timestamp")]
    Version(String),
    /// `all` with something beside it.
    #[error("`all` stands alone in `match[version]`")]
    AllAndMore,
    /// No version of STIX.
    #[error("`{0}` is no version of STIX; expected one such as `2.1`")]
    SpecVersion(String),
    /// A parameter of DELETE that it does not define.
    #[error("`{0}` does not restrict a deletion; leave it out")]
    NotForDelete(String),
    /// A paging token that is not ours, or of another question.
    #[error("this `next` was not given for this question; ask again without it")]
    Next,
}

impl Endpoint {
    /// Whether the endpoint defines a parameter (the tables of sections 5.3 to 5.8).
    fn defines(self, name: &str) -> bool {
        match name {
            "added_after" | "limit" | "next" => self != Self::Delete,
            "match[id]" | "match[type]" => matches!(self, Self::Objects | Self::Manifest),
            "match[version]" => self != Self::Versions,
            "match[spec_version]" => true,
            _ => false,
        }
    }

    /// What is meant where the client does not say: the last version, but all of them where that is the point.
    fn default_versions(self) -> VersionFilter {
        match self {
            Self::Objects | Self::Manifest | Self::Object => VersionFilter::last(),
            Self::Versions | Self::Delete => VersionFilter::All,
        }
    }
}

/// Reads the query part of an address.
pub fn read(endpoint: Endpoint, text: Option<&str>, size: PageSize) -> Result<Asked, BadParameter> {
    let mut query = Query { versions: endpoint.default_versions(), ..Query::everything(size.default) };
    let mut next = None;
    let mut filters = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for pair in text.unwrap_or_default().split('&').filter(|it| !it.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        if !endpoint.defines(&name) {
            if endpoint == Endpoint::Delete {
                return Err(BadParameter::NotForDelete(shown(&name)));
            }
            continue;
        }
        let value = decode(value)?;
        if value.is_empty() {
            return Err(BadParameter::Empty(name));
        }
        match name.as_str() {
            "added_after" => {
                query.added_after = Some(value.parse::<DateAdded>().map_err(BadParameter::Date)?.micros());
            }
            "limit" => query.limit = limit(&value, size.max)?,
            "next" => next = Some(value.clone()),
            _ => {
                filter(&mut query, &name, &value)?;
                filters.insert(format!("{name}={value}\n"));
            }
        }
        if !seen.insert(name.clone()) {
            return Err(BadParameter::Twice(name));
        }
    }
    Ok(Asked { query, next, filters: filters.into_iter().collect() })
}

/// A filter's values go into the question.
fn filter(query: &mut Query, name: &str, value: &str) -> Result<(), BadParameter> {
    let values: Vec<&str> = value.split(',').collect();
    if values.len() > MAX_VALUES {
        return Err(BadParameter::TooMany(name.to_owned()));
    }
    if values.iter().any(|it| it.is_empty()) {
        return Err(BadParameter::Empty(name.to_owned()));
    }
    match name {
        "match[id]" => {
            query.ids = values.iter().filter_map(|it| it.parse::<StixId>().ok()).collect();
            if query.ids.is_empty() {
                match_nothing(query);
            }
        }
        // Already set: another filter matches nothing.
        "match[type]" if query.types.is_empty() => {
            query.types = values.into_iter().map(str::to_owned).collect();
        }
        "match[version]" => query.versions = versions(&values)?,
        "match[spec_version]" => {
            query.spec_versions = spec_versions(&values)?;
            if query.spec_versions.is_empty() {
                match_nothing(query);
            }
        }
        _ => {}
    }
    Ok(())
}

/// An empty set asks for everything, so a filter whose values all name nothing needs another way to say nothing: a
/// type that no object has.
fn match_nothing(query: &mut Query) {
    query.types = BTreeSet::from([String::new()]);
}

fn limit(value: &str, max: usize) -> Result<usize, BadParameter> {
    if !value.bytes().all(|it| it.is_ascii_digit()) || value.bytes().all(|it| it == b'0') {
        return Err(BadParameter::Limit(shown(value)));
    }
    // More digits than fit are more than may be had.
    Ok(value.parse().unwrap_or(max).min(max))
}

fn versions(values: &[&str]) -> Result<VersionFilter, BadParameter> {
    if values.contains(&"all") {
        return if values.len() == 1 { Ok(VersionFilter::All) } else { Err(BadParameter::AllAndMore) };
    }
    let (mut first, mut last, mut exact) = (false, false, BTreeSet::new());
    for value in values {
        match *value {
            "first" => first = true,
            "last" => last = true,
            instant => {
                exact.insert(instant.parse().map_err(|_| BadParameter::Version(shown(instant)))?);
            }
        }
    }
    Ok(VersionFilter::Some { first, last, exact })
}

/// Those that exist; a version of STIX that is yet to come is well-formed and matches nothing.
fn spec_versions(values: &[&str]) -> Result<BTreeSet<SpecVersion>, BadParameter> {
    let mut known = BTreeSet::new();
    for value in values {
        match *value {
            "2.0" => drop(known.insert(SpecVersion::V20)),
            "2.1" => drop(known.insert(SpecVersion::V21)),
            other if is_dotted_number(other) => {}
            other => return Err(BadParameter::SpecVersion(shown(other))),
        }
    }
    Ok(known)
}

fn is_dotted_number(text: &str) -> bool {
    text.split('.').count() > 1
        && text.split('.').all(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Undoes percent-encoding and `+` for a space.
fn decode(text: &str) -> Result<String, BadParameter> {
    let bad = || BadParameter::Encoding(shown(text));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_at_checked(2).ok_or_else(bad)?;
                let digit = |it: &u8| char::from(*it).to_digit(16);
                let value =
                    digits.iter().try_fold(0, |sum, it| Some(sum * 16 + digit(it)?)).ok_or_else(bad)?;
                bytes.push(u8::try_from(value).map_err(|_| bad())?);
                rest = after;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

/// Enough of a value to find it again.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
