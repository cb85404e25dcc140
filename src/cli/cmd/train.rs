//! `dateline train`: makes the trained parts of the tagger from their tables.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::Global;
use crate::cli::report::{self, Failure, placeless};
use crate::cli::{Exit, Io};
use crate::diag::{Diagnostic, Severity};
use crate::tag::event::train as event;
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline train event -o src/tag/data/event_linear.bin
  dateline train event my-examples.tsv -o /tmp/mine.bin

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

/// Trains.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &TrainArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let TrainCommand::Event(args) = &args.command;
    let (text, name) = match &args.table {
        None => (event::EXAMPLES.to_owned(), "the program's own table".to_owned()),
        Some(path) => {
            let name = sanitize::line(&path.to_string_lossy()).into_owned();
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::usage("no_such_file", format!("{name} cannot be read: {error}"))
            })?;
            (text, name)
        }
    };
    let (good, bad) = event::examples(&text);
    for row in &bad {
        let message = format!("{name}:{}: {}", row.line, sanitize::line(&row.why));
        let warning =
            Diagnostic { severity: Severity::Warning, ..placeless("bad_example", message) };
        report::diagnostics_in(&[warning], "", Exit::Incomplete, global, io);
    }
    if good.is_empty() {
        return Err(Failure::usage("usage", format!("{name} holds no example")));
    }
    let model = event::train(&good);
    std::fs::write(&args.output, &model).map_err(|error| {
        let shown = sanitize::line(&args.output.to_string_lossy()).into_owned();
        Failure::usage("unwritable", format!("{shown} cannot be written: {error}"))
    })?;
    writeln!(io.out, "{} examples, {} bytes", good.len(), model.len())?;
    Ok(if bad.is_empty() { Exit::Done } else { Exit::Incomplete })
}
