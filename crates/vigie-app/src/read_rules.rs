//! Rule files in, rules out: STIX, Sigma, YARA, Suricata and Snort, plain lists, warning lists.
//!
//! The language of a file is told by its extension, else by its first character: JSON is STIX. What remains is a list
//! where indicators were named, and refused where rules were. Whatever the face (`watch`, `rule check`, `explain`, a
//! node's own rules), files are read here.
//!
//! Invariants
//! - A file or rule that cannot be used costs only itself, and is counted as refused with its place and reason.
//!
//! Start with [`RuleFiles::read`]; `read_rules/pieces.rs` cuts the files for several threads.

use std::num::NonZero;
use std::path::{Path, PathBuf};

use vigie_engine::{Builder, Options, Reason};

mod pieces;

pub use crate::files::FileError;
use crate::files::expand;

/// Where rules are read from. A folder stands for the files in it.
#[derive(Clone, Debug, Default)]
pub struct RuleFiles {
    /// Bundles, envelopes and lists; a file without a known extension is a list unless it is JSON.
    pub indicators: Vec<PathBuf>,
    /// Rules; a file that is none is refused.
    pub rules: Vec<PathBuf>,
    /// MISP warning lists: what they name does not raise a hit.
    pub warning_lists: Vec<PathBuf>,
}

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// JSON objects.
    Stix,
    /// YAML documents.
    Sigma,
    /// YARA rules.
    Yara,
    /// Rules of Suricata or Snort.
    Suricata,
    /// One value a line.
    List,
    /// A MISP warning list.
    WarningList,
}

/// What a file was named as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Indicators,
    Rules,
    WarningList,
}

impl RuleFiles {
    /// Reads every file on several threads.
    pub fn read(&self, options: Options, threads: NonZero<usize>) -> Result<Builder, FileError> {
        let named = [
            (Role::Indicators, &self.indicators),
            (Role::Rules, &self.rules),
            (Role::WarningList, &self.warning_lists),
        ];
        let mut builder = Builder::new(options);
        let mut files = Vec::new();
        for (role, paths) in named {
            let found = expand(paths)?;
            files.extend(found.files.into_iter().map(|it| (role, it)));
            for (path, why) in found.left_out {
                builder.refuse(path.display().to_string(), Reason::UnreadableFile, why);
            }
        }
        pieces::read(&files, builder, threads)
    }
}

impl Language {
    /// What an extension says, whatever lies before `.gz` or `.zst`.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = [".gz", ".zst"].iter().find_map(|it| name.strip_suffix(it)).unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "yml" | "yaml" => Some(Self::Sigma),
            "yar" | "yara" => Some(Self::Yara),
            "rules" => Some(Self::Suricata),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_tells_the_language() {
        #[track_caller]
        fn check(name: &str, want: Option<Language>) {
            assert_eq!(Language::of(Path::new(name)), want, "{name}");
        }
        check("a/proc.yml", Some(Language::Sigma));
        check("PROC.YAML.gz", Some(Language::Sigma));
        check("x.yar.zst", Some(Language::Yara));
        check("local.rules", Some(Language::Suricata));
        check("list.txt", None);
        check("yml", None);
        check("-", None);
    }
}
