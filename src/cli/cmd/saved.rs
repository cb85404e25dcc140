//! `dateline saved`: lists the saved queries, or removes some.

use clap::Args;
use serde_json::json;

use crate::cli::args::{Global, PlainFormat};
use crate::cli::report::{self, Failure, placeless};
use crate::cli::{Exit, Io, cmd, home};
use crate::render::wire;
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline saved
  dateline saved korea
  dateline saved --remove korea";

/// List saved queries
///
/// Writes name, tab and query a line, in the order of the names.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct SavedArgs {
    /// Show only these [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Remove the named queries
    #[arg(long, requires = "names")]
    remove: bool,

    /// Write queries as human or json, one object a line [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Lists or removes; the exit code is 1 if a name is unknown.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &SavedArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = cmd::open(global, io)?;
    let queries = home::queries(&archive, io)?;
    let mut exit = Exit::Done;
    for name in args.names.iter().filter(|name| !queries.contains_key(*name)) {
        let message = format!("no query is saved as '{}'", sanitize::line(name));
        let unknown = placeless("unknown_saved", message);
        report::diagnostics_in(&[unknown], "", Exit::NoMatch, global, io);
        exit = Exit::NoMatch;
    }
    if args.remove {
        let mut own = home::own_queries(&archive, io)?;
        own.retain(|name, _| !args.names.contains(name));
        home::write_queries(&archive, io, &own)?;
        return Ok(exit);
    }
    let chosen = |name: &String| args.names.is_empty() || args.names.contains(name);
    for (name, query) in queries.iter().filter(|(name, _)| chosen(name)) {
        if json {
            let line = json!({"v": wire::VERSION, "type": "saved", "name": name, "query": query});
            wire::write(io.out, &line)?;
            io.out.write_all(b"\n")?;
        } else {
            writeln!(io.out, "{name}\t{}", sanitize::line(query))?;
        }
    }
    Ok(exit)
}
