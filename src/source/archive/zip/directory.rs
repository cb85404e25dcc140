//! The directory at the end of a zip archive, read a piece at a time.

use std::io;

use super::content::Shared;
use super::record::{CENTRAL, Entry, central, u16_at, u32_at, u64_at};

/// Bytes of the record at the very end, without its comment.
const END: usize = 22;
/// Bytes of the directory in memory.
const PIECE: usize = 512 << 10;
/// More than an entry can have.
const LONGEST: usize = CENTRAL + 3 * (64 << 10);

/// A directory that is being read.
#[derive(Debug)]
pub(super) struct Directory {
    /// Where the next piece begins, and where the directory ends.
    at: u64,
    end: u64,
    /// Bytes before the archive itself.
    shift: u64,
    piece: Vec<u8>,
    seen: usize,
    /// The archive goes on in other files.
    pub(super) is_split: bool,
}

/// Finds the directory; nothing if there is none.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn find(file: &Shared) -> io::Result<Option<Directory>> {
    let len = file.len();
    let most = len.min(END as u64 + u64::from(u16::MAX));
    let tail = file.read_at(len - most, most as usize)?;
    let marks: Vec<usize> = memchr::memmem::find_iter(&tail, b"PK\x05\x06").collect();
    for mark in marks.into_iter().rev().take(16) {
        let record = &tail[mark..];
        if record.len() < END || usize::from(u16_at(record, 20)) > record.len() - END {
            continue;
        }
        let place = len - most + mark as u64;
        let mut disks = u32::from(u16_at(record, 4));
        let mut size = u64::from(u32_at(record, 12));
        let mut start = u64::from(u32_at(record, 16));
        let mut end = place;
        if let Some((wide, at)) = wide_end(file, place)? {
            disks = u32_at(&wide, 16);
            size = u64_at(&wide, 40);
            start = u64_at(&wide, 48);
            end = at;
        }
        let directory = |at: u64, shift: u64| Directory {
            at,
            end,
            shift,
            piece: Vec::new(),
            seen: 0,
            is_split: disks != 0,
        };
        if size == 0 || disks != 0 {
            return Ok(Some(directory(end, 0)));
        }
        // Right before the end, whatever stands before the archive; else where it says.
        let behind = end.checked_sub(size).map(|at| (at, at.wrapping_sub(start)));
        for (at, shift) in behind.into_iter().chain([(start, 0)]) {
            if file.read_at(at, 4)?.starts_with(b"PK\x01\x02") {
                return Ok(Some(directory(at, shift)));
            }
        }
    }
    Ok(None)
}

/// The end record of an archive with 64-bit numbers, and where it stands.
fn wide_end(file: &Shared, end: u64) -> io::Result<Option<(Vec<u8>, u64)>> {
    let Some(at) = end.checked_sub(20) else { return Ok(None) };
    let locator = file.read_at(at, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    // Its place is wrong where something stands before the archive; then it is right before.
    for place in [u64_at(&locator, 8), at.saturating_sub(56)] {
        let record = file.read_at(place, 56)?;
        if record.len() == 56 && record.starts_with(b"PK\x06\x06") {
            return Ok(Some((record, place)));
        }
    }
    Ok(None)
}

impl Directory {
    /// The next entry, `None` at the end.
    ///
    /// # Errors
    /// What is wrong with the directory.
    pub(super) fn next(&mut self, file: &Shared) -> Result<Option<Entry>, String> {
        if self.piece.len() - self.seen < LONGEST && self.at < self.end {
            self.piece.drain(..self.seen);
            self.seen = 0;
            let room = (PIECE - self.piece.len()) as u64;
            let more = file.read_at(self.at, room.min(self.end - self.at) as usize);
            let more = more.map_err(|error| error.to_string())?;
            // An end behind that of the file.
            self.at = if more.is_empty() { self.end } else { self.at + more.len() as u64 };
            self.piece.extend_from_slice(&more);
        }
        let rest = &self.piece[self.seen..];
        // Behind the entries there may be a signature.
        if rest.len() < CENTRAL
            || rest.starts_with(b"PK\x05\x05")
            || rest.starts_with(b"PK\x06\x06")
        {
            return Ok(None);
        }
        let Some((mut entry, len)) = central(rest) else {
            return Err("the directory at the end of the archive is damaged".to_owned());
        };
        self.seen = (self.seen + len).min(self.piece.len());
        entry.header = entry.header.wrapping_add(self.shift);
        Ok(Some(entry))
    }

    /// What kind of document or program the archive is, if it is one and no archive of articles.
    pub(super) fn document(&self, file: &Shared) -> Option<&'static str> {
        let mut look = Directory { piece: Vec::new(), ..*self };
        for place in 0..8 {
            let name = look.next(file).ok()??.name;
            match name.as_str() {
                "[Content_Types].xml" => return Some("an office document"),
                "mimetype" if place == 0 => return Some("an office document or e-book"),
                "META-INF/MANIFEST.MF" => return Some("a Java program"),
                _ => {}
            }
        }
        None
    }
}
