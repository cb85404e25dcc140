//! Learns the linear layer from written snippets: the same bytes from the same table, anywhere.
//!
//! Multinomial logistic regression with a quadratic penalty, by AdaGrad (Duchi, Hazan, Singer
//! 2011) in a fixed order. Each snippet is shown twice: with its triggers and with its words alone,
//! so that words are learnt that triggers would make superfluous.

use std::collections::BTreeMap;

use super::EventTagger;
use super::decide::Decider;
use super::linear::{Key, Model, softmax, triggers, words};
use super::matcher::View;
use super::taxonomy;
use crate::tag::Part;
use crate::text::Tokens;

/// Times that all snippets are shown.
const EPOCHS: usize = 60;
/// Step of AdaGrad.
const STEP: f32 = 0.25;
/// Weight of the penalty for each example.
const PENALTY: f32 = 4e-4;
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

/// The bytes of the model that these examples give. Seconds for some thousand.
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
        let own: Vec<(Key, f32)> =
            words(&Tokens::of(""), &body).into_iter().map(|word| (word.key, word.value)).collect();
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
    let mut weights = vec![0.0f32; features * leaves];
    let mut squares = vec![1e-6f32; features * leaves];
    let (mut biases, mut bias_squares) = (vec![0.0f32; leaves], vec![1e-6f32; leaves]);
    let mut sums = vec![0.0f32; leaves];
    for epoch in 0..EPOCHS {
        for step in 0..all.len() {
            // A fixed stride that visits every example once, another in each epoch.
            let example = &all[(step * stride(all.len()) + epoch) % all.len()];
            sums.copy_from_slice(&biases);
            for &(feature, value) in &example.features {
                let row = &weights[feature * leaves..][..leaves];
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
            }
            softmax(&mut sums);
            sums[example.leaf] -= 1.0;
            for leaf in 0..leaves {
                let slope = example.weight * sums[leaf];
                bias_squares[leaf] += slope * slope;
                biases[leaf] -= STEP * slope / bias_squares[leaf].sqrt();
            }
            for &(feature, value) in &example.features {
                let from = feature * leaves;
                for leaf in 0..leaves {
                    let weight = &mut weights[from + leaf];
                    let slope = example.weight * value * sums[leaf] + PENALTY * *weight;
                    let square = &mut squares[from + leaf];
                    *square += slope * slope;
                    *weight -= STEP * slope / square.sqrt();
                }
            }
        }
    }
    (biases, weights)
}

/// A number without a divisor in common with `count`, near its golden section.
fn stride(count: usize) -> usize {
    fn divisor(a: usize, b: usize) -> usize {
        if b == 0 { a } else { divisor(b, a % b) }
    }
    (count * 618 / 1000 + 1..).find(|&stride| divisor(count, stride) == 1).unwrap_or(1)
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
    fn the_model_is_made_of_the_table() {
        let (good, _) = examples(EXAMPLES);
        let trained = train(&good);
        assert!(trained == super::super::LINEAR, "run: dateline train event -o FILE");
    }

    #[test]
    fn a_stride_visits_all() {
        for count in 1..200usize {
            let stride = stride(count);
            let seen: std::collections::BTreeSet<_> =
                (0..count).map(|n| n * stride % count).collect();
            assert_eq!(seen.len(), count);
        }
    }
}
