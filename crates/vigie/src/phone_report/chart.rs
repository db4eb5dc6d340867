//! The timeline as a drawing: a row for each grade, a mark for each dated finding.

use vigie_app::check_phone::{Finding, Grade};

use super::{day, instant};

/// The width of the drawing, in its own units.
const WIDTH: i64 = 720;
/// What is left free at each side.
const MARGIN: i64 = 24;
/// The height of a row: its name in the largest letters that narrow screens get, and its line with marks.
const ROW: i64 = 52;
/// Where the line of a row stands above its end.
const LINE: i64 = 12;
/// How far the name of a row stands above its line, so that no mark touches it.
const ABOVE: i64 = 15;
/// How many rows there are: one for each grade.
const ROWS: i64 = 3;
/// A day in nanoseconds.
const DAY: i64 = 86_400_000_000_000;
/// How many dates stand below.
const DATES: i64 = 4;

/// A drawing.
pub(super) struct Chart {
    pub(super) height: i64,
    pub(super) width: i64,
    pub(super) rows: Vec<Row>,
    pub(super) dates: Vec<(i64, String)>,
    /// Where the dates stand.
    pub(super) foot: i64,
}

/// The marks of a grade.
pub(super) struct Row {
    pub(super) grade: Grade,
    pub(super) y: i64,
    /// Where its name stands.
    pub(super) name: i64,
    /// Where, and of how many findings a mark is.
    pub(super) marks: Vec<(i64, usize)>,
}

impl Chart {
    /// Draws findings; none if none of them is dated.
    pub(super) fn of(findings: &[Finding]) -> Option<Self> {
        let times = || findings.iter().filter_map(|it| it.time);
        let (first, last) = (times().min()?, times().max()?);
        let span = i128::from(last.saturating_sub(first)).max(1);
        let room = i128::from(WIDTH - 2 * MARGIN);
        let x = |time: i64| {
            let at = i128::from(time.saturating_sub(first)) * room / span;
            i64::try_from(at).unwrap_or_default() + MARGIN
        };
        let rows = Grade::ALL.into_iter().zip(1..).map(|(grade, number)| {
            let mut at: Vec<i64> =
                findings.iter().filter(|it| it.grade == grade).filter_map(|it| it.time).map(x).collect();
            at.sort_unstable();
            let marks = at.chunk_by(|a, b| a == b).filter_map(|it| Some((*it.first()?, it.len()))).collect();
            let y = number * ROW - LINE;
            Row { grade, y, name: y - ABOVE, marks }
        });
        let rows: Vec<Row> = rows.collect();
        let foot = ROWS * ROW + 24;
        let shown = |time| if last.saturating_sub(first) < 3 * DAY { instant(time) } else { day(time) };
        let dates = if first == last {
            vec![(MARGIN, shown(first))]
        } else {
            let step = last.saturating_sub(first) / (DATES - 1);
            (0..DATES).map(|it| first.saturating_add(step * it)).map(|it| (x(it), shown(it))).collect()
        };
        Some(Self { height: foot + 10, width: WIDTH, rows, dates, foot })
    }
}
