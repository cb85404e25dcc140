//! `dateline stats`: facts about an index.

use clap::Args;

use crate::cli::args::{Global, PlainFormat};
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::render::{stats, wire};

const EXAMPLES: &str = "\
Examples:
  dateline stats
  dateline stats --format json | jq .bytes";

/// Show facts about the index
///
/// Tells articles, languages, facet coverage, segments and bytes by component and field.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct StatsArgs {
    /// Write the facts as human or json [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Shows them.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &StatsArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = cmd::open(global, io)?;
    let facts = archive.stats()?;
    let places: Vec<String> = archive.dirs().iter().map(|dir| dir.display().to_string()).collect();
    let place = places.join(", ");
    let view = stats::View { place: &place, manifest: archive.manifest(), stats: &facts };
    if json {
        wire::write(io.out, &stats::object(&view))?;
        io.out.write_all(b"\n")?;
    } else {
        let style = cmd::style(global, io);
        stats::write(io.out, &style, &view)?;
    }
    Ok(Exit::Done)
}
