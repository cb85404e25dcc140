//! One clause: words, patterns, phrases, entities, functions, and where fields begin.

use super::{Parser, Result};
use crate::diag::{Diagnostic, Span, nearest};
use crate::query::ast::{Expr, Function, Node, ProxOp};
use crate::query::field::{FIELDS, Field, FieldKind};
use crate::query::lexer::RawWord;

/// Letters that a word pattern needs.
const PATTERN_LETTERS: usize = 2;

/// Largest number of `atleast`, `first` and `any`.
const MAX_COUNT: u32 = 100_000;

impl Parser {
    /// A clause that is no group; the lexer stands at its first character.
    pub(super) fn clause(&mut self) -> Result<Expr> {
        let start = self.lexer.at;
        let Some(c) = self.lexer.peek() else {
            let span = Span::new(start, start);
            return Err(Diagnostic::error("empty", span, "nothing to look for"));
        };
        self.count_clause(Span::new(start, start + 1))?;
        if self.lexer.at_quote() {
            return self.phrase(false);
        }
        match c {
            '=' if self.lexer.peek_at(1).is_some_and(|c| !c.is_whitespace()) => {
                self.lexer.at += 1;
                self.exact(start)
            }
            '/' => match self.regex()? {
                Some(expr) => Ok(expr),
                None => self.plain(),
            },
            '@' if self.lexer.peek_at(1).is_some_and(char::is_alphabetic) => self.entity(),
            '[' | '{' | ']' | '}' => Err(Diagnostic::error(
                "bracket",
                Span::new(start, start + 1),
                "[ ] and { } are only for ranges after a field; group with ( )",
            )
            .hint("write ( … ), or \\[ for the sign")),
            c if c.is_ascii_alphabetic() => match self.named()? {
                Some(expr) => Ok(expr),
                None => self.plain(),
            },
            _ => self.plain(),
        }
    }

    /// What begins with a name: `field:value`, `function(…)`, `near5:"a b"`.
    fn named(&mut self) -> Result<Option<Expr>> {
        let start = self.lexer.at;
        let mut width = 0;
        while self
            .lexer
            .peek_at(width)
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        {
            width += 1;
        }
        let name = self.lexer.slice(start, start + width);
        let span = Span::new(start, start + width);
        match self.lexer.peek_at(width) {
            Some('(') => self.call(&name, span),
            Some(':') => {
                let after = self.lexer.peek_at(width + 1);
                if let Some(expr) = self.portable(&name, span)? {
                    return Ok(Some(expr));
                }
                let known = self.field_of(&name, span);
                if after == Some('/') && self.lexer.peek_at(width + 2) == Some('/') {
                    return Ok(None);
                }
                match known {
                    Ok(Some((field, sub))) => {
                        self.lexer.at += width + 1;
                        self.after_field(field, sub, start).map(Some)
                    }
                    Ok(None) if after.is_none_or(char::is_whitespace) => Ok(None),
                    Err(_) if after.is_none_or(char::is_whitespace) => Ok(None),
                    Ok(None) if name.contains('.') => Ok(None),
                    Ok(None) => Err(unknown_field(&name, span)),
                    Err(error) => Err(error),
                }
            }
            Some('=' | '<' | '>') => match self.field_of(&name, span)? {
                Some((field, sub)) => {
                    self.lexer.at += width;
                    if !matches!(field.kind(), FieldKind::Date | FieldKind::Number) {
                        if !self.lexer.take('=') {
                            return Err(super::value::range_on(field, span));
                        }
                    } else if self.lexer.peek() == Some('=') {
                        self.lexer.at += 1;
                    }
                    self.after_field(field, sub, start).map(Some)
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The field and part of `name`, `None` if there is no such field.
    fn field_of(
        &self,
        name: &str,
        span: Span,
    ) -> Result<Option<(Field, Option<crate::query::ast::Sub>)>> {
        use crate::query::ast::Sub;
        let (base, sub) = match name.split_once('.') {
            Some((base, sub)) => (base, Some(sub)),
            None => (name, None),
        };
        let Some(field) = Field::from_name(base) else { return Ok(None) };
        let Some(sub) = sub else { return Ok(Some((field, None))) };
        match Sub::from_name(sub).filter(|sub| field.spec().subs.contains(sub)) {
            Some(sub) => Ok(Some((field, Some(sub)))),
            None => {
                let known: Vec<&str> = field.spec().subs.iter().map(|sub| sub.name()).collect();
                let hint = if known.is_empty() {
                    format!("{} has no parts; write {}:", field.name(), field.name())
                } else {
                    let parts: Vec<String> =
                        known.iter().map(|part| format!("{}.{part}", field.name())).collect();
                    format!("there are {}", parts.join(", "))
                };
                let near = nearest(sub, known.iter().copied(), 3);
                let suggestions =
                    near.into_iter().map(|part| format!("{}.{part}", field.name())).collect();
                let message = format!("{} has no part '{sub}'", field.name());
                Err(Diagnostic::error("unknown_subfield", span, message)
                    .hint(hint)
                    .suggest(suggestions))
            }
        }
    }

    /// A function at the lexer, as in `title:caps(Apple)`.
    pub(super) fn function(&mut self) -> Result<Option<Expr>> {
        let start = self.lexer.at;
        let mut width = 0;
        while self.lexer.peek_at(width).is_some_and(|c| c.is_ascii_alphanumeric()) {
            width += 1;
        }
        if width == 0 || self.lexer.peek_at(width) != Some('(') {
            return Ok(None);
        }
        let name = self.lexer.slice(start, start + width);
        self.call(&name, Span::new(start, start + width))
    }

    /// `near20:"a b"` of GDELT, `repeat3:"x"`.
    fn portable(&mut self, name: &str, span: Span) -> Result<Option<Expr>> {
        let lower = name.to_ascii_lowercase();
        let number = |prefix: &str| lower.strip_prefix(prefix)?.parse::<u32>().ok();
        let quote_follows = matches!(self.lexer.peek_at(name.len() + 1), Some('"' | '“'));
        if !quote_follows {
            return Ok(None);
        }
        if let Some(distance) = number("near") {
            self.lexer.at += name.len() + 1;
            let (text, quoted) = self.lexer.quoted()?;
            let mut parts = super::phrase::parts(&text).into_iter().filter_map(|part| match part {
                crate::query::ast::PhrasePart::Word(word) if !word.trim().is_empty() => {
                    Some(Expr { node: Node::Word(word), span: quoted })
                }
                _ => None,
            });
            let Some(first) = parts.next() else {
                return Err(Diagnostic::error("empty_phrase", quoted, "empty phrase"));
            };
            let rest: Vec<Expr> = parts.collect();
            if rest.len() >= super::MAX_DEPTH {
                let message = format!("more than {} words are to be near", super::MAX_DEPTH);
                return Err(Diagnostic::error("too_deep", quoted, message));
            }
            let chain = rest.into_iter().fold(first, |left, right| Expr {
                node: Node::Prox {
                    op: ProxOp::Near,
                    distance,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                span: quoted,
            });
            if !(1..=super::MAX_DISTANCE).contains(&distance) {
                let message =
                    format!("the distance must be a number from 1 to {}", super::MAX_DISTANCE);
                return Err(
                    Diagnostic::error("bad_distance", span, message).hint("write a NEAR/5 b")
                );
            }
            return Ok(Some(Expr { span: span.to(quoted), ..chain }));
        }
        if let Some(times) = number("repeat") {
            self.lexer.at += name.len() + 1;
            let (text, quoted) = self.lexer.quoted()?;
            let parts = super::phrase::parts(&text);
            let node = match parts.as_slice() {
                [crate::query::ast::PhrasePart::Word(word)] => Node::Word(word.clone()),
                _ => Node::Phrase(super::phrase::phrase(text, false)),
            };
            let inner = Box::new(Expr { node, span: quoted });
            count_in_range(times, span)?;
            let node = Node::Call { function: Function::AtLeast, number: times, inner };
            return Ok(Some(Expr { node, span: span.to(quoted) }));
        }
        Ok(None)
    }

    /// `name(…)` where `name` is a function or a text field.
    fn call(&mut self, name: &str, span: Span) -> Result<Option<Expr>> {
        let lower = name.to_ascii_lowercase();
        let letters = lower.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &lower[letters.len()..];
        let function = match letters {
            "atleast" => Function::AtLeast,
            "first" => Function::First,
            "any" => Function::Any,
            "caps" => Function::Caps,
            "allcaps" => Function::AllCaps,
            "nocaps" => Function::NoCaps,
            "exact" => Function::Exact,
            "ocr" => Function::Ocr,
            _ => {
                let Some(field) = Field::from_name(&lower).filter(|f| f.kind() == FieldKind::Text)
                else {
                    return Ok(None);
                };
                self.lexer.at = span.end;
                let inner = self.group()?;
                let whole = span.to(inner.span);
                let node = Node::In { field, inner: Box::new(inner), call: true };
                return Ok(Some(Expr { node, span: whole }));
            }
        };
        let counting = matches!(function, Function::AtLeast | Function::First | Function::Any);
        if counting == digits.is_empty() {
            // `first(x)` without a number is a word and a group; `caps3(x)` is a word, too.
            if letters == "first" || letters == "any" || !counting {
                return Ok(None);
            }
            let message = format!("{letters} needs a number");
            return Err(
                Diagnostic::error("bad_count", span, message).hint(format!("write {letters}3(…)"))
            );
        }
        let number = if counting { digits.parse().unwrap_or(u32::MAX) } else { 0 };
        if counting {
            count_in_range(number, span)?;
        }
        self.lexer.at = span.end;
        let inner = self.group()?;
        if function == Function::Any {
            let parts = match &inner.node {
                Node::And(parts) | Node::Or(parts) => parts.len(),
                _ => 1,
            };
            if number as usize > parts {
                let message = format!("{number} of {parts} can never hold");
                return Err(Diagnostic::error("bad_count", span, message)
                    .hint(format!("write any{parts}(…) or a smaller number")));
            }
        }
        let whole = span.to(inner.span);
        Ok(Some(Expr {
            node: Node::Call { function, number, inner: Box::new(inner) },
            span: whole,
        }))
    }

    /// After `=`: one exact word or phrase.
    pub(super) fn exact(&mut self, start: usize) -> Result<Expr> {
        if self.lexer.at_quote() {
            let mut expr = self.phrase(true)?;
            expr.span.start = start;
            return Ok(expr);
        }
        let word = trimmed(self.lexer.word(&['^', '"'])?);
        let span = Span::new(start, word.span.end);
        if word.letters.is_empty() {
            return Err(Diagnostic::error("missing_value", span, "= needs a word")
                .hint("write =US or =\"Polish minister\""));
        }
        Ok(Expr { node: Node::ExactWord(word.text()), span })
    }

    /// `/…/`, `None` if no slash closes it: then it is a word.
    pub(super) fn regex(&mut self) -> Result<Option<Expr>> {
        let start = self.lexer.at;
        let mut width = 1;
        let mut blank = false;
        loop {
            match self.lexer.peek_at(width) {
                None => return Ok(None),
                Some('\\') => width += 2,
                Some('/') => break,
                Some(c) => {
                    blank |= c.is_whitespace();
                    width += 1;
                }
            }
        }
        let end = start + width + 1;
        let after = self.lexer.peek_at(width + 1);
        let closed = after.is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '^' | ','));
        if width == 1 || !closed {
            return Ok(None);
        }
        let span = Span::new(start, end);
        if blank {
            return Err(Diagnostic::error(
                "bad_regex",
                span,
                "a /pattern/ matches one word, it holds no blank",
            )
            .hint("write a phrase with patterns, as \"prime minist*\""));
        }
        let text = self.lexer.slice(start + 1, end - 1);
        self.lexer.at = end;
        Ok(Some(Expr { node: Node::Regex(text), span }))
    }

    /// `@person`, `@country:Japan`.
    pub(super) fn entity(&mut self) -> Result<Expr> {
        let start = self.lexer.at;
        self.lexer.at += 1;
        let mut class = String::new();
        while let Some(c) = self.lexer.peek().filter(char::is_ascii_alphanumeric) {
            class.push(c.to_ascii_lowercase());
            self.lexer.at += 1;
        }
        let known = match Field::from_name(&class) {
            Some(
                field @ (Field::Country
                | Field::Person
                | Field::Org
                | Field::Place
                | Field::Event
                | Field::Region
                | Field::Topic
                | Field::Date),
            ) => field.name(),
            _ => {
                let span = Span::new(start, self.lexer.at);
                let classes = ["person", "country", "event", "org", "place", "region", "date"];
                let near =
                    nearest(&class, classes, 1).into_iter().map(|c| format!("@{c}")).collect();
                return Err(Diagnostic::error("unknown_field", span, format!("unknown entity '@{class}'"))
                    .hint("there are @person, @country, @event, @org, @place, @region and @date; write \\@ for the sign")
                    .suggest(near));
            }
        };
        let value = if self.lexer.take(':') {
            let value = self.value(&[])?;
            Some(value.text)
        } else {
            None
        };
        let span = Span::new(start, self.lexer.at);
        Ok(Expr { node: Node::Entity { class: known.to_owned(), value }, span })
    }

    /// A word, pattern or fuzzy word.
    pub(super) fn plain(&mut self) -> Result<Expr> {
        let start = self.lexer.at;
        let mut word = trimmed(self.lexer.word(&[])?);
        if word.letters.is_empty() {
            // A sign that forms no word; it must not stop the parser.
            let at = self.lexer.at.max(start + 1);
            let sign = self.lexer.slice(start, at);
            self.lexer.at = at;
            let span = Span::new(start, at);
            self.warn(Diagnostic::warning(
                "lone_punctuation",
                span,
                format!("'{sign}' alone says nothing and is left out"),
            ));
            return Ok(Expr { node: Node::Word(sign), span });
        }
        // `^` after the first letter begins a boost.
        if let Some(at) = word.letters.iter().skip(1).position(|l| l.c == '^' && !l.escaped) {
            self.lexer.at = word.letters[at + 1].at;
            word.letters.truncate(at + 1);
            word.span.end = self.lexer.at;
        }
        let span = word.span;
        let shown = self.lexer.slice(span.start, span.end);
        if shown.contains("://") && !word.has(&['*']) {
            self.warn(
                Diagnostic::warning("url_as_text", span, "an address is read as words")
                    .hint("write url:\"…\" or domain:… to find articles by address"),
            );
            return Ok(self.word_node(word.text(), span));
        }
        if word.is("*") {
            return Ok(Expr { node: Node::All, span });
        }
        if let Some(expr) = self.fuzzy(&word)? {
            return Ok(expr);
        }
        if word.has(&['*', '?']) {
            let letters =
                word.letters.iter().filter(|l| l.escaped || !matches!(l.c, '*' | '?')).count();
            if letters < PATTERN_LETTERS {
                let message = format!("a pattern needs at least {PATTERN_LETTERS} letters");
                return Err(Diagnostic::error("wildcard_too_short", span, message)
                    .hint("write more letters, or * alone for every article"));
            }
            let last = word.letters.last().is_some_and(|l| l.c == '?' && !l.escaped);
            let signs =
                word.letters.iter().filter(|l| !l.escaped && matches!(l.c, '*' | '?')).count();
            if last && signs == 1 && self.lexer.slice(span.end, self.lexer.len()).trim().is_empty()
            {
                self.warn(
                    Diagnostic::warning(
                        "trailing_question_mark",
                        span,
                        "? at the end stands for one more letter",
                    )
                    .hint("leave it out, or write \\? for the sign"),
                );
            }
            return Ok(Expr { node: Node::Wildcard(pattern_text(&word)), span });
        }
        Ok(self.word_node(word.text(), span))
    }

    fn word_node(&mut self, text: String, span: Span) -> Expr {
        self.words += 1;
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        if letters >= 2 && !text.chars().any(char::is_lowercase) {
            self.capital_words += 1;
        }
        Expr { node: Node::Word(text), span }
    }

    fn fuzzy(&mut self, word: &RawWord) -> Result<Option<Expr>> {
        let Some(at) = word.letters.iter().rposition(|l| l.c == '~' && !l.escaped) else {
            return Ok(None);
        };
        let digits = &word.letters[at + 1..];
        if at == 0 || !digits.iter().all(|l| l.c.is_ascii_digit() && !l.escaped) {
            return Ok(None);
        }
        let span = word.span;
        let base = RawWord { letters: word.letters[..at].to_vec(), span };
        let distance = if digits.is_empty() {
            None
        } else {
            let number: String = digits.iter().map(|l| l.c).collect();
            match number.parse::<u8>() {
                Ok(distance @ 0..=2) => Some(distance),
                _ => {
                    return Err(Diagnostic::error("bad_fuzzy", span, "edit distance is 0, 1 or 2")
                        .hint("write word~, word~1 or word~2"));
                }
            }
        };
        if base.has(&['*', '?']) {
            return Err(Diagnostic::error(
                "fuzzy_wildcard",
                span,
                "a word is a pattern or fuzzy, not both",
            )
            .hint("leave out the ~ or the * and ?"));
        }
        let text = base.text();
        if text.chars().count() < 3 && distance != Some(0) {
            return Err(Diagnostic::error(
                "fuzzy_too_short",
                span,
                "a fuzzy word needs at least 3 letters",
            )
            .hint(format!("write {text} without the ~")));
        }
        Ok(Some(Expr { node: Node::Fuzzy { word: text, distance }, span }))
    }
}

fn count_in_range(number: u32, span: Span) -> Result<()> {
    if (1..=MAX_COUNT).contains(&number) {
        return Ok(());
    }
    let message = format!("the number must be from 1 to {MAX_COUNT}");
    Err(Diagnostic::error("bad_count", span, message).hint("write atleast3(…)"))
}

fn unknown_field(name: &str, span: Span) -> Diagnostic {
    let names =
        FIELDS.iter().flat_map(|spec| spec.aliases.iter().copied().chain([spec.field.name()]));
    let mut suggestions: Vec<String> = Vec::new();
    for near in nearest(name, names, 3) {
        let canonical = Field::from_name(near).map_or(near, Field::name);
        if !suggestions.iter().any(|known| known == canonical) {
            suggestions.push(canonical.to_owned());
        }
    }
    let hint = match suggestions.first() {
        Some(near) => {
            format!(
                "did you mean '{near}'? 'dateline fields' lists them all; write {name}\\: for the word"
            )
        }
        None => format!("'dateline fields' lists them all; write {name}\\: for the word"),
    };
    Diagnostic::error("unknown_field", span, format!("unknown field '{name}'"))
        .hint(hint)
        .suggest(suggestions)
}

/// The word without unescaped commas, semicolons and colons at its end.
fn trimmed(mut word: RawWord) -> RawWord {
    while let Some(last) = word.letters.last() {
        if last.escaped || !matches!(last.c, ',' | ';' | ':' | '，' | '、' | '”' | '»') {
            break;
        }
        word.letters.pop();
        word.span.end -= 1;
    }
    word
}

/// A pattern as the tree keeps it: wildcards bare, other signs that would act escaped.
fn pattern_text(word: &RawWord) -> String {
    let mut out = String::new();
    for letter in &word.letters {
        if matches!(letter.c, '*' | '?' | '\\') && letter.escaped {
            out.push('\\');
        }
        out.push(letter.c);
    }
    out
}
