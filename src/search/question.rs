//! Questions in plain words: any of the words may stand, the ranking does the work.
//!
//! The words of the question without its function words are ranked by BM25. The best three
//! articles then lend words of their own (pseudo-relevance feedback in the manner of RM3, Abdul-
//! Jaleel et al., TREC 2004, weighed by rarity): frequent in them and rare in the index. How much
//! these count depends on how much of the question the three articles cover: where they cover
//! little, the question was not understood, and feedback would lead away from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Archive, Found, SearchError, from_engine};
use crate::analyze::{Analyzers, analyze_query};
use crate::diag::Span;
use crate::engine::streams::{self, TokenSink};
use crate::engine::{Bag, EngineError};
use crate::plan::{Clause, Layer, Plan, Scope, Slot, TextClause};

/// Articles that lend words, and how many words these lend together.
const LENDERS: usize = 3;
const LENT: usize = 50;

/// The share of lent words in the ranking where the lenders cover the whole question, and at most.
const SHARE: f64 = 0.6;
const MOST: f64 = 0.8;

/// Stems of more than this share of the articles are not lent.
const COMMON: f64 = 0.5;

/// English words that say nothing of what a question is about.
const FUNCTION_WORDS: &str = "a about am an and any are as at be been being but by can could did \
    do does for from had has have he her his how i if in into is it its just may me might must my \
    no not of on or our shall she should so some such than that the their them then there these \
    they this those to too us very was we were what when where which who whom whose why will with \
    would you your";

/// A question ready to be ranked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its stems with the number of their uses.
    pub stems: Vec<(String, f32)>,
}

/// What a question was ranked by.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Stems with weights: those of the question and, after them, those lent.
    pub stems: Vec<(String, f32)>,
    /// How many of them are the question's own.
    pub own: usize,
    /// How much of the question the best articles cover, 0 to 1.
    pub covered: f64,
}

impl Question {
    /// Reads a question in the languages of an index. One of function words only keeps them.
    pub fn read(text: &str, languages: &[String]) -> Question {
        let mut analyzers = Analyzers::default();
        let function: BTreeSet<&str> = FUNCTION_WORDS.split_whitespace().collect();
        let tokens = analyze_query(text, languages, &mut analyzers);
        let uses = |all: bool| {
            let mut uses: BTreeMap<&str, f32> = BTreeMap::new();
            for token in tokens.iter().filter(|token| all || !is_function(&function, &token.folded))
            {
                for stem in &token.stems {
                    *uses.entry(stem).or_default() += 1.0;
                }
            }
            uses
        };
        let mut found = uses(false);
        if found.is_empty() {
            found = uses(true);
        }
        Question { stems: found.into_iter().map(|(stem, n)| (stem.to_owned(), n)).collect() }
    }

    /// The plan of what a question finds: articles that hold any of its stems and match `filter`.
    pub fn plan(&self, filter: &Plan) -> Plan {
        let clause = |(stem, _): &(String, f32)| {
            Clause::Text(TextClause {
                scope: Scope::Any,
                layer: Layer::Stems,
                slots: vec![Slot { offset: 0, terms: vec![stem.clone()], pattern: None }],
                slop: 0,
                rank: Vec::new(),
                span: Span::default(),
            })
        };
        let any = match self.stems.len() {
            0 => Clause::Nothing,
            _ => Clause::Or(self.stems.iter().map(clause).collect()),
        };
        let root = match &filter.root {
            Clause::All => any,
            filter => Clause::And(vec![any, Clause::Boost(0.0, Box::new(filter.clone()))]),
        };
        Plan { root }
    }
}

fn is_function(words: &BTreeSet<&str>, folded: &str) -> bool {
    let word = folded.trim_end_matches(['\'', '’']);
    words.contains(word)
}

/// The stems of the words that say nothing of what a text is about, in some languages.
pub fn function_stems(languages: &[String]) -> BTreeSet<String> {
    let tokens = analyze_query(FUNCTION_WORDS, languages, &mut Analyzers::default());
    tokens.into_iter().flat_map(|token| token.stems).collect()
}

/// How often the stems of an article stand in it.
#[derive(Default)]
struct Uses {
    stems: HashMap<String, f64, foldhash::fast::FixedState>,
    length: f64,
}

impl TokenSink for Uses {
    fn token(&mut self, text: &str, _: u32, times: usize) {
        let times = times as f64;
        self.length += times;
        match self.stems.get_mut(text) {
            Some(uses) => *uses += times,
            None => {
                self.stems.insert(text.to_owned(), times);
            }
        }
    }
}

/// Ranks a question; `filter` is what the articles must match besides. The total counts articles
/// that hold any word of the question itself. Costs two passes over the postings of its words, one
/// over those lent, and the reading of three articles.
///
/// # Errors
/// What the engine reports.
pub fn answer(
    archive: &dyn Archive,
    question: &Question,
    filter: &Plan,
    limit: usize,
) -> Result<(Found, Ranking), SearchError> {
    let bag = Bag { stems: &question.stems, within: filter, limit: LENDERS };
    let first = archive.bag(&bag).map_err(from_engine)?;
    let ranking = expand(archive, question, &first.matches).map_err(from_engine)?;
    // What is lent orders the finds and finds nothing.
    let plan = question.plan(filter);
    let bag = Bag { stems: &ranking.stems, within: &plan, limit };
    let second = archive.bag(&bag).map_err(from_engine)?;

    Ok((Found { total: first.total, matches: second.matches, facets: Vec::new() }, ranking))
}

fn expand(
    archive: &dyn Archive,
    question: &Question,
    lenders: &[crate::engine::Match],
) -> Result<Ranking, EngineError> {
    let own = question.stems.len();
    let mut ranking = Ranking { stems: question.stems.clone(), own, covered: 0.0 };
    let scores: f64 = lenders.iter().filter_map(|found| found.score).map(f64::from).sum();
    if lenders.is_empty() || scores <= 0.0 {
        return Ok(ranking);
    }
    let articles = archive.size() as f64;
    let mut known: HashMap<String, u64> = HashMap::new();
    let rarity = |stem: &str, known: &mut HashMap<String, u64>| {
        let holding = match known.get(stem) {
            Some(&holding) => holding,
            None => {
                let holding = archive.holding(stem);
                known.insert(stem.to_owned(), holding);
                holding
            }
        } as f64;
        ((1.0 + (articles - holding + 0.5).max(0.5) / (holding + 0.5)).ln(), holding)
    };
    let mut analyzers = Analyzers::default();
    let function = function_stems(&archive.languages());
    let whole: f64 = question
        .stems
        .iter()
        .map(|(stem, _)| rarity(stem, &mut known))
        .filter(|(_, holding)| *holding > 0.0)
        .map(|(rarity, _)| rarity)
        .sum();
    let mut lent: HashMap<String, f64> = HashMap::new();
    for found in lenders {
        let stored = archive.fetch(found)?;
        let words = crate::article::Words::of(&stored.article);
        let mut uses = Uses::default();
        streams::stems(&stored.article, &words, &stored.lang, &mut analyzers, &mut uses);
        let covered: f64 = question
            .stems
            .iter()
            .filter(|(stem, _)| uses.stems.contains_key(stem))
            .map(|(stem, _)| rarity(stem, &mut known).0)
            .sum();
        ranking.covered += covered / whole.max(f64::MIN_POSITIVE) / lenders.len() as f64;
        let share = f64::from(found.score.unwrap_or(0.0)) / scores;
        for (stem, times) in uses.stems {
            let short = stem.chars().count() < 2 || stem.starts_with(|c: char| c.is_ascii_digit());
            if !short && !function.contains(stem.as_str()) {
                *lent.entry(stem).or_default() += share * times / uses.length;
            }
        }
    }
    let mut weighed: Vec<(f64, String)> = lent
        .into_iter()
        .filter_map(|(stem, share)| {
            let (rarity, holding) = rarity(&stem, &mut known);
            (holding >= 2.0 && holding <= COMMON * articles).then_some((share * rarity, stem))
        })
        .collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    weighed.truncate(LENT);
    let sum: f64 = weighed.iter().map(|(weight, _)| weight).sum();
    if sum <= 0.0 {
        return Ok(ranking);
    }
    let share = (SHARE * ranking.covered).min(MOST);
    let uses: f64 = question.stems.iter().map(|(_, uses)| f64::from(*uses)).sum();
    for (_, weight) in &mut ranking.stems {
        *weight *= (1.0 - share) as f32;
    }
    for (weight, stem) in weighed {
        let weight = (share * uses * weight / sum) as f32;
        match ranking.stems[..own].iter_mut().find(|(known, _)| *known == stem) {
            Some((_, known)) => *known += weight,
            None => ranking.stems.push((stem, weight)),
        }
    }
    Ok(ranking)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_left_out_unless_there_is_nothing_else() {
        let english = ["en".to_owned()];
        let stems = |text: &str| -> Vec<String> {
            Question::read(text, &english).stems.into_iter().map(|(stem, _)| stem).collect()
        };
        assert_eq!(stems("What are the pacts of Japan?"), ["japan", "pact"]);
        assert_eq!(stems("to be or not to be"), ["be", "not", "or", "to"]);
        let uses = Question::read("pact pacts", &english).stems;
        assert_eq!(uses, [("pact".to_owned(), 2.0)]);
        assert!(stems("?!").is_empty());
    }
}
