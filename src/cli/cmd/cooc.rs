//! `dateline cooc`: which values of two facets occur together.

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::args::{Global, TableArgs};
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::diag::{Diagnostic, Span};
use crate::render::table::{Cell, Table};
use crate::search;
use crate::search::cooccurrence::{self, Within};

/// Pairs shown without `-n`.
const PAIRS: usize = 20;

/// Units that a pair must be in without `--min`.
const LEAST: u64 = 2;

const EXAMPLES: &str = "\
Examples:
  dateline cooc person country 'event:diplomacy'
  dateline cooc person person --within sentence 'date:2019'
  dateline cooc -n0 --format csv country event.major '*' > pairs.csv

Columns: the two values, articles (or paragraphs, sentences) with both, with the first, with the
second, pmi (pointwise mutual information in bits: 1 is twice as often as by chance) and llr, the
log-likelihood ratio by which pairs are ordered.";

/// Count which values of two facets occur together
///
/// Counts are exact, over all matches.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline cooc [OPTIONS] <FACET> <FACET> [QUERY]...")]
pub struct CoocArgs {
    /// First facet, such as person or country.major
    #[arg(value_name = "FACET")]
    first: String,

    /// Second facet; the same one pairs its values
    #[arg(value_name = "FACET")]
    second: String,

    /// Query, as for dateline search [default: all articles]
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Count values that stand together in one UNIT: article, para or sentence [default: article]
    #[arg(
        long,
        value_name = "UNIT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    within: Option<UnitName>,

    /// Show N pairs, 0 for all [default: 20]
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,

    /// Leave out pairs that occur together in fewer than N units [default: 2]
    #[arg(long, value_name = "N", help_heading = "Output")]
    min: Option<u64>,

    #[command(flatten)]
    table: TableArgs,
}

/// What values must stand in together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UnitName {
    /// An article
    Article,
    /// A paragraph
    #[value(alias = "paragraph")]
    Para,
    /// A sentence
    Sentence,
}

/// Counts; the exit code is 1 where no pair is found.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &CoocArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let within = match args.within {
        None | Some(UnitName::Article) => Within::Article,
        Some(UnitName::Para) => Within::Paragraph,
        Some(UnitName::Sentence) => Within::Sentence,
    };
    let mut fields = Vec::with_capacity(2);
    for name in [&args.first, &args.second] {
        let field =
            search::facets::field(name).map_err(|problem| Failure::option(name, problem))?;
        if within != Within::Article && !cooccurrence::has_places(field) {
            let span = Span::new(0, name.chars().count());
            let message = format!("values of '{name}' stand at no place in the text");
            let problem = Diagnostic::error("not_supported", span, message)
                .hint("country, person and event do; all facets can be counted by article");
            return Err(Failure::option(name, problem));
        }
        fields.push(field);
    }
    let text = args.query.text(&args.words, io)?.unwrap_or_else(|| "*".to_owned());
    let mut options = args.query.options(io)?;
    let format = args.table.chosen(io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let reading = args.query.read(&archive, &text, &options)?;
    cmd::warn(&reading.warnings, &text, global, io);
    let (limit, least) = (args.limit.unwrap_or(PAIRS), args.min.unwrap_or(LEAST).max(1));
    let found =
        cooccurrence::count(&archive, &reading, [fields[0], fields[1]], within, limit, least)
            .map_err(|error| Failure::search(&text, search::from_engine(error)))?;
    let shown = found.pairs.len();
    let rows = found.pairs.into_iter().map(|pair| {
        let [a, b] = pair.ids;
        let [label_a, label_b] = pair.labels;
        let table = pair.table;
        vec![
            Cell::Text(a),
            Cell::Text(label_a),
            Cell::Text(b),
            Cell::Text(label_b),
            Cell::Count(table.both),
            Cell::Count(table.left),
            Cell::Count(table.right),
            Cell::Figure(table.mutual_information()),
            Cell::Figure(table.log_likelihood()),
        ]
    });
    let unit = match within {
        Within::Article => "article",
        Within::Paragraph => "para",
        Within::Sentence => "sentence",
    };
    let table = Table {
        kind: "pair",
        columns: vec!["id1", "label1", "id2", "label2", "both", "count1", "count2", "pmi", "llr"],
        rows: rows.collect(),
        facts: cmd::facts(
            json!({
                "units": found.units, "unit": unit, "distinct": found.distinct, "exact": true,
                "query": reading.canonical,
            }),
            &archive,
            io,
        ),
    };
    let style = cmd::style(global, io);
    table.write(io.out, &style, format)?;
    if args.limit.is_none() && (shown as u64) < found.distinct {
        // A note that cannot be told is no failure of the count.
        let _ = writeln!(io.err, "note: {shown} of {} pairs shown; -n0 shows all", found.distinct);
    }
    Ok(if shown > 0 { Exit::Done } else { Exit::NoMatch })
}
