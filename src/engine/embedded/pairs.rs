//! How often values of two facet fields meet: counted by value numbers, a segment at a time.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use tantivy::SegmentReader;
use tantivy::query::Weight;

use super::columns::{FacetColumn, SegmentColumns};
use super::failure;
use crate::engine::{EngineError, MAX_PAIRS, Pairs};
use crate::plan::FacetField;

/// Adds the matches of one segment to `pairs`.
///
/// # Errors
/// When the index cannot be read, and [`EngineError::TooManyPairs`].
pub fn count(
    weight: &dyn Weight,
    reader: &SegmentReader,
    columns: &SegmentColumns,
    fields: [FacetField; 2],
    pairs: &mut Pairs,
) -> Result<(), EngineError> {
    let same = fields[0] == fields[1];
    let columns = fields.map(|field| columns.facet(field));
    let alive = reader.alive_bitset();
    let mut single: [HashMap<u64, u64, FixedState>; 2] = Default::default();
    let mut both: HashMap<(u64, u64), u64, FixedState> = HashMap::default();
    let mut values: [Vec<u64>; 2] = Default::default();
    weight
        .for_each_no_score(reader, &mut |docs| {
            for &doc in docs {
                if alive.is_some_and(|alive| !alive.is_alive(doc)) {
                    continue;
                }
                pairs.total += 1;
                for (side, column) in columns.iter().enumerate() {
                    values[side].clear();
                    if let Some(column) = column {
                        values[side].extend(column.column.ords().values_for_doc(doc));
                        values[side].sort_unstable();
                        values[side].dedup();
                    }
                    for &value in &values[side] {
                        *single[side].entry(value).or_default() += 1;
                    }
                }
                if both.len() > MAX_PAIRS {
                    continue;
                }
                for &a in &values[0] {
                    for &b in values[1].iter().filter(|&&b| !same || a < b) {
                        *both.entry((a, b)).or_default() += 1;
                    }
                }
            }
        })
        .map_err(failure)?;
    if both.len() > MAX_PAIRS {
        return Err(EngineError::TooManyPairs { limit: MAX_PAIRS });
    }
    let mut names: [HashMap<u64, String, FixedState>; 2] = Default::default();
    for (side, column) in columns.iter().enumerate() {
        let Some(column) = column else { continue };
        names[side] = named(column, single[side].keys().copied().collect())?;
        for (value, name) in &names[side] {
            *pairs.single[side].entry(name.clone()).or_default() += single[side][value];
        }
    }
    for ((a, b), count) in both {
        let (Some(a), Some(b)) = (names[0].get(&a), names[1].get(&b)) else { continue };
        *pairs.both.entry((a.clone(), b.clone())).or_default() += count;
        if pairs.both.len() > MAX_PAIRS {
            return Err(EngineError::TooManyPairs { limit: MAX_PAIRS });
        }
    }
    Ok(())
}

/// The values behind some value numbers.
fn named(
    column: &FacetColumn,
    mut ords: Vec<u64>,
) -> Result<HashMap<u64, String, FixedState>, EngineError> {
    ords.sort_unstable();
    let mut names = HashMap::default();
    let mut at = ords.iter();
    column
        .column
        .dictionary()
        .sorted_ords_to_term_cb(&ords, |value| {
            if let Some(&ord) = at.next() {
                names.insert(ord, String::from_utf8_lossy(value).into_owned());
            }
        })
        .map_err(|error| failure(error.into()))?;
    Ok(names)
}
