//! Articles that hold any of some terms, without a score: facet values, ids, words of a pattern.

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// Postings shorter than this share of the articles are kept as a sorted list, not as bits.
const SPARSE: u64 = 64;

/// Articles that hold any of the terms, all of one field.
///
/// One term costs its postings; several cost reading all of them once, without the heap of a
/// union and without the automaton of tantivy's `TermSetQuery`.
#[derive(Debug, Clone)]
pub struct AnyOfQuery {
    /// The terms; none matches nothing.
    pub terms: Vec<Term>,
}

impl Query for AnyOfQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AnyOfWeight { terms: self.terms.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, false));
    }
}

struct AnyOfWeight {
    terms: Vec<Term>,
}

impl Weight for AnyOfWeight {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(first) = self.terms.first() else { return Ok(Box::new(EmptyScorer)) };
        let inverted = reader.inverted_index(first.field())?;
        if let [term] = self.terms.as_slice() {
            return Ok(match inverted.read_postings(term, IndexRecordOption::Basic)? {
                Some(postings) => Box::new(ConstScorer::new(postings, 0.0)),
                None => Box::new(EmptyScorer),
            });
        }
        let mut infos = Vec::with_capacity(self.terms.len());
        let mut postings_in_all = 0;
        for term in &self.terms {
            if let Some(info) = inverted.get_term_info(term)? {
                postings_in_all += u64::from(info.doc_freq);
                infos.push(info);
            }
        }
        let max_doc = reader.max_doc();
        if postings_in_all < u64::from(max_doc) / SPARSE {
            let mut docs = Vec::with_capacity(postings_in_all as usize);
            for info in &infos {
                let mut postings =
                    inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                while postings.block_len() > 0 {
                    docs.extend_from_slice(postings.docs());
                    postings.advance();
                }
            }
            docs.sort_unstable();
            docs.dedup();
            return Ok(Box::new(ConstScorer::new(Sorted { docs, at: 0 }, 0.0)));
        }
        let mut bits = BitSet::with_max_value(max_doc);
        for info in &infos {
            let mut postings =
                inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            while postings.block_len() > 0 {
                for &doc in postings.docs() {
                    bits.insert(doc);
                }
                postings.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(bits), 0.0)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("no match in {doc}")));
        }
        Ok(Explanation::new("any of the terms", 0.0))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        if let ([term], None) = (self.terms.as_slice(), reader.alive_bitset()) {
            return Ok(reader.inverted_index(term.field())?.doc_freq(term)?);
        }
        let mut scorer = self.scorer(reader, 1.0)?;
        Ok(match reader.alive_bitset() {
            Some(alive) => scorer.count(alive),
            None => scorer.count_including_deleted(),
        })
    }
}

/// A sorted list of articles.
struct Sorted {
    docs: Vec<DocId>,
    at: usize,
}

impl DocSet for Sorted {
    fn advance(&mut self) -> DocId {
        self.at += usize::from(self.at < self.docs.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        // Gallops: seeks of an intersection are mostly short.
        let rest = &self.docs[self.at..];
        let mut reach = 1;
        while reach < rest.len() && rest[reach] < target {
            reach *= 2;
        }
        let from = reach / 2;
        let to = rest.len().min(reach + 1);
        if from < to {
            self.at += from + rest[from..to].partition_point(|&doc| doc < target);
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.docs.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sorted_list_seeks_like_a_walk() {
        let docs: Vec<DocId> = (0..200).map(|n| n * n / 3 + n).collect();
        for step in [1, 2, 7, 100, 5_000] {
            let mut list = Sorted { docs: docs.clone(), at: 0 };
            let mut target = 0;
            while target < 14_000 {
                let expected = docs.iter().copied().find(|&doc| doc >= target);
                if list.doc() <= target {
                    assert_eq!(list.seek(target), expected.unwrap_or(TERMINATED), "{target}");
                }
                target += step;
            }
            assert_eq!(list.seek(TERMINATED), TERMINATED);
            assert_eq!(list.advance(), TERMINATED);
        }
    }
}
