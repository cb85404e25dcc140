//! Canonical query text: one spelling a tree, which parses to the same tree.

use super::ast::{
    Bound, Expr, FacetClause, FacetValue, FacetValues, Node, Phrase, RangeClause, RangeForm,
};
use super::parser::{ParseOptions, parse};
use crate::diag::Span;

/// The canonical text of a tree.
///
/// Words are printed bare where they read as the same word, and escaped otherwise.
pub fn canonical(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, Place::Top, &mut out);
    out
}

/// What stands around a part; decides where brackets are needed.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Top,
    Or,
    And,
    Not,
    Operand,
    Tight,
}

fn write(expr: &Expr, place: Place, out: &mut String) {
    let brackets = match &expr.node {
        Node::Or(_) => place != Place::Top,
        Node::And(_) => place != Place::Top,
        Node::Not(_) | Node::Maybe(_) => matches!(place, Place::Operand | Place::Tight),
        Node::Prox { .. } => place != Place::Top,
        Node::Boost(..) => place == Place::Tight,
        _ => false,
    };
    if brackets {
        out.push('(');
    }
    match &expr.node {
        Node::All => out.push('*'),
        Node::Word(text) => word(text, out),
        Node::ExactWord(text) => {
            out.push('=');
            exact_word(text, out);
        }
        Node::Phrase(phrase) => phrase_text(phrase, out),
        Node::Wildcard(pattern) => pattern_text(pattern, out),
        Node::Fuzzy { word: text, distance } => {
            fuzzy_word(text, out);
            out.push('~');
            if let Some(distance) = distance {
                out.push_str(&distance.to_string());
            }
        }
        Node::Regex(pattern) => {
            out.push('/');
            out.push_str(pattern);
            out.push('/');
        }
        Node::Entity { class, value } => {
            out.push('@');
            out.push_str(class);
            if let Some(value) = value {
                out.push(':');
                value_text(value, false, out);
            }
        }
        Node::In { field, inner, call } => {
            out.push_str(field.name());
            if *call {
                out.push('(');
                write(inner, Place::Top, out);
                out.push(')');
            } else {
                out.push(':');
                let bare = matches!(
                    inner.node,
                    Node::Word(_)
                        | Node::ExactWord(_)
                        | Node::Phrase(_)
                        | Node::Wildcard(_)
                        | Node::Fuzzy { .. }
                        | Node::Regex(_)
                );
                if bare {
                    write(inner, Place::Tight, out);
                } else {
                    out.push('(');
                    write(inner, Place::Top, out);
                    out.push(')');
                }
            }
        }
        Node::Facet(clause) => facet(clause, out),
        Node::Range(clause) => range(clause, out),
        Node::And(parts) => joined(parts, " AND ", Place::And, out),
        Node::Or(parts) => joined(parts, " OR ", Place::Or, out),
        Node::Not(inner) => {
            out.push_str("NOT ");
            write(inner, Place::Not, out);
        }
        Node::Maybe(inner) => {
            out.push_str("MAYBE ");
            write(inner, Place::Not, out);
        }
        Node::Boost(weight, inner) => {
            write(inner, Place::Tight, out);
            out.push('^');
            out.push_str(&weight.to_string());
        }
        Node::Prox { op, distance, left, right } => {
            write(left, Place::Operand, out);
            out.push(' ');
            out.push_str(op.name());
            if *distance > 0 {
                out.push('/');
                out.push_str(&distance.to_string());
            }
            out.push(' ');
            write(right, Place::Operand, out);
        }
        Node::Call { function, number, inner } => {
            out.push_str(function.name());
            if function.counts() {
                out.push_str(&number.to_string());
            }
            out.push('(');
            write(inner, Place::Top, out);
            out.push(')');
        }
    }
    if brackets {
        out.push(')');
    }
}

fn joined(parts: &[Expr], operator: &str, place: Place, out: &mut String) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(operator);
        }
        write(part, place, out);
    }
}

/// A word, escaped unless it reads as the same word.
fn word(text: &str, out: &mut String) {
    let risky = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '&' | '.'));
    let operator = text.len() <= 16 && text.chars().all(|c| c.is_ascii_uppercase());
    if text.chars().next().is_some_and(char::is_alphanumeric)
        && !operator
        && !text.chars().any(risky)
    {
        out.push_str(text);
        return;
    }
    let parsed = parse(text, &ParseOptions::default());
    let same =
        parsed.expr.is_some_and(|expr| matches!(&expr.node, Node::Word(word) if word == text));
    // A / further on would make a pattern of one that begins a word, and = would take what follows.
    if same && !text.starts_with(['/', '=']) && !text.ends_with(['^', '~']) {
        out.push_str(text);
    } else {
        escaped(text, "", out);
    }
}

/// Escapes the first letter and every sign.
fn escaped(text: &str, keep: &str, out: &mut String) {
    for (at, c) in text.chars().enumerate() {
        let plain = c.is_alphanumeric() || c == '_' || keep.contains(c);
        if at == 0 || !plain {
            out.push('\\');
        }
        out.push(c);
    }
}

fn exact_word(text: &str, out: &mut String) {
    if text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '&' | '.')) {
        out.push_str(text);
    } else {
        escaped(text, "", out);
    }
}

fn fuzzy_word(text: &str, out: &mut String) {
    let plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '.'));
    if plain && text.chars().next().is_some_and(char::is_alphanumeric) {
        out.push_str(text);
    } else {
        escaped(text, "", out);
    }
}

/// A pattern, whose own backslashes keep literal stars and marks.
fn pattern_text(pattern: &str, out: &mut String) {
    let mut letters = pattern.chars().peekable();
    let mut first = true;
    while let Some(c) = letters.next() {
        match c {
            '\\' => {
                out.push('\\');
                out.extend(letters.next());
            }
            '*' | '?' => out.push(c),
            c => {
                let plain = c.is_alphanumeric() || !first && matches!(c, '-' | '\'' | '’');
                // A name before a colon or bracket would read as a field or function.
                if !plain {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        first = false;
    }
}

fn phrase_text(phrase: &Phrase, out: &mut String) {
    out.push_str(&phrase.to_string());
}

fn facet(clause: &FacetClause, out: &mut String) {
    out.push_str(clause.field.name());
    if let Some(sub) = clause.sub {
        out.push('.');
        out.push_str(sub.name());
    }
    out.push(':');
    if clause.exact {
        out.push('=');
    }
    match &clause.values {
        FacetValues::Any => out.push('*'),
        FacetValues::List(values) => {
            for (at, FacetValue { text, quoted, .. }) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                value_text(text, *quoted, out);
            }
        }
        FacetValues::Group(group) => {
            out.push('(');
            write(group, Place::Top, out);
            out.push(')');
        }
    }
}

fn value_text(text: &str, quoted: bool, out: &mut String) {
    let plain = |c: char| c.is_alphanumeric() || "-_.'’:/@&+*?~%#!$".contains(c);
    let lists = text.starts_with('@') || text.contains(['*', '?']);
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '@' || c == '*' && text.len() > 1 || c == '?');
    if first && text.chars().all(plain) && !(quoted && lists) {
        out.push_str(text);
        return;
    }
    if lists && !quoted {
        // Quotes would turn a list or pattern into a name.
        for (at, c) in text.chars().enumerate() {
            if !(plain(c) && (at > 0 || first)) && !matches!(c, '*' | '?' | '@') {
                out.push('\\');
            }
            out.push(c);
        }
        return;
    }
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '“' | '”' | '„') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

fn range(clause: &RangeClause, out: &mut String) {
    out.push_str(clause.field.name());
    if let Some(sub) = clause.sub {
        out.push('.');
        out.push_str(sub.name());
    }
    out.push(':');
    let text = |bound: &Option<Bound>, out: &mut String| {
        if let Some(bound) = bound {
            let plain = bound.text.chars().all(|c| c.is_alphanumeric() || "-:+.".contains(c));
            if plain {
                out.push_str(&bound.text);
            } else {
                out.push('"');
                out.push_str(&bound.text);
                out.push('"');
            }
        }
    };
    match clause.form {
        RangeForm::Single => text(&clause.from, out),
        RangeForm::Dots => {
            text(&clause.from, out);
            out.push_str("..");
            text(&clause.to, out);
        }
        RangeForm::Comparison => {
            let (bound, sign) =
                if clause.from.is_some() { (&clause.from, '>') } else { (&clause.to, '<') };
            out.push(sign);
            if bound.as_ref().is_some_and(|bound| bound.inclusive) {
                out.push('=');
            }
            text(bound, out);
        }
        RangeForm::Bracket => {
            let closed = |bound: &Option<Bound>| bound.as_ref().is_none_or(|bound| bound.inclusive);
            out.push(if closed(&clause.from) { '[' } else { '{' });
            out.push_str(clause.from.as_ref().map_or("*", |bound| &bound.text));
            out.push_str(" TO ");
            out.push_str(clause.to.as_ref().map_or("*", |bound| &bound.text));
            out.push(if closed(&clause.to) { ']' } else { '}' });
        }
    }
}

impl Expr {
    /// Whether two trees say the same, wherever their parts stand.
    pub fn same(&self, other: &Expr) -> bool {
        self.without_spans() == other.without_spans()
    }

    /// The tree with every span empty.
    pub fn without_spans(&self) -> Expr {
        let mut expr = self.clone();
        expr.stand_at(Span::default());
        expr
    }

    /// Gives every part this place, as for a tree whose text stands elsewhere.
    pub fn stand_at(&mut self, span: Span) {
        place(self, span);
    }
}

fn place(expr: &mut Expr, span: Span) {
    expr.span = span;
    match &mut expr.node {
        Node::And(parts) | Node::Or(parts) => parts.iter_mut().for_each(|part| place(part, span)),
        Node::Not(inner) | Node::Maybe(inner) | Node::Boost(_, inner) => place(inner, span),
        Node::In { inner, .. } | Node::Call { inner, .. } => place(inner, span),
        Node::Prox { left, right, .. } => {
            place(left, span);
            place(right, span);
        }
        Node::Facet(clause) => match &mut clause.values {
            FacetValues::Any => {}
            FacetValues::List(values) => {
                values.iter_mut().for_each(|value| value.span = span);
            }
            FacetValues::Group(group) => place(group, span),
        },
        Node::Range(clause) => {
            for bound in [&mut clause.from, &mut clause.to].into_iter().flatten() {
                bound.span = span;
            }
        }
        _ => {}
    }
}
