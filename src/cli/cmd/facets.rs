//! `dateline facets`: exact counts of facet values over all matches.

use clap::{Args, ValueEnum};

use crate::cli::args::{Global, ListFormat};
use crate::cli::query_args::{QueryArgs, TimeoutArgs};
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::Engine;
use crate::render::{Format, Summary, counts};
use crate::search::facets::{Arrangement, FacetOrder};
use crate::search::{self, Request};

/// Values shown of a facet without a number.
const VALUES: usize = 10;

const EXAMPLES: &str = "\
Examples:
  dateline facets country
  dateline facets country,person.major 'event:diplomacy/treaty'
  dateline facets -n0 --format csv person 'date:2019' > people.csv
  dateline facets --sort lift person 'event:protest'

A class that the query filters by is counted as if it did not: 'dateline facets country
country:Japan' shows the other countries too. --conjunctive counts the matches only.";

/// Count the values of facets
///
/// Counts are exact, over all matches. Facets are country, person, event, org, place, topic, tag,
/// source, section, lang, domain, sourcecountry, type, collection and file; country, person and
/// event also have .major, what articles are about, and .given, what came with them.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct FacetsArgs {
    /// Facets to count, with commas between; country:5 sets the number of values of one
    #[arg(value_name = "FACETS", required = true)]
    fields: String,

    /// Query, as for dateline search [default: all articles]
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    #[command(flatten)]
    timeout: TimeoutArgs,

    /// Show the N most frequent values of each facet, 0 for all [default: 10]
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,

    /// Order values by KEY: count, alpha (by name) or lift (how many times more frequent they are
    /// than in the whole index) [default: count]
    #[arg(
        long,
        value_name = "KEY",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    sort: Option<SortKey>,

    /// Leave out values with fewer than N articles [default: 1, with --sort lift 3]
    #[arg(long, value_name = "N", help_heading = "Output")]
    min: Option<u64>,

    /// Count the articles without a value too, as a last value without id
    #[arg(long, help_heading = "Output")]
    unknown: bool,

    /// Count over the matches only, also for a class that the query filters by
    #[arg(long, help_heading = "Output")]
    conjunctive: bool,

    /// Write counts as human, json, jsonl, csv or ids [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<ListFormat>,
}

/// Articles that a value must have where values are ordered by lift: of rarer ones a lift says
/// nothing.
const LIFTED: u64 = 3;

/// What decides the order of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortKey {
    /// The most frequent first
    Count,
    /// By name
    Alpha,
    /// What sets the matches apart first
    Lift,
}

/// Counts.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &FacetsArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut fields = search::facets::list(&args.fields, args.limit.unwrap_or(VALUES))
        .map_err(|problem| Failure::option(&args.fields, problem))?;
    let text = args.query.text(&args.words, io)?.unwrap_or_else(|| "*".to_owned());
    let mut options = args.query.options(io)?;
    let format = ListFormat::chosen(args.format, io)?;
    if matches!(format, Format::Trec | Format::Kwic) {
        return Err(Failure::usage(
            "usage",
            "counts cannot be written so; trec and kwic are for hits",
        ));
    }
    let archive = args.timeout.start(cmd::open_for(&mut options, global, io)?);
    let failed = |error| Failure::search(&text, error);
    let mut reading = args.query.read(&archive, &text, &options)?;
    reading.warnings.extend(search::facets::no_values(&archive, &fields));
    cmd::warn(&reading.warnings, &text, global, io);
    let order = match args.sort {
        None | Some(SortKey::Count) => FacetOrder::Count,
        Some(SortKey::Alpha) => FacetOrder::Alpha,
        Some(SortKey::Lift) => FacetOrder::Lift,
    };
    let least = if order == FacetOrder::Lift { LIFTED } else { 1 };
    let arrangement = Arrangement { order, min: args.min.unwrap_or(least), unknown: args.unknown };
    let sizes: Vec<usize> = fields.iter().map(|(_, size)| *size).collect();
    if arrangement.needs_all() {
        fields.iter_mut().for_each(|(_, size)| *size = 0);
    }
    let request = Request { facets: fields, conjunctive: args.conjunctive, ..Request::default() };
    let mut found = search::answer(&archive, &reading, &request).map_err(failed)?;
    if order == FacetOrder::Lift {
        search::facets::compare(&archive, &mut found.facets)?;
    }
    let cut: Vec<bool> = (found.facets.iter_mut().zip(sizes))
        .map(|(counts, size)| arrangement.apply(counts, size))
        .collect();
    let summary = Summary {
        query: &reading.canonical,
        total: found.total,
        partial: archive.was_stopped(),
        took_ms: cmd::took_ms(io),
        warnings: &reading.warnings,
        facets: &found.facets,
        sample: None,
        next: None,
        ranking: None,
        index: cmd::state(&archive),
    };
    let style = cmd::style(global, io);
    counts::write(io.out, format, &style, &summary)?;
    if found.number() == 0 && format == Format::Human {
        let advice = cmd::no_hits(&archive, &reading, &options)?;
        // Advice that cannot be told is no failure of the count.
        let _ = io.err.write_all(advice.as_bytes());
    }
    // The table and the JSON formats tell themselves what they leave out.
    if matches!(format, Format::Csv | Format::Ids) || (format == Format::Human && !style.terminal) {
        for (counts, cut) in found.facets.iter().zip(cut) {
            if args.limit.is_none() && cut {
                let (name, shown) = (counts.field.name(), counts.values.len());
                // A note that cannot be told is no failure of the count.
                let _ = writeln!(
                    io.err,
                    "note: {shown} of {} values of {name} shown; -n0 shows all",
                    counts.distinct
                );
            }
        }
    }
    Ok(args.timeout.ended(&archive, Exit::Done, global, io))
}
