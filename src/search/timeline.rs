//! How many articles a query has in each day, month, year of the calendar.

use std::collections::BTreeMap;

use super::{Archive, SearchError, from_engine};
use crate::plan::Plan;
use crate::query::datespec::{civil, day_number};

/// Buckets of one timeline, at most.
pub const MAX_BUCKETS: usize = 200_000;

/// Buckets that an automatic choice of the unit aims below.
const WANTED: usize = 60;

const DAY: i64 = 86_400;

/// Units of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A day.
    Day,
    /// A week from Monday (ISO 8601).
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
    /// Ten years, from one that ends in 0.
    Decade,
}

impl Unit {
    /// All units, the shortest first.
    pub const ALL: [Unit; 6] =
        [Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year, Unit::Decade];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Year => "year",
            Unit::Decade => "decade",
        }
    }

    /// The number of the bucket that holds a second; neighbours differ by one.
    pub fn bucket(self, second: i64) -> i64 {
        let day = second.div_euclid(DAY);
        match self {
            Unit::Day => day,
            // Day 0 was a Thursday.
            Unit::Week => (day + 3).div_euclid(7),
            _ => {
                let (year, month, _) = civil(day);
                let (year, month) = (i64::from(year), i64::from(month) - 1);
                match self {
                    Unit::Month => year * 12 + month,
                    Unit::Quarter => year * 4 + month / 3,
                    Unit::Year => year,
                    _ => year.div_euclid(10),
                }
            }
        }
    }

    /// The day on which a bucket begins, as year, month, day.
    pub fn start(self, bucket: i64) -> (i32, u8, u8) {
        let year = |year: i64| i32::try_from(year).unwrap_or(i32::MAX);
        match self {
            Unit::Day => civil(bucket),
            Unit::Week => civil(bucket * 7 - 3),
            Unit::Month => (year(bucket.div_euclid(12)), bucket.rem_euclid(12) as u8 + 1, 1),
            Unit::Quarter => (year(bucket.div_euclid(4)), bucket.rem_euclid(4) as u8 * 3 + 1, 1),
            Unit::Year => (year(bucket), 1, 1),
            Unit::Decade => (year(bucket * 10), 1, 1),
        }
    }

    /// The first second of a bucket.
    pub fn first_second(self, bucket: i64) -> i64 {
        let (year, month, day) = self.start(bucket);
        day_number(year, month, day) * DAY
    }

    /// A bucket as a date of the query language: `date:` with it finds what the bucket holds.
    pub fn label(self, bucket: i64) -> String {
        let (year, month, day) = self.start(bucket);
        match self {
            Unit::Day => format!("{year:04}-{month:02}-{day:02}"),
            Unit::Week => {
                // The week belongs to the year of its Thursday.
                let thursday = bucket * 7;
                let (year, ..) = civil(thursday);
                let week = (thursday - day_number(year, 1, 1)) / 7 + 1;
                format!("{year:04}-W{week:02}")
            }
            Unit::Month => format!("{year:04}-{month:02}"),
            Unit::Quarter => format!("{year:04}Q{}", (month - 1) / 3 + 1),
            Unit::Year => format!("{year:04}"),
            Unit::Decade => format!("{year:04}s"),
        }
    }
}

/// What a query has in the buckets of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Series {
    /// Articles, one number a bucket of the timeline.
    pub counts: Vec<u64>,
    /// Exact number of matches, in a bucket or not.
    pub total: u64,
    /// Matches without a date.
    pub undated: u64,
    /// Matches whose date does not lie within one bucket, such as a year among months.
    pub vague: u64,
}

/// Counts of several queries over the same buckets, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The unit.
    pub unit: Unit,
    /// Number of the first bucket.
    pub first: i64,
    /// One a query.
    pub series: Vec<Series>,
    /// All articles, where shares are asked for.
    pub all: Option<Series>,
}

impl Timeline {
    /// Labels of the buckets, in order.
    pub fn labels(&self) -> impl Iterator<Item = String> + '_ {
        let number = self.series.first().map_or(0, |series| series.counts.len());
        (self.first..).take(number).map(|bucket| self.unit.label(bucket))
    }

    /// The share of all articles of a bucket, `None` where the bucket has none.
    pub fn share(&self, series: &Series, at: usize) -> Option<f64> {
        let all = *self.all.as_ref()?.counts.get(at)?;
        (all > 0).then(|| series.counts[at] as f64 / all as f64)
    }
}

/// The dates of one query: intervals with how often each occurs.
struct Dates {
    intervals: BTreeMap<(i64, i64), u64>,
    undated: u64,
    total: u64,
}

fn dates(archive: &dyn Archive, plan: &Plan) -> Result<Dates, SearchError> {
    let mut dates = Dates { intervals: BTreeMap::new(), undated: 0, total: 0 };
    archive
        .dates(plan, &mut |date| {
            dates.total += 1;
            match date {
                // Whole days are enough for the calendar, and bound what is kept.
                Some((start, end)) => {
                    let last = (end - 1).max(start);
                    *dates
                        .intervals
                        .entry((start.div_euclid(DAY), last.div_euclid(DAY)))
                        .or_default() += 1;
                }
                None => dates.undated += 1,
            }
        })
        .map_err(from_engine)?;
    Ok(dates)
}

/// Counts the articles of each plan by their dates, exactly, over all matches.
///
/// An article counts in the bucket that holds its whole date. Without a unit the shortest is
/// taken that needs at most sixty buckets. Costs one pass over the dates of the matches.
///
/// # Errors
/// What the engine reports; [`SearchError::Query`] where there are more than [`MAX_BUCKETS`].
pub fn timeline(
    archive: &dyn Archive,
    plans: &[&Plan],
    all: Option<&Plan>,
    unit: Option<Unit>,
) -> Result<Timeline, SearchError> {
    let mut found = Vec::with_capacity(plans.len());
    for plan in plans {
        found.push(dates(archive, plan)?);
    }
    let all = all.map(|plan| dates(archive, plan)).transpose()?;
    let ends = |unit: Unit| -> Option<(i64, i64)> {
        let days = found.iter().flat_map(|dates| dates.intervals.keys());
        let buckets = days.filter_map(|&(start, last)| {
            let bucket = unit.bucket(start * DAY);
            (bucket == unit.bucket(last * DAY)).then_some(bucket)
        });
        buckets.fold(None, |ends, bucket| {
            let (first, last) = ends.unwrap_or((bucket, bucket));
            Some((first.min(bucket), last.max(bucket)))
        })
    };
    let length = |unit: Unit| ends(unit).map_or(0, |(first, last)| (last - first) as usize + 1);
    let unit = unit.unwrap_or_else(|| {
        let fits = |unit: &Unit| length(*unit) <= WANTED;
        // A unit into which few dates fit says little of them.
        let vague = |unit: Unit| {
            let outside = |(&(start, last), &count): (&(i64, i64), &u64)| {
                if unit.bucket(start * DAY) == unit.bucket(last * DAY) { 0 } else { count }
            };
            found.iter().flat_map(|dates| dates.intervals.iter()).map(outside).sum::<u64>()
        };
        let dated: u64 = found.iter().map(|dates| dates.total - dates.undated).sum();
        let mut units = Unit::ALL.into_iter().filter(fits);
        units.find(|unit| vague(*unit) * 10 <= dated).unwrap_or(Unit::Decade)
    });
    let number = length(unit);
    if number > MAX_BUCKETS {
        let message =
            format!("the timeline would have {number} {}s, more than {MAX_BUCKETS}", unit.name());
        let problem = crate::diag::Diagnostic::error(
            "too_many_buckets",
            crate::diag::Span::default(),
            message,
        );
        return Err(SearchError::Query(vec![problem.hint("choose a longer unit with --by")]));
    }
    let first = ends(unit).map_or(0, |(first, _)| first);
    let count = |dates: Dates| {
        let mut series = Series {
            counts: vec![0; number],
            total: dates.total,
            undated: dates.undated,
            vague: 0,
        };
        for ((start, last), count) in dates.intervals {
            let bucket = unit.bucket(start * DAY);
            if bucket != unit.bucket(last * DAY) {
                series.vague += count;
            } else if let Some(sum) =
                usize::try_from(bucket - first).ok().and_then(|at| series.counts.get_mut(at))
            {
                *sum += count;
            }
        }
        series
    };
    Ok(Timeline {
        unit,
        first,
        series: found.into_iter().map(count).collect(),
        all: all.map(count),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_the_calendar() {
        let second = |year, month, day| day_number(year, month, day) * DAY;
        for (unit, date, label) in [
            (Unit::Day, (2020, 2, 29), "2020-02-29"),
            (Unit::Week, (2020, 12, 31), "2020-W53"),
            (Unit::Week, (2021, 1, 3), "2020-W53"),
            (Unit::Week, (2021, 1, 4), "2021-W01"),
            (Unit::Week, (2019, 12, 30), "2020-W01"),
            (Unit::Month, (1969, 12, 31), "1969-12"),
            (Unit::Quarter, (2019, 9, 30), "2019Q3"),
            (Unit::Year, (1605, 7, 1), "1605"),
            (Unit::Decade, (1989, 12, 31), "1980s"),
        ] {
            let bucket = unit.bucket(second(date.0, date.1, date.2) + DAY - 1);
            assert_eq!(unit.label(bucket), label, "{date:?}");
            assert_eq!(unit.bucket(unit.first_second(bucket)), bucket);
            assert_eq!(unit.bucket(unit.first_second(bucket) - 1), bucket - 1);
        }
    }
}
