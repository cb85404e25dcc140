//! What has places (NEAR, SENT, phrases, entities) and the functions around it.

use super::{Manner, Work, Written};
use crate::diag::{Diagnostic, Span};
use crate::plan::{Case, Clause, ENTITY_MARK, PlaceClause, PlaceNode, Scope, Slot, Unit};
use crate::query::ast::{Expr, FacetValue, Function, Node, ProxOp};
use crate::query::field::{Field, FieldKind};
use crate::tag::event::taxonomy;
use crate::tag::vocabulary;

use super::blocs::BLOC;
use super::words::{INEXACT, words_of};

impl Work<'_> {
    /// What a tree has places of: `None` after an error, nothing inside where it holds no words.
    pub(super) fn places(&self, expr: &Expr, at: Manner) -> Option<Option<PlaceNode>> {
        let span = expr.span;
        match &expr.node {
            Node::Word(word) => self.word(word, at, span),
            Node::ExactWord(word) => self.exact_word(word, at, span),
            Node::Phrase(phrase) => self.phrase(phrase, at, span),
            Node::Wildcard(pattern) => self.wildcard(pattern, at, span),
            Node::Entity { class, value } => {
                let terms = self.entity(class, value.as_deref(), at, span)?;
                let slot = Slot { offset: 0, terms, pattern: None };
                Some(Some(PlaceNode::Words(words_of(vec![slot], 0))))
            }
            Node::Or(parts) => {
                let nodes: Vec<Option<Option<PlaceNode>>> =
                    parts.iter().map(|part| self.places(part, at)).collect();
                let nodes: Option<Vec<Option<PlaceNode>>> = nodes.into_iter().collect();
                let mut nodes: Vec<PlaceNode> = nodes?.into_iter().flatten().collect();
                Some(if nodes.len() <= 1 { nodes.pop() } else { Some(PlaceNode::Any(nodes)) })
            }
            Node::Prox { op, distance, left, right } => {
                let (left, right) = (self.places(left, at), self.places(right, at));
                Some(related(*op, *distance, left?, right?))
            }
            Node::Call { function, inner, .. } => match written_by(*function) {
                Some(written) => self.places(inner, Manner { written, ..at }),
                None => self.not_placed(expr, span),
            },
            Node::Fuzzy { .. } | Node::Regex(_)
                if !matches!(at.written, Written::Inflected | Written::AsIs) =>
            {
                self.refused(INEXACT, span)
            }
            Node::Fuzzy { word, distance } => self.fuzzy(word, *distance, at, span),
            Node::Regex(source) => {
                let slot = self.regular(source, span)?;
                Some(Some(PlaceNode::Words(words_of(vec![slot], 0))))
            }
            _ => self.not_placed(expr, span),
        }
    }

    fn not_placed<T>(&self, expr: &Expr, span: Span) -> Option<T> {
        let what = match &expr.node {
            Node::And(_) => "AND",
            Node::Not(_) => "NOT",
            Node::Maybe(_) => "MAYBE",
            Node::Boost(..) => "a boost",
            Node::All => "*",
            Node::Call { function, .. } => {
                self.refused::<()>(&format!("{}(…) inside a function", function.name()), span);
                return None;
            }
            _ => "a field",
        };
        self.tell(
            Diagnostic::error(
                "bad_proximity_operand",
                span,
                format!("only words, phrases, patterns, @entities and groups of them can be counted, not {what}"),
            )
            .hint("put the other condition outside, joined by AND"),
        );
        None
    }

    /// `atleast5(x)`: of an AND each part, of an OR all parts together.
    fn at_least(&self, times: u32, expr: &Expr, at: Manner) -> Option<Clause> {
        let each = |parts: &[Expr]| -> Option<Vec<Clause>> {
            let clauses: Vec<Option<Clause>> =
                parts.iter().map(|part| self.at_least(times, part, at)).collect();
            clauses.into_iter().collect()
        };
        match &expr.node {
            Node::And(parts) => each(parts).map(Clause::And),
            Node::In { field, inner, .. } => {
                let scope = self.scope_of(*field, expr.span)?;
                self.at_least(times, inner, Manner { scope, ..at })
            }
            Node::Call { function: Function::First, number, inner } => {
                self.at_least(times, inner, at.first(*number))
            }
            Node::Call { function, inner, .. } if written_by(*function).is_some() => {
                let written = written_by(*function)?;
                self.at_least(times, inner, Manner { written, ..at })
            }
            _ => {
                let node = self.places(expr, at)?;
                Some(self.wrap(node, at, times, expr.span))
            }
        }
    }

    /// A function: `atleast5(x)`, `first50(x)`, `any3(a b c)`, `caps(x)`.
    pub(super) fn call(
        &self,
        (function, number): (Function, u32),
        inner: &Expr,
        at: Manner,
        span: Span,
    ) -> Option<Clause> {
        match function {
            Function::AtLeast => match self.at_least(number, inner, at)? {
                Clause::Places(clause) => Some(Clause::Places(PlaceClause { span, ..clause })),
                clause => Some(clause),
            },
            Function::First => self.clause(inner, at.first(number)),
            Function::Any => {
                let parts = match &inner.node {
                    Node::And(parts) | Node::Or(parts) => self.all(parts, at)?,
                    _ => vec![self.clause(inner, at)?],
                };
                Some(Clause::Quorum(number, parts))
            }
            Function::Caps
            | Function::AllCaps
            | Function::NoCaps
            | Function::Exact
            | Function::Ocr => {
                let written = written_by(function).unwrap_or(at.written);
                self.clause(inner, Manner { written, ..at })
            }
        }
    }

    /// The scope that a text field names.
    pub(super) fn scope_of(&self, field: Field, span: Span) -> Option<Scope> {
        match field {
            Field::Title => Some(Scope::Title),
            Field::Lead => Some(Scope::Lead),
            Field::Hlead => Some(Scope::HeadLead),
            Field::Body => Some(Scope::Body),
            Field::Byline => Some(Scope::Byline),
            Field::Text => Some(Scope::Any),
            other => self.refused(&format!("the field {}", other.name()), span),
        }
    }

    /// Refuses fields that have no words inside functions that look at words.
    pub(super) fn refuse_field(&self, at: Manner, span: Span) -> Option<()> {
        if at.first.is_none() && at.written == Written::Inflected {
            return Some(());
        }
        self.tell(
            Diagnostic::error(
                "bad_proximity_operand",
                span,
                "the function around this looks at words, and the field holds none",
            )
            .hint("put the field outside, joined by AND"),
        );
        None
    }

    /// The terms of `@person`, `@country:Japan`, `@event:protest`, sorted; none if no article has
    /// such a thing.
    pub(super) fn entity(
        &self,
        class: &str,
        value: Option<&str>,
        at: Manner,
        span: Span,
    ) -> Option<Vec<String>> {
        let Some(field) = Field::from_name(class).filter(|field| field.kind() == FieldKind::Facet)
        else {
            if Field::from_name(class) == Some(Field::Date) {
                return self.refused("@date", span);
            }
            self.tell(
                Diagnostic::error("unknown_field", span, format!("unknown entity '@{class}'"))
                    .hint(
                        "there are @person, @country, @event and @region; write \\@ for the sign",
                    ),
            );
            return None;
        };
        if at.scope == Scope::Byline {
            return self.refused("an @entity in the field byline", span);
        }
        let ids = |field| {
            let text = value.unwrap_or_default().to_owned();
            self.value(field, None, false, &FacetValue { text, quoted: true, span })
        };
        let (name, ids): (&str, Vec<String>) = match (field, value) {
            (Field::Person, None) => return Some(vec![format!("{ENTITY_MARK}person")]),
            (Field::Person, Some(_)) => ("person", ids(field)?),
            (Field::Country | Field::Region, None) => {
                ("country", vocabulary::countries().map(|(id, _)| id.to_owned()).collect())
            }
            (Field::Country | Field::Region, Some(_)) => {
                let ids = ids(field)?;
                if ids.iter().any(|id| id.starts_with(BLOC)) {
                    return self.refused("a bloc as an @entity", span);
                }
                ("country", ids)
            }
            (Field::Event, None) => {
                ("event", taxonomy::entries().map(|entry| entry.id.to_owned()).collect())
            }
            (Field::Event, Some(_)) => {
                let asked = ids(field)?;
                let below = |id: &str| {
                    asked.iter().any(|asked| {
                        let rest = id.strip_prefix(asked.as_str());
                        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    })
                };
                let all = taxonomy::entries().map(|entry| entry.id);
                ("event", all.filter(|id| below(id)).map(str::to_owned).collect())
            }
            _ => return self.refused(&format!("@{}", field.name()), span),
        };
        let mut terms: Vec<String> =
            ids.into_iter().map(|id| format!("{ENTITY_MARK}{name}:{id}")).collect();
        terms.sort();
        terms.dedup();
        Some(terms)
    }
}

/// How a function wants its words to be written; nothing for the other functions.
fn written_by(function: Function) -> Option<Written> {
    Some(match function {
        Function::Caps => Written::Cased(Case::Capital),
        Function::AllCaps => Written::Cased(Case::Capitals),
        Function::NoCaps => Written::Cased(Case::Small),
        Function::Exact => Written::AsIs,
        Function::Ocr => Written::Misread,
        Function::AtLeast | Function::First | Function::Any => return None,
    })
}

/// Two operands in a relation; one alone where the other holds no words.
fn related(
    op: ProxOp,
    distance: u32,
    left: Option<PlaceNode>,
    right: Option<PlaceNode>,
) -> Option<PlaceNode> {
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) => (Box::new(left), Box::new(right)),
        (left, None) => return left,
        (None, right) => return right.filter(|_| op != ProxOp::NotNear),
    };
    Some(match op {
        ProxOp::Near => PlaceNode::Near { distance, ordered: false, left, right },
        ProxOp::Pre => PlaceNode::Near { distance, ordered: true, left, right },
        ProxOp::NotNear => PlaceNode::NotNear { distance, left, right },
        ProxOp::Sent => PlaceNode::Within { unit: Unit::Sentence, left, right },
        ProxOp::Para => PlaceNode::Within { unit: Unit::Paragraph, left, right },
    })
}
