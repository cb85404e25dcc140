//! Verifies phrases on positions: every slot at its offset, or within an edit budget.

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

/// A part of a verified phrase to be marked: the whole of it where its words are adjacent.
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

/// Calls `give` with the pieces of every match of `slots` (group, offset) in `lists`, whose
/// occurrences are sorted by position; all positions of a match are below `limit`.
///
/// With a slop, a match is a choice of different positions whose distances from their offsets
/// differ by no more than it: Lucene's sloppy phrase. Linear in the lists times the slots.
pub fn find(
    lists: &[Vec<Occurrence>],
    slots: &[(u32, u32)],
    slop: u32,
    limit: u32,
    pieces: &mut Vec<Piece>,
    give: &mut dyn FnMut(&Piece),
) {
    let slot_lists: Vec<&[Occurrence]> = slots
        .iter()
        .map(|(group, _)| {
            let list = &lists[*group as usize];
            &list[..list.partition_point(|found| found.position < limit)]
        })
        .collect();
    if slot_lists.iter().any(|list| list.is_empty()) {
        return;
    }
    let mut heads = vec![0; slots.len()];
    if slop == 0 {
        exact(&slot_lists, slots, &mut heads, pieces, give);
    } else {
        sloppy(&slot_lists, slots, slop, &mut heads, pieces, give);
    }
}

fn exact(
    lists: &[&[Occurrence]],
    slots: &[(u32, u32)],
    heads: &mut [usize],
    pieces: &mut Vec<Piece>,
    give: &mut dyn FnMut(&Piece),
) {
    // The rarest word decides how often the others are looked for.
    let rarest = (0..lists.len()).min_by_key(|&slot| lists[slot].len()).unwrap_or(0);
    let mut last = None;
    'starts: for (at, found) in lists[rarest].iter().enumerate() {
        let Some(start) = found.position.checked_sub(slots[rarest].1) else { continue };
        if last == Some(start) {
            continue;
        }
        last = Some(start);
        heads[rarest] = at;
        for slot in 0..lists.len() {
            let wanted = start.saturating_add(slots[slot].1);
            let list = lists[slot];
            while heads[slot] < list.len() && list[heads[slot]].position < wanted {
                heads[slot] += 1;
            }
            match list.get(heads[slot]) {
                None => return,
                Some(other) if other.position != wanted => continue 'starts,
                Some(_) => {}
            }
        }
        emit(lists, heads, true, pieces, give);
    }
}

fn sloppy(
    lists: &[&[Occurrence]],
    slots: &[(u32, u32)],
    slop: u32,
    heads: &mut [usize],
    pieces: &mut Vec<Piece>,
    give: &mut dyn FnMut(&Piece),
) {
    loop {
        let shifted = |slot: usize, heads: &[usize]| {
            i64::from(lists[slot][heads[slot]].position) - i64::from(slots[slot].1)
        };
        let (mut lowest, mut highest) = (0, i64::MIN);
        for slot in 0..lists.len() {
            if shifted(slot, heads) < shifted(lowest, heads) {
                lowest = slot;
            }
            highest = highest.max(shifted(slot, heads));
        }
        let width = highest - shifted(lowest, heads);
        let mut moved = lowest;
        if width <= i64::from(slop) {
            match shared(lists, heads) {
                // One word cannot stand for two slots: the later slot looks further.
                Some(slot) => moved = slot,
                None => emit(lists, heads, width == 0, pieces, give),
            }
        }
        heads[moved] += 1;
        if heads[moved] == lists[moved].len() {
            return;
        }
    }
}

/// The later of two slots that stand at one position.
fn shared(lists: &[&[Occurrence]], heads: &[usize]) -> Option<usize> {
    let position = |slot: usize| lists[slot][heads[slot]].position;
    (1..heads.len()).rev().find(|&slot| (0..slot).any(|other| position(other) == position(slot)))
}

/// Gives the words under `heads`, joined where they are adjacent.
fn emit(
    lists: &[&[Occurrence]],
    heads: &[usize],
    in_order: bool,
    pieces: &mut Vec<Piece>,
    give: &mut dyn FnMut(&Piece),
) {
    pieces.clear();
    let mut weight = 0.0;
    for (list, &head) in lists.iter().zip(heads) {
        let found = list[head];
        weight += found.weight;
        let (position, start, end) = (found.position, found.start, found.end);
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
