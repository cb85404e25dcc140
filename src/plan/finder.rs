//! Finds the places of a clause in one article, from where its words stand there.
//!
//! Engines and snippets share it; what it must find is written in [`super::places`].

mod chains;
mod pairs;

use super::places::{PlaceClause, PlaceNode, Unit};
use chains::{Level, Work, collect, shared_words};
use pairs::Breaks;

/// Pairs of places that are looked at in one article for one clause, at most.
///
/// Two words and most chains stay far below: this bounds chains of frequent words over wide
/// distances in texts that repeat them endlessly.
pub const MAX_PAIRS: u64 = 1_000_000;

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

    /// Appends the positions where units start, sorted; the first of all may be left out.
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
    /// Whether each place is one word or phrase.
    flat: bool,
    buffers: Buffers,
}

/// What is read of the article at hand.
#[derive(Debug, Clone, Default)]
struct Buffers {
    left: Vec<Place>,
    right: Vec<Place>,
    /// Where sentences and paragraphs start, and whether each was read.
    starts: [Vec<u32>; 2],
    read: [bool; 2],
}

impl Buffers {
    fn breaks(&mut self, relation: Relation, source: &mut dyn Source) -> Breaks<'_> {
        let Relation::Within(unit) = relation else { return Breaks(&[]) };
        let starts = &mut self.starts[unit as usize];
        if !std::mem::replace(&mut self.read[unit as usize], true) {
            starts.clear();
            source.starts(unit, starts);
        }
        Breaks(starts)
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

    /// Whether there is a place; each place is of at most two words or phrases.
    fn simple(&mut self, step: &Step, source: &mut dyn Source) -> Result<bool, TooManyPairs> {
        match step {
            Step::Words(words) => return source.has_place(*words),
            Step::Any(parts) => {
                for part in parts {
                    if self.simple(part, source)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            Step::Pair(_, left, right) | Step::Without(_, left, right) => {
                if !self.operands(left, right, source)? {
                    return Ok(matches!(step, Step::Without(..)) && !self.left.is_empty());
                }
            }
        }
        if let Step::Pair(relation @ Relation::Within(_), ..) = step {
            let (left, right) = (std::mem::take(&mut self.left), std::mem::take(&mut self.right));
            let found = pairs::within(&left, &right, self.breaks(*relation, source));
            (self.left, self.right) = (left, right);
            return Ok(found);
        }
        let mut border = None;
        let mut of_one_side = |a: Place, b: Place| {
            let border = *border.get_or_insert_with(|| source.border());
            (a.start < border) == (b.start < border)
        };
        let (left, right) = (&self.left, &self.right);
        Ok(match step {
            Step::Pair(Relation::Near { distance, ordered }, ..) => {
                pairs::near(left, right, (*distance, *ordered), &mut of_one_side)
            }
            Step::Without(distance, ..) => pairs::alone(left, right, *distance, &mut of_one_side),
            _ => false,
        })
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

impl Finder {
    /// The finder of a clause.
    pub fn new(clause: &PlaceClause) -> Finder {
        let mut words = 0;
        let root = Step::of(&clause.root, &mut words);
        let (chained, flat) = (root.is_chained(), root.is_flat());
        Finder { root, words, times: clause.times, chained, flat, buffers: Buffers::default() }
    }

    /// Whether the clause holds.
    ///
    /// # Errors
    /// [`TooManyPairs`], where an answer would take too long.
    pub fn holds(&mut self, source: &mut dyn Source) -> Result<bool, TooManyPairs> {
        let Finder { root, buffers, .. } = self;
        buffers.read = [false; 2];
        if self.times <= 1 && !self.chained {
            return buffers.simple(root, source);
        }
        if self.flat {
            buffers.left.clear();
            root.read(source, &mut buffers.left)?;
            return Ok(apart(&mut buffers.left) >= self.times);
        }
        if self.times <= 1 {
            return self.work(source, false, |work, root| work.has_place(root));
        }
        let level = self.work(source, Level::default(), |work, root| work.level(root))?;
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
        self.buffers.read = [false; 2];
        parts.clear();
        parts.resize_with(self.words, Vec::new);
        let level = self.work(source, Level::default(), |work, root| work.level(root))?;
        let alive = vec![true; level.found.len()];
        collect(&self.root, &level, &alive, parts);
        Ok(level.found.into_iter().map(|found| found.place).collect())
    }

    /// Reads where all words stand and looks for what is asked; `none` where words are missing.
    fn work<T>(
        &mut self,
        source: &mut dyn Source,
        none: T,
        find: impl FnOnce(&mut Work<'_>, &Step) -> Result<T, TooManyPairs>,
    ) -> Result<T, TooManyPairs> {
        let mut lists = vec![Vec::new(); self.words];
        for (words, list) in lists.iter_mut().enumerate() {
            source.places(words, list)?;
        }
        if !self.root.is_possible(&lists) {
            return Ok(none);
        }
        let shared = if self.chained { shared_words(&lists) } else { vec![true; self.words] };
        let border = source.border();
        let buffers = &mut self.buffers;
        let mut work = Work { source, lists: &lists, shared: &shared, border, buffers, pairs: 0 };
        find(&mut work, &self.root)
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

/// Positions from the first to the last of the widest place.
fn reach(places: &[Place]) -> u32 {
    places.iter().map(|place| place.end - place.start).max().unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Span;
    use crate::plan::{Layer, Scope, Words};

    /// Words at given positions in a text without sentences.
    struct Text(Vec<Vec<u32>>);

    impl Source for Text {
        fn places(&mut self, words: usize, out: &mut Vec<Place>) -> Result<(), TooManyPairs> {
            out.extend(self.0[words].iter().map(|&at| Place { start: at, end: at }));
            Ok(())
        }
        fn starts(&mut self, _: Unit, _: &mut Vec<u32>) {}
        fn border(&mut self) -> u32 {
            u32::MAX
        }
    }

    fn word() -> PlaceNode {
        PlaceNode::Words(Words {
            layer: Layer::Stems,
            slots: Vec::new(),
            width: 0,
            slop: 0,
            at_start: false,
            at_end: false,
            rank: Vec::new(),
        })
    }

    fn chain(words: usize, distance: u32) -> PlaceNode {
        (1..words).fold(word(), |left, _| PlaceNode::Near {
            distance,
            ordered: false,
            left: Box::new(left),
            right: Box::new(word()),
        })
    }

    fn holds(root: PlaceNode, times: u32, lists: Vec<Vec<u32>>) -> Result<bool, TooManyPairs> {
        let (scope, span) = (Scope::Any, Span::default());
        Finder::new(&PlaceClause { scope, first: None, times, root, span }).holds(&mut Text(lists))
    }

    #[test]
    fn three_of_the_same_word_need_three_places() {
        assert_eq!(holds(chain(3, 2), 1, vec![vec![1, 3, 5]; 3]), Ok(true));
        assert_eq!(holds(chain(3, 2), 1, vec![vec![1, 3]; 3]), Ok(false));
        assert_eq!(holds(chain(3, 2), 1, vec![vec![1, 3, 6]; 3]), Ok(false));
    }

    #[test]
    fn what_would_take_too_long_is_an_error_and_not_an_answer() {
        let every = |step: usize| (0..200_000).step_by(step).collect::<Vec<u32>>();
        let far = vec![1_000_000];
        assert_eq!(holds(chain(3, 1_000), 1, vec![every(2), every(3), far]), Err(TooManyPairs));
        // Two words are quick, and so is a chain that is soon found.
        assert_eq!(holds(chain(2, 1_000), 1, vec![every(2), every(3)]), Ok(true));
        let few = vec![every(40), every(50), every(60)];
        assert_eq!(holds(chain(3, 100), 1, few), Ok(true));
    }

    #[test]
    fn places_are_counted_that_share_no_word() {
        assert_eq!(holds(word(), 3, vec![vec![1, 5, 9]]), Ok(true));
        assert_eq!(holds(chain(2, 1), 2, vec![vec![1, 3], vec![2]]), Ok(false));
        assert_eq!(holds(chain(2, 1), 2, vec![vec![1, 3], vec![2, 4]]), Ok(true));
    }
}
