//! The saved form of warning lists: values as they are indexed, substrings and regular expressions as text.

use std::io::{self, Read, Write};

use super::read::compiled;
use super::{Part, Suppress, WarningList, WarningSet};
use crate::index::Index;
use crate::saved::{BadImage, Loader, Saver, damaged};

impl WarningSet {
    pub(crate) fn save<W: Write>(&self, to: &mut Saver<W>) -> io::Result<()> {
        to.u64(self.lists.len() as u64)?;
        for list in &self.lists {
            to.text(&list.name)?;
            to.whole([match list.suppress {
                Suppress::Nothing => 0,
                Suppress::Same => 1,
                Suppress::Within => 2,
            }])?;
            to.u32(list.classes.into())?;
        }
        self.index.save(to)?;
        to.u64(self.parts.len() as u64)?;
        for part in &self.parts {
            to.u32(part.list)?;
            to.text(&part.text)?;
        }
        to.u64(self.patterns.len() as u64)?;
        for (pattern, list) in &self.patterns {
            to.u32(*list)?;
            to.text(pattern.as_str())?;
        }
        Ok(())
    }

    pub(crate) fn load<R: Read>(from: &mut Loader<R>) -> Result<Self, BadImage> {
        let mut lists = Vec::new();
        for _ in 0..from.u64()? {
            let name = from.text()?.into();
            let suppress = match from.u8()? {
                0 => Suppress::Nothing,
                1 => Suppress::Same,
                2 => Suppress::Within,
                _ => return Err(damaged("a warning list holds back what is unknown")),
            };
            lists.push(WarningList { name, suppress, classes: from.u32()? as u16 });
        }
        if !lists.is_sorted_by(|a, b| a.name < b.name) {
            return Err(damaged("the warning lists are not in order"));
        }
        let index = Index::load(from)?;
        let mut parts = Vec::new();
        for _ in 0..from.u64()? {
            parts.push(Part { list: from.u32()?, text: from.text()?.into() });
        }
        let mut patterns = Vec::new();
        for _ in 0..from.u64()? {
            let list = from.u32()?;
            let pattern = compiled(&from.text()?).map_err(|_| damaged("a regular expression is wrong"))?;
            patterns.push((pattern, list));
        }
        Ok(Self::new(lists, index, parts, patterns))
    }
}
