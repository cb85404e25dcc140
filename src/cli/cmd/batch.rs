//! `dateline batch`: many queries from a table, one bad row never stopping the others.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::args::{Global, TableArgs};
use crate::cli::query_args::ReadingArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::embedded::Embedded;
use crate::render::table::{Cell, Table};
use crate::search::{self, ReadOptions, Request, Shower};
use crate::text::sanitize;

/// Bytes of a list, at most.
const MAX_BYTES: u64 = 64 << 20;

const EXAMPLES: &str = "\
Examples:
  dateline batch queries.csv
  dateline batch --format csv -n 5 queries.csv > hits.csv
  dateline batch --where 'date:2019' --format jsonl - < names.txt

LIST is a CSV file whose header has a column 'query', and perhaps 'name'; in CSV the quotes of a
query are doubled within quotes. A file without such a header holds a query a line, as it is typed
in a search. The number of hits of each query is exact. A row that cannot be answered is told on
stderr with its line, has 'error' for its number, and makes the exit code 7; the others are
answered. Empty lines and lines that begin with # say nothing.";

/// Run every query of a list
///
/// Writes name, query and number of hits a row; with -n the best hits of each query instead.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct BatchArgs {
    /// CSV file with queries, - for standard input
    #[arg(value_name = "LIST")]
    list: PathBuf,

    #[command(flatten)]
    reading: ReadingArgs,

    /// Write the N best hits of each query instead of their number
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output",
        value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    #[command(flatten)]
    table: TableArgs,
}

/// A row of the list.
struct Row {
    line: u64,
    name: String,
    query: Result<String, String>,
}

/// Runs the list.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &BatchArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut options = args.reading.options(io)?;
    let format = args.table.chosen(io)?;
    let shown = sanitize::line(&args.list.to_string_lossy()).into_owned();
    let rows = read(&args.list, &shown, io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let (mut wrong, mut hits, mut table) = (0u64, 0u64, Vec::new());
    let mut alike = cmd::Alike::default();
    let number = rows.len();
    for row in rows {
        let query = match &row.query {
            Ok(query) => query.clone(),
            Err(_) => String::new(),
        };
        let found = match row.query {
            Ok(query) => answer(args, &archive, &query, &options, &mut alike),
            Err(why) => Err(Failure::usage("bad_row", why)),
        };
        let (name, text) = (Cell::Text(row.name), Cell::Text(query));
        match found {
            Ok((total, _)) if args.limit.is_none() => {
                hits += total;
                table.push(vec![name, text, Cell::Count(total)]);
            }
            Ok((total, found)) => {
                hits += total;
                for cells in found {
                    let mut cells_of_row = vec![name.clone(), text.clone()];
                    cells_of_row.extend(cells);
                    table.push(cells_of_row);
                }
            }
            Err(Failure::Engine(error)) => return Err(Failure::Engine(error)),
            Err(failure) => {
                wrong += 1;
                if args.limit.is_none() {
                    table.push(vec![name, text, Cell::Text("error".to_owned())]);
                }
                let message = sanitize::line(&failure.to_line()).into_owned();
                // What cannot be told does not stop the others.
                let _ = writeln!(io.err, "{shown}:{}: {message}", row.line);
            }
        }
    }
    alike.tell(global, io);
    let columns = match args.limit {
        None => vec!["name", "query", "hits"],
        Some(_) => vec!["name", "query", "rank", "id", "date", "source", "title"],
    };
    let kind = if args.limit.is_some() { "batch_hit" } else { "batch_row" };
    let facts = json!({"queries": number, "errors": wrong, "hits": hits, "exact": true});
    let table = Table { kind, columns, rows: table, facts: cmd::facts(facts, &archive, io) };
    let style = cmd::style(global, io);
    table.write(io.out, &style, format)?;
    Ok(if wrong > 0 { Exit::Incomplete } else { Exit::Done })
}

/// The number of hits, and the cells of the best.
fn answer(
    args: &BatchArgs,
    archive: &Embedded,
    query: &str,
    options: &ReadOptions,
    alike: &mut cmd::Alike,
) -> Result<(u64, Vec<Vec<Cell>>), Failure> {
    let reading = args.reading.read(archive, query, options)?;
    alike.add(&reading.warnings);
    let limit = args.limit.unwrap_or(0) as usize;
    let request = Request { limit, ..Request::default() };
    let found = search::answer(archive, &reading, &request)
        .map_err(|error| Failure::search(query, error))?;
    let mut shower = Shower::new(&reading, false);
    let mut rows = Vec::with_capacity(found.matches.len());
    for (rank, one) in (1u64..).zip(&found.matches) {
        let hit = shower.hit(archive, one, Some(rank))?;
        rows.push(vec![
            Cell::Count(rank),
            Cell::Text(hit.id.clone()),
            Cell::Text(hit.date.as_ref().map(|date| date.display()).unwrap_or_default()),
            Cell::Text(hit.source.clone().unwrap_or_default()),
            Cell::Text(hit.title.text.clone()),
        ]);
    }
    Ok((found.number(), rows))
}

/// The rows of a list; empty lines and those that begin with `#` say nothing.
fn read(path: &Path, shown: &str, io: &mut Io<'_>) -> Result<Vec<Row>, Failure> {
    let failed =
        |what: String| Failure::usage("unreadable_list", format!("the list {shown} {what}"));
    let bytes = io.read_whole(path, MAX_BYTES).map_err(failed)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let Some((name, query)) = header(bytes) else { return Ok(lines(bytes)) };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(bytes);
    let mut rows = Vec::new();
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.push(Row { line, name: String::new(), query: Err(error.to_string()) });
                continue;
            }
        };
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let named = name.map(|at| String::from_utf8_lossy(cell(at)).trim().to_owned());
        let name = named.unwrap_or_else(|| line.to_string());
        rows.push(Row { line, name, query: text(cell(query)) });
    }
    Ok(rows)
}

/// The columns of name and query, where the first line is a header with a query.
fn header(bytes: &[u8]) -> Option<(Option<usize>, usize)> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).comment(Some(b'#')).from_reader(bytes);
    let first = reader.byte_records().next()?.ok()?;
    let named = |name: &str| {
        first.iter().position(|cell| cell.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    };
    Some((named("name"), named("query")?))
}

/// A query a line.
fn lines(bytes: &[u8]) -> Vec<Row> {
    let lines = (1u64..).zip(bytes.split(|&byte| byte == b'\n'));
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty() && !line.starts_with(b"#"))
        .map(|(line, bytes)| Row { line, name: line.to_string(), query: text(bytes) })
        .collect()
}

fn text(bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes)
        .map(|text| text.trim().to_owned())
        .map_err(|error| format!("the query is no UTF-8 at its byte {}", error.valid_up_to()))
}
