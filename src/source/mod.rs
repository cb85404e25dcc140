//! Articles out of files: where they stand, what format they are in, which key is which field.
//!
//! [`Inputs`] finds the files below the paths of the command line, [`open()`] detects the format of one file (what
//! it holds decides, its name only where that says nothing) and reads its articles in order.
//! Everything here is untrusted input: a bad record is one [`RecordError`], never the end of its
//! file, and no record or decompressed file outgrows its [`Limits`].

mod archive;
mod bytes;
mod charset;
mod columns;
mod csv;
mod detect;
mod entities;
mod fields;
mod frames;
mod front_matter;
mod json;
mod jsonl;
mod lenient;
mod lines;
mod mapping;
mod markdown;
mod markup;
mod open;
mod options;
mod origin;
mod original;
mod pattern;
mod plain;
mod sgml;
mod smart;
mod values;
mod walk;

use std::path::PathBuf;

use crate::article::{Article, within};

pub use detect::Format;
pub use fields::Field;
pub use mapping::{Description, KeyUse};
pub use open::{Reader, open, open_reader};
pub use options::{FieldMap, Limits, ReadOptions, parse_set};
pub use original::original;
pub use pattern::PathPattern;
pub use walk::{Found, InputFile, Inputs};

/// Reads articles from one input, in order.
///
/// *Invariant:* an `Err` is one bad record (or the rest of a damaged stream), never the end of the
/// run; the next call goes on after it. After `None` comes `None`.
pub trait Source: Iterator<Item = Result<Article, RecordError>> + std::fmt::Debug + Send {
    /// Bytes of input consumed so far (of the compressed file where it is compressed), for
    /// progress. Runs ahead of the last article by at most a buffer.
    fn consumed(&self) -> u64;

    /// The format, and which key of the input went to which field in the records read so far.
    fn describe(&self) -> Description;
}

/// One record that could not be kept, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RecordError {
    /// The file, `-` for standard input.
    pub file: PathBuf,
    /// Path inside an archive.
    pub member: Option<String>,
    /// Line on which the record starts, from 1; 0 where lines mean nothing.
    pub line: u64,
    /// First byte of the record in the decompressed text.
    pub offset: u64,
    /// Stable name: `bad_json`, `not_an_object`, `columns`, `too_large`, `truncated`, `corrupt`,
    /// `expansion`, `nesting`, `encrypted`, `nothing`, `empty`, `binary`, `charset`,
    /// `not_supported`, `unreadable`, `loop`.
    pub code: &'static str,
    /// What is wrong, for people, on one line.
    pub message: String,
}

impl RecordError {
    /// An error about a file as a whole.
    pub fn file(file: impl Into<PathBuf>, code: &'static str, message: String) -> RecordError {
        RecordError { file: file.into(), member: None, line: 0, offset: 0, code, message }
    }

    /// The file, with the path inside it behind it.
    pub fn path(&self) -> PathBuf {
        within(&self.file, self.member.as_deref())
    }
}
