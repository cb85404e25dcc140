//! Reads where words and phrases stand in the articles of a segment.

use tantivy::index::SegmentReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use crate::plan::finder::{Place, TooManyPairs};
use crate::plan::sloppy;

/// Terms in at most so many articles of a segment are read at once and kept as a list: a pattern
/// may stand for thousands of them, and each reader holds some kilobytes.
const RARE: u32 = 64;

/// More alternatives than this are better joined by a query.
const LEADERS: usize = 4;

/// A word or phrase of a [`PlaceQuery`].
#[derive(Debug, Clone)]
pub struct WordsQuery {
    /// The field of all its terms.
    pub field: Field,
    /// Whether the field counts positions from the title's first word.
    pub of_title: bool,
    /// What stands where.
    pub slots: Vec<SlotTerms>,
    /// Positions from the first to the last word.
    pub width: u32,
    /// Edit budget.
    pub slop: u32,
    /// Whether it begins its side.
    pub at_start: bool,
    /// Whether it ends its side.
    pub at_end: bool,
}

/// The terms of a slot.
#[derive(Debug, Clone)]
pub struct SlotTerms {
    /// Words from the first slot.
    pub offset: u32,
    /// Any of these.
    pub any: Vec<Term>,
    /// And none of these at the same position.
    pub without: Vec<Term>,
}

impl WordsQuery {
    /// Whether it matters where a side ends: something must stand there, or a word that may be any
    /// must still be there.
    pub fn needs_end(&self) -> bool {
        let last = self.slots.iter().map(|slot| slot.offset).max();
        self.at_end || last.is_none_or(|last| self.width > last)
    }
}

/// A row of words that is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Side {
    /// The first position.
    pub from: u32,
    /// One past the last position that counts.
    pub to: u32,
    /// One past the last position; of a title or author line only where it is asked for.
    pub end: u32,
}

impl Side {
    /// The row from `from` to `end`, or only its `first` words.
    pub fn new(from: u32, end: u32, first: Option<u32>) -> Side {
        let to = first.map_or(end, |first| end.min(from.saturating_add(first)));
        Side { from, to, end }
    }
}

/// Space that is used again.
#[derive(Debug, Default)]
pub struct Scratch {
    starts: Vec<u32>,
    /// Positions of one slot.
    pub positions: Vec<u32>,
    /// Positions that are taken away from them.
    pub removed: Vec<u32>,
    lists: Vec<Vec<u32>>,
}

fn seek(postings: &mut SegmentPostings, target: DocId) -> DocId {
    let doc = postings.doc();
    if doc < target { postings.seek(target) } else { doc }
}

/// Reads where a word or phrase stands.
pub struct WordsReader {
    /// The rarest first.
    pub slots: Vec<SlotReader>,
    of_title: bool,
    width: u32,
    slop: u32,
    at_start: bool,
    at_end: bool,
    /// Whether it is one word that may stand anywhere.
    pub is_bare: bool,
}

impl std::fmt::Debug for WordsReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordsReader").field("slots", &self.slots.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SlotReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlotReader").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl WordsReader {
    /// Opens the postings of all slots.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn open(words: &WordsQuery, reader: &SegmentReader) -> tantivy::Result<WordsReader> {
        let mut slots = Vec::with_capacity(words.slots.len());
        for slot in &words.slots {
            slots.push(SlotReader {
                offset: slot.offset,
                any: Alternatives::open(&slot.any, words.field, reader)?,
                without: Alternatives::open(&slot.without, words.field, reader)?,
            });
        }
        slots.sort_by_key(|slot| slot.any.size());
        let is_bare = slots.len() == 1
            && slots[0].offset == 0
            && words.width == 0
            && !words.at_start
            && !words.at_end;
        Ok(WordsReader {
            is_bare,
            slots,
            of_title: words.of_title,
            width: words.width,
            slop: words.slop,
            at_start: words.at_start,
            at_end: words.at_end,
        })
    }

    /// What is added to the positions of its field: those of the title's field begin at 0.
    fn base(&self, sides: &[Side]) -> u32 {
        match sides {
            [.., title] if self.of_title => title.from,
            _ => 0,
        }
    }

    fn stands(&self, place: Place, side: &Side) -> bool {
        place.start >= side.from
            && place.end < side.to
            && (!self.at_start || place.start == side.from)
            && (!self.at_end || place.end + 1 == side.end)
    }

    /// Appends the places on these sides.
    ///
    /// # Errors
    /// [`TooManyPairs`], where there are too many to tell.
    pub fn places(
        &mut self,
        doc: DocId,
        sides: &[Side],
        scratch: &mut Scratch,
        out: &mut Vec<Place>,
    ) -> Result<(), TooManyPairs> {
        let base = self.base(sides);
        if self.slop > 0 {
            return self.sloppy_places(doc, sides, base, scratch, out);
        }
        self.starts(doc, base, scratch);
        let mut sides = sides.iter();
        let mut side = sides.next();
        for &start in &scratch.starts {
            let place = Place { start, end: start.saturating_add(self.width) };
            while let Some(known) = side
                && place.start >= known.to
            {
                side = sides.next();
            }
            let Some(known) = side else { break };
            if self.stands(place, known) {
                out.push(place);
            }
        }
        Ok(())
    }

    /// Positions where all slots agree that the run starts.
    fn starts(&mut self, doc: DocId, base: u32, scratch: &mut Scratch) {
        scratch.starts.clear();
        for (at, slot) in self.slots.iter_mut().enumerate() {
            scratch.positions.clear();
            slot.positions(doc, base, &mut scratch.positions, &mut scratch.removed);
            let offset = slot.offset;
            let starts = scratch.positions.iter().filter_map(|at| at.checked_sub(offset));
            if at == 0 {
                scratch.starts.extend(starts);
            } else {
                let mut starts = starts.peekable();
                scratch.starts.retain(|start| {
                    while starts.next_if(|other| other < start).is_some() {}
                    starts.peek() == Some(start)
                });
            }
            if scratch.starts.is_empty() {
                return;
            }
        }
    }

    /// Reads the positions of all slots; whether each has some.
    fn lists(&mut self, doc: DocId, base: u32, scratch: &mut Scratch) -> bool {
        scratch.lists.resize_with(self.slots.len(), Vec::new);
        for (slot, list) in self.slots.iter_mut().zip(&mut scratch.lists) {
            list.clear();
            slot.positions(doc, base, list, &mut scratch.removed);
            if list.is_empty() {
                return false;
            }
        }
        true
    }

    fn sloppy_places(
        &mut self,
        doc: DocId,
        sides: &[Side],
        base: u32,
        scratch: &mut Scratch,
        out: &mut Vec<Place>,
    ) -> Result<(), TooManyPairs> {
        if !self.lists(doc, base, scratch) {
            return Ok(());
        }
        for side in sides {
            let slots = self.on_side(side, &scratch.lists);
            let from = out.len();
            sloppy::runs(&slots, self.slop, out)?;
            let mut at = 0;
            out.retain(|place| {
                at += 1;
                at <= from || self.stands(*place, side)
            });
        }
        Ok(())
    }

    fn on_side<'l>(&self, side: &Side, lists: &'l [Vec<u32>]) -> Vec<(&'l [u32], u32)> {
        let part = |(slot, list): (&SlotReader, &'l Vec<u32>)| {
            let first = list.partition_point(|&position| position < side.from);
            let last = list.partition_point(|&position| position < side.to);
            (&list[first..last.max(first)], slot.offset)
        };
        self.slots.iter().zip(lists).map(part).collect()
    }

    /// Whether there is a place on these sides.
    ///
    /// # Errors
    /// [`TooManyPairs`], where there are too many to tell.
    pub fn has_place(
        &mut self,
        doc: DocId,
        sides: &[Side],
        scratch: &mut Scratch,
    ) -> Result<bool, TooManyPairs> {
        if self.slop > 0 && !self.at_start && !self.at_end {
            let base = self.base(sides);
            return Ok(self.lists(doc, base, scratch)
                && sides
                    .iter()
                    .any(|side| sloppy::holds(&self.on_side(side, &scratch.lists), self.slop)));
        }
        let mut places = Vec::new();
        self.places(doc, sides, scratch, &mut places)?;
        Ok(!places.is_empty())
    }
}

/// Reads where a slot is filled.
pub struct SlotReader {
    offset: u32,
    any: Alternatives,
    without: Alternatives,
}

impl SlotReader {
    /// Appends the positions to `out`, which is empty, sorted and distinct.
    fn positions(&mut self, doc: DocId, base: u32, out: &mut Vec<u32>, removed: &mut Vec<u32>) {
        self.read(doc, out, removed);
        out.dedup();
        if base > 0 {
            out.iter_mut().for_each(|position| *position = position.saturating_add(base));
        }
    }

    /// The first article at or after `target` that may have any.
    pub fn seek(&mut self, target: DocId) -> DocId {
        self.any.seek(target)
    }

    /// How many articles may have any, roughly.
    pub fn size(&self) -> u64 {
        self.any.size()
    }

    /// Whether it goes through its articles by itself as fast as a query would.
    pub fn leads_well(&self) -> bool {
        self.any.rare.is_empty() && self.any.frequent.len() <= LEADERS
    }

    /// Appends the positions to `out`, which is empty, sorted.
    pub fn read(&mut self, doc: DocId, out: &mut Vec<u32>, removed: &mut Vec<u32>) {
        self.any.positions(doc, out);
        if !self.without.is_empty() && !out.is_empty() {
            removed.clear();
            self.without.positions(doc, removed);
            let mut removed = removed.iter().peekable();
            out.retain(|position| {
                while removed.next_if(|other| *other < position).is_some() {}
                removed.peek() != Some(&position)
            });
        }
    }
}

/// Terms of which any will do.
struct Alternatives {
    frequent: Vec<SegmentPostings>,
    /// Articles and positions of the rare terms, sorted, and how far they were read.
    rare: Vec<(DocId, u32)>,
    at: usize,
}

impl Alternatives {
    fn open(terms: &[Term], field: Field, reader: &SegmentReader) -> tantivy::Result<Alternatives> {
        let mut all = Alternatives { frequent: Vec::new(), rare: Vec::new(), at: 0 };
        if terms.is_empty() {
            return Ok(all);
        }
        let inverted = reader.inverted_index(field)?;
        let several = terms.len() > 8;
        let mut positions = Vec::new();
        for term in terms {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let Some(mut postings) = inverted.read_postings(term, option)? else { continue };
            if !several || postings.doc_freq() > RARE {
                all.frequent.push(postings);
                continue;
            }
            let mut doc = postings.doc();
            while doc != TERMINATED {
                positions.clear();
                postings.append_positions_with_offset(0, &mut positions);
                all.rare.extend(positions.iter().map(|&position| (doc, position)));
                doc = postings.advance();
            }
        }
        all.rare.sort_unstable();
        Ok(all)
    }

    fn is_empty(&self) -> bool {
        self.frequent.is_empty() && self.rare.is_empty()
    }

    fn size(&self) -> u64 {
        let frequent = self.frequent.iter().map(|postings| u64::from(postings.doc_freq()));
        frequent.sum::<u64>() + self.rare.len() as u64
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let frequent = self.frequent.iter_mut().map(|postings| seek(postings, target));
        let first = frequent.min().unwrap_or(TERMINATED);
        let rare = self.rare.partition_point(|(doc, _)| *doc < target);
        first.min(self.rare.get(rare).map_or(TERMINATED, |(doc, _)| *doc))
    }

    fn positions(&mut self, doc: DocId, out: &mut Vec<u32>) {
        if let ([postings], []) = (self.frequent.as_mut_slice(), self.rare.as_slice()) {
            if seek(postings, doc) == doc {
                postings.append_positions_with_offset(0, out);
            }
            return;
        }
        let mut parts = 0;
        for postings in &mut self.frequent {
            if seek(postings, doc) == doc {
                postings.append_positions_with_offset(0, out);
                parts += 1;
            }
        }
        if self.rare.get(self.at).is_some_and(|(at, _)| *at < doc) {
            self.at += self.rare[self.at..].partition_point(|(at, _)| *at < doc);
        }
        for (_, position) in self.rare[self.at..].iter().take_while(|(at, _)| *at == doc) {
            out.push(*position);
            parts += 1;
        }
        if parts > 1 {
            out.sort_unstable();
        }
    }
}
