//! Finds patterns in the words of a text: anchors by token hash, then slot by slot.
//!
//! A token is an anchor if its hash is that of some pattern's first word, or if one of its
//! prefixes is; the lengths of prefix that exist are kept for each first three bytes, so that
//! nearly all tokens cost two look-ups in small arrays.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use xxhash_rust::xxh3::xxh3_64;

use super::pattern::{Atom, AtomKind, MAX_GAP, Pattern, Slot, Weight};
use crate::tag::Class;
use crate::text::{Token, Tokens};

/// Bytes that an anchor prefix has at least: the filter looks at so many.
pub const MIN_PREFIX: usize = 3;
/// Bytes that an anchor prefix has at most: lengths are bits of a `u32`.
pub const MAX_PREFIX: usize = 31;

const FILTER_BITS: u32 = 16;
const HEAD_BITS: u32 = 12;

/// A mention of another class in the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Country or person.
    pub class: Class,
}

/// The words of one text, with the mentions that slots may ask for, sorted.
#[derive(Debug, Clone, Copy)]
pub struct View<'t> {
    /// Its words.
    pub words: &'t Tokens,
    /// Mentions of countries and persons, sorted by start.
    pub spans: &'t [Span],
}

/// One match of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Number of the pattern.
    pub pattern: u32,
    /// Index of the first token.
    pub first: u32,
    /// Index of the last token.
    pub last: u32,
}

/// Patterns, compiled.
#[derive(Debug)]
pub struct Matcher {
    weights: Vec<Weight>,
    rules: Vec<Box<[Place]>>,
    exact: Anchors,
    prefixes: Anchors,
    /// For the first three bytes of a word, the lengths of prefixes that begin so.
    heads: Box<[u32]>,
    /// Patterns that begin with a mention.
    countries: Vec<u32>,
    persons: Vec<u32>,
    unanchored: usize,
}

/// Hashes of first words (or of their prefixes), with the patterns that begin so.
#[derive(Debug)]
struct Anchors {
    /// One bit a hash; where it is clear the table need not be asked.
    filter: Box<[u64]>,
    table: HashMap<u64, Vec<Anchor>, FixedState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Anchor {
    pattern: u32,
    /// Whether the hash alone tells that the first slot fits.
    whole: bool,
}

/// One slot, its one-word alternatives apart, so that most words are refused at a glance.
#[derive(Debug)]
struct Place {
    gap: bool,
    /// Hashes of the words that fit as they are.
    words: Box<[u64]>,
    /// The bits of those hashes, see [`hash_bit`].
    word_bits: u64,
    /// All other alternatives.
    others: Box<[Vec<Atom>]>,
    /// The bits of the first bytes that those may begin with, see [`byte_bit`].
    first_bytes: u32,
}

/// Where matching stands: the last token eaten, and the next one.
#[derive(Debug, Clone, Copy)]
struct Eaten {
    last: usize,
    next: usize,
}

/// Whether a pattern can be found by any of its first words, see [`Matcher::new`].
pub fn is_anchored(pattern: &Pattern) -> bool {
    let long = |prefix: &str| (MIN_PREFIX..=MAX_PREFIX).contains(&prefix.len());
    pattern.slots[0].alternatives.iter().all(|atoms| match &atoms[0].kind {
        AtomKind::Exact(_) | AtomKind::Mention(_) => true,
        AtomKind::Prefix(prefix) => long(prefix),
        AtomKind::Glob { head, .. } => long(head),
        AtomKind::Any => false,
    })
}

impl Matcher {
    /// Compiles patterns; their numbers are their places. Some 2 µs a pattern.
    ///
    /// A pattern whose first word is a prefix shorter than [`MIN_PREFIX`] bytes or longer than
    /// [`MAX_PREFIX`], or any word, is never found; [`Matcher::unanchored`] counts those.
    pub fn new(patterns: Vec<Pattern>) -> Matcher {
        let mut matcher = Matcher {
            weights: Vec::with_capacity(patterns.len()),
            rules: Vec::with_capacity(patterns.len()),
            exact: Anchors::new(2 * patterns.len()),
            prefixes: Anchors::new(patterns.len()),
            heads: vec![0; 1 << HEAD_BITS].into(),
            countries: Vec::new(),
            persons: Vec::new(),
            unanchored: 0,
        };
        for (number, pattern) in patterns.into_iter().enumerate() {
            for atoms in &pattern.slots[0].alternatives {
                matcher.anchor(atoms, number as u32);
            }
            matcher.weights.push(pattern.weight);
            matcher.rules.push(pattern.slots.into_iter().map(Place::new).collect());
        }
        matcher
    }

    fn anchor(&mut self, atoms: &[Atom], number: u32) {
        let first = &atoms[0];
        let whole = atoms.len() == 1 && first.flags == 0 && first.without == 0;
        let (prefix, whole) = match &first.kind {
            AtomKind::Exact(hash) => {
                self.exact.add(*hash, Anchor { pattern: number, whole });
                return;
            }
            AtomKind::Mention(Class::Country) => return self.countries.push(number),
            AtomKind::Mention(_) => return self.persons.push(number),
            AtomKind::Any => {
                self.unanchored += 1;
                return;
            }
            AtomKind::Prefix(prefix) => (prefix, whole),
            AtomKind::Glob { head, .. } => (head, false),
        };
        if (MIN_PREFIX..=MAX_PREFIX).contains(&prefix.len()) {
            self.heads[head_of(prefix.as_bytes())] |= 1 << prefix.len();
            self.prefixes.add(xxh3_64(prefix.as_bytes()), Anchor { pattern: number, whole });
        } else {
            self.unanchored += 1;
        }
    }

    /// How many first words can never be found.
    pub fn unanchored(&self) -> usize {
        self.unanchored
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The weight of a pattern.
    pub fn weight(&self, pattern: u32) -> Weight {
        self.weights[pattern as usize]
    }

    /// Calls `found` for every match that begins at token `at`; `at` is no joined token.
    ///
    /// Of one pattern at one place only the first way through its alternatives and gaps counts,
    /// one-word alternatives and the narrowest gap first. A pattern may be reported twice if two
    /// of its first words fit.
    pub fn at(&self, view: View<'_>, at: usize, mut found: impl FnMut(Match)) {
        self.anchored(view, at, Eaten { last: at, next: view.after(at) }, &mut found);
        if let Some(eaten) = view.joined(at) {
            self.anchored(view, at, eaten, &mut found);
        }
        if view.spans.is_empty() {
            return;
        }
        for (class, numbers) in [(Class::Country, &self.countries), (Class::Person, &self.persons)]
        {
            if !numbers.is_empty() && view.span(at, class).is_some() {
                for &number in numbers {
                    let last = view.places(&self.rules[number as usize], at);
                    report(number, at, last, &mut found);
                }
            }
        }
    }

    /// Tries the patterns anchored in the token `eaten.last`, which stands for the word at `at`.
    fn anchored(&self, view: View<'_>, at: usize, eaten: Eaten, found: &mut impl FnMut(Match)) {
        let token = &view.words[eaten.last];
        for &anchor in self.exact.get(token.hash) {
            self.follow(view, at, eaten, anchor, found);
        }
        let folded = view.words.folded(token).as_bytes();
        if folded.len() < MIN_PREFIX {
            return;
        }
        let mut lengths = self.heads[head_of(folded)];
        while lengths != 0 {
            let len = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            if len > folded.len() {
                return;
            }
            for &anchor in self.prefixes.get(xxh3_64(&folded[..len])) {
                self.follow(view, at, eaten, anchor, found);
            }
        }
    }

    fn follow(
        &self,
        view: View<'_>,
        at: usize,
        eaten: Eaten,
        anchor: Anchor,
        found: &mut impl FnMut(Match),
    ) {
        let places = &self.rules[anchor.pattern as usize];
        let last =
            if anchor.whole { view.rest(&places[1..], eaten) } else { view.places(places, at) };
        report(anchor.pattern, at, last, found);
    }
}

fn report(pattern: u32, at: usize, last: Option<usize>, found: &mut impl FnMut(Match)) {
    if let Some(last) = last {
        found(Match { pattern, first: at as u32, last: last as u32 });
    }
}

impl Anchors {
    fn new(capacity: usize) -> Anchors {
        Anchors {
            filter: vec![0; 1 << (FILTER_BITS - 6)].into(),
            table: HashMap::with_capacity_and_hasher(capacity, FixedState::default()),
        }
    }

    fn add(&mut self, hash: u64, anchor: Anchor) {
        let (word, bit) = filter_bit(hash);
        self.filter[word] |= bit;
        let anchors = self.table.entry(hash).or_default();
        if anchors.last() != Some(&anchor) {
            anchors.push(anchor);
        }
    }

    fn get(&self, hash: u64) -> &[Anchor] {
        let (word, bit) = filter_bit(hash);
        if self.filter[word] & bit == 0 {
            return &[];
        }
        self.table.get(&hash).map_or(&[], Vec::as_slice)
    }
}

impl Place {
    fn new(slot: Slot) -> Place {
        let mut words = Vec::new();
        let mut others = Vec::new();
        let mut first_bytes = 0;
        for atoms in slot.alternatives {
            if let [Atom { kind: AtomKind::Exact(hash), flags: 0, without: 0 }] = atoms[..] {
                words.push(hash);
                continue;
            }
            first_bytes |= match &atoms[0].kind {
                AtomKind::Prefix(head) | AtomKind::Glob { head, .. } => {
                    head.bytes().next().map_or(u32::MAX, byte_bit)
                }
                AtomKind::Exact(_) | AtomKind::Any | AtomKind::Mention(_) => u32::MAX,
            };
            others.push(atoms);
        }
        Place {
            gap: slot.gap,
            word_bits: words.iter().fold(0, |bits, &hash| bits | hash_bit(hash)),
            words: words.into(),
            others: others.into(),
            first_bytes,
        }
    }
}

fn filter_bit(hash: u64) -> (usize, u64) {
    let bit = (hash >> (64 - FILTER_BITS)) as usize;
    (bit >> 6, 1 << (bit & 63))
}

fn hash_bit(hash: u64) -> u64 {
    1 << (hash & 63)
}

fn byte_bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// The place in `heads` of a word of at least three bytes.
fn head_of(word: &[u8]) -> usize {
    let three = u32::from(word[0]) | u32::from(word[1]) << 8 | u32::from(word[2]) << 16;
    (three.wrapping_mul(0x9E37_79B1) >> (32 - HEAD_BITS)) as usize
}

impl View<'_> {
    /// The index of the last token if the places fit from token `at` on.
    fn places(self, places: &[Place], at: usize) -> Option<usize> {
        let (place, rest) = places.split_first()?;
        let token = self.words.get(at)?;
        let joined = self.joined(at);
        if place.words.contains(&token.hash)
            && let found @ Some(_) = self.rest(rest, Eaten { last: at, next: self.after(at) })
        {
            return found;
        }
        if let Some(eaten) = joined
            && place.words.contains(&self.words[eaten.last].hash)
            && let found @ Some(_) = self.rest(rest, eaten)
        {
            return found;
        }
        place.others.iter().find_map(|atoms| self.rest(rest, self.atoms(atoms, at)?))
    }

    /// The same for what follows a place that has eaten.
    fn rest(self, places: &[Place], eaten: Eaten) -> Option<usize> {
        let Some(place) = places.first() else { return Some(eaten.last) };
        let mut from = eaten.next;
        for _ in 0..=if place.gap { MAX_GAP } else { 0 } {
            // No pattern reaches into the next sentence.
            let token = self.words.get(from).filter(|token| !token.has(Token::SENTENCE))?;
            if self.may_fit(place, token, from)
                && let found @ Some(_) = self.places(places, from)
            {
                return found;
            }
            from = self.after(from);
        }
        None
    }

    /// Whether a place may fit the word at `at`: refuses nearly all that it does not.
    fn may_fit(self, place: &Place, token: &Token, at: usize) -> bool {
        place.word_bits & hash_bit(token.hash) != 0
            || place.first_bytes == u32::MAX
            || place.first_bytes != 0
                && self
                    .words
                    .folded(token)
                    .bytes()
                    .next()
                    .is_some_and(|byte| place.first_bytes & byte_bit(byte) != 0)
            || self.words.get(at + 1).is_some_and(|token| token.has(Token::JOINED))
    }

    fn atoms(self, atoms: &[Atom], at: usize) -> Option<Eaten> {
        let mut eaten = Eaten { last: at, next: at };
        for (number, atom) in atoms.iter().enumerate() {
            if number > 0 && self.words.get(eaten.next)?.has(Token::SENTENCE) {
                return None;
            }
            eaten = self.atom(atom, eaten.next)?;
        }
        Some(eaten)
    }

    /// Fits one atom to the word at `at`, or to the whole of a word hyphenated there.
    fn atom(self, atom: &Atom, at: usize) -> Option<Eaten> {
        let token = self.words.get(at)?;
        if let AtomKind::Mention(class) = atom.kind {
            let next = self.words.at_byte(self.span(at, class)? as usize);
            let last = next.checked_sub(1).filter(|last| *last >= at)?;
            return Some(Eaten { last, next });
        }
        let fits = |token: &Token| {
            token.flags & atom.flags == atom.flags
                && token.flags & atom.without == 0
                && atom.kind.fits(token, self.words.folded(token))
        };
        if fits(token) {
            return Some(Eaten { last: at, next: self.after(at) });
        }
        self.joined(at).filter(|eaten| fits(&self.words[eaten.last]))
    }

    /// The whole of the word hyphenated at `at`, which eats its second part too.
    fn joined(self, at: usize) -> Option<Eaten> {
        self.words.get(at + 1).filter(|token| token.has(Token::JOINED))?;
        Some(Eaten { last: at + 1, next: self.after(at + 2) })
    }

    /// The word after the one at `at`.
    fn after(self, at: usize) -> usize {
        let next = at + 1;
        next + usize::from(self.words.get(next).is_some_and(|token| token.has(Token::JOINED)))
    }

    /// The end of the longest mention of a class that starts at the token `at`.
    fn span(self, at: usize, class: Class) -> Option<u32> {
        let start = self.words.get(at)?.start;
        let from = self.spans.partition_point(|span| span.start < start);
        self.spans[from..]
            .iter()
            .take_while(|span| span.start == start)
            .filter(|span| span.class == class)
            .map(|span| span.end)
            .max()
    }
}
