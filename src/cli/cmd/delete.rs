//! `dateline delete`: takes articles out of the index.

use std::ops::ControlFlow;

use clap::Args;
use serde_json::json;

use crate::cli::args::{Global, PlainFormat};
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::embedded::{EmbeddedWriter, WriterOptions};
use crate::engine::{EngineError, Sink};
use crate::render::{paint, wire};
use crate::search::{self, Request};

const EXAMPLES: &str = "\
Examples:
  dateline delete 'source:\"Test Wire\"'
  dateline delete --yes 'id:90001,90002'

Without --yes it counts the articles and deletes nothing (exit code 9). The files that the articles
came from stay; to index them again brings the articles back.";

/// Delete the articles that match a query
///
/// Tells their number first; deletes only with --yes.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline delete [OPTIONS] <QUERY>...")]
pub struct DeleteArgs {
    /// Query, as for dateline search
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Do it
    #[arg(short = 'y', long)]
    yes: bool,

    /// Write the number as human or json [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Counts, and deletes where that is wanted.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &DeleteArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.required(&args.words, io)?;
    let mut options = args.query.options(io)?;
    let json = PlainFormat::is_json(args.format, io)?;
    // Before the count: nobody else may write between it and the deletion.
    let now = crate::cli::environment::now(io);
    let writer = if args.yes {
        // Opened to fail as a search does where there is no index: a writer would make one.
        cmd::open(global, io)?;
        Some(EmbeddedWriter::open(&global.index_dir(io)?, &WriterOptions::default(), now)?)
    } else {
        None
    };
    let archive = cmd::open_for(&mut options, global, io)?;
    let failed = |error| Failure::search(&text, error);
    let reading = args.query.read(&archive, &text, &options)?;
    cmd::warn(&reading.warnings, &text, global, io);
    let total = search::answer(&archive, &reading, &Request::default()).map_err(failed)?.number();
    let told =
        format!("{} of {} articles", paint::grouped(total), paint::grouped(archive.num_articles()));
    let Some(mut writer) = writer else {
        if total == 0 {
            return Ok(nothing(io));
        }
        let message = format!("{told} match and would be deleted; --yes deletes them");
        return Err(Failure::Engine(EngineError::Refused(message)));
    };
    if total == 0 {
        return Ok(nothing(io));
    }
    // A count that cannot be told does not stop what was asked for.
    let _ = writeln!(io.err, "{told} match");
    let mut stopped = None;
    let seen = search::stream(&archive, &reading, &mut |found| match writer.delete(&found.id) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            stopped = Some(error);
            ControlFlow::Break(())
        }
    })
    .map_err(failed)?;
    if let Some(error) = stopped {
        return Err(Failure::Engine(error));
    }
    let checkpoint = writer.checkpoint().to_owned();
    writer.commit(&checkpoint)?;
    writer.finish()?;
    if json {
        let line = json!({
            "v": wire::VERSION, "type": "deleted", "total": seen, "query": reading.canonical,
        });
        wire::write(io.out, &line)?;
        io.out.write_all(b"\n")?;
    } else {
        writeln!(io.out, "{seen}")?;
    }
    Ok(Exit::Done)
}

fn nothing(io: &mut Io<'_>) -> Exit {
    // The exit code tells it too.
    let _ = writeln!(io.err, "0 articles match");
    Exit::NoMatch
}
