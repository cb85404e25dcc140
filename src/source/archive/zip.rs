//! Members of zip archives, by their directory, or one by one where the directory is damaged.
//!
//! Entries are read as they are asked for, so that memory does not grow with their number, and
//! a directory that is missing loses no member whose own header is sound.

mod content;
mod directory;
mod record;

use std::io::{self, Read};

use super::{Member, Members};
use crate::source::RecordError;
use crate::source::origin::Origin;
use content::Content;
use directory::{Directory, find};
use record::{CENTRAL, Entry, LOCAL, local, plausible};

pub(in crate::source) use content::Shared;

/// Bytes that are looked at in one go in search of a header.
const LOOK: usize = 64 << 10;

/// Whether a file begins as a zip archive does.
pub(in crate::source) fn is_zip(magic: &[u8]) -> bool {
    magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"PK\x05\x06")
}

/// How members are found.
#[derive(Debug)]
enum Way {
    /// By the directory.
    Directory(Directory),
    /// By their headers, from here on.
    Headers(u64),
    Done,
}

/// Reads the members of a zip archive.
#[derive(Debug)]
pub(in crate::source) struct Zip {
    file: Shared,
    origin: Origin,
    way: Way,
    /// End of the last member whose header was sound.
    end: u64,
    /// What was to be told before the first member.
    told: Option<RecordError>,
    /// Bytes that the members claim so far.
    claimed: u64,
}

impl Zip {
    /// Reads the archive in `file`.
    ///
    /// # Errors
    /// `binary` where it is an office document or a program, `not_supported` where it is a part
    /// of a split archive.
    pub(in crate::source) fn new(file: Shared, origin: Origin) -> Result<Zip, RecordError> {
        let mut zip = Zip { file, origin, way: Way::Done, end: 0, told: None, claimed: 0 };
        match find(&zip.file) {
            Ok(Some(directory)) => {
                if directory.is_split {
                    let message = "a part of a split zip archive is not read: join the parts";
                    return Err(zip.origin.error("not_supported", message));
                }
                if let Some(kind) = directory.document(&zip.file) {
                    return Err(zip.origin.error("binary", format!("{kind} is not read")));
                }
                zip.way = Way::Directory(directory);
            }
            Ok(None) => {
                zip.told = Some(zip.lost("the directory at the end of the archive is missing"));
            }
            Err(error) => return Err(zip.origin.error("unreadable", error.to_string())),
        }
        Ok(zip)
    }

    /// The directory is of no more use: goes on by headers.
    fn lost(&mut self, what: &str) -> RecordError {
        self.way = Way::Headers(self.end);
        let message = format!("{what} (it may be cut off); its members are looked for one by one");
        self.origin.error("corrupt", message)
    }

    fn open(&mut self, entry: Entry) -> Result<Member, RecordError> {
        let origin = self.origin.member(&entry.name);
        let header = self.file.read_at(entry.header, LOCAL);
        let start = match header.as_deref().map(local) {
            Ok(Some(found)) => entry.header + found,
            Ok(None) => {
                let at = entry.header;
                let message = format!("the header of the member at byte {at} is damaged");
                return Err(origin.error("corrupt", message));
            }
            Err(error) => return Err(origin.error("unreadable", error.to_string())),
        };
        let size = entry.compressed.unwrap_or(0);
        self.end = self.end.max(start.saturating_add(size));
        self.content(start, entry, &origin)
    }

    fn content(
        &mut self,
        start: u64,
        entry: Entry,
        origin: &Origin,
    ) -> Result<Member, RecordError> {
        if entry.encrypted {
            return Err(origin.error("encrypted", "the member is encrypted: unpack it yourself"));
        }
        let size = entry.size.unwrap_or(0);
        let most = origin.options.limits.max_expansion_bytes;
        if size > most {
            let message = format!("the member has {size} bytes, more than the {most} allowed");
            return Err(origin.error("expansion", message));
        }
        let name = entry.name.clone();
        let content = Content::new(&self.file, start, &entry, origin)
            .map_err(|(code, message)| origin.error(code, message))?;
        Ok(Member { name, reader: Box::new(content), size })
    }

    /// A step by the directory; nothing where the entry is none of a file.
    fn by_directory(&mut self) -> Option<Result<Member, RecordError>> {
        let Way::Directory(directory) = &mut self.way else { return None };
        let entry = match directory.next(&self.file) {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                self.way = Way::Done;
                return None;
            }
            Err(message) => return Some(Err(self.lost(&message))),
        };
        let claimed = entry.compressed.unwrap_or(0).saturating_add((LOCAL + CENTRAL) as u64);
        self.claimed = self.claimed.saturating_add(claimed);
        if self.claimed > self.file.len() {
            self.way = Way::Done;
            let (claimed, len) = (self.claimed, self.file.len());
            let message = format!(
                "the members overlap: together they claim {claimed} of the archive's {len} bytes"
            );
            return Some(Err(self.origin.error("expansion", message)));
        }
        (!entry.is_no_file).then(|| self.open(entry))
    }

    /// A step by headers; nothing where the header is none of a file.
    fn by_headers(&mut self, at: u64) -> Option<Result<Member, RecordError>> {
        let (header, mut entry, start) = match self.search(at) {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.way = Way::Done;
                return None;
            }
            Err(error) => {
                self.way = Way::Done;
                return Some(Err(self.origin.error("unreadable", error.to_string())));
            }
        };
        let end = match entry.compressed {
            Some(size) => Some(start.saturating_add(size)),
            // Its length stands behind it: up to the next header of any kind.
            None => self.next_mark(start).ok().flatten(),
        };
        let len = self.file.len();
        entry.compressed = Some(end.unwrap_or(len).min(len) - start.min(len));
        entry.is_cut = end.is_none_or(|end| end > len);
        self.way = Way::Headers(end.unwrap_or(len).max(header + 4));
        let origin = self.origin.member(&entry.name);
        (!entry.is_no_file).then(|| self.content(start, entry, &origin))
    }

    /// The next header of a member: where it stands, what it says, and where the member begins.
    fn search(&self, from: u64) -> io::Result<Option<(u64, Entry, u64)>> {
        let mut at = from;
        while let Some(found) = self.find_mark(at, &[b"PK\x03\x04"])? {
            // Header, name and extra field are at most 131,100 bytes.
            let header = self.file.read_at(found, LOCAL + (128 << 10))?;
            if let Some((entry, start)) = plausible(&header) {
                return Ok(Some((found, entry, found + start)));
            }
            at = found + 4;
        }
        Ok(None)
    }

    fn next_mark(&self, from: u64) -> io::Result<Option<u64>> {
        self.find_mark(from, &[b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02"])
    }

    fn find_mark(&self, from: u64, marks: &[&[u8; 4]]) -> io::Result<Option<u64>> {
        let mut at = from;
        loop {
            let bytes = self.file.read_at(at, LOOK)?;
            let found = memchr::memmem::find_iter(&bytes, b"PK")
                .find(|at| marks.iter().any(|mark| bytes[*at..].starts_with(&mark[..])));
            if let Some(found) = found {
                return Ok(Some(at + found as u64));
            }
            if bytes.len() < LOOK {
                return Ok(None);
            }
            at += (LOOK - 3) as u64;
        }
    }
}

impl Members for Zip {
    fn next(&mut self) -> Option<Result<Member, RecordError>> {
        loop {
            if let Some(told) = self.told.take() {
                return Some(Err(told));
            }
            let step = match self.way {
                Way::Directory(_) => self.by_directory(),
                Way::Headers(at) => self.by_headers(at),
                Way::Done => return None,
            };
            if step.is_some() {
                return step;
            }
        }
    }
}

/// Holds an archive in memory that cannot be searched where it is.
///
/// # Errors
/// `too_large` if it is longer than allowed, and what the reader says.
pub(in crate::source) fn hold(
    mut reader: impl Read,
    origin: &Origin,
) -> Result<Vec<u8>, RecordError> {
    let most = origin.options.limits.max_held_archive_bytes;
    let mut held = Vec::new();
    let read = reader.by_ref().take(most + 1).read_to_end(&mut held);
    match read {
        // What could be read of a torn archive may hold members.
        Ok(_) | Err(_) if held.len() as u64 > most => {
            let message = format!(
                "a zip archive on standard input or within another archive may have {most} bytes \
                 at most: name it as a file of its own"
            );
            Err(origin.error("too_large", message))
        }
        Err(error) if held.is_empty() => Err(origin.error("unreadable", error.to_string())),
        Ok(_) | Err(_) => Ok(held),
    }
}
