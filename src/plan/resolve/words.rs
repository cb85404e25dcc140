//! Words, phrases and word patterns to terms.

use super::Work;
use crate::analyze::{QueryToken, analyze_query};
use crate::diag::{Diagnostic, Span};
use crate::plan::{Clause, Layer, Pattern, Scope, Slot, TextClause, WildcardPart};
use crate::query::ast::{Phrase, PhrasePart};
use crate::text::fold;

impl Work<'_> {
    fn analyze(&self, text: &str) -> Vec<QueryToken> {
        analyze_query(text, &self.languages, &mut self.analyzers.borrow_mut())
    }

    /// A word without letters or digits: it holds nothing against any article.
    fn without_words(&self, text: &str, span: Span) -> Clause {
        let message = format!("'{text}' holds no letter or digit and is left out");
        self.tell(Diagnostic::warning("no_words", span, message));
        Clause::All
    }

    /// A plain word: its stems; a word that the tokenizer cuts is an adjacent phrase of its parts.
    pub(super) fn word(&self, word: &str, scope: Scope, span: Span) -> Clause {
        let tokens = self.analyze(word);
        if tokens.is_empty() {
            return self.without_words(word, span);
        }
        // The author line is kept as written.
        let by_form = scope == Scope::Byline || has_lone_character(&tokens);
        if by_form {
            return text_clause(scope, Layer::Forms, form_slots(&tokens), Vec::new(), span);
        }
        let slots = tokens
            .iter()
            .filter(|token| !token.stems.is_empty())
            .map(|token| Slot {
                offset: token.position - tokens[0].position,
                terms: token.stems.clone(),
                pattern: None,
            })
            .collect();
        text_clause(scope, Layer::Stems, slots, Vec::new(), span)
    }

    /// A quoted phrase: its folded words as written, ranked as their stems.
    pub(super) fn phrase(&self, phrase: &Phrase, scope: Scope, span: Span) -> Option<Clause> {
        if phrase.slop > 0 {
            return self.unsupported("a phrase with ~slop", span);
        }
        if phrase.prefix {
            return self.unsupported("a phrase with a prefix", span);
        }
        if phrase.exact {
            return self.unsupported("an exact phrase such as =\"Two Words\"", span);
        }
        let mut words = String::new();
        for part in &phrase.parts {
            let what = match part {
                PhrasePart::Word(word) => {
                    words.push_str(word);
                    words.push(' ');
                    continue;
                }
                PhrasePart::AnyWord | PhrasePart::Pattern(_) => "a pattern inside a phrase",
                PhrasePart::OneOf(_) => "a choice (a|b) inside a phrase",
                PhrasePart::FieldStart | PhrasePart::FieldEnd => "^ and $ inside a phrase",
                PhrasePart::Entity { .. } => "an @entity inside a phrase",
            };
            return self.unsupported(what, span);
        }
        let tokens = self.analyze(&words);
        if tokens.is_empty() {
            return Some(self.without_words(words.trim(), span));
        }
        let rank = if scope == Scope::Byline {
            Vec::new()
        } else {
            tokens.iter().map(|token| token.stems.clone()).filter(|s| !s.is_empty()).collect()
        };
        Some(text_clause(scope, Layer::Forms, form_slots(&tokens), rank, span))
    }

    /// `econom*`: all folded words that match.
    pub(super) fn wildcard(&self, pattern: &str, scope: Scope, span: Span) -> Clause {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut letters = pattern.chars();
        let close = |literal: &mut String, parts: &mut Vec<WildcardPart>| {
            if !literal.is_empty() {
                parts.push(WildcardPart::Literal(fold::fold(literal)));
                literal.clear();
            }
        };
        while let Some(c) = letters.next() {
            match c {
                '\\' => literal.extend(letters.next()),
                '*' => {
                    close(&mut literal, &mut parts);
                    if parts.last() != Some(&WildcardPart::Any) {
                        parts.push(WildcardPart::Any);
                    }
                }
                '?' => {
                    close(&mut literal, &mut parts);
                    parts.push(WildcardPart::One);
                }
                c => literal.push(c),
            }
        }
        close(&mut literal, &mut parts);
        let slot = Slot { offset: 0, terms: Vec::new(), pattern: Some(Pattern::Wildcard(parts)) };
        text_clause(scope, Layer::Forms, vec![slot], Vec::new(), span)
    }
}

/// Whether some CJK character stands alone: bigrams cannot find it, single characters can.
fn has_lone_character(tokens: &[QueryToken]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        token.cjk
            && token.stems.is_empty()
            && (at == 0 || tokens[at - 1].stems.is_empty() || !tokens[at - 1].cjk)
    })
}

fn form_slots(tokens: &[QueryToken]) -> Vec<Slot> {
    tokens
        .iter()
        .map(|token| Slot {
            offset: token.position - tokens[0].position,
            terms: vec![token.folded.clone()],
            pattern: None,
        })
        .collect()
}

fn text_clause(
    scope: Scope,
    layer: Layer,
    slots: Vec<Slot>,
    rank: Vec<Vec<String>>,
    span: Span,
) -> Clause {
    Clause::Text(TextClause { scope, layer, slots, slop: 0, rank, span })
}
