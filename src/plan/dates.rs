//! Ranges of dates as typed to intervals of time.

use super::DateInterval;
use crate::diag::Span;
use crate::query::ast::{RangeClause, Sub};
use crate::query::datespec::DateSpec;

/// The interval of a range on `date`; `None` if an end is no date (the parser has checked it).
///
/// Ends denote intervals: an inclusive lower end begins where its interval begins, an exclusive one
/// where it ends, and the other way round above. `>2020` is from 2021 on.
pub fn interval(clause: &RangeClause, now: i64, span: Span) -> Option<DateInterval> {
    let (mut start, mut end) = (i64::MIN, i64::MAX);
    if let Some(bound) = &clause.from {
        let (from, to) = DateSpec::parse(&bound.text).ok()?.interval(now);
        start = if bound.inclusive { from } else { to };
    }
    if let Some(bound) = &clause.to {
        let (from, to) = DateSpec::parse(&bound.text).ok()?.interval(now);
        end = if bound.inclusive { to } else { from };
    }
    Some(DateInterval { start, end, overlap: clause.sub == Some(Sub::Overlap), span })
}
