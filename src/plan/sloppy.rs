//! Phrases with room: words in any order whose moves fit into a budget, as Lucene counts them.
//!
//! Each slot stands at one position; positions differ; the shifts (position less the slot's
//! offset) differ by no more than the budget.

use super::finder::{MAX_PAIRS, Place, TooManyPairs};

/// Most words of a phrase with room.
pub const MAX_WORDS: usize = 64;

/// Choices that [`choices`] gives for one run, at most.
const MAX_CHOICES: usize = 256;

/// A slot: the positions on which it is filled, sorted and distinct, and its offset.
pub type SlotAt<'p> = (&'p [u32], u32);

fn shift(position: u32, offset: u32) -> i64 {
    i64::from(position) - i64::from(offset)
}

/// Whether some choice fits. Linear in positions times slots, but where slots share positions.
pub fn holds(slots: &[SlotAt<'_>], slop: u32) -> bool {
    if slots.is_empty() || slots.iter().any(|(positions, _)| positions.is_empty()) {
        return false;
    }
    let shared = share_positions(slots);
    let mut heads = vec![0; slots.len()];
    loop {
        // The window begins at the lowest shift of all heads.
        let lowest = |heads: &[usize]| {
            let all = slots.iter().zip(heads).enumerate();
            all.filter_map(|(slot, ((positions, offset), &head))| {
                positions.get(head).map(|&position| (shift(position, *offset), slot))
            })
            .min()
        };
        let Some((from, slot)) = lowest(&heads) else { return false };
        let to = from + i64::from(slop);
        let in_window = slots.iter().zip(&heads).all(|((positions, offset), &head)| {
            positions.get(head).is_some_and(|&position| shift(position, *offset) <= to)
        });
        if in_window && (!shared || can_differ(slots, from, to)) {
            return true;
        }
        heads[slot] += 1;
        if heads[slot] == slots[slot].0.len() {
            return false;
        }
    }
}

fn share_positions(slots: &[SlotAt<'_>]) -> bool {
    let mut all: Vec<u32> =
        slots.iter().flat_map(|(positions, _)| positions.iter().copied()).collect();
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

/// The positions of a slot whose shifts lie in a window.
fn window<'p>((positions, offset): SlotAt<'p>, from: i64, to: i64) -> &'p [u32] {
    let first = positions.partition_point(|&position| shift(position, offset) < from);
    let rest = &positions[first..];
    &rest[..rest.partition_point(|&position| shift(position, offset) <= to)]
}

/// Whether the slots can stand at different positions of a window: a bipartite matching (Kuhn).
fn can_differ(slots: &[SlotAt<'_>], from: i64, to: i64) -> bool {
    fn place(
        slot: usize,
        slots: &[&[u32]],
        taken: &mut Vec<(u32, usize)>,
        tried: &mut Vec<u32>,
    ) -> bool {
        for &position in slots[slot] {
            if tried.contains(&position) {
                continue;
            }
            tried.push(position);
            match taken.iter().position(|(other, _)| *other == position) {
                None => {
                    taken.push((position, slot));
                    return true;
                }
                Some(at) => {
                    let owner = taken[at].1;
                    if place(owner, slots, taken, tried) {
                        // The owner has another one now; this one is free.
                        if let Some(held) = taken.iter_mut().find(|held| held.0 == position) {
                            held.1 = slot;
                        }
                        return true;
                    }
                }
            }
        }
        false
    }
    let windows: Vec<&[u32]> = slots.iter().map(|&slot| window(slot, from, to)).collect();
    let mut taken = Vec::new();
    (0..windows.len()).all(|slot| place(slot, &windows, &mut taken, &mut Vec::new()))
}

/// A choice for the first slots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Partial {
    place: Place,
    lowest: i64,
    highest: i64,
    /// The positions, where slots share some.
    used: Vec<u32>,
}

/// Appends the runs of all choices, from the first position of each to its last, sorted and
/// distinct.
///
/// # Errors
/// [`TooManyPairs`] beyond [`MAX_PAIRS`] steps.
pub fn runs(slots: &[SlotAt<'_>], slop: u32, out: &mut Vec<Place>) -> Result<(), TooManyPairs> {
    let Some((&(positions, offset), rest)) = slots.split_first() else { return Ok(()) };
    let slop = i64::from(slop);
    let shared = share_positions(slots);
    let mut found = Vec::new();
    let mut steps = 0;
    for &position in positions {
        let at = shift(position, offset);
        let used = if shared { vec![position] } else { Vec::new() };
        let place = Place { start: position, end: position };
        let mut partials = vec![Partial { place, lowest: at, highest: at, used }];
        for &slot in rest {
            let mut next = Vec::new();
            for partial in &partials {
                for &position in window(slot, partial.highest - slop, partial.lowest + slop) {
                    steps += 1;
                    if steps > MAX_PAIRS {
                        return Err(TooManyPairs);
                    }
                    if partial.used.contains(&position) {
                        continue;
                    }
                    let at = shift(position, slot.1);
                    let mut used = partial.used.clone();
                    if shared {
                        used.push(position);
                        used.sort_unstable();
                    }
                    next.push(Partial {
                        place: partial.place.to(Place { start: position, end: position }),
                        lowest: partial.lowest.min(at),
                        highest: partial.highest.max(at),
                        used,
                    });
                }
            }
            next.sort_unstable();
            next.dedup();
            partials = next;
        }
        found.extend(partials.iter().map(|partial| partial.place));
    }
    found.sort_unstable();
    found.dedup();
    out.append(&mut found);
    Ok(())
}

/// Calls `each` with the positions of choices whose run is `place`, one a slot; the first
/// some hundred.
pub fn choices(slots: &[SlotAt<'_>], slop: u32, place: Place, each: &mut dyn FnMut(&[u32])) {
    let inside: Vec<SlotAt<'_>> = slots
        .iter()
        .map(|&(positions, offset)| {
            let first = positions.partition_point(|&position| position < place.start);
            let rest = &positions[first..];
            (&rest[..rest.partition_point(|&position| position <= place.end)], offset)
        })
        .collect();
    let (mut chosen, mut left) = (Vec::new(), MAX_CHOICES);
    choose(&inside, i64::from(slop), place, &mut chosen, &mut left, each);
}

fn choose(
    slots: &[SlotAt<'_>],
    slop: i64,
    place: Place,
    chosen: &mut Vec<u32>,
    left: &mut usize,
    each: &mut dyn FnMut(&[u32]),
) {
    let Some(&(positions, offset)) = slots.get(chosen.len()) else {
        let reaches = |end: u32| chosen.contains(&end);
        if reaches(place.start) && reaches(place.end) {
            *left = left.saturating_sub(1);
            each(chosen);
        }
        return;
    };
    for &position in positions {
        let at = shift(position, offset);
        let far = chosen
            .iter()
            .zip(slots)
            .any(|(&other, slot)| (shift(other, slot.1) - at).abs() > slop || other == position);
        if far || *left == 0 {
            continue;
        }
        chosen.push(position);
        choose(slots, slop, place, chosen, left, each);
        chosen.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots<'p>(lists: &'p [Vec<u32>]) -> Vec<SlotAt<'p>> {
        lists.iter().map(Vec::as_slice).zip(0..).collect()
    }

    /// All choices, one after the other.
    fn by_trying(lists: &[Vec<u32>], slop: u32) -> Vec<Place> {
        let mut out = Vec::new();
        let mut choices = vec![Vec::new()];
        for list in lists {
            choices = choices
                .iter()
                .flat_map(|choice: &Vec<u32>| {
                    list.iter().map(move |&position| [choice.as_slice(), &[position]].concat())
                })
                .collect();
        }
        for choice in choices {
            let shifts =
                || choice.iter().zip(0..).map(|(&position, offset)| shift(position, offset));
            let width = shifts().max().unwrap() - shifts().min().unwrap();
            let mut sorted = choice.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if width <= i64::from(slop) && sorted.len() == choice.len() {
                out.push(Place { start: sorted[0], end: sorted[sorted.len() - 1] });
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    #[test]
    fn two_words_that_change_sides_cost_two() {
        let lists = [vec![8], vec![7]];
        assert!(!holds(&slots(&lists), 1) && holds(&slots(&lists), 2));
    }

    #[test]
    fn one_word_cannot_stand_for_two() {
        assert!(!holds(&slots(&[vec![4], vec![4]]), 9));
        assert!(holds(&slots(&[vec![4, 6], vec![4, 6]]), 1));
    }

    proptest::proptest! {
        #[test]
        fn trying_everything_finds_no_more_and_no_less(
            lists in proptest::collection::vec(proptest::collection::btree_set(0u32..14, 0..5), 1..5),
            slop in 0u32..7,
        ) {
            let lists: Vec<Vec<u32>> = lists.into_iter().map(|set| set.into_iter().collect()).collect();
            let right = by_trying(&lists, slop);
            assert_eq!(holds(&slots(&lists), slop), !right.is_empty());
            let mut found = Vec::new();
            runs(&slots(&lists), slop, &mut found).unwrap();
            assert_eq!(found, right);
            for place in right {
                let mut seen = 0;
                choices(&slots(&lists), slop, place, &mut |choice| {
                    assert_eq!(choice.iter().min(), Some(&place.start));
                    assert_eq!(choice.iter().max(), Some(&place.end));
                    seen += 1;
                });
                assert!(seen > 0);
            }
        }
    }
}
