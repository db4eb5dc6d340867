//! Selecting the holdings that answer a question, among those that the viewer may see.

use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};

use vigie_model::intel::SpecVersion;
use vigie_model::label::LabelId;
use vigie_model::query::{Query, VersionFilter};
use vigie_policy::Clearance;
use vigie_stix::id::StixId;

use crate::error::StoreError;
use crate::page::{Merge, Sorted};
use crate::reader::Reader;
use crate::sqlite::holding::{self, Group, Holding, Newest, Run};
use crate::sqlite::{intel, shelf};

/// A holding that answers, with its object.
pub(super) struct Found {
    pub(super) held: Holding,
    pub(super) id: StixId,
}

/// A question to one collection by one viewer.
pub(super) struct Selection<'r> {
    reader: &'r Reader<'r>,
    collection: i64,
    query: &'r Query,
    clearance: &'r Clearance,
    specs: BTreeSet<i64>,
    types: Option<BTreeSet<i64>>,
    exact: BTreeSet<i64>,
}

impl Sorted for Holding {
    type Key = i64;

    fn key(&self) -> i64 {
        self.added
    }
}

/// A holding in a list that has the newest first.
struct Back(Holding);

impl Sorted for Back {
    type Key = Reverse<i64>;

    fn key(&self) -> Reverse<i64> {
        Reverse(self.0.added)
    }
}

impl<'r> Selection<'r> {
    pub(super) fn new(
        reader: &'r Reader<'r>,
        collection: i64,
        query: &'r Query,
        clearance: &'r Clearance,
    ) -> Result<Self, StoreError> {
        let mut types = None;
        for name in &query.types {
            let known = intel::known_type(reader.connection, name)?;
            types.get_or_insert_with(BTreeSet::new).extend(known);
        }
        let exact = match &query.versions {
            VersionFilter::All => BTreeSet::new(),
            VersionFilter::Some { exact, .. } => exact.iter().map(super::instant).collect(),
        };
        let specs = query.spec_versions.iter().copied().map(intel::spec_number).collect();
        Ok(Self { reader, collection, query, clearance, specs, types, exact })
    }

    /// The first answers, at most so many, and whether there are more.
    pub(super) fn first(&self, limit: usize) -> Result<(VecDeque<Found>, bool), StoreError> {
        let start = self.query.added_after.max(self.query.resume_after).unwrap_or(i64::MIN);
        let runs = self.runs(start)?;
        let mut merge = Merge::new(runs, start, limit.saturating_add(1), |run: &Run, after, rows| {
            self.fetch(run, after, rows)
        })?;
        let mut found = VecDeque::new();
        while let Some(held) = merge.next()? {
            let Some(id) = self.wanted(&held)? else { continue };
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push_back(Found { held, id });
        }
        Ok((found, false))
    }

    /// The last answers before a date, the newest first, at most so many, and whether there are more. The question must
    /// be one for last versions; of its parts the types count.
    pub(super) fn newest(&self, before: i64, limit: usize) -> Result<(VecDeque<Found>, bool), StoreError> {
        let connection = self.reader.connection;
        let fetch = |run: &Newest, before: Reverse<i64>, rows| {
            let rows = holding::fetch_newest(connection, self.collection, run, before.0, rows)?;
            Ok(rows.into_iter().map(Back).collect())
        };
        let mut merge = Merge::new(self.newest_runs()?, Reverse(before), limit.saturating_add(1), fetch)?;
        let mut found = VecDeque::new();
        while let Some(Back(held)) = merge.next()? {
            if !self.clearance.allows(held.label) {
                continue;
            }
            let Some(id) = self.wanted(&held)? else { continue };
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push_back(Found { held, id });
        }
        Ok((found, false))
    }

    fn newest_runs(&self) -> Result<Vec<Newest>, StoreError> {
        let mut labels = shelf::after(self.reader.connection, self.collection, i64::MIN)?;
        labels.retain(|it| self.clearance.allows(*it));
        let of = |label| match &self.types {
            None => vec![Newest::Label { label }],
            Some(types) => types.iter().map(|&kind| Newest::Type { label, kind }).collect(),
        };
        let runs: Vec<Newest> = labels.into_iter().flat_map(of).collect();
        let too_many = runs.len() > self.reader.options.merged_labels;
        Ok(if too_many { vec![Newest::Collection] } else { runs })
    }

    /// The narrowest runs that hold all answers.
    fn runs(&self, start: i64) -> Result<Vec<Run>, StoreError> {
        // What was superseded under its own label is nobody's last version.
        let newest: &[bool] = match &self.query.versions {
            VersionFilter::Some { first: false, exact, .. } if exact.is_empty() => &[true],
            _ => &[true, false],
        };
        if !self.query.ids.is_empty() {
            return self.runs_of_objects(newest);
        }
        if matches!(self.query.versions, VersionFilter::Some { first: false, last: false, .. }) {
            return Ok(self.exact.iter().map(|&instant| Run::Instant { instant }).collect());
        }
        let mut labels = shelf::after(self.reader.connection, self.collection, start)?;
        labels.retain(|it| self.clearance.allows(*it));
        let mut runs = Vec::new();
        for (label, newest) in labels.into_iter().flat_map(|label| newest.iter().map(move |it| (label, *it)))
        {
            if let Some(types) = &self.types {
                runs.extend(types.iter().map(|&kind| Run::Type { label, newest, kind }));
            } else {
                runs.push(Run::Label { label, newest });
            }
            if runs.len() > self.reader.options.merged_labels {
                return Ok(vec![Run::Collection]);
            }
        }
        Ok(runs)
    }

    fn runs_of_objects(&self, newest: &[bool]) -> Result<Vec<Run>, StoreError> {
        let mut runs = Vec::new();
        for id in &self.query.ids {
            let Some(object) = intel::object_by_id(self.reader.connection, id.as_str())? else { continue };
            let groups = holding::groups(self.reader.connection, object.number, self.collection)?;
            let labels: BTreeSet<LabelId> = groups.iter().map(|it| it.label).collect();
            for label in labels.into_iter().filter(|it| self.clearance.allows(*it)) {
                let object = object.number;
                runs.extend(newest.iter().map(|&newest| Run::Object { object, label, newest }));
            }
        }
        Ok(runs)
    }

    /// Rows of a run that the viewer may see. A run of all labels is read on until there are enough.
    fn fetch(&self, run: &Run, after: i64, rows: usize) -> Result<Vec<Holding>, StoreError> {
        let read = |after| holding::fetch(self.reader.connection, self.collection, run, after, rows);
        if !matches!(run, Run::Instant { .. } | Run::Collection) {
            return Ok(read(after)?);
        }
        let mut visible = Vec::new();
        let mut after = after;
        loop {
            let part = read(after)?;
            let ended = part.len() < rows;
            after = part.last().map_or(after, |it| it.added);
            visible.extend(part.into_iter().filter(|it| self.clearance.allows(it.label)));
            if ended || visible.len() >= rows {
                return Ok(visible);
            }
        }
    }

    /// The object of a holding, if it answers the question.
    fn wanted(&self, held: &Holding) -> Result<Option<StixId>, StoreError> {
        let listed = |set: &BTreeSet<i64>, it| set.is_empty() || set.contains(&it);
        let of_type = self.types.as_ref().is_none_or(|it| it.contains(&held.kind));
        if !of_type || !listed(&self.specs, held.spec) {
            return Ok(None);
        }
        let connection = self.reader.connection;
        let (id, mixed) = intel::object_by_number(connection, held.object)?;
        let groups = if mixed {
            let mut groups = holding::groups(connection, held.object, self.collection)?;
            groups.retain(|it| self.clearance.allows(it.label));
            groups
        } else {
            vec![Group { collection: self.collection, label: held.label, spec: held.spec }]
        };
        let wanted = self.is_the_one_shown(held, &groups)? && self.is_a_version_asked_for(held, &groups)?;
        if wanted { intel::stix_id(&id).map(Some) } else { Ok(None) }
    }

    /// Without a filter only the latest version of STIX is shown, and each version only once.
    fn is_the_one_shown(&self, held: &Holding, visible: &[Group]) -> Result<bool, StoreError> {
        if self.specs.is_empty() && visible.iter().any(|it| it.spec > held.spec) {
            return Ok(false);
        }
        for other in visible.iter().filter(|it| it.spec == held.spec && it.label != held.label) {
            let twin = holding::at(
                self.reader.connection,
                held.object,
                self.collection,
                other.label,
                held.spec,
                held.instant,
            )?;
            if twin.is_some_and(|it| it.added < held.added) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_a_version_asked_for(&self, held: &Holding, visible: &[Group]) -> Result<bool, StoreError> {
        let VersionFilter::Some { first, last, .. } = self.query.versions else { return Ok(true) };
        if self.exact.contains(&held.instant) {
            return Ok(true);
        }
        let alone = matches!(visible, [_]);
        if !first && alone {
            return Ok(last && held.newest);
        }
        let mut is_first = first;
        let mut is_last = last && held.newest;
        for group in visible.iter().filter(|it| it.spec == held.spec) {
            if !is_first && !is_last {
                break;
            }
            if let Some((oldest, newest)) = holding::ends(self.reader.connection, held.object, group)? {
                is_first &= held.instant <= oldest;
                is_last &= held.instant >= newest;
            }
        }
        Ok(is_first || is_last)
    }
}

/// The STIX version that a row's number stands for.
pub(super) fn spec_version(spec: i64) -> SpecVersion {
    if spec == intel::spec_number(SpecVersion::V20) { SpecVersion::V20 } else { SpecVersion::V21 }
}
