//! A plan as a tantivy query.

use std::sync::Arc;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::anyof::AnyOfQuery;
use super::columns::Columns;
use super::document::{STUB_TERM, value_term};
use super::filter::{Condition, ConfirmedQuery, DateQuery, Interval};
use super::leads::{Leads, all_of, ranks};
use super::phrase::{PositionQuery, Window};
use super::places::PlaceQuery;
use super::schema::Fields;
use super::tokens::cut;
use super::watch::{Watch, WatchedQuery};
use crate::engine::EngineError;
use crate::engine::stop::Stop;
use crate::plan::finder::MAX_PAIRS;
use crate::plan::{Clause, FacetChoice, Layer, PlaceClause, Plan, Scope, TextClause};

/// Compiles plans against one state of an index.
#[derive(Clone, Copy)]
pub struct Compiler<'i> {
    /// Expands word patterns.
    pub searcher: &'i Searcher,
    /// Handles of the fields.
    pub fields: &'i Fields,
    /// The columns of the segments.
    pub columns: &'i Columns,
    /// Told where an article is too much for an exact answer; tells when to stop.
    pub watch: &'i Arc<Watch>,
}

impl std::fmt::Debug for Compiler<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiler").finish_non_exhaustive()
    }
}

/// A plan as a query, and whether it met an article that was too much for it.
pub struct Compiled {
    /// The query.
    pub query: Box<dyn Query>,
    watch: Arc<Watch>,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("query", &self.query).finish_non_exhaustive()
    }
}

impl Compiled {
    /// Compiles a plan, for a search that ends with `stop`.
    ///
    /// # Errors
    /// [`EngineError::TooManyTerms`], or when the index cannot be read.
    pub fn of(
        plan: &Plan,
        searcher: &Searcher,
        fields: &Fields,
        columns: &Columns,
        stop: Option<Arc<Stop>>,
    ) -> Result<Compiled, EngineError> {
        let timed = stop.is_some();
        let watch = Arc::new(Watch::new(stop));
        let query = Compiler { searcher, fields, columns, watch: &watch }.clause(&plan.root)?;
        let query = match timed {
            true => Box::new(WatchedQuery { inner: query, watch: Arc::clone(&watch) }),
            false => query,
        };
        Ok(Compiled { query, watch })
    }

    /// Tells, after a search, whether its answer is exact.
    ///
    /// # Errors
    /// [`EngineError::TooManyPlaces`] if it is not.
    pub fn finished(&self) -> Result<(), EngineError> {
        if self.watch.gave_up() {
            return Err(EngineError::TooManyPlaces { limit: MAX_PAIRS });
        }
        Ok(())
    }
}

type AnyQuery = Result<Box<dyn Query>, EngineError>;

/// A clause of words compiled.
enum Words {
    /// To something that leads.
    Query(Box<dyn Query>),
    /// To positions, which are better confirmed than looked for.
    Positions(PositionQuery),
    /// To what leads, and places that are confirmed.
    Places(Leads, Box<PlaceQuery>),
}

impl Compiler<'_> {
    /// The query of a clause.
    pub fn clause(&self, clause: &Clause) -> AnyQuery {
        Ok(match clause {
            Clause::All => unscored(Box::new(AllQuery)),
            Clause::Nothing => Box::new(EmptyQuery),
            Clause::Text(text) => alone(self.text(text)?),
            Clause::Places(clause) => alone(self.place_clause(clause)?),
            Clause::Facet(facet) => match &facet.values {
                FacetChoice::Present => self.facet_terms([value_term(facet.field, "")]),
                FacetChoice::Ids(ids) => {
                    self.facet_terms(ids.iter().map(|id| value_term(facet.field, id)))
                }
            },
            Clause::Dates(interval) => Box::new(self.within(Interval::Date(*interval))),
            Clause::Measure(measure) => Box::new(self.within(Interval::Measure(*measure))),
            Clause::Ids(ids) => {
                any_of(ids.iter().map(|id| Term::from_field_text(self.fields.id, id)).collect())
            }
            Clause::Stub => self.facet_terms([STUB_TERM.to_owned()]),
            Clause::And(parts) => self.conjunction(parts)?,
            Clause::Or(parts) => {
                let mut clauses = Vec::with_capacity(parts.len());
                for part in parts {
                    clauses.push((Occur::Should, self.clause(part)?));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Clause::Quorum(least, parts) => {
                let mut clauses = Vec::with_capacity(parts.len());
                for part in parts {
                    clauses.push((Occur::Should, self.clause(part)?));
                }
                let least = *least as usize;
                Box::new(BooleanQuery::with_minimum_required_clauses(clauses, least))
            }
            Clause::Maybe(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored(Box::new(AllQuery))),
                (Occur::Should, self.clause(inner)?),
            ])),
            Clause::Not(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored(Box::new(AllQuery))),
                (Occur::MustNot, self.clause(inner)?),
            ])),
            Clause::Boost(weight, inner) => {
                let query = self.clause(inner)?;
                if *weight == 0.0 {
                    unscored(query)
                } else if inner.scores() {
                    Box::new(BoostQuery::new(query, *weight))
                } else {
                    Box::new(ConstScoreQuery::new(query, *weight))
                }
            }
        })
    }

    /// All of the parts. Dates and positions are confirmed on what the rest finds.
    fn conjunction(&self, parts: &[Clause]) -> AnyQuery {
        let mut leading = Vec::with_capacity(parts.len() + 1);
        let mut conditions = Vec::new();
        for part in parts {
            match part {
                // Every article: says nothing beside another condition.
                Clause::All => {}
                Clause::Not(inner) => leading.push((Occur::MustNot, self.clause(inner)?)),
                Clause::Maybe(inner) => leading.push((Occur::Should, self.clause(inner)?)),
                Clause::Dates(interval) => {
                    conditions
                        .push(Condition::Date(Interval::Date(*interval), self.columns.clone()));
                }
                Clause::Measure(measure) => {
                    let interval = Interval::Measure(*measure);
                    conditions.push(Condition::Date(interval, self.columns.clone()));
                }
                Clause::Text(text) => add(self.text(text)?, &mut leading, &mut conditions),
                Clause::Places(clause) => {
                    add(self.place_clause(clause)?, &mut leading, &mut conditions);
                }
                part => leading.push((Occur::Must, self.clause(part)?)),
            }
        }
        // The cheaper checks first.
        conditions.sort_by_key(|condition| match condition {
            Condition::Date(..) => 0,
            Condition::Positions(_) => 1,
            Condition::Places(_) => 2,
        });
        let leads = leading.iter().any(|(occur, _)| *occur == Occur::Must);
        if !leads && let [Condition::Date(interval, _)] = conditions.as_slice() {
            leading.push((Occur::Must, Box::new(self.within(*interval))));
            conditions.clear();
        } else if !leads {
            leading.push((Occur::Must, unscored(Box::new(AllQuery))));
        }
        let inner = all_of(leading);
        if conditions.is_empty() {
            return Ok(inner);
        }
        let watch = Arc::clone(self.watch);
        Ok(Box::new(ConfirmedQuery { inner, conditions, only: false, watch }))
    }

    fn within(&self, interval: Interval) -> DateQuery {
        DateQuery { interval, columns: self.columns.clone(), watch: Arc::clone(self.watch) }
    }

    fn facet_terms(&self, terms: impl IntoIterator<Item = String>) -> Box<dyn Query> {
        let field = self.fields.facet;
        any_of(terms.into_iter().map(|term| Term::from_field_text(field, &term)).collect())
    }

    fn place_clause(&self, clause: &PlaceClause) -> Result<Words, EngineError> {
        Ok(match self.places(clause)? {
            Some((leads, query)) => Words::Places(leads, query),
            None => Words::Query(Box::new(EmptyQuery)),
        })
    }

    fn text(&self, text: &TextClause) -> Result<Words, EngineError> {
        let texts = self.texts(text.scope);
        let (field, window) = match (text.scope, text.layer) {
            (Scope::HeadLead, _) => {
                let part = |scope| Clause::Text(TextClause { scope, ..text.clone() });
                let either = Clause::Or(vec![part(Scope::Title), part(Scope::Lead)]);
                return self.clause(&either).map(Words::Query);
            }
            (Scope::Title, Layer::Forms) => (texts.forms, Window::Title),
            (Scope::Title, Layer::Stems) => (texts.stems, Window::Alone),
            (Scope::Any, Layer::Stems) => (texts.stems, Window::Whole),
            (Scope::Any, Layer::Forms) => (texts.forms, Window::Whole),
            (Scope::Body, Layer::Stems) => (texts.stems, Window::Body),
            (Scope::Body, Layer::Forms) => (texts.forms, Window::Body),
            (Scope::Lead, Layer::Stems) => (texts.stems, Window::Lead),
            (Scope::Lead, Layer::Forms) => (texts.forms, Window::Lead),
            (Scope::Byline, _) => (texts.forms, Window::Alone),
        };
        if text.slop > 0 {
            return self.place_clause(&PlaceClause::of(text));
        }
        let mut slots = Vec::with_capacity(text.slots.len());
        for slot in &text.slots {
            let terms = self.slot(slot, field, text.span)?;
            if terms.any.is_empty() {
                return Ok(Words::Query(Box::new(EmptyQuery)));
            }
            if !terms.without.is_empty() {
                return self.place_clause(&PlaceClause::of(text));
            }
            slots.push((terms.offset, terms.any));
        }
        let rank: Vec<Vec<Term>> = match text.layer {
            Layer::Stems => slots.iter().map(|(_, terms)| terms.clone()).collect(),
            Layer::Forms => ranks(&text.rank, texts.stems).collect(),
        };
        if let [(_, terms)] = slots.as_slice()
            && matches!(window, Window::Whole | Window::Alone)
        {
            return Ok(Words::Query(match (text.layer, rank.as_slice()) {
                (Layer::Stems, _) => scored(terms),
                (Layer::Forms, []) => any_of(terms.clone()),
                // With `--lang` the stems may be of another language than the article's.
                (Layer::Forms, [stems, ..]) => Box::new(BooleanQuery::new(vec![
                    (Occur::Must, any_of(terms.clone())),
                    (Occur::Should, scored(stems)),
                ])),
            }));
        }
        let weigh_title = text.layer == Layer::Forms && window == Window::Whole;
        let columns = self.columns.clone();
        let watch = Arc::clone(self.watch);
        Ok(Words::Positions(PositionQuery {
            field,
            slots,
            window,
            rank,
            weigh_title,
            columns,
            watch,
        }))
    }
}

/// A clause that stands alone.
fn alone(words: Words) -> Box<dyn Query> {
    match words {
        Words::Query(query) => query,
        Words::Positions(query) => Box::new(query),
        Words::Places(leads, query) => Box::new(ConfirmedQuery {
            watch: Arc::clone(&query.watch),
            inner: all_of(leads),
            conditions: vec![Condition::Places(query)],
            only: true,
        }),
    }
}

/// A clause of a conjunction.
fn add(words: Words, leading: &mut Leads, conditions: &mut Vec<Condition>) {
    match words {
        Words::Query(query) => leading.push((Occur::Must, query)),
        Words::Positions(query) => {
            for (_, terms) in &query.slots {
                leading.push((Occur::Must, any_of(terms.clone())));
            }
            conditions.push(Condition::Positions(query));
        }
        Words::Places(leads, query) => {
            leading.extend(leads);
            conditions.push(Condition::Places(query));
        }
    }
}

pub(super) fn term_of(field: Field, word: &str) -> Term {
    Term::from_field_text(field, cut(word))
}

/// The query without a score.
fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// Articles that hold any of the terms, without a score.
pub(super) fn any_of(terms: Vec<Term>) -> Box<dyn Query> {
    Box::new(AnyOfQuery { terms })
}

/// Articles that hold any of the terms, ranked.
pub(super) fn scored(terms: &[Term]) -> Box<dyn Query> {
    let query = |term: &Term| -> Box<dyn Query> {
        Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
    };
    if let [term] = terms {
        return query(term);
    }
    Box::new(BooleanQuery::new(terms.iter().map(|term| (Occur::Should, query(term))).collect()))
}
