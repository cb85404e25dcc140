//! The command line: arguments to commands, errors to messages, results to exit codes.
//!
//! *Invariant:* standard output holds data only; messages and progress go to standard error.

pub mod args;
pub mod cmd;
pub mod config;
pub mod environment;
pub mod exit;
pub mod home;
mod io;
pub mod pager;
pub mod progress;
pub mod query_args;
pub mod report;
pub mod snippet_args;
mod words;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use args::Global;
pub use exit::Exit;
pub use io::Io;

use args::ErrorFormat;
use config::Config;

/// Columns of help where no terminal tells.
const HELP_WIDTH: usize = 100;

const EXAMPLES: &str = "\
Examples:
  dateline index archive/             index all articles below a folder
  dateline 'country:Japan pact'       search, the same as dateline search
  dateline count 'person:Abe date:2019..'
  dateline facets country,person 'event:diplomacy/treaty'
  dateline search -l0 pact | xargs -0 dateline show

Exit codes: 0 matched or done, 1 nothing matched, 2 wrong usage or query, 3 no index, 4 index
locked, 5 index damaged, 6 other version, 7 incomplete, 9 refused, 70 bug, 130 interrupted.";

/// Search news archives: full text, facets, dates, exact counts
///
/// Index a folder of articles once, then search it. Each article gets countries, persons and types
/// of events as facets; every query can filter by them and count them.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, after_help = EXAMPLES, max_term_width = HELP_WIDTH,
    subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = false,
    override_usage = "dateline [OPTIONS] <QUERY>...\n       dateline <COMMAND>")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Index(cmd::index::Args),
    Search(cmd::search::SearchArgs),
    Count(cmd::count::CountArgs),
    #[command(visible_alias = "cat")]
    Show(cmd::show::ShowArgs),
    Facets(cmd::facets::FacetsArgs),
    Timeline(cmd::timeline::TimelineArgs),
    Batch(cmd::batch::BatchArgs),
    Export(cmd::export::ExportArgs),
    Terms(cmd::terms::TermsArgs),
    Cooc(cmd::cooc::CoocArgs),
    Similar(cmd::similar::SimilarArgs),
    Explain(cmd::explain::ExplainArgs),
    Why(cmd::why::WhyArgs),
    Tag(cmd::tag::TagArgs),
    Retag(cmd::retag::RetagArgs),
    Vocab(cmd::vocab::VocabArgs),
    Save(cmd::save::SaveArgs),
    Saved(cmd::saved::SavedArgs),
    Alert(cmd::alert::AlertArgs),
    Delete(cmd::delete::DeleteArgs),
    Fields(cmd::fields::FieldsArgs),
    Stats(cmd::stats::StatsArgs),
    Eval(cmd::eval::EvalArgs),
    Train(cmd::train::TrainArgs),
    Config(cmd::config::ConfigArgs),
    Completions(cmd::completions::CompletionsArgs),
    Man(cmd::man::ManArgs),
}

impl Command {
    /// Whether people read what it writes, which may be longer than their screen.
    fn is_read(&self) -> bool {
        !matches!(
            self,
            Command::Index(_)
                | Command::Count(_)
                | Command::Export(_)
                | Command::Save(_)
                | Command::Delete(_)
                | Command::Train(_)
                | Command::Completions(_)
                | Command::Man(_)
        )
    }
}

/// The whole command line as clap sees it, for help, completions and documentation.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs a command line, its first word the program's name.
pub fn run(args: impl Iterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let exit = dispatch(args, io);
    match io.out.flush() {
        Err(error) if exit == Exit::Done || exit == Exit::NoMatch => {
            report::output_error(&error, &Global::default(), io)
        }
        _ => exit,
    }
}

fn dispatch(args: impl Iterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let mut args: Vec<OsString> = args.collect();
    let mut command = command();
    if let Some(width) = io.width {
        command = command.term_width(width.clamp(40, HELP_WIDTH));
    }
    let (config, wrong) = Config::load(io);
    io.config = config;
    io.config.expand(&mut args, &|word| words::is_verb(&command, word));
    words::keep_negations(&mut args);
    let implicit = words::add_search(&mut args, &command);
    let cli = match command
        .try_get_matches_from_mut(&args)
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => cli,
        Err(error) => return misused(&error, &args, io),
    };
    let global = cli.global;
    report::diagnostics_in(&wrong, "", Exit::Done, &global, io);
    if let Err(message) = environment::parse_now(io) {
        return report::diagnostic(&report::placeless("bad_date", message), &global, io);
    }
    if io.out_is_terminal && !global.no_pager && cli.command.is_read() {
        *io.pager.borrow_mut() = pager::named(io);
    }
    let result = match &cli.command {
        Command::Index(args) => return cmd::index::run(args, &global, io),
        Command::Search(args) => cmd::search::run(args, implicit, &global, io),
        Command::Count(args) => cmd::count::run(args, &global, io),
        Command::Show(args) => cmd::show::run(args, &global, io),
        Command::Facets(args) => cmd::facets::run(args, &global, io),
        Command::Timeline(args) => cmd::timeline::run(args, &global, io),
        Command::Batch(args) => cmd::batch::run(args, &global, io),
        Command::Export(args) => cmd::export::run(args, &global, io),
        Command::Terms(args) => cmd::terms::run(args, &global, io),
        Command::Cooc(args) => cmd::cooc::run(args, &global, io),
        Command::Similar(args) => cmd::similar::run(args, &global, io),
        Command::Explain(args) => cmd::explain::run(args, &global, io),
        Command::Vocab(args) => cmd::vocab::run(args, &global, io),
        Command::Why(args) => cmd::why::run(args, &global, io),
        Command::Tag(args) => cmd::tag::run(args, &global, io),
        Command::Retag(args) => cmd::retag::run(args, &global, io),
        Command::Save(args) => cmd::save::run(args, &global, io),
        Command::Saved(args) => cmd::saved::run(args, &global, io),
        Command::Alert(args) => cmd::alert::run(args, &global, io),
        Command::Delete(args) => cmd::delete::run(args, &global, io),
        Command::Fields(args) => cmd::fields::run(args, &global, io),
        Command::Stats(args) => cmd::stats::run(args, &global, io),
        Command::Eval(args) => cmd::eval::run(args, &global, io),
        Command::Train(args) => cmd::train::run(args, &global, io),
        Command::Config(args) => cmd::config::run(args, &global, io),
        Command::Completions(args) => cmd::completions::run(args, &global, io),
        Command::Man(args) => cmd::man::run(args, &global, io),
    };
    result.unwrap_or_else(|failure| failure.report(&global, io))
}

/// Help and version go to standard output; everything else that clap says is a wrong usage.
fn misused(error: &clap::Error, args: &[OsString], io: &mut Io<'_>) -> Exit {
    let global = words::global_of(args);
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let color = if help { global.color_out(io) } else { global.color_err(io) };
    let styled = error.render();
    let text = if color { styled.ansi().to_string() } else { styled.to_string() };
    if help {
        return match io.out.write_all(text.as_bytes()).and_then(|()| io.out.flush()) {
            Ok(()) => Exit::Done,
            Err(error) => report::output_error(&error, &global, io),
        };
    }
    if global.error_format == ErrorFormat::Json {
        let plain = styled.to_string();
        let message = plain.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
        return report::diagnostic(&report::placeless("usage", message.trim()), &global, io);
    }
    // Nothing is left to tell of a failure of standard error.
    let _ = io.err.write_all(text.as_bytes());
    if error.kind() == ErrorKind::UnknownArgument {
        let _ = io.err.write_all(
            b"hint: a query that begins with - goes after -e, as in -e '-pact treaty'\n",
        );
    }
    Exit::Usage
}

/// Adds the arguments of every verb, to read them from a line that is wrong otherwise.
fn global_command() -> clap::Command {
    Global::augment_args(clap::Command::new("dateline").ignore_errors(true).disable_help_flag(true))
}

#[cfg(test)]
mod tests;
