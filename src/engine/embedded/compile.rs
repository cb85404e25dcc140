//! A plan as a tantivy query.

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::anyof::AnyOfQuery;
use super::columns::Columns;
use super::document::{STUB_TERM, value_term};
use super::filter::{Condition, ConfirmedQuery, DateQuery};
use super::phrase::{PositionQuery, Window};
use super::schema::Fields;
use super::tokens::cut;
use super::words;
use crate::engine::EngineError;
use crate::plan::{Clause, DateInterval, FacetChoice, Layer, Scope, Slot, TextClause};

/// Compiles plans against one state of an index.
#[derive(Clone, Copy)]
pub struct Compiler<'i> {
    /// Expands word patterns.
    pub searcher: &'i Searcher,
    /// Handles of the fields.
    pub fields: &'i Fields,
    /// The columns of the segments.
    pub columns: &'i Columns,
}

impl std::fmt::Debug for Compiler<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiler").finish_non_exhaustive()
    }
}

type Compiled = Result<Box<dyn Query>, EngineError>;

/// A text clause compiled.
enum Words {
    /// To something that leads.
    Query(Box<dyn Query>),
    /// To positions, which are better confirmed than looked for.
    Positions(PositionQuery),
}

impl Compiler<'_> {
    /// The query of a clause.
    pub fn clause(&self, clause: &Clause) -> Compiled {
        Ok(match clause {
            Clause::All => unscored(Box::new(AllQuery)),
            Clause::Nothing => Box::new(EmptyQuery),
            Clause::Text(text) => self.text(text)?,
            Clause::Facet(facet) => match &facet.values {
                FacetChoice::Present => self.facet_terms([value_term(facet.field, "")]),
                FacetChoice::Ids(ids) => {
                    self.facet_terms(ids.iter().map(|id| value_term(facet.field, id)))
                }
            },
            Clause::Dates(interval) => Box::new(self.dates(*interval)),
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
            Clause::Not(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored(Box::new(AllQuery))),
                (Occur::MustNot, self.clause(inner)?),
            ])),
            Clause::Boost(weight, inner) => {
                let inner = self.clause(inner)?;
                if *weight == 0.0 {
                    unscored(inner)
                } else {
                    Box::new(BoostQuery::new(inner, *weight))
                }
            }
        })
    }

    /// All of the parts. Dates and positions are confirmed on what the rest finds.
    fn conjunction(&self, parts: &[Clause]) -> Compiled {
        let mut leading = Vec::with_capacity(parts.len() + 1);
        let mut conditions = Vec::new();
        for part in parts {
            match part {
                // Every article: says nothing beside another condition.
                Clause::All => {}
                Clause::Not(inner) => leading.push((Occur::MustNot, self.clause(inner)?)),
                Clause::Dates(interval) => {
                    conditions.push(Condition::Date(*interval, self.columns.clone()));
                }
                Clause::Text(text) => match self.text_parts(text)? {
                    Words::Query(query) => leading.push((Occur::Must, query)),
                    Words::Positions(query) => {
                        for (_, terms) in &query.slots {
                            leading.push((Occur::Must, any_of(terms.clone())));
                        }
                        conditions.push(Condition::Positions(query));
                    }
                },
                part => leading.push((Occur::Must, self.clause(part)?)),
            }
        }
        let leads = leading.iter().any(|(occur, _)| *occur == Occur::Must);
        if !leads && let [Condition::Date(interval, _)] = conditions.as_slice() {
            leading.push((Occur::Must, Box::new(self.dates(*interval))));
            conditions.clear();
        } else if !leads {
            leading.push((Occur::Must, unscored(Box::new(AllQuery))));
        }
        let inner: Box<dyn Query> = if leading.len() == 1 {
            leading.remove(0).1
        } else {
            Box::new(BooleanQuery::new(leading))
        };
        if conditions.is_empty() {
            return Ok(inner);
        }
        Ok(Box::new(ConfirmedQuery { inner, conditions }))
    }

    fn dates(&self, interval: DateInterval) -> DateQuery {
        DateQuery { interval, columns: self.columns.clone() }
    }

    fn facet_terms(&self, terms: impl IntoIterator<Item = String>) -> Box<dyn Query> {
        let field = self.fields.facet;
        any_of(terms.into_iter().map(|term| Term::from_field_text(field, &term)).collect())
    }

    fn text(&self, text: &TextClause) -> Compiled {
        Ok(match self.text_parts(text)? {
            Words::Query(query) => query,
            Words::Positions(query) => Box::new(query),
        })
    }

    fn text_parts(&self, text: &TextClause) -> Result<Words, EngineError> {
        // The forms of the title have no field of their own: they lie behind the body.
        let (stems, forms, window) = match (text.scope, text.layer) {
            (Scope::Any, _) => (self.fields.text, self.fields.forms, Window::Whole),
            (Scope::Body, _) => (self.fields.text, self.fields.forms, Window::Body),
            (Scope::Lead, _) => (self.fields.text, self.fields.forms, Window::Lead),
            (Scope::Title, Layer::Forms) => (self.fields.title, self.fields.forms, Window::Title),
            (Scope::Title, Layer::Stems) => (self.fields.title, self.fields.title, Window::Alone),
            (Scope::Byline, _) => (self.fields.byline, self.fields.byline, Window::Alone),
            (Scope::HeadLead, _) => {
                let part = |scope| Clause::Text(TextClause { scope, ..text.clone() });
                let either = Clause::Or(vec![part(Scope::Title), part(Scope::Lead)]);
                return self.clause(&either).map(Words::Query);
            }
        };
        let field = match text.layer {
            Layer::Stems => stems,
            Layer::Forms => forms,
        };
        let slots = self.slots(text, field)?;
        if slots.iter().any(|(_, terms)| terms.is_empty()) {
            return Ok(Words::Query(Box::new(EmptyQuery)));
        }
        let rank = match text.layer {
            Layer::Stems => slots.iter().map(|(_, terms)| terms.clone()).collect(),
            Layer::Forms => text
                .rank
                .iter()
                .map(|terms| terms.iter().map(|term| term_of(stems, term)).collect())
                .collect::<Vec<Vec<Term>>>(),
        };
        if let [(_, terms)] = slots.as_slice()
            && matches!(window, Window::Whole | Window::Alone)
        {
            return Ok(Words::Query(match text.layer {
                Layer::Stems => scored(terms),
                Layer::Forms => match rank.as_slice() {
                    [stems] if !stems.is_empty() => Box::new(BooleanQuery::new(vec![
                        (Occur::Must, any_of(terms.clone())),
                        (Occur::Must, scored(stems)),
                    ])),
                    _ => any_of(terms.clone()),
                },
            }));
        }
        let weigh_title = text.layer == Layer::Forms && window == Window::Whole;
        let columns = self.columns.clone();
        Ok(Words::Positions(PositionQuery { field, slots, window, rank, weigh_title, columns }))
    }

    fn slots(&self, text: &TextClause, field: Field) -> Result<Vec<(u32, Vec<Term>)>, EngineError> {
        let terms = |slot: &Slot| -> Result<Vec<Term>, EngineError> {
            let words = match &slot.pattern {
                None => &slot.terms,
                Some(pattern) => &words::expand(self.searcher, field, pattern, text.span)?,
            };
            Ok(words.iter().map(|word| term_of(field, word)).collect())
        };
        text.slots.iter().map(|slot| Ok((slot.offset, terms(slot)?))).collect()
    }
}

fn term_of(field: Field, word: &str) -> Term {
    Term::from_field_text(field, cut(word))
}

/// The query without a score.
fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// Articles that hold any of the terms, without a score.
fn any_of(terms: Vec<Term>) -> Box<dyn Query> {
    Box::new(AnyOfQuery { terms })
}

/// Articles that hold any of the terms, ranked.
fn scored(terms: &[Term]) -> Box<dyn Query> {
    let query = |term: &Term| -> Box<dyn Query> {
        Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
    };
    if let [term] = terms {
        return query(term);
    }
    Box::new(BooleanQuery::new(terms.iter().map(|term| (Occur::Should, query(term))).collect()))
}
