//! The clauses of a plan over groups of terms, and which of them made an article match.

use std::collections::HashMap;

use super::evidence;
use super::lexicon::Lexicon;
use super::phrase::Phrase;
use crate::diag::Span;
use crate::plan::finder::Finder;
use crate::plan::{Clause, FacetTerms, PlaceClause, PlaceNode, Plan, Scope, Words};
use crate::tag::Tags;

/// Rarities are kept within this factor of 1.
const WEIGHT_LIMIT: f32 = 1e4;

/// A clause of words, compiled.
#[derive(Debug)]
pub struct Compiled {
    /// Its number among the positive clauses; of a negated one, none that matters.
    pub clause: u32,
    /// Where it looks.
    pub scope: Scope,
    /// Only so many first words.
    pub first: Option<u32>,
    /// How many places it needs.
    pub times: u32,
    /// Its words and phrases, from left to right.
    pub phrases: Vec<Phrase>,
    /// Finds places; not needed where the clause is one word or phrase.
    pub finder: Option<Finder>,
    /// Its weight.
    pub boost: f32,
    /// Whether its matches are marked: not if it is only negated.
    pub marked: bool,
}

/// Which clauses must hold for others to count.
#[derive(Debug)]
pub enum Truth {
    /// A clause of words, by its place in [`Clauses::texts`].
    Text(usize),
    /// A facet.
    Facet(FacetTerms),
    /// Cannot be told from the stored article; may hold.
    Unknown,
    /// No article.
    Never,
    /// All of these.
    All(Vec<Truth>),
    /// At least so many of these.
    Least(usize, Vec<Truth>),
    /// Not this.
    Not(Box<Truth>),
    /// Whether or not this.
    Maybe(Box<Truth>),
}

/// The clauses of a plan.
#[derive(Debug, Default)]
pub struct Clauses {
    /// Clauses of words, each shape once.
    pub texts: Vec<Compiled>,
    /// Positive clauses of tagged facets and their numbers.
    pub facets: Vec<(u32, FacetTerms)>,
    /// Where each positive clause stands in the query.
    pub spans: Vec<Span>,
    /// How they depend on each other, where it matters.
    pub truth: Option<Truth>,
    seen: HashMap<String, usize>,
}

impl Clauses {
    /// Compiles a plan; its terms go into `lexicon`, with rarities from `idf`.
    pub fn of(plan: &Plan, idf: &HashMap<String, f32>, lexicon: &mut Lexicon) -> Clauses {
        let mut clauses = Clauses::default();
        let conditional = has_condition(&plan.root, false);
        let mut compiler = Compiler { clauses: &mut clauses, idf, lexicon, conditional };
        let truth = compiler.clause(&plan.root, 1.0, true);
        if conditional {
            clauses.truth = Some(truth);
        }
        clauses
    }

    /// Which of the clauses of words made an article match in which `holds` tells those that hold.
    pub fn that_count(&self, holds: &[bool], tags: &Tags) -> Vec<bool> {
        let Some(truth) = &self.truth else { return holds.to_vec() };
        let mut counts = vec![false; self.texts.len()];
        truth.spread(holds, tags, &mut counts);
        counts.iter().zip(holds).map(|(counts, holds)| *counts && *holds).collect()
    }

    /// Whether what is marked may depend on other parts of the article.
    pub fn is_conditional(&self) -> bool {
        self.truth.is_some() || self.texts.iter().any(|text| text.times > 1)
    }
}

/// Whether some clause counts only together with another: an AND that need not hold.
fn has_condition(clause: &Clause, optional: bool) -> bool {
    match clause {
        Clause::And(parts) => {
            optional && parts.len() > 1 || parts.iter().any(|part| has_condition(part, optional))
        }
        Clause::Or(parts) | Clause::Quorum(_, parts) => {
            let optional = optional || parts.len() > 1;
            parts.iter().any(|part| has_condition(part, optional))
        }
        Clause::Maybe(inner) => has_condition(inner, true),
        Clause::Boost(_, inner) => has_condition(inner, optional),
        _ => false,
    }
}

impl Truth {
    /// Whether it holds, where that can be told.
    fn holds(&self, holds: &[bool], tags: &Tags) -> Option<bool> {
        match self {
            Truth::Text(text) => Some(holds[*text]),
            Truth::Facet(facet) => evidence::has(facet, tags),
            Truth::Unknown => None,
            Truth::Maybe(_) => Some(true),
            Truth::Never => Some(false),
            Truth::All(parts) => {
                let mut all = Some(true);
                for part in parts {
                    match part.holds(holds, tags) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => all = None,
                    }
                }
                all
            }
            Truth::Least(least, parts) => {
                let (mut sure, mut possible) = (0, 0);
                for part in parts {
                    let told = part.holds(holds, tags);
                    sure += usize::from(told == Some(true));
                    possible += usize::from(told != Some(false));
                }
                match (sure >= *least, possible >= *least) {
                    (true, _) => Some(true),
                    (_, true) => None,
                    _ => Some(false),
                }
            }
            Truth::Not(inner) => inner.holds(holds, tags).map(|holds| !holds),
        }
    }

    /// Notes the clauses that a truth which holds rests on.
    fn spread(&self, holds: &[bool], tags: &Tags, counts: &mut [bool]) {
        if self.holds(holds, tags) == Some(false) {
            return;
        }
        match self {
            Truth::Text(text) => counts[*text] = true,
            Truth::Facet(_) | Truth::Unknown | Truth::Never | Truth::Not(_) => {}
            Truth::All(parts) | Truth::Least(_, parts) => {
                parts.iter().for_each(|part| part.spread(holds, tags, counts));
            }
            Truth::Maybe(inner) => inner.spread(holds, tags, counts),
        }
    }
}

/// A usable weight: positive and finite.
pub fn positive(weight: f32) -> f32 {
    if weight.is_nan() || weight <= 0.0 {
        return 1.0;
    }
    weight.clamp(1.0 / WEIGHT_LIMIT, WEIGHT_LIMIT)
}

struct Compiler<'c> {
    clauses: &'c mut Clauses,
    idf: &'c HashMap<String, f32>,
    lexicon: &'c mut Lexicon,
    /// Whether negated clauses must be looked for, too.
    conditional: bool,
}

impl Compiler<'_> {
    fn clause(&mut self, clause: &Clause, boost: f32, marked: bool) -> Truth {
        let mut all = |parts: &[Clause]| -> Vec<Truth> {
            parts.iter().map(|part| self.clause(part, boost, marked)).collect()
        };
        match clause {
            Clause::And(parts) => Truth::All(all(parts)),
            Clause::Or(parts) => Truth::Least(1, all(parts)),
            Clause::Quorum(least, parts) => Truth::Least(*least as usize, all(parts)),
            // A filter (weight 0) says what the article must hold, so its words are shown too.
            Clause::Boost(weight, inner) => {
                let weight = if *weight == 0.0 { 1.0 } else { positive(*weight) };
                self.clause(inner, positive(boost * weight), marked)
            }
            Clause::Maybe(inner) => Truth::Maybe(Box::new(self.clause(inner, boost, marked))),
            Clause::Not(inner) if self.conditional => {
                Truth::Not(Box::new(self.clause(inner, boost, false)))
            }
            Clause::Not(_) => Truth::Unknown,
            Clause::Text(text) => self.places(&PlaceClause::of(text), boost, marked),
            Clause::Places(places) => self.places(places, boost, marked),
            Clause::Facet(facet) => {
                if marked {
                    let number = self.number(facet.span);
                    if facet.field.class.is_tagged() {
                        self.clauses.facets.push((number, facet.clone()));
                    }
                }
                Truth::Facet(facet.clone())
            }
            Clause::Nothing => Truth::Never,
            Clause::All | Clause::Dates(_) | Clause::Measure(_) | Clause::Ids(_) | Clause::Stub => {
                Truth::Unknown
            }
        }
    }

    fn number(&mut self, span: Span) -> u32 {
        self.clauses.spans.push(span);
        self.clauses.spans.len() as u32 - 1
    }

    fn places(&mut self, places: &PlaceClause, boost: f32, marked: bool) -> Truth {
        let clause = if marked { self.number(places.span) } else { 0 };
        // The same clause twice marks nothing new.
        let shape = format!("{:?}", PlaceClause { span: Span::default(), ..places.clone() });
        if let Some(&known) = self.clauses.seen.get(&shape) {
            let known_text = &mut self.clauses.texts[known];
            if marked && !known_text.marked {
                (known_text.marked, known_text.clause, known_text.boost) = (true, clause, boost);
            }
            return Truth::Text(known);
        }
        let mut phrases = Vec::new();
        places.root.words(true, &mut |words, _| phrases.push(words));
        let phrases: Vec<Phrase> = phrases.into_iter().map(|words| self.phrase(words)).collect();
        if phrases.iter().all(|phrase| phrase.slots.is_empty()) || places.scope == Scope::Byline {
            // Author lines are matched by engines but never marked.
            return Truth::Unknown;
        }
        let single = matches!(places.root, PlaceNode::Words(_)) && places.times <= 1;
        self.clauses.texts.push(Compiled {
            clause,
            scope: places.scope,
            first: places.first,
            times: places.times,
            phrases,
            finder: (!single).then(|| Finder::new(places)),
            boost,
            marked,
        });
        let number = self.clauses.texts.len() - 1;
        self.clauses.seen.insert(shape, number);
        Truth::Text(number)
    }

    fn phrase(&mut self, words: &Words) -> Phrase {
        let weigh = |term: &str| self.idf.get(term).map_or(1.0, |&weight| positive(weight));
        let slots = words.slots.iter();
        Phrase {
            slots: slots
                .map(|slot| (self.lexicon.group(words.layer, slot, &weigh), slot.offset))
                .collect(),
            width: words.width,
            slop: words.slop,
            at_start: words.at_start,
            at_end: words.at_end,
        }
    }
}
