//! A strict reader of JSON text that borrows and never builds a tree.
//!
//! A [`Cursor`] walks a text once. The caller opens an object or a list, asks for the next member or element, and reads
//! or skips its value. What is skipped is checked as strictly as what is read, so a text that was walked to its end is
//! valid JSON. Strings are borrowed; only one with escapes is copied, into a [`Room`] where the caller has given one.
//!
//! Invariants
//! - No recursion deeper than the limit given; no memory but the strings with escapes.
//! - A lone surrogate such as `\ud800` is read as U+FFFD; it is no reason to lose a record.
//!
//! Start with [`Cursor::member`].

mod room;
mod string;

use std::borrow::Cow;

pub(crate) use room::Room;
use string::{special, unicode};

/// Why a text is not JSON that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadJson {
    /// Something else stands where JSON wants this.
    #[error("expected {expected} at byte {at}")]
    Syntax {
        /// Offset in the record.
        at: usize,
        /// What would have been right there.
        expected: &'static str,
    },
    /// Lists and objects inside each other, beyond [`Limits::max_depth`](crate::Limits).
    #[error("lists and objects are nested deeper than {limit}")]
    TooDeep {
        /// The limit that was passed.
        limit: u16,
    },
}

type Result<T> = std::result::Result<T, BadJson>;

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    List,
    String,
    Number,
    Bool,
    Null,
}

/// An object or list that is being read. Holds whether a first entry was read.
pub(crate) struct Open(bool);

/// A place in a JSON text.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: u16,
    limit: u16,
    room: Room<'a>,
}

impl<'a> Cursor<'a> {
    /// At the start of a text, allowing `limit` levels of lists and objects.
    pub(crate) fn new(text: &'a str, limit: u16) -> Self {
        Self::with_room(text, limit, Room::default())
    }

    /// The same, with room for texts that cannot be borrowed.
    pub(crate) fn with_room(text: &'a str, limit: u16, room: Room<'a>) -> Self {
        Self { text, at: 0, depth: 0, limit, room }
    }

    /// Two names with a dot between them.
    pub(crate) fn joined(&mut self, outer: &str, inner: &str) -> Cow<'a, str> {
        self.room.joined([outer, ".", inner])
    }

    /// What kind of value comes next.
    #[inline]
    pub(crate) fn kind(&mut self) -> Result<Kind> {
        match self.look() {
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::List),
            b'"' => Ok(Kind::String),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' | b'f' => Ok(Kind::Bool),
            b'n' => Ok(Kind::Null),
            _ => Err(self.wrong("a value")),
        }
    }

    /// Makes sure that an object comes next.
    pub(crate) fn kind_is_object(&mut self) -> Result<()> {
        if self.kind()? == Kind::Object { Ok(()) } else { Err(self.wrong("an object")) }
    }

    /// Steps into an object.
    #[inline]
    pub(crate) fn open_object(&mut self) -> Result<Open> {
        self.open(b'{', "an object")
    }

    /// Steps into a list.
    #[inline]
    pub(crate) fn open_list(&mut self) -> Result<Open> {
        self.open(b'[', "a list")
    }

    /// The next member's name, with the cursor at its value; None steps out of the object.
    #[expect(clippy::inline_always, reason = "a text stays in registers: 7 % of the whole reading")]
    #[inline(always)]
    pub(crate) fn member(&mut self, open: &mut Open) -> Result<Option<Cow<'a, str>>> {
        if !self.another(open, b'}', "`,` or `}`")? {
            return Ok(None);
        }
        if self.look() != b'"' {
            return Err(self.wrong("a name"));
        }
        let name = self.string()?;
        if self.look() != b':' {
            return Err(self.wrong("`:`"));
        }
        self.at += 1;
        Ok(Some(name))
    }

    /// Whether there is another element, with the cursor at it; false steps out of the list.
    #[inline]
    pub(crate) fn element(&mut self, open: &mut Open) -> Result<bool> {
        self.another(open, b']', "`,` or `]`")
    }

    /// Reads a string.
    #[expect(clippy::inline_always, reason = "a text stays in registers: 7 % of the whole reading")]
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>> {
        if self.look() != b'"' {
            return Err(self.wrong("a string"));
        }
        let start = self.at + 1;
        let end = special(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(self.text.get(start..end).unwrap_or_default()));
        }
        self.escaped_string()
    }

    /// A string that is not as simple: checked and put into the room in one pass, where that suffices.
    fn escaped_string(&mut self) -> Result<Cow<'a, str>> {
        let quote = self.at;
        let raw = self.text.get(quote + 1..).unwrap_or_default();
        if let Some((end, unescaped)) = self.room.unescape_to_quote(raw) {
            self.at = quote + 1 + end + 1;
            return Ok(unescaped);
        }
        // There is no room, or something is wrong, which this pass names.
        let mut bytes = vec![0; self.raw_string()?.len()];
        let used = string::unescape_to_quote(raw, &mut bytes).map_or(0, |it| it.1);
        bytes.truncate(used);
        Ok(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Passes over any value and returns its text.
    pub(crate) fn skip(&mut self) -> Result<&'a str> {
        let kind = self.kind()?;
        let start = self.at;
        match kind {
            Kind::Object => {
                let mut open = self.open_object()?;
                while self.skip_name(&mut open)? {
                    self.skip()?;
                }
            }
            Kind::List => {
                let mut open = self.open_list()?;
                while self.element(&mut open)? {
                    self.skip()?;
                }
            }
            Kind::String => {
                self.raw_string()?;
            }
            Kind::Number => self.number()?,
            Kind::Bool if self.rest().starts_with(b"true") => self.at += 4,
            Kind::Bool if self.rest().starts_with(b"false") => self.at += 5,
            Kind::Null if self.rest().starts_with(b"null") => self.at += 4,
            Kind::Bool | Kind::Null => return Err(self.wrong("`true`, `false` or `null`")),
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Makes sure that nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<()> {
        self.look();
        if self.at < self.text.len() { Err(self.wrong("the end of the record")) } else { Ok(()) }
    }

    #[inline]
    fn open(&mut self, bracket: u8, expected: &'static str) -> Result<Open> {
        if self.look() != bracket {
            return Err(self.wrong(expected));
        }
        if self.depth >= self.limit {
            return Err(BadJson::TooDeep { limit: self.limit });
        }
        self.depth += 1;
        self.at += 1;
        Ok(Open(false))
    }

    #[inline]
    fn another(&mut self, open: &mut Open, close: u8, expected: &'static str) -> Result<bool> {
        let next = self.look();
        if next == close {
            self.at += 1;
            self.depth = self.depth.saturating_sub(1);
            return Ok(false);
        }
        if open.0 {
            if next != b',' {
                return Err(self.wrong(expected));
            }
            self.at += 1;
        }
        open.0 = true;
        Ok(true)
    }

    #[inline]
    fn skip_name(&mut self, open: &mut Open) -> Result<bool> {
        if !self.another(open, b'}', "`,` or `}`")? {
            return Ok(false);
        }
        if self.look() != b'"' {
            return Err(self.wrong("a name"));
        }
        self.raw_string()?;
        if self.look() != b':' {
            return Err(self.wrong("`:`"));
        }
        self.at += 1;
        Ok(true)
    }

    /// Passes over white space and returns the next byte, or 0 at the end.
    #[inline]
    fn look(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(&other) => return other,
                None => return 0,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn wrong(&self, expected: &'static str) -> BadJson {
        BadJson::Syntax { at: self.at, expected }
    }

    /// The text between two quotes, with its escapes.
    #[inline]
    fn raw_string(&mut self) -> Result<&'a str> {
        if self.look() != b'"' {
            return Err(self.wrong("a string"));
        }
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        self.at = special(bytes, start);
        loop {
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.escape()?;
                    self.at = special(bytes, self.at);
                }
                Some(_) => return Err(self.wrong("no control character in a string")),
                None => return Err(self.wrong("the end of a string")),
            }
        }
        let raw = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Ok(raw)
    }

    fn escape(&mut self) -> Result<()> {
        let after = self.rest().get(1..).unwrap_or_default();
        self.at += match after {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|it| it.is_ascii_hexdigit()) => 6,
            _ => return Err(self.wrong("an escape that JSON knows")),
        };
        Ok(())
    }

    /// A number: `-? (0 | [1-9] digits) (. digits)? ([eE] [+-]? digits)?`
    fn number(&mut self) -> Result<()> {
        let bytes = self.text.as_bytes();
        let peek = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let digits = |mut at: usize| {
            while peek(at).is_ascii_digit() {
                at += 1;
            }
            at
        };
        let mut at = self.at + usize::from(peek(self.at) == b'-');
        let whole = at;
        at = if peek(at) == b'0' { at + 1 } else { digits(at) };
        let mut good = at > whole;
        if peek(at) == b'.' {
            let fraction = at + 1;
            at = digits(fraction);
            good &= at > fraction;
        }
        if matches!(peek(at), b'e' | b'E') {
            at += 1 + usize::from(matches!(peek(at + 1), b'+' | b'-'));
            let exponent = at;
            at = digits(exponent);
            good &= at > exponent;
        }
        if !good {
            return Err(self.wrong("a number"));
        }
        self.at = at;
        Ok(())
    }
}

/// Whether a text is one JSON number and nothing else.
pub(crate) fn is_number(text: &str) -> bool {
    let mut cursor = Cursor::new(text, 0);
    cursor.kind() == Ok(Kind::Number) && cursor.at == 0 && cursor.number().is_ok() && cursor.at == text.len()
}

/// The same value in a form that everybody reads: on one line, and with U+FFFD for lone surrogates.
pub(crate) fn presentable(text: &str) -> Cow<'_, str> {
    let text = match lone_surrogate(text, 0) {
        None => Cow::Borrowed(text),
        Some(first) => Cow::Owned(without_lone_surrogates(text, first)),
    };
    if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let (mut inside, mut escaped) = (false, false);
    let keep = |it: &char| {
        let white = matches!(it, ' ' | '\t' | '\n' | '\r') && !inside;
        if escaped {
            escaped = false;
        } else {
            escaped = inside && *it == '\\';
            inside ^= *it == '"';
        }
        !white
    };
    Cow::Owned(text.chars().filter(keep).collect())
}

fn without_lone_surrogates(text: &str, first: usize) -> String {
    let mut fixed = String::with_capacity(text.len());
    let (mut done, mut next) = (0, Some(first));
    while let Some(at) = next {
        fixed.push_str(text.get(done..at).unwrap_or_default());
        fixed.push_str("\\ufffd");
        done = at + 6;
        next = lone_surrogate(text, done);
    }
    fixed.push_str(text.get(done..).unwrap_or_default());
    fixed
}

/// Where the first escape stands, from `at` on, that is half a pair.
fn lone_surrogate(text: &str, mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'\\', text.as_bytes().get(at..)?)?;
        let after = text.get(at + 1..)?;
        at += match after.strip_prefix('u').map(unicode) {
            Some((char::REPLACEMENT_CHARACTER, _)) if after.get(1..5).is_some_and(is_surrogate) => {
                return Some(at);
            }
            Some((_, rest)) => after.len() + 1 - rest.len(),
            None => 2,
        };
    }
}

/// Whether four hexadecimal digits are half a pair.
fn is_surrogate(digits: &str) -> bool {
    u32::from_str_radix(digits, 16).is_ok_and(|it| (0xd800..0xe000).contains(&it))
}

#[cfg(test)]
mod tests;
