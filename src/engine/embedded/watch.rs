//! What a search watches while it runs: articles that are too much, and the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use crate::engine::stop::Stop;

/// Shared by all parts of one search.
#[derive(Debug, Default)]
pub struct Watch {
    gave_up: AtomicBool,
    stop: Option<Arc<Stop>>,
}

impl Watch {
    /// Watches the time by `stop`, if there is one.
    pub fn new(stop: Option<Arc<Stop>>) -> Watch {
        Watch { gave_up: AtomicBool::new(false), stop }
    }

    /// Says that an article was too much, so that there is no exact answer.
    pub fn give_up(&self) {
        self.gave_up.store(true, Ordering::Relaxed);
    }

    /// Whether somebody gave up.
    pub fn gave_up(&self) -> bool {
        self.gave_up.load(Ordering::Relaxed)
    }

    /// Whether to stop looking.
    pub fn is_due(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.is_due())
    }
}

/// A query that finds nothing more once the time is over.
#[derive(Debug)]
pub struct WatchedQuery {
    /// What finds.
    pub inner: Box<dyn Query>,
    /// What tells the time.
    pub watch: Arc<Watch>,
}

impl Clone for WatchedQuery {
    fn clone(&self) -> WatchedQuery {
        WatchedQuery { inner: self.inner.box_clone(), watch: Arc::clone(&self.watch) }
    }
}

impl Query for WatchedQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let inner = self.inner.weight(scoring)?;
        Ok(Box::new(WatchedWeight { inner, watch: Arc::clone(&self.watch) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.inner.query_terms(visitor);
    }
}

struct WatchedWeight {
    inner: Box<dyn Weight>,
    watch: Arc<Watch>,
}

impl Weight for WatchedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        if self.watch.is_due() {
            return Ok(Box::new(tantivy::query::EmptyScorer));
        }
        let inner = self.inner.scorer(reader, boost)?;
        // Opening a scorer looks for its first article.
        let over = self.watch.is_due();
        Ok(Box::new(WatchedScorer { inner, watch: Arc::clone(&self.watch), over }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(reader, doc)
    }

    fn for_each_pruning(
        &self,
        threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        if self.watch.is_due() {
            return Ok(());
        }
        // Block-max pruning stays; nothing scores above the highest threshold.
        self.inner.for_each_pruning(threshold, reader, &mut |doc, score| {
            if self.watch.is_due() { Score::MAX } else { callback(doc, score) }
        })
    }
}

struct WatchedScorer {
    inner: Box<dyn Scorer>,
    watch: Arc<Watch>,
    over: bool,
}

impl WatchedScorer {
    /// What was found, unless time is over: a part that was stopped may have left out the very
    /// article that it was to exclude.
    fn in_time(&mut self, doc: DocId) -> DocId {
        self.over = self.over || self.watch.is_due();
        if self.over { TERMINATED } else { doc }
    }
}

impl DocSet for WatchedScorer {
    fn advance(&mut self) -> DocId {
        if self.over {
            return TERMINATED;
        }
        let doc = self.inner.advance();
        self.in_time(doc)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.over {
            return TERMINATED;
        }
        let doc = self.inner.seek(target);
        self.in_time(doc)
    }

    fn doc(&self) -> DocId {
        if self.over { TERMINATED } else { self.inner.doc() }
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }

    fn cost(&self) -> u64 {
        self.inner.cost()
    }
}

impl Scorer for WatchedScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
