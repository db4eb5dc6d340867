//! Writes unified logs, for tests: the few things of the format that are needed to say who wrote what when. Written from
//! descriptions of the format; no bytes are those of a phone.
//!
//! A log is a row of chunks: a header, then catalogues, each with sets of entries. A catalogue names programs by UUIDs; a file
//! beside the log has the strings of each. Another file says what the time was.

/// The start of the phone that all entries are of.
const BOOT: [u8; 16] = [0xb0; 16];

/// When the phone started, in nanoseconds since 1970: 2026-05-28 20:26:40.
pub(crate) const STARTED: i64 = 1_780_000_000_000_000_000;

/// Where the strings of a program begin.
const STRINGS_AT: u32 = 0x1000;

/// An entry of a log.
pub(crate) struct Line<'a> {
    /// The path of the program.
    pub(crate) program: &'a str,
    /// The subsystem; none if empty.
    pub(crate) subsystem: &'a str,
    /// Seconds after the start of the phone.
    pub(crate) at: u64,
    pub(crate) message: &'a str,
}

/// An entry.
pub(crate) fn line<'a>(at: u64, program: &'a str, subsystem: &'a str, message: &'a str) -> Line<'a> {
    Line { program, subsystem, at, message }
}

/// The UUID of a program, made from its path.
fn uuid(program: &str) -> [u8; 16] {
    let mut uuid = [0xa1_u8; 16];
    for (at, byte) in program.bytes().enumerate() {
        uuid[at % 16] = uuid[at % 16].rotate_left(3) ^ byte;
    }
    uuid
}

/// The file of a program's strings: where it lies below the archive, and its bytes.
pub(crate) fn strings(program: &str) -> (String, Vec<u8>) {
    let name = uuid(program).map(|it| format!("{it:02X}")).concat();
    let words = |words: &[u32]| words.iter().flat_map(|it| it.to_le_bytes()).collect::<Vec<u8>>();
    // One stretch of strings with one string: what stands in an entry, as it is. The path comes after all stretches.
    let bytes =
        [&words(&[0x6677_8899, 2, 1, 1, STRINGS_AT, 3]), &b"%s\0"[..], program.as_bytes(), b"\0"].concat();
    (format!("{}/{}", &name[..2], &name[2..]), bytes)
}

/// The file that says what the time was.
pub(crate) fn times() -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(0xbbb0_u16.to_le_bytes());
    bytes.extend(48_u16.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(BOOT);
    // A tick of the clock is a nanosecond.
    bytes.extend([1_u32, 1].map(u32::to_le_bytes).concat());
    bytes.extend(STARTED.to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(0x0020_7354_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend(STARTED.to_le_bytes());
    bytes.extend([0; 8]);
    bytes
}

/// A log with a catalogue for each group of entries.
pub(crate) fn log(groups: &[&[Line<'_>]]) -> Vec<u8> {
    let mut log = header();
    for lines in groups {
        log.extend(group(lines));
    }
    log
}

pub(crate) fn header() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend([1_u32, 1].map(u32::to_le_bytes).concat());
    body.extend([0; 32]);
    body.extend([0x6100_u32, 8].map(u32::to_le_bytes).concat());
    body.extend([0; 8]);
    body.extend([0x6101_u32, 56].map(u32::to_le_bytes).concat());
    body.extend([0; 8]);
    body.extend(padded("23E224", 16));
    body.extend(padded("iPhone14,5", 32));
    body.extend([0x6102_u32, 24].map(u32::to_le_bytes).concat());
    body.extend(BOOT);
    body.extend([0; 8]);
    body.extend([0x6103_u32, 48].map(u32::to_le_bytes).concat());
    body.extend(padded("/var/db/timezone/zoneinfo/UTC", 48));
    chunk(0x1000, &body)
}

fn padded(text: &str, length: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(length, 0);
    bytes
}

/// A chunk: its kind, how many bytes it has, the bytes, and zeros up to the next.
pub(crate) fn chunk(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut chunk =
        [&kind.to_le_bytes()[..], &17_u32.to_le_bytes(), &(body.len() as u64).to_le_bytes(), body].concat();
    chunk.resize(chunk.len().next_multiple_of(8), 0);
    chunk
}

/// A catalogue and one set of entries.
fn group(lines: &[Line<'_>]) -> Vec<u8> {
    let mut programs: Vec<&str> = lines.iter().map(|it| it.program).collect();
    programs.sort_unstable();
    programs.dedup();
    let entries: Vec<u8> = (1..)
        .zip(&programs)
        .flat_map(|(number, program)| {
            let of: Vec<&Line<'_>> = lines.iter().filter(|it| it.program == *program).collect();
            entries_of(number, &of, lines)
        })
        .collect();
    [chunk(0x600b, &catalogue(&programs, lines)), chunk(0x600d, &set(&entries))].concat()
}

/// The subsystems of a group, in the order in which they are numbered from 1.
fn subsystems<'a>(lines: &[Line<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = lines.iter().map(|it| it.subsystem).filter(|it| !it.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn catalogue(programs: &[&str], lines: &[Line<'_>]) -> Vec<u8> {
    let mut texts = Vec::new();
    let mut places: Vec<(u16, u16)> = Vec::new();
    for name in subsystems(lines) {
        let at = texts.len() as u16;
        texts.extend([name.as_bytes(), b"\0"].concat());
        places.push((at, texts.len() as u16));
        texts.extend(b"general\0");
    }
    texts.resize(texts.len().next_multiple_of(8), 0);
    let mut of_programs = Vec::new();
    for (number, _) in (1_u16..).zip(programs) {
        let index = number - 1;
        of_programs.extend([index, 0, index, u16::MAX].map(u16::to_le_bytes).concat());
        of_programs.extend(u64::from(number).to_le_bytes());
        of_programs.extend(
            [u32::from(number), 100 + u32::from(number), 501, 0, 0, 0].map(u32::to_le_bytes).concat(),
        );
        of_programs.extend([places.len() as u32, 0].map(u32::to_le_bytes).concat());
        for (number, (name, category)) in (1_u16..).zip(&places) {
            of_programs.extend([number, *name, *category].map(u16::to_le_bytes).concat());
        }
        of_programs.resize(of_programs.len().next_multiple_of(8), 0);
    }
    let texts_at = 16 * programs.len() as u16;
    let programs_at = texts_at + texts.len() as u16;
    let end = programs_at + of_programs.len() as u16;
    let mut body =
        [texts_at, programs_at, programs.len() as u16, end, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
    body.extend(1_u64.to_le_bytes());
    body.extend(programs.iter().flat_map(|it| uuid(it)));
    body.extend(texts);
    body.extend(of_programs);
    body
}

/// The entries of a program.
fn entries_of(program: u64, of: &[&Line<'_>], all: &[Line<'_>]) -> Vec<u8> {
    let known = subsystems(all);
    let mut public = Vec::new();
    for line in of {
        let subsystem = known.iter().position(|it| *it == line.subsystem).map(|it| it as u16 + 1);
        let mut body = 0_u32.to_le_bytes().to_vec();
        body.extend(subsystem.into_iter().flat_map(u16::to_le_bytes));
        // One value: a text that is no secret.
        let length = line.message.len() as u16 + 1;
        body.extend([0, 1, 0x22, 4, 0, 0]);
        body.extend(length.to_le_bytes());
        body.extend([line.message.as_bytes(), b"\0"].concat());
        let flags = 0x2 | if subsystem.is_some() { 0x200_u16 } else { 0 };
        public.extend([4, 0]);
        public.extend(flags.to_le_bytes());
        public.extend(STRINGS_AT.to_le_bytes());
        public.extend(7_u64.to_le_bytes());
        let after = line.at * 1_000_000_000;
        public.extend((after as u32).to_le_bytes());
        public.extend(((after >> 32) as u16).to_le_bytes());
        public.extend((body.len() as u16).to_le_bytes());
        public.extend(body);
        public.resize(public.len().next_multiple_of(8), 0);
    }
    let mut body = program.to_le_bytes().to_vec();
    body.extend((program as u32).to_le_bytes());
    body.extend([0; 4]);
    body.extend([16 + public.len() as u16, 0x1000, 0, 0].map(u16::to_le_bytes).concat());
    body.extend(1_u64.to_le_bytes());
    body.extend(public);
    chunk(0x6001, &body)
}

/// A set of entries, packed: as LZ4 that copies nothing.
fn set(entries: &[u8]) -> Vec<u8> {
    let mut packed = vec![0xf0];
    let mut rest = entries.len() - 15;
    while rest >= 255 {
        packed.push(255);
        rest -= 255;
    }
    packed.push(rest as u8);
    packed.extend(entries);
    set_of(entries.len() as u32, &packed)
}

/// A set that says that it has so many bytes, and has others.
pub(crate) fn set_of(says: u32, packed: &[u8]) -> Vec<u8> {
    let length = packed.len() as u32;
    [b"bv41", &says.to_le_bytes()[..], &length.to_le_bytes(), packed, b"bv4$"].concat()
}
