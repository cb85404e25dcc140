//! The reading side of a run: inputs into batches of articles, in order.

use std::path::PathBuf;

use super::caught::caught;
use super::queue::Queue;
use super::{Input, Pending, Stop};
use crate::article::Article;
use crate::source::RecordError;

/// Articles of the first batch, at most; each later one may hold twice as many as the last.
const FIRST_ARTICLES: usize = 16;

/// One record of the input.
// Most are articles, and a batch lives shortly.
#[expect(clippy::large_enum_variant)]
#[derive(Debug)]
pub(super) enum Item {
    /// An article as it was read.
    Article(Article),
    /// A record that cannot be kept.
    Reject(RecordError),
}

/// Some articles that follow one another.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Articles and rejects in the order of the input.
    pub(super) items: Vec<Item>,
    /// Bytes they hold, roughly.
    pub(super) weight: usize,
    /// Where reading stood after them.
    pub(super) place: Place,
}

/// Where reading stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Inputs read to their end.
    pub(super) files: u64,
    /// Bytes of input read.
    pub(super) bytes: u64,
    /// The input being read.
    pub(super) file: PathBuf,
    /// Records read of it.
    pub(super) record: u64,
}

/// Reads everything into a queue.
pub(super) struct Reader<'q> {
    queue: &'q Queue<Batch>,
    stop: &'q Stop,
    batch_bytes: usize,
    batch_articles: usize,
    /// Articles of the next batch: the first are small, so that what they tell of their sources
    /// soon serves others.
    next_articles: usize,
    batch: Batch,
    place: Place,
}

/// The queue takes no more, or the run is to stop.
struct Stopped;

impl<'q> Reader<'q> {
    /// A reader that fills batches up to either size.
    pub(super) fn new(
        queue: &'q Queue<Batch>,
        stop: &'q Stop,
        batch_bytes: usize,
        batch_articles: usize,
    ) -> Reader<'q> {
        let batch = Batch::default();
        let place = Place::default();
        let next_articles = batch_articles.min(FIRST_ARTICLES);
        Reader { queue, stop, batch_bytes, batch_articles, next_articles, batch, place }
    }

    /// Reads all inputs, or until it is told to stop.
    pub(super) fn run(mut self, inputs: Pending) {
        for input in inputs {
            let read = match input {
                Ok(input) => self.input(input),
                Err(error) => self.add(Item::Reject(error), 0),
            };
            if read.is_err() {
                return;
            }
        }
        // Nobody is left to tell if the queue takes no more.
        let _ = self.send();
    }

    fn input(&mut self, input: Input) -> Result<(), Stopped> {
        let before = self.place.bytes;
        let Input { file, open } = input;
        self.place.file.clone_from(&file);
        self.place.record = 0;
        let opened = caught(open)
            .unwrap_or_else(|panic| Err(RecordError::file(&file, "panic", defect(&panic))));
        let mut source = match opened {
            Ok(source) => source,
            Err(error) => {
                self.place.files += 1;
                return self.add(Item::Reject(error), 0);
            }
        };
        let mut stumbled = false;
        loop {
            match caught(|| source.next()) {
                Ok(None) => break,
                Ok(Some(record)) => {
                    stumbled = false;
                    self.place.record += 1;
                    self.place.bytes = before + source.consumed();
                    let (item, weight) = match record {
                        // What has no field of its own is held too; the record bounds it.
                        Ok(article) => {
                            let record = 512 + article.provenance.len as usize;
                            let weight = article.weight().max(record);
                            (Item::Article(article), weight)
                        }
                        Err(error) => (Item::Reject(error), 256),
                    };
                    self.add(item, weight)?;
                }
                Err(panic) => {
                    let mut message = defect(&panic);
                    // A second one in a row may be the same record for ever.
                    if stumbled {
                        message.push_str("; the rest of the file was not read");
                    }
                    self.add(Item::Reject(RecordError::file(&file, "panic", message)), 256)?;
                    if stumbled {
                        break;
                    }
                    stumbled = true;
                }
            }
        }
        self.place.bytes = before + source.consumed();
        self.place.files += 1;
        Ok(())
    }

    fn add(&mut self, item: Item, weight: usize) -> Result<(), Stopped> {
        self.batch.items.push(item);
        self.batch.weight += weight;
        if self.batch.weight >= self.batch_bytes || self.batch.items.len() >= self.next_articles {
            self.send()?;
            self.next_articles = (2 * self.next_articles).min(self.batch_articles);
        }
        if self.stop.is_asked() { Err(Stopped) } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Stopped> {
        let mut batch = std::mem::take(&mut self.batch);
        batch.place = self.place.clone();
        let weight = batch.weight;
        if self.queue.push(batch, weight) { Ok(()) } else { Err(Stopped) }
    }
}

/// What to say of a panic.
pub(super) fn defect(panic: &str) -> String {
    format!("dateline failed over it, which is a defect of dateline: {panic}")
}
