//! `dateline eval`: how good tags and ranking are on labelled data.

mod rank;
mod tags;

use clap::{Args, Subcommand};

use crate::cli::args::Global;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io};

const EXAMPLES: &str = "\
Examples:
  dateline eval tags corpus/gold.tsv
  dateline eval rank corpus/topics.tsv corpus/qrels.txt";

/// Measure tags and rankings on labelled data
#[derive(Debug, Clone, Args)]
#[command(subcommand_required = true, after_help = EXAMPLES)]
pub struct EvalArgs {
    #[command(subcommand)]
    command: EvalCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum EvalCommand {
    Tags(tags::TagsArgs),
    Rank(rank::RankArgs),
}

/// Measures.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &EvalArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match &args.command {
        EvalCommand::Tags(args) => tags::run(args, global, io),
        EvalCommand::Rank(args) => rank::run(args, global, io),
    }
}
