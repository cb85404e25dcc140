//! Learns the weights of names from labelled text: the same bytes from the same text.
//!
//! Every candidate that the rules score is an example: right where it is a labelled name exactly,
//! wrong otherwise. Logistic regression by AdaGrad (Duchi, Hazan, Singer 2011) in a fixed order,
//! with the rules' score as a given part of the log-odds.

use std::cell::RefCell;

use super::field::Field;
use super::lists::Lexicon;
use super::model::{BUCKETS, Model, POINTS};
use super::rules::{self, Context, LowerWords, PARTING};
use crate::article::{Article, Words};
use crate::tag::Part;
use crate::tag::event::exp;

/// Times that all examples are shown.
const EPOCHS: usize = 12;
/// Step of AdaGrad.
const STEP: f32 = 0.1;
/// Weight of the penalty, by example.
const PENALTY: f32 = 2e-4;

/// Sentences written for this, a line each, names of persons in brackets.
pub const EXAMPLES: &str = include_str!("../data/person_examples.txt");

/// How often the written sentences are shown beside the other text.
const WRITTEN: usize = 3;

/// The sentences of a text with names in brackets, and where the names stand, as bytes.
pub fn examples(text: &str) -> Vec<(Article, Vec<(u32, u32)>)> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let example = |line: &str| {
        let (mut body, mut names, mut open) = (String::new(), Vec::new(), None);
        for c in line.chars() {
            match c {
                '[' => open = Some(body.len() as u32),
                ']' => names.extend(open.take().map(|start| (start, body.len() as u32))),
                c => body.push(c),
            }
        }
        (Article { body, ..Article::default() }, names)
    };
    lines.map(example).collect()
}

/// A candidate as it is learnt from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// First byte and one past the last.
    pub span: (u32, u32),
    /// Score by the rules.
    pub score: i32,
    /// Its traits.
    pub buckets: Vec<u32>,
}

/// The bytes of the model that these articles and the written sentences give: each article with
/// the places of the names in its body, as bytes. Seconds for half a million words.
pub fn train(articles: &[(&Article, Vec<(u32, u32)>)]) -> Vec<u8> {
    let lexicon = Lexicon::new();
    let mut seen_all: Vec<(Seen, bool)> = Vec::new();
    let written = examples(EXAMPLES);
    let written = written.iter().map(|(article, names)| (article, names));
    let given = articles.iter().map(|(article, names)| (*article, names));
    let written = std::iter::repeat_n(written, WRITTEN).flatten();
    for (article, names) in given.chain(written) {
        let words = Words::of(article);
        let mut lower = LowerWords::new();
        lower.add(&words.body);
        let seen = RefCell::new(Vec::new());
        let context = Context {
            lexicon: &lexicon,
            lower: &lower,
            english: true,
            lang: super::lists::lang_bit("en"),
            model: None,
            seen: Some(&seen),
        };
        let mut body = Field::new(Part::Body, &article.body, &words.body, &lexicon);
        rules::find(&mut body, &context);
        let names: Vec<(u32, u32)> =
            names.iter().map(|name| without_suffix(&article.body, *name)).collect();
        let right = |seen: &Seen| names.contains(&seen.span);
        seen_all.extend(seen.into_inner().into_iter().map(|seen| {
            let right = right(&seen);
            (seen, right)
        }));
    }
    let weights = fit(&seen_all);
    let most = weights.iter().fold(0.0f32, |most, weight| most.max(weight.abs()));
    let scale = most.max(f32::MIN_POSITIVE) / 127.0;
    let small: Vec<i8> = weights.iter().map(|weight| (weight / scale).round() as i8).collect();
    Model::bytes(&small, scale)
}

/// A name without what the rules add to it afterwards: `Jr.`, `III`.
fn without_suffix(text: &str, (start, end): (u32, u32)) -> (u32, u32) {
    let name = text.get(start as usize..end as usize).unwrap_or_default();
    for suffix in [" Jr.", " Jr", " Sr.", " Sr", " II", " III", " IV"] {
        if let Some(rest) = name.strip_suffix(suffix) {
            return (start, start + rest.trim_end_matches([',', ' ']).len() as u32);
        }
    }
    (start, end)
}

fn fit(examples: &[(Seen, bool)]) -> Vec<f32> {
    let mut weights = vec![0.0f32; BUCKETS];
    let mut squares = vec![1e-6f32; BUCKETS];
    for _ in 0..EPOCHS {
        for (seen, right) in examples {
            let mut odds = (seen.score - PARTING) as f32 / POINTS;
            for &bucket in &seen.buckets {
                odds += weights[bucket as usize];
            }
            let chance = 1.0 / (1.0 + exp(-odds));
            let error = chance - f32::from(u8::from(*right));
            for &bucket in &seen.buckets {
                let at = bucket as usize;
                let slope = error + PENALTY * weights[at];
                squares[at] += slope * slope;
                weights[at] -= STEP * slope / squares[at].sqrt();
            }
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_brackets_are_found_at_their_places() {
        let found = examples("# a\n\nLeeds beat [Ann Lee] and [Böll].\nNobody.\n");
        assert_eq!(found.len(), 2);
        let (article, names) = &found[0];
        let texts: Vec<&str> =
            names.iter().map(|(a, b)| &article.body[*a as usize..*b as usize]).collect();
        assert_eq!(
            (article.body.as_str(), texts),
            ("Leeds beat Ann Lee and Böll.", vec!["Ann Lee", "Böll"])
        );
        assert!(found[1].1.is_empty());
    }

    #[test]
    fn written_sentences_are_whole() {
        for line in EXAMPLES.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.matches('[').count(), line.matches(']').count(), "{line}");
        }
        assert!(examples(EXAMPLES).len() > 100);
    }

    #[test]
    fn training_is_the_same_twice() {
        assert!(train(&[]) == train(&[]));
    }
}
