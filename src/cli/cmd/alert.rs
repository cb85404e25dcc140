//! `dateline alert`: runs saved queries and tells what is new since the last time.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

use crate::cli::args::Global;
use crate::cli::report::{Failure, placeless};
use crate::cli::{Exit, Io, cmd, home};
use crate::engine::embedded::Embedded;
use crate::engine::{Engine, Match, Order, Question};
use crate::plan::{Clause, Measure, Measured, Plan};
use crate::render::{ids, wire};
use crate::search::{self, ReadOptions, Shower};
use crate::text::sanitize;

/// What alerts have told, beside the index.
const STATE: &str = "alerts.json";

/// Articles that are remembered of one alert, at most.
const MAX_TOLD: usize = 1_000_000;

const EXAMPLES: &str = "\
Examples:
  dateline save korea 'country:KR,KP event:diplomacy'
  dateline alert run --new-only korea
  dateline alert run --new-only --format jsonl | jq -r 'select(.type == \"alert\") | .hit.url'
  dateline index inbox/ && dateline alert run --new-only || echo nothing new

An article is new for an alert until the alert has told it; one that is indexed again with another
text is new again. The first run tells all that match. Exit code 1 tells that there was nothing.";

/// Run saved queries as alerts
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true)]
pub struct AlertArgs {
    #[command(subcommand)]
    command: AlertCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum AlertCommand {
    Run(RunArgs),
}

/// Tell what matches saved queries
///
/// In a pipe a hit is one line: alert, id, date, source and title, with tabs between.
#[derive(Debug, Clone, Args)]
struct RunArgs {
    /// Saved queries to run [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Tell only what no earlier run has told
    #[arg(long)]
    new_only: bool,

    /// Do not remember what is told
    #[arg(long)]
    peek: bool,

    /// Write hits as human, jsonl or ids [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<AlertFormat>,
}

/// Formats of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum AlertFormat {
    /// A line a hit
    #[default]
    Human,
    /// One JSON object a line, a summary after each alert
    Jsonl,
    /// Ids, one a line, each once
    Ids,
}

/// What all alerts have told.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    v: u32,
    alerts: BTreeMap<String, Told>,
}

/// What one alert has told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Told {
    /// When the newest article of the index had been added at the last run.
    until: i64,
    /// Hashes of the ids told.
    ids: HashSet<u64>,
}

/// Runs the alerts.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &AlertArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let AlertCommand::Run(args) = &args.command;
    let mut options = ReadOptions {
        now: crate::cli::environment::now(io),
        lists: Some(crate::cli::environment::read_list),
        ..ReadOptions::default()
    };
    let archive = cmd::open_for(&mut options, global, io)?;
    let saved = options.saved.clone();
    let names: Vec<&String> =
        if args.names.is_empty() { saved.keys().collect() } else { args.names.iter().collect() };
    if names.is_empty() {
        let mut problem = placeless("unknown_saved", "no query is saved");
        problem.hint = Some("'dateline save NAME QUERY' saves one".to_owned());
        return Err(Failure::Usage(problem));
    }
    let mut state = match home::read(&archive, io, STATE)? {
        None => State::default(),
        Some(text) => serde_json::from_str(&text).map_err(|error| {
            Failure::usage("unreadable_file", format!("{STATE} cannot be read: {error}"))
        })?,
    };
    let newest = newest(&archive)?;
    let mut any = false;
    let mut written = HashSet::new();
    for name in names {
        let text = format!("saved:{name}");
        let reading = search::read(&archive, &text, &options)
            .map_err(|error| Failure::search(&text, error))?;
        cmd::warn(&reading.warnings, &text, global, io);
        let before = state.alerts.get(name).cloned().unwrap_or_default();
        let mut found: Vec<Match> = Vec::new();
        let mut now = Told { until: newest, ids: HashSet::new() };
        // What was added since is new even where an article of its id was told before.
        let later = Clause::Measure(Measure {
            of: Measured::Added,
            start: before.until.saturating_add(1),
            end: i64::MAX,
            span: crate::diag::Span::default(),
        });
        let earlier = Clause::Not(Box::new(later.clone()));
        for (clause, all) in [(later, true), (earlier, !args.new_only)] {
            let plan = Plan { root: Clause::And(vec![reading.plan.root.clone(), clause]) };
            let mut full = false;
            archive
                .scan(&plan, &mut |one| {
                    let hash = xxh3_64(one.id.as_bytes());
                    now.ids.insert(hash);
                    if all || !before.ids.contains(&hash) {
                        found.push(one);
                    }
                    full = now.ids.len() > MAX_TOLD;
                    if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })
                .map_err(|error| Failure::search(&text, search::from_engine(error)))?;
            if full {
                let message = format!("more than {MAX_TOLD} articles match the alert '{name}'");
                let mut problem = placeless("too_many_hits", message);
                problem.hint = Some("narrow its query, as with added:30d..".to_owned());
                return Err(Failure::Usage(problem));
            }
        }
        any |= !found.is_empty();
        let mut shower = Shower::new(&reading, args.format == Some(AlertFormat::Jsonl));
        for one in &found {
            match args.format.unwrap_or_default() {
                AlertFormat::Ids => {
                    if written.insert(one.id.clone()) {
                        writeln!(io.out, "{}", ids::encode(&one.id))?;
                    }
                }
                AlertFormat::Jsonl => {
                    let hit = shower.hit(&archive, one, None)?;
                    let line = json!({
                        "v": wire::VERSION, "type": "alert", "alert": name, "hit": wire::hit(&hit),
                    });
                    wire::write(io.out, &line)?;
                    io.out.write_all(b"\n")?;
                }
                AlertFormat::Human => {
                    let hit = shower.hit(&archive, one, None)?;
                    let date = hit.date.as_ref().map(|date| date.display()).unwrap_or_default();
                    writeln!(
                        io.out,
                        "{name}\t{}\t{date}\t{}\t{}",
                        ids::encode(&hit.id),
                        sanitize::line(hit.source.as_deref().unwrap_or_default()),
                        sanitize::line(&hit.title.text)
                    )?;
                }
            }
        }
        if args.format == Some(AlertFormat::Jsonl) {
            let line = json!({
                "v": wire::VERSION, "type": "alert_summary", "alert": name, "told": found.len(),
                "total": now.ids.len(), "query": reading.canonical,
            });
            wire::write(io.out, &line)?;
            io.out.write_all(b"\n")?;
        }
        state.alerts.insert(name.clone(), now);
    }
    // Only what was really written is remembered as told.
    io.out.flush()?;
    if !args.peek {
        state.v = 1;
        state.alerts.retain(|name, _| saved.contains_key(name));
        let text = serde_json::to_string(&state).map_err(std::io::Error::from)?;
        home::write(&archive, io, STATE, &text)?;
    }
    Ok(if any { Exit::Done } else { Exit::NoMatch })
}

/// When the newest article of an index was added; the start of time without articles.
fn newest(archive: &Embedded) -> Result<i64, Failure> {
    let plan = Plan { root: Clause::All };
    let question = Question {
        plan: &plan,
        limit: 1,
        order: Order::LastAdded,
        total: false,
        sample: None,
        facets: &[],
    };
    match archive.answer(&question)?.matches.first() {
        None => Ok(i64::MIN),
        Some(found) => Ok(archive.fetch(found)?.added),
    }
}
