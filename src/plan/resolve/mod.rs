//! Syntax trees to plans: names to ids, words to terms, dates to intervals.
//!
//! What the grammar holds and no engine executes yet is the error `not_supported`, which names it.

mod blocs;
mod like;
mod misread;
mod names;
mod near;
mod patterns;
mod saved;
mod words;

pub use names::facet_field;

use std::cell::RefCell;

use super::{
    Case, Catalogue, Clause, DateInterval, ENTITY_MARK, FacetChoice, FacetTerms, Layer, Measure,
    Measured, Plan, Scope, Slot, TextClause, dates,
};
use crate::analyze::Analyzers;
use crate::diag::{Diagnostic, Span};
use crate::query::ast::{Expr, FacetValues, Node, RangeClause, Sub};
use crate::query::field::{Field, FieldKind};
use crate::tag::overlay::Overlay;

/// What `has:` may ask for.
pub const HAS: [&str; 16] = [
    "date",
    "country",
    "person",
    "event",
    "org",
    "place",
    "topic",
    "tag",
    "source",
    "section",
    "lang",
    "domain",
    "url",
    "sourcecountry",
    "type",
    "collection",
];

/// Gives the text of a list of names, one a line, by what stands after the `@`; an error says why
/// there is none.
pub type ListReader = fn(&str) -> Result<String, String>;

/// The queries of an archive that have names, by name.
pub type SavedQueries = std::collections::BTreeMap<String, String>;

/// Resolves trees against one state of an index.
pub struct Resolver<'a> {
    /// What the index knows.
    pub catalogue: &'a dyn Catalogue,
    /// The time that relative dates count from, seconds since 1970.
    pub now: i64,
    /// Analyse words in this language only, instead of all of the index.
    pub lang: Option<String>,
    /// Reads lists of names; without it a query has none.
    pub lists: Option<ListReader>,
    /// The queries that `saved:NAME` means.
    pub saved: Option<&'a SavedQueries>,
    /// Names of the user's own.
    pub own: Option<&'a Overlay>,
}

impl std::fmt::Debug for Resolver<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").field("now", &self.now).finish_non_exhaustive()
    }
}

/// What came of a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The plan; `None` if there was an error.
    pub plan: Option<Plan>,
    /// Errors, warnings and notes, in the order of the query.
    pub diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    /// The plan of a tree. Looks up values in the catalogue; reads no articles.
    pub fn resolve(&self, expr: &Expr) -> Resolved {
        let languages = match &self.lang {
            Some(lang) => vec![lang.clone()],
            None => self.catalogue.languages(),
        };
        let work = Work {
            resolver: self,
            languages,
            analyzers: RefCell::default(),
            found: RefCell::default(),
            inside: RefCell::default(),
        };
        let root = work.clause(expr, Manner::default());
        let mut diagnostics = work.found.into_inner();
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        let failed = diagnostics.iter().any(Diagnostic::is_error);
        let plan = root.filter(|_| !failed).map(|root| Plan { root: flat(root) });
        Resolved { plan, diagnostics }
    }
}

/// How words of a part of the query are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Manner {
    scope: Scope,
    /// Only so many first words of each text.
    first: Option<u32>,
    written: Written,
}

/// How a word must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// In any inflection.
    Inflected,
    /// Just so, but for case and accents.
    AsIs,
    /// Just so, with these capitals.
    Cased(Case),
    /// Just so, with case and accents.
    Exact,
    /// As text recognition may have read it, but for case and accents.
    Misread,
}

impl Default for Manner {
    fn default() -> Manner {
        Manner { scope: Scope::Any, first: None, written: Written::Inflected }
    }
}

impl Manner {
    fn first(self, words: u32) -> Manner {
        Manner { first: Some(self.first.map_or(words, |known| known.min(words))), ..self }
    }
}

/// One resolution under way.
struct Work<'a> {
    resolver: &'a Resolver<'a>,
    languages: Vec<String>,
    analyzers: RefCell<Analyzers>,
    found: RefCell<Vec<Diagnostic>>,
    /// The saved queries under resolution, outermost first.
    inside: RefCell<Vec<String>>,
}

impl Work<'_> {
    fn tell(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().push(diagnostic);
    }

    /// Reports that a part of the grammar is not executed.
    fn unsupported(&self, what: &str, span: Span) -> Option<Clause> {
        self.refused(what, span)
    }

    fn refused<T>(&self, what: &str, span: Span) -> Option<T> {
        self.tell(
            Diagnostic::error("not_supported", span, format!("{what} cannot be searched yet"))
                .hint("leave it out; everything else of the query is understood"),
        );
        None
    }

    /// The clause of a tree; `None` after an error, so that all errors of a query are found.
    fn clause(&self, expr: &Expr, at: Manner) -> Option<Clause> {
        let span = expr.span;
        match &expr.node {
            Node::All => Some(Clause::All),
            Node::Word(_)
            | Node::Phrase(_)
            | Node::Wildcard(_)
            | Node::ExactWord(_)
            | Node::Entity { .. }
            | Node::Fuzzy { .. }
            | Node::Regex(_)
            | Node::Prox { .. } => {
                let node = self.places(expr, at)?;
                let clause = self.wrap(node, at, 1, span);
                let Node::Fuzzy { word, .. } = &expr.node else { return Some(clause) };
                // The word as typed ranks an article above those that hold a near one only.
                let exact = self.word(word, at, span)?;
                let exact = Clause::Maybe(Box::new(self.wrap(exact, at, 1, span)));
                Some(Clause::And(vec![clause, exact]))
            }
            Node::In { field, inner, .. } => {
                let scope = self.scope_of(*field, span)?;
                self.clause(inner, Manner { scope, ..at })
            }
            Node::Facet(clause) if clause.field == Field::Saved => {
                self.saved(&clause.values, at, span)
            }
            Node::Facet(clause) if clause.field == Field::Like => {
                self.refuse_field(at, span)?;
                self.like(&clause.values, span)
            }
            Node::Facet(clause) => {
                self.refuse_field(at, span)?;
                self.facet(clause, span)
            }
            Node::Range(clause) => {
                self.refuse_field(at, span)?;
                self.range(clause, span)
            }
            Node::And(parts) => self.all(parts, at).map(Clause::And),
            Node::Or(parts) => self.all(parts, at).map(Clause::Or),
            Node::Not(inner) => self.clause(inner, at).map(|c| Clause::Not(Box::new(c))),
            Node::Boost(weight, inner) => {
                self.clause(inner, at).map(|c| Clause::Boost(*weight, Box::new(c)))
            }
            Node::Maybe(inner) => self.clause(inner, at).map(|c| Clause::Maybe(Box::new(c))),
            Node::Call { function, number, inner } => {
                self.call((*function, *number), inner, at, span)
            }
        }
    }

    fn all(&self, parts: &[Expr], at: Manner) -> Option<Vec<Clause>> {
        let clauses: Vec<Option<Clause>> = parts.iter().map(|part| self.clause(part, at)).collect();
        clauses.into_iter().collect()
    }

    fn range(&self, clause: &RangeClause, span: Span) -> Option<Clause> {
        match clause.field {
            Field::Date => {
                match dates::interval(clause, self.resolver.now, span) {
                    Some(interval) if interval.start < interval.end => {
                        Some(Clause::Dates(interval))
                    }
                    Some(_) => {
                        self.tell(
                            Diagnostic::error(
                                "reversed_range",
                                span,
                                "range ends before it starts",
                            )
                            .hint("write the earlier end first"),
                        );
                        None
                    }
                    // The parser lets no such date through.
                    None => Some(Clause::Nothing),
                }
            }
            Field::Added => dates::interval(clause, self.resolver.now, span).map(|interval| {
                let (start, end) = (interval.start, interval.end);
                Clause::Measure(Measure { of: Measured::Added, start, end, span })
            }),
            Field::Len => dates::numbers(clause).map(|(start, end)| {
                Clause::Measure(Measure { of: Measured::Words, start, end, span })
            }),
            other => self.unsupported(&format!("the field {}", other.name()), span),
        }
    }

    fn facet(&self, clause: &crate::query::ast::FacetClause, span: Span) -> Option<Clause> {
        let kind = clause.field.kind();
        if matches!(kind, FieldKind::Text | FieldKind::Date | FieldKind::Number) {
            return self.any_text(clause.field, span);
        }
        if clause.field == Field::Has {
            return self.has(&clause.values, span);
        }
        let exact = clause.exact || clause.sub == Some(Sub::Exact);
        match &clause.values {
            FacetValues::Any => self.any_value(clause.field, clause.sub, span),
            FacetValues::List(values) => {
                let mut ids: Vec<String> = Vec::new();
                let mut failed = false;
                for value in values {
                    match self.value(clause.field, clause.sub, exact, value) {
                        Some(found) => ids.extend(found),
                        None => failed = true,
                    }
                }
                if failed { None } else { self.of_ids(clause.field, clause.sub, ids, span) }
            }
            FacetValues::Group(group) => self.group(clause, exact, group),
        }
    }

    /// `country:(Japan OR NOT China)`.
    fn group(
        &self,
        clause: &crate::query::ast::FacetClause,
        exact: bool,
        group: &Expr,
    ) -> Option<Clause> {
        let parts = |parts: &[Expr]| -> Option<Vec<Clause>> {
            let clauses: Vec<Option<Clause>> =
                parts.iter().map(|part| self.group(clause, exact, part)).collect();
            clauses.into_iter().collect()
        };
        let text = match &group.node {
            Node::And(inner) => return parts(inner).map(Clause::And),
            Node::Or(inner) => return parts(inner).map(Clause::Or),
            Node::Not(inner) => {
                return self.group(clause, exact, inner).map(|c| Clause::Not(Box::new(c)));
            }
            Node::Word(word) => word.clone(),
            Node::Phrase(phrase) => crate::query::lexer::unescape(&phrase.text),
            _ => return self.unsupported("a pattern of names", group.span),
        };
        let value = crate::query::ast::FacetValue { text, quoted: true, span: group.span };
        let ids = self.value(clause.field, clause.sub, exact, &value)?;
        self.of_ids(clause.field, clause.sub, ids, group.span)
    }

    fn of_ids(
        &self,
        field: Field,
        sub: Option<Sub>,
        mut ids: Vec<String>,
        span: Span,
    ) -> Option<Clause> {
        ids.sort();
        ids.dedup();
        if field == Field::Id {
            return Some(Clause::Ids(ids));
        }
        if field == Field::Is {
            return Some(Clause::Stub);
        }
        if let Some(blocs) = self.blocs(field, sub, &mut ids, span) {
            let blocs = blocs?;
            if ids.is_empty() {
                return Some(blocs);
            }
            return Some(Clause::Or(vec![blocs, self.of_ids(field, sub, ids, span)?]));
        }
        if ids.is_empty() {
            return Some(Clause::Nothing);
        }
        if sub == Some(Sub::Title) {
            // The names themselves are tokens of the forms.
            let name = if field == Field::Region { Field::Country } else { field }.name();
            let terms = ids.iter().map(|id| format!("{ENTITY_MARK}{name}:{id}")).collect();
            let slots = vec![Slot { offset: 0, terms, pattern: None }];
            let (scope, layer) = (Scope::Title, Layer::Forms);
            let text = TextClause { scope, layer, slots, slop: 0, rank: Vec::new(), span };
            return Some(Clause::Text(text));
        }
        let field = names::facet_field(field, sub)?;
        Some(Clause::Facet(FacetTerms { field, values: FacetChoice::Ids(ids), span }))
    }

    /// `has:date`, `has:person`: the article has any value there.
    fn has(&self, values: &FacetValues, span: Span) -> Option<Clause> {
        let FacetValues::List(values) = values else {
            return self.unsupported("has: with a group or *", span);
        };
        let mut clauses = Vec::with_capacity(values.len());
        let mut failed = false;
        for value in values {
            let (text, span) = (value.text.to_lowercase(), value.span);
            if text == "date" {
                clauses.push(dated(span));
                continue;
            }
            let known = HAS.iter().any(|known| *known == text);
            match Field::from_name(&text).filter(|_| known) {
                Some(field) => clauses.extend(self.any_value(field, None, span)),
                None => {
                    self.unknown_flag(Field::Has, &text, span, &HAS);
                    failed = true;
                }
            }
        }
        match clauses.len() {
            _ if failed => None,
            1 => clauses.pop(),
            _ => Some(Clause::Or(clauses)),
        }
    }

    /// `title:*`, `date:*`: the article has any there.
    fn any_text(&self, field: Field, span: Span) -> Option<Clause> {
        let some = |of| Some(Clause::Measure(Measure { of, start: 1, end: i64::MAX, span }));
        let title = || some(Measured::TitleWords);
        // What has a body has a first paragraph.
        let body = || some(Measured::Words);
        match field {
            Field::Title => title(),
            Field::Body | Field::Lead => body(),
            Field::Text | Field::Hlead => Some(Clause::Or(vec![title()?, body()?])),
            Field::Byline => some(Measured::BylineWords),
            Field::Date => Some(dated(span)),
            Field::Added | Field::Len => Some(Clause::All),
            other => self.unsupported(&format!("{}:*", other.name()), span),
        }
    }

    fn any_value(&self, field: Field, sub: Option<Sub>, span: Span) -> Option<Clause> {
        if sub == Some(Sub::Title) {
            return self.unsupported(&format!("{}.title:*", field.name()), span);
        }
        if field == Field::Id {
            return Some(Clause::All);
        }
        let Some(facet) = names::facet_field(field, sub) else {
            return self.unsupported(&format!("{}:*", field.name()), span);
        };
        self.warn_without_values(facet, span);
        Some(Clause::Facet(FacetTerms { field: facet, values: FacetChoice::Present, span }))
    }
}

/// Articles with a date.
fn dated(span: Span) -> Clause {
    Clause::Dates(DateInterval { start: i64::MIN, end: i64::MAX, overlap: true, span })
}

/// Joins nested ANDs and ORs, so that an engine sees one flat list.
fn flat(clause: Clause) -> Clause {
    match clause {
        Clause::And(parts) => {
            let mut out = Vec::with_capacity(parts.len());
            for part in parts {
                match flat(part) {
                    Clause::And(inner) => out.extend(inner),
                    part => out.push(part),
                }
            }
            Clause::And(out)
        }
        Clause::Or(parts) => {
            let mut out = Vec::with_capacity(parts.len());
            for part in parts {
                match flat(part) {
                    Clause::Or(inner) => out.extend(inner),
                    part => out.push(part),
                }
            }
            Clause::Or(out)
        }
        Clause::Not(inner) => match flat(*inner) {
            Clause::Not(inner) if !inner.scores() => *inner,
            inner => Clause::Not(Box::new(inner)),
        },
        Clause::Boost(weight, inner) => Clause::Boost(weight, Box::new(flat(*inner))),
        Clause::Maybe(inner) => Clause::Maybe(Box::new(flat(*inner))),
        Clause::Quorum(least, parts) => {
            Clause::Quorum(least, parts.into_iter().map(flat).collect())
        }
        leaf => leaf,
    }
}

#[cfg(test)]
mod tests;
