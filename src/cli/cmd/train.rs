//! `dateline train`: makes the trained parts of the tagger from their tables.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::Global;
use crate::cli::report::{self, Failure, placeless};
use crate::cli::{Exit, Io};
use crate::diag::{Diagnostic, Severity};
use crate::eval::gold;
use crate::tag::{Part, event::train as of_events, person::train as of_persons};
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline train event -o src/tag/data/event_linear.bin
  dateline train event my-examples.tsv -o /tmp/mine.bin
  dateline train person crossner/*.txt gum/*.conllu -o /tmp/person.bin

The same table gives the same bytes. The program holds the model of its own table; another one is
used by a program that is built with it.";

/// Train a part of the tagger from written examples
///
/// For those who change the tagger: docs/tagging.md tells what the parts are made of.
#[derive(Debug, Clone, Args)]
#[command(subcommand_required = true, after_help = EXAMPLES)]
pub struct TrainArgs {
    #[command(subcommand)]
    command: TrainCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum TrainCommand {
    Event(EventArgs),
    Person(PersonArgs),
}

/// Train the linear layer of event types
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct EventArgs {
    /// Table of examples, an event type, a tab and a text a row [default: the program's own]
    #[arg(value_name = "TABLE")]
    table: Option<PathBuf>,

    /// Write the model to FILE
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
}

/// Train the weights of persons' names
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct PersonArgs {
    /// Files with labelled names, in columns (CoNLL, IO, IOB2), CoNLL-U of GUM, or JSON Lines with spans
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Write the model to FILE
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
}

/// Trains.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &TrainArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match &args.command {
        TrainCommand::Event(args) => event(args, global, io),
        TrainCommand::Person(args) => person(args, global, io),
    }
}

fn event(args: &EventArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (text, name) = match &args.table {
        None => (of_events::EXAMPLES.to_owned(), "the program's own table".to_owned()),
        Some(path) => {
            let name = sanitize::line(&path.to_string_lossy()).into_owned();
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::usage("no_such_file", format!("{name} cannot be read: {error}"))
            })?;
            (text, name)
        }
    };
    let (good, bad) = of_events::examples(&text);
    for row in &bad {
        let message = format!("{name}:{}: {}", row.line, sanitize::line(&row.why));
        let warning =
            Diagnostic { severity: Severity::Warning, ..placeless("bad_example", message) };
        report::diagnostics_in(&[warning], "", Exit::Incomplete, global, io);
    }
    if good.is_empty() {
        return Err(Failure::usage("usage", format!("{name} holds no example")));
    }
    let model = of_events::train(&good);
    write(&args.output, &model)?;
    writeln!(io.out, "{} examples, {} bytes", good.len(), model.len())?;
    Ok(if bad.is_empty() { Exit::Done } else { Exit::Incomplete })
}

fn person(args: &PersonArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut labelled = Vec::new();
    let mut exit = Exit::Done;
    for path in &args.files {
        let read = gold::read(path).map_err(|why| {
            let name = sanitize::line(&path.to_string_lossy()).into_owned();
            Failure::usage("no_such_file", format!("{name}: {why}"))
        })?;
        for bad in &read.bad {
            let message =
                format!("{}: {}", sanitize::line(&bad.place), sanitize::line(&bad.message));
            let warning =
                Diagnostic { severity: Severity::Warning, ..placeless("bad_example", message) };
            report::diagnostics_in(&[warning], "", Exit::Incomplete, global, io);
            exit = Exit::Incomplete;
        }
        labelled.extend(read.articles);
    }
    let mut names = 0;
    let articles: Vec<_> = labelled
        .iter()
        .filter_map(|one| {
            let spans = one.gold.person_spans.as_ref()?;
            let body = spans.iter().filter(|place| place.part == Part::Body);
            let body: Vec<(u32, u32)> = body.map(|place| (place.start, place.end)).collect();
            names += body.len();
            Some((&one.article, body))
        })
        .collect();
    if names == 0 {
        return Err(Failure::usage("usage", "the files mark no name of a person"));
    }
    let model = of_persons::train(&articles);
    write(&args.output, &model)?;
    writeln!(io.out, "{names} names in {} articles, {} bytes", articles.len(), model.len())?;
    Ok(exit)
}

fn write(path: &std::path::Path, model: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, model).map_err(|error| {
        let shown = sanitize::line(&path.to_string_lossy()).into_owned();
        Failure::usage("unwritable", format!("{shown} cannot be written: {error}"))
    })
}
