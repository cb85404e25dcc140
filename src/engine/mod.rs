//! Where articles are kept and plans are answered: the two seams `Sink` and `Engine`.
//!
//! *Invariant:* an engine answers exactly, reports a [`Gap`] instead, or was stopped and says so.

pub mod bits;
pub mod embedded;
mod salient;
pub mod scan;
pub mod stop;
pub mod stored;
pub mod streams;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::Serialize;

use crate::diag::Span;
use crate::plan::{Entry, FacetField, Plan};

pub use stored::{StoredArticle, TaggedArticle};

/// Writes tagged articles into an index.
pub trait Sink: Send + Sync {
    /// Turns an article into what this sink writes. The costly half: any thread, any order.
    fn prepare(&self, article: &TaggedArticle) -> Result<Prepared, EngineError>;

    /// Adds a prepared article, replacing one with the same id. Visible after [`Sink::commit`].
    /// The last one with an id wins.
    fn put(&mut self, prepared: Prepared) -> Result<Put, EngineError>;

    /// Removes an article; nothing happens if there is none.
    fn delete(&mut self, id: &str) -> Result<(), EngineError>;

    /// Makes everything so far durable and visible and stores `checkpoint` with it, atomically.
    fn commit(&mut self, checkpoint: &str) -> Result<(), EngineError>;
}

/// An article as one kind of sink writes it.
pub struct Prepared {
    /// Its id.
    pub id: String,
    /// Bytes it holds in memory, roughly.
    pub weight: usize,
    /// What the sink made of it.
    pub content: Box<dyn std::any::Any + Send>,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What [`Sink::put`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The first article with this id since the sink was opened.
    First,
    /// One with this id was put before since the sink was opened, and is replaced.
    Again,
}

/// Answers plans from an index, wherever that index lives.
pub trait Engine: Send + Sync {
    /// What this engine would get wrong in `plan`; empty means an exact answer.
    fn gaps(&self, plan: &Plan) -> Vec<Gap>;

    /// Whether answers so far were cut short because their time was over, see [`stop::Stop`].
    /// What they hold is true, but there may be more and better.
    fn was_stopped(&self) -> bool {
        false
    }

    /// The page asked for, with exact totals and facet counts.
    fn answer(&self, question: &Question<'_>) -> Result<Answer, EngineError>;

    /// Every match in index order until `each` breaks; how many were seen. Bounded memory.
    fn scan(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(Match) -> ControlFlow<()>,
    ) -> Result<u64, EngineError>;

    /// The date of every match, in no order: first second and one past the last, half open;
    /// `None` for an undated article. Reads no article.
    fn dates(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(Option<(i64, i64)>),
    ) -> Result<(), EngineError>;

    /// Every stem that some match holds, in the order of their bytes: the number of matches and of
    /// all articles that hold it. Exact; the numbers of matches and articles come back. Costs a
    /// pass over the postings of the index, or a reading of the matches where these are few.
    fn stems(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(&str, u64, u64),
    ) -> Result<(u64, u64), EngineError>;

    /// The best articles by a bag of weighed stems, and how many hold any of them, exactly: a
    /// ranking of its own, which no plan asks for.
    fn bag(&self, bag: &Bag<'_>) -> Result<Answer, EngineError>;

    /// The matches as a set, in a numbering of this engine's own. Reads no article; costs one bit
    /// for each article there is.
    fn set(&self, plan: &Plan) -> Result<bits::Bits, EngineError>;

    /// How many articles hold a stem; deleted ones may still be counted.
    fn holding(&self, stem: &str) -> u64;

    /// How many articles there are.
    fn size(&self) -> u64;

    /// How often values of two facet fields meet in a match. Reads no article; keeps every pair.
    fn pairs(&self, plan: &Plan, fields: [FacetField; 2]) -> Result<Pairs, EngineError>;

    /// The article with this id.
    fn get(&self, id: &str) -> Result<Option<StoredArticle>, EngineError>;

    /// The article of a match that this engine gave.
    fn fetch(&self, found: &Match) -> Result<StoredArticle, EngineError>;
}

/// What decides the order of matches before score, date (newest first) and id do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Nothing else: by score.
    #[default]
    Relevance,
    /// The first second of the date, latest first; undated articles last.
    Newest,
    /// The first second of the date, earliest first; undated articles last.
    Oldest,
    /// When it was indexed, latest first.
    LastAdded,
    /// When it was indexed, earliest first.
    FirstAdded,
    /// Words of the running text, most first.
    Longest,
    /// Words of the running text, fewest first.
    Shortest,
}

/// The nearest of some words, nearest and then most frequent first; `word` itself is left out.
fn nearest_words(
    word: &str,
    known: impl Iterator<Item = (String, u64)>,
    limit: usize,
) -> Vec<(String, u64)> {
    let wanted: Vec<char> = word.chars().collect();
    let mut near: Vec<(usize, u64, String)> = known
        .filter(|(known, _)| known != word)
        .map(|(known, count)| {
            let letters: Vec<char> = known.chars().collect();
            (crate::diag::alignment_distance(&wanted, &letters), count, known)
        })
        .collect();
    near.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    near.into_iter().take(limit).map(|(_, count, known)| (known, count)).collect()
}

/// What is wanted of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Question<'p> {
    /// Which articles.
    pub plan: &'p Plan,
    /// How many of the best; 0 for none.
    pub limit: usize,
    /// Which are the best.
    pub order: Order,
    /// Whether the exact number of matches is wanted; without it an engine may skip articles
    /// that cannot be among the best.
    pub total: bool,
    /// Instead of the best: a random sample of `limit` matches drawn with this seed. The same seed
    /// draws the same articles from the same matches, whatever the index's segments.
    pub sample: Option<u64>,
    /// Values to count, exactly, over all matches.
    pub facets: &'p [FacetQuestion],
}

/// A facet to count.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetQuestion {
    /// The field.
    pub field: FacetField,
    /// How many values, most frequent first; 0 for all.
    pub size: usize,
    /// Whether labels of open classes are wanted; they cost some microseconds a value.
    pub labels: bool,
    /// Count over these matches instead of the question's: the plan without its own filter on
    /// the class (disjunctive facets).
    pub plan: Option<Plan>,
}

/// What an engine found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Exact number of matches, if it was asked for.
    pub total: Option<u64>,
    /// The best, by [`Question::order`], score, date (newest first, undated last) and id.
    pub matches: Vec<Match>,
    /// One a [`FacetQuestion`], in their order.
    pub facets: Vec<FacetCounts>,
}

/// An article that a plan matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Its id.
    pub id: String,
    /// Its score, 0 where nothing scores; `None` where none was asked for.
    pub score: Option<f32>,
    /// Where the engine keeps it; meaningless elsewhere.
    pub address: u64,
}

/// Counts of one facet field.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetCounts {
    /// The field.
    pub field: FacetField,
    /// Values, most frequent first, ties by id.
    pub values: Vec<Entry>,
    /// How many different values there are among the matches.
    pub distinct: u64,
    /// Matches without any value in the field.
    pub missing: u64,
    /// Matches counted over.
    pub total: u64,
    /// How frequent the values are in the whole index, where that was asked for.
    pub base: Option<Base>,
}

/// How frequent values are in the whole index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Articles of the index.
    pub total: u64,
    /// Articles with the value, one a value of the [`FacetCounts`].
    pub counts: Vec<u64>,
}

impl FacetCounts {
    /// How many times more frequent the value at `at` is among the matches than in the whole
    /// index: 1 where the two have nothing to do with each other. `None` without [`Base`].
    pub fn lift(&self, at: usize) -> Option<f64> {
        let base = self.base.as_ref()?;
        let (found, all) = (self.values.get(at)?.count as f64, *base.counts.get(at)? as f64);
        let lift = (found / self.total as f64) / (all / base.total as f64);
        lift.is_finite().then_some(lift)
    }
}

/// Stems to rank by.
#[derive(Debug, Clone, Copy)]
pub struct Bag<'b> {
    /// Distinct stems with their weights.
    pub stems: &'b [(String, f32)],
    /// What the articles must match besides.
    pub within: &'b Plan,
    /// How many of the best; 0 for none.
    pub limit: usize,
}

/// Pairs of values that [`Pairs`] keeps, at most.
pub const MAX_PAIRS: usize = 10_000_000;

/// How often values of two facet fields meet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Things counted: matches, or parts of them.
    pub total: u64,
    /// How many have a value, by value, of each field.
    pub single: [BTreeMap<String, u64>; 2],
    /// How many have both values. Of one field with itself each pair once, in its order.
    pub both: BTreeMap<(String, String), u64>,
}

impl Pairs {
    /// Counts one thing with these distinct values; `same` tells that both fields are one.
    ///
    /// # Errors
    /// [`EngineError::TooManyPairs`] beyond [`MAX_PAIRS`].
    pub fn add(&mut self, left: &[&str], right: &[&str], same: bool) -> Result<(), EngineError> {
        self.total += 1;
        for (side, values) in [(0, left), (1, right)] {
            for &value in values {
                match self.single[side].get_mut(value) {
                    Some(count) => *count += 1,
                    None => {
                        self.single[side].insert(value.to_owned(), 1);
                    }
                }
            }
        }
        for &a in left {
            for &b in right.iter().filter(|&&b| !same || a < b) {
                *self.both.entry((a.to_owned(), b.to_owned())).or_default() += 1;
            }
        }
        if self.both.len() > MAX_PAIRS {
            return Err(EngineError::TooManyPairs { limit: MAX_PAIRS });
        }
        Ok(())
    }
}

/// Something an engine cannot do exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Where in the query.
    pub span: Span,
    /// What it is, for people.
    pub what: String,
}

/// Why an engine could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no index at the place.
    #[error("no index at {0}")]
    Missing(String),
    /// The place is no index, or may not be read.
    #[error("{0}")]
    Unusable(String),
    /// Another process is writing.
    #[error("another process is writing to the index at {0}")]
    Locked(String),
    /// The index was written by a version that this one cannot read, or the other way round.
    #[error("{0}")]
    Version(String),
    /// The index is damaged.
    #[error("the index is damaged: {0}")]
    Corrupt(String),
    /// No space is left, or a file may not be written.
    #[error("{0}")]
    Refused(String),
    /// More words match a pattern than may be expanded.
    #[error("'{pattern}' matches {found} words, more than the limit of {limit}")]
    TooManyTerms {
        /// The pattern as typed.
        pattern: String,
        /// Words that match, at least.
        found: usize,
        /// The limit.
        limit: usize,
        /// Where it stands in the query.
        span: Span,
    },
    /// The words of a clause stand in some article in more ways than can be looked at.
    #[error("an article holds the words of this query in more than {limit} combinations")]
    TooManyPlaces {
        /// The limit.
        limit: u64,
    },
    /// More pairs of values meet than are kept.
    #[error("more than {limit} pairs of values meet")]
    TooManyPairs {
        /// The limit.
        limit: usize,
    },
    /// Anything else that went wrong inside the engine.
    #[error("{0}")]
    Other(String),
}
