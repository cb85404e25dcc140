//! Finds the places of a clause in one article, from where its words stand there.
//!
//! Engines and snippets share it; what it must find is written in [`super::places`].

use super::places::{PlaceClause, PlaceNode, Unit};

/// Pairs of places that are looked at in one article for one clause, at most.
///
/// Two words and most chains stay far below: this bounds chains of frequent words over wide
/// distances in texts that repeat them endlessly.
pub const MAX_PAIRS: u64 = 20_000_000;

/// A run of positions, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The first position.
    pub start: u32,
    /// The last position.
    pub end: u32,
}

impl Place {
    /// Whether some position is in both.
    pub fn overlaps(self, other: Place) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// From the first position of both to the last.
    pub fn to(self, other: Place) -> Place {
        Place { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// How many positions lie from the end of the one to the start of the other; 0 in an overlap.
    fn distance(self, other: Place) -> u32 {
        other.start.saturating_sub(self.end).max(self.start.saturating_sub(other.end))
    }
}

/// One article, as a clause's words see it.
pub trait Source {
    /// Appends the places of the words with this number, sorted and distinct: those inside what
    /// counts, on one side each.
    ///
    /// # Errors
    /// [`TooManyPairs`], where there are too many to tell.
    fn places(&mut self, words: usize, out: &mut Vec<Place>) -> Result<(), TooManyPairs>;

    /// Whether there is any such place.
    ///
    /// # Errors
    /// [`TooManyPairs`], where there are too many to tell.
    fn has_place(&mut self, words: usize) -> Result<bool, TooManyPairs> {
        let mut places = Vec::new();
        self.places(words, &mut places)?;
        Ok(!places.is_empty())
    }

    /// Appends the positions where units start, sorted.
    fn starts(&mut self, unit: Unit, out: &mut Vec<u32>);

    /// Where the second side starts, `u32::MAX` where there is only one.
    fn border(&mut self) -> u32;
}

/// More pairs of places than [`MAX_PAIRS`] in one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyPairs;

/// The places of one clause; made once a query, used for each article.
#[derive(Debug, Clone)]
pub struct Finder {
    root: Step,
    words: usize,
    times: u32,
    /// Whether places are made of more than two words or phrases, which must then be told apart.
    chained: bool,
    left: Vec<Place>,
    right: Vec<Place>,
    starts: Starts,
}

/// Where units start in the article at hand, read when they are asked for.
#[derive(Debug, Clone, Default)]
struct Starts {
    lists: [Vec<u32>; 2],
    read: [bool; 2],
}

impl Starts {
    fn of(&mut self, relation: Relation, source: &mut dyn Source) -> &[u32] {
        let Relation::Within(unit) = relation else { return &[] };
        let list = &mut self.lists[unit as usize];
        if !std::mem::replace(&mut self.read[unit as usize], true) {
            list.clear();
            source.starts(unit, list);
        }
        list
    }
}

/// A [`PlaceNode`] whose words are numbers, from left to right.
#[derive(Debug, Clone)]
enum Step {
    Words(usize),
    Any(Vec<Step>),
    Pair(Relation, Box<Step>, Box<Step>),
    Without(u32, Box<Step>, Box<Step>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Near { distance: u32, ordered: bool },
    Within(Unit),
}

/// A place and the runs of words that it is made of, as far as others could share them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    place: Place,
    picks: Vec<Place>,
}

/// What a step found, and of what.
#[derive(Debug, Default)]
struct Level {
    found: Vec<Found>,
    /// Number of a find here, the part it comes from, and the find there.
    from: Vec<(u32, u32, u32)>,
    parts: Vec<Level>,
}

impl Finder {
    /// The finder of a clause.
    pub fn new(clause: &PlaceClause) -> Finder {
        let mut words = 0;
        let root = Step::of(&clause.root, &mut words);
        let chained = root.is_chained();
        Finder {
            root,
            words,
            times: clause.times,
            chained,
            left: Vec::new(),
            right: Vec::new(),
            starts: Starts::default(),
        }
    }

    /// Whether the clause holds.
    ///
    /// # Errors
    /// [`TooManyPairs`], where an answer would take too long.
    pub fn holds(&mut self, source: &mut dyn Source) -> Result<bool, TooManyPairs> {
        self.starts.read = [false; 2];
        if self.times > 1 && self.root.is_flat() {
            self.left.clear();
            self.root.read(source, &mut self.left)?;
            return Ok(apart(&mut self.left) >= self.times);
        }
        if self.times <= 1 && !self.chained {
            let root = std::mem::replace(&mut self.root, Step::Any(Vec::new()));
            let holds = self.simple(&root, source);
            self.root = root;
            return holds;
        }
        let level = self.level(source)?;
        if self.times <= 1 {
            return Ok(!level.found.is_empty());
        }
        let mut places: Vec<Place> = level.found.iter().map(|found| found.place).collect();
        Ok(apart(&mut places) >= self.times)
    }

    /// The places of the clause, sorted; `parts` takes, for each of the words, those of its places
    /// that a place of the clause is made of.
    ///
    /// # Errors
    /// [`TooManyPairs`], where an answer would take too long.
    pub fn find(
        &mut self,
        source: &mut dyn Source,
        parts: &mut Vec<Vec<Place>>,
    ) -> Result<Vec<Place>, TooManyPairs> {
        self.starts.read = [false; 2];
        parts.clear();
        parts.resize_with(self.words, Vec::new);
        let level = self.level(source)?;
        let alive = vec![true; level.found.len()];
        collect(&self.root, &level, &alive, parts);
        Ok(level.found.into_iter().map(|found| found.place).collect())
    }

    fn level(&mut self, source: &mut dyn Source) -> Result<Level, TooManyPairs> {
        let mut lists = vec![Vec::new(); self.words];
        for (words, list) in lists.iter_mut().enumerate() {
            source.places(words, list)?;
        }
        if !self.root.is_possible(&lists) {
            return Ok(Level::default());
        }
        let shared = if self.chained { shared_words(&lists) } else { vec![true; self.words] };
        let border = source.border();
        let starts = &mut self.starts;
        Work { source, lists: &lists, shared: &shared, border, starts, pairs: 0 }.level(&self.root)
    }

    /// Whether there is a place; each place is of at most two words or phrases.
    fn simple(&mut self, step: &Step, source: &mut dyn Source) -> Result<bool, TooManyPairs> {
        Ok(match step {
            Step::Words(words) => source.has_place(*words)?,
            Step::Any(parts) => {
                for part in parts {
                    if self.simple(part, source)? {
                        return Ok(true);
                    }
                }
                false
            }
            Step::Pair(relation, left, right) => {
                if !self.operands(left, right, source)? {
                    return Ok(false);
                }
                let border = source.border();
                let starts = self.starts.of(*relation, source);
                let (right, reach) = (&self.right, reach(&self.right));
                self.left.iter().any(|&a| has_partner(*relation, a, right, reach, border, starts))
            }
            Step::Without(distance, left, right) => {
                if !self.operands(left, right, source)? {
                    return Ok(!self.left.is_empty());
                }
                let border = source.border();
                let relation = Relation::Near { distance: *distance, ordered: false };
                let (right, reach) = (&self.right, reach(&self.right));
                self.left.iter().any(|&a| !has_partner(relation, a, right, reach, border, &[]))
            }
        })
    }

    /// Reads both operands; whether both have places.
    fn operands(
        &mut self,
        left: &Step,
        right: &Step,
        source: &mut dyn Source,
    ) -> Result<bool, TooManyPairs> {
        self.left.clear();
        left.read(source, &mut self.left)?;
        if self.left.is_empty() {
            return Ok(false);
        }
        self.right.clear();
        right.read(source, &mut self.right)?;
        Ok(!self.right.is_empty())
    }
}

/// Most places that can be chosen without two of them overlapping: always the one that ends first.
pub fn apart(places: &mut [Place]) -> u32 {
    places.sort_unstable_by_key(|place| (place.end, place.start));
    let (mut count, mut free) = (0, 0);
    for place in places {
        if place.start >= free {
            count += 1;
            free = place.end.saturating_add(1);
        }
    }
    count
}

/// Which words stand somewhere on a position that others stand on, too.
fn shared_words(lists: &[Vec<Place>]) -> Vec<bool> {
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

/// Positions from the first to the last of the widest place.
fn reach<P: HasPlace>(places: &[P]) -> u32 {
    places.iter().map(|p| p.place()).map(|place| place.end - place.start).max().unwrap_or(0)
}

trait HasPlace {
    fn place(&self) -> Place;
}

impl HasPlace for Place {
    fn place(&self) -> Place {
        *self
    }
}

impl HasPlace for Found {
    fn place(&self) -> Place {
        self.place
    }
}

/// Which of `right`, sorted by starts, may stand in this relation to `a`.
fn candidates<P: HasPlace>(
    relation: Relation,
    a: Place,
    right: &[P],
    reach: u32,
    starts: &[u32],
) -> std::ops::Range<usize> {
    let (from, to) = match relation {
        Relation::Near { distance, ordered: true } => {
            (a.end.saturating_add(1), a.end.saturating_add(distance))
        }
        Relation::Near { distance, ordered: false } => {
            (a.start.saturating_sub(distance).saturating_sub(reach), a.end.saturating_add(distance))
        }
        Relation::Within(_) => {
            let next = starts.partition_point(|&start| start <= a.start);
            let from = next.checked_sub(1).map_or(0, |at| starts[at]);
            (from, starts.get(next).map_or(u32::MAX, |&start| start - 1))
        }
    };
    let first = right.partition_point(|b| b.place().start < from);
    first..first + right[first..].partition_point(|b| b.place().start <= to)
}

/// Whether some run of a word or phrase goes together with `a` in this relation.
fn has_partner(
    relation: Relation,
    a: Place,
    right: &[Place],
    reach: u32,
    border: u32,
    starts: &[u32],
) -> bool {
    right[candidates(relation, a, right, reach, starts)]
        .iter()
        .any(|&b| !a.overlaps(b) && relates(relation, a, b, border, starts))
}

/// Whether `b`, one of the [`candidates`] of `a`, stands in this relation to it.
fn relates(relation: Relation, a: Place, b: Place, border: u32, starts: &[u32]) -> bool {
    if (a.start < border) != (b.start < border) {
        return false;
    }
    match relation {
        Relation::Near { distance, ordered } => {
            a.distance(b) <= distance && (!ordered || b.start > a.end)
        }
        Relation::Within(_) => {
            let whole = a.to(b);
            let next = starts.partition_point(|&start| start <= whole.start);
            starts.get(next).is_none_or(|&start| whole.end < start)
        }
    }
}

impl Step {
    fn of(node: &PlaceNode, words: &mut usize) -> Step {
        match node {
            PlaceNode::Words(_) => {
                *words += 1;
                Step::Words(*words - 1)
            }
            PlaceNode::Any(parts) => {
                Step::Any(parts.iter().map(|part| Step::of(part, words)).collect())
            }
            PlaceNode::Near { distance, ordered, left, right } => {
                let relation = Relation::Near { distance: *distance, ordered: *ordered };
                let left = Step::of(left, words);
                Step::Pair(relation, Box::new(left), Box::new(Step::of(right, words)))
            }
            PlaceNode::Within { unit, left, right } => {
                let left = Step::of(left, words);
                let right = Step::of(right, words);
                Step::Pair(Relation::Within(*unit), Box::new(left), Box::new(right))
            }
            PlaceNode::NotNear { distance, left, right } => {
                let left = Step::of(left, words);
                Step::Without(*distance, Box::new(left), Box::new(Step::of(right, words)))
            }
        }
    }

    /// Whether every place is the run of one word or phrase.
    fn is_flat(&self) -> bool {
        match self {
            Step::Words(_) => true,
            Step::Any(parts) => parts.iter().all(Step::is_flat),
            Step::Pair(..) | Step::Without(..) => false,
        }
    }

    /// Whether some operand of a relation has places of more than one word or phrase.
    fn is_chained(&self) -> bool {
        match self {
            Step::Words(_) => false,
            Step::Any(parts) => parts.iter().any(Step::is_chained),
            Step::Pair(_, left, right) | Step::Without(_, left, right) => {
                !left.is_flat() || !right.is_flat()
            }
        }
    }

    /// Whether words that must be there are there.
    fn is_possible(&self, lists: &[Vec<Place>]) -> bool {
        match self {
            Step::Words(words) => !lists[*words].is_empty(),
            Step::Any(parts) => parts.iter().any(|part| part.is_possible(lists)),
            Step::Pair(_, left, right) => left.is_possible(lists) && right.is_possible(lists),
            Step::Without(_, left, _) => left.is_possible(lists),
        }
    }

    /// Appends the places of a flat step, sorted and distinct.
    fn read(&self, source: &mut dyn Source, out: &mut Vec<Place>) -> Result<(), TooManyPairs> {
        match self {
            Step::Words(words) => source.places(*words, out),
            Step::Any(parts) => {
                for part in parts {
                    part.read(source, out)?;
                }
                out.sort_unstable();
                out.dedup();
                Ok(())
            }
            Step::Pair(..) | Step::Without(..) => Ok(()),
        }
    }
}

/// One article under way.
struct Work<'w> {
    source: &'w mut dyn Source,
    lists: &'w [Vec<Place>],
    /// Words that others may share a position with: their runs are kept in picks.
    shared: &'w [bool],
    border: u32,
    starts: &'w mut Starts,
    pairs: u64,
}

impl Work<'_> {
    fn level(&mut self, step: &Step) -> Result<Level, TooManyPairs> {
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
                    false
                })?;
                Ok(gathered(all, vec![left, right]))
            }
            Step::Without(distance, left, right) => {
                let (left, right) = (self.level(left)?, self.level(right)?);
                let relation = Relation::Near { distance: *distance, ordered: false };
                let mut near = vec![false; left.found.len()];
                for (at, found) in left.found.iter().enumerate() {
                    let one = std::slice::from_ref(found);
                    self.pairs_of(relation, one, &right.found, &mut |_, _| {
                        near[at] = true;
                        true
                    })?;
                }
                let kept = (0..).zip(&left.found).filter(|(at, _)| !near[*at as usize]);
                let all = kept.map(|(at, found)| (found.clone(), 0, at)).collect();
                Ok(gathered(all, vec![left, Level::default()]))
            }
        }
    }

    /// Calls `each` with all that go together in this relation, until it says `true`.
    fn pairs_of(
        &mut self,
        relation: Relation,
        left: &[Found],
        right: &[Found],
        each: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<(), TooManyPairs> {
        if left.is_empty() || right.is_empty() {
            return Ok(());
        }
        let starts = self.starts.of(relation, self.source);
        let reach = reach(right);
        for (at, a) in left.iter().enumerate() {
            let some = candidates(relation, a.place, right, reach, starts);
            self.pairs += some.len() as u64;
            if self.pairs > MAX_PAIRS {
                return Err(TooManyPairs);
            }
            for other in some {
                let b = &right[other];
                let shared = |pick: &Place| b.picks.iter().any(|other| other.overlaps(*pick));
                if !a.picks.iter().any(shared)
                    && relates(relation, a.place, b.place, self.border, starts)
                    && each(at, other)
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
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
fn collect(step: &Step, level: &Level, alive: &[bool], out: &mut [Vec<Place>]) {
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
