//! Places of words by trying everything: what [`crate::plan::places`] says, word for word.

use std::collections::BTreeSet;

use super::{Positions, Scanned};
use crate::plan::{Layer, PlaceClause, PlaceNode, Scope, Slot, Unit, Words};
use crate::text::fold;

/// First and last position.
type Run = (u32, u32);

/// The runs of words that a place is made of; never none.
type Picks = Vec<Run>;

/// A row of words that is looked at.
struct Side {
    /// The first position.
    from: u32,
    /// One past the last position that counts.
    to: u32,
    /// One past the last position.
    end: u32,
}

/// Whether the clause holds for the article.
pub fn hold(article: &Scanned, clause: &PlaceClause) -> bool {
    let found = all(article, clause).iter().map(|picks| hull(picks)).collect();
    most_apart(found) >= clause.times as usize
}

/// The runs of words that places of the clause are made of, if it holds; sorted, distinct.
pub fn runs(article: &Scanned, clause: &PlaceClause) -> Vec<Run> {
    if !hold(article, clause) {
        return Vec::new();
    }
    let mut runs = all(article, clause).concat();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// All places of the clause on all sides that it looks at.
fn all(article: &Scanned, clause: &PlaceClause) -> Vec<Picks> {
    let layout = article.layout;
    let title = (layout.title, layout.title + layout.title_words);
    let byline = article.byline.values().flatten().max().map_or(0, |last| last + 1);
    let sides = match clause.scope {
        Scope::Any => vec![(0, layout.body), title],
        Scope::Title => vec![title],
        Scope::Body => vec![(0, layout.body)],
        Scope::Lead => vec![(0, layout.lead)],
        Scope::HeadLead => vec![(0, layout.lead), title],
        Scope::Byline => vec![(0, byline)],
    };
    let mut found = Vec::new();
    for (from, end) in sides {
        let to = clause.first.map_or(end, |first| end.min(from.saturating_add(first)));
        let side = Side { from, to, end };
        let view = View { article, byline: clause.scope == Scope::Byline, side };
        found.extend(view.places(&clause.root));
    }
    found
}

/// How many runs can be chosen at most of which no two overlap.
fn most_apart(mut runs: Vec<Run>) -> usize {
    runs.sort_unstable();
    runs.dedup();
    // The most among the runs from each one on, from the back.
    let mut most = vec![0; runs.len() + 1];
    for at in (0..runs.len()).rev() {
        let next = (at..runs.len()).find(|&next| runs[next].0 > runs[at].1).unwrap_or(runs.len());
        most[at] = most[at + 1].max(1 + most[next]);
    }
    most[0]
}

fn hull(picks: &[Run]) -> Run {
    let start = picks.iter().map(|run| run.0).min().unwrap_or(0);
    (start, picks.iter().map(|run| run.1).max().unwrap_or(0))
}

fn overlap(a: Run, b: Run) -> bool {
    (a.0..=a.1).any(|position| b.0 <= position && position <= b.1)
}

/// Whether no word belongs to both.
fn go_together(a: &[Run], b: &[Run]) -> bool {
    a.iter().all(|&a| b.iter().all(|&b| !overlap(a, b)))
}

fn distance(a: &[Run], b: &[Run]) -> u32 {
    let (a, b) = (hull(a), hull(b));
    b.0.saturating_sub(a.1).max(a.0.saturating_sub(b.1))
}

/// One side of an article.
struct View<'a> {
    article: &'a Scanned,
    byline: bool,
    side: Side,
}

impl View<'_> {
    fn places(&self, node: &PlaceNode) -> BTreeSet<Picks> {
        let both = |left, right, keep: &dyn Fn(&[Run], &[Run]) -> bool| {
            let (left, right) = (self.places(left), self.places(right));
            let mut out = BTreeSet::new();
            for a in &left {
                for b in right.iter().filter(|b| go_together(a, b) && keep(a, b)) {
                    let mut picks = [a.as_slice(), b.as_slice()].concat();
                    picks.sort_unstable();
                    out.insert(picks);
                }
            }
            out
        };
        match node {
            PlaceNode::Words(words) => self.runs(words).into_iter().map(|run| vec![run]).collect(),
            PlaceNode::Any(parts) => parts.iter().flat_map(|part| self.places(part)).collect(),
            PlaceNode::Near { distance: most, ordered, left, right } => {
                both(left, right, &|a, b| {
                    distance(a, b) <= *most && (!ordered || hull(a).1 < hull(b).0)
                })
            }
            PlaceNode::Within { unit, left, right } => both(left, right, &|a, b| {
                let (start, end) = hull(&[hull(a), hull(b)]);
                (start + 1..=end).all(|position| !self.starts(*unit, position))
            }),
            PlaceNode::NotNear { distance: most, left, right } => {
                let near = self.places(right);
                let is_near =
                    |a: &Picks| near.iter().any(|b| go_together(a, b) && distance(a, b) <= *most);
                self.places(left).into_iter().filter(|a| !is_near(a)).collect()
            }
        }
    }

    fn starts(&self, unit: Unit, position: u32) -> bool {
        let starts = self.article.breaks.get(&position);
        !self.byline && starts.is_some_and(|paragraph| unit == Unit::Sentence || *paragraph)
    }

    fn runs(&self, words: &Words) -> BTreeSet<Run> {
        let slots: Vec<BTreeSet<u32>> =
            words.slots.iter().map(|slot| self.positions(words.layer, slot)).collect();
        let mut runs = BTreeSet::new();
        if words.slop == 0 {
            for start in self.side.from..self.side.to {
                let stands =
                    |(at, slot): (&BTreeSet<u32>, &Slot)| at.contains(&(start + slot.offset));
                let end = start + words.width;
                if end < self.side.to && slots.iter().zip(&words.slots).all(stands) {
                    runs.insert((start, end));
                }
            }
        } else {
            self.choose(words, &slots, &mut Vec::new(), &mut runs);
        }
        let fits = |run: &Run| {
            (!words.at_start || run.0 == self.side.from)
                && (!words.at_end || run.1 + 1 == self.side.end)
        };
        runs.into_iter().filter(fits).collect()
    }

    /// Tries every position for every slot.
    fn choose(
        &self,
        words: &Words,
        slots: &[BTreeSet<u32>],
        chosen: &mut Vec<u32>,
        runs: &mut BTreeSet<Run>,
    ) {
        let shifts = || {
            let slots = chosen.iter().zip(&words.slots);
            slots.map(|(&position, slot)| i64::from(position) - i64::from(slot.offset))
        };
        let width = shifts().max().unwrap_or(0) - shifts().min().unwrap_or(0);
        if width > i64::from(words.slop) {
            return;
        }
        let Some(slot) = slots.get(chosen.len()) else {
            let first = chosen.iter().min().copied().unwrap_or(0);
            runs.insert((first, chosen.iter().max().copied().unwrap_or(0)));
            return;
        };
        for &position in slot {
            if !chosen.contains(&position) {
                chosen.push(position);
                self.choose(words, slots, chosen, runs);
                chosen.pop();
            }
        }
    }

    /// Positions that count on which a slot is filled.
    fn positions(&self, layer: Layer, slot: &Slot) -> BTreeSet<u32> {
        let space: &Positions = match layer {
            _ if self.byline => &self.article.byline,
            Layer::Stems => &self.article.text,
            Layer::Forms => &self.article.forms,
        };
        let matching = |term: &str, position: u32| match &slot.pattern {
            None => slot.terms.iter().any(|wanted| wanted == term),
            Some(pattern) if pattern.is_by_surface() => {
                !term.starts_with(['=', '@'])
                    && pattern.matches(term)
                    && self.surfaces(term, position).iter().any(|way| pattern.fits(way, term))
            }
            Some(pattern) => !term.starts_with(['=', '@']) && pattern.matches(term),
        };
        let mut out = BTreeSet::new();
        for (term, positions) in space {
            let counts = |at: &u32| self.side.from <= *at && *at < self.side.to;
            out.extend(positions.iter().copied().filter(|at| counts(at) && matching(term, *at)));
        }
        out
    }

    /// How a folded word is written at a position.
    fn surfaces(&self, word: &str, position: u32) -> Vec<String> {
        let mut written = Vec::new();
        let forms = if self.byline { &self.article.byline } else { &self.article.forms };
        for (term, positions) in forms {
            if let Some(surface) = term.strip_prefix('=')
                && positions.contains(&position)
                && fold::fold(surface) == word
                && surface != word
            {
                written.push(surface.to_owned());
            }
        }
        if written.is_empty() {
            written.push(word.to_owned());
        }
        written
    }
}
