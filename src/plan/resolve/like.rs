//! `like:ID`: articles that hold many of the words that tell an article from others.

use super::{Clause, Work};
use crate::diag::{Diagnostic, Span};
use crate::plan::{Layer, Scope, Slot, TextClause};
use crate::query::ast::FacetValues;

/// The share of an article's salient words that another must hold to be like it: what Lucene's
/// `MoreLikeThis` asks for by default.
const SHARE: f64 = 0.3;

impl Work<'_> {
    /// The articles like any of some; these themselves are left out.
    pub(super) fn like(&self, values: &FacetValues, span: Span) -> Option<Clause> {
        let FacetValues::List(values) = values else {
            return self.refused("like: with a group or *", span);
        };
        let mut clauses = Vec::with_capacity(values.len());
        for value in values {
            let Some(stems) = self.resolver.catalogue.salient(&value.text) else {
                let message = format!("no article has the id '{}'", value.text);
                self.tell(Diagnostic::warning("unknown_value", value.span, message));
                clauses.push(Clause::Nothing);
                continue;
            };
            let least = (stems.len() as f64 * SHARE).ceil().max(1.0) as u32;
            let parts = stems.into_iter().map(|(stem, weight)| {
                let text = TextClause {
                    scope: Scope::Any,
                    layer: Layer::Stems,
                    slots: vec![Slot { offset: 0, terms: vec![stem], pattern: None }],
                    slop: 0,
                    rank: Vec::new(),
                    span,
                };
                Clause::Boost(weight, Box::new(Clause::Text(text)))
            });
            clauses.push(Clause::Quorum(least, parts.collect()));
        }
        let like = if clauses.len() == 1 { clauses.pop()? } else { Clause::Or(clauses) };
        let ids = values.iter().map(|value| value.text.clone()).collect();
        Some(Clause::And(vec![like, Clause::Not(Box::new(Clause::Ids(ids)))]))
    }
}
