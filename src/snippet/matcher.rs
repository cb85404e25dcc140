//! Finds where the positive clauses of a plan match in one stored article.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::chunk;
use super::evidence::{self, mentions};
use super::fragment;
use super::lexicon::{Lexicon, Member};
use super::phrase::{self, Occurrence};
use super::{Marked, Options, Snippet};
use crate::analyze::Analyzers;
use crate::article::Words;
use crate::diag::Span;
use crate::engine::StoredArticle;
use crate::engine::streams::Layout;
use crate::plan::ENTITY_MARK;
use crate::plan::{Clause, FacetTerms, Plan, Scope, TextClause};
use crate::tag::{Part, Tags};
use crate::text::Tokens;

/// Bytes of a body that are analysed at a time. What follows is read only where nothing matches
/// before.
const CHUNK: usize = 2 << 20;

/// Marks that overlap are joined up to this many bytes; a longer chain is cut between words.
const JOINED_MARK: usize = 128;

/// How much a phrase weighs beyond its words.
const PHRASE_BONUS: f32 = 1.5;

/// Rarities are kept within this factor of 1.
const WEIGHT_LIMIT: f32 = 1e4;

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
    texts: Vec<CompiledText>,
    facets: Vec<(u32, FacetTerms)>,
    /// Where each positive clause stands in the query.
    spans: Vec<Span>,
    chunk: usize,
    entities: bool,
    words: Words,
    lists: Vec<Vec<Occurrence>>,
    members: Vec<Member>,
    pieces: Vec<phrase::Piece>,
}

/// A text clause over groups of the lexicon.
#[derive(Debug)]
struct CompiledText {
    clause: u32,
    scope: Scope,
    /// Group and offset of each slot.
    slots: Vec<(u32, u32)>,
    slop: u32,
    boost: f32,
}

/// Scope, slop, and group and offset of each slot: two clauses of one shape match alike.
type Shape = (Scope, u32, Vec<(u32, u32)>);

/// Which of the two fields is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Title,
    /// The body; how many of its first words are the lead.
    Body(u32),
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

impl Matcher {
    /// Compiles the positive clauses of a plan, every term with rarity 1.
    pub fn new(plan: &Plan) -> Matcher {
        Matcher::with_idf(plan, &HashMap::new())
    }

    /// Compiles the positive clauses of a plan. `idf` gives rarities of terms as the plan writes
    /// them; terms that it lacks have 1, rarities that are no positive number too.
    pub fn with_idf(plan: &Plan, idf: &HashMap<String, f32>) -> Matcher {
        let mut matcher = Matcher {
            lexicon: Lexicon::default(),
            texts: Vec::new(),
            facets: Vec::new(),
            spans: Vec::new(),
            chunk: CHUNK,
            entities: false,
            words: Words::default(),
            lists: Vec::new(),
            members: Vec::new(),
            pieces: Vec::new(),
        };
        let mut seen = HashSet::new();
        matcher.compile(&plan.root, 1.0, idf, &mut seen);
        matcher.entities = matcher.lexicon.has_forms_from(ENTITY_MARK);
        matcher.lists.resize_with(matcher.lexicon.groups(), Vec::new);
        matcher
    }

    #[cfg(test)]
    pub(super) fn read_in_chunks_of(&mut self, bytes: usize) {
        self.chunk = bytes;
    }

    fn compile(
        &mut self,
        clause: &Clause,
        boost: f32,
        idf: &HashMap<String, f32>,
        seen: &mut HashSet<Shape>,
    ) {
        match clause {
            Clause::And(parts) | Clause::Or(parts) | Clause::Quorum(_, parts) => {
                for part in parts {
                    self.compile(part, boost, idf, seen);
                }
            }
            // A filter (weight 0) says what the article must hold, so its words are shown too.
            Clause::Boost(weight, inner) => {
                let weight = if *weight == 0.0 { 1.0 } else { positive(*weight) };
                self.compile(inner, positive(boost * weight), idf, seen);
            }
            Clause::Text(text) => {
                let number = self.spans.len() as u32;
                self.spans.push(text.span);
                let slots = self.slots(text, idf);
                let key = (text.scope, text.slop, slots.clone());
                // The same clause twice marks nothing new.
                if !slots.is_empty() && seen.insert(key) {
                    let (scope, slop) = (text.scope, text.slop);
                    self.texts.push(CompiledText { clause: number, scope, slots, slop, boost });
                }
            }
            Clause::Facet(facet) => {
                let number = self.spans.len() as u32;
                self.spans.push(facet.span);
                if facet.field.class.is_tagged() {
                    self.facets.push((number, facet.clone()));
                }
            }
            Clause::Maybe(inner) => self.compile(inner, boost, idf, seen),
            Clause::All
            | Clause::Nothing
            | Clause::Places(_)
            | Clause::Dates(_)
            | Clause::Measure(_)
            | Clause::Ids(_)
            | Clause::Stub
            | Clause::Not(_) => {}
        }
    }

    fn slots(&mut self, text: &TextClause, idf: &HashMap<String, f32>) -> Vec<(u32, u32)> {
        let weigh = |term: &str| idf.get(term).map_or(1.0, |&weight| positive(weight));
        text.slots
            .iter()
            .map(|slot| (self.lexicon.group(text.layer, slot, &weigh), slot.offset))
            .collect()
    }

    /// Where a clause that a [`Found`] names stands in the query.
    pub fn span(&self, clause: u32) -> Option<Span> {
        self.spans.get(clause as usize).copied()
    }

    /// Whether any clause asks for words in title or body.
    pub fn has_text(&self) -> bool {
        self.texts.iter().any(|text| text.scope != Scope::Byline)
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
        let title = self.title(article, analyzers, evidence);
        let scanned = self.body(article, analyzers, evidence);
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
        let title = self.title(article, analyzers, options.evidence);
        let text = article.article.title.clone();
        let marks = fragment::marks_of(&text, &title);
        let title = Marked { text, marks };
        if options.fragments == 0 {
            return Snippet { title, fragments: Vec::new() };
        }
        let body = &article.article.body;
        let scanned = self.body(article, analyzers, options.evidence);
        let mut fragments = Vec::new();
        if !scanned.hits.is_empty() {
            let tokens = &self.words.body;
            fragments = fragment::best(body, tokens, &scanned, self.spans.len(), options);
        }
        if fragments.is_empty() {
            fragments = fragment::lead(body, &mut self.words.body, options.chars);
        }
        Snippet { title, fragments }
    }

    fn title(
        &mut self,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        evidence: bool,
    ) -> Vec<Found> {
        let title = &article.article.title;
        let reads = |text: &CompiledText| side_limit(text.scope, Side::Title).is_some();
        let mut hits = Vec::new();
        if self.texts.iter().any(reads) {
            let mut words = std::mem::take(&mut self.words.title);
            words.cut(title);
            self.search(
                title,
                &words,
                article,
                analyzers,
                Side::Title,
                (0, title.len()),
                &mut hits,
            );
            self.words.title = words;
        }
        if evidence {
            let range = (0, title.len());
            evidence::find(&self.facets, title, &article.tags, Part::Title, range, &mut hits);
        }
        sort(&mut hits);
        join(title, &hits)
    }

    /// Reads the body until something is found; the words of the part that holds it are left in
    /// [`Matcher::words`].
    fn body(
        &mut self,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        evidence: bool,
    ) -> Scanned {
        let body = article.article.body.as_str();
        let reads = |text: &CompiledText| side_limit(text.scope, Side::Body(u32::MAX)).is_some();
        let by_words = self.texts.iter().any(reads);
        let by_tags = evidence && !self.facets.is_empty();
        if !by_words && !by_tags {
            return Scanned::default();
        }
        let mut scanned = Scanned::default();
        let mut from = 0;
        loop {
            let to = chunk::end(body, from, self.chunk);
            let part = &body[from..to];
            let mut words = std::mem::take(&mut self.words);
            words.body.cut(part);
            if by_words {
                // The lead is over before a second chunk starts.
                let lead = if from == 0 { Layout::of(&words).lead } else { 0 };
                let side = Side::Body(lead);
                let hits = &mut scanned.hits;
                self.search(part, &words.body, article, analyzers, side, (from, to), hits);
            }
            self.words = words;
            if evidence {
                let hits = &mut scanned.hits;
                evidence::find(&self.facets, part, &article.tags, Part::Body, (from, to), hits);
            }
            if !scanned.hits.is_empty() || to == body.len() {
                sort(&mut scanned.hits);
                scanned.marks = join(part, &scanned.hits);
                scanned.range = (from, to);
                return scanned;
            }
            from = chunk::next(body, from, to);
        }
    }

    /// Appends where the text clauses match in `text`, whose words are `tokens`.
    #[expect(clippy::too_many_arguments, reason = "one text with all that belongs to it")]
    fn search(
        &mut self,
        text: &str,
        tokens: &Tokens,
        article: &StoredArticle,
        analyzers: &mut Analyzers,
        side: Side,
        range: (usize, usize),
        hits: &mut Vec<Found>,
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
            self.entities(tokens, &article.tags, side, range);
        }
        for compiled in &self.texts {
            let Some(limit) = side_limit(compiled.scope, side) else { continue };
            let mut give = |start: u32, end: u32, weight: f32| {
                hits.push(Found {
                    bytes: (start as usize, end as usize),
                    clause: compiled.clause,
                    weight: positive(weight * compiled.boost),
                });
            };
            if let [(group, _)] = compiled.slots.as_slice() {
                for found in &self.lists[*group as usize] {
                    if found.position < limit {
                        give(found.start, found.end, found.weight);
                    }
                }
                continue;
            }
            let slots = &compiled.slots;
            phrase::find(
                &self.lists,
                slots,
                compiled.slop,
                limit,
                &mut self.pieces,
                &mut |piece| {
                    give(piece.start, piece.end, piece.weight * PHRASE_BONUS);
                },
            );
        }
    }

    /// Adds the places of entities that slots ask for (`@country:JP`).
    fn entities(&mut self, tokens: &Tokens, tags: &Tags, side: Side, range: (usize, usize)) {
        let part = if side == Side::Title { Part::Title } else { Part::Body };
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
                for (start, end) in mentions(tag, part, range) {
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

/// Positions below which a clause of this scope matches on a side; nothing if it never does.
fn side_limit(scope: Scope, side: Side) -> Option<u32> {
    match (scope, side) {
        (Scope::Any | Scope::Title | Scope::HeadLead, Side::Title)
        | (Scope::Any | Scope::Body, Side::Body(_)) => Some(u32::MAX),
        (Scope::Lead | Scope::HeadLead, Side::Body(lead)) => Some(lead),
        (Scope::Body | Scope::Lead | Scope::Byline, Side::Title)
        | (Scope::Title | Scope::Byline, Side::Body(_)) => None,
    }
}

/// A usable weight: positive and finite.
fn positive(weight: f32) -> f32 {
    if weight.is_nan() || weight <= 0.0 {
        return 1.0;
    }
    weight.clamp(1.0 / WEIGHT_LIMIT, WEIGHT_LIMIT)
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
