//! Ranks articles by a bag of weighed stems: BM25 with constants of its own, term by term.

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

use super::columns::SegmentColumns;
use super::failure;
use super::stems::Chosen;
use crate::engine::stop::Stop;
use crate::engine::{Bag, EngineError};

/// How fast repetition stops to count, and how much length does. Measured on TIME, Cranfield and
/// CISI together: nDCG@10 .563 with 2 and .75, .554 with the usual 1.2 and .75.
const K1: f32 = 2.0;
const B: f32 = 0.75;

/// An article with its score: segment and number within it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scored {
    pub(super) score: f32,
    pub(super) segment: u32,
    pub(super) doc: u32,
}

/// Numbers of a field over all segments.
pub(super) struct Totals {
    /// Articles, deleted ones too.
    articles: f32,
    /// Words of an article on average.
    average: f32,
}

impl Totals {
    pub(super) fn of(readers: &[SegmentReader], field: Field) -> Result<Totals, EngineError> {
        let (mut articles, mut tokens) = (0.0f64, 0.0f64);
        for reader in readers {
            articles += f64::from(reader.max_doc());
            tokens += reader.inverted_index(field).map_err(failure)?.total_num_tokens() as f64;
        }
        Ok(Totals { articles: articles as f32, average: (tokens / articles.max(1.0)) as f32 })
    }

    /// The rarity of a stem that so many articles hold, as in Lucene's BM25.
    fn rarity(&self, holding: u64) -> f32 {
        let holding = (holding as f32).min(self.articles);
        (1.0 + (self.articles - holding + 0.5) / (holding + 0.5)).ln()
    }
}

/// Scores every living article that holds a stem of the bag, and of each segment keeps the best
/// `limit` with all that tie with the last; how many there are in all. Costs 4 bytes an article
/// of a segment and a pass over the postings of the stems, which ends early when
/// `stop` is due.
pub(super) fn score(
    readers: &[SegmentReader],
    field: Field,
    bag: &Bag<'_>,
    within: Option<&Chosen>,
    stop: Option<&Stop>,
) -> Result<(u64, Vec<Scored>), EngineError> {
    let totals = Totals::of(readers, field)?;
    let mut terms = Vec::with_capacity(bag.stems.len());
    for (stem, weight) in bag.stems {
        let term = Term::from_field_text(field, stem);
        let mut holding = 0;
        for reader in readers {
            let inverted = reader.inverted_index(field).map_err(failure)?;
            holding += u64::from(inverted.doc_freq(&term).map_err(|e| failure(e.into()))?);
        }
        if holding > 0 {
            terms.push((term, weight * totals.rarity(holding) * (K1 + 1.0)));
        }
    }
    let (mut total, mut best) = (0, Vec::new());
    for (segment, reader) in (0u32..).zip(readers) {
        let mut scores = vec![0.0f32; reader.max_doc() as usize];
        let inverted = reader.inverted_index(field).map_err(failure)?;
        let norms = reader.get_fieldnorms_reader(field).map_err(failure)?;
        for (term, weight) in &terms {
            let postings = inverted
                .read_postings(term, IndexRecordOption::WithFreqs)
                .map_err(|error| failure(error.into()))?;
            let Some(mut postings) = postings else { continue };
            let mut doc = postings.doc();
            while doc != TERMINATED {
                let times = tantivy::postings::Postings::term_freq(&postings) as f32;
                let length = norms.fieldnorm(doc) as f32 / totals.average.max(1.0);
                scores[doc as usize] += weight * times / (times + K1 * (1.0 - B + B * length));
                if stop.is_some_and(Stop::is_due) {
                    break;
                }
                doc = postings.advance();
            }
        }
        let alive = reader.alive_bitset();
        let chosen = within.map(|within| &within[segment as usize].0);
        let mut found: Vec<(f32, u32)> = (0u32..)
            .zip(&scores)
            .filter(|&(doc, &score)| {
                score > 0.0
                    && alive.is_none_or(|alive| alive.is_alive(doc))
                    && chosen.is_none_or(|chosen| chosen.contains(doc))
            })
            .map(|(doc, &score)| (score, doc))
            .collect();
        total += found.len() as u64;
        if bag.limit == 0 {
            continue;
        }
        if found.len() > bag.limit {
            let (_, last, _) =
                found.select_nth_unstable_by(bag.limit - 1, |a, b| b.0.total_cmp(&a.0));
            let least = last.0;
            found.retain(|(score, _)| *score >= least);
        }
        best.extend(found.into_iter().map(|(score, doc)| Scored { score, segment, doc }));
    }
    Ok((total, best))
}

/// Puts the finds into the order of ranks: score, date (newest first), id.
pub(super) fn order(
    found: &mut Vec<Scored>,
    columns: &[std::sync::Arc<SegmentColumns>],
    limit: usize,
) {
    let of = |one: &Scored| &*columns[one.segment as usize];
    found.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| of(b).date(b.doc).cmp(&of(a).date(a.doc)))
            .then_with(|| of(a).id(a.doc).cmp(&of(b).id(b.doc)))
    });
    found.truncate(limit);
}
