//! Whether two lists of places hold a pair: the quick way, in one pass, for two words or phrases.

use super::{Place, reach};

/// Where units start, sorted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Breaks<'s>(pub &'s [u32]);

impl Breaks<'_> {
    /// First and last position of the unit that holds `position`.
    pub fn around(&self, position: u32) -> (u32, u32) {
        let next = self.0.partition_point(|&start| start <= position);
        let from = next.checked_sub(1).map_or(0, |at| self.0[at]);
        (from, self.0.get(next).map_or(u32::MAX, |&start| start - 1))
    }
}

/// Whether a left and a right one of one side are near and share no word.
pub(super) fn near(
    left: &[Place],
    right: &[Place],
    (distance, ordered): (u32, bool),
    of_one_side: &mut dyn FnMut(Place, Place) -> bool,
) -> bool {
    let reach = reach(right);
    let mut rest = right;
    for &a in left {
        let from = if ordered {
            a.start.saturating_add(1)
        } else {
            a.start.saturating_sub(distance).saturating_sub(reach)
        };
        while let Some((first, others)) = rest.split_first()
            && first.start < from
        {
            rest = others;
        }
        if rest.is_empty() {
            return false;
        }
        if partner(a, rest, distance, ordered, of_one_side) {
            return true;
        }
    }
    false
}

/// Whether some left one has no right one near it.
pub(super) fn alone(
    left: &[Place],
    right: &[Place],
    distance: u32,
    of_one_side: &mut dyn FnMut(Place, Place) -> bool,
) -> bool {
    let reach = reach(right);
    let mut rest = right;
    left.iter().any(|&a| {
        let from = a.start.saturating_sub(distance).saturating_sub(reach);
        while let Some((first, others)) = rest.split_first()
            && first.start < from
        {
            rest = others;
        }
        !partner(a, rest, distance, false, of_one_side)
    })
}

/// Whether one of `right`, of which the first is not too early, is near `a`.
fn partner(
    a: Place,
    right: &[Place],
    distance: u32,
    ordered: bool,
    of_one_side: &mut dyn FnMut(Place, Place) -> bool,
) -> bool {
    let to = a.end.saturating_add(distance);
    for &b in right {
        if b.start > to {
            return false;
        }
        if !a.overlaps(b)
            && a.distance(b) <= distance
            && (!ordered || b.start > a.end)
            && of_one_side(a, b)
        {
            return true;
        }
    }
    false
}

/// Whether a left and a right one lie in one unit and share no word.
///
/// Sides need no look: a title begins a paragraph.
pub(super) fn within(left: &[Place], right: &[Place], breaks: Breaks<'_>) -> bool {
    let (mut rest, mut breaks) = (right, breaks.0);
    let (mut from, mut to) = (0, None);
    for &a in left {
        if to.is_none_or(|to| a.start > to) {
            while let Some((&start, later)) = breaks.split_first()
                && start <= a.start
            {
                (from, breaks) = (start, later);
            }
            to = Some(breaks.first().map_or(u32::MAX, |&start| start - 1));
        }
        let to = to.unwrap_or(u32::MAX);
        if a.end > to {
            continue;
        }
        while let Some((first, others)) = rest.split_first()
            && first.start < from
        {
            rest = others;
        }
        if rest.is_empty() {
            return false;
        }
        let mut inside = rest.iter().take_while(|b| b.start <= to);
        if inside.any(|&b| b.end <= to && !a.overlaps(b)) {
            return true;
        }
    }
    false
}
