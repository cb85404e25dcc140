//! What is kept of the matches of a query: the best, a sample, their number, facet counts.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::columns::SegmentColumns;
use crate::plan::FacetField;

/// A match with all that decides its rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its score.
    pub score: Score,
    /// First second of its date.
    pub date: Option<i64>,
    /// Its id.
    pub id: String,
    /// Which segment.
    pub segment: SegmentOrdinal,
    /// Which article of the segment.
    pub doc: DocId,
}

impl Ranked {
    /// Best first: score, then date (newest first, undated last), then id.
    pub fn compare(&self, other: &Ranked) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| other.date.cmp(&self.date))
            .then_with(|| self.id.cmp(&other.id))
    }
}

/// The best matches in the full order of ranks, ties included.
///
/// Without `total` it prunes: the threshold given to tantivy is the float just below the worst
/// score kept, so that an article that ties with it is still seen. Ties cost one date and, rarely,
/// one id.
pub struct Best<'s> {
    /// How many to keep.
    pub limit: usize,
    /// Whether to count all matches.
    pub total: bool,
    /// Whether skipping may be tried at all; a union of frequent words is faster without.
    pub prune: bool,
    /// Columns of each segment.
    pub columns: &'s [Arc<SegmentColumns>],
}

/// What [`Best`] finds.
#[derive(Debug, Clone, Default)]
pub struct BestFound {
    /// The best, in order.
    pub best: Vec<Ranked>,
    /// How many matches there are, if that was asked for.
    pub total: u64,
}

/// A match in a heap: everything but the id, which is read from columns in a tie.
#[derive(Debug, Clone, Copy)]
struct Kept {
    score: Score,
    date: Option<i64>,
    doc: DocId,
}

/// The best so far, the worst of them on top.
struct Heap<'s> {
    columns: &'s SegmentColumns,
    limit: usize,
    kept: Vec<Kept>,
}

impl Heap<'_> {
    /// Whether `a` ranks after `b`.
    fn worse(&self, a: &Kept, b: &Kept) -> bool {
        match a.score.total_cmp(&b.score) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => match a.date.cmp(&b.date) {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => self.columns.compare_ids(a.doc, b.doc) == Ordering::Greater,
            },
        }
    }

    /// Offers a match; `score` is at least the threshold.
    fn offer(&mut self, doc: DocId, score: Score) {
        if self.kept.len() < self.limit {
            let date = self.columns.date(doc);
            self.kept.push(Kept { score, date, doc });
            let mut at = self.kept.len() - 1;
            while at > 0 {
                let parent = (at - 1) / 2;
                if !self.worse(&self.kept[at], &self.kept[parent]) {
                    break;
                }
                self.kept.swap(at, parent);
                at = parent;
            }
            return;
        }
        let Some(worst) = self.kept.first().copied() else { return };
        if score < worst.score {
            return;
        }
        let new = Kept { score, date: self.columns.date(doc), doc };
        if !self.worse(&worst, &new) {
            return;
        }
        self.kept[0] = new;
        let mut at = 0;
        loop {
            let mut worst = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.kept.len() && self.worse(&self.kept[child], &self.kept[worst]) {
                    worst = child;
                }
            }
            if worst == at {
                break;
            }
            self.kept.swap(at, worst);
            at = worst;
        }
    }

    /// Scores at or below this cannot be among the best.
    fn threshold(&self) -> Score {
        if self.kept.len() < self.limit {
            Score::MIN
        } else {
            self.kept.first().map_or(Score::MIN, |worst| worst.score.next_down())
        }
    }

    fn into_ranked(self, segment: SegmentOrdinal) -> Vec<Ranked> {
        let columns = self.columns;
        let rank = |kept: Kept| Ranked {
            score: kept.score,
            date: kept.date,
            id: columns.id(kept.doc),
            segment,
            doc: kept.doc,
        };
        self.kept.into_iter().map(rank).collect()
    }
}

impl Best<'_> {
    /// Collects one segment.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<BestFound> {
        let alive = reader.alive_bitset();
        let is_alive = |doc| alive.is_none_or(|alive| alive.is_alive(doc));
        let mut heap = Heap {
            columns: &self.columns[segment as usize],
            limit: self.limit,
            kept: Vec::with_capacity(self.limit.min(1_024)),
        };
        let mut total = 0u64;
        if self.total || !self.prune {
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    total += 1;
                    heap.offer(doc, score);
                }
            })?;
        } else {
            weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
                if is_alive(doc) {
                    heap.offer(doc, score);
                }
                heap.threshold()
            })?;
        }
        Ok(BestFound { best: heap.into_ranked(segment), total })
    }

    /// Puts the finds of all segments together.
    pub fn merge(&self, found: Vec<BestFound>) -> BestFound {
        let mut best: Vec<Ranked> = Vec::new();
        let mut total = 0;
        for part in found {
            total += part.total;
            best.extend(part.best);
        }
        best.sort_by(Ranked::compare);
        best.truncate(self.limit);
        BestFound { best, total }
    }
}

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
