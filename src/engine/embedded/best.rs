//! The best matches of a query in the full order of ranks: score, date, id.

use std::cell::Cell;
use std::cmp::Ordering;
use std::sync::Arc;

use tantivy::query::Weight;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, Score, SegmentOrdinal, SegmentReader};

use super::columns::SegmentColumns;
use crate::engine::Order;

/// Stands for a date that was not read yet; no article has this one.
const UNREAD: i64 = i64::MIN;
/// Stands for no date; ranks after all dates.
const UNDATED: i64 = i64::MIN + 1;

/// The key of an article without one, and the one that ranks last.
const KEYLESS: i64 = i64::MIN;

/// Matches of a [`Run`].
const RUN: usize = 4_096;

/// A match that may be among the best.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Its score.
    pub score: Score,
    /// Which segment.
    pub segment: SegmentOrdinal,
    /// Which article of the segment.
    pub doc: DocId,
    /// What ranks before the score, higher first; 0 where nothing does.
    key: i64,
    /// First second of its date, read when a tie asks for it.
    date: Cell<i64>,
}

impl Ranked {
    fn date(&self, columns: &SegmentColumns) -> i64 {
        if self.date.get() == UNREAD {
            self.date.set(known(columns.date(self.doc)));
        }
        self.date.get()
    }
}

fn known(date: Option<i64>) -> i64 {
    date.map_or(UNDATED, |date| date.max(UNDATED + 1))
}

/// The key by which an order ranks an article before its score, higher first.
fn key(order: Order, columns: &SegmentColumns, doc: DocId) -> i64 {
    let (key, ascending) = match order {
        Order::Relevance => return 0,
        Order::Newest => (columns.date(doc), false),
        Order::Oldest => (columns.date(doc), true),
        Order::LastAdded => (columns.added(doc), false),
        Order::FirstAdded => (columns.added(doc), true),
        Order::Longest => (words(columns, doc), false),
        Order::Shortest => (words(columns, doc), true),
    };
    match key {
        None => KEYLESS,
        Some(key) if ascending => key.saturating_neg().max(KEYLESS + 1),
        Some(key) => key.max(KEYLESS + 1),
    }
}

fn words(columns: &SegmentColumns, doc: DocId) -> Option<i64> {
    i64::try_from(columns.body_words().get_val(doc)).ok()
}

/// Finds the best matches, ties included.
///
/// Without `total` it prunes: the threshold given to tantivy is the float just below the worst
/// score kept (less [`slack`]), so that an article that ties with it is still seen. A tie costs two dates and,
/// rarely, two ids; without a tie neither is read.
#[derive(Debug)]
pub struct Best<'s> {
    /// How many to keep.
    pub limit: usize,
    /// Which are the best.
    pub order: Order,
    /// Whether to count all matches.
    pub total: bool,
    /// Whether skipping may be tried at all; a union of frequent words is faster without.
    pub prune: bool,
    /// Whether scores differ at all; where none does, dates decide.
    pub scored: bool,
    /// Columns of each segment.
    pub columns: &'s [Arc<SegmentColumns>],
    /// How far the bounds of each segment may be too low, see [`slack`]; 1 where none is given.
    pub slack: &'s [Score],
}

/// The factor by which a block's best possible score may be below that of one of its articles.
///
/// tantivy keeps, for each block of 128 postings, the frequency and the length of the article that
/// scores best under the average length *of the segment*; a query scores under the average of the
/// whole index, q times that, where another article of the block may be the best one. As
/// tf / (tf + K) with K between k and k times the length over the average changes by a factor
/// of at most q when the average does, so does the bound. A millionth is added for the order in
/// which floats are summed.
pub fn slack(segment_average: f64, average: f64) -> Score {
    const ROUNDING: f64 = 1e-6;
    let ratio = segment_average / average;
    let factor = if ratio.is_finite() && ratio > 0.0 { ratio.max(1.0 / ratio) } else { 1.0 };
    (factor * (1.0 + ROUNDING)) as Score
}

/// The best so far of one segment, the worst of them on top.
struct Heap<'s> {
    columns: &'s SegmentColumns,
    segment: SegmentOrdinal,
    limit: usize,
    slack: Score,
    kept: Vec<Ranked>,
}

impl Heap<'_> {
    /// Whether `a` ranks after `b`.
    fn worse(&self, a: &Ranked, b: &Ranked) -> bool {
        match a.key.cmp(&b.key).then_with(|| a.score.total_cmp(&b.score)) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => match a.date(self.columns).cmp(&b.date(self.columns)) {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => self.columns.compare_ids(a.doc, b.doc) == Ordering::Greater,
            },
        }
    }

    fn is_full(&self) -> bool {
        self.kept.len() >= self.limit
    }

    /// Offers a match; one that is worse than all of a full heap is dropped.
    fn offer(&mut self, doc: DocId, key: i64, score: Score, date: i64) {
        let new = Ranked { key, score, segment: self.segment, doc, date: Cell::new(date) };
        if !self.is_full() {
            self.kept.push(new);
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
        let Some(worst) = self.kept.first() else { return };
        if !self.worse(worst, &new) {
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
        match self.kept.first() {
            Some(worst) if self.is_full() => (worst.score / self.slack).next_down(),
            _ => Score::MIN,
        }
    }

    /// Keys and dates before these cannot be among the best, where no score decides.
    fn last(&self) -> (i64, i64) {
        match self.kept.first() {
            Some(worst) if self.is_full() => (worst.key, worst.date(self.columns)),
            _ => (i64::MIN, i64::MIN),
        }
    }

    /// Keys before this cannot be among the best.
    fn least_key(&self) -> i64 {
        match self.kept.first() {
            Some(worst) if self.is_full() => worst.key,
            _ => i64::MIN,
        }
    }
}

/// Matches without scores on their way into a heap.
///
/// They are offered last first: an archive is mostly indexed in the order of its dates, and then
/// the newest of a run keep the others out, where the other order would replace the whole heap
/// again and again.
struct Run<'h, 's> {
    heap: &'h mut Heap<'s>,
    /// Article, key, date.
    matches: Vec<(DocId, i64, i64)>,
}

impl Run<'_, '_> {
    fn push(&mut self, doc: DocId, key: i64, date: i64) {
        self.matches.push((doc, key, date));
        if self.matches.len() == RUN {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let mut last = self.heap.last();
        for &(doc, key, date) in self.matches.iter().rev() {
            if (key, date) >= last {
                self.heap.offer(doc, key, 0.0, date);
                last = self.heap.last();
            }
        }
        self.matches.clear();
    }
}

impl Best<'_> {
    /// Collects one segment: its best in no order, and how many matches were counted.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<(Vec<Ranked>, u64)> {
        let alive = reader.alive_bitset();
        let is_alive = |doc| alive.is_none_or(|alive| alive.is_alive(doc));
        let columns = &*self.columns[segment as usize];
        let kept = Vec::with_capacity(self.limit.min(1_024));
        let slack = self.slack.get(segment as usize).copied().unwrap_or(1.0);
        let mut heap = Heap { columns, segment, limit: self.limit, slack, kept };
        let mut total = 0u64;
        if !self.scored {
            let mut run = Run { heap: &mut heap, matches: Vec::with_capacity(RUN) };
            let mut dates = [None; COLLECT_BLOCK_BUFFER_LEN];
            weight.for_each_no_score(reader, &mut |docs| {
                columns.dates(docs, &mut dates);
                for (&doc, &date) in docs.iter().zip(&dates) {
                    if is_alive(doc) {
                        total += 1;
                        run.push(doc, key(self.order, columns, doc), known(date));
                    }
                }
            })?;
            run.flush();
        } else if self.order != Order::Relevance {
            let mut least = KEYLESS;
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    total += 1;
                    let key = key(self.order, columns, doc);
                    if key >= least {
                        heap.offer(doc, key, score, UNREAD);
                        least = heap.least_key();
                    }
                }
            })?;
        } else if self.total || !self.prune {
            let mut threshold = Score::MIN;
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    total += 1;
                    if score > threshold {
                        heap.offer(doc, 0, score, UNREAD);
                        threshold = heap.threshold();
                    }
                }
            })?;
        } else {
            weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
                if is_alive(doc) {
                    heap.offer(doc, 0, score, UNREAD);
                }
                heap.threshold()
            })?;
        }
        Ok((heap.kept, total))
    }

    /// The best of the finds of all segments, in order.
    pub fn merge(&self, mut found: Vec<Ranked>) -> Vec<Ranked> {
        let columns = |ranked: &Ranked| &*self.columns[ranked.segment as usize];
        let order = |a: &Ranked, b: &Ranked| {
            b.key
                .cmp(&a.key)
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| b.date(columns(b)).cmp(&a.date(columns(a))))
                .then_with(|| {
                    if a.segment == b.segment {
                        columns(a).compare_ids(a.doc, b.doc)
                    } else {
                        columns(a).id(a.doc).cmp(&columns(b).id(b.doc))
                    }
                })
        };
        found.sort_by(order);
        found.truncate(self.limit);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BM25's part that depends on frequency and length (k 1.2, b .75).
    fn saturation(tf: f64, length: f64, average: f64) -> f64 {
        tf / (tf + 1.2 * (0.25 + 0.75 * length / average))
    }

    #[test]
    fn slack_covers_what_another_average_can_change() {
        let articles: Vec<(f64, f64)> = (1..40)
            .flat_map(|tf| (1..60).map(move |n| (f64::from(tf), f64::from(n * n))))
            .collect();
        for (segment, all) in [(100.0, 100.0), (50.0, 400.0), (900.0, 90.0), (10.0, 11.0)] {
            let slack = f64::from(slack(segment, all));
            // A block of two: the one kept as the best, and any other that it stands for.
            for &(tf, length) in articles.iter().step_by(7) {
                for &(other_tf, other_length) in articles.iter().step_by(5) {
                    let kept = saturation(tf, length, segment);
                    if saturation(other_tf, other_length, segment) <= kept {
                        let bound = saturation(tf, length, all) * slack;
                        assert!(saturation(other_tf, other_length, all) <= bound);
                    }
                }
            }
        }
    }
}
