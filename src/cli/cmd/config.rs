//! `dateline config`: what the settings are, and where they come from.

use clap::{Args, Subcommand};

use crate::cli::args::Global;
use crate::cli::config::KEYS;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io};
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline config list
  dateline config list --origin
  dateline config keys

Settings are read from .dateline.toml in this directory or the nearest one above it, then from
dateline/config.toml under XDG_CONFIG_HOME; DATELINE_CONFIG names another file. Flags and
environment win over both. For example:
  format = \"jsonl\"
  [search]
  limit = 25
  exclude = [\"tag:junk\", \"source:gazette is:stub\"]
  [alias]
  jp = \"search 'country:Japan'\"
  [queries]
  korea = \"country:KR,KP event:diplomacy\"";

/// Show settings and where they come from
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true)]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum ConfigCommand {
    /// List what is set: key, tab and value a line
    List(ListArgs),
    /// List the keys that there are
    Keys,
}

#[derive(Debug, Clone, Args)]
struct ListArgs {
    /// Tell after each value where it stands
    #[arg(long)]
    origin: bool,
}

/// Variables that settings give way to.
const VARIABLES: [(&str, &str); 2] = [("DATELINE_INDEX", "index"), ("DATELINE_FORMAT", "format")];

/// Lists.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &ConfigArgs, _: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let ConfigCommand::List(list) = &args.command else {
        for (key, help) in KEYS {
            writeln!(io.out, "{key}\t{help}")?;
        }
        writeln!(io.out, "alias.NAME\twords that NAME stands for at the start of a command line")?;
        writeln!(io.out, "queries.NAME\tquery that saved:NAME stands for")?;
        return Ok(Exit::Done);
    };
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for (variable, key) in VARIABLES {
        if let Some(value) = (io.env)(variable).filter(|value| !value.is_empty()) {
            let value = value.to_string_lossy().into_owned();
            rows.push((key.to_owned(), value, variable.to_owned()));
        }
    }
    let file = |origin: &std::path::Path| origin.to_string_lossy().into_owned();
    for (key, setting) in &io.config.settings {
        if !rows.iter().any(|(known, ..)| known == key) {
            rows.push((key.clone(), setting.value.replace('\n', ", "), file(&setting.origin)));
        }
    }
    for (table, settings) in [("alias", &io.config.alias), ("queries", &io.config.queries)] {
        for (name, setting) in settings {
            rows.push((format!("{table}.{name}"), setting.value.clone(), file(&setting.origin)));
        }
    }
    rows.sort();
    for (key, value, origin) in rows {
        let (key, value) = (sanitize::line(&key).into_owned(), sanitize::line(&value).into_owned());
        if list.origin {
            writeln!(io.out, "{key}\t{value}\t{}", sanitize::line(&origin))?;
        } else {
            writeln!(io.out, "{key}\t{value}")?;
        }
    }
    Ok(Exit::Done)
}
