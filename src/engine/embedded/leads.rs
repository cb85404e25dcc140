//! Clauses of places: the cheap query that leads to their articles, and the check of each.

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::schema::Field;

use super::compile::{Compiler, any_of, scored, term_of};
use super::places::PlaceQuery;
use super::stand::{SlotTerms, WordsQuery};
use super::words;
use crate::diag::Span;
use crate::engine::EngineError;
use crate::plan::{Layer, PlaceClause, PlaceNode, Scope, Slot, Words};

/// Conditions that every match fulfils; they rank it, too.
pub type Leads = Vec<(Occur, Box<dyn Query>)>;

/// What is read of an article.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// Stems.
    pub stems: Field,
    /// Folded words and what else stands at their positions.
    pub forms: Field,
    /// Whether the stems are of a field that counts positions from the title's first word.
    pub of_title: bool,
}

impl Compiler<'_> {
    /// The fields that a scope reads.
    pub(super) fn texts(&self, scope: Scope) -> Texts {
        let fields = self.fields;
        match scope {
            // The forms of the title have no field of their own: they lie behind the body.
            Scope::Title => Texts { stems: fields.title, forms: fields.forms, of_title: true },
            Scope::Byline => Texts { stems: fields.byline, forms: fields.byline, of_title: false },
            Scope::Any | Scope::Body | Scope::Lead | Scope::HeadLead => {
                Texts { stems: fields.text, forms: fields.forms, of_title: false }
            }
        }
    }

    /// The terms of a slot.
    pub(super) fn slot(
        &self,
        slot: &Slot,
        field: Field,
        span: Span,
    ) -> Result<SlotTerms, EngineError> {
        let terms = |words: &[String]| words.iter().map(|word| term_of(field, word)).collect();
        let offset = slot.offset;
        let Some(pattern) = &slot.pattern else {
            return Ok(SlotTerms { offset, any: terms(&slot.terms), without: Vec::new() });
        };
        let found = words::expand(self.searcher, field, pattern, span, self.watch)?;
        Ok(SlotTerms { offset, any: terms(&found.any), without: terms(&found.without) })
    }

    /// What leads to the matches of a clause, and what confirms them; `None` if there are none.
    ///
    /// The words lead as a conjunction, ranked by their stems: that is the clause's score.
    pub(super) fn places(
        &self,
        clause: &PlaceClause,
    ) -> Result<Option<(Leads, Box<PlaceQuery>)>, EngineError> {
        let mut query = PlaceQuery::new(clause, self.columns, self.watch);
        let texts = self.texts(clause.scope);
        let leads = self.node(&clause.root, texts, clause.span, &mut query.words)?;
        Ok(leads.map(|leads| (leads, Box::new(query))))
    }

    fn node(
        &self,
        node: &PlaceNode,
        texts: Texts,
        span: Span,
        out: &mut Vec<WordsQuery>,
    ) -> Result<Option<Leads>, EngineError> {
        match node {
            PlaceNode::Words(words) => self.words(words, texts, span, out),
            PlaceNode::Any(parts) => {
                let mut any = Vec::new();
                for part in parts {
                    any.extend(self.node(part, texts, span, out)?);
                }
                if any.len() <= 1 {
                    return Ok(any.pop());
                }
                let any = any.into_iter().map(|leads| (Occur::Should, all_of(leads)));
                Ok(Some(vec![(Occur::Must, Box::new(BooleanQuery::new(any.collect())))]))
            }
            PlaceNode::Near { left, right, .. } | PlaceNode::Within { left, right, .. } => {
                let left = self.node(left, texts, span, out)?;
                let right = self.node(right, texts, span, out)?;
                let (Some(mut leads), Some(right)) = (left, right) else { return Ok(None) };
                leads.extend(right);
                Ok(Some(leads))
            }
            PlaceNode::NotNear { left, right, .. } => {
                let leads = self.node(left, texts, span, out)?;
                self.node(right, texts, span, out)?;
                Ok(leads)
            }
        }
    }

    fn words(
        &self,
        words: &Words,
        texts: Texts,
        span: Span,
        out: &mut Vec<WordsQuery>,
    ) -> Result<Option<Leads>, EngineError> {
        let (field, of_title) = match words.layer {
            Layer::Stems => (texts.stems, texts.of_title),
            Layer::Forms => (texts.forms, false),
        };
        let mut slots = Vec::with_capacity(words.slots.len());
        for slot in &words.slots {
            slots.push(self.slot(slot, field, span)?);
        }
        let leads = (!slots.iter().any(|slot| slot.any.is_empty())).then(|| {
            let lead = |slot: &SlotTerms| match words.layer {
                Layer::Stems => scored(&slot.any),
                Layer::Forms => any_of(slot.any.clone()),
            };
            let mut leads: Leads = slots.iter().map(|slot| (Occur::Must, lead(slot))).collect();
            leads.extend(
                ranks(&words.rank, texts.stems).map(|terms| (Occur::Should, scored(&terms))),
            );
            leads
        });
        out.push(WordsQuery {
            field,
            of_title,
            slots,
            width: words.width,
            slop: words.slop,
            at_start: words.at_start,
            at_end: words.at_end,
        });
        Ok(leads)
    }
}

/// The terms that rank a match, one set a word.
pub(super) fn ranks(rank: &[Vec<String>], stems: Field) -> impl Iterator<Item = Vec<Term>> {
    let terms = move |words: &Vec<String>| -> Vec<Term> {
        words.iter().map(|word| term_of(stems, word)).collect()
    };
    rank.iter().map(terms).filter(|terms| !terms.is_empty())
}

/// All of the leads as one query.
pub(super) fn all_of(mut leads: Leads) -> Box<dyn Query> {
    if leads.len() == 1 {
        return leads.remove(0).1;
    }
    Box::new(BooleanQuery::new(leads))
}
