//! Which patterns may begin at a word: by its hash or its beginning, and by a few bits of what
//! follows.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Bytes that an anchor prefix has at least: the filter looks at so many.
pub(super) const MIN_PREFIX: usize = 3;
/// Bytes that an anchor prefix has at most.
pub(super) const MAX_PREFIX: usize = 31;

const FILTER_BITS: u32 = 16;
const HEAD_BITS: u32 = 12;

/// Hashes of first words, with the patterns that begin so.
#[derive(Debug)]
pub(super) struct Anchors {
    /// One bit a hash; where it is clear the table need not be asked.
    filter: Box<[u64]>,
    table: HashMap<u64, Group, FixedState>,
    anchors: Box<[Anchor]>,
}

/// Beginnings of first words, with the patterns that begin so.
#[derive(Debug)]
pub(super) struct Prefixes {
    /// For the first three bytes of a word, from where to where in `prefixes`.
    heads: Box<[(u32, u32)]>,
    prefixes: Box<[Prefix]>,
    anchors: Box<[Anchor]>,
}

/// A beginning of words.
#[derive(Debug)]
struct Prefix {
    /// Its first eight bytes, and which bits of them are set.
    first: u64,
    mask: u64,
    /// The bytes behind.
    rest: Box<[u8]>,
    group: Group,
}

/// The anchors of one key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// From and to in the anchors.
    pub from: u32,
    pub to: u32,
    /// What all of them together allow; `None` if one of them asks for nothing.
    pub look: Option<Look>,
}

/// A pattern that may begin at a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub pattern: u32,
    pub then: Then,
}

/// What must come behind an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The word or its beginning does not tell that the first slot fits.
    Unsure,
    /// The pattern has one slot, and it fits.
    Nothing,
    /// A word that these bits allow, see [`Look::allows`].
    Next(Look),
}

/// A few bits of what a place allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The bits of the hashes of words that fit as they are, see [`hash_bit`].
    pub words: u64,
    /// The bits of the first bytes that other words may begin with, see [`byte_bit`].
    pub first_bytes: u32,
    pub gap: bool,
}

/// A few bits of the words that follow one, as [`Look`] has them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ahead {
    pub words: u64,
    pub first_bytes: u32,
    /// A hyphenated word is among them, which may be read in two ways.
    pub joined: bool,
}

/// Whether words can be found by this beginning.
pub(super) fn is_indexed(prefix: &str) -> bool {
    (MIN_PREFIX..=MAX_PREFIX).contains(&prefix.len())
}

/// Lays anchors of one key side by side, in the order given, each once; calls `each` with a key
/// and its group.
fn gather<K: Ord>(mut pairs: Vec<(K, Anchor)>, mut each: impl FnMut(K, Group)) -> Box<[Anchor]> {
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let mut anchors: Vec<Anchor> = Vec::with_capacity(pairs.len());
    let mut pairs = pairs.into_iter().peekable();
    while let Some((key, anchor)) = pairs.next() {
        let from = anchors.len();
        anchors.push(anchor);
        while let Some((_, next)) = pairs.next_if(|(next, _)| *next == key) {
            if anchors.last() != Some(&next) {
                anchors.push(next);
            }
        }
        let look = anchors[from..].iter().map(|anchor| match anchor.then {
            Then::Next(look) => Some(look),
            Then::Nothing | Then::Unsure => None,
        });
        let look = look.reduce(|all, one| Some(all?.or(one?))).flatten();
        each(key, Group { from: from as u32, to: anchors.len() as u32, look });
    }
    anchors.into()
}

impl Anchors {
    /// The anchors of hashes, in the order given.
    pub fn new(pairs: Vec<(u64, Anchor)>) -> Anchors {
        let mut filter = vec![0u64; 1 << (FILTER_BITS - 6)];
        let mut table = HashMap::with_capacity_and_hasher(pairs.len(), FixedState::default());
        let anchors = gather(pairs, |hash, group| {
            let (word, bit) = filter_bit(hash);
            filter[word] |= bit;
            table.insert(hash, group);
        });
        Anchors { filter: filter.into(), table, anchors }
    }

    /// Calls `follow` with the group of a first word, if it is one.
    pub fn of(&self, hash: u64, follow: impl FnOnce(&[Anchor], &Group)) {
        let (word, bit) = filter_bit(hash);
        if self.filter[word] & bit != 0
            && let Some(group) = self.table.get(&hash)
        {
            follow(&self.anchors, group);
        }
    }
}

impl Prefixes {
    /// The anchors of beginnings, in the order given.
    pub fn new(pairs: Vec<(Vec<u8>, Anchor)>) -> Prefixes {
        let mut prefixes: Vec<(usize, Prefix)> = Vec::new();
        let anchors = gather(pairs, |bytes, group| {
            let (first, mask) =
                (first_eight(&bytes), first_eight(&[0xFF; 8][..bytes.len().min(8)]));
            let rest = bytes.get(8..).unwrap_or_default().into();
            prefixes.push((head_of(&bytes), Prefix { first, mask, rest, group }));
        });
        // The shortest first.
        prefixes.sort_by_key(|(head, prefix)| (*head, prefix.mask, prefix.rest.len()));
        let mut heads = vec![(0, 0); 1 << HEAD_BITS];
        for (at, (head, _)) in (0u32..).zip(&prefixes) {
            let range: &mut (u32, u32) = &mut heads[*head];
            *range = (if range.1 == 0 { at } else { range.0 }, at + 1);
        }
        let prefixes = prefixes.into_iter().map(|(_, prefix)| prefix).collect();
        Prefixes { heads: heads.into(), prefixes, anchors }
    }

    /// Calls `follow` with the groups of all beginnings of a word, the shortest first.
    pub fn of(&self, word: &[u8], mut follow: impl FnMut(&[Anchor], &Group)) {
        if word.len() < MIN_PREFIX {
            return;
        }
        let (from, to) = self.heads[head_of(word)];
        if from == to {
            return;
        }
        let first = first_eight(word);
        for prefix in &self.prefixes[from as usize..to as usize] {
            if (first ^ prefix.first) & prefix.mask == 0
                && (prefix.rest.is_empty()
                    || word.get(8..).is_some_and(|rest| rest.starts_with(&prefix.rest)))
            {
                follow(&self.anchors, &prefix.group);
            }
        }
    }
}

/// The first eight bytes of a word, with zeros behind a shorter one.
fn first_eight(word: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = word.len().min(8);
    bytes[..len].copy_from_slice(&word[..len]);
    u64::from_le_bytes(bytes)
}

impl Look {
    /// What either of two allows.
    fn or(self, other: Look) -> Look {
        Look {
            words: self.words | other.words,
            first_bytes: self.first_bytes | other.first_bytes,
            gap: self.gap || other.gap,
        }
    }

    /// Whether one of the words ahead may fit; refuses nearly all that do not.
    pub fn allows(&self, ahead: Ahead) -> bool {
        self.words & ahead.words != 0 || self.first_bytes & ahead.first_bytes != 0 || ahead.joined
    }
}

fn filter_bit(hash: u64) -> (usize, u64) {
    let bit = (hash >> (64 - FILTER_BITS)) as usize;
    (bit >> 6, 1 << (bit & 63))
}

/// The bit of a word.
pub(super) fn hash_bit(hash: u64) -> u64 {
    1 << (hash & 63)
}

/// The bit of a first byte.
pub(super) fn byte_bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// The place in `heads` of a word of at least three bytes.
fn head_of(word: &[u8]) -> usize {
    let three = u32::from(word[0]) | u32::from(word[1]) << 8 | u32::from(word[2]) << 16;
    (three.wrapping_mul(0x9E37_79B1) >> (32 - HEAD_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_any_length_are_found_the_shortest_first() {
        let of = |pattern: u32| Anchor { pattern, then: Then::Nothing };
        let prefixes = ["investigation", "inv", "investig", "investiga", "invade", "other"];
        let pairs = (0..).zip(prefixes).map(|(at, prefix)| (prefix.as_bytes().to_vec(), of(at)));
        let prefixes = Prefixes::new(pairs.collect());
        let found = |word: &str| {
            let mut found = Vec::new();
            prefixes.of(word.as_bytes(), |anchors, group| {
                let anchors = &anchors[group.from as usize..group.to as usize];
                found.extend(anchors.iter().map(|anchor| anchor.pattern));
            });
            found
        };
        assert_eq!(found("investigations"), [1, 2, 3, 0]);
        assert_eq!(found("investigator"), [1, 2, 3]);
        assert_eq!(found("invest"), [1]);
        assert_eq!(found("in"), [] as [u32; 0]);
    }
}
