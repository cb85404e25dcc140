//! `dateline retag`: tags articles of the index anew, without their input.

use clap::Args;

use crate::cli::args::Global;
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd, environment, home};
use crate::engine::Sink;
use crate::engine::embedded::{Embedded, EmbeddedWriter, WriterOptions};
use crate::ingest::retag::{Retagged, retag};
use crate::plan::{Clause, Plan};
use crate::render::{ids, paint};
use crate::tag::Tagger;
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline retag
  dateline retag --dry-run 'date:2019'

Writes id, tab and what changed for every article whose tags are others now, such as
-person:seoul +country.major:JP; after an update of dateline these are many. What was said with
'dateline tag' holds.";

/// Tag the articles of the index anew
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct RetagArgs {
    /// Query, as for dateline search [default: all articles]
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Write nothing to the index, only show what would change
    #[arg(long)]
    dry_run: bool,
}

/// Tags anew.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &RetagArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.text(&args.words, io)?.unwrap_or_else(|| "*".to_owned());
    let mut options = args.query.options(io)?;
    let writer = writer(args.dry_run, global, io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let reading = args.query.read(&archive, &text, &options)?;
    cmd::warn(&reading.warnings, &text, global, io);
    let vocabulary = home::vocabulary(&archive, io)?;
    let whole = reading.plan.root == Clause::All;
    let fingerprint = whole.then(|| vocabulary.fingerprint());
    let tagger = home::tagger_with(vocabulary, &archive, io)?;
    write(&archive, &reading.plan, &tagger, writer, (usize::MAX, fingerprint), io)
}

/// The writer of the index, unless nothing is to be written.
pub(super) fn writer(
    dry_run: bool,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<Option<EmbeddedWriter>, Failure> {
    if dry_run {
        return Ok(None);
    }
    // Opened to fail as a search does where there is no index: a writer would make one.
    cmd::open(global, io)?;
    let now = environment::now(io);
    let dir = global.index_dir(io)?;
    Ok(Some(EmbeddedWriter::open(&dir, &WriterOptions::default(), now)?))
}

/// Tags the matches of a plan anew and tells what changed: of so many articles, and with which
/// vocabulary all of the index are tagged now, where that is known.
pub(super) fn write(
    archive: &Embedded,
    plan: &Plan,
    tagger: &Tagger,
    mut writer: Option<EmbeddedWriter>,
    (shown, vocabulary): (usize, Option<String>),
    io: &mut Io<'_>,
) -> Result<Exit, Failure> {
    let (mut changed, mut told, mut others, mut untold) = (0u64, 0, 0u64, None);
    let out = &mut *io.out;
    let mut tell = |one: Retagged| {
        changed += 1;
        others += u64::from(!one.changes.is_empty());
        // Where some are shown, those are that say something.
        if told >= shown || (shown != usize::MAX && one.changes.is_empty()) {
            return;
        }
        told += 1;
        let changes =
            if one.changes.is_empty() { "evidence only".to_owned() } else { one.changes.join(" ") };
        let line = writeln!(out, "{}\t{}", ids::encode(&one.id), sanitize::line(&changes));
        untold = untold.take().or(line.err());
    };
    let seen = retag(archive, plan, tagger, writer.as_mut(), &mut tell)?;
    let would = if writer.is_some() { "" } else { "would be " };
    let renamed = vocabulary.filter(|now| *now != archive.manifest().vocabulary);
    let mixed = archive.manifest().is_mixed();
    if let Some(mut writer) = writer.filter(|_| changed > 0 || renamed.is_some() || mixed) {
        if let Some(vocabulary) = renamed {
            writer.tagged_with(vocabulary);
        }
        let checkpoint = writer.checkpoint().to_owned();
        writer.commit(&checkpoint)?;
        writer.settle_versions()?;
        writer.finish()?;
    }
    if let Some(error) = untold {
        return Err(error.into());
    }
    let exit = if seen > 0 { Exit::Done } else { Exit::NoMatch };
    // What cannot be told does not undo what was done.
    let evidence = changed - others;
    let (others, seen) = (paint::grouped(others), paint::grouped(seen));
    let _ = writeln!(io.err, "{others} of {seen} articles {would}tagged otherwise");
    if evidence > 0 {
        let evidence = paint::grouped(evidence);
        let _ = writeln!(io.err, "{evidence} have other evidence for the same tags");
    }
    Ok(exit)
}
