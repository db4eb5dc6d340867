//! Saving an image, and loading it again in a fraction of the time that compiling its lists takes.
//!
//! Listed values are saved as they are indexed; indicators, Sigma documents and files of YARA rules as their texts, which
//! are compiled again; warning lists as both. **The file holds the secret under which values are hashed, and the indicators themselves: it is a
//! secret of the node.** It is read only by the version of the program that wrote it: by the version of the format, of the
//! canonical forms and of the hash.
//!
//! Start with [`Image::save`] and [`Image::load`].

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};

use vigie_model::label::LabelId;
use vigie_stix::pattern::Edition;

use super::Image;
use crate::builder::indicator::Draft;
use crate::builder::{Builder, Options};
use crate::index::Tagger;
use crate::key;
use crate::layer::Layer;
use crate::rule::{Indicator, Language, Validity};
use crate::saved::{BadImage, Loader, Saver, damaged};
use crate::segment::Segment;
use crate::sigma::{self, Head};
use crate::warning::{WarningSet, Warnings};
use crate::yara;

/// The version of the format.
const FORMAT: u32 = 4;

impl Image {
    /// Writes the rules in force. Rules over several events lose what they remember of events. The options are those that the
    /// rules were compiled with.
    pub fn save(&self, to: impl Write, options: &Options) -> io::Result<()> {
        let mut to = Saver::new(to)?;
        to.text(&version())?;
        let merged;
        let lists = match self.layers.as_slice() {
            [one] if one.segment.indicators.is_empty() && one.muted_lists.is_empty() => &*one.segment,
            all => {
                merged = lists_of(all, &self.warnings, options);
                &merged
            }
        };
        lists.save(&mut to)?;
        let in_force = |it: &Layer| {
            let muted = Arc::clone(&it.muted);
            let all = (0_u32..).zip(it.segment.indicators.clone());
            all.filter(move |(number, _)| !muted.contains(number)).map(|(_, it)| it)
        };
        let indicators: Vec<Arc<Indicator>> = self.layers.iter().flat_map(in_force).collect();
        to.u64(indicators.len() as u64)?;
        for indicator in &indicators {
            save_indicator(indicator, &mut to)?;
        }
        self.save_sigma(&mut to, &options.sigma)?;
        let files: Vec<(&str, &str)> = self.yara().flat_map(yara::Rules::files).collect();
        to.u64(files.len() as u64)?;
        for (name, text) in files {
            to.text(name)?;
            to.text(text)?;
        }
        to.u64(self.warnings.sets().len() as u64)?;
        for set in self.warnings.sets() {
            set.save(&mut to)?;
        }
        to.finish()
    }

    /// Reads what [`Image::save`] wrote, at most `limit` bytes. An indicator whose pattern cannot be compiled under these
    /// options is counted as refused.
    pub fn load(from: impl Read, limit: u64, options: &Options) -> Result<Self, BadImage> {
        let mut from = Loader::new(from, limit)?;
        let (got, own) = (from.text()?, version());
        if got != own {
            return Err(BadImage::OtherVersion { got, own });
        }
        let lists = Segment::load(&mut from)?;
        let mut builder = Builder::new(options.clone());
        for _ in 0..from.u64()? {
            builder.add_draft(load_indicator(&mut from)?);
        }
        restore_sigma(&mut from, &mut builder, options)?;
        for _ in 0..from.u64()? {
            builder.restore_yara(&from.text()?, &from.text()?);
        }
        let mut warnings = Warnings::default();
        for _ in 0..from.u64()? {
            warnings.add(&Arc::new(WarningSet::load(&mut from)?));
        }
        from.finish()?;
        builder.mark_with(&warnings);
        let layers = [lists, builder.build()].map(Layer::new);
        let layers = layers.into_iter().filter(|it| !it.is_spent()).collect();
        Ok(Self { layers, warnings, hash: OnceLock::new() })
    }

    /// Writes the Sigma documents that no indicator carries, also those that refer to nothing yet, and what their
    /// placeholders stand for.
    fn save_sigma<W: Write>(&self, to: &mut Saver<W>, options: &sigma::Options) -> io::Result<()> {
        let placeholders: BTreeMap<_, _> = options.placeholders.iter().collect();
        to.u64(placeholders.len() as u64)?;
        for (name, values) in placeholders {
            to.text(name)?;
            to.u64(values.len() as u64)?;
            values.iter().try_for_each(|it| to.text(it))?;
        }
        let heads: Vec<&Head> =
            self.layers.iter().filter_map(Layer::given).flat_map(|it| it.heads()).collect();
        to.u64(heads.len() as u64)?;
        for head in heads {
            to.text(&head.place)?;
            to.text(&head.text)?;
        }
        Ok(())
    }
}

/// Compiles the Sigma documents that follow under the limits of this program.
fn restore_sigma<R: Read>(
    from: &mut Loader<R>,
    builder: &mut Builder,
    options: &Options,
) -> Result<(), BadImage> {
    let mut sigma = sigma::Options { limits: options.sigma.limits, ..sigma::Options::default() };
    for _ in 0..from.u64()? {
        let (name, mut values) = (from.text()?, Vec::new());
        for _ in 0..from.u64()? {
            values.push(from.text()?);
        }
        sigma.placeholders.insert(name, values);
    }
    for _ in 0..from.u64()? {
        builder.restore_sigma(&from.text()?, &from.text()?, &sigma);
    }
    Ok(())
}

/// What must be the same for the values to be found: the format, the canonical forms, and what the hash makes of a text.
fn version() -> String {
    format!("{FORMAT}/{}/{:08x}", key::VERSION, Tagger::new(0).tag(b"vigie").number())
}

fn lists_of(layers: &[Layer], warnings: &Warnings, options: &Options) -> Segment {
    let mut builder = Builder::new(options.clone());
    builder.mark_with(warnings);
    for layer in layers {
        builder.absorb_lists(layer);
    }
    builder.build()
}

fn save_indicator<W: Write>(indicator: &Indicator, to: &mut Saver<W>) -> io::Result<()> {
    to.text(indicator.id.as_str())?;
    to.text(&indicator.name)?;
    to.text(&indicator.pattern)?;
    to.text(indicator.language.as_str())?;
    to.whole([u8::from(indicator.edition == Edition::V20), u8::from(indicator.validity.revoked)])?;
    to.maybe(indicator.label.map(|it| it.0.cast_unsigned()))?;
    to.whole(indicator.version.to_le_bytes())?;
    to.maybe(indicator.validity.from.map(i64::cast_unsigned))?;
    to.maybe(indicator.validity.until.map(i64::cast_unsigned))
}

fn load_indicator<R: Read>(from: &mut Loader<R>) -> Result<Draft, BadImage> {
    let id = from.text()?.parse().map_err(|_| damaged("an identifier is none"))?;
    let (name, pattern) = (from.text()?.into(), from.text()?.into());
    let language = Language::of(&from.text()?).ok_or_else(|| damaged("a language is none"))?;
    let [is_v20, revoked]: [u8; 2] = from.whole()?;
    let label = from.maybe()?.map(|it| LabelId(it.cast_signed()));
    let version = i128::from_le_bytes(from.whole()?);
    let [start, end] = [from.maybe()?, from.maybe()?].map(|it| it.map(u64::cast_signed));
    Ok(Draft {
        id,
        name,
        pattern,
        language,
        edition: if is_v20 == 1 { Edition::V20 } else { Edition::V21 },
        label,
        version,
        validity: Validity { from: start, until: end, revoked: revoked == 1 },
    })
}

#[cfg(test)]
mod tests;
