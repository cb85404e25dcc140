//! Places of words in the articles that hold them: positions are read only where all words are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::columnar::ColumnValues;
use tantivy::index::SegmentReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Term};

use super::columns::Columns;
use crate::engine::streams::{PARAGRAPH_MARK, SENTENCE_MARK, TITLE_GAP};
use crate::plan::finder::{Finder, Place, Source, TooManyPairs};
use crate::plan::{PlaceClause, Scope, Unit, sloppy};

/// Terms in at most so many articles of a segment are read at once and kept as a list: a pattern
/// may stand for thousands of them, and each reader holds some kilobytes.
const RARE: u32 = 64;

/// A clause of places, with the terms that its words stand for.
#[derive(Debug, Clone)]
pub struct PlaceQuery {
    /// Finds places where words stand.
    pub finder: Finder,
    /// The words, in the finder's order.
    pub words: Vec<WordsQuery>,
    /// Which sides are looked at.
    pub scope: Scope,
    /// Only so many first words of each side.
    pub first: Option<u32>,
    /// The field of sentence and paragraph marks, and whether each of them is needed.
    pub marks: (Field, [bool; 2]),
    /// Where lengths are read.
    pub columns: Columns,
    /// Raised where an article is too much for the finder, so that there is no exact answer.
    pub gave_up: Arc<AtomicBool>,
}

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
    fn needs_end(&self) -> bool {
        let last = self.slots.iter().map(|slot| slot.offset).max();
        self.at_end || last.is_none_or(|last| self.width > last)
    }
}

impl PlaceQuery {
    /// The query of a clause without its words.
    pub fn new(
        clause: &PlaceClause,
        forms: Field,
        columns: &Columns,
        gave_up: &Arc<AtomicBool>,
    ) -> PlaceQuery {
        PlaceQuery {
            finder: Finder::new(clause),
            words: Vec::new(),
            scope: clause.scope,
            first: clause.first,
            marks: (forms, clause.root.units()),
            columns: columns.clone(),
            gave_up: Arc::clone(gave_up),
        }
    }

    /// Opens a segment.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn open(&self, reader: &SegmentReader) -> tantivy::Result<PlaceCheck> {
        let words = self.words.iter().map(|words| WordsReader::open(words, reader));
        let columns = self.columns.of(reader);
        let column = |name: &str| -> tantivy::Result<Lengths> {
            Ok(reader.fast_fields().u64(name)?.first_or_default_col(0))
        };
        let ends = match self.scope {
            _ if !self.words.iter().any(WordsQuery::needs_end) => None,
            Scope::Any | Scope::Title | Scope::HeadLead => Some(column("title_words")?),
            Scope::Byline => Some(column("byline_words")?),
            Scope::Body | Scope::Lead => None,
        };
        let lead = match self.scope {
            Scope::Lead | Scope::HeadLead => Some(columns.lead_words().clone()),
            _ => None,
        };
        let body = match self.scope {
            Scope::Byline | Scope::Lead => None,
            _ => Some(columns.body_words().clone()),
        };
        let (forms, [sentences, paragraphs]) = self.marks;
        let mark = |name: &str, needed: bool| -> tantivy::Result<Option<SegmentPostings>> {
            if !needed || self.scope == Scope::Byline {
                return Ok(None);
            }
            let term = Term::from_field_text(forms, name);
            let option = IndexRecordOption::WithFreqsAndPositions;
            Ok(reader.inverted_index(forms)?.read_postings(&term, option)?)
        };
        Ok(PlaceCheck {
            finder: self.finder.clone(),
            gave_up: Arc::clone(&self.gave_up),
            article: Article {
                doc: 0,
                words: words.collect::<tantivy::Result<_>>()?,
                sentences: mark(SENTENCE_MARK, sentences)?,
                paragraphs: mark(PARAGRAPH_MARK, sentences | paragraphs)?,
                scope: self.scope,
                first: self.first,
                texts: Texts { body, lead, ends },
                sides: Sides::default(),
                scratch: Scratch::default(),
            },
        })
    }
}

/// Tells of given articles of a segment whether a clause of places holds.
pub struct PlaceCheck {
    finder: Finder,
    article: Article,
    gave_up: Arc<AtomicBool>,
}

impl PlaceCheck {
    /// Whether it holds for `doc`. Articles must be asked in ascending order.
    pub fn confirm(&mut self, doc: DocId) -> bool {
        self.article.go_to(doc);
        match self.finder.holds(&mut self.article) {
            Ok(holds) => holds,
            Err(TooManyPairs) => {
                self.gave_up.store(true, Ordering::Relaxed);
                false
            }
        }
    }
}

type Lengths = Arc<dyn ColumnValues<u64>>;

/// Lengths of texts, those that are needed.
struct Texts {
    body: Option<Lengths>,
    lead: Option<Lengths>,
    /// Words of the title or the author line.
    ends: Option<Lengths>,
}

/// A row of words that is looked at.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    /// The first position.
    from: u32,
    /// One past the last position that counts.
    to: u32,
    /// One past the last position; of a title or author line only where it is asked for.
    end: u32,
}

impl Side {
    fn new(from: u32, end: u32, first: Option<u32>) -> Side {
        let to = first.map_or(end, |first| end.min(from.saturating_add(first)));
        Side { from, to, end }
    }
}

/// The sides of an article, the later one last.
#[derive(Debug, Clone, Copy, Default)]
struct Sides {
    sides: [Side; 2],
    count: usize,
}

impl Sides {
    fn all(&self) -> &[Side] {
        &self.sides[..self.count]
    }
}

#[derive(Debug, Default)]
struct Scratch {
    starts: Vec<u32>,
    positions: Vec<u32>,
    removed: Vec<u32>,
    lists: Vec<Vec<u32>>,
}

/// The article that is looked at.
struct Article {
    doc: DocId,
    words: Vec<WordsReader>,
    /// Starts of sentences that start no paragraph.
    sentences: Option<SegmentPostings>,
    paragraphs: Option<SegmentPostings>,
    scope: Scope,
    first: Option<u32>,
    texts: Texts,
    sides: Sides,
    scratch: Scratch,
}

impl Article {
    fn go_to(&mut self, doc: DocId) {
        self.doc = doc;
        let value = |column: &Option<Lengths>, without: u32| match column {
            None => without,
            Some(column) => column.get_val(doc).min(u64::from(u32::MAX)) as u32,
        };
        let first = self.first;
        let body = value(&self.texts.body, 0);
        let title_at = body.saturating_add(TITLE_GAP);
        let end = match &self.texts.ends {
            None => u32::MAX,
            Some(_) => value(&self.texts.ends, 0),
        };
        let title = Side::new(title_at, title_at.saturating_add(end), first);
        let one = |side| Sides { sides: [side, Side::default()], count: 1 };
        self.sides = match self.scope {
            Scope::Any => Sides { sides: [Side::new(0, body, first), title], count: 2 },
            Scope::Title => one(title),
            Scope::Body => one(Side::new(0, body, first)),
            Scope::Lead => one(Side::new(0, value(&self.texts.lead, 0), first)),
            Scope::HeadLead => {
                let lead = Side::new(0, value(&self.texts.lead, 0), first);
                Sides { sides: [lead, title], count: 2 }
            }
            Scope::Byline => one(Side::new(0, end, first)),
        };
    }
}

fn seek(postings: &mut SegmentPostings, target: DocId) -> DocId {
    let doc = postings.doc();
    if doc < target { postings.seek(target) } else { doc }
}

impl Source for Article {
    fn places(&mut self, words: usize, out: &mut Vec<Place>) -> Result<(), TooManyPairs> {
        let title = self.sides.sides[self.sides.count.saturating_sub(1)].from;
        self.words[words].places(self.doc, self.sides.all(), title, &mut self.scratch, out)
    }

    fn has_place(&mut self, words: usize) -> Result<bool, TooManyPairs> {
        let title = self.sides.sides[self.sides.count.saturating_sub(1)].from;
        self.words[words].has_place(self.doc, self.sides.all(), title, &mut self.scratch)
    }

    fn starts(&mut self, unit: Unit, out: &mut Vec<u32>) {
        let mut read = |postings: &mut Option<SegmentPostings>| {
            if let Some(postings) = postings
                && seek(postings, self.doc) == self.doc
            {
                postings.append_positions_with_offset(0, out);
            }
        };
        read(&mut self.paragraphs);
        if unit == Unit::Sentence {
            read(&mut self.sentences);
            out.sort_unstable();
        }
    }

    fn border(&mut self) -> u32 {
        if self.sides.count == 2 { self.sides.sides[1].from } else { u32::MAX }
    }
}

/// Reads where a word or phrase stands.
struct WordsReader {
    /// The rarest first.
    slots: Vec<SlotReader>,
    of_title: bool,
    width: u32,
    slop: u32,
    at_start: bool,
    at_end: bool,
}

impl WordsReader {
    fn open(words: &WordsQuery, reader: &SegmentReader) -> tantivy::Result<WordsReader> {
        let mut slots = Vec::with_capacity(words.slots.len());
        for slot in &words.slots {
            slots.push(SlotReader {
                offset: slot.offset,
                any: Alternatives::open(&slot.any, words.field, reader)?,
                without: Alternatives::open(&slot.without, words.field, reader)?,
            });
        }
        slots.sort_by_key(|slot| slot.any.size());
        Ok(WordsReader {
            slots,
            of_title: words.of_title,
            width: words.width,
            slop: words.slop,
            at_start: words.at_start,
            at_end: words.at_end,
        })
    }

    fn stands(&self, place: Place, side: &Side) -> bool {
        place.start >= side.from
            && place.end < side.to
            && (!self.at_start || place.start == side.from)
            && (!self.at_end || place.end + 1 == side.end)
    }

    fn places(
        &mut self,
        doc: DocId,
        sides: &[Side],
        title: u32,
        scratch: &mut Scratch,
        out: &mut Vec<Place>,
    ) -> Result<(), TooManyPairs> {
        let base = if self.of_title { title } else { 0 };
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

    fn has_place(
        &mut self,
        doc: DocId,
        sides: &[Side],
        title: u32,
        scratch: &mut Scratch,
    ) -> Result<bool, TooManyPairs> {
        if self.slop > 0 && !self.at_start && !self.at_end {
            let base = if self.of_title { title } else { 0 };
            return Ok(self.lists(doc, base, scratch)
                && sides
                    .iter()
                    .any(|side| sloppy::holds(&self.on_side(side, &scratch.lists), self.slop)));
        }
        let mut places = Vec::new();
        self.places(doc, sides, title, scratch, &mut places)?;
        Ok(!places.is_empty())
    }
}

/// Reads where a slot is filled.
struct SlotReader {
    offset: u32,
    any: Alternatives,
    without: Alternatives,
}

impl SlotReader {
    /// Appends the positions to `out`, which is empty, sorted and distinct.
    fn positions(&mut self, doc: DocId, base: u32, out: &mut Vec<u32>, removed: &mut Vec<u32>) {
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
        if base > 0 {
            out.iter_mut().for_each(|position| *position = position.saturating_add(base));
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
            while doc != tantivy::TERMINATED {
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

    fn positions(&mut self, doc: DocId, out: &mut Vec<u32>) {
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
        // A word of the title is posted several times at its position.
        out.dedup();
    }
}
