//! The recursive-descent parser: OR, AND, NOT, proximity, boosts and groups.
//!
//! Loosest to tightest: OR, AND (also implicit), NOT and `-`, NEAR and its kin, `^`. The parts of
//! a clause are in `clause`, what follows a field in `value`.

mod clause;
mod operator;
mod phrase;
pub mod value;

use operator::{Next, Operator};

use super::ast::{Expr, Node, ProxOp};
use super::lexer::Lexer;
use super::{MAX_BYTES, MAX_CLAUSES, MAX_DEPTH, MAX_DISTANCE};
use crate::diag::{Diagnostic, Severity, Span};

/// How a query is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ParseOptions {
    /// Words side by side are joined by OR instead of AND.
    pub default_or: bool,
    /// Warnings are errors.
    pub strict: bool,
}

/// What came of a query text.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The tree; `None` if there was an error.
    pub expr: Option<Expr>,
    /// Warnings, and the first error, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// The error, if there is one.
    pub fn error(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|diagnostic| diagnostic.is_error())
    }

    /// The warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| !diagnostic.is_error())
    }
}

/// Parses a query. Linear in its length; stack use is bounded by [`MAX_DEPTH`].
pub fn parse(text: &str, options: &ParseOptions) -> Parsed {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        options: *options,
        warnings: Vec::new(),
        depth: 0,
        clauses: 0,
        words: 0,
        capital_words: 0,
        operators: None,
    };
    let result = if text.len() > MAX_BYTES {
        let length = parser.lexer.len();
        let message =
            format!("the query is {} bytes long, more than the limit of {MAX_BYTES}", text.len());
        Err(Diagnostic::error("too_long", Span::new(0, length), message)
            .hint("put long lists of names into a file, or split the query"))
    } else {
        parser.query()
    };
    let mut diagnostics = parser.warnings;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    if options.strict && result.is_ok() {
        for warning in &mut diagnostics {
            warning.severity = Severity::Error;
        }
    }
    match result {
        Ok(expr) => {
            let failed = diagnostics.iter().any(Diagnostic::is_error);
            Parsed { expr: (!failed).then_some(expr), diagnostics }
        }
        Err(error) => {
            diagnostics.push(error);
            Parsed { expr: None, diagnostics }
        }
    }
}

pub(super) type Result<T> = std::result::Result<T, Diagnostic>;

struct Parser {
    lexer: Lexer,
    options: ParseOptions,
    warnings: Vec<Diagnostic>,
    depth: usize,
    clauses: usize,
    /// Plain words so far, and how many are all capitals: a pasted headline has nothing else.
    words: usize,
    capital_words: usize,
    /// Where the first word operator stands.
    operators: Option<Span>,
}

impl Parser {
    fn query(&mut self) -> Result<Expr> {
        self.lexer.skip_blanks();
        if self.lexer.peek().is_none() {
            let span = Span::new(0, self.lexer.len());
            return Err(Diagnostic::error("empty", span, "the query is empty")
                .hint("type words to look for, or * for every article"));
        }
        let expr = self.or()?;
        if self.lexer.peek() == Some(')') {
            return Err(unexpected_close(self.lexer.at));
        }
        if let Some(span) = self.operators
            && self.words >= 3
            && self.words == self.capital_words
        {
            self.warn(
                Diagnostic::warning(
                    "all_caps_operators",
                    span,
                    "AND, OR and NOT in capitals are operators, not words",
                )
                .hint("write a pasted headline in lower case or in quotes"),
            );
        }
        Ok(expr)
    }

    fn warn(&mut self, warning: Diagnostic) {
        if !self.warnings.iter().any(|known| known.code == warning.code) {
            self.warnings.push(warning);
        }
    }

    fn enter(&mut self, span: Span) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("groups and negations are nested more than {MAX_DEPTH} deep");
            return Err(Diagnostic::error("too_deep", span, message));
        }
        Ok(())
    }

    fn count_clause(&mut self, span: Span) -> Result<()> {
        self.clauses += 1;
        if self.clauses > MAX_CLAUSES {
            let message = format!("the query has more than {MAX_CLAUSES} words and clauses");
            return Err(Diagnostic::error("too_many_clauses", span, message)
                .hint("put long lists of names into a file"));
        }
        Ok(())
    }

    fn or(&mut self) -> Result<Expr> {
        let mut parts = vec![self.and()?];
        loop {
            match self.next() {
                Next::Operator(Operator::Or, span) => {
                    self.take_operator(span);
                    self.expect_operand(span)?;
                }
                Next::Clause
                | Next::Sign(_)
                | Next::Operator(Operator::Not | Operator::Maybe, _)
                    if self.options.default_or => {}
                _ => break,
            }
            parts.push(self.and()?);
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let span = covering(&parts);
        let grouped = |part: &Expr| self.lexer.slice(part.span.start, part.span.start + 1) == "(";
        if parts.iter().any(|part| matches!(part.node, Node::And(_)) && !grouped(part)) {
            let expr = Expr { node: Node::Or(parts.clone()), span };
            self.warn(
                Diagnostic::warning("mixed_and_or", span, "AND binds tighter than OR")
                    .hint(format!("it is read as {}", super::canon::canonical(&expr))),
            );
        }
        Ok(Expr { node: Node::Or(parts), span })
    }

    fn and(&mut self) -> Result<Expr> {
        let mut parts = vec![self.not()?];
        let mut lowercase: Option<Span> = None;
        loop {
            match self.next() {
                Next::Operator(Operator::And, span) => {
                    self.take_operator(span);
                    self.expect_operand(span)?;
                }
                Next::Clause
                | Next::Sign(_)
                | Next::Operator(Operator::Not | Operator::Maybe, _)
                    if !self.options.default_or => {}
                _ => break,
            }
            let part = self.not()?;
            if let Some(Expr { node: Node::Word(word), span }) = parts.last()
                && (matches!(word.as_str(), "or" | "and") && parts.len() > 1 || word == "not")
            {
                lowercase.get_or_insert(*span);
            }
            parts.push(part);
        }
        if let Some(span) = lowercase {
            let word = self.lexer.slice(span.start, span.end);
            self.warn(
                Diagnostic::warning(
                    "lowercase_operator",
                    span,
                    format!("'{word}' is read as a word"),
                )
                .hint(format!("write {} for the operator", word.to_uppercase())),
            );
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let span = covering(&parts);
        Ok(Expr { node: Node::And(parts), span })
    }

    /// A clause must follow the operator at `span`.
    fn expect_operand(&mut self, span: Span) -> Result<()> {
        match self.next() {
            Next::End | Next::Close => {
                let name = self.lexer.slice(span.start, span.end);
                Err(Diagnostic::error("dangling_operator", span, format!("nothing after {name}"))
                    .hint(format!("write what follows, or \"{name}\" for the word")))
            }
            _ => Ok(()),
        }
    }

    fn not(&mut self) -> Result<Expr> {
        match self.next() {
            Next::Operator(operator @ (Operator::Not | Operator::Maybe), span) => {
                self.take_operator(span);
                self.expect_operand(span)?;
                self.enter(span)?;
                let inner = self.not()?;
                self.depth -= 1;
                let whole = span.to(inner.span);
                let node = match operator {
                    Operator::Not => Node::Not(Box::new(inner)),
                    _ => Node::Maybe(Box::new(inner)),
                };
                Ok(Expr { node, span: whole })
            }
            Next::Sign(sign) => {
                let start = self.lexer.at;
                let span = Span::new(start, start + 1);
                self.lexer.at += 1;
                self.enter(span)?;
                let inner = self.not()?;
                self.depth -= 1;
                if sign == '+' {
                    return Ok(inner);
                }
                if matches!(inner.node, Node::Prox { .. })
                    && self.lexer.slice(start + 1, start + 2) != "("
                {
                    self.warn(
                        Diagnostic::warning(
                            "minus_covers_proximity",
                            span.to(inner.span),
                            "the minus covers all of the proximity",
                        )
                        .hint("write NOT ( … ) to say so, or NOTNEAR/n for \"not near\""),
                    );
                }
                let whole = span.to(inner.span);
                Ok(Expr { node: Node::Not(Box::new(inner)), span: whole })
            }
            _ => self.prox(),
        }
    }

    fn prox(&mut self) -> Result<Expr> {
        let mut left = self.boost()?;
        let mut chained = 0;
        while let Next::Operator(Operator::Prox(op, distance), span) = self.next() {
            if !matches!(op, ProxOp::Sent | ProxOp::Para) && !(1..=MAX_DISTANCE).contains(&distance)
            {
                let message = format!("the distance must be a number from 1 to {MAX_DISTANCE}");
                return Err(Diagnostic::error("bad_distance", span, message).hint("write NEAR/5"));
            }
            self.lexer.at = span.end;
            self.expect_operand(span)?;
            if let Next::Operator(Operator::Not, not) = self.next() {
                return Err(Diagnostic::error(
                    "bad_proximity_operand",
                    span.to(not),
                    "use NOTNEAR/n for \"not near\"",
                ));
            }
            let right = self.boost()?;
            refuse_operand(&left, left.span.to(span))?;
            refuse_operand(&right, span.to(right.span))?;
            let whole = left.span.to(right.span);
            let distance = if matches!(op, ProxOp::Sent | ProxOp::Para) { 0 } else { distance };
            left = Expr {
                node: Node::Prox { op, distance, left: Box::new(left), right: Box::new(right) },
                span: whole,
            };
            // A loop here, but nested in the tree.
            self.enter(span)?;
            chained += 1;
        }
        self.depth -= chained;
        Ok(left)
    }

    fn boost(&mut self) -> Result<Expr> {
        let inner = self.primary()?;
        if self.lexer.peek() != Some('^') {
            return Ok(inner);
        }
        let start = self.lexer.at;
        self.lexer.at += 1;
        while !self.lexer.at_boundary() {
            self.lexer.at += 1;
        }
        let span = Span::new(start, self.lexer.at);
        let number = self.lexer.slice(start + 1, span.end);
        let wrong = |message: &str| {
            Err(Diagnostic::error("bad_boost", span, message).hint("write a weight such as ^2.5"))
        };
        let Ok(weight) = number.parse::<f32>() else { return wrong("boost must be a number") };
        if !weight.is_finite() {
            return wrong("boost must be a number");
        }
        if !(0.0..=1_000.0).contains(&weight) {
            return wrong("boost must be between 0 and 1000");
        }
        let whole = inner.span.to(span);
        Ok(Expr { node: Node::Boost(weight, Box::new(inner)), span: whole })
    }

    /// A group or a clause.
    fn primary(&mut self) -> Result<Expr> {
        let at = self.lexer.at;
        match self.next() {
            Next::Operator(_, span) => {
                let name = self.lexer.slice(span.start, span.end);
                let message = format!("{name} needs something on its left");
                return Err(Diagnostic::error("leading_operator", span, message)
                    .hint(format!("write \"{name}\" for the word")));
            }
            Next::Close => return Err(unexpected_close(self.lexer.at)),
            Next::End => {
                let span = Span::new(at, self.lexer.at);
                return Err(Diagnostic::error("empty", span, "nothing to look for")
                    .hint("type words to look for, or * for every article"));
            }
            _ => {}
        }
        if self.lexer.peek() == Some('(') {
            return self.group();
        }
        self.clause()
    }

    /// `( … )`, the lexer at the opening bracket.
    fn group(&mut self) -> Result<Expr> {
        let start = self.lexer.at;
        let open = Span::new(start, start + 1);
        self.lexer.at += 1;
        self.enter(open)?;
        match self.next() {
            Next::Close => {
                let at = self.lexer.at;
                return Err(Diagnostic::error("empty_group", Span::new(at, at), "empty group")
                    .hint("write something between the brackets"));
            }
            Next::End => return Err(never_closed(open)),
            _ => {}
        }
        let mut inner = self.or()?;
        self.lexer.skip_blanks();
        if !self.lexer.take(')') {
            return Err(never_closed(open));
        }
        self.depth -= 1;
        inner.span = Span::new(start, self.lexer.at);
        Ok(inner)
    }
}

fn never_closed(open: Span) -> Diagnostic {
    Diagnostic::error("unbalanced_open", open, "( is never closed")
        .hint("add a ) at the end of the group")
}

fn unexpected_close(at: usize) -> Diagnostic {
    Diagnostic::error("unbalanced_close", Span::new(at, at + 1), "unexpected ')'")
        .hint("remove it, or open the group with (")
}

fn covering(parts: &[Expr]) -> Span {
    parts.iter().map(|part| part.span).reduce(Span::to).unwrap_or_default()
}

/// Proximity needs things that have a position.
fn refuse_operand(operand: &Expr, span: Span) -> Result<()> {
    let what = match &operand.node {
        Node::Word(_)
        | Node::ExactWord(_)
        | Node::Phrase(_)
        | Node::Wildcard(_)
        | Node::Fuzzy { .. }
        | Node::Regex(_)
        | Node::Entity { .. }
        | Node::Prox { .. } => return Ok(()),
        Node::Or(parts) => {
            return parts.iter().try_for_each(|part| refuse_operand(part, span));
        }
        Node::Call { function, .. } => {
            use super::ast::Function;
            match function {
                Function::Caps
                | Function::AllCaps
                | Function::NoCaps
                | Function::Exact
                | Function::Ocr => return Ok(()),
                Function::AtLeast | Function::First | Function::Any => "counting functions",
            }
        }
        Node::And(_) => "AND",
        Node::Not(_) => "NOT",
        Node::Maybe(_) => "MAYBE",
        Node::Boost(..) => "boosts",
        Node::All => "*",
        Node::In { .. } | Node::Facet(_) | Node::Range(_) => "fields",
    };
    let message = format!(
        "proximity works on words, phrases, patterns, @entities and OR groups, not on {what}"
    );
    Err(Diagnostic::error("bad_proximity_operand", span, message)
        .hint("put the other condition outside, joined by AND"))
}

#[cfg(test)]
mod tests;
