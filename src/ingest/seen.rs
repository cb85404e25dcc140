//! Which ids went by in a run, in 8 bytes an id.

use xxhash_rust::xxh3::xxh3_64;

const SHARDS: usize = 64;
/// Low bits of a slot that hold the [`Mark`].
const MARK_BITS: u32 = 3;

/// What became of the last article with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    /// Some article with the id was put.
    pub(super) put: bool,
    /// The last one differs from what the index held before.
    pub(super) differs: bool,
    /// It came from another file or source than what the index held.
    pub(super) elsewhere: bool,
}

impl Mark {
    fn bits(self) -> u64 {
        u64::from(self.put) | u64::from(self.differs) << 1 | u64::from(self.elsewhere) << 2
    }

    fn of(slot: u64) -> Mark {
        Mark { put: slot & 1 != 0, differs: slot & 2 != 0, elsewhere: slot & 4 != 0 }
    }
}

/// Ids by 61 bits of their hash: of ten million, two look alike with a chance of 1 in 40,000, and
/// then one count of the report is off by one.
///
/// The table is in parts that grow one at a time by half, so that no growth holds a second copy
/// of the whole: 10 to 15 bytes an id.
#[derive(Debug)]
pub(super) struct Seen {
    shards: Vec<Shard>,
}

#[derive(Debug, Default, Clone)]
struct Shard {
    slots: Vec<u64>,
    used: usize,
}

impl Seen {
    /// An empty table.
    pub(super) fn new() -> Seen {
        Seen { shards: vec![Shard::default(); SHARDS] }
    }

    /// The key of an id.
    pub(super) fn key(id: &str) -> u64 {
        // 0 marks a free slot.
        (xxh3_64(id.as_bytes()) >> MARK_BITS).max(1) << MARK_BITS
    }

    /// The mark of an id that went by.
    pub(super) fn get(&self, key: u64) -> Option<Mark> {
        let shard = self.shard(key);
        let slot = *shard.slots.get(shard.find(key)?)?;
        (slot != 0).then(|| Mark::of(slot))
    }

    /// Sets the mark of an id.
    pub(super) fn set(&mut self, key: u64, mark: Mark) {
        let place = (key >> 58) as usize;
        let shard = &mut self.shards[place];
        if shard.used * 5 >= shard.slots.len() * 4 {
            shard.grow();
        }
        if let Some(at) = shard.find(key) {
            shard.used += usize::from(shard.slots[at] == 0);
            shard.slots[at] = key | mark.bits();
        }
    }

    fn shard(&self, key: u64) -> &Shard {
        &self.shards[(key >> 58) as usize]
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.slots.capacity() * 8).sum()
    }
}

impl Shard {
    /// The slot of a key, or the free one where it belongs.
    fn find(&self, key: u64) -> Option<usize> {
        let len = self.slots.len();
        // The 32 bits below those that chose the shard, scaled to the length.
        let spread = (key << 6) >> 32;
        let mut at = ((spread * len as u64) >> 32) as usize;
        for _ in 0..len {
            let slot = self.slots[at];
            if slot == 0 || slot >> MARK_BITS == key >> MARK_BITS {
                return Some(at);
            }
            at = if at + 1 == len { 0 } else { at + 1 };
        }
        None
    }

    fn grow(&mut self) {
        let len = self.slots.len() * 3 / 2 + 16;
        let old = std::mem::replace(&mut self.slots, vec![0; len]);
        for slot in old.into_iter().filter(|slot| *slot != 0) {
            if let Some(at) = self.find(slot) {
                self.slots[at] = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_with_their_last_mark_in_at_most_16_bytes() {
        let mut seen = Seen::new();
        let key = |n: usize| Seen::key(&format!("article-{n}"));
        for n in 0..200_000 {
            assert_eq!(seen.get(key(n)), None);
            seen.set(key(n), Mark { put: n % 2 == 0, ..Mark::default() });
        }
        let last = Mark { put: true, differs: true, elsewhere: true };
        seen.set(key(7), last);
        for n in 0..200_000 {
            let put = n % 2 == 0;
            let wanted = if n == 7 { last } else { Mark { put, ..Mark::default() } };
            assert_eq!(seen.get(key(n)), Some(wanted));
        }
        assert_eq!(seen.get(Seen::key("other")), None);
        let used: usize = seen.shards.iter().map(|shard| shard.used).sum();
        assert_eq!(used, 200_000);
        assert!(seen.bytes() <= 200_000 * 16, "{}", seen.bytes());
    }
}
