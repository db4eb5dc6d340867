//! The compiler and the scanner.
//!
//! Start with [`compile`] and [`Scanner::scan`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use yara_x::errors::CompileError;
use yara_x::{Compiler, IgnoredRuleReason, SourceCode};

use super::{Compiled, File, Limits, MAX_RULE_BYTES, ScanError, Source, report};
use crate::hit::Match;
use crate::image::Image;
use crate::rule::{Indicator, Reason, Refusal, State};

/// The external variables, all texts. Rules of public sets ask for them.
const EXTERNALS: [&str; 5] = ["filename", "filepath", "extension", "filetype", "owner"];

/// Rules that were compiled together.
pub struct Rules {
    compiled: yara_x::Rules,
    /// The texts they come from; the namespace of a rule is the place of its text here.
    sources: Vec<Source>,
    of_files: u64,
}

impl Rules {
    /// How many rules come from files; those of indicators are counted with their indicators.
    pub(crate) fn of_files(&self) -> u64 {
        self.of_files
    }

    /// The files, each with its text.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.sources.iter().filter(|it| it.indicator.is_none());
        files.map(|it| (&*it.name, &*it.text))
    }
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").field("sources", &self.sources).finish_non_exhaustive()
    }
}

/// Whether every rule of an indicator's pattern can be compiled, and there is one.
pub(crate) fn check(text: &str) -> Result<(), (Reason, String)> {
    let compiled = compile(&[Source::file("the pattern", text)]);
    match compiled.refusals.into_iter().next() {
        Some(refusal) => Err((refusal.reason, format!("{}: {}", refusal.place, refusal.detail))),
        None if compiled.rules.is_none() => Err((Reason::BrokenPattern, "it holds no rule".to_owned())),
        None => Ok(()),
    }
}

/// Compiles texts of rules together. A rule that cannot be compiled costs itself and those that ask for it.
pub(crate) fn compile(sources: &[Source]) -> Compiled {
    let mut refusals = Vec::new();
    let mut usable = Vec::new();
    for source in sources {
        if source.text.len() > MAX_RULE_BYTES {
            let detail = format!("{} bytes of rules; the limit is {MAX_RULE_BYTES}", source.text.len());
            refusals.push(Refusal { place: source.name.to_string(), reason: Reason::TooLarge, detail });
        } else {
            usable.push(source.clone());
        }
    }
    // A text on which the compiler itself fails is put aside, and the others are compiled anew.
    let compiler = loop {
        match add_all(&usable) {
            Ok((compiler, refused)) => {
                refusals.extend(refused);
                break compiler;
            }
            Err(number) => {
                let failed = usable.remove(number);
                let detail = "the YARA compiler failed on it".to_owned();
                refusals.push(Refusal {
                    place: failed.name.to_string(),
                    reason: Reason::BrokenPattern,
                    detail,
                });
            }
        }
    };
    let Ok(compiled) = catch_unwind(AssertUnwindSafe(|| compiler.build())) else {
        let failed = |it: &Source| Refusal {
            place: it.name.to_string(),
            reason: Reason::BrokenPattern,
            detail: "the YARA compiler failed on the rules as a whole".to_owned(),
        };
        refusals.extend(usable.iter().map(failed));
        return Compiled { refusals, ..Compiled::default() };
    };
    let is_of_file = |it: &yara_x::Rule<'_, '_>| {
        place(it).and_then(|it| usable.get(it)).is_some_and(|it| it.indicator.is_none())
    };
    let of_files = compiled.iter().filter(is_of_file).count() as u64;
    let any = compiled.iter().len() > 0;
    Compiled { rules: any.then(|| Arc::new(Rules { compiled, sources: usable, of_files })), refusals }
}

/// The number of the text that a rule comes from.
fn place(rule: &yara_x::Rule<'_, '_>) -> Option<usize> {
    rule.namespace().parse().ok()
}

/// A compiler with every text in it and what it refused; or the number of the text on which it failed.
fn add_all(sources: &[Source]) -> Result<(Compiler<'static>, Vec<Refusal>), usize> {
    let mut compiler = Compiler::new();
    compiler.relaxed_re_syntax(true);
    compiler.error_on_slow_pattern(true).error_on_slow_loop(true).enable_includes(false);
    compiler.switch_all_warnings(false);
    for name in EXTERNALS {
        // A new compiler has no variable of that name yet.
        let defined = compiler.define_global(name, "");
        debug_assert!(defined.is_ok(), "an external variable is defined once");
    }
    let mut refusals = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let known = compiler.errors().len();
        let ignored = compiler.ignored_rules().count();
        compiler.new_namespace(&number.to_string());
        let added =
            catch_unwind(AssertUnwindSafe(|| drop(compiler.add_source(SourceCode::from(&*source.text)))));
        if added.is_err() {
            return Err(number);
        }
        if source.is_known {
            continue;
        }
        let errors = compiler.errors().get(known..).unwrap_or_default();
        refusals.extend(errors.iter().map(|it| refusal(source, it)));
        for (rule, why) in compiler.ignored_rules().skip(ignored) {
            let (IgnoredRuleReason::IgnoredRule(other) | IgnoredRuleReason::IgnoredModule(other)) = why
            else {
                continue;
            };
            refusals.push(Refusal {
                place: format!("{}, rule {rule}", source.name),
                reason: Reason::BrokenPattern,
                detail: format!("it asks for `{other}`, which could not be compiled"),
            });
        }
    }
    Ok((compiler, refusals))
}

fn refusal(source: &Source, error: &CompileError) -> Refusal {
    let reason = match error {
        CompileError::SlowPattern(_) | CompileError::PotentiallySlowLoop(_) => Reason::Slow,
        _ => Reason::BrokenPattern,
    };
    let label = error.labels().next().map(|it| (it.span().start(), it.text().to_owned()));
    let (at, text) = label.unwrap_or_default();
    let before = source.text.as_bytes().get(..at).unwrap_or_default();
    let line = 1 + before.iter().filter(|it| **it == b'\n').count();
    let detail =
        if text.is_empty() { error.title().to_owned() } else { format!("{}: {text}", error.title()) };
    Refusal { place: format!("{}:{line}", source.name), reason, detail }
}

/// Runs the YARA rules of an image on files. Make one for each thread.
pub struct Scanner<'i> {
    image: &'i Image,
    limits: Limits,
    scanners: Vec<(&'i Rules, yara_x::Scanner<'i>)>,
}

impl<'i> Scanner<'i> {
    /// A scanner with every YARA rule of an image.
    pub fn new(image: &'i Image, limits: Limits) -> Self {
        let scanners = image.yara().map(|it| (it, scanner(it, limits))).collect();
        Self { image, limits, scanners }
    }

    /// Whether it has no rules at all.
    pub fn is_empty(&self) -> bool {
        self.scanners.is_empty()
    }

    /// The rules that fire on a file. Validity of indicators is weighed at `at`, nanoseconds since 1970.
    pub fn scan(&mut self, file: &File<'_>, bytes: &[u8], at: Option<i64>) -> Result<Vec<Match>, ScanError> {
        if bytes.len() > self.limits.file_bytes {
            return Err(ScanError::TooLarge { limit: self.limits.file_bytes });
        }
        let mut found = Vec::new();
        for (rules, scanner) in &mut self.scanners {
            let scanned = catch_unwind(AssertUnwindSafe(|| {
                run(self.image, rules, scanner, file, bytes, at, self.limits, &mut found)
            }));
            match scanned {
                Ok(done) => done?,
                Err(_) => {
                    *scanner = self::scanner(rules, self.limits);
                    return Err(ScanError::Failed);
                }
            }
        }
        Ok(found)
    }
}

fn scanner(rules: &Rules, limits: Limits) -> yara_x::Scanner<'_> {
    let mut scanner = yara_x::Scanner::new(&rules.compiled);
    scanner.set_timeout(Duration::from_secs(limits.seconds.into()));
    scanner.max_matches_per_pattern(limits.matches_per_string);
    scanner
}

#[expect(clippy::too_many_arguments, reason = "the parts of a scanner, borrowed apart")]
fn run(
    image: &Image,
    rules: &Rules,
    scanner: &mut yara_x::Scanner<'_>,
    file: &File<'_>,
    bytes: &[u8],
    at: Option<i64>,
    limits: Limits,
    found: &mut Vec<Match>,
) -> Result<(), ScanError> {
    for (name, value) in
        EXTERNALS.into_iter().zip([file.name, file.path, file.extension, file.kind, file.owner])
    {
        let set = scanner.set_global(name, value);
        debug_assert!(set.is_ok(), "every external variable is a text");
    }
    let results = scanner.scan(bytes).map_err(|error| match error {
        yara_x::ScanError::Timeout => ScanError::TooSlow { seconds: limits.seconds },
        _ => ScanError::Failed,
    })?;
    for rule in results.matching_rules() {
        let Some(source) = place(&rule).and_then(|it| rules.sources.get(it)) else { continue };
        let in_force = |it: &Arc<Indicator>| image.is_in_force(it) && it.validity.at(at) == State::Active;
        if source.indicator.as_ref().is_none_or(in_force) {
            found.push(report::hit(&rule, source, limits));
        }
    }
    Ok(())
}
