//! Facet counts: which fields, over which matches.
//!
//! Counts of a class are disjunctive: they ignore the query's own positive filters on the class,
//! so that beside `country:Japan` the other countries can be seen (Hearst, 2009).

use std::collections::HashMap;

use super::{Archive, Reading};
use crate::diag::{Diagnostic, Span, nearest};
use crate::engine::{Base, EngineError, FacetCounts, FacetQuestion, Order, Question};
use crate::plan::{Clause, Entry, FacetClass, FacetField, FacetSub, Plan};
use crate::query::ast::{Expr, Node};
use crate::query::field::Field;
use crate::text::fold::fold;

/// One question a field, in their order.
pub fn questions(
    reading: &Reading,
    fields: &[(FacetField, usize)],
    conjunctive: bool,
) -> Vec<FacetQuestion> {
    let mut kept = Vec::new();
    regions(&reading.expr, &mut kept);
    fields
        .iter()
        .map(|&(field, size)| {
            let lifted = || lift(&reading.plan, field.class, &kept);
            let plan = if conjunctive { None } else { lifted() };
            FacetQuestion { field, size, labels: true, plan }
        })
        .collect()
}

/// The plan without its positive top-level filters on `class`; `None` if it has none.
///
/// A filter may be a list, an OR or a group as long as every leaf is of the class. Clauses inside
/// a span of `kept` stay.
pub fn lift(plan: &Plan, class: FacetClass, kept: &[Span]) -> Option<Plan> {
    let root = match &plan.root {
        Clause::And(parts) => {
            let rest: Vec<Clause> =
                parts.iter().filter(|part| !is_filter(part, class, kept)).cloned().collect();
            if rest.len() == parts.len() {
                return None;
            }
            match <[Clause; 1]>::try_from(rest) {
                Ok([only]) => only,
                Err(rest) if rest.is_empty() => Clause::All,
                // What only excludes needs something to exclude from.
                Err(rest) => Clause::And(rest),
            }
        }
        root if is_filter(root, class, kept) => Clause::All,
        _ => return None,
    };
    Some(Plan { root })
}

/// Which values of a facet come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FacetOrder {
    /// The most frequent.
    #[default]
    Count,
    /// By label, as people sort names: without case and accents.
    Alpha,
    /// Those that are much more frequent among the matches than in the whole index.
    Lift,
}

/// What is shown of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrangement {
    /// Which values come first.
    pub order: FacetOrder,
    /// Leave out values with fewer matches.
    pub min: u64,
    /// Count the matches without a value as one more value, without id, at the end.
    pub unknown: bool,
}

/// The label of the value that stands for none.
pub const UNKNOWN: &str = "Unknown";

impl Arrangement {
    /// Whether all values must be counted to know which are shown.
    pub fn needs_all(self) -> bool {
        self.order != FacetOrder::Count
    }

    /// Orders counts with labels, drops what is too rare or beyond `size` (0 for no limit);
    /// whether anything was beyond it.
    pub fn apply(self, counts: &mut FacetCounts, size: usize) -> bool {
        let lifts: Vec<f64> =
            (0..counts.values.len()).map(|at| counts.lift(at).unwrap_or(0.0)).collect();
        let mut order: Vec<usize> =
            (0..counts.values.len()).filter(|&at| counts.values[at].count >= self.min).collect();
        match self.order {
            FacetOrder::Count => {}
            FacetOrder::Alpha => {
                let keys: Vec<String> =
                    counts.values.iter().map(|entry| fold(&entry.label)).collect();
                order.sort_by(|&a, &b| {
                    let ids = || counts.values[a].id.cmp(&counts.values[b].id);
                    keys[a].cmp(&keys[b]).then_with(ids)
                });
            }
            FacetOrder::Lift => order.sort_by(|&a, &b| lifts[b].total_cmp(&lifts[a])),
        }
        // Where nothing was too rare, there may be more values than were counted out.
        let all_stay = order.len() == counts.values.len();
        let known = if all_stay { counts.distinct } else { order.len() as u64 };
        let cut = size > 0 && known > size as u64;
        if size > 0 {
            order.truncate(size);
        }
        counts.values = order.iter().map(|&at| counts.values[at].clone()).collect();
        if let Some(base) = &mut counts.base {
            base.counts = order.iter().map(|&at| base.counts[at]).collect();
        }
        if self.unknown && counts.missing > 0 {
            let (id, label) = (String::new(), UNKNOWN.to_owned());
            counts.values.push(Entry { id, label, count: counts.missing });
        }
        cut
    }
}

/// Tells each of some counts how frequent their values are in the whole index.
///
/// # Errors
/// What the engine reports.
pub fn compare(archive: &dyn Archive, facets: &mut [FacetCounts]) -> Result<(), EngineError> {
    let plan = Plan { root: Clause::All };
    let questions: Vec<FacetQuestion> = facets
        .iter()
        .map(|counts| FacetQuestion { field: counts.field, size: 0, labels: false, plan: None })
        .collect();
    let all = archive.answer(&Question {
        plan: &plan,
        limit: 0,
        order: Order::Relevance,
        total: true,
        sample: None,
        facets: &questions,
    })?;
    for (counts, whole) in facets.iter_mut().zip(all.facets) {
        let known: HashMap<&str, u64> =
            whole.values.iter().map(|entry| (entry.id.as_str(), entry.count)).collect();
        let number = |entry: &Entry| known.get(entry.id.as_str()).copied().unwrap_or(0);
        let numbers = counts.values.iter().map(number).collect();
        counts.base = Some(Base { total: whole.total, counts: numbers });
    }
    Ok(())
}

/// A warning for each field in which no article of the index has a value.
pub fn no_values(archive: &dyn Archive, fields: &[(FacetField, usize)]) -> Vec<Diagnostic> {
    let empty = fields.iter().filter(|(field, _)| !archive.has_values(*field));
    empty
        .map(|(field, _)| {
            let message = format!("no article of this index has a value in {}", field.name());
            let warning = Diagnostic::warning("no_values", Span::default(), message)
                .hint("'dateline stats' tells which fields are filled");
            Diagnostic { span: None, ..warning }
        })
        .collect()
}

fn is_filter(clause: &Clause, class: FacetClass, kept: &[Span]) -> bool {
    match clause {
        Clause::Facet(facet) => {
            let inside = |span: &Span| span.start <= facet.span.start && facet.span.end <= span.end;
            facet.field.class == class && !kept.iter().any(inside)
        }
        Clause::Boost(_, inner) => is_filter(inner, class, kept),
        Clause::And(parts) | Clause::Or(parts) => {
            !parts.is_empty() && parts.iter().all(|part| is_filter(part, class, kept))
        }
        _ => false,
    }
}

/// Spans of `region:` clauses: they become countries in the plan, but who asks for a region wants
/// to see its countries.
fn regions(expr: &Expr, out: &mut Vec<Span>) {
    match &expr.node {
        Node::Facet(facet) if facet.field == Field::Region => out.push(expr.span),
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| regions(part, out)),
        Node::Boost(_, inner) => regions(inner, out),
        _ => {}
    }
}

/// Reads `country`, `person.major` or `c`: a facet field by its name or an alias.
///
/// # Errors
/// `unknown_field`, with the nearest names; `not_supported` for a field that is no facet.
pub fn field(name: &str) -> Result<FacetField, Diagnostic> {
    let span = Span::new(0, name.chars().count());
    let (base, sub) = match name.split_once('.') {
        Some((base, sub)) => (base, Some(sub)),
        None => (name, None),
    };
    let names = || FacetClass::ALL.iter().map(|class| class.name());
    let list = || names().collect::<Vec<_>>().join(", ");
    let Some(known) = Field::from_name(base) else {
        let near: Vec<String> = nearest(base, names(), 3).into_iter().map(str::to_owned).collect();
        let hint = match near.first() {
            Some(first) => format!("did you mean '{first}'? facets are {}", list()),
            None => format!("facets are {}", list()),
        };
        return Err(Diagnostic::error("unknown_field", span, format!("unknown facet '{base}'"))
            .hint(hint)
            .suggest(near));
    };
    let Some(class) = FacetClass::ALL.into_iter().find(|class| class.name() == known.name()) else {
        let message = format!("values of '{}' cannot be counted", known.name());
        return Err(Diagnostic::error("not_supported", span, message)
            .hint(format!("facets are {}", list())));
    };
    let sub = match sub {
        None => FacetSub::Any,
        Some("major") if class.is_tagged() => FacetSub::Major,
        Some("given") if class.is_tagged() => FacetSub::Given,
        Some(sub) => {
            let parts = if class.is_tagged() { "major and given" } else { "none" };
            let message = format!("the facet '{}' has no part '{sub}'", class.name());
            return Err(Diagnostic::error("unknown_field", span, message)
                .hint(format!("its parts are: {parts}")));
        }
    };
    Ok(FacetField { class, sub })
}

/// Reads a list such as `country:5,person`; a field without a number has `default` values, one
/// with 0 all.
///
/// # Errors
/// Like [`field`]; `bad_number` for a size that is none. Spans count from the start of `text`.
pub fn list(text: &str, default: usize) -> Result<Vec<(FacetField, usize)>, Diagnostic> {
    let mut out: Vec<(FacetField, usize)> = Vec::new();
    let mut start = 0;
    for item in text.split(',') {
        let length = item.chars().count();
        let shifted = |mut diagnostic: Diagnostic| {
            diagnostic.span =
                diagnostic.span.map(|span| Span::new(span.start + start, span.end + start));
            diagnostic
        };
        let (name, size) = match item.split_once(':') {
            Some((name, size)) => (name, Some(size)),
            None => (item, None),
        };
        let size = match size {
            None => default,
            Some(size) => size.trim().parse().map_err(|_| {
                let message = format!("'{size}' is no number of values");
                Diagnostic::error("bad_number", Span::new(start, start + length), message)
                    .hint("write it as in country:5; 0 is all")
            })?,
        };
        let field = field(name.trim()).map_err(shifted)?;
        if !out.iter().any(|(known, _)| *known == field) {
            out.push((field, size));
        }
        start += length + 1;
    }
    Ok(out)
}
