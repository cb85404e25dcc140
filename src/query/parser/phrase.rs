//! What stands between quotes, and after them.

use super::{Parser, Result};
use crate::diag::{Diagnostic, Span};
use crate::query::ast::{Expr, Node, Phrase, PhrasePart};
use crate::query::lexer::unescape;

impl Parser {
    /// A phrase with what follows it (`~3`, `*`); the lexer stands at the opening quote.
    pub(super) fn phrase(&mut self, exact: bool) -> Result<Expr> {
        let start = self.lexer.at;
        let (text, _) = self.lexer.quoted()?;
        let mut phrase = phrase(text, exact);
        if self.lexer.peek() == Some('~') {
            let from = self.lexer.at;
            self.lexer.at += 1;
            let mut digits = String::new();
            while let Some(c) = self.lexer.peek().filter(char::is_ascii_digit) {
                digits.push(c);
                self.lexer.at += 1;
            }
            let span = Span::new(from, self.lexer.at);
            phrase.slop = match digits.parse::<u32>() {
                Ok(slop) if slop <= super::MAX_DISTANCE => slop,
                _ => {
                    let message = format!(
                        "the slop of a phrase is a number from 0 to {}",
                        super::MAX_DISTANCE
                    );
                    return Err(
                        Diagnostic::error("bad_distance", span, message).hint("write \"a b\"~3")
                    );
                }
            };
        }
        if self.lexer.peek() == Some('*') {
            phrase.prefix = true;
            self.lexer.at += 1;
        }
        Ok(Expr { node: Node::Phrase(phrase), span: Span::new(start, self.lexer.at) })
    }
}

/// A phrase of a quoted text, escapes as typed.
pub(super) fn phrase(text: String, exact: bool) -> Phrase {
    let parts = parts(&text);
    Phrase { text, parts, slop: 0, prefix: false, exact }
}

/// The parts of a quoted text.
pub(super) fn parts(text: &str) -> Vec<PhrasePart> {
    let mut rest = text.trim();
    let mut out = Vec::new();
    if let Some(after) = rest.strip_prefix('^') {
        out.push(PhrasePart::FieldStart);
        rest = after.trim_start();
    }
    let mut end = false;
    if let Some(before) = rest.strip_suffix('$').filter(|before| !before.ends_with('\\')) {
        end = true;
        rest = before.trim_end();
    }
    for word in rest.split_whitespace() {
        out.push(part(word));
    }
    if end {
        out.push(PhrasePart::FieldEnd);
    }
    out
}

fn part(word: &str) -> PhrasePart {
    if word == "*" {
        return PhrasePart::AnyWord;
    }
    if let Some(inner) = word.strip_prefix('(').and_then(|word| word.strip_suffix(')'))
        && inner.contains('|')
    {
        return PhrasePart::OneOf(inner.split('|').map(unescape).collect());
    }
    if let Some(entity) = word.strip_prefix('@')
        && entity.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        let (class, value) = match entity.split_once(':') {
            Some((class, value)) => (class, Some(unescape(value))),
            None => (entity, None),
        };
        return PhrasePart::Entity { class: class.to_ascii_lowercase(), value };
    }
    if let Some(inner) = word.strip_prefix('/').and_then(|word| word.strip_suffix('/'))
        && !inner.is_empty()
    {
        return PhrasePart::Regex(inner.to_owned());
    }
    if let Some((near, edits)) = word.rsplit_once('~')
        && near.chars().count() >= 3
        && near.chars().all(char::is_alphanumeric)
        && let Ok(distance) = match edits {
            "" => Ok(None),
            edits => edits.parse().map(Some).map_err(drop),
        }
        && distance.is_none_or(|distance| distance <= 2)
    {
        return PhrasePart::Fuzzy { word: near.to_owned(), distance };
    }
    let mut escaped = false;
    for c in word.chars() {
        if !escaped && matches!(c, '*' | '?') {
            return PhrasePart::Pattern(word.to_owned());
        }
        escaped = c == '\\' && !escaped;
    }
    PhrasePart::Word(unescape(word))
}
