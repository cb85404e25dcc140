//! What was learnt of the homes of sources, in a file beside the segments.
//!
//! It is no part of a commit: what a crash loses of it is learnt again.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::io_failure;
use super::reader::Embedded;
use super::writer::EmbeddedWriter;
use crate::engine::EngineError;
use crate::tag::homes::Homes;

/// The name of the file.
const FILE: &str = "homes.tsv";

/// Bytes of the file that are read; a larger one is as none.
const MAX_BYTES: u64 = 1 << 30;

/// Reads the file of an index. One that is missing or damaged holds nothing: it is only learnt.
fn read(dir: &Path) -> Homes {
    let path = dir.join(FILE);
    let fits = fs::metadata(&path).is_ok_and(|file| file.len() <= MAX_BYTES);
    let text = if fits { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
    Homes::parse(&text)
}

impl Embedded {
    /// What was learnt of the homes of sources while its articles were indexed. Reads a file.
    pub fn homes(&self) -> Homes {
        let mut homes = Homes::default();
        for dir in self.dirs() {
            homes.join(read(dir));
        }
        homes
    }
}

impl EmbeddedWriter {
    /// What earlier writers kept, see [`EmbeddedWriter::keep_homes`]; nothing for an empty index.
    pub fn homes(&self) -> Homes {
        if self.is_empty() { Homes::default() } else { read(self.dir()).settled() }
    }

    /// Keeps what was learnt of the homes of sources: the file is replaced whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_homes(&self, homes: &Homes) -> Result<(), EngineError> {
        let (path, draft) = (self.dir().join(FILE), self.dir().join("homes.tsv.tmp"));
        let written = File::create(&draft)
            .and_then(|mut file| file.write_all(homes.to_text().as_bytes()))
            .and_then(|()| fs::rename(&draft, &path));
        if written.is_err() {
            // The draft is of no use; that it stays is no second failure.
            let _ = fs::remove_file(&draft);
        }
        written.map_err(|error| io_failure(&error))
    }
}
