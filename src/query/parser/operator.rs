//! The operators between clauses, and what comes next in the text.

use super::Parser;
use crate::diag::{Diagnostic, Span};
use crate::query::ast::ProxOp;

/// An operator between clauses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
    Maybe,
    Prox(ProxOp, u32),
}

/// What comes next.
pub(super) enum Next {
    End,
    Close,
    Operator(Operator, Span),
    /// `-`, `!` or `+` at the start of a clause.
    Sign(char),
    Clause,
}
impl Parser {
    /// Looks at what comes next; takes nothing but blanks, commas and lone punctuation.
    pub(super) fn next(&mut self) -> Next {
        loop {
            self.lexer.skip_blanks();
            let start = self.lexer.at;
            let Some(c) = self.lexer.peek() else { return Next::End };
            match c {
                ')' => return Next::Close,
                '(' => return Next::Clause,
                '-' | '!' | '+' => {
                    let follows = self.lexer.peek_at(1);
                    if follows.is_some_and(|c| !c.is_whitespace() && c != ')' && c != ',') {
                        return Next::Sign(c);
                    }
                }
                '|' => {
                    let width = 1 + usize::from(self.lexer.peek_at(1) == Some('|'));
                    let span = Span::new(start, start + width);
                    return Next::Operator(Operator::Or, span);
                }
                '&' if self.lexer.peek_at(1) == Some('&') => {
                    return Next::Operator(Operator::And, Span::new(start, start + 2));
                }
                _ => {}
            }
            // Of the operators only those spelled `w/3` begin in lower case.
            if c.is_ascii_uppercase() || c == 'w' || c == '/' {
                return match self.operator() {
                    Some((operator, span)) => Next::Operator(operator, span),
                    None => Next::Clause,
                };
            }
            if c.is_alphabetic() {
                return Next::Clause;
            }
            // A run of signs between blanks says nothing.
            let mut end = start;
            let lone = |c: char| {
                matches!(c, '-' | '&' | '+' | '!' | '–' | '—' | '·' | ';' | ':' | '.' | '…')
            };
            while self.lexer.peek_at(end - start).is_some_and(lone) {
                end += 1;
            }
            let bounded =
                self.lexer.peek_at(end - start).is_none_or(|c| c.is_whitespace() || c == ')');
            if end > start && bounded {
                let span = Span::new(start, end);
                let sign = self.lexer.slice(start, end);
                self.warn(
                    Diagnostic::warning(
                        "lone_punctuation",
                        span,
                        format!("'{sign}' alone says nothing and is left out"),
                    )
                    .hint("write the sign next to the word, or the word operator"),
                );
                self.lexer.at = end;
                continue;
            }
            return Next::Clause;
        }
    }

    /// The word operator at the lexer's place, if there is one. Takes nothing.
    fn operator(&self) -> Option<(Operator, Span)> {
        let start = self.lexer.at;
        let mut width = 0;
        while self
            .lexer
            .peek_at(width)
            .is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | ','))
        {
            width += 1;
            if width > 16 {
                return None;
            }
        }
        let word = self.lexer.slice(start, start + width);
        let span = Span::new(start, start + width);
        let operator = match word.as_str() {
            "AND" => Operator::And,
            "OR" => Operator::Or,
            "NOT" => Operator::Not,
            "MAYBE" => Operator::Maybe,
            "NEAR" => Operator::Prox(ProxOp::Near, 10),
            "NOTNEAR" => Operator::Prox(ProxOp::NotNear, 10),
            "ADJ" => Operator::Prox(ProxOp::Pre, 1),
            "SENT" | "W/S" | "w/s" => Operator::Prox(ProxOp::Sent, 0),
            "PARA" | "W/P" | "w/p" => Operator::Prox(ProxOp::Para, 0),
            _ => {
                let (name, number) = word.split_once('/')?;
                let op = match name {
                    "NEAR" | "W" | "w" | "" => ProxOp::Near,
                    "PRE" | "ADJ" => ProxOp::Pre,
                    "NOTNEAR" => ProxOp::NotNear,
                    _ => return None,
                };
                let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
                if !digits {
                    if matches!(name, "NEAR" | "PRE" | "ADJ" | "NOTNEAR") {
                        return Some((Operator::Prox(op, u32::MAX), span));
                    }
                    return None;
                }
                Operator::Prox(op, number.parse().unwrap_or(u32::MAX))
            }
        };
        Some((operator, span))
    }

    /// Takes the operator seen by [`Parser::next`].
    pub(super) fn take_operator(&mut self, span: Span) {
        self.lexer.at = span.end;
        if self.lexer.slice(span.start, span.end).bytes().all(|b| b.is_ascii_uppercase()) {
            self.operators.get_or_insert(span);
        }
    }
}
