//! Cursors of `--after`: where a list of hits goes on, or an error that the index has changed.

use xxhash_rust::xxh3::xxh3_64;

use crate::cli::report::{Failure, placeless};
use crate::engine::Order;
use crate::engine::embedded::Embedded;
use crate::search::Reading;

/// A place in the list of hits of one query over one state of one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// What the list is of: index, query, order.
    list: u64,
    /// Number of the commit.
    generation: u64,
    /// Hits before it.
    pub(super) offset: u64,
}

impl Cursor {
    /// The place after `offset` hits.
    pub(super) fn at(archive: &Embedded, reading: &Reading, order: Order, offset: u64) -> Cursor {
        let list = format!("{}\0{}\0{order:?}", archive.manifest().uuid, reading.canonical);
        Cursor { list: xxh3_64(list.as_bytes()), generation: archive.generation(), offset }
    }

    /// As it is printed.
    pub(super) fn text(&self) -> String {
        format!("{:016x}-{:x}-{:x}", self.list, self.generation, self.offset)
    }

    fn read(text: &str) -> Option<Cursor> {
        let mut parts = text.trim().split('-').map(|part| u64::from_str_radix(part, 16));
        let mut part = || parts.next()?.ok();
        let (list, generation, offset) = (part()?, part()?, part()?);
        parts.next().is_none().then_some(Cursor { list, generation, offset })
    }

    /// The place that `text` names in the list of this query.
    ///
    /// # Errors
    /// When it is no cursor, is of another list, or the index has changed since: hits may then
    /// have moved, and going on could leave some out.
    pub(super) fn find(
        text: &str,
        archive: &Embedded,
        reading: &Reading,
        order: Order,
    ) -> Result<Cursor, Failure> {
        let wrong = |message: &str, hint: &str| {
            let mut problem = placeless("bad_cursor", message);
            problem.hint = Some(hint.to_owned());
            Failure::Usage(problem)
        };
        let here = Cursor::at(archive, reading, order, 0);
        let Some(cursor) = Cursor::read(text) else {
            let hint = "take \"next\" of the summary in --format json or jsonl";
            return Err(wrong("--after takes a cursor, and this is none", hint));
        };
        if cursor.list != here.list {
            let hint = "query, --sort and index must be those of the answer that it came with";
            return Err(wrong("the cursor belongs to another list of hits", hint));
        }
        if cursor.generation != here.generation {
            let message = "the index has changed since the cursor was given: hits may have moved";
            return Err(wrong(message, "start again without --after"));
        }
        Ok(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_being_printed() {
        let cursor = Cursor { list: 0xabc, generation: 77, offset: 1 << 40 };
        assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
        for text in ["", "1-2", "1-2-3-4", "x-1-2", "1-2--3"] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }
}
