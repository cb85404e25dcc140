//! Where an input stands, what the user said about it, and what it may still grow to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::RecordError;
use super::options::ReadOptions;
use crate::article::within;

/// Growth of a compressed input that is never questioned.
const FREE_EXPANSION: u64 = 64 << 20;

/// One input: a file, or a member of an archive.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) file: PathBuf,
    /// Path inside the archive; inside of nested ones, all their paths.
    pub(super) member: Option<String>,
    /// Compressors and archives around it.
    pub(super) layers: u32,
    pub(super) options: Arc<ReadOptions>,
    pub(super) budget: Budget,
}

/// What was read of the file itself, and what its decompressors made of it, all layers together.
#[derive(Debug, Clone, Default)]
pub(super) struct Budget(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    consumed: AtomicU64,
    produced: AtomicU64,
    /// Length of the file, 0 if unknown.
    size: AtomicU64,
}

impl Origin {
    /// The file `path`; `size` is its likely length, 0 if unknown.
    pub(super) fn of_file(path: &Path, size: u64, options: &ReadOptions) -> Origin {
        let budget = Budget::default();
        budget.0.size.store(size, Ordering::Relaxed);
        let options = Arc::new(options.clone());
        Origin { file: path.to_owned(), member: None, layers: 0, options, budget }
    }

    /// A member of the archive that stands here.
    pub(super) fn member(&self, name: &str) -> Origin {
        let member = match &self.member {
            Some(outer) => format!("{outer}/{name}"),
            None => name.to_owned(),
        };
        Origin { member: Some(member), ..self.clone() }
    }

    /// What is within one more compressor or archive.
    ///
    /// # Errors
    /// `nesting` if there are too many.
    pub(super) fn within(self) -> Result<Origin, RecordError> {
        let most = self.options.limits.max_layers;
        if self.layers >= most {
            let message = format!(
                "more than {most} compressors and archives are around it: unpack some of them"
            );
            return Err(self.error("nesting", message));
        }
        Ok(Origin { layers: self.layers + 1, ..self })
    }

    /// The path, that of a member behind that of its archive.
    pub(super) fn path(&self) -> PathBuf {
        within(&self.file, self.member.as_deref())
    }

    /// An error about the input as a whole.
    pub(super) fn error(&self, code: &'static str, message: impl Into<String>) -> RecordError {
        RecordError {
            file: self.file.clone(),
            member: self.member.clone(),
            line: 0,
            offset: 0,
            code,
            message: message.into(),
        }
    }
}

impl Budget {
    /// Counts bytes read of the file.
    pub(super) fn consume(&self, count: u64) {
        self.0.consumed.fetch_add(count, Ordering::Relaxed);
    }

    /// Bytes read of the file; never more than it has, however often they were read.
    pub(super) fn consumed(&self) -> u64 {
        let consumed = self.0.consumed.load(Ordering::Relaxed);
        match self.0.size.load(Ordering::Relaxed) {
            0 => consumed,
            size => consumed.min(size),
        }
    }

    /// Counts bytes that some decompressor made; by how much the file has grown too far, if it
    /// has.
    pub(super) fn produce(&self, count: u64, most: u64) -> Option<u64> {
        let produced = self.0.produced.fetch_add(count, Ordering::Relaxed) + count;
        let ratio = produced / self.consumed().max(1);
        (produced > FREE_EXPANSION && ratio > most).then_some(ratio)
    }
}
