//! From matches to tags: weights by position and context, sums a leaf, major or passing.

use super::Lexicon;
use super::linear::{Model, Unheard, WordFeature, triggers};
use super::matcher::{Match, View};
use crate::tag::{Class, Level, Mention, Origin, Part, Tag};
use crate::text::{Token, Tokens};

/// Words before a trigger in which negation and supposition are looked for.
const CONTEXT_WORDS: usize = 4;
/// Positions of the body that count as its beginning.
const LEAD: u32 = 35;
/// Positions after which a trigger counts less.
const TAIL: u32 = 150;
/// Words that are given as evidence of the linear layer.
const REASONS: usize = 3;
/// From this probability on a leaf is what the article is about, with triggers or without.
const SURE: f32 = 0.6;
/// From this probability on the surest leaf is a tag where triggers give none.
const ONLY: f32 = 0.12;
/// Below this probability a leaf with triggers is only passing, where another one is sure.
const UNLIKELY: f32 = 0.004;
/// One point of score; scores are integers, so that they are the same everywhere.
const POINT: u32 = 1000;

/// Numbers of the rules, see [`super::RULES`].
pub(super) mod rule {
    pub const TRIGGER: u8 = 100;
    pub const WEAK: u8 = 101;
    pub const STRONG: u8 = 102;
    pub const FOREIGN: u8 = 103;
    pub const NEGATED: u8 = 104;
    pub const SUPPOSED: u8 = 105;
    pub const LINEAR: u8 = 106;
    pub const OWN: u8 = 107;
}

/// What stands before a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    None,
    /// `no`, `denied`, `averted`: the thing did not happen.
    Negated,
    /// `if`, `planned`, `anniversary`: it may, will or did once.
    Supposed,
}

/// A match with its leaf.
#[derive(Debug, Clone, Copy)]
struct Hit {
    leaf: u8,
    weight: u8,
    counter: bool,
    found: Match,
}

/// Sums and evidence of one leaf.
#[derive(Debug, Default)]
struct Sum {
    score: u32,
    mentions: Vec<Mention>,
}

/// The linear layer and the words of the article.
#[derive(Debug)]
pub(super) struct Layer<'t> {
    pub model: Model<'static>,
    pub words: Vec<WordFeature>,
    /// Title and body.
    pub tokens: [&'t Tokens; 2],
}

impl Layer<'_> {
    /// The words that speak most for a leaf, as evidence.
    fn reasons(&self, leaf: usize) -> Vec<Mention> {
        let reasons = self.model.reasons(&self.words, leaf, REASONS);
        let mention = |(word, part): (WordFeature, f32)| {
            let token = &self.tokens[usize::from(!word.in_title)][word.token as usize];
            Mention {
                part: if word.in_title { Part::Title } else { Part::Body },
                start: token.start,
                end: token.end,
                rule: rule::LINEAR,
                weight: (part * 10.0).clamp(1.0, 255.0) as u8,
            }
        };
        let mut mentions: Vec<Mention> = reasons.into_iter().map(mention).collect();
        mentions.sort_by_key(|mention| (mention.part, mention.start));
        mentions
    }
}

/// Gathers the hits of one article.
#[derive(Debug)]
pub(super) struct Decider<'l> {
    lexicon: &'l Lexicon,
    english: bool,
    /// Matches of each pattern so far.
    used: Vec<u16>,
    sums: Vec<Sum>,
    hits: Vec<Hit>,
    masks: Vec<Hit>,
    /// What the user's own rows say tells of no event.
    unheard: Vec<Unheard>,
}

impl<'l> Decider<'l> {
    pub fn new(lexicon: &'l Lexicon, english: bool) -> Decider<'l> {
        Decider {
            lexicon,
            english,
            used: vec![0; lexicon.matcher.len()],
            sums: Vec::new(),
            hits: Vec::new(),
            masks: Vec::new(),
            unheard: Vec::new(),
        }
    }

    /// Words that the user's own rows block, for the linear layer.
    pub fn unheard(&self) -> &[Unheard] {
        &self.unheard
    }

    /// Reads one part of the article. Linear.
    pub fn read(&mut self, part: Part, view: View<'_>) {
        self.find(view);
        let own = self.masks.iter().filter(|mask| mask.found.pattern as usize >= self.lexicon.own);
        self.unheard
            .extend(own.map(|mask| (part == Part::Title, mask.found.first, mask.found.last)));
        self.unheard.dedup();
        self.drop_masked();
        self.drop_contained();
        for at in 0..self.hits.len() {
            self.weigh(part, view, self.hits[at]);
        }
    }

    /// Fills `hits` with the longest match a leaf and place, `masks` with counter-patterns.
    fn find(&mut self, view: View<'_>) {
        self.hits.clear();
        self.masks.clear();
        let Decider { lexicon, hits, masks, .. } = self;
        for at in 0..view.words.len() {
            if view.words[at].has(Token::JOINED) {
                continue;
            }
            let from = hits.len();
            lexicon.matcher.at(view, at, |found| {
                let owner = lexicon.owners[found.pattern as usize];
                let weight = lexicon.weight(found.pattern);
                let hit = Hit { leaf: owner.leaf, weight, counter: owner.counter, found };
                if hit.counter {
                    masks.push(hit);
                    return;
                }
                match hits[from..].iter_mut().find(|other| other.leaf == hit.leaf) {
                    Some(other) => {
                        if (found.last, weight) > (other.found.last, other.weight) {
                            *other = hit;
                        }
                    }
                    None => hits.push(hit),
                }
            });
        }
    }

    /// Drops what a counter-pattern of the same leaf overlaps.
    fn drop_masked(&mut self) {
        if self.masks.is_empty() {
            return;
        }
        // By leaf, then place; the longest mask bounds how far back one may begin.
        self.masks.sort_unstable_by_key(|mask| (mask.leaf, mask.found.first, mask.found.last));
        let masks = &self.masks;
        let longest = masks.iter().map(|mask| mask.found.last - mask.found.first).max();
        let longest = longest.unwrap_or(0);
        self.hits.retain(|hit| {
            let earliest = hit.found.first.saturating_sub(longest);
            let from =
                masks.partition_point(|mask| (mask.leaf, mask.found.first) < (hit.leaf, earliest));
            !masks[from..]
                .iter()
                .take_while(|mask| mask.leaf == hit.leaf && mask.found.first <= hit.found.last)
                .any(|mask| mask.found.last >= hit.found.first)
        });
    }

    /// Drops a hit inside a longer one of the same leaf that weighs as much: `pact` in
    /// `defense pact`.
    fn drop_contained(&mut self) {
        // Last token and weight of the hit that reaches farthest, a leaf.
        let mut reach: Vec<Option<(u32, u8)>> = vec![None; self.lexicon.leaves.len()];
        self.hits.retain(|hit| {
            let reach = &mut reach[usize::from(hit.leaf)];
            if let Some((last, weight)) = *reach {
                if hit.found.last <= last && hit.weight <= weight {
                    return false;
                }
                if last >= hit.found.last {
                    return true;
                }
            }
            *reach = Some((hit.found.last, hit.weight));
            true
        });
    }

    fn weigh(&mut self, part: Part, view: View<'_>, hit: Hit) {
        let first = &view.words[hit.found.first as usize];
        let last = &view.words[hit.found.last as usize];
        let scale = if first.has(Token::CJK) { 2 } else { 1 };
        let position = match part {
            Part::Title => 25,
            _ if first.position < LEAD * scale => 15,
            _ if first.position >= TAIL * scale => 6,
            _ => 10,
        };
        let context = self.context(view, hit.found.first as usize);
        let factor = match context {
            Context::None => 10,
            Context::Negated => 3,
            Context::Supposed => 6,
        };
        let used = &mut self.used[hit.found.pattern as usize];
        *used = used.saturating_add(1);
        // Weight, position and context are tenths each: thousandths.
        let score = u32::from(hit.weight) * position * factor / u32::from(*used);
        let rule = match (self.english, context) {
            (_, Context::Negated) => rule::NEGATED,
            (_, Context::Supposed) => rule::SUPPOSED,
            _ if hit.found.pattern as usize >= self.lexicon.own => rule::OWN,
            (false, _) => rule::FOREIGN,
            _ if hit.weight > 10 => rule::STRONG,
            _ if hit.weight < 10 => rule::WEAK,
            _ => rule::TRIGGER,
        };
        if self.sums.is_empty() {
            self.sums.resize_with(self.lexicon.leaves.len(), Sum::default);
        }
        let sum = &mut self.sums[usize::from(hit.leaf)];
        sum.score = sum.score.saturating_add(score);
        sum.mentions.push(Mention {
            part,
            start: first.start,
            end: last.end,
            rule,
            weight: (score / 100).min(255) as u8,
        });
    }

    /// What the words before token `at` say, in its sentence; negation is stronger.
    fn context(&self, view: View<'_>, at: usize) -> Context {
        let mut context = Context::None;
        let mut left = CONTEXT_WORDS;
        let mut here = at;
        while left > 0 && here > 0 && !view.words[here].has(Token::SENTENCE) {
            here -= 1;
            if view.words[here].has(Token::JOINED) {
                continue;
            }
            left -= 1;
            self.lexicon.context.at(view, here, |found| {
                // `free of … violence`: a phrase must end before the trigger.
                if found.last as usize >= at {
                    return;
                }
                if self.lexicon.negated[found.pattern as usize] {
                    context = Context::Negated;
                } else if context == Context::None && !is_month(&view.words[here]) {
                    context = Context::Supposed;
                }
            });
        }
        context
    }

    /// The score of each leaf.
    pub fn scores(&self) -> Vec<u32> {
        let mut scores: Vec<u32> = self.sums.iter().map(|sum| sum.score).collect();
        scores.resize(self.lexicon.leaves.len(), 0);
        scores
    }

    /// The tags: major, then passing, each by score.
    pub fn decide(mut self, layer: Option<&Layer<'_>>) -> Vec<Tag> {
        let scores = self.scores();
        let best = scores.iter().copied().max().unwrap_or(0);
        if best < POINT && layer.is_none() {
            return Vec::new();
        }
        let mut ranks: Vec<u32> = scores.iter().map(|&score| rank(score)).collect();
        let mut levels: Vec<Option<Level>> = scores.iter().map(|&s| level(s, best)).collect();
        // Each leaf comes after those that beat what it beats, so one pass settles chains.
        for &(winner, loser) in &self.lexicon.beats {
            let (winner, loser) = (usize::from(winner), usize::from(loser));
            if scores[winner] >= POINT && scores[loser] >= POINT {
                ranks[winner] = ranks[winner].max(ranks[loser].saturating_add(1));
                levels[winner] = levels[winner].max(levels[loser]);
            }
        }
        if let Some(layer) = layer {
            self.sums.resize_with(scores.len(), Sum::default);
            self.weigh_words(layer, &scores, &mut ranks, &mut levels);
        }
        let mut order: Vec<usize> = (0..levels.len()).filter(|&at| levels[at].is_some()).collect();
        order.sort_by(|&a, &b| (levels[b], ranks[b], a).cmp(&(levels[a], ranks[a], b)));
        order
            .into_iter()
            .map(|at| Tag {
                class: Class::Event,
                id: self.lexicon.leaves[at].to_owned(),
                label: None,
                level: levels[at].unwrap_or(Level::Passing),
                score: ranks[at].min(255) as u8,
                origin: Origin::Derived,
                by: None,
                mentions: std::mem::take(&mut self.sums[at].mentions),
            })
            .collect()
    }

    /// Lets the linear layer raise and lower leaves, and order those that the article is about.
    fn weigh_words(
        &mut self,
        layer: &Layer<'_>,
        scores: &[u32],
        ranks: &mut [u32],
        levels: &mut [Option<Level>],
    ) {
        let triggers = triggers(scores, &self.lexicon.leaves);
        let probable = layer.model.probabilities(&layer.words, &triggers);
        let (probable, nothing) = probable.split_at(scores.len());
        let nothing = nothing.first().copied().unwrap_or(0.0);
        let surest = probable.iter().copied().fold(0.0, f32::max);
        let none = levels.iter().all(|level| *level != Some(Level::Major));
        for at in 0..scores.len() {
            let (score, chance) = (scores[at], probable[at]);
            let only = none && chance == surest && chance >= ONLY.max(nothing);
            if chance >= SURE || only {
                if score == 0 {
                    self.sums[at].mentions = layer.reasons(at);
                }
                // One word alone is chance.
                let least = if score == 0 && chance < 2.0 * ONLY { 2 } else { 1 };
                if self.sums[at].mentions.len() < least {
                    continue;
                }
                levels[at] = Some(Level::Major);
            } else if levels[at] == Some(Level::Major) && chance < UNLIKELY && surest >= SURE {
                levels[at] = Some(Level::Passing);
            }
            if levels[at] == Some(Level::Major) {
                ranks[at] = (chance * 254.0) as u32;
            }
        }
    }
}

/// `May` is a month unless it begins a sentence.
fn is_month(token: &Token) -> bool {
    token.has(Token::CAPITAL) && token.has(Token::HAS_LOWER) && !token.has(Token::SENTENCE)
}

/// Major from one point and half the best leaf's score on, passing from two points on.
fn level(score: u32, best: u32) -> Option<Level> {
    if score >= POINT && score.saturating_mul(2) >= best {
        Some(Level::Major)
    } else if score >= 2 * POINT {
        Some(Level::Passing)
    } else {
        None
    }
}

/// A score as 0 to 254: half of it at four points.
fn rank(score: u32) -> u32 {
    let score = u64::from(score);
    (255 * score / (score + u64::from(4 * POINT))) as u32
}
