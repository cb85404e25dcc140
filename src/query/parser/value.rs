//! What follows a field: values, lists, groups of values, dates and numbers.

use super::{Parser, Result};
use crate::diag::{Diagnostic, Span};
use crate::query::ast::{
    Bound, Expr, FacetClause, FacetValue, FacetValues, Node, RangeClause, RangeForm, Sub,
};
use crate::query::datespec::{DateSpec, DateSpecError};
use crate::query::field::{Field, FieldKind};
use crate::query::lexer::unescape;

impl Parser {
    /// The clause of a field; the lexer stands after its colon. `start` is where the field began.
    pub(super) fn after_field(
        &mut self,
        field: Field,
        sub: Option<Sub>,
        start: usize,
    ) -> Result<Expr> {
        if self.lexer.peek().is_none_or(|c| c.is_whitespace() || c == ')') {
            let span = Span::new(start, self.lexer.at);
            let name = field.name();
            let message = format!("{name}: needs a value (use {name}:* for \"has any\")");
            let hint = format!("write {}", field.spec().example);
            return Err(Diagnostic::error("missing_value", span, message).hint(hint));
        }
        match field.kind() {
            FieldKind::Text => self.text(field, start),
            FieldKind::Date | FieldKind::Number => self.range(field, sub, start),
            FieldKind::Facet | FieldKind::Flag | FieldKind::Id => self.facet(field, sub, start),
        }
    }

    fn text(&mut self, field: Field, start: usize) -> Result<Expr> {
        if self.lexer.peek() == Some('*') {
            self.lexer.at += 1;
            if self.lexer.at_boundary() {
                return Ok(self.any(field, None, start));
            }
            self.lexer.at -= 1;
        }
        let inner = if self.lexer.peek() == Some('(') {
            self.group()?
        } else if self.lexer.at_quote() {
            self.phrase(false)?
        } else if self.lexer.peek() == Some('=') {
            let at = self.lexer.at;
            self.lexer.at += 1;
            self.exact(at)?
        } else {
            match self.lexer.peek() {
                Some('/') => match self.regex()? {
                    Some(regex) => regex,
                    None => self.plain()?,
                },
                Some('@') if self.lexer.peek_at(1).is_some_and(char::is_alphabetic) => {
                    self.entity()?
                }
                _ => match self.function()? {
                    Some(call) => call,
                    None => self.plain()?,
                },
            }
        };
        let span = Span::new(start, inner.span.end);
        Ok(Expr { node: Node::In { field, inner: Box::new(inner), call: false }, span })
    }

    fn any(&self, field: Field, sub: Option<Sub>, start: usize) -> Expr {
        let clause = FacetClause { field, sub, exact: false, values: FacetValues::Any };
        Expr { node: Node::Facet(clause), span: Span::new(start, self.lexer.at) }
    }

    fn facet(&mut self, field: Field, sub: Option<Sub>, start: usize) -> Result<Expr> {
        if matches!(self.lexer.peek(), Some('[' | '{' | '<' | '>')) {
            let end = self.lexer.at + 1;
            return Err(range_on(field, Span::new(start, end)));
        }
        let exact = self.lexer.take('=');
        let values = if self.lexer.peek() == Some('(') {
            let group = self.group()?;
            only_values(&group)?;
            FacetValues::Group(Box::new(group))
        } else {
            if self.lexer.peek() == Some('*') && !exact {
                self.lexer.at += 1;
                if self.lexer.at_boundary() || self.lexer.peek() == Some('^') {
                    return Ok(self.any(field, sub, start));
                }
                self.lexer.at -= 1;
            }
            let mut values = vec![self.value(&[','])?];
            while self.lexer.peek() == Some(',') {
                let comma = self.lexer.at;
                self.lexer.at += 1;
                while self.lexer.peek() == Some(' ') {
                    self.lexer.at += 1;
                }
                // A comma before a blank goes on with the list only before a quoted name.
                let spaced = self.lexer.at > comma + 1;
                if self
                    .lexer
                    .peek()
                    .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | ','))
                    || spaced && !self.lexer.at_quote()
                {
                    self.lexer.at = comma;
                    break;
                }
                self.count_clause(Span::new(comma, comma + 1))?;
                values.push(self.value(&[','])?);
            }
            match values.as_slice() {
                // Whatever follows without a blank.
                [one] if one.text == "*" && !one.quoted && !exact => FacetValues::Any,
                _ => FacetValues::List(values),
            }
        };
        let clause = FacetClause { field, sub, exact, values };
        Ok(Expr { node: Node::Facet(clause), span: Span::new(start, self.lexer.at) })
    }

    /// One value: a quoted name or the text up to a blank.
    pub(super) fn value(&mut self, stops: &[char]) -> Result<FacetValue> {
        if self.lexer.at_quote() {
            let (text, span) = self.lexer.quoted()?;
            let text = unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ");
            let quoted = text.starts_with('@') || text.contains(['*', '?']);
            return Ok(FacetValue { text, quoted, span });
        }
        let mut stops = stops.to_vec();
        stops.push('^');
        let word = self.lexer.word(&stops)?;
        if word.text().trim().is_empty() {
            let span = Span::new(word.span.start, word.span.start + 1);
            return Err(Diagnostic::error("missing_value", span, "a value is missing here")
                .hint("write a name, in quotes if it holds blanks or signs"));
        }
        let escaped = word.letters.iter().any(|l| l.escaped && matches!(l.c, '*' | '?' | '@'));
        let text = word.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let quoted = escaped && (text.starts_with('@') || text.contains(['*', '?']));
        Ok(FacetValue { text, quoted, span: word.span })
    }

    fn range(&mut self, field: Field, sub: Option<Sub>, start: usize) -> Result<Expr> {
        let (from, to, form) = match self.lexer.peek() {
            Some('[' | '{') => self.bracket(start)?,
            Some('<' | '>') => {
                let greater = self.lexer.peek() == Some('>');
                self.lexer.at += 1;
                let inclusive = self.lexer.take('=');
                let bound = Some(self.bound(inclusive, start)?);
                if greater {
                    (bound, None, RangeForm::Comparison)
                } else {
                    (None, bound, RangeForm::Comparison)
                }
            }
            Some('*') => {
                self.lexer.at += 1;
                if self.lexer.at_boundary() || self.lexer.peek() == Some('^') {
                    return Ok(self.any(field, sub, start));
                }
                // `*..2019` is open, `*2019` is no date.
                if self.lexer.peek() != Some('.') {
                    self.lexer.at -= 1;
                }
                self.dots(start)?
            }
            _ => self.dots(start)?,
        };
        let span = Span::new(start, self.lexer.at);
        let clause = RangeClause { field, sub, from, to, form };
        match field.kind() {
            FieldKind::Date => check_dates(&clause, span)?,
            _ => check_numbers(&clause, span)?,
        }
        Ok(Expr { node: Node::Range(clause), span })
    }

    /// `[a TO b}`.
    fn bracket(&mut self, start: usize) -> Result<(Option<Bound>, Option<Bound>, RangeForm)> {
        let first_inclusive = self.lexer.peek() == Some('[');
        let open = self.lexer.at;
        self.lexer.at += 1;
        let wrong = |at: usize| {
            Diagnostic::error("bad_range", Span::new(start, at), "a bracketed range is [A TO B]")
                .hint("write [2020-01-01 TO 2020-06-30], or 2020-01-01..2020-06-30")
        };
        let end = (open..self.lexer.len())
            .find(|&at| matches!(self.lexer.slice(at, at + 1).as_str(), "]" | "}"));
        let Some(end) = end else { return Err(wrong(self.lexer.len())) };
        let inner = self.lexer.slice(open + 1, end);
        let last_inclusive = self.lexer.slice(end, end + 1) == "]";
        self.lexer.at = end + 1;
        let Some((from, to)) = inner.split_once(" TO ") else { return Err(wrong(end + 1)) };
        let bound = |text: &str, inclusive: bool| {
            let text = text.trim().trim_matches('"');
            let span = Span::new(open, end + 1);
            (text != "*" && !text.is_empty()).then(|| Bound {
                text: text.to_owned(),
                inclusive,
                span,
            })
        };
        let (from, to) = (bound(from, first_inclusive), bound(to, last_inclusive));
        if from.is_none() && to.is_none() {
            return Err(wrong(end + 1));
        }
        Ok((from, to, RangeForm::Bracket))
    }

    fn bound(&mut self, inclusive: bool, start: usize) -> Result<Bound> {
        let (text, span) = self.range_text()?;
        if text.is_empty() {
            let span = Span::new(start, self.lexer.at);
            return Err(Diagnostic::error("missing_value", span, "the comparison needs a value")
                .hint("write date:>=2020-03 or len:>1200"));
        }
        Ok(Bound { text, inclusive, span })
    }

    fn range_text(&mut self) -> Result<(String, Span)> {
        if self.lexer.at_quote() {
            let (text, span) = self.lexer.quoted()?;
            return Ok((unescape(&text), span));
        }
        let word = self.lexer.word(&['^'])?;
        let mut text = word.text();
        let mut span = word.span;
        while text.ends_with([',', ';']) {
            text.pop();
            span.end -= 1;
        }
        Ok((text, span))
    }

    /// `a`, `a..b`, `a..`, `..b`.
    fn dots(&mut self, start: usize) -> Result<(Option<Bound>, Option<Bound>, RangeForm)> {
        let (text, span) = self.range_text()?;
        let (from, to) = match text.split_once("..") {
            Some((from, to)) => (from.to_owned(), to.to_owned()),
            // "March 2020".."May 2020"
            None if self.lexer.take_text("..") => {
                let to =
                    if self.lexer.at_boundary() { String::new() } else { self.range_text()?.0 };
                (text, to)
            }
            None => {
                let bound = Bound { text, inclusive: true, span };
                return Ok((Some(bound.clone()), Some(bound), RangeForm::Single));
            }
        };
        let to = if to.is_empty() && self.lexer.at_quote() { self.range_text()?.0 } else { to };
        let span = Span::new(span.start, self.lexer.at);
        let bound = |text: String| {
            (!text.is_empty() && text != "*").then_some(Bound { text, inclusive: true, span })
        };
        let (from, to) = (bound(from), bound(to));
        if from.is_none() && to.is_none() {
            let span = Span::new(start, self.lexer.at);
            return Err(Diagnostic::error("bad_range", span, "a range needs at least one end")
                .hint("write 2019..2020, 2019.. or ..2020"));
        }
        Ok((from, to, RangeForm::Dots))
    }
}

/// An error for a range on a field of names.
pub(super) fn range_on(field: Field, span: Span) -> Diagnostic {
    let name = field.name();
    let what = if field.kind() == FieldKind::Text { "made of words" } else { "a list of names" };
    let message = format!("{name} is {what}; ranges work on date and number fields");
    Diagnostic::error("range_on_facet", span, message)
        .hint(format!("write {}", field.spec().example))
}

fn only_values(group: &Expr) -> Result<()> {
    match &group.node {
        Node::Word(_) | Node::Phrase(_) | Node::Wildcard(_) => Ok(()),
        Node::And(parts) | Node::Or(parts) => parts.iter().try_for_each(only_values),
        Node::Not(inner) => only_values(inner),
        _ => Err(Diagnostic::error(
            "bad_group",
            group.span,
            "a group after this field holds names joined by OR, AND and NOT",
        )
        .hint("write country:(Japan OR \"South Korea\")")),
    }
}

fn check_dates(clause: &RangeClause, span: Span) -> Result<()> {
    let parse = |bound: &Bound| match DateSpec::parse(&bound.text) {
        Ok(date) => Ok(date),
        Err(DateSpecError::Ambiguous) => {
            let message = format!("ambiguous date {}; write YYYY-MM-DD", bound.text);
            Err(Diagnostic::error("ambiguous_date", span, message)
                .hint("write the year first, then month and day"))
        }
        Err(DateSpecError::Bad) => {
            if bound.text.is_empty() {
                let message = "a date field takes one date or a range, no group";
                return Err(Diagnostic::error("bad_date", span, message)
                    .hint("write (date:2019 OR date:2021), or a range as date:2019..2021"));
            }
            let message = format!(
                "not a date: {} (try 2020, 2020-03, 2020-03-11, 7d, last-month)",
                bound.text
            );
            Err(Diagnostic::error("bad_date", span, message)
                .hint("dates are written year first; ranges as 2019..2020"))
        }
    };
    let from = clause.from.as_ref().map(parse).transpose()?;
    let to = clause.to.as_ref().map(parse).transpose()?;
    if let (Some(from), Some(to)) = (from, to)
        && !from.is_relative()
        && !to.is_relative()
        && from.interval(0).0 >= to.interval(0).1
    {
        return Err(reversed(span));
    }
    Ok(())
}

fn check_numbers(clause: &RangeClause, span: Span) -> Result<()> {
    let parse = |bound: &Bound| {
        number(&bound.text).ok_or_else(|| {
            let message = format!("not a number: {}", bound.text);
            Diagnostic::error("bad_number", span, message).hint("write 1200, 1.5 or 10k")
        })
    };
    let from = clause.from.as_ref().map(parse).transpose()?;
    let to = clause.to.as_ref().map(parse).transpose()?;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(reversed(span));
    }
    Ok(())
}

fn reversed(span: Span) -> Diagnostic {
    Diagnostic::error("reversed_range", span, "range ends before it starts")
        .hint("write the earlier or smaller end first")
}

/// A number as typed: digits, at most one point, `k` for thousands, `m` for millions.
pub fn number(text: &str) -> Option<f64> {
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => match text.strip_suffix(['m', 'M']) {
            Some(digits) => (digits, 1e6),
            None => (text, 1.0),
        },
    };
    let plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|&b| b == b'.').count() <= 1;
    if plain { digits.parse::<f64>().ok().map(|number| number * factor) } else { None }
}
