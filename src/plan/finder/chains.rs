//! Places that are made of more than two words: all of them, and which words each is made of.

use super::pairs::Breaks;
use super::{Buffers, MAX_PAIRS, Place, Relation, Source, Step, TooManyPairs};

/// A place and the runs of words that it is made of, as far as others could share them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// The place.
    pub place: Place,
    picks: Vec<Place>,
}

/// What a step found, and of what.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// The places, sorted.
    pub found: Vec<Found>,
    /// Number of a find here, the part it comes from, and the find there.
    from: Vec<(u32, u32, u32)>,
    parts: Vec<Level>,
}

/// Which words stand somewhere on a position that others stand on, too.
pub(super) fn shared_words(lists: &[Vec<Place>]) -> Vec<bool> {
    let mut taken: Vec<(u32, usize)> = Vec::new();
    for (words, list) in lists.iter().enumerate() {
        for place in list {
            taken.extend((place.start..=place.end).map(|position| (position, words)));
        }
    }
    taken.sort_unstable();
    let mut shared = vec![false; lists.len()];
    for pair in taken.windows(2) {
        if pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1 {
            shared[pair[0].1] = true;
            shared[pair[1].1] = true;
        }
    }
    shared
}

/// Which of `right`, sorted by starts, may stand in this relation to `a`.
fn candidates(
    relation: Relation,
    a: Place,
    right: &[Found],
    reach: u32,
    breaks: Breaks<'_>,
) -> std::ops::Range<usize> {
    let (from, to) = match relation {
        Relation::Near { distance, ordered: true } => {
            (a.end.saturating_add(1), a.end.saturating_add(distance))
        }
        Relation::Near { distance, ordered: false } => {
            (a.start.saturating_sub(distance).saturating_sub(reach), a.end.saturating_add(distance))
        }
        Relation::Within(_) => breaks.around(a.start),
    };
    let first = right.partition_point(|b| b.place.start < from);
    first..first + right[first..].partition_point(|b| b.place.start <= to)
}

/// Whether `b`, one of the [`candidates`] of `a`, stands in this relation to it.
fn relates(relation: Relation, a: Place, b: Place, border: u32, breaks: Breaks<'_>) -> bool {
    if (a.start < border) != (b.start < border) {
        return false;
    }
    match relation {
        Relation::Near { distance, ordered } => {
            a.distance(b) <= distance && (!ordered || b.start > a.end)
        }
        Relation::Within(_) => {
            let whole = a.to(b);
            whole.end <= breaks.around(whole.start).1
        }
    }
}

/// One article under way.
pub(super) struct Work<'w> {
    /// The article.
    pub source: &'w mut dyn Source,
    /// Where its words stand.
    pub lists: &'w [Vec<Place>],
    /// Words that others may share a position with: their runs are kept in picks.
    pub shared: &'w [bool],
    /// Where its second side starts.
    pub border: u32,
    /// What is read of it.
    pub buffers: &'w mut Buffers,
    /// Pairs looked at.
    pub pairs: u64,
}

impl Work<'_> {
    /// The places of a step.
    ///
    /// # Errors
    /// [`TooManyPairs`] beyond [`MAX_PAIRS`].
    pub fn level(&mut self, step: &Step) -> Result<Level, TooManyPairs> {
        match step {
            Step::Words(words) => {
                let shared = self.shared[*words];
                let picks = |place: &Place| if shared { vec![*place] } else { Vec::new() };
                let found = self.lists[*words]
                    .iter()
                    .map(|place| Found { place: *place, picks: picks(place) });
                Ok(Level { found: found.collect(), ..Level::default() })
            }
            Step::Any(steps) => {
                let mut parts = Vec::with_capacity(steps.len());
                for step in steps {
                    parts.push(self.level(step)?);
                }
                let mut all: Vec<(Found, u32, u32)> = Vec::new();
                for (part, level) in (0..).zip(&parts) {
                    let found = (0..).zip(&level.found);
                    all.extend(found.map(|(at, found)| (found.clone(), part, at)));
                }
                Ok(gathered(all, parts))
            }
            Step::Pair(relation, left, right) => {
                let (left, right) = (self.level(left)?, self.level(right)?);
                let mut all = Vec::new();
                self.pairs_of(*relation, &left.found, &right.found, &mut |a, b| {
                    let (first, second) = (&left.found[a], &right.found[b]);
                    let mut picks = first.picks.clone();
                    picks.extend_from_slice(&second.picks);
                    picks.sort_unstable();
                    let found = Found { place: first.place.to(second.place), picks };
                    all.push((found.clone(), 0, a as u32));
                    all.push((found, 1, b as u32));
                    Then::Next
                })?;
                Ok(gathered(all, vec![left, right]))
            }
            Step::Without(distance, left, right) => {
                let (left, right) = (self.level(left)?, self.level(right)?);
                let near = self.near(*distance, &left, &right)?;
                let kept = (0..).zip(&left.found).filter(|(at, _)| !near[*at as usize]);
                let all = kept.map(|(at, found)| (found.clone(), 0, at)).collect();
                Ok(gathered(all, vec![left, Level::default()]))
            }
        }
    }

    /// Whether a step has a place; of the last pairs only the first is looked for.
    ///
    /// # Errors
    /// [`TooManyPairs`] beyond [`MAX_PAIRS`].
    pub fn has_place(&mut self, step: &Step) -> Result<bool, TooManyPairs> {
        match step {
            Step::Words(words) => Ok(!self.lists[*words].is_empty()),
            Step::Any(parts) => {
                for part in parts {
                    if self.has_place(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Step::Pair(relation, left, right) => {
                let (left, right) = (self.level(left)?, self.level(right)?);
                let mut found = false;
                self.pairs_of(*relation, &left.found, &right.found, &mut |_, _| {
                    found = true;
                    Then::Stop
                })?;
                Ok(found)
            }
            Step::Without(distance, left, right) => {
                let (left, right) = (self.level(left)?, self.level(right)?);
                Ok(self.near(*distance, &left, &right)?.contains(&false))
            }
        }
    }

    /// Which of the left have one of the right near.
    fn near(
        &mut self,
        distance: u32,
        left: &Level,
        right: &Level,
    ) -> Result<Vec<bool>, TooManyPairs> {
        let relation = Relation::Near { distance, ordered: false };
        let mut near = vec![false; left.found.len()];
        self.pairs_of(relation, &left.found, &right.found, &mut |a, _| {
            near[a] = true;
            Then::NextLeft
        })?;
        Ok(near)
    }

    /// Calls `each` with all that go together in this relation.
    fn pairs_of(
        &mut self,
        relation: Relation,
        left: &[Found],
        right: &[Found],
        each: &mut dyn FnMut(usize, usize) -> Then,
    ) -> Result<(), TooManyPairs> {
        if left.is_empty() || right.is_empty() {
            return Ok(());
        }
        let breaks = self.buffers.breaks(relation, self.source);
        let reach = right.iter().map(|b| b.place.end - b.place.start).max().unwrap_or(0);
        for (at, a) in left.iter().enumerate() {
            for other in candidates(relation, a.place, right, reach, breaks) {
                self.pairs += 1;
                if self.pairs > MAX_PAIRS {
                    return Err(TooManyPairs);
                }
                let b = &right[other];
                let shared = |pick: &Place| b.picks.iter().any(|other| other.overlaps(*pick));
                if a.picks.iter().any(shared)
                    || !relates(relation, a.place, b.place, self.border, breaks)
                {
                    continue;
                }
                match each(at, other) {
                    Then::Next => {}
                    Then::NextLeft => break,
                    Then::Stop => return Ok(()),
                }
            }
        }
        Ok(())
    }
}

/// How to go on after a pair.
enum Then {
    Next,
    NextLeft,
    Stop,
}

/// Sorts finds and joins equal ones.
fn gathered(mut all: Vec<(Found, u32, u32)>, parts: Vec<Level>) -> Level {
    all.sort_unstable();
    let mut level = Level { found: Vec::new(), from: Vec::with_capacity(all.len()), parts };
    for (found, part, at) in all {
        if level.found.last() != Some(&found) {
            level.found.push(found);
        }
        level.from.push((level.found.len() as u32 - 1, part, at));
    }
    level
}

/// Gives the places of words that living finds are made of.
pub(super) fn collect(step: &Step, level: &Level, alive: &[bool], out: &mut [Vec<Place>]) {
    let steps: Vec<&Step> = match step {
        Step::Words(words) => {
            let living = level.found.iter().zip(alive).filter(|(_, alive)| **alive);
            out[*words].extend(living.map(|(found, _)| found.place));
            return;
        }
        Step::Any(steps) => steps.iter().collect(),
        Step::Pair(_, left, right) | Step::Without(_, left, right) => vec![left, right],
    };
    for ((number, part), step) in (0..).zip(&level.parts).zip(steps) {
        let mut living = vec![false; part.found.len()];
        for &(here, from, there) in &level.from {
            if from == number && alive[here as usize] {
                living[there as usize] = true;
            }
        }
        collect(step, part, &living, out);
    }
}
