//! Word patterns (`econom*`, `wom?n`, `anti-w*`) to slots, one a word.

use super::Work;
use super::words::Piece;
use crate::diag::Span;
use crate::plan::{Pattern, Slot, WildcardPart};
use crate::text::{Token, Tokens, fold};

/// A character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Letter(char),
    Any,
    One,
}

impl Work<'_> {
    /// The positions of a pattern: a hyphen or another sign inside cuts it, as it cuts words.
    pub(super) fn pattern_pieces(&self, pattern: &str, span: Span) -> Option<Vec<Option<Piece>>> {
        let signs = signs(pattern);
        let mut row = Vec::new();
        for word in signs.split(|sign| matches!(sign, Sign::Letter(c) if !is_inner(*c))) {
            if word.iter().any(|sign| !matches!(sign, Sign::Letter(_))) {
                self.pattern_word(word, span, &mut row)?;
                continue;
            }
            let letters: String = word.iter().filter_map(|sign| letter(*sign)).collect();
            for token in self.analyze(&letters) {
                let slot = Slot { offset: 0, terms: vec![token.folded], pattern: None };
                row.push(Some(Piece { slot, stems: token.stems }));
            }
        }
        Some(row)
    }

    fn pattern_word(&self, word: &[Sign], span: Span, row: &mut Vec<Option<Piece>>) -> Option<()> {
        let letters: String = word.iter().filter_map(|sign| letter(*sign)).collect();
        if letters.is_empty() && !word.contains(&Sign::One) {
            row.push(None);
            return Some(());
        }
        if Tokens::of(&letters).iter().any(|token| token.has(Token::CJK)) {
            return self.characters(word, span, row);
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        for sign in word.iter().copied().map(Some).chain([None]) {
            if let Some(Sign::Letter(c)) = sign {
                literal.push(c);
                continue;
            }
            if !literal.is_empty() {
                parts.push(WildcardPart::Literal(fold::fold(&literal)));
                literal.clear();
            }
            match sign {
                Some(Sign::Any) if parts.last() != Some(&WildcardPart::Any) => {
                    parts.push(WildcardPart::Any);
                }
                Some(Sign::One) => parts.push(WildcardPart::One),
                _ => {}
            }
        }
        let pattern = Some(Pattern::Wildcard(parts));
        row.push(Some(Piece {
            slot: Slot { offset: 0, terms: Vec::new(), pattern },
            stems: Vec::new(),
        }));
        Some(())
    }

    /// Chinese and Japanese: each character is a word, so `?` is any word, and `*` at an end is
    /// what may follow anyway.
    fn characters(&self, word: &[Sign], span: Span, row: &mut Vec<Option<Piece>>) -> Option<()> {
        let stars = |sign: &&Sign| **sign == Sign::Any;
        let from = word.iter().take_while(stars).count();
        let to = word.len() - word.iter().rev().take_while(stars).count();
        for sign in &word[from..to] {
            match sign {
                Sign::Any => {
                    self.refused("* between Chinese or Japanese characters", span)?;
                }
                Sign::One => row.push(None),
                Sign::Letter(c) => {
                    for token in self.analyze(&c.to_string()) {
                        let slot = Slot { offset: 0, terms: vec![token.folded], pattern: None };
                        row.push(Some(Piece { slot, stems: Vec::new() }));
                    }
                }
            }
        }
        Some(())
    }
}

fn letter(sign: Sign) -> Option<char> {
    match sign {
        Sign::Letter(c) => Some(c),
        Sign::Any | Sign::One => None,
    }
}

/// The characters of a pattern, escapes resolved.
fn signs(pattern: &str) -> Vec<Sign> {
    let mut out = Vec::new();
    let mut letters = pattern.chars();
    while let Some(c) = letters.next() {
        out.push(match c {
            '\\' => match letters.next() {
                Some(c) => Sign::Letter(c),
                None => break,
            },
            '*' => Sign::Any,
            '?' => Sign::One,
            c => Sign::Letter(c),
        });
    }
    out
}

/// Whether a character may stand inside a word.
fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '‘' | 'ʼ') || fold::is_mark(c)
}
