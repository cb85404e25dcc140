//! Word patterns to the words of the index that match: counted, never cut off silently.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::Searcher;
use tantivy::schema::Field;
use tantivy_fst::Automaton;

use super::watch::Watch;
use crate::diag::Span;
use crate::engine::EngineError;
use crate::plan::{Case, ENTITY_MARK, EXACT_MARK, Fuzzy, Pattern, Spelling, WildcardPart};
use crate::text::fold;

/// The most words that one pattern may stand for.
pub const MAX_WORDS: usize = 20_000;

/// What a pattern stands for in an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// Any of these terms, sorted.
    pub any: Vec<String>,
    /// At a position that holds none of these, sorted.
    pub without: Vec<String>,
}

/// All terms of `field` that match.
///
/// A wildcard costs one pass over the words that share its literal start, a word written in some
/// way one over the ways it is written.
///
/// Once the time of the answer is over it ends early: nothing is found from then on, so that the
/// words left out cannot matter.
///
/// # Errors
/// [`EngineError::TooManyTerms`] beyond [`MAX_WORDS`], with the full number.
pub fn expand(
    searcher: &Searcher,
    field: Field,
    pattern: &Pattern,
    span: Span,
    watch: &Watch,
) -> Result<Expansion, EngineError> {
    let expansion = match pattern {
        Pattern::Wildcard(_) => {
            Expansion { any: matching(searcher, field, pattern, watch)?, without: Vec::new() }
        }
        Pattern::Cased { word, case } => cased(searcher, field, word, *case, watch)?,
        Pattern::Written { parts, .. } => written(searcher, field, pattern, parts, watch)?,
        Pattern::Fuzzy(fuzzy) => {
            Expansion { any: near(searcher, field, fuzzy, watch)?, without: Vec::new() }
        }
        Pattern::Regular(_) => {
            Expansion { any: matching(searcher, field, pattern, watch)?, without: Vec::new() }
        }
    };
    let found = expansion.any.len().max(expansion.without.len());
    if found > MAX_WORDS && !watch.is_due() {
        let (pattern, limit) = (display(pattern), MAX_WORDS);
        return Err(EngineError::TooManyTerms { pattern, found, limit, span });
    }
    Ok(expansion)
}

fn matching(
    searcher: &Searcher,
    field: Field,
    pattern: &Pattern,
    watch: &Watch,
) -> Result<Vec<String>, EngineError> {
    let prefix = pattern.literal_prefix();
    let mut words = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field).map_err(super::failure)?;
        let mut range = inverted.terms().range();
        if !prefix.is_empty() {
            range = range.ge(prefix.as_bytes());
            if let Some(end) = prefix_end(prefix.as_bytes()) {
                range = range.lt(end);
            }
        }
        let mut stream = range.into_stream().map_err(|error| super::failure(error.into()))?;
        while stream.advance() && !watch.is_due() {
            let Ok(word) = std::str::from_utf8(stream.key()) else { continue };
            if is_word(word) && pattern.fits(word, word) && !words.contains(word) {
                words.insert(word.to_owned());
            }
        }
    }
    Ok(words.into_iter().collect())
}

/// The automata for one and two edits, made once: some milliseconds each.
static EDITS: [OnceLock<LevenshteinAutomatonBuilder>; 3] =
    [OnceLock::new(), OnceLock::new(), OnceLock::new()];

/// Accepts what an automaton of edits accepts.
struct Edits<'d>(&'d DFA);

impl Automaton for Edits<'_> {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}

/// The words within some edits: an automaton walks the dictionary and visits little else.
pub fn near(
    searcher: &Searcher,
    field: Field,
    fuzzy: &Fuzzy,
    watch: &Watch,
) -> Result<Vec<String>, EngineError> {
    let edits = EDITS
        .get(usize::from(fuzzy.distance))
        .ok_or_else(|| EngineError::Other("more than two edits".to_owned()))?;
    let dfa = edits
        .get_or_init(|| LevenshteinAutomatonBuilder::new(fuzzy.distance, true))
        .build_dfa(&fuzzy.word);
    let first = fuzzy.first().as_bytes();
    let mut words = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field).map_err(super::failure)?;
        let mut search = inverted.terms().search(Edits(&dfa));
        if !first.is_empty() {
            search = search.ge(first);
            if let Some(end) = prefix_end(first) {
                search = search.lt(end);
            }
        }
        let mut stream = search.into_stream().map_err(|error| super::failure(error.into()))?;
        while stream.advance() && !watch.is_due() {
            if let Ok(word) = std::str::from_utf8(stream.key())
                && is_word(word)
                && fuzzy.matches(word)
            {
                words.insert(word.to_owned());
            }
        }
    }
    Ok(words.into_iter().collect())
}

/// The terms for a folded word where it is written so.
///
/// A word written just as its folded form has no term of its own: it is where the folded word is
/// and none of the other ways to write it.
fn cased(
    searcher: &Searcher,
    field: Field,
    word: &str,
    case: Case,
    watch: &Watch,
) -> Result<Expansion, EngineError> {
    let mut written = BTreeSet::new();
    let spellings = Spellings::of(fold::bare(word));
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field).map_err(super::failure)?;
        let search = inverted.terms().search(&spellings);
        let mut stream = search.into_stream().map_err(|error| super::failure(error.into()))?;
        while stream.advance() && !watch.is_due() {
            if let Ok(term) = std::str::from_utf8(stream.key())
                && let Some(surface) = term.strip_prefix(EXACT_MARK)
                && surface != word
                && fold::fold(surface) == word
                && (case.fits(word, word) != case.fits(surface, word))
            {
                written.insert(term.to_owned());
            }
        }
    }
    let written = written.into_iter().collect();
    if case.fits(word, word) {
        return Ok(Expansion { any: vec![word.to_owned()], without: written });
    }
    Ok(Expansion { any: written, without: Vec::new() })
}

/// The terms for the words that a pattern matches as they are written.
///
/// As for one word: those written just as their folded form are where no other way to write them
/// is.
fn written(
    searcher: &Searcher,
    field: Field,
    pattern: &Pattern,
    parts: &[WildcardPart],
    watch: &Watch,
) -> Result<Expansion, EngineError> {
    let bare: BTreeSet<String> = matching(searcher, field, pattern, watch)?.into_iter().collect();
    let start = match parts.first() {
        Some(WildcardPart::Literal(letters)) => fold::bare(letters),
        _ => String::new(),
    };
    let spellings = Spellings { start: true, ..Spellings::of(start) };
    let (mut any, mut without) = (BTreeSet::new(), BTreeSet::new());
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field).map_err(super::failure)?;
        let mut stream = inverted
            .terms()
            .search(&spellings)
            .into_stream()
            .map_err(|error| super::failure(error.into()))?;
        while stream.advance() && !watch.is_due() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            let Some(surface) = term.strip_prefix(EXACT_MARK) else { continue };
            let folded = fold::fold(surface);
            if surface == folded {
                continue;
            }
            if pattern.fits(surface, &folded) {
                any.insert(term.to_owned());
            } else if bare.contains(&folded) {
                without.insert(term.to_owned());
            }
        }
    }
    any.extend(bare);
    Ok(Expansion { any: any.into_iter().collect(), without: without.into_iter().collect() })
}

/// Accepts exact forms whose letters are these, whatever their case and marks; the caller compares
/// what folding keeps apart.
struct Spellings {
    bare: String,
    /// Whether other letters may follow.
    start: bool,
}

impl Spellings {
    fn of(bare: String) -> Spellings {
        Spellings { bare, start: false }
    }
}

/// How far a term was read.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Bytes of the bare letters that were met; `None` if it is another word.
    met: Option<usize>,
    marked: bool,
    /// A character that is not complete.
    bytes: [u8; 4],
    len: u8,
}

impl Automaton for &Spellings {
    type State = Reading;

    fn start(&self) -> Reading {
        Reading { met: Some(0), marked: false, bytes: [0; 4], len: 0 }
    }

    fn is_match(&self, state: &Reading) -> bool {
        state.marked && state.met == Some(self.bare.len()) && state.len == 0
    }

    fn can_match(&self, state: &Reading) -> bool {
        state.met.is_some()
    }

    fn accept(&self, state: &Reading, byte: u8) -> Reading {
        let mut next = *state;
        let Some(met) = state.met else { return next };
        if !state.marked {
            next.marked = true;
            next.met = (byte as char == EXACT_MARK).then_some(0);
            return next;
        }
        if self.start && met == self.bare.len() {
            return next;
        }
        next.met = None;
        let Some(slot) = next.bytes.get_mut(usize::from(state.len)) else { return next };
        *slot = byte;
        next.len += 1;
        let wanted = match next.bytes[0] {
            0..0x80 => 1,
            0x80..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        if next.len < wanted {
            next.met = Some(met);
            return next;
        }
        let Ok(letter) = std::str::from_utf8(&next.bytes[..usize::from(wanted)]) else {
            return next;
        };
        let letter = fold::bare(letter);
        if self.bare[met..].starts_with(&letter) {
            next.met = Some(met + letter.len());
        } else if self.start && letter.starts_with(&self.bare[met..]) {
            next.met = Some(self.bare.len());
        }
        next.len = 0;
        next
    }
}

/// The first byte string after all that start with `prefix`.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 255 {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

/// Whether a term of the forms is a folded word, and no entity or exact form.
fn is_word(term: &str) -> bool {
    !term.starts_with([EXACT_MARK, ENTITY_MARK])
}

fn display(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Written { spelling: Spelling::Letters(parts), .. } => {
            display(&Pattern::Wildcard(parts.clone()))
        }
        Pattern::Cased { word, .. } => word.clone(),
        Pattern::Fuzzy(fuzzy) => format!("{}~{}", fuzzy.word, fuzzy.distance),
        Pattern::Regular(regular) => format!("/{}/", regular.source()),
        Pattern::Wildcard(parts) | Pattern::Written { parts, .. } => parts
            .iter()
            .map(|part| match part {
                WildcardPart::Literal(text) => text.as_str(),
                WildcardPart::Any => "*",
                WildcardPart::One => "?",
            })
            .collect(),
    }
}
