//! How a query was read, what each part of it matches alone, and which part leaves nothing.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Archive, ReadOptions, Reading, SearchError, from_engine};
use crate::engine::bits::Bits;
use crate::engine::{EngineError, Order, Question};
use crate::plan::{Clause, FacetChoice, FacetClass, Plan};
use crate::query::ast::{Expr, Node};
use crate::query::canon::canonical;

/// Parts of a query that are counted, at most.
pub const MAX_PARTS: usize = 200;

/// Facet values of a part that are named, at most.
const MAX_VALUES: usize = 30;

/// A part of a query: a leaf, or what AND, OR and NOT join.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    /// Canonical text.
    pub text: String,
    /// Articles that match it alone; `None` beyond [`MAX_PARTS`].
    pub count: Option<u64>,
    /// What joins the parts below, such as `AND`; empty for a leaf.
    pub joined_by: &'static str,
    /// For a part of an AND: what the others match without it.
    pub without: Option<u64>,
    /// The facet values that it means: class, id, label.
    pub values: Vec<(FacetClass, String, String)>,
    /// Values beyond those named.
    pub more_values: usize,
    /// The parts below.
    pub parts: Vec<Part>,
}

/// An explained query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explained {
    /// Exact number of matches.
    pub total: u64,
    /// The query as a tree.
    pub root: Part,
    /// Where AND and OR stand side by side without brackets: the other reading and its matches.
    pub otherwise: Option<(String, u64)>,
    /// Where nothing matches: the first part of an AND with which nothing is left.
    pub emptied_by: Option<String>,
}

/// Bytes of the sets that are kept while a query is explained, at most; a query with more parts,
/// or an archive with more articles, is counted part by part.
const MAX_SETS: u64 = 256 << 20;

struct Explainer<'a> {
    archive: &'a dyn Archive,
    options: &'a ReadOptions,
    left: usize,
    /// What each leaf matches, by its text: found once, however often the leaf is counted with
    /// others. `None` where sets would take too much.
    sets: Option<HashMap<String, Rc<Bits>>>,
}

/// Asks for the number of matches.
fn counted(plan: &Plan) -> Question<'_> {
    Question { plan, limit: 0, order: Order::Relevance, total: true, sample: None, facets: &[] }
}

/// How many leaves an expression has.
fn leaves(expr: &Expr) -> u64 {
    match &expr.node {
        Node::And(parts) | Node::Or(parts) => parts.iter().map(leaves).sum(),
        Node::Not(inner) | Node::Maybe(inner) => leaves(inner),
        _ => 1,
    }
}

impl Explainer<'_> {
    fn plan(&self, expr: &Expr) -> Option<Plan> {
        self.options.resolver(self.archive).resolve(expr).plan
    }

    fn count(&mut self, expr: &Expr) -> Result<Option<u64>, EngineError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        if self.sets.is_some() {
            return Ok(self.set(expr)?.map(|set| set.count()));
        }
        let Some(plan) = self.plan(expr) else { return Ok(None) };
        Ok(self.archive.answer(&counted(&plan))?.total)
    }

    /// What an expression matches; `None` where it cannot be resolved.
    fn set(&mut self, expr: &Expr) -> Result<Option<Rc<Bits>>, EngineError> {
        let mut joined = |parts: &[Expr], join: fn(&mut Bits, &Bits)| {
            let mut out: Option<Bits> = None;
            for part in parts {
                let Some(set) = self.set(part)? else { return Ok(None) };
                match &mut out {
                    None => out = Some(Bits::clone(&set)),
                    Some(out) => join(out, &set),
                }
            }
            Ok(out.map(Rc::new))
        };
        let leaf = match &expr.node {
            Node::And(parts) => return joined(parts, Bits::intersect),
            Node::Or(parts) => return joined(parts, Bits::unite),
            Node::Not(inner) => {
                let all = Expr { node: Node::All, span: expr.span };
                return joined(&[all, Expr::clone(inner)], Bits::subtract);
            }
            // It ranks only.
            Node::Maybe(_) => &Expr { node: Node::All, span: expr.span },
            _ => expr,
        };
        let text = canonical(leaf);
        if let Some(known) = self.sets.as_ref().and_then(|sets| sets.get(&text)) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(plan) = self.plan(leaf) else { return Ok(None) };
        let set = Rc::new(self.archive.set(&plan)?);
        if let Some(sets) = &mut self.sets {
            sets.insert(text, Rc::clone(&set));
        }
        Ok(Some(set))
    }

    fn part(&mut self, expr: &Expr) -> Result<Part, EngineError> {
        let mut part = Part { text: canonical(expr), count: self.count(expr)?, ..Part::default() };
        let below: &[Expr] = match &expr.node {
            Node::And(parts) => {
                part.joined_by = "AND";
                parts
            }
            Node::Or(parts) => {
                part.joined_by = "OR";
                parts
            }
            Node::Not(inner) => {
                part.joined_by = "NOT";
                std::slice::from_ref(inner)
            }
            Node::Maybe(inner) => {
                part.joined_by = "MAYBE";
                std::slice::from_ref(inner)
            }
            Node::Facet(_) => {
                self.name_values(expr, &mut part);
                &[]
            }
            _ => &[],
        };
        for inner in below {
            let inner = self.part(inner)?;
            part.parts.push(inner);
        }
        if let Node::And(parts) = &expr.node {
            for at in 0..parts.len() {
                let mut others = parts.clone();
                others.remove(at);
                let node = Node::And(others);
                part.parts[at].without = self.count(&Expr { node, span: expr.span })?;
            }
        }
        Ok(part)
    }

    fn name_values(&self, expr: &Expr, part: &mut Part) {
        let Some(plan) = self.plan(expr) else { return };
        plan.root.positive(&mut |clause| {
            let Clause::Facet(terms) = clause else { return };
            let FacetChoice::Ids(ids) = &terms.values else { return };
            let shown: Vec<&str> = ids.iter().take(MAX_VALUES).map(String::as_str).collect();
            let class = terms.field.class;
            let labels = self.archive.labels(class, &shown);
            for (id, label) in shown.iter().zip(labels) {
                let own = super::label::label(class, id).filter(|_| label == **id);
                let label = own.map_or(label, std::borrow::Cow::into_owned);
                part.values.push((class, (*id).to_owned(), label));
            }
            part.more_values += ids.len() - shown.len();
        });
    }
}

/// Explains a query that was read: one count a part, at most [`MAX_PARTS`].
///
/// # Errors
/// What the engine reports.
pub fn explain(
    archive: &dyn Archive,
    reading: &Reading,
    options: &ReadOptions,
) -> Result<Explained, SearchError> {
    // One set a leaf, and a few for what is joined.
    let bytes = (leaves(&reading.expr) + 8).saturating_mul(archive.size() / 8);
    // What is left out beside others finds nothing alone: sets cannot be joined.
    let joins = reading.warnings.iter().all(|warning| warning.code != "no_words");
    let sets = (joins && bytes <= MAX_SETS).then(HashMap::new);
    let mut explainer = Explainer { archive, options, left: MAX_PARTS, sets };
    let root = explainer.part(&reading.expr).map_err(from_engine)?;
    let mut explained = Explained { total: root.count.unwrap_or(0), root, ..Explained::default() };
    if reading.warnings.iter().any(|warning| warning.code == "mixed_and_or")
        && let Some(other) = regrouped(&reading.expr)
        && let Some(count) = explainer.count(&other).map_err(from_engine)?
    {
        explained.otherwise = Some((canonical(&other), count));
    }
    if explained.total == 0
        && let Node::And(parts) = &reading.expr.node
    {
        for number in 1..=parts.len() {
            let node = Node::And(parts[..number].to_vec());
            let first = Expr { node, span: reading.expr.span };
            if explainer.count(&first).map_err(from_engine)? == Some(0) {
                explained.emptied_by = Some(canonical(&parts[number - 1]));
                break;
            }
        }
    }
    Ok(explained)
}

/// `a b OR c d` as `a AND (b OR c) AND d`: what it means where OR binds tighter.
fn regrouped(expr: &Expr) -> Option<Expr> {
    let Node::Or(parts) = &expr.node else { return None };
    let mut groups: Vec<Vec<Expr>> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let factors = match &part.node {
            Node::And(factors) => factors.clone(),
            _ => vec![part.clone()],
        };
        for (place, factor) in factors.into_iter().enumerate() {
            match groups.last_mut() {
                Some(group) if at > 0 && place == 0 => group.push(factor),
                _ => groups.push(vec![factor]),
            }
        }
    }
    let span = expr.span;
    let mut factors = groups.into_iter().map(|mut group| match (group.len(), group.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            group.extend(last);
            Expr { node: Node::Or(group), span }
        }
    });
    let factors: Vec<Expr> = factors.by_ref().collect();
    (factors.len() > 1).then_some(Expr { node: Node::And(factors), span })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{read, tests::archive};

    fn explained(query: &str) -> Explained {
        let archive = archive();
        let options = ReadOptions::default();
        let reading = read(&archive, query, &options).unwrap();
        explain(&archive, &reading, &options).unwrap()
    }

    #[test]
    fn each_part_is_counted_alone() {
        let found = explained("country:Japan pact");
        assert_eq!((found.total, found.root.joined_by), (2, "AND"));
        let parts: Vec<_> =
            found.root.parts.iter().map(|part| (part.text.as_str(), part.count)).collect();
        assert_eq!(parts, [("country:Japan", Some(3)), ("pact", Some(2))]);
        assert_eq!(found.root.parts[1].without, Some(3));
        let values = &found.root.parts[0].values;
        assert_eq!(values, &[(FacetClass::Country, "JP".to_owned(), "Japan".to_owned())]);
    }

    #[test]
    fn the_part_that_leaves_nothing_is_named() {
        let found = explained("country:Japan pact strike");
        assert_eq!((found.total, found.emptied_by.as_deref()), (0, Some("strike")));
    }

    #[test]
    fn both_readings_of_mixed_operators_are_counted() {
        let found = explained("pact country:France OR country:Japan");
        assert_eq!(found.total, 3);
        let other = Some(("pact AND (country:France OR country:Japan)".to_owned(), 2));
        assert_eq!(found.otherwise, other);
    }
}
