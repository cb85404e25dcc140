//! Finds patterns in the words of a text: anchors by token hash, then slot by slot.
//!
//! A token is an anchor if its hash is that of some pattern's first word, or if it begins as one
//! does, so that nearly all tokens cost two look-ups in small arrays.

use super::anchor::{
    Ahead, Anchor, Anchors, Group, Look, Prefixes, Then, byte_bit, hash_bit, is_indexed,
};
use super::pattern::{Atom, AtomKind, MAX_GAP, Pattern, Slot, Weight};
use crate::tag::Class;
use crate::text::{Token, Tokens};

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
    prefixes: Prefixes,
    /// Patterns that begin with a mention.
    countries: Vec<u32>,
    persons: Vec<u32>,
    unanchored: usize,
}

/// One slot, its one-word alternatives apart, so that most words are refused at a glance.
#[derive(Debug)]
struct Place {
    look: Look,
    /// Hashes of the words that fit as they are.
    words: Box<[u64]>,
    /// All other alternatives.
    others: Box<[Vec<Atom>]>,
}

/// Where matching stands: the last token eaten, and the next one.
#[derive(Debug, Clone, Copy)]
struct Eaten {
    last: usize,
    next: usize,
}

/// Whether a pattern can be found by any of its first words, see [`Matcher::new`].
pub fn is_anchored(pattern: &Pattern) -> bool {
    pattern.slots[0].alternatives.iter().all(|atoms| match &atoms[0].kind {
        AtomKind::Exact(_) | AtomKind::Mention(_) => true,
        AtomKind::Prefix(prefix) => is_indexed(prefix),
        AtomKind::Glob { head, .. } => is_indexed(head),
        AtomKind::Any => false,
    })
}

impl Matcher {
    /// Compiles patterns; their numbers are their places. Some 2 µs a pattern.
    ///
    /// A pattern whose first word is a prefix shorter than three bytes or longer than 31
    /// bytes, or any word, is never found; [`Matcher::unanchored`] counts those.
    pub fn new(patterns: Vec<Pattern>) -> Matcher {
        let mut matcher = Matcher {
            weights: Vec::with_capacity(patterns.len()),
            rules: Vec::with_capacity(patterns.len()),
            exact: Anchors::new(Vec::new()),
            prefixes: Prefixes::new(Vec::new()),
            countries: Vec::new(),
            persons: Vec::new(),
            unanchored: 0,
        };
        let (mut exact, mut prefixes) = (Vec::new(), Vec::new());
        for (number, pattern) in (0u32..).zip(patterns) {
            let firsts = pattern.slots[0].alternatives.clone();
            let places: Box<[Place]> = pattern.slots.into_iter().map(Place::new).collect();
            for atoms in &firsts {
                let first = &atoms[0];
                let whole = atoms.len() == 1 && first.flags == 0 && first.without == 0;
                let then = match places.get(1) {
                    _ if !whole => Then::Unsure,
                    None => Then::Nothing,
                    Some(place) => Then::Next(place.look),
                };
                let anchor = Anchor { pattern: number, then };
                match &first.kind {
                    AtomKind::Exact(hash) => exact.push((*hash, anchor)),
                    AtomKind::Mention(Class::Country) => matcher.countries.push(number),
                    AtomKind::Mention(_) => matcher.persons.push(number),
                    AtomKind::Prefix(prefix) if is_indexed(prefix) => {
                        prefixes.push((prefix.as_bytes().to_vec(), anchor));
                    }
                    AtomKind::Glob { head, .. } if is_indexed(head) => {
                        let anchor = Anchor { pattern: number, then: Then::Unsure };
                        prefixes.push((head.as_bytes().to_vec(), anchor));
                    }
                    AtomKind::Prefix(_) | AtomKind::Glob { .. } | AtomKind::Any => {
                        matcher.unanchored += 1;
                    }
                }
            }
            matcher.weights.push(pattern.weight);
            matcher.rules.push(places);
        }
        matcher.exact = Anchors::new(exact);
        matcher.prefixes = Prefixes::new(prefixes);
        matcher
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
        // What follows, up to a gap, and at once; looked at when the first anchor asks.
        let mut ahead = None;
        let mut follow = |anchors: &[Anchor], group: &Group| {
            let mut allows = |look: Look| {
                let [far, near] = *ahead.get_or_insert_with(|| view.ahead(eaten.next));
                look.allows(if look.gap { far } else { near })
            };
            if group.look.is_some_and(|look| !allows(look)) {
                return;
            }
            for anchor in &anchors[group.from as usize..group.to as usize] {
                let places = &self.rules[anchor.pattern as usize];
                let last = match anchor.then {
                    Then::Nothing => Some(eaten.last),
                    Then::Unsure => view.places(places, at),
                    Then::Next(look) => {
                        if !allows(look) {
                            continue;
                        }
                        view.rest(&places[1..], eaten)
                    }
                };
                report(anchor.pattern, at, last, found);
            }
        };
        self.exact.of(token.hash, &mut follow);
        self.prefixes.of(view.words.folded(token).as_bytes(), &mut follow);
    }
}

fn report(pattern: u32, at: usize, last: Option<usize>, found: &mut impl FnMut(Match)) {
    if let Some(last) = last {
        found(Match { pattern, first: at as u32, last: last as u32 });
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
        let bits = words.iter().fold(0, |bits, &hash| bits | hash_bit(hash));
        Place {
            look: Look { words: bits, first_bytes, gap: slot.gap },
            words: words.into(),
            others: others.into(),
        }
    }
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
        for _ in 0..=if place.look.gap { MAX_GAP } else { 0 } {
            let (next, ahead) = self.one_ahead(from)?;
            if place.look.allows(ahead)
                && let found @ Some(_) = self.places(places, from)
            {
                return found;
            }
            from = next;
        }
        None
    }

    /// The bits of the word at `at`, and the word after it; nothing behind the end of a sentence,
    /// into which no pattern reaches.
    fn one_ahead(self, at: usize) -> Option<(usize, Ahead)> {
        let token = self.words.get(at).filter(|token| !token.has(Token::SENTENCE))?;
        let joined = self.words.get(at + 1).is_some_and(|token| token.has(Token::JOINED));
        let first = self.words.folded(token).bytes().next();
        let ahead = Ahead {
            words: hash_bit(token.hash),
            first_bytes: first.map_or(u32::MAX, byte_bit),
            joined,
        };
        Some((at + 1 + usize::from(joined), ahead))
    }

    /// The bits of all words that a gap may reach from `at` on, and those of the first.
    fn ahead(self, mut at: usize) -> [Ahead; 2] {
        let (mut far, mut near) = (Ahead::default(), None);
        for _ in 0..=MAX_GAP {
            let Some((next, one)) = self.one_ahead(at) else { break };
            near.get_or_insert(one);
            far.words |= one.words;
            far.first_bytes |= one.first_bytes;
            far.joined |= one.joined;
            at = next;
        }
        [far, near.unwrap_or_default()]
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
