//! Where words and phrases stand in a text, and what of them is marked.

use crate::plan::finder::{Place, Source, TooManyPairs};
use crate::plan::{Unit, sloppy};
use crate::text::{Token, Tokens};

/// A word of the article that is one of a group's alternatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occurrence {
    /// Its position.
    pub position: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Rarity of its term.
    pub weight: f32,
}

/// A part of a match to be marked: the whole of a phrase where its words are adjacent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Rarity of the whole phrase.
    pub weight: f32,
    position: u32,
}

/// Words of a phrase further apart than this many bytes (rows of dots) are marked apart.
const GAP: u32 = 32;

/// A word or phrase over groups of alternatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// Group and offset of each slot.
    pub slots: Vec<(u32, u32)>,
    /// Positions from the first to the last word.
    pub width: u32,
    /// Edit budget.
    pub slop: u32,
    /// Whether it begins the text.
    pub at_start: bool,
    /// Whether it ends the text.
    pub at_end: bool,
}

/// What of a text counts.
#[derive(Debug, Clone, Copy)]
pub struct Side {
    /// One past the last position that counts.
    pub to: u32,
    /// One past the last position; `None` where the text goes on.
    pub end: Option<u32>,
    /// Whether the text begins here.
    pub begins: bool,
}

/// A text in which phrases are looked for.
#[derive(Debug)]
pub struct View<'v> {
    /// Occurrences of each group, by position.
    pub lists: &'v [Vec<Occurrence>],
    /// The phrases of a clause.
    pub phrases: &'v [Phrase],
    /// What counts.
    pub side: Side,
    /// The words of the text.
    pub tokens: &'v Tokens,
}

impl View<'_> {
    fn list(&self, group: u32) -> &[Occurrence] {
        let list = &self.lists[group as usize];
        &list[..list.partition_point(|found| found.position < self.side.to)]
    }

    fn counts(&self, phrase: &Phrase, place: Place) -> bool {
        place.end < self.side.to
            && (!phrase.at_start || (self.side.begins && place.start == 0))
            && (!phrase.at_end || self.side.end == Some(place.end + 1))
    }

    /// Positions of each slot, in a phrase with room.
    fn positions(&self, phrase: &Phrase) -> Vec<(Vec<u32>, u32)> {
        let of = |&(group, offset): &(u32, u32)| {
            let mut positions: Vec<u32> =
                self.list(group).iter().map(|found| found.position).collect();
            positions.dedup();
            (positions, offset)
        };
        phrase.slots.iter().map(of).collect()
    }

    /// Appends where all slots stand at their offsets.
    fn adjacent(&self, phrase: &Phrase, out: &mut Vec<Place>) {
        let lists: Vec<(&[Occurrence], u32)> =
            phrase.slots.iter().map(|&(group, offset)| (self.list(group), offset)).collect();
        // The rarest word decides how often the others are looked for.
        let Some(&(rarest, offset)) = lists.iter().min_by_key(|(list, _)| list.len()) else {
            return;
        };
        let mut heads = vec![0; lists.len()];
        let mut last = None;
        'starts: for found in rarest {
            let Some(start) = found.position.checked_sub(offset) else { continue };
            if last == Some(start) {
                continue;
            }
            last = Some(start);
            for ((list, offset), head) in lists.iter().zip(&mut heads) {
                let Some(wanted) = start.checked_add(*offset) else { continue 'starts };
                while list.get(*head).is_some_and(|other| other.position < wanted) {
                    *head += 1;
                }
                match list.get(*head) {
                    None => return,
                    Some(other) if other.position != wanted => continue 'starts,
                    Some(_) => {}
                }
            }
            let Some(end) = start.checked_add(phrase.width) else { continue };
            let place = Place { start, end };
            if self.counts(phrase, place) {
                out.push(place);
            }
        }
    }

    /// Gives what is marked of a phrase that stands at `place`.
    pub fn pieces(
        &self,
        number: usize,
        place: Place,
        pieces: &mut Vec<Piece>,
        give: &mut dyn FnMut(&Piece),
    ) {
        let phrase = &self.phrases[number];
        if phrase.slop == 0 {
            let at = phrase.slots.iter().map(|(group, offset)| (*group, place.start + offset));
            self.give(at, true, pieces, give);
            return;
        }
        let lists = self.positions(phrase);
        let slots: Vec<sloppy::SlotAt<'_>> =
            lists.iter().map(|(positions, offset)| (positions.as_slice(), *offset)).collect();
        sloppy::choices(&slots, phrase.slop, place, &mut |choice| {
            let shift = |at: usize| i64::from(choice[at]) - i64::from(phrase.slots[at].1);
            let in_order = (1..choice.len()).all(|at| shift(at) == shift(0));
            let at =
                phrase.slots.iter().zip(choice).map(|((group, _), position)| (*group, *position));
            self.give(at, in_order, pieces, give);
        });
    }

    /// Gives the words of groups at positions, joined where they are adjacent.
    fn give(
        &self,
        words: impl Iterator<Item = (u32, u32)>,
        in_order: bool,
        pieces: &mut Vec<Piece>,
        give: &mut dyn FnMut(&Piece),
    ) {
        pieces.clear();
        let mut weight = 0.0;
        for (group, position) in words {
            let list = self.list(group);
            let at = list.partition_point(|found| found.position < position);
            let Some(found) = list.get(at).filter(|found| found.position == position) else {
                continue;
            };
            weight += found.weight;
            let (start, end) = (found.start, found.end);
            match pieces.last_mut() {
                Some(last)
                    if in_order
                        && position <= last.position.saturating_add(1)
                        && start <= last.end.saturating_add(GAP) =>
                {
                    last.position = position;
                    last.start = last.start.min(start);
                    last.end = last.end.max(end);
                }
                _ => pieces.push(Piece { start, end, weight: 0.0, position }),
            }
        }
        for piece in pieces.iter_mut() {
            piece.weight = weight;
            give(piece);
        }
    }
}

impl Source for View<'_> {
    fn places(&mut self, words: usize, out: &mut Vec<Place>) -> Result<(), TooManyPairs> {
        let phrase = &self.phrases[words];
        if phrase.slop == 0 {
            self.adjacent(phrase, out);
            return Ok(());
        }
        let lists = self.positions(phrase);
        let slots: Vec<sloppy::SlotAt<'_>> =
            lists.iter().map(|(positions, offset)| (positions.as_slice(), *offset)).collect();
        let from = out.len();
        sloppy::runs(&slots, phrase.slop, out)?;
        let mut at = 0;
        out.retain(|place| {
            at += 1;
            at <= from || self.counts(phrase, *place)
        });
        Ok(())
    }

    fn starts(&mut self, unit: Unit, out: &mut Vec<u32>) {
        let flags = match unit {
            Unit::Sentence => Token::SENTENCE | Token::PARAGRAPH,
            Unit::Paragraph => Token::PARAGRAPH,
        };
        let starts = self.tokens.iter().filter(|token| token.has(flags));
        out.extend(starts.map(|token| token.position));
        out.dedup();
    }

    fn border(&mut self) -> u32 {
        u32::MAX
    }
}
