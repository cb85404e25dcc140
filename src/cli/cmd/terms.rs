//! `dateline terms`: the words that set the matches of a query apart.

use clap::Args;
use serde_json::json;

use crate::cli::args::{Global, TableArgs};
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::render::table::{Cell, Table};
use crate::search::{self, terms};

/// Terms shown without `-n`.
const TERMS: usize = 20;

/// Matches that a term must be in without `--min`.
const LEAST: u64 = 3;

const EXAMPLES: &str = "\
Examples:
  dateline terms 'country:Japan event:dispute'
  dateline terms -n 100 --format csv 'date:1987-10' > october.csv

Columns: word, articles with it among the matches, in the whole index, lift (how many times more
frequent it is among the matches than in all articles) and llr, the log-likelihood ratio by which
they are ordered; above 10.83 it is significant at 0.1 %. All inflections of a word are counted
together. Left out are words of the query itself, function words, numbers, and words with a lift
below 1.5.";

/// List the words that are typical of the matches of a query
///
/// Counts are exact, over all matches.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline terms [OPTIONS] <QUERY>...")]
pub struct TermsArgs {
    /// Query, as for dateline search
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Show N words [default: 20]
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,

    /// Leave out words that are in fewer than N of the matches [default: 3]
    #[arg(long, value_name = "N", help_heading = "Output")]
    min: Option<u64>,

    #[command(flatten)]
    table: TableArgs,
}

/// Lists; the exit code is 1 where nothing matches.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &TermsArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.required(&args.words, io)?;
    let mut options = args.query.options(io)?;
    let format = args.table.chosen(io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let reading = args.query.read(&archive, &text, &options)?;
    cmd::warn(&reading.warnings, &text, global, io);
    let (limit, least) = (args.limit.unwrap_or(TERMS), args.min.unwrap_or(LEAST).max(1));
    let limit = if limit == 0 { usize::MAX } else { limit };
    let found = terms::significant(&archive, &reading, limit, least)
        .map_err(|error| Failure::search(&text, search::from_engine(error)))?;
    let total = found.matches;
    let rows = found.terms.into_iter().map(|term| {
        vec![
            Cell::Text(term.word),
            Cell::Count(term.table.both),
            Cell::Count(term.table.right),
            Cell::Figure(term.table.lift()),
            Cell::Figure(term.table.log_likelihood()),
        ]
    });
    let table = Table {
        kind: "term",
        columns: vec!["word", "count", "all", "lift", "llr"],
        rows: rows.collect(),
        facts: cmd::facts(
            json!({
                "total": total, "exact": true, "query": reading.canonical,
            }),
            &archive,
            io,
        ),
    };
    let style = cmd::style(global, io);
    table.write(io.out, &style, format)?;
    if total == 0 {
        let advice = cmd::no_hits(&archive, &reading, &options)?;
        // Advice that cannot be told is no failure.
        let _ = io.err.write_all(advice.as_bytes());
        return Ok(Exit::NoMatch);
    }
    Ok(Exit::Done)
}
