//! What was learnt of names: a weight for each trait of a run of words, added to its score.
//!
//! Logistic regression over hashed traits of a candidate: endings and first letters of its words,
//! what the lists say of them, their shapes, and the words around. [`super::train`] learns it from
//! openly licensed labelled text; the rules' own score is given, and the weights learn what it
//! gets wrong.

use super::field::{Field, Gap, Word};
use super::lists::Entry;
use super::rules::{Context, Title};
use crate::text::Token;

/// Buckets of the table of weights, a power of two. Traits that meet in one share its weight.
pub(super) const BUCKETS: usize = 1 << 17;
/// Points of score for one unit of log-odds.
pub(super) const POINTS: f32 = 8.0;
/// Points that traits may add or take, at most.
const MOST: f32 = 30.0;
/// First bytes of a model.
const MAGIC: &[u8; 4] = b"DLP1";
/// Bytes before the weights: magic, number of buckets, scale.
const HEAD: usize = 12;

/// A trained table of weights, read in place.
#[derive(Debug, Clone, Copy)]
pub struct Model<'m> {
    weights: &'m [u8],
    scale: f32,
}

impl<'m> Model<'m> {
    /// Reads a model; `None` where it is none.
    pub fn of(bytes: &'m [u8]) -> Option<Model<'m>> {
        let number = |at: usize| -> Option<u32> {
            Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
        };
        if bytes.get(..4)? != MAGIC || number(4)? as usize != BUCKETS {
            return None;
        }
        let weights = bytes.get(HEAD..).filter(|weights| weights.len() == BUCKETS)?;
        Some(Model { weights, scale: f32::from_bits(number(8)?) })
    }

    /// The bytes of a model with these weights.
    pub(super) fn bytes(weights: &[i8], scale: f32) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((BUCKETS as u32).to_le_bytes());
        out.extend(scale.to_bits().to_le_bytes());
        out.extend(weights.iter().map(|weight| *weight as u8));
        out
    }

    /// What the traits of a candidate add to its score.
    pub(super) fn points(&self, candidate: &Candidate<'_>) -> i32 {
        let mut sum = 0i32;
        candidate.traits(&mut |bucket| sum += i32::from(self.weights[bucket] as i8));
        (sum as f32 * self.scale * POINTS).clamp(-MOST, MOST) as i32
    }
}

/// A run of words that may be a name.
pub(super) struct Candidate<'a> {
    pub field: &'a Field<'a>,
    pub context: &'a Context<'a>,
    pub first: usize,
    pub last: usize,
    pub title: Title,
}

/// Mixes a trait's kind and value into a bucket (the finalizer of SplitMix64).
fn bucket(kind: u64, value: u64) -> usize {
    let mut z = value ^ kind.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as usize & (BUCKETS - 1)
}

/// Some letters as a number.
fn letters(bytes: &[u8]) -> u64 {
    bytes.iter().fold(1, |sum, byte| sum << 8 | u64::from(*byte))
}

/// What the lists say of a word, as a small number.
fn lists(context: &Context<'_>, word: &Word) -> u64 {
    let entry = &word.entry;
    let level = |weight: u8| match weight {
        0 => 0u64,
        1..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    let flags = [
        entry.has(Entry::COMMON),
        entry.has(Entry::PLACE),
        entry.has(Entry::DEMONYM),
        entry.has(Entry::ORG_NAME | Entry::ORG_WORD),
        entry.has(Entry::TITLE),
        entry.has(Entry::PARTICLE),
        entry.has(Entry::TIME),
        context.lower.has(word.hash),
    ];
    flags.iter().fold(level(entry.given) << 2 | level(entry.surname), |sum, &flag| {
        sum << 1 | u64::from(flag)
    })
}

/// How a word is written, as a small number.
fn shape(word: &Word) -> u64 {
    let flags = [word.is_capital(), word.all_caps(), word.is_initial(), word.gap == Gap::Hyphen];
    flags
        .iter()
        .fold(u64::from((word.end - word.start).min(9)), |sum, &flag| sum << 1 | u64::from(flag))
}

impl Candidate<'_> {
    /// Gives the bucket of each trait. Some two dozen.
    pub fn traits(&self, each: &mut dyn FnMut(usize)) {
        let Candidate { field, context, first, last, title } = self;
        let words = &field.words[*first..=*last];
        let length = words.len().min(5) as u64;
        let titled = u64::from(title.score > 0) + u64::from(title.score >= 30);
        each(bucket(1, length << 2 | titled));
        let mut both = 0;
        for (at, word) in words.iter().enumerate() {
            let place = match (at == 0, at + 1 == words.len()) {
                (true, true) => 3u64,
                (true, false) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            let folded = field.tokens.folded(&field.tokens[word.token as usize]).as_bytes();
            let (lists, shape) = (lists(context, word), shape(word));
            let tail = |count: usize| letters(&folded[folded.len().saturating_sub(count)..]);
            each(bucket(2 + place, word.hash));
            each(bucket(6 + place, tail(3)));
            each(bucket(10 + place, tail(2)));
            each(bucket(14 + place, letters(&folded[..folded.len().min(3)])));
            each(bucket(18 + place, lists));
            each(bucket(22 + place, shape));
            if place != 2 {
                both = both << 24 | lists;
            }
        }
        each(bucket(26, both << 3 | length));
        self.around(words, each);
    }

    /// Traits of what stands before and behind.
    fn around(&self, words: &[Word], each: &mut dyn FnMut(usize)) {
        let Candidate { field, context, first, last, .. } = self;
        let (head, tail) = (&words[0], &words[words.len() - 1]);
        let sentence = u64::from(head.shape & Token::SENTENCE != 0);
        each(bucket(27, sentence << 16 | lists(context, head)));
        match field.before(head.token) {
            None => each(bucket(28, 0)),
            Some(before) => {
                let gap =
                    letters(field.between_tokens(before.end, head.start).get(..1).unwrap_or(b""));
                each(bucket(28, before.hash));
                each(bucket(29, gap << 1 | u64::from(before.has(Token::CAPITAL))));
            }
        }
        let next = field.after(tail.token, 0);
        match next {
            None => each(bucket(30, 0)),
            Some(next) => {
                let gap =
                    letters(field.between_tokens(tail.end, next.start).get(..1).unwrap_or(b""));
                each(bucket(30, next.hash));
                each(bucket(31, gap << 1 | u64::from(next.has(Token::CAPITAL))));
            }
        }
        // Capitalised words on either side belong to something longer.
        let joined = |at: Option<&Word>, gap: Gap| match at {
            Some(word) if gap != Gap::Break => 1 + lists(context, word),
            _ => 0,
        };
        let before = first.checked_sub(1).and_then(|at| field.words.get(at));
        each(bucket(32, joined(before, field.words[*first].gap)));
        let behind = field.words.get(last + 1);
        each(bucket(33, behind.map_or(0, |word| joined(Some(word), word.gap))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_read_in_place_or_refused() {
        let mut weights = vec![0i8; BUCKETS];
        weights[5] = -3;
        let bytes = Model::bytes(&weights, 0.5);
        let model = Model::of(&bytes).unwrap();
        assert_eq!((model.weights[5] as i8, model.scale), (-3, 0.5));
        assert!(Model::of(&bytes[1..]).is_none() && Model::of(&bytes[..100]).is_none());
        assert!(Model::of(b"").is_none());
    }
}
