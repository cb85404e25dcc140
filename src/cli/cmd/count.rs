//! `dateline count`: the exact number of matches.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::search::matches_any;
use crate::cli::args::{Global, PlainFormat};
use crate::cli::query_args::{QueryArgs, TimeoutArgs};
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::Engine;
use crate::query::MAX_BYTES;
use crate::render::{Summary, wire};
use crate::search::{self, Request};
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline count 'country:Japan pact'
  dateline count '*'
  dateline count --batch queries.txt
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

    #[command(flatten)]
    timeout: TimeoutArgs,

    /// Write the number as human or json [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,

    /// Count every line of FILE, - for standard input: count, tab and query a line, in their order
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "-",
        conflicts_with_all = ["words", "format", "quiet", "expr", "file", "timeout"],
        help_heading = "Query"
    )]
    batch: Option<PathBuf>,

    /// Write nothing; exit code 1 tells that nothing matched
    #[arg(short = 'q', long, conflicts_with = "format", help_heading = "Output")]
    quiet: bool,
}

/// Counts.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &CountArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    if let Some(file) = &args.batch {
        return batch(args, file, global, io);
    }
    let text = args.query.required(&args.words, io)?;
    let mut options = args.query.options(io)?;
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = args.timeout.start(cmd::open_for(&mut options, global, io)?);
    let failed = |error| Failure::search(&text, error);
    let reading = args.query.read(&archive, &text, &options)?;
    if args.quiet {
        let any = matches_any(&archive, &reading, &text)?;
        return Ok(if any {
            Exit::Done
        } else {
            args.timeout.ended(&archive, Exit::NoMatch, global, io)
        });
    }
    cmd::warn(&reading.warnings, &text, global, io);
    let found = search::answer(&archive, &reading, &Request::default()).map_err(failed)?;
    if json {
        let summary = Summary {
            query: &reading.canonical,
            total: found.total,
            partial: archive.was_stopped(),
            took_ms: cmd::took_ms(io),
            warnings: &reading.warnings,
            facets: &[],
            sample: None,
            next: None,
            ranking: None,
            index: cmd::state(&archive),
        };
        wire::write(io.out, &wire::count(&summary))?;
        io.out.write_all(b"\n")?;
    } else {
        writeln!(io.out, "{}", found.number())?;
    }
    Ok(args.timeout.ended(&archive, Exit::Done, global, io))
}

/// Bytes of one query in a batch, at most, its line break included.
const MAX_LINE: u64 = MAX_BYTES as u64 + 2;

/// Counts each line of a file. One bad line is that line's error; the exit code is then 7.
fn batch(args: &CountArgs, file: &Path, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut options = args.query.options(io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let shown = sanitize::line(&file.to_string_lossy()).into_owned();
    let unreadable = |error: &std::io::Error| {
        Failure::usage("unreadable_query", format!("the file {shown} cannot be read: {error}"))
    };
    let mut opened;
    let input: &mut dyn BufRead = if file.as_os_str() == "-" {
        &mut *io.input
    } else {
        opened = BufReader::new(std::fs::File::open(file).map_err(|error| unreadable(&error))?);
        &mut opened
    };
    let (mut number, mut wrong, mut alike) = (0u64, 0u64, cmd::Alike::default());
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = (&mut *input).take(MAX_LINE).read_until(b'\n', &mut bytes);
        if read.map_err(|error| unreadable(&error))? == 0 {
            break;
        }
        number += 1;
        if bytes.last() != Some(&b'\n') && bytes.len() as u64 == MAX_LINE {
            // The rest of an endless line is skipped, not counted as queries.
            input.skip_until(b'\n').map_err(|error| unreadable(&error))?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let counted = args.query.read(&archive, text, &options).and_then(|reading| {
            alike.add(&reading.warnings);
            search::answer(&archive, &reading, &Request::default())
                .map_err(|error| Failure::search(text, error))
        });
        let query = sanitize::line(text);
        match counted {
            Ok(found) => writeln!(io.out, "{}\t{query}", found.number())?,
            Err(Failure::Output(error)) => return Err(Failure::Output(error)),
            Err(failure) => {
                wrong += 1;
                writeln!(io.out, "error\t{query}")?;
                let message = failure.to_line();
                // What cannot be told does not stop the counting.
                let _ = writeln!(io.err, "{shown}:{number}: {}", sanitize::line(&message));
            }
        }
    }
    alike.tell(global, io);
    Ok(if wrong > 0 { Exit::Incomplete } else { Exit::Done })
}
