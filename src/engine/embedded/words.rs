//! Word patterns to the words of the index that match: counted, never cut off silently.

use std::collections::BTreeSet;

use tantivy::Searcher;
use tantivy::schema::Field;

use crate::diag::Span;
use crate::engine::EngineError;
use crate::engine::streams::{EXACT_MARK, PARAGRAPH_MARK, SENTENCE_MARK};
use crate::plan::{ENTITY_MARK, Pattern, WildcardPart};

/// The most words that one pattern may stand for.
pub const MAX_WORDS: usize = 20_000;

/// All folded words of `field` that match, sorted.
///
/// Costs one pass over the words that share the pattern's literal start.
///
/// # Errors
/// [`EngineError::TooManyTerms`] beyond [`MAX_WORDS`], with the full number.
pub fn expand(
    searcher: &Searcher,
    field: Field,
    pattern: &Pattern,
    span: Span,
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
        while stream.advance() {
            let Ok(word) = std::str::from_utf8(stream.key()) else { continue };
            if is_word(word) && pattern.matches(word) && !words.contains(word) {
                words.insert(word.to_owned());
            }
        }
    }
    if words.len() > MAX_WORDS {
        return Err(EngineError::TooManyTerms {
            pattern: display(pattern),
            found: words.len(),
            limit: MAX_WORDS,
            span,
        });
    }
    Ok(words.into_iter().collect())
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

/// Whether a term of the forms is a folded word, and no mark, entity or exact form.
fn is_word(term: &str) -> bool {
    !term.starts_with([EXACT_MARK, ENTITY_MARK]) && term != SENTENCE_MARK && term != PARAGRAPH_MARK
}

fn display(pattern: &Pattern) -> String {
    let Pattern::Wildcard(parts) = pattern;
    parts
        .iter()
        .map(|part| match part {
            WildcardPart::Literal(text) => text.as_str(),
            WildcardPart::Any => "*",
            WildcardPart::One => "?",
        })
        .collect()
}
