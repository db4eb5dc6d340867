//! Inputs that are nearly right: seeds, changed at random but always in the same way.
//!
//! Start with [`Mutator::next`].

/// The longest input that is made.
const MAX_BYTES: usize = 1 << 14;

/// A small generator of pseudo-random numbers (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    /// A number below another; 0 where there is none.
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        self.roll(256) as u8
    }

    /// A piece of some bytes, of at most so many.
    fn piece<'b>(&mut self, bytes: &'b [u8], longest: usize) -> &'b [u8] {
        let from = self.roll(bytes.len());
        let length = self.roll(longest + 1).min(bytes.len() - from);
        &bytes[from..from + length]
    }
}

/// Makes inputs of seeds and of tokens that matter to the reader.
pub(crate) struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    tokens: &'s [Vec<u8>],
    dice: Dice,
}

impl<'s> Mutator<'s> {
    /// Of at least one seed and one token.
    pub(crate) fn new(seeds: &'s [Vec<u8>], tokens: &'s [Vec<u8>]) -> Self {
        Self { seeds, tokens, dice: Dice(0x5eed_0f5e_ed0f_5eed) }
    }

    /// The next input: a seed with one to six changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.seeds[self.dice.roll(self.seeds.len())].clone();
        for _ in 0..=self.dice.roll(6) {
            self.change(&mut bytes);
        }
        bytes.truncate(MAX_BYTES);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let dice = &mut self.dice;
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(40) {
            0 => nest(bytes, at, dice),
            1 => repeat(bytes, at, self.tokens, dice),
            2..4 => bytes.truncate(at),
            4..10 => drop(bytes.splice(at..at, self.tokens[dice.roll(self.tokens.len())].iter().copied())),
            10..15 => {
                let end = (at + dice.roll(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            15..20 => {
                let copy = dice.piece(bytes, 80).to_vec();
                bytes.splice(at..at, copy);
            }
            20..25 => {
                let other = &self.seeds[dice.roll(self.seeds.len())];
                let graft = dice.piece(other, 200).to_vec();
                let end = (at + dice.roll(graft.len() + 1)).min(bytes.len());
                bytes.splice(at..end, graft);
            }
            25..28 => bytes.insert(at, dice.byte()),
            28..34 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = dice.byte();
                }
            }
        }
    }
}

/// Opens many brackets, and sometimes closes them again.
fn nest(bytes: &mut Vec<u8>, at: usize, dice: &mut Dice) {
    let (open, close) =
        [("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("[[", "]]"), ("((", ""), ("{", "")][dice.roll(6)];
    let times = dice.roll(3000);
    let inner = dice.piece(bytes, 80).to_vec();
    let nested = [open.repeat(times).as_bytes(), &inner, close.repeat(times).as_bytes()].concat();
    bytes.splice(at..at, nested);
}

/// Says one thing many times.
fn repeat(bytes: &mut Vec<u8>, at: usize, tokens: &[Vec<u8>], dice: &mut Dice) {
    let piece = if dice.roll(2) == 0 { dice.piece(bytes, 20) } else { &tokens[dice.roll(tokens.len())] };
    let many = piece.repeat(dice.roll(300));
    bytes.splice(at..at, many);
}
