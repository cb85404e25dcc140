//! Learns the linear layer from written snippets: the same bytes from the same table, anywhere.
//!
//! Multinomial logistic regression with a quadratic penalty, by L-BFGS (Liu, Nocedal: On the limited
//! memory BFGS method for large scale optimization, 1989), to the optimum and not by steps over the
//! examples: what one snippet more or less changes is then its own doing and not that of the order.
//! Each snippet is shown twice: with its triggers and with its words alone, so that words are learnt
//! that triggers would make superfluous.

use std::collections::{BTreeMap, VecDeque};

use super::EventTagger;
use super::decide::Decider;
use super::linear::{Key, Model, triggers, words};
use super::matcher::View;
use super::taxonomy;
use crate::tag::Part;
use crate::text::Tokens;

/// Steps of L-BFGS; after twice as many, 87 of the 326,007 weights of eight bits are another one, by
/// one unit.
const STEPS: usize = 80;
/// Earlier steps from which the curvature is known.
const MEMORY: usize = 8;
/// Weight of the penalty, half the sum of the squares of all weights but the biases.
const PENALTY: f64 = 0.02;
/// How much an example of words alone counts beside one with triggers.
const ALONE: f32 = 0.4;

/// The written snippets: a leaf and a text a row.
pub const EXAMPLES: &str = include_str!("../data/event_examples.tsv");

/// Stands for no event at all.
const NONE: &str = "-";

/// A row that is no example: its line, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadExample {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// An example before its features are numbered: leaf, features, weight.
type Raw = (usize, Vec<(Key, f32)>, f32);

struct Example {
    leaf: usize,
    features: Vec<(usize, f32)>,
    weight: f32,
}

/// The examples of a table, and the rows that are none.
pub fn examples(table: &str) -> (Vec<(&str, &str)>, Vec<BadExample>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let leaves: Vec<&str> = taxonomy::leaves().collect();
    for (line, row) in (1..).zip(table.lines()) {
        if row.trim().is_empty() || row.starts_with('#') {
            continue;
        }
        match row.split_once('\t') {
            Some((leaf, text))
                if (leaf == NONE || leaves.contains(&leaf)) && !text.trim().is_empty() =>
            {
                good.push((leaf, text.trim()));
            }
            Some((leaf, _)) if leaf != NONE && !leaves.contains(&leaf) => {
                bad.push(BadExample { line, why: format!("'{leaf}' is no event type") });
            }
            _ => bad.push(BadExample { line, why: "a row is an event type, a tab, a text".into() }),
        }
    }
    (good, bad)
}

/// The bytes of the model that these examples give. A second or two for two thousand.
pub fn train(examples: &[(&str, &str)]) -> Vec<u8> {
    let tagger = EventTagger::new();
    let lexicon = &tagger.lexicons[0];
    let leaves = &lexicon.leaves;
    let mut keys: BTreeMap<Key, usize> = BTreeMap::new();
    let mut raw: Vec<Raw> = Vec::new();
    for (leaf, text) in examples {
        // What is no event comes behind the leaves.
        let leaf = leaves.iter().position(|known| known == leaf).unwrap_or(leaves.len());
        let body = Tokens::of(text);
        let mut decider = Decider::new(lexicon, true);
        decider.read(Part::Body, View { words: &body, spans: &[] });
        let own: Vec<(Key, f32)> = words(&Tokens::of(""), &body, &[])
            .into_iter()
            .map(|word| (word.key, word.value))
            .collect();
        let scores = decider.scores();
        let both: Vec<_> = own.iter().copied().chain(triggers(&scores, leaves)).collect();
        raw.push((leaf, both, 1.0));
        raw.push((leaf, own, ALONE));
    }
    for (_, features, _) in &raw {
        keys.extend(features.iter().map(|(key, _)| (*key, 0)));
    }
    keys.values_mut().zip(0..).for_each(|(number, at)| *number = at);
    let all: Vec<Example> = raw
        .into_iter()
        .map(|(leaf, features, weight)| {
            let features = features.into_iter().map(|(key, value)| (keys[&key], value)).collect();
            Example { leaf, features, weight }
        })
        .collect();
    let (biases, weights) = fit(&all, keys.len(), leaves.len() + 1);
    let most = weights.iter().chain(&biases).fold(0.0f32, |most, weight| most.max(weight.abs()));
    let scale = most.max(f32::MIN_POSITIVE) / 127.0;
    let small = |weights: &[f32]| -> Vec<i8> {
        weights.iter().map(|weight| (weight / scale).round() as i8).collect()
    };
    let keys: Vec<Key> = keys.into_keys().collect();
    Model::bytes(&keys, &small(&biases), &small(&weights), scale)
}

/// Biases and rows of weights.
fn fit(all: &[Example], features: usize, leaves: usize) -> (Vec<f32>, Vec<f32>) {
    // The biases stand behind the rows of the features.
    let mut at = vec![0.0f64; (features + 1) * leaves];
    let (mut loss, mut slope) = loss(all, &at, leaves);
    let mut past: VecDeque<Past> = VecDeque::new();
    for _ in 0..STEPS {
        let direction = direction(&slope, &past);
        let descent = dot(&slope, &direction);
        if descent >= 0.0 {
            break;
        }
        // The first direction is the slope itself, whose length says nothing.
        let mut length = if past.is_empty() { 1.0 / dot(&slope, &slope).sqrt() } else { 1.0 };
        let next = loop {
            let there: Vec<f64> =
                at.iter().zip(&direction).map(|(at, way)| at + length * way).collect();
            let (new, new_slope) = self::loss(all, &there, leaves);
            if new <= loss + 1e-4 * length * descent {
                break Some((there, new, new_slope));
            }
            length *= 0.5;
            if length < 1e-10 {
                break None;
            }
        };
        let Some((there, new, new_slope)) = next else { break };
        let moved: Vec<f64> = there.iter().zip(&at).map(|(new, old)| new - old).collect();
        let bent: Vec<f64> = new_slope.iter().zip(&slope).map(|(new, old)| new - old).collect();
        let curved = dot(&moved, &bent);
        if curved > 1e-12 {
            if past.len() == MEMORY {
                past.pop_front();
            }
            past.push_back(Past { moved, bent, curved });
        }
        (at, loss, slope) = (there, new, new_slope);
    }
    let small = |weights: &[f64]| weights.iter().map(|&weight| weight as f32).collect();
    let (rows, biases) = at.split_at(features * leaves);
    (small(biases), small(rows))
}

/// A step that was taken: how far, how much the slope changed, and their product.
struct Past {
    moved: Vec<f64>,
    bent: Vec<f64>,
    curved: f64,
}

/// The way down, as the last steps tell the curvature: the recursion in two loops.
fn direction(slope: &[f64], past: &VecDeque<Past>) -> Vec<f64> {
    let mut way: Vec<f64> = slope.iter().map(|slope| -slope).collect();
    let add = |way: &mut [f64], much: f64, of: &[f64]| {
        way.iter_mut().zip(of).for_each(|(way, of)| *way += much * of);
    };
    let mut shares = Vec::with_capacity(past.len());
    for step in past.iter().rev() {
        let share = dot(&step.moved, &way) / step.curved;
        add(&mut way, -share, &step.bent);
        shares.push(share);
    }
    if let Some(last) = past.back() {
        let scale = last.curved / dot(&last.bent, &last.bent);
        way.iter_mut().for_each(|way| *way *= scale);
    }
    for (step, share) in past.iter().zip(shares.into_iter().rev()) {
        let back = dot(&step.bent, &way) / step.curved;
        add(&mut way, share - back, &step.moved);
    }
    way
}

/// The loss and its slope.
fn loss(all: &[Example], at: &[f64], leaves: usize) -> (f64, Vec<f64>) {
    let rows = at.len() - leaves;
    let mut loss = 0.5 * PENALTY * dot(&at[..rows], &at[..rows]);
    let mut slope: Vec<f64> = at.iter().map(|weight| PENALTY * weight).collect();
    slope[rows..].fill(0.0);
    let mut sums = vec![0.0f64; leaves];
    for example in all {
        sums.copy_from_slice(&at[rows..]);
        for &(feature, value) in &example.features {
            let row = &at[feature * leaves..][..leaves];
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += f64::from(value) * weight);
        }
        let most = sums.iter().copied().fold(f64::MIN, f64::max);
        sums.iter_mut().for_each(|sum| *sum = libm::exp(*sum - most));
        let total: f64 = sums.iter().sum();
        sums.iter_mut().for_each(|sum| *sum /= total);
        let weight = f64::from(example.weight);
        loss -= weight * libm::log(sums[example.leaf].max(f64::MIN_POSITIVE));
        sums[example.leaf] -= 1.0;
        sums.iter_mut().for_each(|sum| *sum *= weight);
        slope[rows..].iter_mut().zip(&sums).for_each(|(slope, sum)| *slope += sum);
        for &(feature, value) in &example.features {
            let row = &mut slope[feature * leaves..][..leaves];
            row.iter_mut().zip(&sums).for_each(|(slope, sum)| *slope += f64::from(value) * sum);
        }
    }
    (loss, slope)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_rows_are_told_with_their_line() {
        let (good, bad) = examples("# a\n\nsport/match\tThey won.\nsport/x\ty\nno tab\n");
        assert_eq!(good, [("sport/match", "They won.")]);
        let lines: Vec<usize> = bad.iter().map(|row| row.line).collect();
        assert_eq!(lines, [4, 5]);
    }

    #[test]
    fn every_leaf_has_examples_and_none_stands_twice() {
        let (good, bad) = examples(EXAMPLES);
        assert_eq!(bad, []);
        for leaf in taxonomy::leaves() {
            let number = good.iter().filter(|(of, _)| *of == leaf).count();
            assert!(number >= 20, "{leaf} has {number} examples");
        }
        let mut texts: Vec<&str> = good.iter().map(|(_, text)| *text).collect();
        texts.sort_unstable();
        let twice: Vec<_> = texts.windows(2).filter(|two| two[0] == two[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// The model in the program is what the table in the program gives.
    #[test]
    #[cfg_attr(debug_assertions, ignore = "half a minute unless optimised; CI runs it so")]
    fn the_model_is_made_of_the_table() {
        let (good, _) = examples(EXAMPLES);
        let trained = train(&good);
        assert!(trained == super::super::LINEAR, "run: dateline train event -o FILE");
    }
}
