//! `dateline timeline`: how many articles match in each day, month or year.

use clap::{Args, ValueEnum};

use crate::cli::args::Global;
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::plan::{Clause, Plan};
use crate::render::timeline::{self as render, Format, Head};
use crate::search::Reading;
use crate::search::timeline::{Unit, timeline};

const EXAMPLES: &str = "\
Examples:
  dateline timeline 'country:Japan pact'
  dateline timeline --by year --share 'event:protest' --format csv > protests.csv
  dateline timeline --by month 'drought' --compare 'flood' --format svg > weather.svg

An article counts in the bucket that holds its whole date; articles without a date, and those whose
date is vaguer than a bucket, are told on stderr and in JSON. Times are UTC. In a pipe a line is
start, count and a column for each --compare, with tabs between.";

/// Count matches by day, month or year
///
/// Buckets are those of the calendar, from the first match to the last, gaps filled with 0. What
/// stands in the first column works as a value of date: in a query.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline timeline [OPTIONS] <QUERY>...")]
pub struct TimelineArgs {
    /// Query, as for dateline search
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Count by day, week, month, quarter, year or decade [default: what gives up to 60 buckets]
    #[arg(long, value_name = "UNIT", value_enum, hide_possible_values = true)]
    by: Option<By>,

    /// Count another query over the same buckets
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    compare: Vec<String>,

    /// Also give the share of all articles of each bucket
    #[arg(long)]
    share: bool,

    /// Write human, spark, csv, tsv, json or svg [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: TimelineFormat,
}

/// Units of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// A day
    Day,
    /// A week from Monday
    Week,
    /// A month
    Month,
    /// A quarter
    Quarter,
    /// A year
    Year,
    /// Ten years
    Decade,
}

impl By {
    fn unit(self) -> Unit {
        match self {
            By::Day => Unit::Day,
            By::Week => Unit::Week,
            By::Month => Unit::Month,
            By::Quarter => Unit::Quarter,
            By::Year => Unit::Year,
            By::Decade => Unit::Decade,
        }
    }
}

/// Formats of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TimelineFormat {
    /// A table with bars; in a pipe values with tabs between
    #[default]
    Human,
    /// One line of blocks
    Spark,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// One JSON object
    Json,
    /// A plot
    Svg,
}

impl TimelineFormat {
    fn format(self) -> Format {
        match self {
            TimelineFormat::Human => Format::Human,
            TimelineFormat::Spark => Format::Spark,
            TimelineFormat::Csv => Format::Csv,
            TimelineFormat::Tsv => Format::Tsv,
            TimelineFormat::Json => Format::Json,
            TimelineFormat::Svg => Format::Svg,
        }
    }
}

/// Counts.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &TimelineArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.required(&args.words, io)?;
    let mut options = args.query.options(io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let mut readings: Vec<Reading> = Vec::new();
    for text in std::iter::once(&text).chain(&args.compare) {
        let reading = args.query.read(&archive, text, &options)?;
        cmd::warn(&reading.warnings, text, global, io);
        readings.push(reading);
    }
    let plans: Vec<&Plan> = readings.iter().map(|reading| &reading.plan).collect();
    let all = args.share.then_some(Plan { root: Clause::All });
    let found = timeline(&archive, &plans, all.as_ref(), args.by.map(By::unit))
        .map_err(|error| Failure::search(&text, error))?;
    let queries: Vec<String> = readings.iter().map(|reading| reading.canonical.clone()).collect();
    let head = Head { queries: &queries, took_ms: cmd::took_ms(io), index: cmd::state(&archive) };
    let style = cmd::style(global, io);
    let format = args.format.format();
    render::write(io.out, format, &style, &found, &head)?;
    io.out.flush()?;
    if format != Format::Json {
        for (series, query) in found.series.iter().zip(&queries) {
            let told = [
                (series.undated, "without a date"),
                (series.vague, "with a date vaguer than a bucket"),
            ];
            for (count, what) in told.iter().filter(|(count, _)| *count > 0) {
                let query = crate::text::sanitize::line(query);
                // A note that cannot be told is no failure of the count.
                let _ = writeln!(
                    io.err,
                    "note: {count} of {} hits of {query} are not shown: {what}",
                    series.total
                );
            }
        }
    }
    let any = found.series.iter().any(|series| series.total > 0);
    if !any && format == Format::Human {
        let advice = cmd::no_hits(&archive, &readings[0], &options)?;
        let _ = io.err.write_all(advice.as_bytes());
    }
    Ok(Exit::Done)
}
