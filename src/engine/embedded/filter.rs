//! Conditions that are cheaper to check on an article than to look for: dates, positions.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use super::columns::{Columns, SegmentColumns};
use super::phrase::{PositionQuery, PositionScorer, PositionWeight};
use super::places::{PlaceCheck, PlaceQuery, PlaceScorer};
use super::watch::Watch;
use crate::plan::{DateInterval, Measure, Measured};

/// What is read of a column of an article, and where it must lie.
#[derive(Debug, Clone, Copy)]
pub enum Interval {
    /// Its date.
    Date(DateInterval),
    /// Another number.
    Measure(Measure),
}

/// Articles whose date or number lies inside an interval. Scores 0.
#[derive(Debug, Clone)]
pub struct DateQuery {
    /// The interval.
    pub interval: Interval,
    /// Where dates are read.
    pub columns: Columns,
    /// Tells when to stop.
    pub watch: Arc<Watch>,
}

impl Query for DateQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(DateWeight(self.clone())))
    }
}

struct DateWeight(DateQuery);

impl Weight for DateWeight {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = DateScorer {
            check: DateCheck::open(&self.0.columns, reader, self.0.interval),
            watch: Arc::clone(&self.0.watch),
            doc: 0,
            max_doc: reader.max_doc(),
        };
        scorer.find_from(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        if DateCheck::open(&self.0.columns, reader, self.0.interval).holds(doc) {
            Ok(Explanation::new("date", 0.0))
        } else {
            Err(no_match(doc))
        }
    }
}

fn no_match(doc: DocId) -> TantivyError {
    TantivyError::InvalidArgument(format!("no match in {doc}"))
}

/// Reads the dates of a segment.
struct DateCheck {
    columns: Arc<SegmentColumns>,
    interval: Interval,
}

impl DateCheck {
    fn open(columns: &Columns, reader: &SegmentReader, interval: Interval) -> DateCheck {
        DateCheck { columns: columns.of(reader), interval }
    }

    fn holds(&self, doc: DocId) -> bool {
        let interval = match &self.interval {
            Interval::Date(interval) => interval,
            Interval::Measure(measure) => {
                let number = match measure.of {
                    Measured::Added => self.columns.added(doc),
                    Measured::Words => i64::try_from(self.columns.body_words().get_val(doc)).ok(),
                    Measured::TitleWords => {
                        i64::try_from(self.columns.title_words().get_val(doc)).ok()
                    }
                    Measured::BylineWords => {
                        i64::try_from(self.columns.byline_words().get_val(doc)).ok()
                    }
                };
                return number.is_some_and(|number| (measure.start..measure.end).contains(&number));
            }
        };
        let Some(start) = self.columns.date(doc) else { return false };
        let (from, to) = (interval.start, interval.end);
        if interval.overlap {
            start < to && self.columns.date_end(doc).is_some_and(|end| end > from)
        } else {
            start >= from && start < to && self.columns.date_end(doc).is_some_and(|end| end <= to)
        }
    }
}

struct DateScorer {
    check: DateCheck,
    watch: Arc<Watch>,
    doc: DocId,
    max_doc: DocId,
}

impl DateScorer {
    fn find_from(&mut self, target: DocId) -> DocId {
        let found = (target..self.max_doc)
            .take_while(|_| !self.watch.is_due())
            .find(|&doc| self.check.holds(doc));
        self.doc = found.unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for DateScorer {
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
        self.max_doc / 4
    }

    fn cost(&self) -> u64 {
        u64::from(self.max_doc) * 4
    }
}

impl Scorer for DateScorer {
    fn score(&mut self) -> Score {
        0.0
    }
}

/// A condition checked on the articles that another query gives.
#[derive(Debug, Clone)]
pub enum Condition {
    /// A date.
    Date(Interval, Columns),
    /// Words at distances; their terms are part of the other query, so that it leads there.
    Positions(PositionQuery),
    /// Words at places; what leads to them is part of the other query.
    Places(Box<PlaceQuery>),
}

/// What `inner` gives and every condition confirms; scores add up.
///
/// This is two-phase iteration: the cheap half of a conjunction leads, the costly half is asked
/// about the articles it finds, and block-max pruning of the cheap half stays possible.
#[derive(Debug)]
pub struct ConfirmedQuery {
    /// Leads.
    pub inner: Box<dyn Query>,
    /// Confirm.
    pub conditions: Vec<Condition>,
    /// Whether `inner` asks for nothing that the conditions do not ask for, too.
    pub only: bool,
    /// Tells when to stop.
    pub watch: Arc<Watch>,
}

impl Clone for ConfirmedQuery {
    fn clone(&self) -> ConfirmedQuery {
        ConfirmedQuery {
            inner: self.inner.box_clone(),
            conditions: self.conditions.clone(),
            only: self.only,
            watch: Arc::clone(&self.watch),
        }
    }
}

impl Query for ConfirmedQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut checks = Vec::with_capacity(self.conditions.len());
        for condition in &self.conditions {
            checks.push(match condition {
                Condition::Date(interval, columns) => CheckWeight::Date(*interval, columns.clone()),
                Condition::Positions(query) => {
                    CheckWeight::Positions(Box::new(query.position_weight(scoring)?))
                }
                Condition::Places(query) => CheckWeight::Places(query.clone()),
            });
        }
        let scored = self.conditions.iter().any(
            |condition| matches!(condition, Condition::Positions(query) if !query.rank.is_empty()),
        );
        let (inner, only) = (self.inner.weight(scoring)?, self.only);
        let watch = Arc::clone(&self.watch);
        Ok(Box::new(ConfirmedWeight { inner, checks, scored, only, watch }))
    }
}

enum CheckWeight {
    Date(Interval, Columns),
    Positions(Box<PositionWeight>),
    Places(Box<PlaceQuery>),
}

struct ConfirmedWeight {
    inner: Box<dyn Weight>,
    checks: Vec<CheckWeight>,
    /// Whether a condition adds to the score.
    scored: bool,
    only: bool,
    watch: Arc<Watch>,
}

impl ConfirmedWeight {
    /// The checks of a segment; `None` if one can never hold there.
    fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Option<Checks>> {
        let mut checks = Vec::with_capacity(self.checks.len());
        for check in &self.checks {
            checks.push(match check {
                CheckWeight::Date(interval, columns) => {
                    Check::Date(DateCheck::open(columns, reader, *interval))
                }
                CheckWeight::Positions(weight) => match weight.open(reader, boost)? {
                    Some(scorer) => Check::Positions(Box::new(scorer)),
                    None => return Ok(None),
                },
                CheckWeight::Places(query) => Check::Places(Box::new(query.open(reader)?)),
            });
        }
        Ok(Some(Checks(checks)))
    }
}

enum Check {
    Date(DateCheck),
    Positions(Box<PositionScorer>),
    Places(Box<PlaceCheck>),
}

struct Checks(Vec<Check>);

impl Checks {
    /// Whether all hold. Articles must be asked in ascending order.
    fn confirm(&mut self, doc: DocId) -> bool {
        self.0.iter_mut().all(|check| match check {
            Check::Date(check) => check.holds(doc),
            Check::Positions(scorer) => scorer.confirm(doc),
            Check::Places(check) => check.confirm(doc),
        })
    }

    /// What they add to the score of the article confirmed last.
    fn score(&mut self) -> Score {
        let score = |check: &mut Check| match check {
            Check::Date(_) | Check::Places(_) => 0.0,
            Check::Positions(scorer) => scorer.score(),
        };
        self.0.iter_mut().map(score).sum()
    }
}

impl Weight for ConfirmedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        if let (true, [CheckWeight::Places(query)]) = (self.only, self.checks.as_slice()) {
            let check = query.open(reader)?;
            if check.leads_well() {
                let rank = self.inner.scorer(reader, boost)?;
                return Ok(Box::new(PlaceScorer::new(check, rank)));
            }
        }
        let Some(checks) = self.open(reader, boost)? else {
            return Ok(Box::new(tantivy::query::EmptyScorer));
        };
        let watch = Arc::clone(&self.watch);
        let inner = self.inner.scorer(reader, boost)?;
        let mut scorer = ConfirmedScorer { inner, checks, watch, over: false };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(no_match(doc));
        }
        Ok(Explanation::new("confirmed", scorer.score()))
    }

    fn for_each_pruning(
        &self,
        threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        if self.scored {
            let mut threshold = threshold;
            let mut scorer = self.scorer(reader, 1.0)?;
            let mut doc = scorer.doc();
            while doc != TERMINATED {
                let score = scorer.score();
                if score > threshold {
                    threshold = callback(doc, score);
                }
                doc = scorer.advance();
            }
            return Ok(());
        }
        let Some(mut checks) = self.open(reader, 1.0)? else { return Ok(()) };
        let mut threshold = threshold;
        self.inner.for_each_pruning(threshold, reader, &mut |doc, score| {
            if self.watch.is_due() {
                return Score::MAX;
            }
            if checks.confirm(doc) {
                threshold = callback(doc, score);
            }
            threshold
        })
    }
}

struct ConfirmedScorer {
    inner: Box<dyn Scorer>,
    checks: Checks,
    watch: Arc<Watch>,
    over: bool,
}

impl ConfirmedScorer {
    /// Goes on to the next article that all confirm, from where the leader stands.
    fn settle(&mut self) -> DocId {
        let mut doc = self.inner.doc();
        while doc != TERMINATED && !self.checks.confirm(doc) {
            if self.watch.is_due() {
                self.over = true;
                return TERMINATED;
            }
            doc = self.inner.advance();
        }
        doc
    }
}

impl DocSet for ConfirmedScorer {
    fn advance(&mut self) -> DocId {
        if self.over {
            return TERMINATED;
        }
        self.inner.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.over || target <= self.inner.doc() {
            return self.doc();
        }
        self.inner.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        if self.over { TERMINATED } else { self.inner.doc() }
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint() / 2
    }

    fn cost(&self) -> u64 {
        self.inner.cost() * 4
    }
}

impl Scorer for ConfirmedScorer {
    fn score(&mut self) -> Score {
        self.inner.score() + self.checks.score()
    }
}
