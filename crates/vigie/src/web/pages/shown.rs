//! Values as they may stand in a page.
//!
//! Templates escape every text. What came from outside needs more than that: a name can turn the line round
//! (U+202E), hide in it, or be a hundred kilobytes long. So pages hold such a value as [`Foreign`], which can only be
//! written out isolated, shortened and with everything unseen made visible.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;
use jiff::Timestamp;
use vigie_model::label::{Label, Tlp};

/// Characters of a value that stands in a line.
const LINE: usize = 200;

/// Characters of a value that stands alone.
const BLOCK: usize = 20_000;

/// A text that came from outside: from an ally, a sensor, or whoever wrote an object. Writes itself as HTML.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    text: String,
    /// How many characters were left out.
    cut: usize,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Words, in whatever direction they are written.
    Words,
    /// The same over many lines.
    Prose,
    /// An identifier or value, always from left to right.
    Code,
    /// The same over many lines.
    Block,
}

impl Foreign {
    /// Words, such as a name.
    pub(crate) fn words(text: &str) -> Self {
        Self::new(text, Form::Words, LINE)
    }

    /// Words of many lines, such as a description.
    pub(crate) fn prose(text: &str) -> Self {
        Self::new(text, Form::Prose, BLOCK)
    }

    /// An identifier, pattern or observed value.
    pub(crate) fn code(text: &str) -> Self {
        Self::new(text, Form::Code, LINE)
    }

    /// The same, up to as long as a page can bear.
    pub(super) fn long_code(text: &str) -> Self {
        Self::new(text, Form::Code, BLOCK)
    }

    /// A text of many lines.
    pub(super) fn block(text: &str) -> Self {
        Self::new(text, Form::Block, BLOCK)
    }

    /// Says that this was left out after it.
    pub(super) fn without(mut self, rest: &str) -> Self {
        self.cut += rest.chars().count();
        self
    }

    fn new(text: &str, form: Form, most: usize) -> Self {
        let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
        let (text, rest) = text.split_at(end);
        Self { text: text.to_owned(), cut: rest.chars().count(), form }
    }

    /// Without any element, for where there can be none.
    pub(super) fn plain(&self) -> String {
        let mut plain = String::with_capacity(self.text.len());
        for letter in self.text.chars() {
            if is_unseen(letter) {
                plain.push('\u{fffd}');
            } else {
                plain.push(letter);
            }
        }
        if self.cut > 0 {
            plain.push('…');
        }
        plain
    }
}

/// It escapes itself.
impl HtmlSafe for Foreign {}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.form {
            Form::Words => "<bdi>",
            Form::Prose => "<bdi class=\"prose\">",
            Form::Code | Form::Block => "<bdi dir=\"ltr\" translate=\"no\" class=\"code\">",
        })?;
        for letter in self.text.chars() {
            match letter {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' if matches!(self.form, Form::Prose | Form::Block) => f.write_char(letter)?,
                it if is_unseen(it) => write!(f, "<span class=\"unseen\">U+{:04X}</span>", u32::from(it))?,
                it => f.write_char(it)?,
            }
        }
        if self.cut > 0 {
            write!(f, "<span class=\"cut\">… +{}</span>", self.cut)?;
        }
        f.write_str("</bdi>")
    }
}

/// Characters that are not seen, or that change how others are seen.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// An instant, in UTC. Writes itself as HTML.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(Timestamp);

impl Moment {
    /// From nanoseconds since 1970; None beyond the years that can be written.
    pub(super) fn of_nanos(nanos: impl Into<i128>) -> Option<Self> {
        Timestamp::from_nanosecond(nanos.into()).ok().map(Self)
    }

    /// From RFC 3339.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl HtmlSafe for Moment {}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, person) = (self.0.strftime("%Y-%m-%dT%H:%M:%SZ"), self.0.strftime("%Y-%m-%d %H:%M:%S"));
        write!(f, "<time datetime=\"{machine}\" dir=\"ltr\">{person} UTC</time>")
    }
}

/// A handling label. Its words are agreed between nations and are never translated.
#[derive(Clone, Debug)]
pub(super) struct Handling {
    /// The traffic light; None stands for "originator only".
    pub(super) light: Option<Tlp>,
    /// The rest of the label, such as `REL AE,IL,US`.
    pub(super) audience: Option<Foreign>,
    /// Texts that readers must be shown.
    pub(super) statements: Vec<Foreign>,
}

impl Handling {
    /// As a label says.
    pub(super) fn of(label: &Label) -> Self {
        let whole = label.to_string();
        let audience = label
            .tlp
            .and_then(|it| whole.strip_prefix(it.label()))
            .map(str::trim)
            .filter(|it| !it.is_empty());
        Self {
            light: label.tlp,
            audience: audience.map(Foreign::code),
            statements: label.statements.iter().take(16).map(|it| Foreign::words(it)).collect(),
        }
    }

    /// The class under which the style sheet knows the traffic light.
    pub(super) fn class(&self) -> &'static str {
        match self.light {
            None => "closed",
            Some(Tlp::Clear) => "clear",
            Some(Tlp::Green) => "green",
            Some(Tlp::Amber | Tlp::AmberStrict) => "amber",
            Some(Tlp::Red) => "red",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &Foreign, want: &str) {
        assert_eq!(value.to_string(), want);
    }

    #[test]
    fn names_cannot_leave_their_place() {
        check(&Foreign::words("Atlas"), "<bdi>Atlas</bdi>");
        check(
            &Foreign::words("</bdi><script>alert('1')</script>&\""),
            "<bdi>&lt;/bdi&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;</bdi>",
        );
        check(
            &Foreign::code("a\u{202e}gpj.exe\u{0}\n"),
            "<bdi dir=\"ltr\" translate=\"no\" class=\"code\">a<span class=\"unseen\">U+202E</span>gpj.exe\
             <span class=\"unseen\">U+0000</span><span class=\"unseen\">U+000A</span></bdi>",
        );
        check(&Foreign::block("a\nb"), "<bdi dir=\"ltr\" translate=\"no\" class=\"code\">a\nb</bdi>");
    }

    #[test]
    fn long_values_are_shortened_and_say_so() {
        let long = "é".repeat(100_000);
        let shown = Foreign::words(&long).to_string();
        assert!(shown.ends_with("é<span class=\"cut\">… +99800</span></bdi>"), "{shown}");
        assert_eq!(shown.matches('é').count(), LINE);
        assert!(Foreign::block(&long).to_string().len() < 3 * BLOCK);
        assert_eq!(Foreign::words("a\u{202e}b").plain(), "a\u{fffd}b");
    }

    #[test]
    fn instants_are_for_people_and_programs() {
        let moment = Moment::of_nanos(1_763_755_200_000_000_000_i64).unwrap();
        assert_eq!(
            moment.to_string(),
            "<time datetime=\"2025-11-21T20:00:00Z\" dir=\"ltr\">2025-11-21 20:00:00 UTC</time>"
        );
        assert!(Moment::of_nanos(i128::MAX).is_none());
    }
}
