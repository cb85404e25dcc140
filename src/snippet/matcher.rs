//! Finds where the positive clauses of a plan match in one stored article.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::chunk;
use super::clauses::{Clauses, Compiled, positive};
use super::evidence::{self, mentions};
use super::fragment;
use super::lexicon::{Lexicon, Member};
use super::phrase::{Occurrence, Piece, Side, View};
use super::{Field, Line, Marked, Options, Snippet, kwic};
use crate::analyze::Analyzers;
use crate::article::Words;
use crate::diag::Span;
use crate::engine::StoredArticle;
use crate::engine::streams::Layout;
use crate::plan::ENTITY_MARK;
use crate::plan::finder::{Place, Source, apart};
use crate::plan::{Plan, Scope};
use crate::tag::{Part, Tags};
use crate::text::Tokens;

/// Bytes of a body that are analysed at a time. What follows is read only where nothing matches
/// before.
const CHUNK: usize = 2 << 20;

/// Marks that overlap are joined up to this many bytes; a longer chain is cut between words.
const JOINED_MARK: usize = 128;

/// How much a phrase weighs beyond its words.
const PHRASE_BONUS: f32 = 1.5;

/// A marked range of a field and why it is marked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// First byte in the stored field, and one past the last.
    pub bytes: (usize, usize),
    /// Which positive clause of the plan, in its order; see [`Matcher::span`]. Of several at one
    /// place, the heaviest.
    pub clause: u32,
    /// Rarity of the term (1 where no table was given) times the clause's boost; a phrase has the
    /// sum of its words and half as much again.
    pub weight: f32,
}

/// Where a plan matches in an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matches {
    /// In the title: sorted, disjoint, never empty ranges.
    pub title: Vec<Found>,
    /// In the body: sorted, disjoint, never empty ranges.
    pub body: Vec<Found>,
}

/// The positive clauses of a plan, compiled; built once a query, used for each of its hits.
#[derive(Debug)]
pub struct Matcher {
    lexicon: Lexicon,
    clauses: Clauses,
    chunk: usize,
    entities: bool,
    words: Words,
    lists: Vec<Vec<Occurrence>>,
    members: Vec<Member>,
    pieces: Vec<Piece>,
    places: Vec<Place>,
    parts: Vec<Vec<Place>>,
}

/// The text that is read.
#[derive(Debug, Clone, Copy)]
struct Read {
    part: Part,
    /// First byte of the field that is read, and one past the last.
    range: (usize, usize),
    /// How many of its first words are the lead.
    lead: u32,
    /// Whether the field ends there.
    ends: bool,
}

/// What was found in the part of a body that [`Matcher::words`] holds.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// The part's first byte in the body, and one past its last.
    pub range: (usize, usize),
    /// All finds, by start; they may overlap. Ranges are relative to the part.
    pub hits: Vec<Found>,
    /// The finds joined where they overlap; ranges relative to the part.
    pub marks: Vec<Found>,
}

/// The finds of clauses of words, each with the number of its text, and how often each was found.
#[derive(Debug, Default)]
struct Tally {
    hits: Vec<(usize, Found)>,
    places: Vec<u32>,
}

impl Matcher {
    /// Compiles the positive clauses of a plan, every term with rarity 1.
    pub fn new(plan: &Plan) -> Matcher {
        Matcher::with_idf(plan, &HashMap::new())
    }

    /// Compiles the positive clauses of a plan. `idf` gives rarities of terms as the plan writes
    /// them; terms that it lacks have 1, rarities that are no positive number too.
    pub fn with_idf(plan: &Plan, idf: &HashMap<String, f32>) -> Matcher {
        let mut lexicon = Lexicon::default();
        let clauses = Clauses::of(plan, idf, &mut lexicon);
        let mut lists = Vec::new();
        lists.resize_with(lexicon.groups(), Vec::new);
        Matcher {
            entities: lexicon.has_forms_from(ENTITY_MARK),
            lexicon,
            clauses,
            chunk: CHUNK,
            words: Words::default(),
            lists,
            members: Vec::new(),
            pieces: Vec::new(),
            places: Vec::new(),
            parts: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn read_in_chunks_of(&mut self, bytes: usize) {
        self.chunk = bytes;
    }

    /// Where a clause that a [`Found`] names stands in the query.
    pub fn span(&self, clause: u32) -> Option<Span> {
        self.clauses.spans.get(clause as usize).copied()
    }

    /// Whether any clause asks for words in title or body.
    pub fn has_text(&self) -> bool {
        self.clauses.texts.iter().any(|text| text.marked)
    }

    /// Where the text clauses match. Author lines are matched by engines but never marked.
    ///
    /// All of the title and the first 2 MiB of the body are read; where the body has no match
    /// there, the next 2 MiB, and so on. Linear: about 100 MB/s.
    pub fn find(&mut self, article: &StoredArticle, analyzers: &mut Analyzers) -> Matches {
        self.find_with(article, analyzers, false)
    }

    /// Like [`Matcher::find`]; with `evidence` also the mentions of countries, persons and events
    /// in positive facet clauses, as the tagger stored them.
    pub fn find_with(
        &mut self,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        evidence: bool,
    ) -> Matches {
        let (title, scanned) = self.scan(article, analyzers, evidence, true);
        let from = scanned.range.0;
        let mut body = scanned.marks;
        for found in &mut body {
            found.bytes = (found.bytes.0 + from, found.bytes.1 + from);
        }
        Matches { title, body }
    }

    /// Title and best passages of an article with their marks; see [`Options`].
    ///
    /// Reads as much as [`Matcher::find`] does.
    pub fn snippet(
        &mut self,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        options: &Options,
    ) -> Snippet {
        let by_body = options.fragments > 0;
        let (title, scanned) = self.scan(article, analyzers, options.evidence, by_body);
        let text = article.article.title.clone();
        let marks = fragment::marks_of(&text, &title);
        let title = Marked { text, marks };
        if !by_body {
            return Snippet { title, fragments: Vec::new() };
        }
        let body = &article.article.body;
        let mut fragments = Vec::new();
        if !scanned.hits.is_empty() {
            let tokens = &self.words.body;
            fragments = fragment::best(body, tokens, &scanned, self.clauses.spans.len(), options);
        }
        if fragments.is_empty() {
            fragments = fragment::lead(body, &mut self.words.body, options.extent);
        }
        Snippet { title, fragments }
    }

    /// Every match with so many words around it, those of the title first.
    ///
    /// Reads as much as [`Matcher::find`] does.
    pub fn lines(
        &mut self,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        words: usize,
    ) -> Vec<Line> {
        let found = self.find(article, analyzers);
        let mut lines = Vec::new();
        kwic::lines(Field::Title, &article.article.title, &found.title, words, &mut lines);
        kwic::lines(Field::Body, &article.article.body, &found.body, words, &mut lines);
        lines
    }

    /// Marks of the title, and of the body until something is found; the words of the part that
    /// holds it are left in [`Matcher::words`].
    fn scan(
        &mut self,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        evidence: bool,
        by_body: bool,
    ) -> (Vec<Found>, Scanned) {
        let title = &article.article.title;
        let body = article.article.body.as_str();
        let mut tally = Tally { hits: Vec::new(), places: vec![0; self.clauses.texts.len()] };
        if self.clauses.texts.iter().any(|text| reads(text.scope, Part::Title)) {
            let mut words = std::mem::take(&mut self.words.title);
            words.cut(title);
            let read = Read { part: Part::Title, range: (0, title.len()), lead: 0, ends: true };
            self.search(title, &words, article, analyzers, read, &mut tally);
            self.words.title = words;
        }
        let in_title = std::mem::take(&mut tally.hits);
        let by_words = self.clauses.texts.iter().any(|text| reads(text.scope, Part::Body))
            && (by_body || self.clauses.is_conditional());
        let by_tags = by_body && evidence && !self.clauses.facets.is_empty();
        let mut scanned = Scanned::default();
        let mut counts = self.that_count(&tally, article, !by_words);
        let mut from = 0;
        loop {
            if !by_words && !by_tags {
                break;
            }
            let to = chunk::end(body, from, self.chunk);
            let part = &body[from..to];
            let mut words = std::mem::take(&mut self.words);
            words.body.cut(part);
            tally.hits.clear();
            if by_words {
                // The lead is over before a second chunk starts.
                let lead = if from == 0 { Layout::of(&words).lead } else { 0 };
                let ends = to == body.len();
                let read = Read { part: Part::Body, range: (from, to), lead, ends };
                self.search(part, &words.body, article, analyzers, read, &mut tally);
            }
            self.words = words;
            let whole = from == 0 && to == body.len();
            counts = self.that_count(&tally, article, whole);
            scanned.hits = counted(&tally.hits, &counts);
            if by_tags {
                let (hits, facets) = (&mut scanned.hits, &self.clauses.facets);
                evidence::find(facets, part, &article.tags, Part::Body, (from, to), hits);
            }
            if !scanned.hits.is_empty() || to == body.len() {
                sort(&mut scanned.hits);
                scanned.marks = join(part, &scanned.hits);
                scanned.range = (from, to);
                break;
            }
            from = chunk::next(body, from, to);
        }
        let mut hits = counted(&in_title, &counts);
        if evidence {
            let range = (0, title.len());
            let facets = &self.clauses.facets;
            evidence::find(facets, title, &article.tags, Part::Title, range, &mut hits);
        }
        sort(&mut hits);
        (join(title, &hits), scanned)
    }

    /// The clauses whose finds are marked; `whole` if the article was read to its end.
    fn that_count(&self, tally: &Tally, article: &StoredArticle, whole: bool) -> Vec<bool> {
        let texts = self.clauses.texts.iter().zip(&tally.places);
        let holds: Vec<bool> = texts.map(|(text, places)| *places >= text.times).collect();
        let counts = if whole { self.clauses.that_count(&holds, &article.tags) } else { holds };
        let texts = self.clauses.texts.iter().zip(counts);
        texts.map(|(text, counts)| counts && text.marked).collect()
    }

    /// Adds what the clauses of words find in `text`, whose words are `tokens`.
    fn search(
        &mut self,
        text: &str,
        tokens: &Tokens,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        read: Read,
        tally: &mut Tally,
    ) {
        self.lists.iter_mut().for_each(Vec::clear);
        let lang = xxh3_64(article.lang.as_bytes());
        let analyzer = analyzers.get(&article.lang);
        for at in 0..tokens.len() {
            self.members.clear();
            self.lexicon.look_up(text, tokens, at, lang, analyzer, &mut self.members);
            for member in &self.members {
                let token = &tokens[at];
                let end = if member.bigram { tokens[at + 1].end } else { token.end };
                self.lists[member.group as usize].push(Occurrence {
                    position: token.position,
                    start: token.start,
                    end,
                    weight: member.weight,
                });
            }
        }
        if self.entities {
            self.entities(tokens, &article.tags, read);
        }
        for number in 0..self.clauses.texts.len() {
            self.find_text(number, tokens, read, tally);
        }
    }

    /// Adds what one clause finds.
    fn find_text(&mut self, number: usize, tokens: &Tokens, read: Read, tally: &mut Tally) {
        let Matcher { clauses, lists, pieces, places, parts, .. } = self;
        let compiled = &mut clauses.texts[number];
        let Some(side) = side(compiled, tokens, read) else { return };
        let mut give = |start: u32, end: u32, weight: f32| {
            let (bytes, weight) =
                ((start as usize, end as usize), positive(weight * compiled.boost));
            tally.hits.push((number, Found { bytes, clause: compiled.clause, weight }));
        };
        let mut view = View { lists, phrases: &compiled.phrases, side, tokens };
        places.clear();
        let Some(finder) = &mut compiled.finder else {
            let [phrase] = compiled.phrases.as_slice() else { return };
            if let ([(group, _)], 0, false, false) =
                (phrase.slots.as_slice(), phrase.width, phrase.at_start, phrase.at_end)
            {
                let found = lists[*group as usize].iter().take_while(|f| f.position < side.to);
                for found in found {
                    tally.places[number] += 1;
                    give(found.start, found.end, found.weight);
                }
                return;
            }
            if view.places(0, places).is_err() {
                return;
            }
            tally.places[number] += places.len() as u32;
            for place in places.iter() {
                view.pieces(0, *place, pieces, &mut |piece| {
                    give(piece.start, piece.end, piece.weight * PHRASE_BONUS);
                });
            }
            return;
        };
        let Ok(mut found) = finder.find(&mut view, parts) else { return };
        tally.places[number] += apart(&mut found);
        for (number, places) in parts.iter().enumerate() {
            for place in places {
                view.pieces(number, *place, pieces, &mut |piece| {
                    give(piece.start, piece.end, piece.weight * PHRASE_BONUS);
                });
            }
        }
    }

    /// Adds the places of entities that slots ask for (`@country:JP`).
    fn entities(&mut self, tokens: &Tokens, tags: &Tags, read: Read) {
        let mut touched = Vec::new();
        for tag in &tags.tags {
            let class = tag.class.name();
            let root = tag.id.split_once('/').map(|(root, _)| root);
            let names = [
                Some(format!("{ENTITY_MARK}{class}")),
                Some(format!("{ENTITY_MARK}{class}:{}", tag.id)),
                root.map(|root| format!("{ENTITY_MARK}{class}:{root}")),
            ];
            for member in names.iter().flatten().flat_map(|name| self.lexicon.form(name)) {
                for (start, end) in mentions(tag, read.part, read.range) {
                    let Some(token) = tokens.get(tokens.at_byte(start)) else { continue };
                    self.lists[member.group as usize].push(Occurrence {
                        position: token.position,
                        start: start as u32,
                        end: end as u32,
                        weight: member.weight,
                    });
                }
                touched.push(member.group);
            }
        }
        for group in touched {
            self.lists[group as usize].sort_by_key(|found| (found.position, found.start));
        }
    }
}

/// The finds of clauses that count.
fn counted(hits: &[(usize, Found)], counts: &[bool]) -> Vec<Found> {
    hits.iter().filter(|(text, _)| counts[*text]).map(|(_, found)| *found).collect()
}

/// Whether a clause of this scope looks at this part of an article.
fn reads(scope: Scope, part: Part) -> bool {
    match scope {
        Scope::Any | Scope::HeadLead => true,
        Scope::Title => part == Part::Title,
        Scope::Body | Scope::Lead => part == Part::Body,
        Scope::Byline => false,
    }
}

/// What a clause looks at of a text; nothing if it never does.
fn side(compiled: &Compiled, tokens: &Tokens, read: Read) -> Option<Side> {
    if !reads(compiled.scope, read.part) {
        return None;
    }
    let in_lead =
        read.part == Part::Body && matches!(compiled.scope, Scope::Lead | Scope::HeadLead);
    let words = tokens.positions();
    let (mut to, mut end) = (words, read.ends.then_some(words));
    if in_lead {
        (to, end) = (read.lead, Some(read.lead));
    }
    let begins = read.range.0 == 0;
    if let Some(first) = compiled.first {
        to = if begins { to.min(first) } else { 0 };
    }
    Some(Side { to, end, begins })
}

fn sort(hits: &mut [Found]) {
    // Longer ones first, so that a phrase comes before its words.
    hits.sort_by_key(|hit| (hit.bytes.0, std::cmp::Reverse(hit.bytes.1), hit.clause));
}

/// Sorted finds as disjoint marks.
fn join(text: &str, hits: &[Found]) -> Vec<Found> {
    let mut marks: Vec<Found> = Vec::with_capacity(hits.len());
    for hit in hits {
        let mut hit = *hit;
        if let Some(last) = marks.last_mut() {
            let (start, end) = last.bytes;
            if hit.bytes.0 < end {
                if hit.bytes.1 <= end || hit.bytes.1 - start <= JOINED_MARK {
                    last.bytes.1 = end.max(hit.bytes.1);
                    if hit.weight > last.weight {
                        (last.clause, last.weight) = (hit.clause, hit.weight);
                    }
                    continue;
                }
                let rest = &text[end..hit.bytes.1];
                hit.bytes.0 =
                    hit.bytes.1 - rest.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
                if hit.bytes.0 == hit.bytes.1 {
                    continue;
                }
            }
        }
        marks.push(hit);
    }
    marks
}
