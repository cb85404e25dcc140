//! `dateline man`: the manual page, made from the same descriptions as the help.

use clap::Args;

use crate::cli::args::Global;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, command};

/// Print the manual page, for man or to install
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  dateline man | man -l -\n  dateline man search > dateline-search.1"
)]
pub struct ManArgs {
    /// Print the page of this command instead of the whole program's
    #[arg(value_name = "COMMAND")]
    verb: Option<String>,
}

/// Prints.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &ManArgs, _: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let mut whole = command();
    whole.build();
    let page = match &args.verb {
        None => clap_mangen::Man::new(whole),
        Some(verb) => {
            let found = whole.get_subcommands().find(|known| known.get_name() == verb);
            let Some(found) = found else {
                return Err(Failure::usage("usage", format!("there is no command '{verb}'")));
            };
            clap_mangen::Man::new(found.clone()).title(format!("dateline-{verb}"))
        }
    };
    page.render(io.out)?;
    Ok(Exit::Done)
}
