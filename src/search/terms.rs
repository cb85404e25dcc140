//! Words that set the matches of a query apart from the rest of the index.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::association::Table;
use super::question::function_stems;
use super::{Archive, Reading};
use crate::analyze::Analyzers;
use crate::article::Words;
use crate::diag::Span;
use crate::engine::streams::{TokenSink, stems_of};
use crate::engine::{EngineError, Order, Question, StoredArticle};
use crate::plan::{Clause, Layer, Plan, Scope, Slot, TextClause};
use crate::text::Tokens;

/// Articles that are read to find out how a stem is written.
const READ: usize = 3;

/// How many times more frequent than elsewhere a word must be: below that even a significant
/// difference (of `said`, of `the`) says more of how long articles are than of what they are about.
const LEAST_LIFT: f64 = 1.5;

/// Letters that a word has at least, CJK aside.
const SHORTEST: usize = 2;

/// A word that is more frequent among the matches than elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct SignificantTerm {
    /// The stem, as indexed.
    pub stem: String,
    /// The commonest of its forms in the first matches, in small letters.
    pub word: String,
    /// Its articles among the matches (`both`) and in the index (`right`); `left` are the matches.
    pub table: Table,
}

/// The words that set some matches apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Significant {
    /// How many articles match.
    pub matches: u64,
    /// The most significant words, the most significant first.
    pub terms: Vec<SignificantTerm>,
}

/// A term on the heap: the weakest on top.
#[derive(Debug, PartialEq)]
struct Weighed(f64, String, Table);

impl Eq for Weighed {}

impl PartialOrd for Weighed {
    fn partial_cmp(&self, other: &Weighed) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Weighed {
    fn cmp(&self, other: &Weighed) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0).then_with(|| self.1.cmp(&other.1))
    }
}

/// The `limit` most significant words of the matches, by [`Table::log_likelihood`], in at least
/// `least` of them. Left out are words of the query itself, function words, numbers, and what is not
/// half as frequent again among the matches as in the index. Exact over all matches.
///
/// # Errors
/// What the engine reports.
pub fn significant(
    archive: &dyn Archive,
    reading: &Reading,
    limit: usize,
    least: u64,
) -> Result<Significant, EngineError> {
    let mut asked = BTreeSet::new();
    reading.plan.root.positive(&mut |clause| stems_asked(clause, &mut asked));
    let function = function_stems(&archive.languages());
    // The engine tells these numbers after the stems, and a table needs them before.
    let (matches, articles) = (count(archive, &reading.plan)?, archive.size());
    let mut heap = BinaryHeap::new();
    archive.stems(&reading.plan, &mut |stem, inside, all| {
        let table = Table { both: inside, left: matches, right: all, total: articles };
        let typical = inside >= least && table.lift() >= LEAST_LIFT && is_word(stem);
        if !typical || asked.contains(stem) || function.contains(stem) {
            return;
        }
        heap.push(Weighed(table.log_likelihood(), stem.to_owned(), table));
        if heap.len() > limit {
            heap.pop();
        }
    })?;
    let mut analyzers = Analyzers::default();
    let mut terms = Vec::with_capacity(heap.len());
    for Weighed(_, stem, table) in heap.into_sorted_vec() {
        let word = written(archive, reading, &stem, &mut analyzers)?;
        terms.push(SignificantTerm { stem, word, table });
    }
    Ok(Significant { matches, terms })
}

fn count(archive: &dyn Archive, plan: &Plan) -> Result<u64, EngineError> {
    let answer = archive.answer(&Question {
        plan,
        limit: 0,
        order: Order::Relevance,
        total: true,
        sample: None,
        facets: &[],
    })?;
    Ok(answer.total.unwrap_or(0))
}

/// Stems that a clause looks for.
fn stems_asked(clause: &Clause, out: &mut BTreeSet<String>) {
    let mut slots = |slots: &[Slot], rank: &[Vec<String>]| {
        out.extend(slots.iter().flat_map(|slot| slot.terms.iter().cloned()));
        out.extend(rank.iter().flatten().cloned());
    };
    match clause {
        Clause::Text(text) => slots(&text.slots, &text.rank),
        Clause::Places(places) => {
            places.root.words(true, &mut |words, _| slots(&words.slots, &words.rank));
        }
        _ => {}
    }
}

/// Whether a stem is worth telling: no number, no single letter.
fn is_word(stem: &str) -> bool {
    let letters = stem.chars().filter(|c| c.is_alphabetic()).count();
    letters >= SHORTEST && !stem.starts_with(|c: char| c.is_ascii_digit())
}

/// How a stem is mostly written in the first matches that hold it.
fn written(
    archive: &dyn Archive,
    reading: &Reading,
    stem: &str,
    analyzers: &mut Analyzers,
) -> Result<String, EngineError> {
    let text = TextClause {
        scope: Scope::Any,
        layer: Layer::Stems,
        slots: vec![Slot { offset: 0, terms: vec![stem.to_owned()], pattern: None }],
        slop: 0,
        rank: Vec::new(),
        span: Span::default(),
    };
    let silent = Clause::Boost(0.0, Box::new(reading.plan.root.clone()));
    let plan = Plan { root: Clause::And(vec![Clause::Text(text), silent]) };
    let found = archive.answer(&Question {
        plan: &plan,
        limit: READ,
        order: Order::Relevance,
        total: false,
        sample: None,
        facets: &[],
    })?;
    let mut forms: BTreeMap<String, u64> = BTreeMap::new();
    for one in &found.matches {
        forms_of(&archive.fetch(one)?, stem, analyzers, &mut forms);
    }
    let best = forms.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    Ok(best.map_or_else(|| stem.to_owned(), |(form, _)| form))
}

/// Positions of one stem.
struct Places<'s> {
    stem: &'s str,
    found: Vec<u32>,
}

impl TokenSink for Places<'_> {
    fn token(&mut self, text: &str, position: u32, _: usize) {
        if text == self.stem {
            self.found.push(position);
        }
    }
}

fn forms_of(
    stored: &StoredArticle,
    stem: &str,
    analyzers: &mut Analyzers,
    out: &mut BTreeMap<String, u64>,
) {
    let words = Words::of(&stored.article);
    let texts: [(&str, &Tokens); 2] =
        [(&stored.article.title, &words.title), (&stored.article.body, &words.body)];
    for (text, tokens) in texts {
        let mut places = Places { stem, found: Vec::new() };
        stems_of(text, tokens, &stored.lang, analyzers, 0, &|_| 1, &mut places);
        for token in tokens.iter().filter(|token| places.found.contains(&token.position)) {
            let form = token.surface(text).to_lowercase();
            // A bigram of Chinese or Japanese is its own form.
            let form = if token.has(crate::text::Token::CJK) { stem.to_owned() } else { form };
            *out.entry(form).or_default() += 1;
        }
    }
}
