//! `dateline count`: the exact number of matches.

use clap::Args;

use super::search::matches_any;
use crate::cli::args::{Global, PlainFormat};
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::render::{Summary, wire};
use crate::search::{self, Request};

const EXAMPLES: &str = "\
Examples:
  dateline count 'country:Japan pact'
  dateline count '*'
  dateline count -q 'date:2019-07-01 pact' && echo news";

/// Count the articles that match
///
/// Writes one number, exact however large.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline count [OPTIONS] <QUERY>...")]
pub struct CountArgs {
    /// Query, as for dateline search
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Write the number as human or json [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,

    /// Write nothing; exit code 1 tells that nothing matched
    #[arg(short = 'q', long, conflicts_with = "format", help_heading = "Output")]
    quiet: bool,
}

/// Counts.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &CountArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.required(&args.words, io)?;
    let options = args.query.options(io)?;
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = cmd::open(global, io)?;
    let failed = |error| Failure::search(&text, error);
    let reading = args.query.read(&archive, &text, &options)?;
    if args.quiet {
        let any = matches_any(&archive, &reading, &text)?;
        return Ok(if any { Exit::Done } else { Exit::NoMatch });
    }
    cmd::warn(&reading.warnings, &text, global, io);
    let found = search::answer(&archive, &reading, &Request::default()).map_err(failed)?;
    if json {
        let summary = Summary {
            query: &reading.canonical,
            total: found.total,
            took_ms: cmd::took_ms(io),
            warnings: &reading.warnings,
            facets: &[],
            sample: None,
            next: None,
            index: cmd::state(&archive),
        };
        wire::write(io.out, &wire::count(&summary))?;
        io.out.write_all(b"\n")?;
    } else {
        writeln!(io.out, "{}", found.total)?;
    }
    Ok(Exit::Done)
}
