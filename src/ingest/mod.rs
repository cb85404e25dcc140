//! Index runs: articles are read, tagged on all cores and written in the order of the input.
//!
//! One thread reads and cuts batches, a pool tags and prepares them, the calling thread writes.
//! Between them at most [`Options::queue_bytes`] of articles wait.
//!
//! *Invariant:* threads start in `pipeline` only.
//! *Invariant:* what an index holds after a run depends on input and options, never on the number
//! of threads.
//! *Invariant:* of articles that went by, at most 16 bytes each are kept.

mod batch;
mod caught;
mod examine;
mod feed;
mod ledger;
mod pipeline;
pub mod preview;
mod queue;
pub mod report;
pub mod retag;
mod seen;
mod target;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::engine::EngineError;
use crate::source::RecordError;
use crate::tag::side::SideTags;
use crate::tag::{Reading, Tagger, Tags};

pub use feed::{Feed, Input, Pending};
pub use pipeline::attended;
pub use report::Report;
pub use target::Target;

/// How a run works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Put before supplied ids; nothing by default.
    pub id_prefix: String,
    /// Language of articles without one whose text does not tell. Default `en`.
    pub default_lang: String,
    /// The time to store as that of adding, seconds since 1970.
    pub now: i64,
    /// Threads that tag; 0, the default, for one a core.
    pub threads: usize,
    /// Bytes of articles in a batch. Default 4 MiB.
    pub batch_bytes: usize,
    /// Articles in a batch. Default 512.
    pub batch_articles: usize,
    /// Bytes of articles between reading and writing. Default 64 MiB; one article that is larger
    /// passes alone.
    pub queue_bytes: usize,
    /// Bytes of text after which is committed. Default 256 MiB.
    pub commit_bytes: u64,
    /// Time after which is committed. Default 60 seconds.
    pub commit_every: Duration,
    /// Tags that another program found. None by default.
    pub side: Arc<SideTags>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            id_prefix: String::new(),
            default_lang: "en".to_owned(),
            now: 0,
            threads: 0,
            batch_bytes: 4 << 20,
            batch_articles: 512,
            queue_bytes: 64 << 20,
            commit_bytes: 256 << 20,
            commit_every: Duration::from_secs(60),
            side: Arc::default(),
        }
    }
}

/// What a run reports to while it goes on, and by what it is stopped.
pub struct Hooks<'a> {
    /// Told of progress after each batch and around commits.
    pub progress: &'a dyn Fn(&Progress),
    /// Given every record that was not kept, in the order of the input.
    pub rejected: &'a mut dyn FnMut(&RecordError),
    /// Asked whether to stop.
    pub stop: &'a Stop,
    /// Time since the run began.
    pub clock: &'a dyn Fn() -> Duration,
}

impl std::fmt::Debug for Hooks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hooks").field("stop", self.stop).finish_non_exhaustive()
    }
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Inputs read to their end.
    pub files: u64,
    /// Bytes of input read, compressed where it is compressed.
    pub bytes: u64,
    /// Bytes of all inputs; `None` where that is unknown (standard input).
    pub total_bytes: Option<u64>,
    /// Articles read.
    pub articles: u64,
    /// Records that were not kept.
    pub rejected: u64,
    /// Time since the run began.
    pub elapsed: Duration,
}

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading, tagging and writing.
    Reading,
    /// Making durable what was written.
    Committing,
    /// Joining parts of the index after the last commit.
    Merging,
}

impl Phase {
    /// The name in machine-readable progress.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Reading => "reading",
            Phase::Committing => "committing",
            Phase::Merging => "merging",
        }
    }
}

/// Asks a run to stop; clones ask the same run.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// The first call asks to stop after the batch and to commit, the second to stop at once.
    /// Returns which call it was, from 1.
    pub fn ask(&self) -> u8 {
        self.0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| Some(n.saturating_add(1)))
            .map_or(1, |before| before.saturating_add(1))
    }

    /// Whether anything was asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    /// Whether to stop at once, without a commit.
    pub fn is_urgent(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 1
    }
}

/// Why a run ended early. What was committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The index could not be read or written.
    #[error("{error}")]
    Engine {
        /// What the engine says.
        error: EngineError,
        /// What was done until then; [`Report::committed`] of it is in the index.
        report: Box<Report>,
    },
    /// Reading broke off by a defect of this program; everything read before is committed.
    #[error("reading broke off: {message}")]
    Reading {
        /// The message of the defect.
        message: String,
        /// What was done until then.
        report: Box<Report>,
    },
    /// The system gives no threads.
    #[error("no thread could be started: {0}")]
    Threads(String),
}

/// Reads all inputs into `target`: tagged, in their order, with a commit at the end.
///
/// An article with the id of another replaces it; the last one wins. An article that the index
/// holds with the same content and tagger version is left alone. A record that cannot be kept, or
/// at which the tagger panics, is told to [`Hooks::rejected`] and counted; the run goes on.
/// Commits leave a checkpoint (JSON: where reading stood, and counts).
///
/// # Errors
/// When the index cannot be written, or no thread can be started; see [`IngestError`].
pub fn ingest<T: Target>(
    feed: Feed,
    options: &Options,
    target: &mut T,
    tagger: &Tagger,
    hooks: Hooks<'_>,
) -> Result<Report, IngestError> {
    pipeline::run(feed, options, target, &|reading| tagger.tag(reading), hooks)
}

/// What tags one article; tests put something else in its place.
type Tag<'a> = &'a (dyn Fn(&Reading<'_>) -> Tags + Sync);

#[cfg(test)]
mod memory;
#[cfg(test)]
mod tests;
