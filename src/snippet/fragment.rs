//! Chooses the passages of a body that show a query's matches best, and cuts them at sentences.

use std::collections::BTreeMap;

use super::matcher::{Found, Scanned};
use super::unit::{Counter, Cursor, Unit, units};
use super::{Extent, Field, Fragment, Mark, Options};
use crate::text::Tokens;

/// Passages chosen one by one, each with what the others show in mind; any more are chosen
/// together, so that the work stays linear.
const CAREFUL: usize = 8;

/// What a passage at the very start gains, as a part of the heaviest match.
const EARLY: f64 = 0.25;

/// Characters after which half of that gain is gone.
const EARLY_CHARS: f64 = 1_000.0;

/// The marks of a whole field.
pub(super) fn marks_of(text: &str, found: &[Found]) -> Vec<Mark> {
    let counter = Counter::of(text);
    let mut cursor = Cursor::default();
    found
        .iter()
        .map(|found| {
            let start = cursor.advance(counter, text, found.bytes.0);
            let end = cursor.advance(counter, text, found.bytes.1);
            Mark { bytes: found.bytes, chars: (start, end) }
        })
        .collect()
}

/// Bytes of a body in which its first sentence or paragraph must end to be shown whole.
const OPENING: usize = 64 << 10;

/// The first sentences of a body that fit, without marks; `tokens` is scratch space.
pub(super) fn lead(body: &str, tokens: &mut Tokens, extent: Extent) -> Vec<Fragment> {
    // Enough for the budget in any script, and for the end of the sentence.
    let room = match extent {
        Extent::Chars(most) => most.saturating_mul(8).saturating_add(4096),
        Extent::Words(most) => most.saturating_mul(128).saturating_add(4096),
        Extent::Sentence | Extent::Paragraph => OPENING,
    };
    let skipped = body.len() - body.trim_start().len();
    let mut to = skipped.saturating_add(room).min(body.len());
    while !body.is_char_boundary(to) {
        to += 1;
    }
    let text = &body[..to];
    tokens.cut(text);
    let passages = Passages {
        text,
        base: (0, 0),
        whole: to == body.len(),
        units: units(text, tokens, &[], extent, true),
        extent,
    };
    let by_chars = matches!(extent, Extent::Chars(_));
    if !passages.units.is_empty() && (!by_chars || passages.fits(0, 0)) {
        let (_, last) = passages.grow((0, 0), (0, passages.units.len() - 1));
        return vec![passages.fragment((0, last), &[])];
    }
    // No word at all, or a first one of more than the budget.
    let chars = match extent {
        Extent::Chars(most) => most,
        _ => OPENING,
    };
    let start = passages.units.first().map_or(skipped, |unit| unit.start);
    let rest = body[start..].trim_end();
    let end = rest.char_indices().nth(chars).map_or(rest.len(), |(at, _)| at);
    if end == 0 {
        return Vec::new();
    }
    let before = Counter::of(text).between(text, 0, start);
    let cut = &rest[..end];
    vec![Fragment {
        field: Field::Body,
        bytes: (start, start + end),
        chars: (before, before + cut.chars().count()),
        text: cut.to_owned(),
        marks: Vec::new(),
        cut_start: false,
        cut_end: end < rest.len(),
    }]
}

/// The best passages of the part of a body that was scanned, in its order.
pub(super) fn best(
    body: &str,
    tokens: &Tokens,
    scanned: &Scanned,
    clauses: usize,
    options: &Options,
) -> Vec<Fragment> {
    let (from, to) = scanned.range;
    let text = &body[from..to];
    let passages = Passages {
        text,
        base: (from, Counter::of(&body[..from]).between(body, 0, from)),
        whole: to == body.len(),
        units: units(text, tokens, &scanned.marks, options.extent, from == 0),
        extent: options.extent,
    };
    let groups = passages.groups(&scanned.hits);
    let scale = scanned.hits.iter().map(|hit| f64::from(hit.weight)).fold(0.0, f64::max);
    let mut chosen = Chosen::default();
    let mut shown = vec![1.0; clauses];
    while chosen.len() < options.fragments {
        let mut windows = passages.windows(&scanned.hits, &groups, &chosen, &shown, scale);
        if windows.is_empty() {
            break;
        }
        windows.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.units.cmp(&b.units)));
        let more = if chosen.len() < CAREFUL { 1 } else { options.fragments - chosen.len() };
        let mut taken = 0;
        for window in &windows {
            let Some(room) = chosen.room(window.units, passages.units.len()) else { continue };
            let units = passages.grow(window.units, room);
            chosen.insert(units);
            for group in &groups[window.groups.0..window.groups.1] {
                for hit in &scanned.hits[group.hits.0..group.hits.1] {
                    shown[hit.clause as usize] = 0.5;
                }
            }
            taken += 1;
            if taken == more {
                break;
            }
        }
    }
    chosen.iter().map(|units| passages.fragment(units, &scanned.marks)).collect()
}

/// Runs of units that are shown already; none overlap.
#[derive(Debug, Default)]
struct Chosen {
    runs: BTreeMap<usize, usize>,
}

impl Chosen {
    fn len(&self) -> usize {
        self.runs.len()
    }

    fn insert(&mut self, units: (usize, usize)) {
        self.runs.insert(units.0, units.1);
    }

    fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.runs.iter().map(|(&first, &last)| (first, last))
    }

    /// The free units around a run of them, first and last; nothing if one of it is taken.
    fn room(&self, units: (usize, usize), count: usize) -> Option<(usize, usize)> {
        let before = self.runs.range(..=units.1).next_back().map(|(_, &last)| last);
        let after = self.runs.range(units.1 + 1..).next().map(|(&first, _)| first);
        let low = before.map_or(0, |last| last + 1);
        (low <= units.0).then(|| (low, after.map_or(count, |first| first) - 1))
    }
}

/// The finds that start in one unit.
#[derive(Debug, Clone, Copy)]
struct Group {
    unit: usize,
    hits: (usize, usize),
}

/// A passage that may be chosen.
#[derive(Debug, Clone, Copy)]
struct Window {
    /// First and last unit, both with finds.
    units: (usize, usize),
    /// First group, and one past the last.
    groups: (usize, usize),
    score: f64,
}

/// A text in units.
#[derive(Debug)]
struct Passages<'t> {
    text: &'t str,
    /// Bytes and characters of the field before the text.
    base: (usize, usize),
    /// Whether the field ends with the text.
    whole: bool,
    units: Vec<Unit>,
    extent: Extent,
}

impl Passages<'_> {
    fn length(&self, first: usize, last: usize) -> usize {
        let (first, last) = (&self.units[first], &self.units[last]);
        match self.extent {
            Extent::Words(_) => last.words.1 - first.words.0,
            _ => last.chars.1 - first.chars.0,
        }
    }

    fn fits(&self, first: usize, last: usize) -> bool {
        if self.extent.is_whole() {
            return first == last;
        }
        self.length(first, last) <= self.extent.budget()
    }

    /// The units that hold finds.
    fn groups(&self, hits: &[Found]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut unit = 0;
        for (at, hit) in hits.iter().enumerate() {
            while self.units.get(unit + 1).is_some_and(|next| next.start <= hit.bytes.0) {
                unit += 1;
            }
            // Evidence may lie where there is no word.
            if self
                .units
                .get(unit)
                .is_none_or(|own| hit.bytes.0 < own.start || hit.bytes.0 >= own.end)
            {
                continue;
            }
            match groups.last_mut() {
                Some(last) if last.unit == unit && last.hits.1 == at => last.hits.1 = at + 1,
                _ => groups.push(Group { unit, hits: (at, at + 1) }),
            }
        }
        groups
    }

    /// For each unit with finds that is free: the longest passage from there that fits.
    ///
    /// A clause's n-th find in a passage counts 1/2ⁿ⁻¹ of its weight, so that passages with
    /// different clauses win over those that repeat one; `shown` lessens clauses that another
    /// passage shows already. Linear: finds enter and leave a sliding window.
    fn windows(
        &self,
        hits: &[Found],
        groups: &[Group],
        chosen: &Chosen,
        shown: &[f64],
        scale: f64,
    ) -> Vec<Window> {
        let mut out = Vec::with_capacity(groups.len());
        let mut tally = vec![(0u32, 0.0f64); shown.len()];
        let worth = |(count, sum): (u32, f64)| {
            if count == 0 {
                return 0.0;
            }
            sum / f64::from(count) * (2.0 - 2f64.powi(1 - count.min(64) as i32))
        };
        let mut score = 0.0;
        let mut count = |group: &Group, enter: bool, score: &mut f64| {
            for hit in &hits[group.hits.0..group.hits.1] {
                let clause = hit.clause as usize;
                let before = worth(tally[clause]);
                let weight = f64::from(hit.weight);
                let (number, sum) = tally[clause];
                tally[clause] = match (enter, number) {
                    (true, _) => (number + 1, sum + weight),
                    (false, 0 | 1) => (0, 0.0),
                    (false, _) => (number - 1, sum - weight),
                };
                *score += shown[clause] * (worth(tally[clause]) - before);
            }
        };
        let mut last = 0;
        for first in 0..groups.len() {
            let unit = groups[first].unit;
            if last <= first {
                last = first;
                score = 0.0;
            }
            let Some(room) = chosen.room((unit, unit), self.units.len()) else { continue };
            while last < groups.len() {
                let next = groups[last].unit;
                if next > room.1 || (last > first && next > unit && !self.fits(unit, next)) {
                    break;
                }
                count(&groups[last], true, &mut score);
                last += 1;
            }
            let early = EARLY / (1.0 + self.units[unit].chars.0 as f64 / EARLY_CHARS);
            out.push(Window {
                units: (unit, groups[last - 1].unit),
                groups: (first, last),
                score: score + scale * early,
            });
            count(&groups[first], false, &mut score);
        }
        out
    }

    /// A run of units with what else fits: to the start of a cut sentence or half the room left,
    /// then to the right, then to the left; sentences outside come whole or not at all.
    fn grow(&self, units: (usize, usize), room: (usize, usize)) -> (usize, usize) {
        if self.extent.is_whole() {
            return units;
        }
        let (mut first, mut last) = units;
        let opening = (room.0..=first).rev().find(|&unit| self.units[unit].opens);
        match opening {
            Some(unit) if self.fits(unit, last) => first = unit,
            _ => {
                let left = self.extent.budget().saturating_sub(self.length(first, last));
                let enough = self.length(first, last).saturating_add(left / 2);
                while first > room.0
                    && !self.units[first].opens
                    && self.length(first - 1, last) <= enough
                {
                    first -= 1;
                }
            }
        }
        while last < room.1 && self.fits(first, last + 1) {
            let next = last + 1;
            let long = self.units.get(next + 1).is_some_and(|after| !after.opens);
            if self.units[next].opens && long {
                break;
            }
            last = next;
        }
        while first > room.0 && self.fits(first - 1, last) {
            if self.units[first].opens && !self.units[first - 1].opens {
                break;
            }
            first -= 1;
        }
        (first, last)
    }

    fn fragment(&self, units: (usize, usize), marks: &[Found]) -> Fragment {
        let (first, last) = (self.units[units.0], self.units[units.1]);
        let (start, end) = (first.start, last.end);
        let mut cursor = Cursor::at(start, first.chars.0);
        let counter = Counter::of(&self.text[start..end]);
        let (bytes, chars) = self.base;
        let from = marks.partition_point(|mark| mark.bytes.0 < start);
        let marks = marks[from..]
            .iter()
            .take_while(|mark| mark.bytes.1 <= end)
            .map(|mark| {
                let from = cursor.advance(counter, self.text, mark.bytes.0);
                let to = cursor.advance(counter, self.text, mark.bytes.1);
                Mark {
                    bytes: (bytes + mark.bytes.0, bytes + mark.bytes.1),
                    chars: (chars + from, chars + to),
                }
            })
            .collect();
        let ends = match self.units.get(units.1 + 1) {
            Some(next) => next.opens,
            None => self.whole,
        };
        Fragment {
            field: Field::Body,
            bytes: (bytes + start, bytes + end),
            chars: (chars + first.chars.0, chars + last.chars.1),
            text: self.text[start..end].to_owned(),
            marks,
            cut_start: !first.opens,
            cut_end: !ends,
        }
    }
}
