//! Walks a typed stream, group by group.

use super::{Body, cut};
use crate::Limits;

/// Something new follows.
const NEW: u8 = 0x84;
/// Nothing.
const NOTHING: u8 = 0x85;
/// The end of an object.
const END: u8 = 0x86;
/// The first byte that names something by its order.
const FIRST: i64 = -110;

/// Reads what follows the signature, as far as it holds.
pub(super) fn walk(bytes: &[u8], limits: &Limits) -> Body {
    let mut reader = Reader {
        rest: bytes,
        types: Vec::new(),
        classes: Vec::new(),
        within: Vec::new(),
        values: limits.values,
        limits,
        body: Body::default(),
    };
    reader.body.whole = reader.groups().is_some();
    reader.body
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Texts of types, in their order.
    types: Vec<&'a [u8]>,
    /// Objects and classes, in their order: a class's name, or that of an object's class.
    classes: Vec<&'a [u8]>,
    /// The classes of the objects that are open, the outermost first.
    within: Vec<&'a [u8]>,
    values: usize,
    limits: &'a Limits,
    body: Body,
}

impl<'a> Reader<'a> {
    fn groups(&mut self) -> Option<()> {
        self.number()?;
        while !self.rest.is_empty() {
            self.group()?;
        }
        Some(())
    }

    /// The types of some values, and the values.
    fn group(&mut self) -> Option<()> {
        let mut types = self.types()?;
        while let Some((&of, rest)) = types.split_first() {
            types = rest;
            match of {
                b'[' => types = self.array(rest)?,
                // A structure is its fields, after its name.
                b'{' => types = rest.get(rest.iter().position(|it| *it == b'=')? + 1..)?,
                b'}' => {}
                _ => self.value(of)?,
            }
        }
        Some(())
    }

    /// `[12c]`: so many values of a type. Bytes are taken at once.
    fn array(&mut self, types: &'a [u8]) -> Option<&'a [u8]> {
        let digits = types.iter().take_while(|it| it.is_ascii_digit()).count();
        let count = std::str::from_utf8(types.get(..digits)?).ok()?.parse::<usize>().ok()?;
        let (&of, rest) = types.get(digits..)?.split_first()?;
        let rest = rest.strip_prefix(b"]")?;
        if matches!(of, b'c' | b'C') {
            let bytes = self.take(count)?;
            let enclosing = self.within.last();
            if matches!(enclosing, Some(&b"NSData" | &b"NSMutableData")) {
                self.body.data.push(bytes.to_vec());
            }
        } else {
            for _ in 0..count {
                self.value(of)?;
            }
        }
        Some(rest)
    }

    fn value(&mut self, of: u8) -> Option<()> {
        self.values = self.values.checked_sub(1)?;
        match of {
            b'@' => self.object_or(Self::object),
            b'#' => self.class().map(drop),
            b'+' => {
                let length = usize::try_from(self.number()?).ok()?;
                let bytes = self.take(length)?;
                self.text(bytes);
                Some(())
            }
            b'*' => self.object_or(|it| it.types().map(drop)),
            b':' | b'%' => self.types().map(drop),
            b'c' | b'C' | b'B' => self.take(1).map(drop),
            b's' | b'S' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' => self.number().map(drop),
            b'f' => self.real(4),
            b'd' => self.real(8),
            _ => None,
        }
    }

    /// Nothing, something by its order, or something new, which takes the next number.
    fn object_or(&mut self, new: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        match self.rest.split_first()? {
            (&NEW, rest) => {
                self.rest = rest;
                self.classes.push(&[]);
                new(self)
            }
            (&NOTHING, rest) => {
                self.rest = rest;
                Some(())
            }
            _ => self.earlier().map(drop),
        }
    }

    fn object(&mut self) -> Option<()> {
        if self.within.len() >= usize::from(self.limits.depth) {
            return None;
        }
        let number = self.classes.len().checked_sub(1)?;
        let class = self.class()?;
        if let Some(it) = self.classes.get_mut(number) {
            *it = class;
        }
        self.within.push(class);
        loop {
            if let [END, rest @ ..] = self.rest {
                self.rest = rest;
                break;
            }
            self.group()?;
        }
        self.within.pop();
        Some(())
    }

    /// A class, with those that it comes from.
    fn class(&mut self) -> Option<&'a [u8]> {
        let mut first = None;
        loop {
            let (&head, rest) = self.rest.split_first()?;
            if head == NOTHING {
                self.rest = rest;
                return first.or(Some(&[]));
            }
            if head != NEW {
                let earlier = self.earlier()?;
                return first.or(Some(earlier));
            }
            self.values = self.values.checked_sub(1)?;
            self.rest = rest;
            let name = self.types()?;
            self.number()?;
            self.classes.push(name);
            first = first.or(Some(name));
        }
    }

    /// An object or class that was there before.
    fn earlier(&mut self) -> Option<&'a [u8]> {
        let number = self.number()?.checked_sub(FIRST)?;
        self.classes.get(usize::try_from(number).ok()?).copied()
    }

    /// A text that is kept once and named by its order later.
    fn types(&mut self) -> Option<&'a [u8]> {
        let (&head, rest) = self.rest.split_first()?;
        match head {
            NEW => {
                self.rest = rest;
                let length = usize::try_from(self.number()?).ok()?;
                let text = self.take(length)?;
                self.types.push(text);
                Some(text)
            }
            NOTHING => {
                self.rest = rest;
                Some(&[])
            }
            _ => {
                let number = self.number()?.checked_sub(FIRST)?;
                self.types.get(usize::try_from(number).ok()?).copied()
            }
        }
    }

    fn number(&mut self) -> Option<i64> {
        let (&head, rest) = self.rest.split_first()?;
        self.rest = rest;
        match head {
            0x81 => self.take(2).map(|it| i64::from(i16::from_le_bytes(array(it)))),
            0x82 => self.take(4).map(|it| i64::from(i32::from_le_bytes(array(it)))),
            0x83..=0x86 => None,
            _ => Some(i64::from(head.cast_signed())),
        }
    }

    fn real(&mut self, width: usize) -> Option<()> {
        match self.rest {
            [0x83, rest @ ..] => {
                self.rest = rest;
                self.take(width).map(drop)
            }
            _ => self.number().map(drop),
        }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// The first text is the message; one within an address is a link.
    fn text(&mut self, bytes: &[u8]) {
        let text = cut(bytes, self.limits);
        let within = |class: &[u8]| self.within.contains(&class);
        if within(b"NSURL") {
            self.body.links.push(text);
        } else if self.body.text.is_none() {
            self.body.text = Some(text);
        } else {
            self.body.others.push(text);
        }
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}
