//! The chart of the last days: a bar for each day, right answers below wrong ones, and the points that they
//! brought together as a line. It is drawn here, as SVG without any style in it, and a table says the same.

use super::frame::PageFrame;
use crate::apps::english::dashboard::Day;
use crate::web::texts::fill;

/// Of the drawing, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
/// What is left free at its edges.
const EDGE: f64 = 8.0;

/// A day, drawn.
pub(super) struct DayBar {
    pub(super) x: String,
    pub(super) width: String,
    /// Top and height of the right answers.
    pub(super) right: (String, String),
    /// Those of the wrong ones, above them.
    pub(super) wrong: (String, String),
}

/// A day in the table.
pub(super) struct DayRow {
    pub(super) date: String,
    pub(super) gradings: i64,
    pub(super) passed: i64,
    pub(super) points: i64,
}

/// The chart, ready to be shown.
pub(super) struct Chart {
    pub(super) bars: Vec<DayBar>,
    /// The points of the line.
    pub(super) line: String,
    /// Where no points are.
    pub(super) zero: String,
    /// What it shows, in a sentence.
    pub(super) summary: String,
    /// Days with gradings, the newest first.
    pub(super) rows: Vec<DayRow>,
    pub(super) first: String,
    pub(super) last: String,
}

impl Chart {
    pub(super) fn of(frame: &PageFrame, days: &[Day]) -> Self {
        let sum = |of: fn(&Day) -> i64| days.iter().map(of).sum::<i64>();
        let blanks = [
            ("days", days.len().to_string()),
            ("gradings", sum(|day| day.gradings).to_string()),
            ("right", sum(|day| day.passed).to_string()),
            ("points", sum(|day| day.points).to_string()),
        ];
        let blanks = blanks.each_ref().map(|(name, text)| (*name, text.as_str()));
        let (line, zero) = line(days);
        let done = days.iter().rev().filter(|day| day.gradings > 0);
        let date = |day: Option<&Day>| day.map(|day| day.date.to_string()).unwrap_or_default();
        Self {
            bars: bars(days),
            line,
            zero,
            summary: fill(&frame.t.dashboard.progress_summary, &blanks),
            rows: done
                .map(|day| DayRow {
                    date: day.date.to_string(),
                    gradings: day.gradings,
                    passed: day.passed,
                    points: day.points,
                })
                .collect(),
            first: date(days.first()),
            last: date(days.last()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A coordinate with as many digits as can be seen.
fn unit(value: f64) -> String {
    format!("{value:.1}")
}

/// Where the day `index` of `count` begins.
fn x_of(index: usize, count: usize) -> f64 {
    EDGE + share(index, count) * (WIDTH - 2.0 * EDGE)
}

#[expect(clippy::cast_precision_loss, reason = "days are few")]
fn share(index: usize, count: usize) -> f64 {
    index as f64 / count.max(1) as f64
}

/// `value` of a range as a height of the drawing; what it is drawn for is within 0.1 units.
#[expect(
    clippy::cast_precision_loss,
    reason = "a tenth of a unit is all that is seen"
)]
fn scaled(value: i64, range: i64) -> f64 {
    value as f64 / range.max(1) as f64 * (HEIGHT - 2.0 * EDGE)
}

fn bars(days: &[Day]) -> Vec<DayBar> {
    let most = days.iter().map(|day| day.gradings).max().unwrap_or(0);
    let width = x_of(1, days.len()) - x_of(0, days.len());
    let days_drawn = days.iter().enumerate().filter(|(_, day)| day.gradings > 0);
    days_drawn
        .map(|(index, day)| {
            let right = scaled(day.passed.clamp(0, day.gradings), most);
            let all = scaled(day.gradings, most);
            DayBar {
                x: unit(x_of(index, days.len()) + width * 0.1),
                width: unit(width * 0.8),
                right: (unit(HEIGHT - EDGE - right), unit(right)),
                wrong: (unit(HEIGHT - EDGE - all), unit(all - right)),
            }
        })
        .collect()
}

/// The points since the first day, day by day, and where 0 is.
fn line(days: &[Day]) -> (String, String) {
    let mut points = 0i64;
    let sums: Vec<_> = days
        .iter()
        .map(|day| {
            points = points.saturating_add(day.points);
            points
        })
        .collect();
    let least = sums.iter().copied().min().unwrap_or(0).min(0);
    let most = sums.iter().copied().max().unwrap_or(0).max(0);
    let y = |points: i64| {
        let height = scaled(points.saturating_sub(least), most.saturating_sub(least));
        HEIGHT - EDGE - height
    };
    let half = (x_of(1, days.len()) - x_of(0, days.len())) / 2.0;
    let places = sums.iter().enumerate();
    let places: Vec<_> = places
        .map(|(index, points)| {
            let x = x_of(index, days.len()) + half;
            format!("{},{}", unit(x), unit(y(*points)))
        })
        .collect();
    (places.join(" "), unit(y(0)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day(gradings: i64, passed: i64, points: i64) -> Day {
        Day {
            date: date(2026, 1, 1),
            gradings,
            passed,
            points,
        }
    }

    #[test]
    fn bars_are_as_high_as_days_are_long() {
        let days = [day(0, 0, 0), day(4, 3, 4), day(2, 0, -3), day(0, 0, 0)];
        let bars = bars(&days);
        assert_eq!(bars.len(), 2);
        assert_eq!(bars[0].right, ("54.0".to_owned(), "138.0".to_owned()));
        assert_eq!(bars[0].wrong, ("8.0".to_owned(), "46.0".to_owned()));
        assert_eq!(bars[1].wrong, ("100.0".to_owned(), "92.0".to_owned()));
        let (line, zero) = line(&days);
        assert_eq!(zero, "192.0");
        assert_eq!(line, "96.0,192.0 272.0,8.0 448.0,146.0 624.0,146.0");
    }

    #[test]
    fn losses_are_below_the_line_of_nothing() {
        let (line, zero) = line(&[day(1, 0, -2), day(1, 1, 4)]);
        assert_eq!(
            (line.as_str(), zero.as_str()),
            ("184.0,192.0 536.0,8.0", "100.0")
        );
        assert_eq!(super::line(&[]).0, "");
        assert!(bars(&[]).is_empty());
    }
}
