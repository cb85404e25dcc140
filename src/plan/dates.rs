//! Ranges of dates and numbers as typed to intervals.

use super::DateInterval;
use crate::diag::Span;
use crate::query::ast::{RangeClause, Sub};
use crate::query::datespec::DateSpec;
use crate::query::parser::value::number;

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

/// The whole numbers of a range, half open; `None` if an end is no number (the parser has
/// checked it). `>1.5` is from 2 on.
pub fn numbers(clause: &RangeClause) -> Option<(i64, i64)> {
    let (mut start, mut end) = (i64::MIN, i64::MAX);
    if let Some(bound) = &clause.from {
        let value = number(&bound.text)?;
        // Floats beyond the range of integers saturate, which is what the ends mean then.
        start = if bound.inclusive { value.ceil() } else { value.floor() + 1.0 } as i64;
    }
    if let Some(bound) = &clause.to {
        let value = number(&bound.text)?;
        end = if bound.inclusive { value.floor() + 1.0 } else { value.ceil() } as i64;
    }
    Some((start, end.max(start)))
}
