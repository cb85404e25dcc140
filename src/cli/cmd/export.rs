//! `dateline export`: whole articles for other programs.

use std::ops::ControlFlow;

use clap::{Args, ValueEnum};

use crate::cli::args::Global;
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::{Engine, EngineError, Match};
use crate::render::export::{self, ExportFormat};
use crate::search::{self, Request};

const EXAMPLES: &str = "\
Examples:
  dateline export 'country:Japan date:2019' > japan.jsonl
  dateline export --format csv -n 100 'pact' > best-hundred.csv
  dateline export --format md 'id:90001' > story.md
  dateline export --format ris 'author:okafor' > okafor.ris
  dateline export | dateline index -I copy -

Formats: jsonl holds what came with the article and nothing derived, so that it can be indexed
again; csv has the tags too; md is Markdown with front matter; ris is for reference managers.
Without -n all matches are written in the order of the index, however many.";

/// Write whole articles as jsonl, csv, md or ris
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// Query, as for dateline search [default: all articles]
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Write the N best matches only [default: all]
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,

    /// Write articles as jsonl, csv, md or ris [default: jsonl]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<FormatName>,
}

/// Formats of whole articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Records to be indexed again
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// Markdown with front matter
    #[value(alias = "markdown")]
    Md,
    /// References
    Ris,
}

/// Exports; the exit code is 1 where nothing matches.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &ExportArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.text(&args.words, io)?.unwrap_or_else(|| "*".to_owned());
    let mut options = args.query.options(io)?;
    let format = match args.format {
        None | Some(FormatName::Jsonl) => ExportFormat::Jsonl,
        Some(FormatName::Csv) => ExportFormat::Csv,
        Some(FormatName::Md) => ExportFormat::Markdown,
        Some(FormatName::Ris) => ExportFormat::Ris,
    };
    let archive = cmd::open_for(&mut options, global, io)?;
    let reading = args.query.read(&archive, &text, &options)?;
    cmd::warn(&reading.warnings, &text, global, io);
    let failed = |error| Failure::search(&text, error);
    let terminal = io.out_is_terminal;
    export::begin(io.out, format, terminal)?;
    let mut written = 0u64;
    let out = &mut *io.out;
    let mut write = |found: &Match| -> Result<(), Failure> {
        let stored = archive.fetch(found).map_err(Failure::Engine)?;
        export::article(out, format, terminal, &stored)?;
        written += 1;
        Ok(())
    };
    match args.limit {
        Some(limit) if limit > 0 => {
            let request = Request { limit, ..Request::default() };
            let found = search::answer(&archive, &reading, &request).map_err(failed)?;
            found.matches.iter().try_for_each(write)?;
        }
        _ => {
            let mut stopped = None;
            search::stream(&archive, &reading, &mut |found| match write(&found) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    stopped = Some(failure);
                    ControlFlow::Break(())
                }
            })
            .map_err(failed)?;
            if let Some(failure) = stopped {
                return Err(failure);
            }
        }
    }
    io.out.flush().map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => Failure::Engine(EngineError::Refused(error.to_string())),
        _ => Failure::Output(error),
    })?;
    Ok(if written > 0 { Exit::Done } else { Exit::NoMatch })
}
