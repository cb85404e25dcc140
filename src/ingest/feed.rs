//! The inputs of a run: where they come from, and how each is opened when its turn comes.

use std::fmt;
use std::path::PathBuf;
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

/// Inputs in order; an error is a path that cannot be read.
pub type Pending = Box<dyn Iterator<Item = Result<Input, RecordError>> + Send>;

/// All inputs of a run, in order.
pub struct Feed {
    /// The inputs; an error is a path that cannot be read.
    pub inputs: Pending,
    /// Asked for the bytes of all inputs together; `None` while that is unknown, and to the end
    /// with standard input.
    pub total_bytes: Box<dyn Fn() -> Option<u64> + Send>,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("total_bytes", &(self.total_bytes)()).finish_non_exhaustive()
    }
}

impl Feed {
    /// The files as they are found, opened by what they hold.
    pub fn of(inputs: Inputs, options: ReadOptions) -> Feed {
        let options = Arc::new(options);
        let found = inputs.found();
        let files = inputs.map(move |file| {
            let path = file?.path;
            let (file, options) = (path.clone(), Arc::clone(&options));
            Ok(Input { file: path, open: Box::new(move || source::open(&file, &options)) })
        });
        Feed { inputs: Box::new(files), total_bytes: Box::new(move || found.total_bytes()) }
    }
}
