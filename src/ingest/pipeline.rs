//! The threads of a run: one reads, a pool examines, the calling one writes in order.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::batch::{Batch, Place, Reader};
use super::caught::caught;
use super::examine::{Examiner, Outcome};
use super::ledger::Ledger;
use super::queue::{Popped, Queue};
use super::{
    Feed, Hooks, IngestError, Options, Pending, Phase, Progress, Report, Stop, Tag, Target,
};
use crate::engine::EngineError;
use crate::tag::homes::Homes;

/// How often a waiting run looks whether it is to stop.
const TICK: Duration = Duration::from_millis(100);
/// Until something is learnt.
static NO_HOMES: Homes = Homes::none();
/// Names of threads.
const READER: &str = "read";
const ATTENDED: &str = "index";

/// See [`ingest`](super::ingest()).
pub(super) fn run<T: Target>(
    feed: Feed,
    options: &Options,
    target: &mut T,
    tag: Tag<'_>,
    hooks: Hooks<'_>,
) -> Result<Report, IngestError> {
    let pool = ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .thread_name(|number| format!("tag-{number}"))
        .build()
        .map_err(|error| IngestError::Threads(error.to_string()))?;
    let leave = Leave(Stop::default(), Arc::new(Queue::new(options.queue_bytes)));
    let Feed { inputs, total_bytes } = feed;
    start_reader(inputs, options, &leave)?;
    let mut run = Run {
        pool,
        examiner: Examiner {
            tag,
            id_prefix: &options.id_prefix,
            default_lang: &options.default_lang,
            now: options.now,
            side: &options.side,
            homes: &NO_HOMES,
        },
        homes: target.homes(),
        ledger: Ledger::new(target.is_empty()),
        place: Place::default(),
        committed_at: (hooks.clock)(),
        options,
        hooks,
        total_bytes,
    };
    let ended = run.all(&leave.1, target);
    let Run { ledger, hooks, place, .. } = run;
    let mut report = ledger.report;
    report.files = place.files;
    report.bytes = place.bytes;
    report.close((hooks.clock)());
    let report = Box::new(report);
    match ended {
        Ok(()) => Ok(*report),
        Err(Broken::Engine(error)) => Err(IngestError::Engine { error, report }),
        Err(Broken::Reading(message)) => Err(IngestError::Reading { message, report }),
    }
}

/// Sends the other threads away when the run ends, however it does.
struct Leave(Stop, Arc<Queue<Batch>>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.ask();
        self.1.refuse();
    }
}

enum Broken {
    Engine(EngineError),
    Reading(String),
}

impl From<EngineError> for Broken {
    fn from(error: EngineError) -> Broken {
        Broken::Engine(error)
    }
}

struct Run<'a, 'h> {
    pool: ThreadPool,
    examiner: Examiner<'a>,
    /// What the articles of earlier batches told of the homes of sources.
    homes: Homes,
    ledger: Ledger,
    place: Place,
    /// When the last commit was, on the clock of the hooks.
    committed_at: Duration,
    options: &'a Options,
    hooks: Hooks<'h>,
    total_bytes: Box<dyn Fn() -> Option<u64> + Send>,
}

impl Run<'_, '_> {
    fn all<T: Target>(&mut self, queue: &Queue<Batch>, target: &mut T) -> Result<(), Broken> {
        self.tell(Phase::Reading);
        let mut broken = None;
        loop {
            let stop = self.hooks.stop;
            if stop.is_asked() {
                self.ledger.report.interrupted = queue.has_more();
                break;
            }
            match queue.pop(TICK) {
                Popped::Item(batch) => {
                    let weight = batch.weight;
                    self.batch(batch, target)?;
                    queue.release(weight);
                    self.tell(Phase::Reading);
                }
                Popped::Nothing => {}
                Popped::End => break,
                Popped::Broken(message) => {
                    broken = Some(message);
                    break;
                }
            }
            if self.is_due() {
                self.commit(false, target)?;
            }
        }
        if self.hooks.stop.is_urgent() {
            self.ledger.report.interrupted = true;
            return Ok(());
        }
        let done = !self.ledger.report.interrupted && broken.is_none();
        self.commit(done, target)?;
        broken.map_or(Ok(()), |message| Err(Broken::Reading(message)))
    }

    fn batch<T: Target>(&mut self, batch: Batch, target: &mut T) -> Result<(), EngineError> {
        let examiner = Examiner { homes: &self.homes, ..self.examiner };
        let stop = self.hooks.stop;
        let shared: &T = target;
        let items = batch.items;
        let outcomes: Vec<Option<Result<Outcome, EngineError>>> = self.pool.install(|| {
            items
                .into_par_iter()
                .map(|item| (!stop.is_urgent()).then(|| examiner.examine(item, shared)))
                .collect()
        });
        for outcome in outcomes {
            // None follows only when the run is to stop at once.
            let Some(outcome) = outcome.filter(|_| !stop.is_urgent()) else { return Ok(()) };
            self.ledger.settle(outcome?, &examiner, target, self.hooks.rejected)?;
        }
        let accounts = std::mem::take(&mut self.ledger.accounts);
        accounts.iter().for_each(|account| self.homes.count(account));
        let sources: BTreeSet<&str> = accounts.iter().map(|one| one.source.as_str()).collect();
        self.homes.settle(sources);
        self.place = batch.place;
        Ok(())
    }

    fn is_due(&self) -> bool {
        self.ledger.uncommitted > 0
            && (self.ledger.uncommitted_bytes >= self.options.commit_bytes
                || (self.hooks.clock)().saturating_sub(self.committed_at)
                    >= self.options.commit_every)
    }

    fn commit<T: Target>(&mut self, done: bool, target: &mut T) -> Result<(), EngineError> {
        let anything = self.ledger.uncommitted > 0;
        if anything {
            self.tell(Phase::Committing);
        }
        self.ledger.commit(&self.place, done, target)?;
        if anything && !self.homes.is_empty() {
            target.keep_homes(&self.homes)?;
        }
        self.committed_at = (self.hooks.clock)();
        self.tell(Phase::Reading);
        Ok(())
    }

    fn tell(&self, phase: Phase) {
        (self.hooks.progress)(&Progress {
            phase,
            files: self.place.files,
            bytes: self.place.bytes,
            total_bytes: (self.total_bytes)(),
            articles: self.ledger.report.read,
            rejected: self.ledger.report.rejected(),
            elapsed: (self.hooks.clock)(),
        });
    }
}

/// Starts the thread that reads. It is never waited for: it may hang in a read (standard input, a
/// network drive) when the run stops.
fn start_reader(inputs: Pending, options: &Options, leave: &Leave) -> Result<(), IngestError> {
    let (stop, queue) = (leave.0.clone(), Arc::clone(&leave.1));
    let (bytes, articles) = (options.batch_bytes, options.batch_articles.max(1));
    let work = move || {
        let reader = Reader::new(&queue, &stop, bytes, articles);
        // Panics of sources are caught record by record; what comes here must not end the run
        // as if all had been read.
        let ended = caught(|| reader.run(inputs));
        queue.end(ended.err());
    };
    let started = thread::Builder::new().name(READER.to_owned()).spawn(work);
    started.map(drop).map_err(|error| IngestError::Threads(error.to_string()))
}

/// Runs `work` on a thread of its own and waits for it, or for `stop` to become urgent: then
/// `None`, and the thread is left to end with the process.
///
/// A commit or a merge cannot be broken off; this keeps them from holding up a user who asked
/// twice to stop. What was committed before is untouched. `work` is given what takes its
/// [`Hooks::progress`]; `watch` gets that progress on the calling thread, and nothing ten times a
/// second where there is none. A panic of `work` goes on in the caller.
///
/// # Errors
/// [`IngestError::Threads`] if the system gives no thread.
pub fn attended<R: Send + 'static>(
    stop: &Stop,
    watch: &mut dyn FnMut(Option<&Progress>),
    work: impl FnOnce(&dyn Fn(&Progress)) -> R + Send + 'static,
) -> Result<Option<R>, IngestError> {
    let (sender, receiver) = crossbeam_channel::bounded(8);
    let working = thread::Builder::new()
        .name(ATTENDED.to_owned())
        .spawn(move || {
            // Progress that nobody has time for is dropped, and so is the result of a run that
            // was left behind.
            let result = work(&|told| drop(sender.try_send(Word::Progress(told.clone()))));
            let _ = sender.send(Word::Result(result));
        })
        .map_err(|error| IngestError::Threads(error.to_string()))?;
    loop {
        let word = receiver.recv_timeout(TICK);
        if stop.is_urgent() && !matches!(word, Ok(Word::Result(_))) {
            return Ok(None);
        }
        match word {
            Ok(Word::Result(result)) => return Ok(Some(result)),
            Ok(Word::Progress(told)) => watch(Some(&told)),
            Err(RecvTimeoutError::Timeout) => watch(None),
            Err(RecvTimeoutError::Disconnected) => {
                let panic: Box<dyn Any + Send> = match working.join() {
                    Err(panic) => panic,
                    Ok(()) => Box::new("a thread ended without a result"),
                };
                panic::resume_unwind(panic);
            }
        }
    }
}

/// What attended work says.
enum Word<R> {
    Progress(Progress),
    Result(R),
}
