//! Places of words in the articles that hold them: positions are read only where all words are.

use std::sync::Arc;

use tantivy::columnar::{Column, ColumnValues};
use tantivy::index::SegmentReader;
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use super::breaks;
use super::columns::Columns;
use super::stand::{Scratch, Side, WordsQuery, WordsReader};
use super::watch::Watch;
use crate::engine::streams::TITLE_GAP;
use crate::plan::finder::{Finder, Place, Source, TooManyPairs};
use crate::plan::{PlaceClause, PlaceNode, Scope, Unit};

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
    /// Whether starts of sentences or paragraphs are needed.
    pub in_units: bool,
    /// Where lengths are read.
    pub columns: Columns,
    /// The words that every match holds, if there are no choices among them.
    pub required: Option<Vec<usize>>,
    /// Told where an article is too much for the finder; tells when to stop.
    pub watch: Arc<Watch>,
}

impl PlaceQuery {
    /// The query of a clause without its words.
    pub fn new(clause: &PlaceClause, columns: &Columns, watch: &Arc<Watch>) -> PlaceQuery {
        PlaceQuery {
            finder: Finder::new(clause),
            words: Vec::new(),
            scope: clause.scope,
            first: clause.first,
            in_units: clause.root.has_units(),
            columns: columns.clone(),
            required: required(&clause.root),
            watch: Arc::clone(watch),
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
        let breaks = (self.in_units && self.scope != Scope::Byline)
            .then(|| reader.fast_fields().u64("breaks"))
            .transpose()?;
        let words: Vec<WordsReader> = words.collect::<tantivy::Result<_>>()?;
        let mut leaders = Vec::new();
        for &number in self.required.iter().flatten() {
            leaders.extend((0..words[number].slots.len()).map(|slot| (number, slot)));
        }
        let slot = |&(word, slot): &(usize, usize)| &words[word].slots[slot];
        if !leaders.iter().all(|leader| slot(leader).leads_well()) {
            leaders.clear();
        }
        leaders.sort_by_key(|leader| slot(leader).size());
        Ok(PlaceCheck {
            finder: self.finder.clone(),
            watch: Arc::clone(&self.watch),
            leaders,
            article: Article {
                doc: 0,
                words,
                breaks,
                scope: self.scope,
                first: self.first,
                texts: Texts { body, lead, ends },
                sides: Sides::default(),
                sided: None,
                anywhere: matches!(self.scope, Scope::Any | Scope::Byline) && self.first.is_none(),
                scratch: Scratch::default(),
            },
        })
    }
}

/// The words that every match holds, if there are no choices among them.
fn required(root: &PlaceNode) -> Option<Vec<usize>> {
    fn add(node: &PlaceNode, next: &mut usize, wanted: bool, out: &mut Vec<usize>) -> bool {
        match node {
            PlaceNode::Words(_) => {
                if wanted {
                    out.push(*next);
                }
                *next += 1;
                true
            }
            PlaceNode::Any(_) => false,
            PlaceNode::Near { left, right, .. } | PlaceNode::Within { left, right, .. } => {
                add(left, next, wanted, out) && add(right, next, wanted, out)
            }
            PlaceNode::NotNear { left, right, .. } => {
                add(left, next, wanted, out) && add(right, next, false, out)
            }
        }
    }
    let mut out = Vec::new();
    add(root, &mut 0, true, &mut out).then_some(out)
}

/// Tells of given articles of a segment whether a clause of places holds.
pub struct PlaceCheck {
    finder: Finder,
    article: Article,
    /// Words and slots that go through the articles by themselves, the rarest first; none where a
    /// query does it better.
    leaders: Vec<(usize, usize)>,
    watch: Arc<Watch>,
}

impl PlaceCheck {
    /// Whether it goes through the articles by itself as fast as a query would.
    pub fn leads_well(&self) -> bool {
        !self.leaders.is_empty()
    }

    /// The first article at or after `target` in which all required slots may be filled.
    fn align(&mut self, mut target: DocId) -> DocId {
        'again: loop {
            if target >= TERMINATED {
                return TERMINATED;
            }
            for &(word, slot) in &self.leaders {
                let doc = self.article.words[word].slots[slot].seek(target);
                if doc > target {
                    target = doc;
                    continue 'again;
                }
            }
            return target;
        }
    }

    /// Whether it holds for `doc`. Articles must be asked in ascending order.
    pub fn confirm(&mut self, doc: DocId) -> bool {
        self.article.doc = doc;
        match self.finder.holds(&mut self.article) {
            Ok(holds) => holds,
            Err(TooManyPairs) => {
                self.watch.give_up();
                false
            }
        }
    }
}

/// Goes through the articles of a segment in which a clause of places holds.
pub struct PlaceScorer {
    check: PlaceCheck,
    /// Ranks what is found, and is asked for nothing else.
    rank: Box<dyn Scorer>,
    doc: DocId,
}

impl PlaceScorer {
    /// Stands on the first match.
    pub fn new(check: PlaceCheck, rank: Box<dyn Scorer>) -> PlaceScorer {
        let mut scorer = PlaceScorer { check, rank, doc: 0 };
        scorer.find_from(0);
        scorer
    }

    fn find_from(&mut self, mut target: DocId) -> DocId {
        loop {
            if self.check.watch.is_due() {
                self.doc = TERMINATED;
                return TERMINATED;
            }
            self.doc = self.check.align(target);
            if self.doc >= TERMINATED || self.check.confirm(self.doc) {
                return self.doc;
            }
            target = self.doc + 1;
        }
    }
}

impl DocSet for PlaceScorer {
    fn advance(&mut self) -> DocId {
        if self.doc >= TERMINATED {
            return TERMINATED;
        }
        self.find_from(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.find_from(target)
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.rank.size_hint() / 2
    }

    fn cost(&self) -> u64 {
        self.rank.cost() * 4
    }
}

impl Scorer for PlaceScorer {
    fn score(&mut self) -> Score {
        if self.rank.doc() < self.doc {
            self.rank.seek(self.doc);
        }
        self.rank.score()
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

/// The article that is looked at.
struct Article {
    doc: DocId,
    words: Vec<WordsReader>,
    breaks: Option<Column<u64>>,
    scope: Scope,
    first: Option<u32>,
    texts: Texts,
    sides: Sides,
    /// The article whose sides they are.
    sided: Option<DocId>,
    /// Whether a word may stand anywhere.
    anywhere: bool,
    scratch: Scratch,
}

impl Article {
    /// The sides of the article, found out when they are asked for.
    fn sides(&mut self) -> Sides {
        if self.sided != Some(self.doc) {
            self.sides = self.find_sides();
            self.sided = Some(self.doc);
        }
        self.sides
    }

    fn find_sides(&self) -> Sides {
        let doc = self.doc;
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
        match self.scope {
            Scope::Any => Sides { sides: [Side::new(0, body, first), title], count: 2 },
            Scope::Title => one(title),
            Scope::Body => one(Side::new(0, body, first)),
            Scope::Lead => one(Side::new(0, value(&self.texts.lead, 0), first)),
            Scope::HeadLead => {
                let lead = Side::new(0, value(&self.texts.lead, 0), first);
                Sides { sides: [lead, title], count: 2 }
            }
            Scope::Byline => one(Side::new(0, end, first)),
        }
    }
}

impl Source for Article {
    fn places(&mut self, words: usize, out: &mut Vec<Place>) -> Result<(), TooManyPairs> {
        if self.anywhere && self.words[words].is_bare {
            let slot = &mut self.words[words].slots[0];
            let positions = &mut self.scratch.positions;
            positions.clear();
            slot.read(self.doc, positions, &mut self.scratch.removed);
            out.reserve(positions.len());
            let mut last = None;
            for &at in positions.iter() {
                // A word of the title is posted several times at its position.
                if last != Some(at) {
                    out.push(Place { start: at, end: at });
                    last = Some(at);
                }
            }
            return Ok(());
        }
        let sides = self.sides();
        self.words[words].places(self.doc, sides.all(), &mut self.scratch, out)
    }

    fn has_place(&mut self, words: usize) -> Result<bool, TooManyPairs> {
        let sides = self.sides();
        self.words[words].has_place(self.doc, sides.all(), &mut self.scratch)
    }

    fn starts(&mut self, unit: Unit, out: &mut Vec<u32>) {
        if let Some(column) = &self.breaks {
            breaks::unpack(column.values_for_doc(self.doc), unit, out);
        }
    }

    fn border(&mut self) -> u32 {
        let sides = self.sides();
        if sides.count == 2 { sides.sides[1].from } else { u32::MAX }
    }
}
