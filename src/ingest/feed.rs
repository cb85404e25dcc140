//! The inputs of a run: where they come from, and how each is opened when its turn comes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{self, Inputs, ReadOptions, RecordError, Source};

/// Opens one input.
type Open = Box<dyn FnOnce() -> Result<Box<dyn Source>, RecordError> + Send>;

/// One input that is still to be opened.
pub struct Input {
    /// Its name, as articles carry it.
    pub file: PathBuf,
    /// Opens it.
    pub open: Open,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("file", &self.file).finish_non_exhaustive()
    }
}

/// All inputs of a run, in order.
pub struct Feed {
    /// The inputs; an error is a path that cannot be read.
    pub inputs: Box<dyn Iterator<Item = Result<Input, RecordError>> + Send>,
    /// Bytes of all inputs together; `None` where that is unknown (standard input).
    pub total_bytes: Option<u64>,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("total_bytes", &self.total_bytes).finish_non_exhaustive()
    }
}

impl Feed {
    /// The files that were found, opened by what they hold; problems of finding them come first.
    pub fn of(found: Inputs, options: ReadOptions) -> Feed {
        let known = found.files.iter().all(|file| file.path != Path::new("-"));
        let total_bytes = known.then(|| found.total_bytes());
        let options = Arc::new(options);
        let files = found.files.into_iter().map(move |file| {
            let (path, options) = (file.path.clone(), Arc::clone(&options));
            Ok(Input { file: file.path, open: Box::new(move || source::open(&path, &options)) })
        });
        Feed { inputs: Box::new(found.problems.into_iter().map(Err).chain(files)), total_bytes }
    }
}
