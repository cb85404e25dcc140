//! What to tell where nothing was found: how many articles each part of the query has alone.

use super::{Archive, ReadOptions, Reading};
use crate::diag::Span;
use crate::engine::{EngineError, Order, Question};
use crate::query::ast::{Expr, Node};
use crate::query::canon::canonical;
use crate::text::fold::fold;

/// Near words that are told, at most.
const NEAR: usize = 3;

/// Parts that are counted, at most.
pub const MAX_PARTS: usize = 12;

/// A part of a query and how many articles match it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartCount {
    /// The part's canonical text; a negated part without its NOT.
    pub text: String,
    /// Whether the query excludes it.
    pub excluded: bool,
    /// Articles that match it.
    pub count: u64,
    /// Where it stands in the query.
    pub span: Span,
    /// For a word that no article holds: words that are near, with their articles.
    pub near: Vec<(String, u64)>,
}

/// Counts each top-level part of an AND alone, the first [`MAX_PARTS`]; nothing for other queries.
///
/// Costs one count a part.
///
/// # Errors
/// What the engine reports.
pub fn part_counts(
    archive: &dyn Archive,
    reading: &Reading,
    options: &ReadOptions,
) -> Result<Vec<PartCount>, EngineError> {
    let parts = match &reading.expr.node {
        Node::And(parts) => parts.as_slice(),
        Node::Word(_) => std::slice::from_ref(&reading.expr),
        _ => return Ok(Vec::new()),
    };
    let resolver = options.resolver(archive);
    let mut counts = Vec::new();
    // What only ranks empties no answer.
    let parts = parts.iter().filter(|part| !matches!(part.node, Node::Maybe(_)));
    for part in parts.take(MAX_PARTS) {
        let (part, excluded): (&Expr, bool) = match &part.node {
            Node::Not(inner) => (inner, true),
            _ => (part, false),
        };
        let Some(plan) = resolver.resolve(part).plan else { continue };
        let answer = archive.answer(&Question {
            plan: &plan,
            limit: 0,
            total: true,
            sample: None,
            order: Order::Relevance,
            facets: &[],
        })?;
        let count = answer.total.unwrap_or(0);
        let near = match &part.node {
            Node::Word(word) if count == 0 => archive.near_words(&fold(word), NEAR),
            _ => Vec::new(),
        };
        counts.push(PartCount { text: canonical(part), excluded, count, span: part.span, near });
    }
    Ok(counts)
}
