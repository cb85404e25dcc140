//! Longest-match lookup of word sequences by their token hashes, in one open-addressing table.

use xxhash_rust::xxh3::xxh3_64;

const LONGER: u32 = 1 << 31;
const NONE: u32 = LONGER - 1;
const FILTER_BITS: u32 = 20;

/// A trie whose edges are word hashes and whose values are numbers below 2^31 - 1.
///
/// A node's key mixes the 64-bit hashes on its path. Two surfaces in a million-word text share
/// a key with a chance below 10^-8, so surfaces are not compared again.
#[derive(Debug)]
pub struct Trie {
    slots: Vec<(u64, u32)>,
    mask: usize,
    filled: usize,
    /// One bit a first word; 128 KiB, so that nearly all words that start nothing are refused.
    filter: Vec<u64>,
}

/// A place in a trie: the words read so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    key: u64,
    /// What ends here.
    pub value: Option<u32>,
    /// Whether longer sequences start like this.
    pub longer: bool,
}

/// The hash of one folded word, as tokens carry it.
pub fn word_hash(folded: &str) -> u64 {
    xxh3_64(folded.as_bytes())
}

fn mix(prefix: u64, hash: u64) -> u64 {
    let mixed = (prefix.rotate_left(23) ^ hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).max(1)
}

impl Trie {
    /// A trie with room for about `nodes` nodes; it grows when more come.
    pub fn with_capacity(nodes: usize) -> Trie {
        let size = (nodes.max(8) * 2).next_power_of_two();
        Trie {
            slots: vec![(0, 0); size],
            mask: size - 1,
            filled: 0,
            filter: vec![0; 1 << (FILTER_BITS - 6)],
        }
    }

    /// Whether a sequence may start with this word; false is certain.
    pub fn may_start(&self, hash: u64) -> bool {
        let bit = (hash >> 20) as usize & ((1 << FILTER_BITS) - 1);
        self.filter[bit >> 6] >> (bit & 63) & 1 == 1
    }

    /// The node of the one-word sequence.
    pub fn first(&self, hash: u64) -> Option<Node> {
        if self.may_start(hash) { self.find(mix(1, hash)) } else { None }
    }

    /// The node one word further.
    pub fn next(&self, node: Node, hash: u64) -> Option<Node> {
        self.find(mix(node.key, hash))
    }

    fn find(&self, key: u64) -> Option<Node> {
        let mut at = key as usize & self.mask;
        loop {
            let (found, payload) = self.slots[at];
            if found == key {
                let value = payload & NONE;
                return Some(Node {
                    key,
                    value: (value != NONE).then_some(value),
                    longer: payload & LONGER != 0,
                });
            }
            if found == 0 {
                return None;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// The value at the end of `words`, which it gets if it has none yet.
    pub fn insert(&mut self, words: impl Iterator<Item = u64>, value: u32) -> u32 {
        debug_assert!(value < NONE);
        let mut words = words.peekable();
        let mut key = 1;
        let mut first = true;
        while let Some(hash) = words.next() {
            if first {
                let bit = (hash >> 20) as usize & ((1 << FILTER_BITS) - 1);
                self.filter[bit >> 6] |= 1 << (bit & 63);
                first = false;
            }
            key = mix(key, hash);
            let last = words.peek().is_none();
            let payload = self.payload(key);
            if !last {
                *payload |= LONGER;
            } else if *payload & NONE == NONE {
                *payload = (*payload & LONGER) | value;
                return value;
            } else {
                return *payload & NONE;
            }
        }
        value
    }

    fn payload(&mut self, key: u64) -> &mut u32 {
        if self.filled * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let mut at = key as usize & self.mask;
        while self.slots[at].0 != key {
            if self.slots[at].0 == 0 {
                self.slots[at] = (key, NONE);
                self.filled += 1;
                break;
            }
            at = (at + 1) & self.mask;
        }
        &mut self.slots[at].1
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        self.mask = size - 1;
        for (key, payload) in old.into_iter().filter(|slot| slot.0 != 0) {
            let mut at = key as usize & self.mask;
            while self.slots[at].0 != 0 {
                at = (at + 1) & self.mask;
            }
            self.slots[at] = (key, payload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(words: &str) -> impl Iterator<Item = u64> {
        words.split(' ').map(word_hash)
    }

    #[test]
    fn prefixes_and_values_are_told_apart() {
        let mut trie = Trie::with_capacity(1);
        for (number, words) in ["south korea", "south", "papua new guinea"].iter().enumerate() {
            assert_eq!(trie.insert(path(words), number as u32), number as u32);
        }
        assert_eq!(trie.insert(path("south"), 9), 1);
        let south = trie.first(word_hash("south")).expect("inserted");
        assert_eq!((south.value, south.longer), (Some(1), true));
        let korea = trie.next(south, word_hash("korea")).expect("inserted");
        assert_eq!((korea.value, korea.longer), (Some(0), false));
        assert!(trie.next(south, word_hash("guinea")).is_none());
        assert!(trie.first(word_hash("korea")).is_none());
        assert_eq!(trie.first(word_hash("papua")).and_then(|node| node.value), None);
    }

    #[test]
    fn it_grows() {
        let mut trie = Trie::with_capacity(1);
        let words: Vec<String> = (0..5000).map(|n| format!("w{n} x{}", n % 7)).collect();
        for (number, words) in words.iter().enumerate() {
            trie.insert(path(words), number as u32);
        }
        for (number, words) in words.iter().enumerate() {
            let (first, second) = words.split_once(' ').expect("two words");
            let node = trie.first(word_hash(first)).expect("inserted");
            let node = trie.next(node, word_hash(second)).expect("inserted");
            assert_eq!(node.value, Some(number as u32));
        }
    }
}
