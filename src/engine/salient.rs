//! The stems that tell an article from others: frequent in it, rare elsewhere.

use std::collections::HashMap;

use super::StoredArticle;
use super::streams::{self, TokenSink};
use crate::analyze::Analyzers;
use crate::article::Words;

/// How many stems stand for an article: what Lucene's `MoreLikeThis` takes by default.
const STEMS: usize = 25;

/// How fast repetition stops to count, as k1 of BM25.
const SATURATION: f64 = 1.2;

#[derive(Default)]
struct Frequencies(HashMap<String, u64, foldhash::fast::FixedState>);

impl TokenSink for Frequencies {
    fn token(&mut self, text: &str, _: u32, times: usize) {
        *self.0.entry(text.to_owned()).or_default() += times as u64;
    }
}

/// At most 25 stems with weights from 0 to 1, the heaviest first. `articles` are those of the
/// index, `frequency` tells how many hold a stem. Stems of this article alone find no other, and
/// are left out, as are numbers.
pub(super) fn stems(
    stored: &StoredArticle,
    articles: u64,
    frequency: &dyn Fn(&str) -> u64,
) -> Vec<(String, f32)> {
    let words = Words::of(&stored.article);
    let mut found = Frequencies::default();
    let analyzers = &mut Analyzers::default();
    streams::stems(&stored.article, &words, &stored.lang, analyzers, &mut found);
    let mut weighed: Vec<(f64, String)> = found
        .0
        .into_iter()
        .filter(|(stem, _)| stem.chars().filter(|c| c.is_alphabetic()).count() >= 2)
        .filter_map(|(stem, times)| {
            let holding = frequency(&stem);
            if holding < 2 {
                return None;
            }
            let rarity = (1.0 + articles as f64 / holding as f64).ln();
            let times = times as f64;
            Some((rarity * times / (times + SATURATION), stem))
        })
        .collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    weighed.truncate(STEMS);
    let most = weighed.first().map_or(1.0, |(weight, _)| *weight);
    weighed.into_iter().map(|(weight, stem)| (stem, (weight / most) as f32)).collect()
}
