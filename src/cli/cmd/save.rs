//! `dateline save`: gives a query a name.

use clap::Args;

use crate::cli::args::Global;
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd, home};
use crate::search::saved;
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline save korea 'country:KR,KP event:diplomacy'
  dateline 'saved:korea pact'
  dateline save -f long-query.txt suspects
  dateline saved

Queries are kept inside the index directory, in queries.toml, which may be edited. Where the index
may not be written they are kept under XDG_DATA_HOME.";

/// Save a query under a name, for saved:NAME
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline save [OPTIONS] <NAME> <QUERY>...")]
pub struct SaveArgs {
    /// Name: letters a to z, digits, - and _
    #[arg(value_name = "NAME", required = true)]
    name: String,

    /// Query, as for dateline search; one that is saved under the name is replaced
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,
}

/// Saves; a query that cannot be read is refused.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &SaveArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let name = &args.name;
    saved::check_name(name).map_err(|problem| Failure::option(name, problem))?;
    let text = args.query.required(&args.words, io)?;
    let mut options = args.query.options(io)?;
    global.index_dir(io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let mut queries = (*options.saved).clone();
    let old = queries.insert(name.clone(), text.clone());
    // Read with its own name known, so that a query within itself is found now.
    options.saved = std::sync::Arc::new(queries.clone());
    let reading = args.query.read(&archive, &text, &options)?;
    crate::search::read(&archive, &format!("saved:{name}"), &options)
        .map_err(|error| Failure::search(&text, error))?;
    cmd::warn(&reading.warnings, &text, global, io);
    // What stands beside the query on the command line belongs to it.
    if args.query.has_filters() {
        queries.insert(name.clone(), reading.canonical.clone());
    }
    let mut own = home::own_queries(&archive, io)?;
    own.insert(name.clone(), queries[name].clone());
    home::write_queries(&archive, io, &own)?;
    if let Some(old) = old.filter(|old| *old != queries[name]) {
        // What cannot be told was saved all the same.
        let _ = writeln!(io.err, "note: '{name}' was {}", sanitize::line(&old));
    }
    Ok(Exit::Done)
}
