//! The list of rejected records that `index --report FILE` writes: tab separated, with a header.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::cli::report::placeless;
use crate::diag::Diagnostic;
use crate::source::RecordError;
use crate::text::sanitize;

/// The list of all rejected records.
#[derive(Debug)]
pub(super) struct Rejects {
    out: BufWriter<File>,
    failed: Option<std::io::Error>,
}

impl Rejects {
    /// Creates the file; one that is there is emptied.
    pub(super) fn create(path: &Path) -> Result<Rejects, Diagnostic> {
        let file = File::create(path).map_err(|error| {
            placeless("unwritable", format!("{} cannot be written: {error}", path.display()))
        })?;
        let mut rejects = Rejects { out: BufWriter::new(file), failed: None };
        rejects.line("file\tline\tbyte\tcode\tmessage");
        Ok(rejects)
    }

    /// Adds a record.
    pub(super) fn add(&mut self, error: &RecordError) {
        let file = error.path().display().to_string();
        let (file, message) = (sanitize::line(&file), sanitize::line(&error.message));
        let RecordError { line, offset, code, .. } = error;
        self.line(&format!("{file}\t{line}\t{offset}\t{code}\t{message}"));
    }

    fn line(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = writeln!(self.out, "{text}").err();
        }
    }

    /// Writes out what is held; the first failure of all.
    pub(super) fn finish(mut self) -> Result<(), std::io::Error> {
        self.failed.take().map_or_else(|| self.out.flush(), Err)
    }
}
