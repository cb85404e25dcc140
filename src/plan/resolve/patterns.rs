//! Word patterns (`econom*`, `wom?n`, `anti-w*`) to slots, one a word.

use super::words::{Piece, form_slot, words_of};
use super::{Manner, Work, Written};
use crate::analyze::{QueryToken, exact_surface};
use crate::diag::{Diagnostic, Span};
use crate::plan::{Fuzzy, Pattern, PlaceNode, Regular, Slot, Spelling, WildcardPart};
use crate::text::{Token, Tokens, fold};

/// A character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Letter(char),
    Any,
    One,
}

impl Work<'_> {
    /// `tokyo~1`: words within some edits. What the tokenizer cuts is near part by part.
    pub(super) fn fuzzy(
        &self,
        word: &str,
        distance: Option<u8>,
        at: Manner,
        span: Span,
    ) -> Option<Option<PlaceNode>> {
        let tokens = self.analyze(word);
        if tokens.is_empty() || tokens.iter().any(|token| token.cjk) {
            // A character is a word: nothing is near it but itself.
            return self.word(word, at, span);
        }
        let first = tokens[0].position;
        let slot = |token: &QueryToken| {
            let offset = token.position - first;
            Slot { offset, ..near_slot(token, distance) }
        };
        let width = tokens.last().map_or(0, |token| token.position - first);
        Some(Some(PlaceNode::Words(words_of(tokens.iter().map(slot).collect(), width))))
    }

    /// The same in a phrase: a word of letters and digits, which the tokenizer does not cut unless
    /// it is written in characters.
    pub(super) fn fuzzy_row(&self, word: &str, distance: Option<u8>) -> Vec<Option<Piece>> {
        let piece = |token: &QueryToken| {
            let slot = match token.cjk {
                true => form_slot(token, Written::AsIs),
                false => near_slot(token, distance),
            };
            Some(Piece { slot, stems: Vec::new() })
        };
        self.analyze(word).iter().map(piece).collect()
    }

    /// `/colou?r/`: words that match a regular expression.
    pub(super) fn regular(&self, source: &str, span: Span) -> Option<Slot> {
        match Regular::parse(source) {
            Ok(regular) => {
                let pattern = Some(Pattern::Regular(regular));
                Some(Slot { offset: 0, terms: Vec::new(), pattern })
            }
            Err(reason) => {
                self.tell(
                    Diagnostic::error("bad_regex", span, format!("a wrong expression: {reason}"))
                        .hint("an expression matches one whole word, in small letters without accents"),
                );
                None
            }
        }
    }

    /// The positions of a pattern: a hyphen or another sign inside cuts it, as it cuts words.
    pub(super) fn pattern_pieces(
        &self,
        pattern: &str,
        written: Written,
        span: Span,
    ) -> Option<Vec<Option<Piece>>> {
        let signs = signs(pattern);
        let mut row = Vec::new();
        for word in signs.split(|sign| matches!(sign, Sign::Letter(c) if !is_inner(*c))) {
            if word.iter().any(|sign| !matches!(sign, Sign::Letter(_))) {
                self.pattern_word(word, written, span, &mut row)?;
                continue;
            }
            let letters: String = word.iter().filter_map(|sign| letter(*sign)).collect();
            for token in self.analyze(&letters) {
                let slot = form_slot(&token, written);
                row.push(Some(Piece { slot, stems: token.stems }));
            }
        }
        Some(row)
    }

    fn pattern_word(
        &self,
        word: &[Sign],
        written: Written,
        span: Span,
        row: &mut Vec<Option<Piece>>,
    ) -> Option<()> {
        let letters: String = word.iter().filter_map(|sign| letter(*sign)).collect();
        if letters.is_empty() && !word.contains(&Sign::One) {
            row.push(None);
            return Some(());
        }
        if Tokens::of(&letters).iter().any(|token| token.has(Token::CJK)) {
            return self.characters(word, span, row);
        }
        let pattern = Some(pattern_of(word, written));
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

/// A slot for words near a token; its offset is 0.
fn near_slot(token: &QueryToken, distance: Option<u8>) -> Slot {
    let word = token.folded.clone();
    let distance = distance.unwrap_or_else(|| Fuzzy::automatic(&word));
    let pattern = Some(Pattern::Fuzzy(Fuzzy { word, distance }));
    Slot { offset: 0, terms: Vec::new(), pattern }
}

/// The pattern of a word of signs, written so.
fn pattern_of(signs: &[Sign], written: Written) -> Pattern {
    let parts = wildcard(signs, fold::fold);
    match written {
        Written::Cased(case) => Pattern::Written { parts, spelling: Spelling::Case(case) },
        Written::Exact => {
            let letters = wildcard(signs, |letters| exact_surface(letters).into_owned());
            Pattern::Written { parts, spelling: Spelling::Letters(letters) }
        }
        Written::Inflected | Written::AsIs | Written::Misread => Pattern::Wildcard(parts),
    }
}

/// The pattern of all words that begin as `start` does, written so.
pub(super) fn of_start(start: &str, written: Written) -> Pattern {
    let signs: Vec<Sign> = start.chars().map(Sign::Letter).chain([Sign::Any]).collect();
    pattern_of(&signs, written)
}

/// The pattern that a name with `*` and `?` is: over whole folded names, blanks included.
pub(super) fn of_names(text: &str) -> Pattern {
    Pattern::Wildcard(wildcard(&signs(text), fold::fold))
}

fn wildcard(signs: &[Sign], kept: impl Fn(&str) -> String) -> Vec<WildcardPart> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    for sign in signs.iter().copied().map(Some).chain([None]) {
        if let Some(Sign::Letter(c)) = sign {
            literal.push(c);
            continue;
        }
        if !literal.is_empty() {
            parts.push(WildcardPart::Literal(kept(&literal)));
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
    parts
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
