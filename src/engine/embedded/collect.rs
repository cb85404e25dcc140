//! What is kept of all matches of a query: facet counts, a random sample.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{DocId, SegmentOrdinal, SegmentReader};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::columns::SegmentColumns;
use crate::plan::FacetField;

/// Counts values of facet fields over all matches.
pub struct Counter<'s> {
    /// The fields.
    pub fields: Vec<FacetField>,
    /// Columns of each segment.
    pub columns: &'s [Arc<SegmentColumns>],
}

/// Counts of one field, of one segment or all.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// How often each value occurs.
    pub values: HashMap<String, u64, foldhash::fast::FixedState>,
    /// Articles with a value.
    pub present: u64,
}

impl Counter<'_> {
    /// Counts one segment: the number of matches and one [`Counts`] a field.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<(u64, Vec<Counts>)> {
        let columns = &self.columns[segment as usize];
        let fields: Vec<_> = self.fields.iter().map(|&field| columns.facet(field)).collect();
        let mut tallies: Vec<Tally> = fields
            .iter()
            .map(|field| Tally {
                by_ord: vec![0; field.map_or(0, |field| field.column.num_terms())],
                present: 0,
            })
            .collect();
        let alive = reader.alive_bitset();
        let mut total = 0;
        weight.for_each_no_score(reader, &mut |docs| {
            for &doc in docs {
                if alive.is_some_and(|alive| !alive.is_alive(doc)) {
                    continue;
                }
                total += 1;
                for (field, tally) in fields.iter().zip(&mut tallies) {
                    let Some(field) = field else { continue };
                    let mut any = false;
                    for ord in field.column.ords().values_for_doc(doc) {
                        tally.by_ord[ord as usize] += 1;
                        any = true;
                    }
                    tally.present += u64::from(any);
                }
            }
        })?;
        let mut counts = Vec::with_capacity(fields.len());
        for (field, tally) in fields.into_iter().zip(tallies) {
            let Some(field) = field else {
                counts.push(Counts::default());
                continue;
            };
            let mut found = Counts { present: tally.present, ..Counts::default() };
            let ords = (0u64..).zip(&tally.by_ord).filter(|&(_, &count)| count > 0);
            if let Some(values) = &field.values {
                for (ord, &count) in ords {
                    found.values.insert(values[ord as usize].clone(), u64::from(count));
                }
            } else {
                let (ords, numbers): (Vec<u64>, Vec<u32>) = ords.unzip();
                let mut numbers = numbers.into_iter();
                field.column.dictionary().sorted_ords_to_term_cb(&ords, |value| {
                    if let Some(count) = numbers.next() {
                        let value = String::from_utf8_lossy(value).into_owned();
                        *found.values.entry(value).or_default() += u64::from(count);
                    }
                })?;
            }
            counts.push(found);
        }
        Ok((total, counts))
    }
}

struct Tally {
    by_ord: Vec<u32>,
    present: u64,
}

/// A random sample: the matches whose seeded hash of the id is smallest.
///
/// Equal ids give equal hashes, so the sample does not depend on segments or order.
pub struct Sample<'s> {
    /// How many to draw.
    pub limit: usize,
    /// The seed.
    pub seed: u64,
    /// Columns of each segment.
    pub columns: &'s [Arc<SegmentColumns>],
}

/// A drawn match: its hash, its id and where it is.
pub type Drawn = (u64, String, SegmentOrdinal, DocId);

impl Sample<'_> {
    /// Draws from one segment; how many matches it has.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<(u64, Vec<Drawn>)> {
        let columns = &self.columns[segment as usize];
        let alive = reader.alive_bitset();
        let mut total = 0;
        let mut drawn = std::collections::BinaryHeap::new();
        weight.for_each_no_score(reader, &mut |docs| {
            for &doc in docs {
                if alive.is_some_and(|alive| !alive.is_alive(doc)) {
                    continue;
                }
                total += 1;
                let id = columns.id(doc);
                drawn.push((xxh3_64_with_seed(id.as_bytes(), self.seed), id, segment, doc));
                if drawn.len() > self.limit {
                    drawn.pop();
                }
            }
        })?;
        Ok((total, drawn.into_vec()))
    }
}
