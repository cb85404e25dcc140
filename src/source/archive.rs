//! Archives: their members are read one after the other, each as a file of its own.
//!
//! *Invariant:* nothing is written to disk, and a member's name is nothing but a name.
//! *Invariant:* a member that cannot be read costs no other.

mod tar;
mod zip;

use std::fmt::Debug;
use std::io::Read;

use super::detect::Format;
use super::mapping::Description;
use super::open::stream;
use super::origin::Origin;
use super::{RecordError, Source};
use crate::article::Article;

pub(super) use tar::{Tar, is_header};
pub(super) use zip::{Shared, Zip, hold, is_zip};

/// Lists the members of an archive.
pub(super) trait Members: Debug + Send {
    /// The next member that is a file; or what could not be read, then the next call goes on
    /// after it.
    fn next(&mut self) -> Option<Result<Member, RecordError>>;
}

/// One file in an archive.
pub(super) struct Member {
    pub(super) name: String,
    /// What it holds, decompressed. It need not be read to its end.
    pub(super) reader: Box<dyn Read + Send>,
    /// Its likely length, 0 if unknown.
    pub(super) size: u64,
}

/// An opened archive.
#[derive(Debug)]
pub(super) struct Archive {
    kind: &'static str,
    compression: Option<&'static str>,
    origin: Origin,
    members: Box<dyn Members>,
    current: Option<Box<dyn Source>>,
    /// Of the last member that was read.
    described: Option<Description>,
}

impl Archive {
    /// Reads `members` of the archive `origin`, a `kind` of archive.
    ///
    /// # Errors
    /// `nesting` if it is within too many others.
    pub(super) fn new(
        kind: &'static str,
        compression: Option<&'static str>,
        origin: Origin,
        members: Box<dyn Members>,
    ) -> Result<Archive, RecordError> {
        let origin = origin.within()?;
        Ok(Archive { kind, compression, origin, members, current: None, described: None })
    }
}

impl Iterator for Archive {
    type Item = Result<Article, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(current) = &mut self.current {
                if let Some(record) = current.next() {
                    return Some(record);
                }
                self.described = Some(current.describe());
                self.current = None;
            }
            let Member { name, reader, size } = match self.members.next()? {
                Ok(member) => member,
                Err(error) => return Some(Err(error)),
            };
            if is_hidden(&name) {
                continue;
            }
            match stream(reader, self.origin.member(&name), size) {
                Ok(source) => self.current = Some(source),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Source for Archive {
    fn consumed(&self) -> u64 {
        self.origin.budget.consumed()
    }

    fn describe(&self) -> Description {
        let within = self.current.as_ref().map(|current| current.describe());
        let mut description =
            within.or_else(|| self.described.clone()).unwrap_or_else(|| Description {
                format: Format::Archive,
                compression: None,
                detail: String::new(),
                keys: Vec::new(),
            });
        description.compression = self.compression.or(description.compression);
        let detail = match description.detail.as_str() {
            "" => format!("in a {} archive", self.kind),
            detail => format!("in a {} archive, {detail}", self.kind),
        };
        description.detail = detail;
        description
    }
}

/// What is hidden below folders is hidden in archives, too, and so is what one system adds.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| {
        part == "__MACOSX" || (part.starts_with('.') && !part.trim_start_matches('.').is_empty())
    })
}

#[cfg(test)]
mod tests;
