//! Words at given distances from each other: one scorer for phrases, scopes and alternatives.

use std::sync::Arc;

use tantivy::columnar::ColumnValues;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::columns::Columns;
use super::watch::Watch;
use crate::engine::streams::TITLE_WEIGHT;

/// Which positions of a field count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All; a match lies in the body or behind it, in the title.
    Whole,
    /// Those of the body.
    Body,
    /// Those of the lead.
    Lead,
    /// Those behind the body.
    Title,
    /// All, in a field that holds one text only.
    Alone,
}

/// Slots of alternative terms at fixed offsets, all in one field.
#[derive(Debug, Clone)]
pub struct PositionQuery {
    /// The field that holds the positions.
    pub field: Field,
    /// Offset from the first slot and alternative terms, at least one slot.
    pub slots: Vec<(u32, Vec<Term>)>,
    /// Which positions count.
    pub window: Window,
    /// Terms whose rarity and field's norms rank the match, one set a slot; empty for no score.
    ///
    /// The score is BM25 with the phrase's frequency, as Lucene's `PhraseQuery` has it: the idf is
    /// the sum over slots.
    pub rank: Vec<Vec<Term>>,
    /// Whether a match after the body (in the title) counts [`TITLE_WEIGHT`] times: for fields
    /// that post title words once.
    pub weigh_title: bool,
    /// Where the lengths of bodies and leads are read.
    pub columns: Columns,
    /// Tells when to stop.
    pub watch: Arc<Watch>,
}

impl PositionQuery {
    /// The weight, as what it is.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn position_weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<PositionWeight> {
        let similarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } if !self.rank.is_empty() => {
                // Of alternatives the commonest counts: the slot is at least that common.
                let mut terms = Vec::with_capacity(self.rank.len());
                for slot in &self.rank {
                    let mut best: Option<(u64, &Term)> = None;
                    for term in slot {
                        let frequency = statistics_provider.doc_freq(term)?;
                        if best.is_none_or(|(most, _)| frequency > most) {
                            best = Some((frequency, term));
                        }
                    }
                    terms.extend(best.map(|(_, term)| term.clone()));
                }
                if terms.is_empty() {
                    None
                } else {
                    let field = terms[0].field();
                    Some((Bm25Weight::for_terms(statistics_provider, &terms)?, field))
                }
            }
            _ => None,
        };
        Ok(PositionWeight { query: self.clone(), similarity })
    }
}

impl std::fmt::Debug for PositionWeight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PositionWeight").field("query", &self.query).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PositionScorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PositionScorer").field("doc", &self.doc).finish_non_exhaustive()
    }
}

impl Query for PositionQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.position_weight(scoring)?))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for (_, terms) in &self.slots {
            terms.iter().for_each(|term| visitor(term, true));
        }
    }
}

/// A [`PositionQuery`] with its statistics.
pub struct PositionWeight {
    query: PositionQuery,
    similarity: Option<(Bm25Weight, Field)>,
}

impl PositionWeight {
    /// The scorer of a segment, on no article yet; `None` if a slot has no postings there.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn open(
        &self,
        reader: &SegmentReader,
        boost: Score,
    ) -> tantivy::Result<Option<PositionScorer>> {
        let inverted = reader.inverted_index(self.query.field)?;
        let mut slots = Vec::with_capacity(self.query.slots.len());
        for (offset, terms) in &self.query.slots {
            let mut postings = Vec::with_capacity(terms.len());
            for term in terms {
                postings.extend(
                    inverted.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?,
                );
            }
            if postings.is_empty() {
                return Ok(None);
            }
            slots.push(Slot { offset: *offset, postings });
        }
        // The rarest slot leads.
        slots.sort_by_key(Slot::size);
        let columns = &self.query.columns;
        let border = match self.query.window {
            Window::Alone => None,
            // One word cannot reach across.
            Window::Whole if slots.len() == 1 && !self.query.weigh_title => None,
            Window::Whole | Window::Body | Window::Title => {
                Some(columns.of(reader).body_words().clone())
            }
            Window::Lead => Some(columns.of(reader).lead_words().clone()),
        };
        let scoring = match &self.similarity {
            None => None,
            Some((weight, field)) => {
                let norms = match reader.fieldnorms_readers().get_field(*field)? {
                    Some(norms) => norms,
                    None => FieldNormReader::constant(reader.max_doc(), 1),
                };
                Some(Scoring { weight: weight.boost_by(boost), norms })
            }
        };
        Ok(Some(PositionScorer {
            slots,
            window: self.query.window,
            border,
            weigh_title: self.query.weigh_title,
            scoring,
            watch: Arc::clone(&self.query.watch),
            doc: 0,
            frequency: 0,
            found: Vec::new(),
            positions: Vec::new(),
        }))
    }
}

impl Weight for PositionWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(mut scorer) = self.open(reader, boost)? else { return Ok(Box::new(EmptyScorer)) };
        scorer.find_from(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(tantivy::TantivyError::InvalidArgument(format!("no match in {doc}")));
        }
        Ok(Explanation::new("words at distances", scorer.score()))
    }
}

/// Alternative terms at one offset.
struct Slot {
    offset: u32,
    postings: Vec<SegmentPostings>,
}

impl Slot {
    fn size(&self) -> u64 {
        self.postings.iter().map(|postings| u64::from(postings.size_hint())).sum()
    }

    /// The first article at or after `target` that holds any of the terms.
    fn seek(&mut self, target: DocId) -> DocId {
        let mut first = TERMINATED;
        for postings in &mut self.postings {
            let mut doc = postings.doc();
            if doc < target {
                doc = postings.seek(target);
            }
            first = first.min(doc);
        }
        first
    }

    /// Positions of the terms in `doc`, less the offset, ascending; those before it are dropped.
    fn starts(&mut self, doc: DocId, out: &mut Vec<u32>) {
        out.clear();
        let several = self.postings.len() > 1;
        for postings in &mut self.postings {
            if postings.doc() == doc {
                postings.append_positions_with_offset(0, out);
            }
        }
        if several {
            out.sort_unstable();
        }
        if self.offset > 0 {
            let offset = self.offset;
            out.retain_mut(|position| match position.checked_sub(offset) {
                Some(start) => {
                    *position = start;
                    true
                }
                None => false,
            });
        }
    }
}

struct Scoring {
    weight: Bm25Weight,
    norms: FieldNormReader,
}

/// Goes through the articles of a segment, or confirms given ones.
pub struct PositionScorer {
    slots: Vec<Slot>,
    window: Window,
    /// Words of the body or the lead, where the window needs them.
    border: Option<Arc<dyn ColumnValues<u64>>>,
    weigh_title: bool,
    scoring: Option<Scoring>,
    watch: Arc<Watch>,
    doc: DocId,
    frequency: u32,
    /// Starts that all slots so far agree on.
    found: Vec<u32>,
    positions: Vec<u32>,
}

impl PositionScorer {
    /// Goes to the first match at or after `target`.
    fn find_from(&mut self, mut target: DocId) -> DocId {
        loop {
            let due = self.watch.is_due();
            let candidate = if due { TERMINATED } else { self.align(target) };
            if candidate >= TERMINATED || self.holds(candidate) {
                self.doc = candidate.min(TERMINATED);
                return self.doc;
            }
            target = candidate + 1;
        }
    }

    /// Whether `target` matches. Targets must ascend; nothing is looked for beyond.
    pub fn confirm(&mut self, target: DocId) -> bool {
        if self.slots.iter_mut().any(|slot| slot.seek(target) != target) || !self.holds(target) {
            return false;
        }
        self.doc = target;
        true
    }

    /// The first article at or after `target` that every slot has.
    fn align(&mut self, mut target: DocId) -> DocId {
        'again: loop {
            if target >= TERMINATED {
                return TERMINATED;
            }
            for slot in &mut self.slots {
                let doc = slot.seek(target);
                if doc > target {
                    target = doc;
                    continue 'again;
                }
            }
            return target;
        }
    }

    /// Whether the slots stand at their distances in `doc`; counts how often.
    fn holds(&mut self, doc: DocId) -> bool {
        let (first, rest) = self.slots.split_at_mut(1);
        first[0].starts(doc, &mut self.found);
        let mut width = first[0].offset;
        for slot in rest {
            width = width.max(slot.offset);
            if self.found.is_empty() {
                return false;
            }
            slot.starts(doc, &mut self.positions);
            intersect(&mut self.found, &self.positions);
        }
        if self.found.is_empty() {
            return false;
        }
        self.frequency = self.found.len() as u32;
        let Some(border) = &self.border else { return true };
        let border = border.get_val(doc).min(u64::from(u32::MAX)) as u32;
        match self.window {
            Window::Whole => {
                self.found.retain(|&start| start >= border || start + width < border);
            }
            Window::Body | Window::Lead => self.found.retain(|&start| start + width < border),
            Window::Title => self.found.retain(|&start| start >= border),
            Window::Alone => {}
        }
        self.frequency = if self.weigh_title {
            let weigh = |&start: &u32| if start < border { 1 } else { TITLE_WEIGHT as u32 };
            self.found.iter().map(weigh).sum()
        } else {
            self.found.len() as u32
        };
        !self.found.is_empty()
    }
}

/// Keeps the members of `left` that are in `right`; both ascending, each member used once.
fn intersect(left: &mut Vec<u32>, right: &[u32]) {
    let (mut kept, mut at, mut other) = (0, 0, 0);
    while at < left.len() && other < right.len() {
        match left[at].cmp(&right[other]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => other += 1,
            std::cmp::Ordering::Equal => {
                left[kept] = left[at];
                kept += 1;
                at += 1;
                other += 1;
            }
        }
    }
    left.truncate(kept);
}

impl DocSet for PositionScorer {
    fn advance(&mut self) -> DocId {
        if self.doc >= TERMINATED {
            return TERMINATED;
        }
        self.find_from(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.find_from(target)
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        // An eighth of the rarest slot's articles hold the phrase, at a guess.
        (self.slots[0].size() / 8).min(u64::from(TERMINATED)) as u32
    }

    fn cost(&self) -> u64 {
        // Reading positions costs about ten times reading article numbers.
        self.slots[0].size() * 10
    }
}

impl Scorer for PositionScorer {
    fn score(&mut self) -> Score {
        match &self.scoring {
            None => 0.0,
            Some(scoring) => {
                scoring.weight.score(scoring.norms.fieldnorm_id(self.doc), self.frequency)
            }
        }
    }
}
