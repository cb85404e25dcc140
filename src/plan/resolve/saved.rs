//! `saved:NAME`: the query behind the name stands in its place.

use super::{Clause, Manner, SavedQueries, Work};
use crate::diag::{Diagnostic, Span, nearest};
use crate::query::ast::FacetValues;
use crate::query::{self, ParseOptions};

/// Saved queries within each other, at most.
const MAX_DEPTH: usize = 16;

/// Near names that a message offers.
const OFFERED: usize = 3;

impl Work<'_> {
    /// The clause of saved queries, any of which may hold.
    pub(super) fn saved(&self, values: &FacetValues, at: Manner, span: Span) -> Option<Clause> {
        let FacetValues::List(values) = values else {
            return self.refused("saved: with a group or *", span);
        };
        let mut clauses = Vec::with_capacity(values.len());
        let mut failed = false;
        for value in values {
            match self.saved_one(&value.text, at, value.span) {
                Some(clause) => clauses.push(clause),
                None => failed = true,
            }
        }
        match clauses.len() {
            _ if failed => None,
            1 => clauses.pop(),
            _ => Some(Clause::Or(clauses)),
        }
    }

    fn saved_one(&self, name: &str, at: Manner, span: Span) -> Option<Clause> {
        let wrong = |message: String| Diagnostic::error("unknown_saved", span, message);
        let none = SavedQueries::new();
        let saved = self.resolver.saved.unwrap_or(&none);
        let Some(text) = saved.get(name) else {
            let names = saved.keys().map(String::as_str);
            let near: Vec<String> =
                nearest(name, names, OFFERED).into_iter().map(str::to_owned).collect();
            let hint = match near.first() {
                Some(first) => format!("did you mean saved:{first}?"),
                None if saved.is_empty() => {
                    "no query is saved yet: 'dateline save NAME QUERY' does it".to_owned()
                }
                None => "'dateline saved' lists them".to_owned(),
            };
            self.tell(wrong(format!("no query is saved as '{name}'")).hint(hint).suggest(near));
            return None;
        };
        let within = self.inside.borrow().clone();
        if within.iter().any(|outer| outer == name) {
            self.tell(wrong(format!("the saved query '{name}' contains itself")));
            return None;
        }
        if within.len() >= MAX_DEPTH {
            self.tell(wrong(format!("more than {MAX_DEPTH} saved queries within each other")));
            return None;
        }
        let parsed = query::parse(text, &ParseOptions::default());
        let Some(mut expr) = parsed.expr else {
            let first = parsed.diagnostics.iter().find(|found| found.is_error());
            let why = first.map_or("it cannot be read", |found| found.message.as_str());
            self.tell(
                wrong(format!("the saved query '{name}' is wrong: {why}"))
                    .hint(format!("'dateline save {name} QUERY' replaces it")),
            );
            return None;
        };
        // Its own places mean nothing in the text of this query.
        expr.stand_at(span);
        self.inside.borrow_mut().push(name.to_owned());
        let clause = self.clause(&expr, at);
        self.inside.borrow_mut().pop();
        clause
    }
}
