//! `dateline completions`: what a shell needs to complete commands, options, fields and values.

use clap::{Arg, Args, Command, ValueHint};
use clap_complete::Shell;

use crate::cli::args::Global;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd, command, home};
use crate::search::complete::complete;
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline completions bash > ~/.local/share/bash-completion/completions/dateline
  dateline completions zsh > ~/.zfunc/_dateline
  dateline completions fish > ~/.config/fish/completions/dateline.fish

In bash, zsh and fish a field and a colon complete to the values of the index, as in country:Ja.";

/// Candidates that are offered, at most.
const OFFERED: usize = 50;

/// What is put behind the script of a shell, to complete words of queries.
const BASH: &str = include_str!("completions/query.bash");
const ZSH: &str = include_str!("completions/query.zsh");
const FISH: &str = include_str!("completions/query.fish");

/// Print completions for a shell
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// Shell to complete in
    #[arg(value_enum, required_unless_present = "word")]
    shell: Option<Shell>,

    /// Print what WORD of a query may become: word, tab and meaning a line
    #[arg(long, value_name = "WORD", allow_hyphen_values = true, conflicts_with = "shell")]
    word: Option<String>,
}

/// How the script that clap writes for zsh ends.
const ZSH_END: &[u8] = b"if [ \"$funcstack[1]\" =";

/// Queries are no files, which a shell offers for arguments that it knows nothing of.
fn without_files(command: Command) -> Command {
    let is_query = |arg: &Arg| {
        arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "QUERY"))
    };
    command
        .mut_args(|arg| if is_query(&arg) { arg.value_hint(ValueHint::Other) } else { arg })
        .mut_subcommands(without_files)
}

/// Writes the script, or what a word may become, to standard output.
///
/// # Errors
/// When standard output cannot be written, or there is no index to complete from.
pub fn run(args: &CompletionsArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Some(shell) = args.shell else {
        let word = args.word.as_deref().unwrap_or_default();
        let archive = cmd::open(global, io)?;
        let saved = home::queries(&archive, io)?;
        let found = complete(&archive, &saved, word, OFFERED);
        for one in &found {
            writeln!(io.out, "{}\t{}", sanitize::line(&one.text), sanitize::line(&one.meaning))?;
        }
        return Ok(if found.is_empty() { Exit::NoMatch } else { Exit::Done });
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut without_files(command()), "dateline", &mut script);
    if shell == Shell::Zsh {
        // The end of the script calls and registers what ours stands around.
        let end = memchr::memmem::rfind(&script, ZSH_END).unwrap_or(script.len());
        script.truncate(end);
    }
    script.extend_from_slice(match shell {
        Shell::Bash => BASH.as_bytes(),
        Shell::Zsh => ZSH.as_bytes(),
        Shell::Fish => FISH.as_bytes(),
        _ => b"",
    });
    io.out.write_all(&script)?;
    Ok(Exit::Done)
}
