//! `LIKE` (section 9.6.1): `%` for any run of characters, `_` for one, over the whole string.

use super::semantics::Lines;

/// One piece of a `LIKE` pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// `%`
    Run,
    /// `_`
    One,
    /// The character itself.
    Letter(char),
}

/// A pattern that is ready to match.
#[derive(Clone, Debug)]
pub(super) struct Like {
    pieces: Vec<Piece>,
    lines: Lines,
}

/// The limit of steps was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManySteps;

impl Like {
    /// Takes the pattern as it is: whoever compares strings has brought both sides to NFC before.
    pub(super) fn new(pattern: &str, lines: Lines) -> Self {
        let piece = |letter| match letter {
            '%' => Piece::Run,
            '_' => Piece::One,
            _ => Piece::Letter(letter),
        };
        Self { pieces: pattern.chars().map(piece).collect(), lines }
    }

    /// Whether a character could be matched by value: for octets, only those below U+0100 can (section 9.6.4).
    pub(super) fn fits_octets(&self) -> bool {
        self.pieces.iter().all(|it| !matches!(it, Piece::Letter(letter) if u32::from(*letter) > 0xff))
    }

    /// Whether the text matches. On a mismatch only the last `%` takes one character more, since an earlier one that
    /// took more could reach nothing new.
    pub(super) fn is_match(&self, text: &[char], limit: u64) -> Result<bool, TooManySteps> {
        // The reference tool's `$` lets one line end through.
        let ended = text.strip_suffix(&['\n']).filter(|_| self.lines == Lines::Stop);
        if let Some(ended) = ended
            && self.is_whole_match(ended, limit)?
        {
            return Ok(true);
        }
        self.is_whole_match(text, limit)
    }

    fn is_whole_match(&self, text: &[char], limit: u64) -> Result<bool, TooManySteps> {
        let wild = |letter: char| self.lines == Lines::Cross || letter != '\n';
        let (mut at, mut piece) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        let mut steps = 0;
        loop {
            steps += 1;
            if steps > limit {
                return Err(TooManySteps);
            }
            let letter = text.get(at).copied();
            let fits = match (self.pieces.get(piece), letter) {
                (None, None) => return Ok(true),
                (Some(Piece::Run), _) => {
                    piece += 1;
                    retry = Some((at, piece));
                    continue;
                }
                (Some(Piece::One), Some(letter)) => wild(letter),
                (Some(Piece::Letter(want)), Some(letter)) => *want == letter,
                _ => false,
            };
            if fits {
                at += 1;
                piece += 1;
                continue;
            }
            match retry {
                Some((from, after)) if text.get(from).is_some_and(|it| wild(*it)) => {
                    retry = Some((from + 1, after));
                    at = from + 1;
                    piece = after;
                }
                _ => return Ok(false),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, want: bool) {
        check_lines(pattern, text, Lines::Cross, want);
    }

    #[track_caller]
    fn check_lines(pattern: &str, text: &str, lines: Lines, want: bool) {
        let letters: Vec<char> = text.chars().collect();
        assert_eq!(Like::new(pattern, lines).is_match(&letters, 1000), Ok(want), "{text:?} LIKE {pattern:?}");
    }

    #[test]
    fn wildcards() {
        check("", "", true);
        check("", "a", false);
        check("%", "", true);
        check("_", "", false);
        check("a%c", "abbbc", true);
        check("a%c", "abbbcd", false);
        check("%b%b%", "abab", true);
        check("%aab", "aaab", true);
        check("caf_.com", "café.com", true);
        check("a.c", "abc", false);
        check("%.example.com", "example.com", false);
    }

    #[test]
    fn ends_of_lines() {
        check("a%c", "a\nb\nc", true);
        check("a_c", "a\nc", true);
        check("abc", "abc\n", false);
        check_lines("a%c", "a\nc", Lines::Stop, false);
        check_lines("a_c", "a\nc", Lines::Stop, false);
        check_lines("abc", "abc\n", Lines::Stop, true);
    }

    #[test]
    fn a_costly_one_ends() {
        let text: Vec<char> = "a".repeat(10_000).chars().collect();
        let like = Like::new(&format!("%{}b", "a".repeat(5_000)), Lines::Cross);
        assert_eq!(like.is_match(&text, 1_000_000), Err(TooManySteps));
    }
}
