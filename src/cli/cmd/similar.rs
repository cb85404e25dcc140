//! `dateline similar`: articles like one that is named.

use clap::Args;

use super::search::SearchArgs;
use crate::cli::args::Global;
use crate::cli::report::{self, Failure, placeless};
use crate::cli::{Exit, Io, cmd};
use crate::engine::Engine;
use crate::render::ids;

const EXAMPLES: &str = "\
Examples:
  dateline similar 90001
  dateline similar 90001 'country:Japan date:2019'
  dateline similar -n 50 --format jsonl 90001

Articles are alike that share many words which are frequent in the one and rare in the index; the
same as the query like:ID.";

/// Find articles like one
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline similar [OPTIONS] <ID> [QUERY]...")]
pub struct SimilarArgs {
    /// Id of the article
    #[arg(value_name = "ID")]
    id: String,

    #[command(flatten)]
    search: SearchArgs,
}

/// Searches; the exit code is 1 for an unknown id too.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &SimilarArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let archive = cmd::open(global, io)?;
    let mut id = args.id.clone();
    if archive.get(&id)?.is_none() {
        id = ids::decode(&id).unwrap_or(id);
        if archive.get(&id)?.is_none() {
            let unknown = placeless("unknown_id", format!("no article has the id '{id}'"));
            report::diagnostics_in(&[unknown], "", Exit::NoMatch, global, io);
            return Ok(Exit::NoMatch);
        }
    }
    drop(archive);
    let own = args.search.text(io)?;
    let quoted = id.replace('\\', "\\\\").replace('"', "\\\"");
    let text = match own {
        None => format!("like:\"{quoted}\""),
        // What narrows the answer is no part of the likeness.
        Some(own) => format!("like:\"{quoted}\" AND ({own})^0"),
    };
    super::search::run_for(&args.search, text, false, global, io)
}
