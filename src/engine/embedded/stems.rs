//! How many matches and how many articles hold each stem: from postings or from the matches.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::Weight;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::termdict::TermStreamer;
use tantivy::{BitSet, DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::failure;
use super::reader::stored_at;
use super::schema::Fields;
use crate::analyze::Analyzers;
use crate::article::Words;
use crate::engine::EngineError;
use crate::engine::streams::{self, TokenSink};

/// Postings that are walked in the time in which one match is read and cut into stems: 1.5 ns
/// against some 150 µs.
const POSTINGS_A_MATCH: u64 = 100_000;

/// The matches of each segment, and how many these are.
pub(super) type Chosen = Vec<(BitSet, u64)>;

/// The living matches of a query.
pub(super) fn chosen(weight: &dyn Weight, searcher: &Searcher) -> Result<Chosen, EngineError> {
    let mut chosen = Vec::new();
    for reader in searcher.segment_readers() {
        let mut docs = BitSet::with_max_value(reader.max_doc());
        let alive = reader.alive_bitset();
        let mut number = 0;
        weight
            .for_each_no_score(reader, &mut |block| {
                for &doc in block {
                    if alive.is_none_or(|alive| alive.is_alive(doc)) {
                        docs.insert(doc);
                        number += 1;
                    }
                }
            })
            .map_err(failure)?;
        chosen.push((docs, number));
    }
    Ok(chosen)
}

/// Whether reading the matches is cheaper than walking all postings.
pub(super) fn are_few(
    searcher: &Searcher,
    field: Field,
    matches: u64,
) -> Result<bool, EngineError> {
    let mut tokens = 0;
    for reader in searcher.segment_readers() {
        tokens += reader.inverted_index(field).map_err(failure)?.total_num_tokens();
    }
    // A word stands about twice in an article that holds it.
    Ok(matches.saturating_mul(POSTINGS_A_MATCH) < tokens / 2)
}

/// One segment's dictionary, at one of its stems.
struct Walk<'s> {
    reader: &'s SegmentReader,
    inverted: &'s Arc<InvertedIndexReader>,
    chosen: &'s BitSet,
    any: bool,
    stream: TermStreamer<'s>,
    open: bool,
}

impl Walk<'_> {
    /// Matches and articles that hold the stem under the stream.
    fn count(&self, info: &TermInfo) -> Result<(u64, u64), EngineError> {
        if !self.any && self.reader.alive_bitset().is_none() {
            return Ok((0, u64::from(info.doc_freq)));
        }
        let alive = self.reader.alive_bitset();
        let (mut inside, mut all) = (0, 0);
        let mut postings = self
            .inverted
            .read_block_postings_from_terminfo(info, IndexRecordOption::Basic)
            .map_err(|error| failure(error.into()))?;
        loop {
            let docs: &[DocId] = postings.docs();
            if docs.is_empty() {
                return Ok((inside, all));
            }
            for &doc in docs {
                inside += u64::from(self.chosen.contains(doc));
                all += u64::from(alive.is_none_or(|alive| alive.is_alive(doc)));
            }
            postings.advance();
        }
    }
}

/// Counts by walking all postings of a field: the dictionaries of all segments side by side.
pub(super) fn of_postings(
    searcher: &Searcher,
    field: Field,
    chosen: &Chosen,
    each: &mut dyn FnMut(&str, u64, u64),
) -> Result<(), EngineError> {
    let mut inverted = Vec::new();
    for reader in searcher.segment_readers() {
        inverted.push(reader.inverted_index(field).map_err(failure)?);
    }
    let mut walks = Vec::new();
    for ((reader, inverted), (docs, number)) in
        searcher.segment_readers().iter().zip(&inverted).zip(chosen)
    {
        let mut stream = inverted.terms().stream().map_err(|error| failure(error.into()))?;
        let open = stream.advance();
        walks.push(Walk { reader, inverted, chosen: docs, any: *number > 0, stream, open });
    }
    let mut stem: Vec<u8> = Vec::new();
    loop {
        let least = walks.iter().filter(|walk| walk.open).map(|walk| walk.stream.key()).min();
        let Some(least) = least else { return Ok(()) };
        stem.clear();
        stem.extend_from_slice(least);
        let (mut inside, mut all) = (0, 0);
        for walk in walks.iter_mut().filter(|walk| walk.open) {
            if walk.stream.key().cmp(&stem) == Ordering::Equal {
                let (some, more) = walk.count(walk.stream.value())?;
                (inside, all) = (inside + some, all + more);
                walk.open = walk.stream.advance();
            }
        }
        if inside > 0
            && let Ok(stem) = std::str::from_utf8(&stem)
        {
            each(stem, inside, all);
        }
    }
}

/// The distinct stems of one article.
#[derive(Default)]
struct Distinct(HashSet<String, foldhash::fast::FixedState>);

impl TokenSink for Distinct {
    fn token(&mut self, text: &str, _: u32, _: usize) {
        if !self.0.contains(text) {
            self.0.insert(text.to_owned());
        }
    }
}

/// Counts by reading the matches.
pub(super) fn of_matches(
    searcher: &Searcher,
    fields: &Fields,
    chosen: &Chosen,
    each: &mut dyn FnMut(&str, u64, u64),
) -> Result<(), EngineError> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut analyzers = Analyzers::default();
    for (segment, (docs, _)) in (0u32..).zip(chosen) {
        let max_doc = searcher.segment_reader(segment).max_doc();
        for doc in (0..max_doc).filter(|&doc| docs.contains(doc)) {
            let stored = stored_at(searcher, fields, segment, doc)?;
            let words = Words::of(&stored.article);
            let mut stems = Distinct::default();
            streams::stems(&stored.article, &words, &stored.lang, &mut analyzers, &mut stems);
            for stem in stems.0 {
                *counts.entry(stem).or_default() += 1;
            }
        }
    }
    for (stem, inside) in counts {
        each(&stem, inside, articles(searcher, fields.text, &stem)?);
    }
    Ok(())
}

/// How many living articles hold a stem.
pub(super) fn articles(searcher: &Searcher, field: Field, stem: &str) -> Result<u64, EngineError> {
    let term = Term::from_field_text(field, stem);
    let mut number = 0;
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(field).map_err(failure)?;
        let Some(alive) = reader.alive_bitset() else {
            number += u64::from(inverted.doc_freq(&term).map_err(|e| failure(e.into()))?);
            continue;
        };
        let postings = inverted
            .read_postings(&term, IndexRecordOption::Basic)
            .map_err(|error| failure(error.into()))?;
        let Some(mut postings) = postings else { continue };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            number += u64::from(alive.is_alive(doc));
            doc = postings.advance();
        }
    }
    Ok(number)
}
