//! `dateline index`: reads files, folders or standard input into an index.

mod arguments;
mod dry_run;
mod rejects;
mod side;
mod signals;
mod summary;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::progress::Meter;
use crate::cli::report::Failure;
use crate::cli::{Exit, Global, Io, environment, home, report};
use crate::engine::EngineError;
use crate::engine::embedded::{Embedded, EmbeddedWriter, WriterOptions};
use crate::ingest::preview::preview;
use crate::ingest::{self, Feed, Hooks, IngestError, Options, Phase, Report, Stop};
use crate::source::Found;
use crate::tag::Tagger;
use crate::text::sanitize;

pub use arguments::{Args, Order, ReportFormat};
use rejects::Rejects;

/// Runs the command.
pub fn run(args: &Args, global: &Global, io: &mut Io<'_>) -> Exit {
    let dir = match global.index_dir(io) {
        Ok(dir) => dir,
        Err(failure) => return failure.report(global, io),
    };
    let setup = match args.setup(&dir) {
        Ok(setup) => setup,
        Err(problem) => return report::diagnostic(&problem, global, io),
    };
    let found = match args.find(&setup.read) {
        Ok(found) => found,
        Err(problem) => return report::diagnostic(&problem, global, io),
    };
    let inputs = found.found();
    let told_early = inputs.is_complete();
    if told_early {
        warn_of_links(&inputs, io);
    }
    if args.dry_run {
        return args.look(Feed::of(found, setup.read), &setup.options, global, io);
    }
    let mut options = setup.options;
    options.now = environment::now(io);
    let mut rejects = match args.report.as_deref().map(Rejects::create).transpose() {
        Ok(rejects) => rejects,
        Err(problem) => return report::diagnostic(&problem, global, io),
    };
    let mut writer_options =
        WriterOptions { default_lang: options.default_lang.clone(), ..WriterOptions::default() };
    if let Some(memory) = setup.memory {
        writer_options.memory = memory;
    }
    let mut writer = match EmbeddedWriter::open(&dir, &writer_options, options.now) {
        Ok(writer) => writer,
        Err(error) => return report::engine_error(&error, global, io),
    };
    // What the user said of single articles holds for what is read again.
    let said = Embedded::open(&dir).map_err(Failure::from).and_then(|archive| {
        let vocabulary = home::vocabulary(&archive, io)?;
        if writer.is_empty() {
            writer.tagged_with(vocabulary.fingerprint());
        }
        let side = args.tags.as_deref().map(|path| side::read(path, &vocabulary, io));
        let side = side.transpose().map_err(Failure::Usage)?;
        Ok((home::tagger_with(vocabulary, &archive, io)?, side))
    });
    let (tagger, side) = match said {
        Ok(said) => said,
        Err(failure) => return failure.report(global, io),
    };
    let (side, wrong) = side.unwrap_or_default();
    options.side = Arc::new(side);
    let side = Arc::clone(&options.side);
    if args.lang.is_none() {
        options.default_lang.clone_from(&writer.manifest().default_lang);
    }
    let stop = signals::stop();
    let feed = Feed::of(found, setup.read);
    let mut meter = Meter::new(args.progress, io.err_is_terminal);
    let (err, clock) = (&mut *io.err, io.clock);
    let started = clock();
    let ticks = Ticks::default();
    let ticking = ticks.clone();
    let mut told = false;
    let asked = stop.clone();
    let mut watch = |progress: Option<&ingest::Progress>| {
        ticking.set(clock().saturating_sub(started));
        if asked.is_asked() && !told {
            told = true;
            meter.note("stopping after a commit; Ctrl-C again stops at once", err);
        }
        meter.show(progress, err);
    };
    let worker_stop = stop.clone();
    let ended = ingest::attended(&stop, &mut watch, move |progress| {
        let written = write(
            (writer, tagger),
            feed,
            &options,
            rejects.as_mut(),
            &worker_stop,
            &ticks,
            progress,
        );
        (written, rejects.map(Rejects::finish))
    });
    meter.clear();
    let (written, rejects) = match ended {
        Ok(Some(ended)) => ended,
        Ok(None) => {
            tell(io, "stopped at once: what was written since the last commit is not in the index");
            tell(io, "hint: run the same command again to go on; what is unchanged is skipped");
            return Exit::Interrupted;
        }
        Err(error) => {
            tell(io, &format!("error: {error}"));
            return Exit::Bug;
        }
    };
    let (mut report, failed) = written;
    if !told_early {
        warn_of_links(&inputs, io);
    }
    if let Some(report) = &mut report {
        report.timed(clock().saturating_sub(started));
    }
    let exit = args.finish(&dir, (report, failed), rejects.and_then(Result::err), global, io);
    let Some(path) = &args.tags else { return exit };
    let whole = side::report(path, &side, io) && wrong == 0;
    if exit == Exit::Done && !whole { Exit::Incomplete } else { exit }
}

/// The time of the run for the thread that it is on: set ten times a second by the one that may
/// ask the clock.
#[derive(Debug, Clone, Default)]
struct Ticks(Arc<AtomicU64>);

impl Ticks {
    fn set(&self, time: Duration) {
        self.0.store(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// What a run left: a report where one was made, and why it ended early.
type Written = (Option<Report>, Option<Failed>);

/// Why a run ended early.
enum Failed {
    Engine(EngineError),
    Defect(String),
}

/// The run itself, on its own thread.
fn write(
    (mut writer, tagger): (EmbeddedWriter, Tagger),
    feed: Feed,
    options: &Options,
    rejects: Option<&mut Rejects>,
    stop: &Stop,
    ticks: &Ticks,
    progress: &dyn Fn(&ingest::Progress),
) -> Written {
    let mut listed = rejects;
    let hooks = Hooks {
        progress,
        rejected: &mut |error| {
            if let Some(rejects) = &mut listed {
                rejects.add(error);
            }
        },
        stop,
        clock: &|| ticks.get(),
    };
    match ingest::ingest(feed, options, &mut writer, &tagger, hooks) {
        // Merges that were begun are dropped; the next run makes up for them.
        Ok(report) if report.interrupted => (Some(report), None),
        Ok(report) => {
            progress(&ingest::Progress {
                phase: Phase::Merging,
                files: report.files,
                bytes: report.bytes,
                total_bytes: Some(report.bytes),
                articles: report.read,
                rejected: report.rejected(),
                elapsed: ticks.get(),
            });
            let ended = writer.settle_versions().and_then(|()| writer.finish());
            (Some(report), ended.err().map(Failed::Engine))
        }
        Err(IngestError::Engine { error, report }) => (Some(*report), Some(Failed::Engine(error))),
        Err(IngestError::Reading { message, report }) => {
            (Some(*report), Some(Failed::Defect(message)))
        }
        Err(IngestError::Threads(message)) => {
            (None, Some(Failed::Defect(format!("no thread could be started: {message}"))))
        }
    }
}

/// Warns of symbolic links that were not followed.
fn warn_of_links(inputs: &Found, io: &mut Io<'_>) {
    if let (count, Some(first)) = inputs.links() {
        let links = summary::plural(count, "symbolic link");
        let first = first.display().to_string();
        let first = sanitize::line(&first);
        tell(io, &format!("warning: {links} not followed (first {first}); --follow reads them"));
    }
}

/// Writes a line to stderr; there is nobody to tell if that fails.
fn tell(io: &mut Io<'_>, text: &str) {
    let _ = writeln!(io.err, "{text}");
}

/// The tagger with what the user says of the index, where there is one.
fn said_of(global: &Global, io: &Io<'_>) -> Result<Tagger, Failure> {
    match Embedded::open(&global.index_dir(io)?) {
        Ok(archive) => home::tagger(&archive, io),
        Err(_) => Ok(Tagger::new()),
    }
}

impl Args {
    /// The dry run.
    fn look(&self, feed: Feed, options: &Options, global: &Global, io: &mut Io<'_>) -> Exit {
        let tagger = match said_of(global, io) {
            Ok(tagger) => tagger,
            Err(failure) => return failure.report(global, io),
        };
        let found = preview(feed, options, &tagger, self.limit, &signals::stop());
        let written = match self.format {
            ReportFormat::Json => writeln!(io.out, "{}", dry_run::json(&found)),
            ReportFormat::Human => dry_run::write(io.out, &found),
        };
        if let Err(error) = written.and_then(|()| io.out.flush()) {
            return report::output_error(&error, global, io);
        }
        let samples: usize = found.shapes.iter().map(|shape| shape.articles.len()).sum();
        let records = samples as u64 + found.rejected;
        let first = &found.first_rejects;
        // The exit code tells the same if stderr is gone.
        let _ = summary::write_rejects(io.err, found.rejected, records, first, None);
        if found.rejected > 0 { Exit::Incomplete } else { Exit::Done }
    }

    /// Tells what was done.
    fn finish(
        &self,
        dir: &Path,
        (report, failed): Written,
        unlisted: Option<std::io::Error>,
        global: &Global,
        io: &mut Io<'_>,
    ) -> Exit {
        let mut exit = Exit::Done;
        if let Some(report) = &report {
            let rejected = report.rejected();
            if rejected > 0 {
                exit = Exit::Incomplete;
            }
            match self.format {
                ReportFormat::Json => {
                    let text = json_report(report, dir);
                    if let Err(error) = writeln!(io.out, "{text}").and_then(|()| io.out.flush()) {
                        return report::output_error(&error, global, io);
                    }
                }
                ReportFormat::Human => {
                    let _ = summary::write(io.err, report, dir);
                }
            }
            let listed = self.report.as_deref().filter(|_| unlisted.is_none());
            let records = report.read + rejected;
            let first = &report.first_rejects;
            let _ = summary::write_rejects(io.err, rejected, records, first, listed);
        }
        if let (Some(error), Some(path)) = (unlisted, &self.report) {
            tell(io, &format!("warning: {} could not be written: {error}", path.display()));
            exit = Exit::Incomplete;
        }
        let committed = report.as_ref().map_or(0, |report| report.committed);
        let interrupted = report.is_some_and(|report| report.interrupted);
        match failed {
            Some(Failed::Engine(error)) => {
                exit = report::engine_error(&error, global, io);
            }
            Some(Failed::Defect(message)) => {
                tell(io, &format!("error: {message}"));
                exit = Exit::Bug;
            }
            None if interrupted => {
                tell(io, "stopped");
                exit = Exit::Interrupted;
            }
            None => return exit,
        }
        let written = summary::plural(committed, "article");
        let dir = dir.display();
        tell(io, &format!("{written} of this run are in the index at {dir}"));
        tell(io, "hint: run the same command again to go on; what is unchanged is skipped");
        exit
    }
}

fn json_report(report: &Report, dir: &Path) -> Value {
    let mut value = json!({"v": 1, "type": "index_report", "index": dir.display().to_string()});
    if let (Value::Object(all), Ok(Value::Object(report))) =
        (&mut value, serde_json::to_value(report))
    {
        all.extend(report);
    }
    value
}

#[cfg(test)]
mod tests;
