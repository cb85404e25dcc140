//! The linear layer: which type of event a text tells of, by its words and its triggers together.
//!
//! Multinomial logistic regression over the leaves of the taxonomy and, behind them, no event at
//! all. Features are the distinct
//! ordinary words of title and beginning, by their first letters, and how much the triggers say of
//! each leaf and root. Weights are whole numbers of eight bits, learnt by [`super::train`] from
//! written snippets; sums and probabilities use no function whose last digit depends on the
//! machine, so that tags are the same everywhere.

use std::sync::LazyLock;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::text::{Token, Tokens};

/// Words of the body that are read.
const WORDS: usize = 200;
/// Letters of a word that count; `report` and `reports`, `reporter` are then one.
const LETTERS: usize = 7;
/// Length of the vector of words, whatever their number.
pub(super) const NORM: f32 = 2.0;
/// How much a word of the title counts beside one of the body.
const TITLE: f32 = 2.0;
/// Score of the triggers of a leaf (one trigger in the running text is 1000) at half effect.
const HALF: f32 = 2_000.0;
/// Largest value of a trigger feature, of a leaf, of a root, and of the best leaf.
const EFFECT: [f32; 3] = [3.0, 1.5, 0.5];

/// Words that say nothing of what a text tells.
const FUNCTION_WORDS: &[&str] = &[
    "about", "after", "again", "all", "also", "and", "any", "are", "been", "before", "but", "can",
    "could", "did", "does", "during", "for", "from", "had", "has", "have", "her", "him", "his",
    "how", "into", "its", "more", "most", "not", "off", "one", "only", "other", "our", "out",
    "over", "said", "says", "she", "should", "some", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "two", "under", "until", "was",
    "were", "what", "when", "where", "which", "while", "who", "will", "with", "would", "you",
];

/// Whether a word says nothing of what a text tells, by its hash.
fn is_function_word(hash: u64) -> bool {
    const SLOTS: usize = 512;
    static HASHES: LazyLock<[u64; SLOTS]> = LazyLock::new(|| {
        let mut hashes = [0; SLOTS];
        for word in FUNCTION_WORDS {
            let hash = xxh3_64(word.as_bytes());
            let mut at = hash as usize % SLOTS;
            while hashes[at] != 0 {
                at = (at + 1) % SLOTS;
            }
            hashes[at] = hash;
        }
        hashes
    });
    let mut at = hash as usize % SLOTS;
    loop {
        match HASHES[at] {
            0 => return false,
            known if known == hash => return true,
            _ => at = (at + 1) % SLOTS,
        }
    }
}

/// A feature's name: its hash.
pub(super) type Key = u32;

/// A word among the features of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WordFeature {
    pub key: Key,
    /// Whether it stands in the title, and which token it is.
    pub in_title: bool,
    pub token: u32,
    /// How much it counts: the same for all words of one part.
    pub value: f32,
}

/// What a feature is of: words, triggers of a leaf, of a root, the best leaf.
#[derive(Debug, Clone, Copy)]
enum Space {
    Word,
    Leaf,
    Root,
    Best,
}

fn key(space: Space, name: &str) -> Key {
    (xxh3_64_with_seed(name.as_bytes(), space as u64) >> 32) as Key
}

/// The key of a word: that of its first letters. `None` for one that is too short.
fn word_key(token: &Token, folded: &str) -> Option<Key> {
    let stem = stem(folded)?;
    // A short word is its own stem, and its hash is known; words have no seed.
    Some(if stem.len() == folded.len() {
        (token.hash >> 32) as Key
    } else {
        key(Space::Word, stem)
    })
}

/// The first letters of a word, `None` for one that is too short to say anything.
fn stem(folded: &str) -> Option<&str> {
    if folded.is_ascii() {
        return (folded.len() > 2).then(|| &folded[..folded.len().min(LETTERS)]);
    }
    folded.chars().nth(2)?;
    let end = folded.char_indices().nth(LETTERS).map_or(folded.len(), |(at, _)| at);
    Some(&folded[..end])
}

/// Words that the user says tell of no event: whether of the title, first and last. Ordered by
/// first in each part.
pub(super) type Unheard = (bool, u32, u32);

/// The ordinary words of a text as features: each once, names, function words and `unheard` ones
/// left out.
pub(super) fn words(title: &Tokens, body: &Tokens, unheard: &[Unheard]) -> Vec<WordFeature> {
    // Key, then whether it stands in the body, then which token it is: sorted so, the first of a
    // key is the one that counts.
    const BODY: u64 = 1 << 31;
    let mut found: Vec<u64> = Vec::with_capacity(title.len() + body.len().min(WORDS));
    for (in_title, words, most) in [(true, title, usize::MAX), (false, body, WORDS)] {
        // In a title in capitals, or one with Capitals Everywhere, these say nothing.
        let capitals = words.iter().take(most).filter(|word| word.has(Token::CAPITAL)).count();
        let capitals_say = capitals * 2 <= words.len().min(most);
        let mut rest = unheard.iter().filter(|range| range.0 == in_title).peekable();
        let mut until = None;
        for (number, token) in (0u32..).zip(words.iter().take(most)) {
            while let Some(range) = rest.next_if(|range| range.1 <= number) {
                until = until.max(Some(range.2));
            }
            if until >= Some(number) {
                continue;
            }
            if token.has(Token::DIGIT | Token::CJK | Token::JOINED)
                || (capitals_say && token.has(Token::CAPITAL) && !token.has(Token::SENTENCE))
                || is_function_word(token.hash)
            {
                continue;
            }
            let Some(key) = word_key(token, words.folded(token)) else { continue };
            let part = if in_title { 0 } else { BODY };
            found.push(u64::from(key) << 32 | part | u64::from(number) & (BODY - 1));
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|word| *word >> 32);
    let mut found: Vec<WordFeature> = found
        .into_iter()
        .map(|word| {
            let in_title = word & BODY == 0;
            WordFeature {
                key: (word >> 32) as Key,
                in_title,
                token: (word & (BODY - 1)) as u32,
                value: if in_title { TITLE } else { 1.0 },
            }
        })
        .collect();
    let square: f32 = found.iter().map(|word| word.value * word.value).sum();
    let scale = if square > 0.0 { NORM / square.sqrt() } else { 0.0 };
    found.iter_mut().for_each(|word| word.value *= scale);
    found
}

/// What the triggers say, as features. `scores` are those of the leaves, `leaves` their ids.
pub(super) fn triggers(scores: &[u32], leaves: &[&str]) -> Vec<(Key, f32)> {
    let effect = |score: u32, most: f32| most * score as f32 / (score as f32 + HALF);
    let mut found = Vec::new();
    let best = scores.iter().copied().max().unwrap_or(0);
    let mut root: Option<(&str, u32)> = None;
    for (&leaf, &score) in leaves.iter().zip(scores) {
        if score == 0 {
            continue;
        }
        found.push((key(Space::Leaf, leaf), effect(score, EFFECT[0])));
        if score == best {
            found.push((key(Space::Best, leaf), EFFECT[2]));
        }
        let name = leaf.split('/').next().unwrap_or(leaf);
        match &mut root {
            Some((known, most)) if *known == name => *most = score.max(*most),
            _ => {
                found.extend(
                    root.map(|(name, most)| (key(Space::Root, name), effect(most, EFFECT[1]))),
                );
                root = Some((name, score));
            }
        }
    }
    found.extend(root.map(|(name, most)| (key(Space::Root, name), effect(most, EFFECT[1]))));
    found
}

/// e to the power of `x`, to seven digits, by additions and multiplications alone.
pub(in crate::tag) fn exp(x: f32) -> f32 {
    let x = f64::from(x.clamp(-80.0, 80.0));
    // Halved until it is small, then squared as often.
    let small = x / 256.0;
    let series = 1.0 + small * (1.0 + small * (0.5 + small * (1.0 / 6.0 + small / 24.0)));
    let mut power = series;
    for _ in 0..8 {
        power *= power;
    }
    power as f32
}

/// Turns sums into probabilities.
pub(super) fn softmax(sums: &mut [f32]) {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for sum in sums.iter_mut() {
        *sum = exp(*sum - most);
        total += *sum;
    }
    sums.iter_mut().for_each(|sum| *sum /= total);
}

/// First bytes of a model.
const MAGIC: &[u8; 4] = b"DLE2";
/// Bytes before the heads: magic, number of features, number of leaves, scale.
const HEAD: usize = 16;
/// First bits of a key that lead to it without a search: keys are hashes, a few begin alike.
const HEAD_BITS: u32 = 12;
/// Where the keys of each beginning start, four bytes each, and where the last ones end.
const HEADS: usize = 4 * ((1 << HEAD_BITS) + 1);

/// Where the keys of a beginning start.
fn head(heads: &[u8], at: usize) -> usize {
    let bytes = &heads[at * 4..at * 4 + 4];
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
}

/// A trained layer: bytes in the program or from a file, read in place.
#[derive(Debug, Clone, Copy)]
pub struct Model<'m> {
    heads: &'m [u8],
    keys: &'m [u8],
    weights: &'m [u8],
    biases: &'m [u8],
    leaves: usize,
    scale: f32,
}

impl<'m> Model<'m> {
    /// Reads a model; `None` where it is none, or one of another number of leaves.
    pub fn of(bytes: &'m [u8], leaves: usize) -> Option<Model<'m>> {
        let number = |at: usize| -> Option<u32> {
            Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
        };
        if bytes.get(..4)? != MAGIC || number(8)? as usize != leaves {
            return None;
        }
        let features = number(4)? as usize;
        let scale = f32::from_bits(number(12)?);
        let (heads, rest) = bytes.get(HEAD..)?.split_at_checked(HEADS)?;
        let (keys, rest) = rest.split_at_checked(features * 4)?;
        let (biases, weights) = rest.split_at_checked(leaves)?;
        let starts = || (0..HEADS / 4).map(|at| head(heads, at));
        let sound = starts().all(|start| start <= features) && starts().is_sorted();
        (sound && weights.len() == features * leaves).then_some(Model {
            heads,
            keys,
            weights,
            biases,
            leaves,
            scale,
        })
    }

    /// The bytes of a model: sorted keys, the biases and a row of weights a key, all in units of
    /// `scale`.
    pub(super) fn bytes(keys: &[Key], biases: &[i8], weights: &[i8], scale: f32) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((keys.len() as u32).to_le_bytes());
        out.extend((biases.len() as u32).to_le_bytes());
        out.extend(scale.to_bits().to_le_bytes());
        for head in 0..=1u32 << HEAD_BITS {
            let before = keys.partition_point(|key| key >> (Key::BITS - HEAD_BITS) < head);
            out.extend((before as u32).to_le_bytes());
        }
        keys.iter().for_each(|key| out.extend(key.to_le_bytes()));
        out.extend(biases.iter().chain(weights).map(|weight| *weight as u8));
        out
    }

    /// The weights of a feature, one a leaf.
    fn row(&self, key: Key) -> Option<&'m [u8]> {
        let bucket = (key >> (Key::BITS - HEAD_BITS)) as usize;
        let (from, to) = (head(self.heads, bucket), head(self.heads, bucket + 1));
        let found = self.keys[from * 4..to * 4]
            .chunks_exact(4)
            .position(|known| known == key.to_le_bytes())?;
        Some(&self.weights[(from + found) * self.leaves..][..self.leaves])
    }

    /// How probable each leaf is.
    pub(super) fn probabilities(&self, words: &[WordFeature], triggers: &[(Key, f32)]) -> Vec<f32> {
        let mut sums: Vec<f32> = self.biases.iter().map(|&bias| f32::from(bias as i8)).collect();
        // Words of one part count the same: whole numbers are added first, multiplied once.
        let mut whole = vec![0i32; self.leaves];
        for in_title in [true, false] {
            let mut words = words.iter().filter(|word| word.in_title == in_title).peekable();
            let Some(value) = words.peek().map(|word| word.value) else { continue };
            whole.fill(0);
            for row in words.filter_map(|word| self.row(word.key)) {
                for (sum, &weight) in whole.iter_mut().zip(row) {
                    *sum += i32::from(weight as i8);
                }
            }
            for (sum, &whole) in sums.iter_mut().zip(&whole) {
                *sum += value * whole as f32;
            }
        }
        for &(key, value) in triggers {
            let Some(row) = self.row(key) else { continue };
            for (sum, &weight) in sums.iter_mut().zip(row) {
                *sum += value * f32::from(weight as i8);
            }
        }
        sums.iter_mut().for_each(|sum| *sum *= self.scale);
        softmax(&mut sums);
        sums
    }

    /// The words that speak most for a leaf, strongest first, at most `limit`, with their part in
    /// its sum.
    pub(super) fn reasons(
        &self,
        words: &[WordFeature],
        leaf: usize,
        limit: usize,
    ) -> Vec<(WordFeature, f32)> {
        let part = |word: &WordFeature| {
            let weight = f32::from(*self.row(word.key)?.get(leaf)? as i8);
            (weight > 0.0).then_some((*word, weight * self.scale * word.value))
        };
        let mut found: Vec<(WordFeature, f32)> = words.iter().filter_map(part).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.key.cmp(&b.0.key)));
        found.truncate(limit);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_sorted() {
        assert!(FUNCTION_WORDS.is_sorted());
    }

    #[test]
    fn words_are_ordinary_ones_once_and_of_one_length() {
        let keys = |title: &str, body: &str| {
            let mut keys: Vec<Key> = words(&Tokens::of(title), &Tokens::of(body), &[])
                .into_iter()
                .map(|word| word.key)
                .collect();
            keys.sort_unstable();
            keys
        };
        let wanted = |names: &[&str]| {
            let mut keys: Vec<Key> = names.iter().map(|name| key(Space::Word, name)).collect();
            keys.sort_unstable();
            keys
        };
        let body = "Rebels shelled the town of Karsa; the rebels said 9 people reporte reported.";
        assert_eq!(keys("", body), wanted(&["rebels", "shelled", "town", "people", "reporte"]));
        assert_eq!(keys("REBELS SHELL TOWN", ""), wanted(&["rebels", "shell", "town"]));
        let found = words(&Tokens::of("Truce"), &Tokens::of("A truce holds so far."), &[]);
        let length: f32 = found.iter().map(|word| word.value * word.value).sum();
        assert!((length - NORM * NORM).abs() < 1e-4 && found.iter().any(|word| word.in_title));
        assert!(words(&Tokens::of(""), &Tokens::of(""), &[]).is_empty());
    }

    #[test]
    fn powers_and_probabilities() {
        for x in [-20.0f32, -1.0, 0.0, 0.5, 3.0, 20.0] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-5, "{x}");
        }
        let mut sums = [1.0, 1.0, f32::MIN / 2.0];
        softmax(&mut sums);
        assert!(sums[..2] == [0.5, 0.5] && sums[2] < 1e-30);
    }

    #[test]
    fn a_model_is_read_in_place_or_refused() {
        let bytes = Model::bytes(&[3, 9], &[1, 0], &[10, -10, 0, 20], 0.1);
        let model = Model::of(&bytes, 2).unwrap();
        let word = |key| WordFeature { key, in_title: false, token: 0, value: 1.0 };
        let found = model.probabilities(&[word(3)], &[]);
        assert!(found[0] > 0.8);
        assert_eq!(model.reasons(&[word(3), word(9), word(4)], 1, 3).len(), 1);
        assert!(model.probabilities(&[word(4)], &[(9, 1.0)])[1] > 0.8);
        assert!(
            Model::of(&bytes, 3).is_none() && Model::of(&bytes[..bytes.len() - 1], 2).is_none()
        );
        assert!(Model::of(b"", 2).is_none() && Model::of(MAGIC, 2).is_none());
    }
}
