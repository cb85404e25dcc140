//! Words and phrases to terms at their positions.

use super::patterns::of_start;
use super::{Manner, Work, Written, misread};
use crate::analyze::{QueryToken, analyze_query};
use crate::diag::{Diagnostic, Span};
use crate::plan::{
    Case, Clause, EXACT_MARK, Layer, Pattern, PlaceClause, PlaceNode, Scope, Slot, TextClause,
    Words, sloppy,
};
use crate::query::ast::{Phrase, PhrasePart};

/// Phrases that one with alternatives may stand for, at most.
const MAX_VARIANTS: usize = 256;

/// What has no capitals and accents of its own.
pub(super) const INEXACT: &str = "capitals, accents or misreadings of what is not one word";

/// What stands at one position of a phrase.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// What fills the slot: terms or a pattern.
    pub slot: Slot,
    /// The stems that rank it; none for patterns and entities.
    pub stems: Vec<String>,
}

/// A phrase, position by position; nothing for a word that may be any.
type Row = Vec<Option<Piece>>;

impl Work<'_> {
    pub(super) fn analyze(&self, text: &str) -> Vec<QueryToken> {
        analyze_query(text, &self.languages, &mut self.analyzers.borrow_mut())
    }

    /// Says that a word holds no letter or digit: it holds nothing against any article.
    pub(super) fn warn_without_words(&self, text: &str, span: Span) {
        let message = format!("'{text}' holds no letter or digit and is left out");
        self.tell(Diagnostic::warning("no_words", span, message));
    }

    /// The clause of what has places; nothing if it holds no words.
    pub(super) fn wrap(
        &self,
        node: Option<PlaceNode>,
        at: Manner,
        times: u32,
        span: Span,
    ) -> Clause {
        let Some(node) = node else { return Clause::All };
        let Manner { scope, first, .. } = at;
        match node {
            PlaceNode::Words(words) if times == 1 && first.is_none() && is_plain(&words) => {
                let Words { layer, slots, rank, .. } = words;
                Clause::Text(TextClause { scope, layer, slots, slop: 0, rank, span })
            }
            PlaceNode::Any(parts) if times == 1 => {
                let parts = parts.into_iter().map(|part| self.wrap(Some(part), at, 1, span));
                Clause::Or(parts.collect())
            }
            root => Clause::Places(PlaceClause { scope, first, times, root, span }),
        }
    }

    /// A plain word: its stems; a word that the tokenizer cuts is an adjacent phrase of its parts.
    pub(super) fn word(&self, word: &str, at: Manner, span: Span) -> Option<Option<PlaceNode>> {
        let tokens = self.analyze(word);
        if tokens.is_empty() {
            self.warn_without_words(word, span);
            return Some(None);
        }
        if at.written != Written::Inflected {
            return Some(Some(self.forms_of(&tokens, at)));
        }
        // The author line is kept as written.
        if at.scope == Scope::Byline || has_lone_character(&tokens) {
            let mut words = self.form_words(&tokens, Written::AsIs);
            words.rank = Vec::new();
            return Some(Some(PlaceNode::Words(words)));
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
        Some(Some(PlaceNode::Words(Words {
            layer: Layer::Stems,
            ..words_of(slots, width(&tokens))
        })))
    }

    /// `=Word`: with case and accents.
    pub(super) fn exact_word(
        &self,
        word: &str,
        at: Manner,
        span: Span,
    ) -> Option<Option<PlaceNode>> {
        let tokens = self.analyze(word);
        if tokens.is_empty() {
            self.warn_without_words(word, span);
            return Some(None);
        }
        Some(Some(self.forms_of(&tokens, Manner { written: Written::Exact, ..at })))
    }

    fn forms_of(&self, tokens: &[QueryToken], at: Manner) -> PlaceNode {
        let mut words = self.form_words(tokens, at.written);
        if at.scope == Scope::Byline {
            words.rank = Vec::new();
        }
        PlaceNode::Words(words)
    }

    fn form_words(&self, tokens: &[QueryToken], written: Written) -> Words {
        let slots = tokens
            .iter()
            .map(|token| Slot {
                offset: token.position - tokens[0].position,
                ..form_slot(token, written)
            })
            .collect();
        let stems = tokens.iter().map(|token| token.stems.clone());
        let rank = stems.filter(|stems| !stems.is_empty()).collect();
        Words { rank, ..words_of(slots, width(tokens)) }
    }

    /// A quoted phrase: its folded words as written, ranked as their stems.
    pub(super) fn phrase(
        &self,
        phrase: &Phrase,
        at: Manner,
        span: Span,
    ) -> Option<Option<PlaceNode>> {
        let written = match at.written {
            _ if phrase.exact => Written::Exact,
            Written::Inflected => Written::AsIs,
            other => other,
        };
        let at = Manner { written, ..at };
        let rows = self.rows(phrase, at, span)?;
        let (mut at_start, mut at_end) = (false, false);
        for part in &phrase.parts {
            at_start |= *part == PhrasePart::FieldStart;
            at_end |= *part == PhrasePart::FieldEnd;
        }
        let mut nodes = Vec::with_capacity(rows.len());
        for row in rows {
            if row.iter().all(Option::is_none) {
                self.warn_without_words(phrase.text.trim(), span);
                return Some(None);
            }
            let width = row.len() as u32 - 1;
            let (mut slots, mut rank) = (Vec::new(), Vec::new());
            for (offset, piece) in (0..).zip(row) {
                let Some(piece) = piece else { continue };
                slots.push(Slot { offset, ..piece.slot });
                if !piece.stems.is_empty() && at.scope != Scope::Byline {
                    rank.push(piece.stems);
                }
            }
            if phrase.slop > 0 && slots.len() > sloppy::MAX_WORDS {
                let most = sloppy::MAX_WORDS;
                let message = format!(
                    "a phrase with room has at most {most} words, this one has {}",
                    slots.len()
                );
                self.tell(
                    Diagnostic::error("too_many_clauses", span, message)
                        .hint("leave out the ~, or some words"),
                );
                return None;
            }
            let slop = if slots.len() > 1 { phrase.slop } else { 0 };
            let words = Words { slop, at_start, at_end, rank, ..words_of(slots, width) };
            nodes.push(PlaceNode::Words(words));
        }
        Some(if nodes.len() == 1 { nodes.pop() } else { Some(PlaceNode::Any(nodes)) })
    }

    /// The phrases that one with alternatives stands for.
    fn rows(&self, phrase: &Phrase, at: Manner, span: Span) -> Option<Vec<Row>> {
        let last_word = phrase
            .parts
            .iter()
            .rposition(|part| matches!(part, PhrasePart::Word(_) | PhrasePart::OneOf(_)));
        let mut rows: Vec<Row> = vec![Vec::new()];
        for (number, part) in phrase.parts.iter().enumerate() {
            let prefix = phrase.prefix && last_word == Some(number);
            let choices: Vec<Row> = match part {
                PhrasePart::FieldStart | PhrasePart::FieldEnd => continue,
                PhrasePart::AnyWord => vec![vec![None]],
                PhrasePart::Word(word) => vec![self.row(word, prefix, at, span)?],
                PhrasePart::Pattern(pattern) => vec![self.pattern_row(pattern, at, span)?],
                PhrasePart::Fuzzy { .. } | PhrasePart::Regex(_)
                    if !matches!(at.written, Written::Inflected | Written::AsIs) =>
                {
                    return self.refused(INEXACT, span);
                }
                PhrasePart::Fuzzy { word, distance } => {
                    vec![self.fuzzy_row(word, *distance)]
                }
                PhrasePart::Regex(source) => {
                    let slot = self.regular(source, span)?;
                    vec![vec![Some(Piece { slot, stems: Vec::new() })]]
                }
                PhrasePart::Entity { class, value } => {
                    let terms = self.entity(class, value.as_deref(), at, span)?;
                    let slot = Slot { offset: 0, terms, pattern: None };
                    vec![vec![Some(Piece { slot, stems: Vec::new() })]]
                }
                PhrasePart::OneOf(words) => {
                    let mut choices = Vec::with_capacity(words.len());
                    for word in words {
                        let row = if word.contains(['*', '?']) {
                            self.pattern_row(word, at, span)?
                        } else {
                            self.row(word, prefix, at, span)?
                        };
                        choices.push(row);
                    }
                    joined(choices)
                }
            };
            if rows.len() * choices.len() > MAX_VARIANTS {
                let message = format!(
                    "the choices in this phrase stand for more than {MAX_VARIANTS} phrases"
                );
                self.tell(
                    Diagnostic::error("too_many_clauses", span, message)
                        .hint("write the phrases themselves with OR"),
                );
                return None;
            }
            rows = rows
                .iter()
                .flat_map(|row| {
                    choices.iter().map(|choice| [row.as_slice(), choice.as_slice()].concat())
                })
                .collect();
        }
        Some(rows)
    }

    /// The positions of one word of a phrase.
    fn row(&self, word: &str, prefix: bool, at: Manner, span: Span) -> Option<Row> {
        let tokens = self.analyze(word);
        let Some(first) = tokens.first() else { return Some(Vec::new()) };
        if prefix && at.written == Written::Misread {
            self.refused("ocr(…) of the start of a word", span)?;
        }
        let mut row: Row = Vec::with_capacity(tokens.len());
        for token in &tokens {
            row.resize_with((token.position - first.position) as usize, || None);
            row.push(Some(Piece {
                slot: form_slot(token, at.written),
                stems: token.stems.clone(),
            }));
        }
        if prefix && let (Some(Some(piece)), Some(token)) = (row.last_mut(), tokens.last()) {
            let start = if at.written == Written::Exact { &token.surface } else { &token.folded };
            let pattern = Some(of_start(start, at.written));
            *piece =
                Piece { slot: Slot { offset: 0, terms: Vec::new(), pattern }, stems: Vec::new() };
        }
        Some(row)
    }

    fn pattern_row(&self, pattern: &str, at: Manner, span: Span) -> Option<Row> {
        if at.written == Written::Misread {
            self.refused("ocr(…) of a pattern", span)?;
        }
        self.pattern_pieces(pattern, at.written, span)
    }

    /// `econom*`: all folded words that match.
    pub(super) fn wildcard(
        &self,
        pattern: &str,
        at: Manner,
        span: Span,
    ) -> Option<Option<PlaceNode>> {
        let row = self.pattern_row(pattern, at, span)?;
        if row.iter().all(Option::is_none) {
            self.warn_without_words(pattern, span);
            return Some(None);
        }
        let width = row.len() as u32 - 1;
        let mut slots = Vec::new();
        let mut rank = Vec::new();
        for (offset, piece) in (0..).zip(row) {
            let Some(piece) = piece else { continue };
            slots.push(Slot { offset, ..piece.slot });
            if !piece.stems.is_empty() && at.scope != Scope::Byline {
                rank.push(piece.stems);
            }
        }
        Some(Some(PlaceNode::Words(Words { rank, ..words_of(slots, width) })))
    }
}

/// Single words that any may stand are one position with several terms.
fn joined(choices: Vec<Row>) -> Vec<Row> {
    let mut single: Option<Piece> = None;
    let mut out: Vec<Row> = Vec::new();
    for row in choices {
        match row.as_slice() {
            [Some(piece)] if piece.slot.pattern.is_none() => match &mut single {
                None => single = Some(piece.clone()),
                Some(known) => {
                    known.slot.terms.extend(piece.slot.terms.iter().cloned());
                    known.stems.extend(piece.stems.iter().cloned());
                }
            },
            // A choice without a letter, as in `(a|)`, chooses nothing.
            [] => {}
            _ => out.push(row),
        }
    }
    if let Some(mut piece) = single {
        for list in [&mut piece.slot.terms, &mut piece.stems] {
            list.sort();
            list.dedup();
        }
        out.insert(0, vec![Some(piece)]);
    }
    if out.is_empty() {
        out.push(Vec::new());
    }
    out
}

/// The slot of a token as it must be written; its offset is 0.
pub(super) fn form_slot(token: &QueryToken, written: Written) -> Slot {
    let word = token.folded.clone();
    let cased = |case| Slot {
        offset: 0,
        terms: Vec::new(),
        pattern: Some(Pattern::Cased { word: word.clone(), case }),
    };
    match written {
        Written::Inflected | Written::AsIs => Slot { offset: 0, terms: vec![word], pattern: None },
        Written::Misread => Slot { offset: 0, terms: misread::readings(&word), pattern: None },
        Written::Cased(case) => cased(case),
        Written::Exact if token.surface == word => cased(Case::Plain),
        Written::Exact => {
            Slot { offset: 0, terms: vec![format!("{EXACT_MARK}{}", token.surface)], pattern: None }
        }
    }
}

/// Words in forms without any rank.
pub(super) fn words_of(slots: Vec<Slot>, width: u32) -> Words {
    Words {
        layer: Layer::Forms,
        slots,
        width,
        slop: 0,
        at_start: false,
        at_end: false,
        rank: Vec::new(),
    }
}

/// Positions from the first to the last token.
fn width(tokens: &[QueryToken]) -> u32 {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => last.position - first.position,
        _ => 0,
    }
}

/// Whether a [`TextClause`] asks for the same.
fn is_plain(words: &Words) -> bool {
    let last = words.slots.iter().map(|slot| slot.offset).max();
    // What stems stand for beyond the last slot is the second character of a bigram.
    let whole = words.layer == Layer::Stems || last == Some(words.width);
    let begins = words.slots.first().is_some_and(|slot| slot.offset == 0);
    words.slop == 0 && !words.at_start && !words.at_end && whole && begins
}

/// Whether some CJK character stands alone: bigrams cannot find it, single characters can.
fn has_lone_character(tokens: &[QueryToken]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        token.cjk
            && token.stems.is_empty()
            && (at == 0 || tokens[at - 1].stems.is_empty() || !tokens[at - 1].cjk)
    })
}
