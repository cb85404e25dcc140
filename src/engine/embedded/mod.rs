//! Articles in a tantivy index on this machine. The only folder that knows tantivy.

mod anyof;
mod bag;
mod best;
mod breaks;
mod catalogue;
mod collect;
mod columns;
mod compile;
mod directory;
pub mod document;
mod filter;
mod homes;
mod leads;
mod links;
pub mod manifest;
mod pairs;
mod phrase;
mod places;
mod reader;
mod schema;
mod stand;
mod statistics;
mod stems;
pub mod tokens;
mod union;
pub mod values;
mod watch;
mod words;
mod writer;

pub use manifest::Manifest;
pub use reader::Embedded;
pub use schema::SCHEMA_VERSION;
pub use statistics::Statistics as Stats;
pub use words::MAX_WORDS;
pub use writer::{EmbeddedWriter, Existing, WriterOptions};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

use super::EngineError;

/// What a tantivy error means to a user.
fn failure(error: TantivyError) -> EngineError {
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            EngineError::Locked("this directory".to_owned())
        }
        TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(path)) => {
            EngineError::Missing(path.display().to_string())
        }
        TantivyError::OpenDirectoryError(error) => EngineError::Unusable(error.to_string()),
        TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(error)) => {
            EngineError::Version(format!("{error:?}"))
        }
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
            EngineError::Corrupt(format!("its file {} is missing", path.display()))
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
            match io_failure(&io_error) {
                // A footer that is none, a file cut short.
                EngineError::Other(_) if io_error.kind() == std::io::ErrorKind::InvalidData => {
                    EngineError::Corrupt(format!("its file {} is damaged", filepath.display()))
                }
                failure => failure,
            }
        }
        TantivyError::DataCorruption(error) => EngineError::Corrupt(format!("{error:?}")),
        TantivyError::IncompatibleIndex(error) => EngineError::Version(format!("{error:?}")),
        TantivyError::IoError(error) => io_failure(&error),
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => {
            io_failure(&io_error)
        }
        error => {
            // Errors of worker threads come wrapped in text only.
            let text = error.to_string();
            let full = ["No space left", "os error 28)", "os error 27)", "os error 122)"];
            if full.iter().any(|sign| text.contains(sign)) {
                EngineError::Refused(format!("no space is left on the disk ({text})"))
            } else {
                EngineError::Other(text)
            }
        }
    }
}

fn io_failure(error: &std::io::Error) -> EngineError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            EngineError::Refused(format!("no space is left on the disk ({error})"))
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            EngineError::Unusable(format!("the index may not be written ({error})"))
        }
        ErrorKind::UnexpectedEof => EngineError::Corrupt(error.to_string()),
        _ => EngineError::Other(error.to_string()),
    }
}
