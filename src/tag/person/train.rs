//! Learns the weights of names from labelled text: the same bytes from the same text.
//!
//! Every candidate that the rules score is an example: right where it is a labelled name exactly,
//! wrong otherwise. Logistic regression by AdaGrad (Duchi, Hazan, Singer 2011) in a fixed order,
//! with the rules' score as a given part of the log-odds.

use std::cell::RefCell;

use super::field::Field;
use super::lists::Lexicon;
use super::model::{BUCKETS, Model, POINTS};
use super::rules::{self, ACCEPT, Context, LowerWords};
use crate::article::{Article, Words};
use crate::tag::Part;
use crate::tag::event::exp;

/// Times that all examples are shown.
const EPOCHS: usize = 12;
/// Step of AdaGrad.
const STEP: f32 = 0.1;
/// Weight of the penalty, by example.
const PENALTY: f32 = 2e-4;

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

/// The bytes of the model that these articles give: each with the places of the names in its body,
/// as bytes. Seconds for half a million words.
pub fn train(articles: &[(&Article, Vec<(u32, u32)>)]) -> Vec<u8> {
    let lexicon = Lexicon::new();
    let mut examples: Vec<(Seen, bool)> = Vec::new();
    for (article, names) in articles {
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
        let right = |seen: &Seen| names.contains(&seen.span);
        examples.extend(seen.into_inner().into_iter().map(|seen| {
            let right = right(&seen);
            (seen, right)
        }));
    }
    let weights = fit(&examples);
    let most = weights.iter().fold(0.0f32, |most, weight| most.max(weight.abs()));
    let scale = most.max(f32::MIN_POSITIVE) / 127.0;
    let small: Vec<i8> = weights.iter().map(|weight| (weight / scale).round() as i8).collect();
    Model::bytes(&small, scale)
}

fn fit(examples: &[(Seen, bool)]) -> Vec<f32> {
    let mut weights = vec![0.0f32; BUCKETS];
    let mut squares = vec![1e-6f32; BUCKETS];
    for _ in 0..EPOCHS {
        for (seen, right) in examples {
            let mut odds = (seen.score - ACCEPT) as f32 / POINTS;
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
