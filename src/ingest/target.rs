//! What a run needs of the index it writes to, beyond writing: to know what is there already.

use crate::engine::embedded::{EmbeddedWriter, Existing};
use crate::engine::{EngineError, Sink, StoredArticle};
use crate::tag::homes::Homes;

/// A sink that knows what it holds.
///
/// All answers are about the state when it was opened, whatever was put or committed since.
pub trait Target: Sink {
    /// Whether it held no article.
    fn is_empty(&self) -> bool;

    /// What it knew of an article without reading it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn existing(&self, id: &str) -> Result<Option<Existing>, EngineError>;

    /// The article that it held under an id.
    ///
    /// # Errors
    /// When it cannot be read.
    fn stored(&self, id: &str) -> Result<Option<StoredArticle>, EngineError>;

    /// What earlier runs learnt of the homes of sources.
    fn homes(&self) -> Homes {
        Homes::default()
    }

    /// Keeps what was learnt of the homes of sources; called after commits.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep_homes(&mut self, homes: &Homes) -> Result<(), EngineError> {
        let _ = homes;
        Ok(())
    }
}

impl Target for EmbeddedWriter {
    fn is_empty(&self) -> bool {
        EmbeddedWriter::is_empty(self)
    }

    fn existing(&self, id: &str) -> Result<Option<Existing>, EngineError> {
        EmbeddedWriter::existing(self, id)
    }

    fn stored(&self, id: &str) -> Result<Option<StoredArticle>, EngineError> {
        EmbeddedWriter::stored(self, id)
    }

    fn homes(&self) -> Homes {
        EmbeddedWriter::homes(self)
    }

    fn keep_homes(&mut self, homes: &Homes) -> Result<(), EngineError> {
        EmbeddedWriter::keep_homes(self, homes)
    }
}
