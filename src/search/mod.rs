//! From query text to hits: reading, answering, fetching, snippets and facet counts.
//!
//! *Invariant:* a query that cannot be answered exactly is an error that names the part.

pub mod advice;
pub mod association;
pub mod complete;
pub mod cooccurrence;
pub mod explain;
pub mod facets;
pub mod hits;
pub mod label;
pub mod question;
pub mod saved;
pub mod terms;
pub mod timeline;
pub mod vocabulary;
pub mod why;

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::analyze::Analyzers;
use crate::diag::{Diagnostic, Severity, Span};
use crate::engine::{Engine, EngineError, FacetCounts, Match, Order, Question};
use crate::plan::resolve::ListReader;
use crate::plan::{Catalogue, Clause, FacetField, FacetTerms, Plan, Resolver};
use crate::query::{self, Expr, ParseOptions, repair};
use crate::snippet::{Highlight, Matcher, Options};
use crate::tag::overlay::Overlay;

pub use hits::{Hit, Hits};

/// What a search needs of an index: answers, and what names mean in it.
pub trait Archive: Engine + Catalogue {}

impl<T: Engine + Catalogue + ?Sized> Archive for T {}

/// How a query text is read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// How words are joined, and whether warnings are errors.
    pub parse: ParseOptions,
    /// Whether what cannot be read is left out, with a warning, instead of being an error.
    pub lenient: bool,
    /// Language of the query's words; all languages of the index without it.
    pub lang: Option<String>,
    /// What relative dates count from, seconds since 1970.
    pub now: i64,
    /// Reads the lists of names that a query takes from files (`person:@suspects.txt`).
    pub lists: Option<ListReader>,
    /// The queries that `saved:NAME` means.
    pub saved: Arc<saved::SavedQueries>,
    /// Names of the user's own.
    pub own: Arc<Overlay>,
    /// What is to be told of tags that are older than what they rest on.
    pub stale: Option<String>,
    /// Queries whose articles are left out unless a query names them.
    pub exclude: Vec<String>,
}

impl ReadOptions {
    /// What resolves trees against an index, read so.
    pub fn resolver<'a>(&'a self, archive: &'a dyn Archive) -> Resolver<'a> {
        Resolver {
            catalogue: archive,
            now: self.now,
            lang: self.lang.clone(),
            lists: self.lists,
            saved: Some(&self.saved),
            own: Some(&self.own),
        }
    }
}

/// A query that was read and can be answered exactly.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its syntax tree.
    pub expr: Expr,
    /// Its canonical text.
    pub canonical: String,
    /// What it asks of an engine.
    pub plan: Plan,
    /// Warnings and notes, in the order of the text.
    pub warnings: Vec<Diagnostic>,
}

/// What is asked of an index.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The query as typed.
    pub query: String,
    /// How it is read.
    pub reading: ReadOptions,
    /// How many hits, the best first; 0 for none.
    pub limit: usize,
    /// How many of the best are left out before them.
    pub offset: usize,
    /// Which are the best.
    pub order: Order,
    /// Instead of the best: a random sample of `limit` hits drawn with this seed.
    pub sample: Option<u64>,
    /// Facet fields to count over all matches, and how many values of each; 0 for all.
    pub facets: Vec<(FacetField, usize)>,
    /// Count a class over the matches of the whole query, its own filters too.
    pub conjunctive: bool,
    /// Whether hits have snippets.
    pub snippets: bool,
    /// Leave the matches uncounted: an engine may then skip what cannot be among the best.
    pub uncounted: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query is wrong; at least one of these is an error.
    #[error("{}", first_error(.0))]
    Query(Vec<Diagnostic>),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

fn first_error(diagnostics: &[Diagnostic]) -> &str {
    diagnostics.iter().find(|d| d.is_error()).map_or("the query is wrong", |d| &d.message)
}

/// Reads a query: syntax, names, dates, and whether this engine answers it exactly.
///
/// # Errors
/// [`SearchError::Query`] with all messages, warnings too.
pub fn read(
    archive: &dyn Archive,
    text: &str,
    options: &ReadOptions,
) -> Result<Reading, SearchError> {
    if !options.lenient {
        return read_exactly(archive, text, options);
    }
    let (mut text, mut repairs) = (text.to_owned(), Vec::new());
    loop {
        let mut reading = match read_exactly(archive, &text, options) {
            Err(SearchError::Query(problems)) => {
                let error = problems.iter().find(|problem| problem.is_error());
                let more = repairs.len() < repair::MAX_REPAIRS;
                match error.filter(|_| more).and_then(|error| repair::repair(&text, error)) {
                    Some((better, told)) => {
                        text = better;
                        repairs.push(told);
                        continue;
                    }
                    None => {
                        let all = repairs.into_iter().chain(problems);
                        return Err(SearchError::Query(all.collect()));
                    }
                }
            }
            other => other?,
        };
        reading.warnings.extend(repairs);
        reading.warnings.sort_by_key(|diagnostic| diagnostic.span);
        return Ok(reading);
    }
}

fn read_exactly(
    archive: &dyn Archive,
    text: &str,
    options: &ReadOptions,
) -> Result<Reading, SearchError> {
    let parsed = query::parse(text, &options.parse);
    let mut diagnostics = parsed.diagnostics;
    let Some(expr) = parsed.expr else {
        return Err(SearchError::Query(ensure_error(diagnostics, text)));
    };
    let resolved = options.resolver(archive).resolve(&expr);
    diagnostics.extend(resolved.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    if options.parse.strict {
        for diagnostic in &mut diagnostics {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    let Some(plan) = resolved.plan.filter(|_| !failed) else {
        return Err(SearchError::Query(ensure_error(diagnostics, text)));
    };
    let gaps = archive.gaps(&plan);
    if !gaps.is_empty() {
        diagnostics.extend(gaps.into_iter().map(|gap| {
            let message = format!("{} cannot be searched yet", gap.what);
            Diagnostic::error("not_supported", gap.span, message)
        }));
        return Err(SearchError::Query(diagnostics));
    }
    if let Some(stale) = &options.stale {
        let note = Diagnostic::note("stale_tags", Span::default(), stale.clone());
        diagnostics.push(Diagnostic { span: None, ..note }.hint("'dateline retag' tags them anew"));
    }
    Ok(Reading { canonical: query::canon::canonical(&expr), expr, plan, warnings: diagnostics })
}

/// A query without an answer must say so, whatever the parser and the resolver forgot.
fn ensure_error(mut diagnostics: Vec<Diagnostic>, text: &str) -> Vec<Diagnostic> {
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let span = Span::new(0, text.chars().count());
        diagnostics.push(Diagnostic::error("bad_query", span, "the query cannot be read"));
    }
    diagnostics
}

/// What an engine found for a request, before any article is fetched.
#[derive(Debug, Clone)]
pub struct Found {
    /// Number of matches, exact unless the engine was stopped; `None` where it was not asked for.
    pub total: Option<u64>,
    /// The hits asked for, best first.
    pub matches: Vec<Match>,
    /// One an asked facet field, in their order, with labels.
    pub facets: Vec<FacetCounts>,
}

impl Found {
    /// Number of matches, or as many as are known where they were not counted.
    pub fn number(&self) -> u64 {
        self.total.unwrap_or(self.matches.len() as u64)
    }
}

/// Answers a query that was read. Fetches no article; `request.query` is not looked at.
///
/// # Errors
/// What the engine reports.
pub fn answer(
    archive: &dyn Archive,
    reading: &Reading,
    request: &Request,
) -> Result<Found, SearchError> {
    let questions = facets::questions(reading, &request.facets, request.conjunctive);
    let answer = archive
        .answer(&Question {
            plan: &reading.plan,
            limit: request.limit.saturating_add(request.offset),
            order: request.order,
            total: !request.uncounted,
            sample: request.sample,
            facets: &questions,
        })
        .map_err(from_engine)?;
    let mut matches = answer.matches;
    if request.offset > 0 {
        matches.drain(..request.offset.min(matches.len()));
    }
    let mut counts = answer.facets;
    counts.iter_mut().for_each(label::label_counts);
    Ok(Found { total: answer.total, matches, facets: counts })
}

/// A pattern with too many words is an error of the query, with its place.
pub fn from_engine(error: EngineError) -> SearchError {
    match error {
        EngineError::TooManyTerms { span, .. } => SearchError::Query(vec![
            Diagnostic::error("too_many_terms", span, error.to_string())
                .hint("write more letters, or the words themselves with OR"),
        ]),
        EngineError::TooManyPlaces { .. } => {
            let message = error.to_string();
            let error = Diagnostic::error("too_many_places", Span::default(), message)
                .hint("write a smaller distance, or a rarer word");
            SearchError::Query(vec![Diagnostic { span: None, ..error }])
        }
        error => SearchError::Engine(error),
    }
}

/// Makes hits of matches: fetches the article, marks what matched, cuts snippets.
#[derive(Debug)]
pub struct Shower {
    matcher: Option<Matcher>,
    /// Whether hits keep their article.
    whole: bool,
    /// The facets that a match may rest on.
    filters: Vec<FacetTerms>,
    analyzers: Analyzers,
    options: Options,
    highlight: Highlight,
    /// Instead of passages: every match with so many words on each side.
    lines: Option<usize>,
}

impl Shower {
    /// For the matches of a query; without `snippets` nothing is marked and bodies are not read.
    pub fn new(reading: &Reading, snippets: bool) -> Shower {
        let mut filters = Vec::new();
        reading.plan.root.positive(&mut |clause| {
            if let Clause::Facet(terms) = clause {
                filters.push(terms.clone());
            }
        });
        Shower {
            whole: false,
            filters,
            matcher: snippets.then(|| Matcher::new(&reading.plan)),
            analyzers: Analyzers::default(),
            options: Options::default(),
            highlight: Highlight::default(),
            lines: None,
        }
    }

    /// The same, with passages cut and marked so.
    pub fn cutting(self, options: Options, highlight: Highlight) -> Shower {
        Shower { options, highlight, ..self }
    }

    /// The same, with every match on a line of its own instead of passages.
    pub fn in_lines(self, words: usize) -> Shower {
        Shower { lines: Some(words), ..self }
    }

    /// The same, with hits that keep their whole article.
    pub fn keeping_articles(self) -> Shower {
        Shower { whole: true, ..self }
    }

    /// The hit of a match. Some ten microseconds, with a snippet up to a hundred.
    ///
    /// # Errors
    /// When the article cannot be read.
    pub fn hit(
        &mut self,
        archive: &dyn Archive,
        found: &Match,
        rank: Option<u64>,
    ) -> Result<Hit, EngineError> {
        let stored = archive.fetch(found)?;
        let (mut snippet, mut lines) = (None, Vec::new());
        match (&mut self.matcher, self.lines) {
            (Some(matcher), Some(words)) => {
                lines = matcher.lines(&stored, &mut self.analyzers, words);
            }
            (Some(matcher), None) => {
                snippet = Some(matcher.snippet(&stored, &mut self.analyzers, &self.options));
            }
            (None, _) => {}
        }
        let whole = self.whole.then(|| Box::new(stored.clone()));
        let highlight = self.highlight;
        let mut hit =
            Hit { whole, highlight, lines, ..Hit::new(stored, found.score, rank, snippet) };
        hit.note_asked(&self.filters);
        Ok(hit)
    }
}

/// Reads, answers, fetches and cuts snippets: everything at once.
///
/// Keeps all hits in memory; [`answer`] with a [`Shower`], or [`stream`], does not.
///
/// # Errors
/// [`SearchError`], see [`read`] and [`answer`].
pub fn search(archive: &dyn Archive, request: &Request) -> Result<Hits, SearchError> {
    let reading = read(archive, &request.query, &request.reading)?;
    let found = answer(archive, &reading, request)?;
    let mut shower = Shower::new(&reading, request.snippets);
    let mut hits = Vec::with_capacity(found.matches.len());
    for (at, each) in found.matches.iter().enumerate() {
        let rank = request.sample.is_none().then_some((request.offset + at) as u64 + 1);
        hits.push(shower.hit(archive, each, rank).map_err(from_engine)?);
    }
    Ok(Hits {
        query: reading.canonical,
        total: found.number(),
        hits,
        facets: found.facets,
        warnings: reading.warnings,
    })
}

/// Gives every match in index order to `each` until it breaks; how many were seen.
///
/// Bounded memory, whatever the number of matches.
///
/// # Errors
/// What the engine reports.
pub fn stream(
    archive: &dyn Archive,
    reading: &Reading,
    each: &mut dyn FnMut(Match) -> ControlFlow<()>,
) -> Result<u64, SearchError> {
    archive.scan(&reading.plan, each).map_err(from_engine)
}

#[cfg(test)]
pub(crate) mod tests;
